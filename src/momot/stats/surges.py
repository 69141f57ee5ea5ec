"""Periods with far more events than is usual: counts against a baseline that the surge itself cannot move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WINDOW = 28
"""Periods that tell what is usual for one: so many of the nearest, its own and its neighbours' left out."""
_MEDIAN_OF_CHI_SQUARE = 0.4549364
_CAP = 3.0  # deviations from the median beyond which a count says no more than that it is large
_CALM = 0.97  # share of periods that no surge is thought to touch
_CALM_RARE = 0.99  # the same of events rarer than one a period, whose variance a few periods tell
_LEAST = 8  # periods below which nothing is usual


@dataclass(frozen=True, slots=True)
class Surges:
    """Arrays (periods,). `p` is one-sided: P(at least so many), NaN if it can't be told. `dispersion`: variance over mean, 1 or more."""

    expected: Floats
    p: Floats
    dispersion: float


def surges(counts: Floats, phase: Integers | None = None, *, window: int = WINDOW) -> Surges:
    """How unusual each period's count is, (periods,) in their order, observed ones only. `phase`: of a season, as the day of the week.

    Usual is the winsorised mean of the `window` nearest periods, times the season's factor where each phase was seen four times. Counts
    vary as a negative binomial whose dispersion is estimated over all periods, resistant to outbreaks (Farrington et al. 1996; Noufaily
    et al. 2013).
    """
    counts = np.asarray(counts, dtype=np.float64)
    number = len(counts)
    if number < _LEAST:
        return Surges(np.full(number, np.nan), np.full(number, np.nan), 1.0)
    factors = _season(counts, phase, window) if phase is not None else np.ones(number)
    level, held = _usual(counts / factors, window)
    expected = np.maximum(level * factors, 0.5 / held)  # of none in so many periods half a one may be
    squared = (counts - expected) ** 2 / expected
    resistant = max(1.0, float(np.median(squared)) / _MEDIAN_OF_CHI_SQUARE)
    cap = max(
        _CAP**2 * resistant, float(np.quantile(squared, _CALM if counts.mean() >= 1 else _CALM_RARE))
    )  # of rare events single ones look like outbreaks
    dispersion = max(resistant, float(np.minimum(squared, cap).mean()))
    variance = dispersion * expected * (1 + 1 / held)
    return Surges(expected, _tail(counts, expected, variance), dispersion)


def _usual(counts: Floats, window: int) -> tuple[Floats, int]:
    """The winsorised mean of the nearest periods of each, and how many they are."""
    number = len(counts)
    held = min(window, number - 3)
    places = np.arange(number)
    usual = np.empty(number)
    for place in places:
        away = np.abs(places - place)
        nearest = counts[np.lexsort((places, away))[np.count_nonzero(away <= 1) :][:held]]
        middle = float(np.median(nearest))
        spread = max(1.4826 * float(np.median(np.abs(nearest - middle))), np.sqrt(max(middle, 1.0)))
        usual[place] = np.minimum(nearest, middle + _CAP * spread).mean()
    return usual, held


def _season(counts: Floats, phase: Integers, window: int) -> Floats:
    """Factor of each period by its phase, around 1; all 1 where a phase was seen less than four times."""
    _, place, seen = np.unique(phase, return_inverse=True, return_counts=True)
    if len(seen) < 2 or seen.min() < 4:
        return np.ones(len(counts))
    level, _ = _usual(counts, window)
    ratio = counts / np.maximum(level, 0.5)
    factor = np.array([np.minimum(of, np.median(of) + 1.0).mean() for of in (ratio[place == one] for one in range(len(seen)))])
    if not np.all(factor > 0):
        return np.ones(len(counts))
    return np.asarray((factor / np.average(factor, weights=seen))[place], dtype=np.float64)


def _tail(counts: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(Y >= count) of a negative binomial with that mean and a variance above it."""
    shape = mean**2 / (variance - mean)
    return np.where(counts > 0, betainc(np.maximum(counts, 1.0), shape, 1 - mean / variance), 1.0)
