"""Shares: sample-ratio test, difference of two shares, Wilson interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from momot.stats.intervals import Interval, chi_square_tail, t_quantile, two_sided_p


def sample_ratio_p(counts: Sequence[int], planned: Sequence[float] | None = None) -> float:
    """P-value of Pearson's chi-square test that units were assigned in the planned proportions; equal ones where `planned` is None.

    Fabijan et al. (2019): an experiment whose arms have the wrong sizes has a flaw that its other numbers inherit.
    """
    observed = np.asarray(counts, dtype=np.float64)
    shares = np.full(len(observed), 1.0 / len(observed)) if planned is None else np.asarray(planned, dtype=np.float64) / np.sum(planned)
    if len(shares) != len(observed) or np.any(shares <= 0):
        raise ValueError(f"{len(observed)} arms need as many planned shares above 0, not {list(shares)}.")
    expected = observed.sum() * shares
    return chi_square_tail(float(np.sum((observed - expected) ** 2 / expected)), len(observed) - 1)


def share_difference(successes: int, n: int, successes_reference: int, n_reference: int) -> Interval:
    """Difference of two independent shares, with the unpooled (Wald) 95 % interval and p-value."""
    share, reference = successes / n, successes_reference / n_reference
    error = float(np.sqrt(share * (1 - share) / n + reference * (1 - reference) / n_reference))
    reach = t_quantile(0.975, np.inf) * error
    difference = share - reference
    p = two_sided_p(difference / error, np.inf) if error > 0 else float(difference == 0)
    return Interval(difference, error, difference - reach, difference + reach, p)


def wilson(successes: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share that stays within 0-1 and works for 0 of n (Wilson 1927)."""
    z = t_quantile(0.5 + level / 2, np.inf)
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    return max(0.0, centre - reach), min(1.0, centre + reach)
