"""Medians with the interval that the order of the values gives, whatever their distribution."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

Floats = npt.NDArray[np.float64]


def median(values: Floats, *, level: float = 0.95) -> tuple[float, float | None, float | None]:
    """The median of values (n,), n > 0, and its interval from the r-th lowest to the r-th highest value (Thompson 1936).

    r is the most with which the interval covers the true median at least as often as `level` says; None where n is too small for any.
    """
    ordered, n = np.sort(values), len(values)
    middle = float(np.median(ordered))
    missed = bdtr(np.arange(n // 2 + 1), n, 0.5)  # P(at most k values lie below the true median)
    rank = int(np.searchsorted(missed, (1 - level) / 2, side="right"))
    return (middle, None, None) if rank == 0 else (middle, float(ordered[rank - 1]), float(ordered[n - rank]))
