"""Systematic error measured on the estimates themselves: empirical-null calibration (EFFECTS.md 3 e).

What the records do not show moves the estimates of touchpoints that change nothing, too, and no number of people makes that smaller. How
far it moves them is seen in the estimates together: most touchpoints change little, so the bulk of the estimates is the law of the error
(Efron 2004; Schuemie et al. 2014, 2018). Estimates come in columns, one an outcome and kind of contrast; each column has its own law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from momot.stats.intervals import Interval, interval

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

Method = Literal["joint", "majority", "controls"]

PENALTY = 3.0
"""Touchpoints without any effect that are added to those counted: a few large estimates alone do not make most touchpoints true."""
MOST_CHANGED = 0.95
ROUNDS = 200
SETTLED = 1e-8
MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Estimated:
    """n estimates of T touchpoints in J columns.

    `touchpoint`, `column` (n,) say whose and which; `estimate`, `error` (n,) in the unit of the column, `error` > 0; `direction` (n,): the
    sign that an effect would have if it had any, 0 where none is declared. `moved` (n,): how far the estimate moves when the activity
    history is not held; the law's location is a line in it where the column is `graded` (J,), elsewhere it is not used. `known` (T,):
    declared to change nothing. `speaks` (n,): whether an estimate tells what a touchpoint changes; the others say the same in other words
    (bad against good beside bad and good against neutral), and only learn from it.
    """

    touchpoint: Indices
    column: Indices
    estimate: Floats
    error: Floats
    direction: Floats
    moved: Floats
    graded: Flags
    known: Flags
    speaks: Flags

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.graded)


@dataclass(frozen=True, slots=True)
class Law:
    """The law of systematic error in one column: N(location + slope·moved, spread²) beside the chance error of each estimate.

    `nulls`: how many estimates without effect it is known from, as far as they count; `chance`: their median squared chance error. `moved`:
    mean and sum of squares about it of what the slope rests on.
    """

    location: float
    spread: float
    nulls: float
    chance: float
    slope: float = 0.0
    moved: tuple[float, float] = (0.0, 0.0)

    def times(self, unit: float) -> Law:
        """The same law where estimates are `unit` times as large."""
        middle, squares = self.moved
        moved = (middle * unit, squares * unit**2)
        return Law(self.location * unit, self.spread * unit, self.nulls, self.chance * unit**2, self.slope, moved)

    def expected(self, moved: float) -> float:
        """The systematic error that is expected of an estimate that moves so far."""
        return self.location + self.slope * moved

    def variance(self, moved: float) -> float:
        """The variance that systematic error adds to an estimate: its spread, and that its location is estimated too."""
        return self.spread**2 + self.shared(moved, moved)

    def shared(self, one: float, other: float) -> float:
        """The covariance that an estimated location adds to two estimates: (spread² + chance)·(1/m + (one - mean)·(other - mean)/Σ(…)²)."""
        middle, squares = self.moved
        known = 1.0 / self.nulls + ((one - middle) * (other - middle) / squares if squares > 0 else 0.0)
        return (self.spread**2 + self.chance) * known

    def freedom(self, error: float, df: float, *, moved: float = 0.0) -> float:
        """Degrees of freedom of a calibrated estimate (Satterthwaite 1946): of chance `df`, of systematic error those of its nulls."""
        added = self.variance(moved)
        parts = error**4 / min(df, 1e9) + added**2 / max(self.nulls - 1.0 - (self.slope != 0), 1.0)
        return (error**2 + added) ** 2 / parts if parts > 0 else df

    def calibrated(self, estimate: float, error: float, df: float, *, moved: float = 0.0) -> Interval:
        """The estimate without its expected systematic error, with an interval that holds what is left of it."""
        total = float(np.sqrt(error**2 + self.variance(moved)))
        return interval(estimate - self.expected(moved), total, self.freedom(error, df, moved=moved))


@dataclass(frozen=True, slots=True)
class Nulls:
    """What the estimates say together.

    `laws` by column; `nothing` (T,): the probability that a touchpoint changes nothing in any column; `local` (n,): the probability of each
    estimate to be one without effect.
    """

    laws: tuple[Law, ...]
    nothing: Floats
    local: Floats

    def false(self, touchpoint: int, estimates: Sequence[int]) -> float:
        """The probability that none of some estimates of a touchpoint has an effect (their local false discovery rate, Efron 2004)."""
        whole = float(self.nothing[touchpoint])
        if whole >= 1.0:
            return 1.0
        apart = np.clip((self.local[list(estimates)] - whole) / (1.0 - whole), 0.0, 1.0)
        return whole + (1.0 - whole) * float(np.prod(apart))


def two_groups(estimated: Estimated, *, penalty: float = PENALTY) -> Nulls:
    """The joint two-group model: a touchpoint changes nothing with some probability, and then all of its estimates follow the laws.

    Otherwise each of its estimates leaves the law of its column with a probability of that column, for N(law's location, v + σ²) where no
    direction is declared, else for the law plus a half-normal in that direction; v = spread² + error². Fitted by EM from two starts, the
    median with the whole and with half of the robust spread; the likelihood, with `penalty` touchpoints without effect added, decides.
    The model serves to tell the laws; what is found is left to the calibrated tests.
    """
    unit = np.array([_unit(estimated.error[estimated.column == column]) for column in range(estimated.columns)])
    of = unit[estimated.column]  # columns in units of their own chance: when the fit has settled must not depend on the outcome's unit
    scaled = replace(estimated, estimate=estimated.estimate / of, error=estimated.error / of, moved=estimated.moved / of)
    fits = [_fit(scaled, start, penalty) for start in (1.0, 0.5)]
    found = max(fits, key=lambda fit: fit[0])[1]
    return replace(found, laws=tuple(law.times(float(one)) for law, one in zip(found.laws, unit, strict=True)))


def _unit(error: Floats) -> float:
    return float(np.median(error)) if len(error) else 1.0


def majority(estimated: Estimated) -> Nulls:
    """The median and the median absolute deviation of each column: most touchpoints change nothing (Efron 2004)."""
    laws = []
    for column in range(estimated.columns):
        here = estimated.column == column
        laws.append(_law(estimated, column, np.ones(here.sum()), *_robust(estimated.estimate[here], estimated.error[here]), 0.0))
    touchpoints = int(estimated.touchpoint.max(initial=-1)) + 1
    return Nulls(tuple(laws), np.zeros(touchpoints), np.zeros(len(estimated.estimate)))


def of_controls(estimated: Estimated) -> Nulls:
    """The laws from declared controls alone, by moments (DerSimonian & Laird 1986): few of them say little, and the interval says so."""
    known = estimated.known[estimated.touchpoint]
    laws = []
    for column in range(estimated.columns):
        here = estimated.column == column
        chosen = known & here
        if chosen.sum() < 2:
            laws.append(Law(0.0, float("inf"), 1.0, 0.0))
            continue
        x, s2 = estimated.estimate[chosen], estimated.error[chosen] ** 2
        middle = float(x.mean())
        spread = float(np.sqrt(max(((x - middle) ** 2).sum() / (len(x) - 1) - s2.mean(), 0.0)))
        laws.append(Law(middle, spread, float(len(x)), float(np.median(s2))))
    return Nulls(tuple(laws), estimated.known.astype(np.float64), known.astype(np.float64))


def _fit(e: Estimated, start: float, penalty: float) -> tuple[float, Nulls]:
    """One run of EM; its penalised log-likelihood and what it found."""
    touchpoints, columns = len(e.known), e.columns
    here = [np.flatnonzero(e.column == column) for column in range(columns)]
    location, spread2, slope = np.zeros(columns), np.zeros(columns), np.zeros(columns)
    for column, rows in enumerate(here):
        middle, spread = _robust(e.estimate[rows], e.error[rows])
        location[column], spread2[column] = middle, (start * spread) ** 2
    s2 = e.error**2
    reach2 = np.array([9.0 * float(np.median(s2[rows]) + spread2[column]) if len(rows) else 1.0 for column, rows in enumerate(here)])
    leaves = np.full(columns, 0.5)
    nothing = 0.8
    speaks = e.speaks.astype(np.float64)
    last, nulls, local = -np.inf, np.ones(touchpoints), np.ones(len(e.estimate))
    for _ in range(ROUNDS):
        about = e.estimate - location[e.column] - slope[e.column] * e.moved
        v = spread2[e.column] + s2
        inside = _normal(about, v)
        outside = _beyond(about, v, reach2[e.column], e.direction)
        q = leaves[e.column]
        mixed = np.logaddexp(np.log1p(-q) + inside, np.log(q) + outside)
        null = np.log(nothing) + np.bincount(e.touchpoint, weights=inside * speaks, minlength=touchpoints)
        some = np.log1p(-nothing) + np.bincount(e.touchpoint, weights=mixed * speaks, minlength=touchpoints)
        whole = np.where(e.known, null, np.logaddexp(null, some))
        likelihood = float(whole.sum()) + penalty * np.log(nothing)
        nulls = np.where(e.known, 1.0, np.exp(null - whole))
        stays = np.exp(np.log1p(-q) + inside - mixed)
        changes = 1.0 - nulls[e.touchpoint]
        local = nulls[e.touchpoint] + changes * stays
        if abs(likelihood - last) < SETTLED * (1.0 + abs(likelihood)):
            break
        last = likelihood
        judged = ~e.known
        nothing = min((float(nulls[judged].sum()) + penalty) / (float(judged.sum()) + penalty), 1.0 - 1e-6)
        for column, rows in enumerate(here):
            if not len(rows):
                continue
            w, gone = local[rows], changes[rows] * (1.0 - stays[rows])
            leaves[column] = min(max(float(gone.sum() / max(changes[rows].sum(), 1e-12)), 0.01), MOST_CHANGED)
            location[column], slope[column], spread2[column] = _null_law(
                e.estimate[rows], s2[rows], w, spread2[column], e.moved[rows] if e.graded[column] else None
            )
            about_rows = e.estimate[rows] - location[column] - slope[column] * e.moved[rows]
            reach2[column] = max(_reach(about_rows, spread2[column] + s2[rows], gone, reach2[column], e.direction[rows]), 1e-300)
    laws = tuple(
        _law(e, column, local[rows], float(location[column]), float(np.sqrt(spread2[column])), float(slope[column]))
        for column, rows in enumerate(here)
    )
    return last, Nulls(laws, nulls, local)


def _null_law(x: Floats, s2: Floats, w: Floats, spread2: float, moved: Floats | None) -> tuple[float, float, float]:
    """Location, slope and spread² of weighted estimates by restricted likelihood (Fisher scoring; Harville 1977)."""
    location = slope = 0.0
    for _ in range(4):
        precision = w / np.maximum(spread2 + s2, 1e-300)
        total = max(float(precision.sum()), 1e-300)
        location = float(precision @ x) / total
        parameters = 1.0
        if moved is not None:
            middle = float(precision @ moved) / total
            squares = float(precision @ (moved - middle) ** 2)
            slope = float(precision @ ((moved - middle) * (x - location))) / squares if squares > 0 else 0.0
            location, parameters = location - slope * middle, 2.0
        about2 = (x - location - (slope * moved if moved is not None else 0.0)) ** 2
        second = precision / np.maximum(spread2 + s2, 1e-300)  # w / v²
        spread2 = max(float(second @ (about2 - s2)) / max(float(second.sum()), 1e-300) + parameters / total, 0.0)
    return location, slope, spread2


def _reach(about: Floats, v: Floats, weight: Floats, reach2: float, direction: Floats) -> float:
    """σ² of those that leave the law: one step of EM over how far each has left it."""
    shrunk = reach2 / (reach2 + v)
    mean, variance = shrunk * about, shrunk * v
    square = mean**2 + variance
    sided = direction != 0
    if sided.any():
        sd = np.sqrt(variance[sided])
        mine = direction[sided] * mean[sided]
        ratio = np.exp(-0.5 * (mine / sd) ** 2 - 0.5 * np.log(2 * np.pi) - log_ndtr(mine / sd))
        square[sided] = mine**2 + variance[sided] + mine * sd * ratio
    total = float(weight.sum())
    return float(weight @ square) / total if total > 1e-9 else reach2


def _normal(about: Floats, v: Floats) -> Floats:
    """Log density."""
    return np.asarray(-0.5 * (about**2 / v + np.log(2 * np.pi * v)))


def _beyond(about: Floats, v: Floats, reach2: Floats, direction: Floats) -> Floats:
    """Log density of the law plus a normal of variance reach², where a direction is declared a half-normal in it (skew-normal)."""
    total = v + reach2
    skew = np.sqrt(reach2 / v) * direction * about / np.sqrt(total)
    return _normal(about, total) + np.where(direction != 0, np.log(2.0) + log_ndtr(skew), 0.0)


def _robust(x: Floats, s: Floats) -> tuple[float, float]:
    """Median, and what the median absolute deviation holds beyond the chance errors."""
    if not len(x):
        return 0.0, 0.0
    middle = float(np.median(x))
    return middle, float(np.sqrt(max((MAD * float(np.median(np.abs(x - middle)))) ** 2 - float(np.median(s**2)), 0.0)))


def _law(e: Estimated, column: int, weight: Floats, location: float, spread: float, slope: float) -> Law:
    rows = np.flatnonzero(e.column == column)
    if not len(rows):
        return Law(0.0, float("inf"), 1.0, 0.0)
    count = max(float(weight.sum()), 1.0)
    chance = float(np.median(e.error[rows] ** 2))
    if not e.graded[column]:
        return Law(location, spread, count, chance)
    middle = float(weight @ e.moved[rows]) / count
    return Law(location, spread, count, chance, slope, (middle, float(weight @ (e.moved[rows] - middle) ** 2)))
