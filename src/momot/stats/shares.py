"""Shares: sample-ratio test, difference of two shares, Wilson interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.intervals import Interval, chi_square_tail, interval, t_quantile, two_sided_p

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


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


def clustered_share_difference(successes: Floats, n: Floats, group: Integers, cluster: Integers) -> tuple[float, float, Interval] | None:
    """Shares of group 0 and 1 of summed successes, and their difference with errors clustered; None where a group is empty.

    `successes`, `n`, `group` (0 or 1), `cluster` (rows,): a cluster may have rows in both groups. Linearised ratios (Cochran 1977, ch. 6).
    """
    total = np.bincount(group, weights=n, minlength=2)
    if not np.all(total > 0):
        return None
    shares = np.bincount(group, weights=successes, minlength=2) / total
    influence = np.where(group == 1, 1.0, -1.0) * (successes - shares[group] * n) / total[group]
    _, place = np.unique(cluster, return_inverse=True)
    scores = np.bincount(place, weights=influence)
    clusters = len(scores)
    if clusters < 2:
        return None
    error = float(np.sqrt(clusters / (clusters - 1) * np.sum(scores**2)))
    return float(shares[0]), float(shares[1]), interval(float(shares[1] - shares[0]), error, clusters - 1.0)


def wilson(successes: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share that stays within 0-1 and works for 0 of n (Wilson 1927)."""
    z = t_quantile(0.5 + level / 2, np.inf)
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    return max(0.0, centre - reach), min(1.0, centre + reach)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of errors as it was measured in several settings: its mean and standard deviation over them."""

    mean: float
    sd: float
    settings: int

    @property
    def variance(self) -> float:
        """Of the rate in a setting that was not among them."""
        return self.sd**2 * (1 + 1 / self.settings)


LEAST_GAP = 0.2
"""Found less false below which a reading says too little to be corrected."""


def corrected_share(share: float, error: float, found: Rate, false: Rate) -> tuple[float, float, float] | None:
    """What a share would be if whatever read it made no errors, with its 95 % interval (Rogan & Gladen 1978); None where it can't be told.

    `error` is the standard error of `share`. `found`: the rate at which what is so is read as so; `false`: at which what is not is. Both
    differ from one setting to the next, and this one is another: their spread over settings is in the interval, by Student's t.
    """
    gap = found.mean - false.mean
    settings = min(found.settings, false.settings)
    if gap < LEAST_GAP or settings < 3:
        return None
    true = min(max((share - false.mean) / gap, 0.0), 1.0)
    spread = error**2 + true**2 * found.variance + (1 - true) ** 2 * false.variance
    told = interval(true, float(np.sqrt(spread)) / gap, settings - 1.0)
    return true, max(told.low, 0.0), min(told.high, 1.0)
