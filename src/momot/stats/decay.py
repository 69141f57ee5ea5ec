"""How fast an effect fades: a curve that halves, fitted to its effects in disjoint windows (EFFECTS.md 1.3).

The effect a day, h days after the touch, is a·2^(-h/half-life); a window sees its integral. Given the half-life the curve is linear in a:
only the half-life is searched for, and its interval is the set of half-lives that these effects do not reject. That set may have no upper
or no lower end: then there is a bound and no estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import fdtri

from momot.stats.intervals import f_tail

Floats = npt.NDArray[np.float64]

Told = Literal["both", "at least", "at most", "either", "no effect", "another shape"]
"""What the data say: an interval, a bound, that both short and long are possible, that nothing is there, or that it does not halve."""

LEVEL = 0.95
ANOTHER_SHAPE = 0.01
"""p-value under which the effects are taken not to follow a curve that halves."""
GRID, FINER = 200, 25
SHORTEST, LONGEST = 1 / 8, 20.0
"""Ends of the search: of the first window, and of all windows together. Beyond them a curve can't be told from its limit."""


@dataclass(frozen=True, slots=True)
class Decay:
    """`told`, and days: `half_life` only where both ends of the interval are known, `low`, `high` None where there is no such end.

    `start` (contrasts,): the effect a day at the moment of the touch on the best curve, 0 where there is none; `best` its half-life, which
    may be infinite. `misfit` is the p-value that the effects follow such a curve at all.
    """

    told: Told
    half_life: float | None
    low: float | None
    high: float | None
    start: Floats
    best: float
    misfit: float


def curve(half_life: float, edges: Floats) -> Floats:
    """∫ 2^(-h/half-life) dh over each window between `edges` (windows + 1,): (windows,), in days. Infinite: the windows' lengths."""
    if not np.isfinite(half_life):
        return np.diff(edges)
    rate = np.log(2.0) / half_life
    return np.asarray(-np.diff(np.exp(-rate * edges)) / rate)


def fit(effects: Floats, covariance: Floats, edges: Floats, *, df: float) -> Decay:
    """Fit the curve to `effects` (contrasts, windows), which share a half-life and have a start each, by generalised least squares.

    `covariance` (contrasts·windows, the same) is their joint covariance in that order, estimated with `df` degrees of freedom; `edges`
    (windows + 1,) in days. That the covariance is estimated widens the interval (growth curves: Rao 1965, Khatri 1966).
    """
    contrasts = len(effects)
    precision, count = _precision(covariance)
    aim = precision @ effects.ravel()
    everything = float(effects.ravel() @ aim)
    halves = np.concatenate([[0.0], np.geomspace(SHORTEST * edges[1], LONGEST * edges[-1], GRID), [np.inf]])
    start, lack = _least_squares(precision, aim, everything, _shapes(halves, edges), contrasts)
    near = int(np.argmin(lack))
    if 1 < near < len(halves) - 2:  # look closer between its neighbours
        finer = np.geomspace(halves[near - 1], halves[near + 1], FINER)
        halves = np.concatenate([halves[:near], finer[1:-1], halves[near + 1 :]])
        start, lack = _least_squares(precision, aim, everything, _shapes(halves, edges), contrasts)
    best = int(np.argmin(lack))
    least = float(lack[best])
    spare = max(df - (count - contrasts - 1), 1.0)
    shrunk = spare / (df * (1.0 + least / df))
    free = count - contrasts - 1
    misfit = f_tail(least * max(df - free + 1.0, 1.0) / (df * free), free, max(df - free + 1.0, 1.0)) if free > 0 else 1.0
    there = f_tail((everything - least) * shrunk / (contrasts + 1), contrasts + 1, spare)
    if there > 1 - LEVEL:
        return Decay("no effect", None, None, None, np.zeros(contrasts), float(halves[best]), misfit)
    if misfit < ANOTHER_SHAPE:
        return Decay("another shape", None, None, None, start[best], float(halves[best]), misfit)
    statistic = (lack - least) * shrunk - float(fdtri(1.0, spare, LEVEL))
    kept = np.flatnonzero(statistic <= 0)
    low = None if kept[0] == 0 else _crossing(halves, statistic, int(kept[0]) - 1)
    high = None if kept[-1] == len(halves) - 1 else _crossing(halves, statistic, int(kept[-1]))
    told: Told = "either" if low is None and high is None else "at least" if high is None else "at most" if low is None else "both"
    half_life = float(halves[best]) if told == "both" else None
    return Decay(told, half_life, low, high, start[best], float(halves[best]), misfit)


def _shapes(halves: Floats, edges: Floats) -> Floats:
    """The curves (half-lives, windows) that start at 1; of a half-life of 0 all of it is in the first window."""
    return np.stack([curve(one, edges) if one > 0 else edges[1] * np.eye(len(edges) - 1)[0] for one in halves])


def _precision(covariance: Floats) -> tuple[Floats, int]:
    """The pseudo-inverse of a covariance (n, n), and its rank: a window in which nothing happened has none."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    unit = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    values, vectors = np.linalg.eigh(covariance * np.outer(unit, unit))
    kept = values > 1e-9 * max(float(values[-1]), 1e-300)
    whitened = (vectors[:, kept] / np.sqrt(values[kept])).T * unit
    return whitened.T @ whitened, int(kept.sum())


def _least_squares(precision: Floats, aim: Floats, everything: float, shapes: Floats, contrasts: int) -> tuple[Floats, Floats]:
    """Starts (shapes, contrasts) of the best curve of each shape, and the weighted sums of squares (shapes,) that they leave."""
    windows = shapes.shape[1]
    inside = np.einsum("gk,akbl,gl->gab", shapes, precision.reshape(contrasts, windows, contrasts, windows), shapes, optimize=True)
    toward = shapes @ aim.reshape(contrasts, windows).T
    start = np.einsum("gab,gb->ga", np.linalg.pinv(inside, hermitian=True), toward)
    return start, np.maximum(everything - np.einsum("ga,ga->g", start, toward), 0.0)


def _crossing(halves: Floats, statistic: Floats, before: int) -> float:
    """Where the statistic is zero between two neighbours, by a line on the logarithm; the known neighbour where the other is a limit."""
    a, b = halves[before], halves[before + 1]
    if a == 0 or not np.isfinite(b):
        return float(b if a == 0 else a)
    share = statistic[before] / (statistic[before] - statistic[before + 1])
    return float(np.exp(np.log(a) + share * (np.log(b) - np.log(a))))
