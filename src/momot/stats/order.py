"""Medians with the interval that the order of the values gives, whatever their distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr


@dataclass(frozen=True, slots=True)
class Median:
    """Which of n ordered values tell the median and its interval, counted from 1 (Thompson 1936)."""

    middle: tuple[int, int]
    ends: tuple[int, int] | None  # None where n is too small for any interval

    @property
    def places(self) -> tuple[int, ...]:
        """All of them, ascending, each once."""
        return tuple(sorted({*self.middle, *(self.ends or ())}))

    def of(self, values: Mapping[int, float]) -> tuple[float, float | None, float | None]:
        """The median and its interval from the values at the `places`."""
        low, high = (values[place] for place in self.middle)
        return ((low + high) / 2, *((values[place] for place in self.ends) if self.ends else (None, None)))


def median_of(n: int, *, level: float = 0.95) -> Median:
    """The median of n > 0 values, and its interval from the r-th lowest to the r-th highest value.

    r is the most with which the interval covers the true median at least as often as `level` says.
    """
    missed = bdtr(np.arange(n // 2 + 1), n, 0.5)  # P(at most k values lie below the true median)
    rank = int(np.searchsorted(missed, (1 - level) / 2, side="right"))
    return Median(((n + 1) // 2, n // 2 + 1), (rank, n + 1 - rank) if rank else None)
