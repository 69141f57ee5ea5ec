"""Intervals of smooth functions of sums, by leaving out one cluster of people at a time (Tukey 1958; Efron & Tibshirani 1993, ch. 11)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from momot.stats.intervals import Interval, interval

Floats = npt.NDArray[np.float64]


def jackknife(sums: Floats, function: Callable[[Floats], float]) -> Interval | None:
    """The function of the column totals of `sums` (clusters, k), with a 95 % interval by Student's t with clusters - 1 degrees of freedom.

    None where the function is not finite over all clusters, or without one of them: then nothing can be said of its error.
    """
    clusters = len(sums)
    if clusters < 2:
        return None
    total = sums.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = float(function(total))
        without = np.array([function(total - one) for one in sums], dtype=np.float64)
    if not np.isfinite(middle) or not np.isfinite(without).all():
        return None
    error = float(np.sqrt((clusters - 1) / clusters * np.sum((without - without.mean()) ** 2)))
    return interval(middle, error, clusters - 1)
