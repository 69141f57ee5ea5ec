"""A series of estimates by period before and after a date: its change, the drift before it, and how far periods differ beyond chance.

Difference in differences with an event study (Angrist & Pischke 2009, ch. 5); with one series only, an interrupted time series. Errors of
people are in the covariance that comes in; shocks that strike a whole period alike are estimated here from the periods before the date and
added (Donald & Lang 2007), since no number of people averages them out. A line that is continued also misses by seasons and turns: how far,
is seen at dates before, where nothing changed (placebo in time, Abadie et al. 2010), and added too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.intervals import Interval, interval, joint_p
from momot.stats.power import detectable_effect

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST_BEFORE = 4
"""Periods before the date from which a drift can be told from chance: two for a line, two for its error."""
LEAST_CONTINUED = 8
"""Periods before the date from which a line may be continued: enough to see at earlier dates how far such a line misses."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which combinations of a series (k,) are looked at. `days` (k,) from the date, `after` (k,), `size` (k,): units behind each period.

    `level` (k,) is the change: mean after minus what was expected. `about` (k, k): each period minus what was expected. `residual` (before,
    before): what a straight line leaves of the periods before. `slope` (k,): drift a day before. `reach`: days over which a drift would
    pass for a change; 0 where the line is continued and a drift is part of what was expected. `misses` (dates, k): where the line is
    continued, the same change at earlier dates, scaled to how far ahead the line is continued.
    """

    days: Floats
    after: Flags
    size: Floats
    level: Floats
    about: Floats
    residual: Floats
    slope: Floats
    reach: float
    misses: Floats


@dataclass(frozen=True, slots=True)
class EventStudy:
    """What a series says.

    `effect`: the change. `detectable`: the smallest effect found with power .5. `drift`: what the drift before would make of it, if it went
    on; `detectable_drift`: the smallest such that would have shown. `shock`: standard deviation of shocks that a whole period shares;
    `missed`: by how much the line, where it is continued, missed at earlier dates.
    `uneven_p`: joint test that the periods before are as expected, shocks aside. `anticipation`: the last period before against the earlier
    ones. `periods`: each against what was expected. What needs `LEAST_BEFORE` periods before is None with fewer.
    """

    effect: Interval
    degrees_of_freedom: float
    detectable: float
    drift: Interval | None
    detectable_drift: float | None
    shock: float
    missed: float
    uneven_p: float | None
    anticipation: Interval | None
    periods: tuple[Interval, ...]


def plan(days: Floats, size: Floats, *, continued: bool) -> Plan:
    """The combinations for periods at `days` (k,), ascending, of `size` (k,) units; `continued`: the line before is carried on.

    Raises ValueError where no period lies before or after, or `continued` and fewer than `LEAST_CONTINUED` lie before.
    """
    after = days >= 0
    before = ~after
    if not after.any() or not before.any() or (continued and before.sum() < LEAST_CONTINUED):
        raise ValueError(f"{before.sum()} periods before and {after.sum()} after are too few")
    share_after = np.where(after, size, 0.0) / size[after].sum()
    share_before = np.where(before, size, 0.0) / size[before].sum()
    line = _line(days[before], size[before])  # (2, before): mean at day 0 and slope
    slope = np.zeros(len(days))
    expected = np.tile(share_before, (len(days), 1))
    if line is not None:
        slope[before] = line[1]
    if continued and line is not None:
        expected = np.zeros((len(days), len(days)))
        expected[:, before] = line[0] + np.outer(days, line[1])
    at = np.column_stack([np.ones(before.sum()), days[before]])
    residual = np.eye(int(before.sum())) - (at @ line if line is not None else np.tile(share_before[before], (int(before.sum()), 1)))
    reach = 0.0 if continued else float(share_after @ days - share_before @ days)
    misses = _misses(days, size, before, float(share_after @ days)) if continued else np.zeros((0, len(days)))
    return Plan(days, after, size, share_after - share_after @ expected, np.eye(len(days)) - expected, residual, slope, reach, misses)


def _misses(days: Floats, size: Floats, before: Flags, ahead: float) -> Floats:
    """Weights (dates, k) of what a line misses: from at least half of the periods before, continued over up to a quarter of them.

    `ahead`: days from the date to the middle of the periods after, to which a miss over fewer days is scaled.
    """
    count = int(before.sum())
    first, length = max(LEAST_BEFORE, count // 2), max(1, count // 4)
    found = []
    for date in range(first, count - length + 1):
        line = _line(days[:date], size[:date])
        if line is None:
            continue
        looked = slice(date, date + length)
        share = size[looked] / size[looked].sum()
        middle = float(share @ days[looked])
        weights = np.zeros(len(days))
        weights[looked] = share
        weights[:date] -= line[0] + middle * line[1]
        step = (days[count - 1] - days[0]) / max(count - 1, 1)
        found.append(weights * max(1.0, ahead / (middle - days[date] + step / 2)))
    return np.array(found).reshape(-1, len(days))


def _line(days: Floats, size: Floats) -> Floats | None:
    """Weights (2, k) that give intercept and slope of a weighted straight line; None where there are fewer than two days."""
    if len(days) < 2:
        return None
    at = np.column_stack([np.ones(len(days)), days])
    weighted = at.T * size
    return np.asarray(np.linalg.solve(weighted @ at, weighted))


def read(series: Floats, covariance: Floats, degrees_of_freedom: Floats, about: Plan) -> EventStudy:
    """The answer from `series` (k,), its `covariance` (k, k) by people, and degrees of freedom (k + 1,) of the periods and the change."""
    before = ~about.after
    count = int(before.sum())
    shock = _shock(series[before], covariance[np.ix_(before, before)], about) if count >= LEAST_BEFORE else 0.0
    shock_df = max(count - 2.0, 1.0)
    miss, miss_df = _missed(series, covariance, shock, about)

    def answer(weights: Floats, df: float, missed: float = 0.0) -> tuple[Interval, float]:
        by_people, by_period = float(weights @ covariance @ weights), shock**2 * float(weights @ weights)
        total = by_people + by_period + missed**2
        joint = total**2 / (by_people**2 / df + by_period**2 / shock_df + missed**4 / miss_df) if total > 0 else df
        return interval(float(weights @ series), float(np.sqrt(total)), joint), joint

    effect, df = answer(about.level, float(degrees_of_freedom[-1]), miss)
    drift, anticipation, uneven, could = None, None, None, None
    if count >= LEAST_BEFORE:
        people = float(degrees_of_freedom[-1])
        if about.reach > 0:
            drift, drift_df = answer(about.slope * about.reach, people)
            could = detectable_effect(drift.standard_error, drift_df)
        deviation = about.about[before]
        uneven = joint_p(deviation @ series, deviation @ covariance @ deviation.T, people)
        anticipation, _ = answer(_last(about), people)
    # a period stands for itself: its own shock is part of what it shows
    periods = tuple(
        interval(float(row @ series), float(np.sqrt(max(row @ covariance @ row, 0.0))), float(df_))
        for row, df_ in zip(about.about, degrees_of_freedom, strict=False)
    )
    return EventStudy(effect, df, detectable_effect(effect.standard_error, df), drift, could, shock, miss, uneven, anticipation, periods)


def _missed(series: Floats, covariance: Floats, shock: float, about: Plan) -> tuple[float, float]:
    """By how much a continued line misses beyond chance and shocks (root mean square), and degrees of freedom."""
    if not len(about.misses):
        return 0.0, 1.0
    chance = np.einsum("ij,jk,ik->i", about.misses, covariance, about.misses) + shock**2 * (about.misses**2).sum(axis=1)
    excess = float(np.mean((about.misses @ series) ** 2 - chance))
    dates = len(about.misses) / max(1, int((~about.after).sum()) // 4)
    return float(np.sqrt(max(excess, 0.0))), max(1.0, dates)


def _shock(series: Floats, covariance: Floats, about: Plan) -> float:
    """Standard deviation of what a whole period shares, from what a line leaves of the periods before (DerSimonian & Laird 1986)."""
    weight = about.size[~about.after] / about.size[~about.after].mean()
    rest = about.residual @ series
    chance = float(np.trace((weight[:, None] * about.residual) @ covariance @ about.residual.T))
    return float(np.sqrt(max(0.0, rest @ (weight * rest) - chance) / np.trace(about.residual.T @ (weight[:, None] * about.residual))))


def _last(about: Plan) -> Floats:
    """The last period before the date minus what the earlier ones, drawn on in a line, let expect."""
    before = np.flatnonzero(~about.after)
    earlier, last = before[:-1], before[-1]
    line = _line(about.days[earlier], about.size[earlier])
    weights = np.zeros(len(about.days))
    weights[last] = 1.0
    if line is not None:
        weights[earlier] -= line[0] + about.days[last] * line[1]
    return weights
