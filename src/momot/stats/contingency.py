"""Two shares where counts are small: interval of their difference, exact p-value, and what several answers of one person are worth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from momot.stats.shares import wilson

Floats = npt.NDArray[np.float64]


def newcombe(successes: float, n: float, successes_reference: float, n_reference: float, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of share less reference share, from the score intervals of both (Newcombe 1998, method 10). Both n above 0.

    It stays within −1 to 1 and works for 0 of n, where that of Wald is a point.
    """
    share, reference = successes / n, successes_reference / n_reference
    low, high = wilson(successes, n, level=level)
    low_reference, high_reference = wilson(successes_reference, n_reference, level=level)
    difference = share - reference
    below = float(np.hypot(share - low, high_reference - reference))
    above = float(np.hypot(high - share, reference - low_reference))
    return difference - below, difference + above


def fisher_mid_p(successes: int, n: int, successes_reference: int, n_reference: int) -> float:
    """Two-sided mid-p of Fisher's exact test: tables less probable than this one, and half of those that are as probable (Lancaster 1961).

    Given the margins. The exact test without the half is so cautious with small counts that discoveries among many cells are lost.
    """
    both = successes + successes_reference
    first, last = max(0, both - n_reference), min(n, both)
    if first == last:
        return 1.0
    cells = np.arange(first, last + 1, dtype=np.float64)
    log = _log_choose(n, cells) + _log_choose(n_reference, both - cells) - _log_choose(n + n_reference, np.float64(both))
    seen = log[successes - first]
    alike = np.abs(log - seen) < 1e-9 * max(1.0, abs(float(seen)))
    return min(1.0, float(np.exp(log[(log < seen) & ~alike]).sum() + 0.5 * np.exp(log[alike]).sum()))


def _log_choose(n: float, k: npt.NDArray[np.float64] | np.float64) -> Floats:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0), dtype=np.float64)


def design_effect(successes: Floats, n: Floats) -> float:
    """By how much the variance of a share exceeds that of so many independent answers, at least 1 (Rao & Scott 1992).

    `successes` of `n` answers of each cluster (a person), (clusters,). Counts divided by it may be taken as independent.
    """
    total = float(n.sum())
    share = float(successes.sum()) / total if total else 0.0
    clusters = len(n)
    if clusters < 2 or not 0 < share < 1:
        return 1.0
    between = clusters / (clusters - 1) * float(((successes - share * n) ** 2).sum())
    return max(1.0, between / (share * (1 - share) * total))
