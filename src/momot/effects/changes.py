"""Did a dated change of a touchpoint change an outcome? Before and after, met and not met (difference in differences), with its checks.

The estimand is the effect on the units that met the touchpoint after the date: what they had, minus what they would have had if the
difference to those who did not meet it had stayed as it was before. Where everybody meets it there is nobody to compare with: then the line
of the periods before is continued, and the answer is an association.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from momot.designs.change_frame import ChangeFrame, Touches
from momot.effects.change_checks import Answer, doubts
from momot.effects.columns import CLUSTERS_PER_COLUMN, expand
from momot.effects.contrasts import MIN_CLUSTERS, MIN_UNITS
from momot.effects.counts import MIN_EACH_SHARE, MIN_OUTCOMES
from momot.effects.gates import FIRM_UNITS
from momot.stats.cells import Blocks, adjust, contrast
from momot.stats.event_study import LEAST_CONTINUED, EventStudy, Plan, plan, read
from momot.stats.intervals import Interval
from momot.stats.shares import clustered_share_difference
from momot.vocabulary import ChangeComparison, Evidence
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEAST_IN_PERIOD = 5
"""Units of each kind that a period needs to take part."""
FEW_PERIODS = 8
BINS = 5


@dataclass(frozen=True, slots=True)
class Group:
    """The units of one of the four cells: how many, of how many people, their raw mean of the outcome."""

    met: bool
    after: bool
    units: int
    people: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Period:
    """One period: days from the change to its first day, units that met it and did not, and what it shows beyond what was expected."""

    days: int
    met: int
    not_met: int
    answer: Interval


@dataclass(frozen=True, slots=True)
class Went:
    """Share of the touches in a quality before and after the change, their difference, and how many touches there were."""

    quality: Literal["bad", "good"]
    before: float
    after: float
    difference: Interval
    touches_before: int
    touches_after: int


@dataclass(frozen=True, slots=True)
class ChangeEstimate:
    """Everything estimated about one change and outcome. No `effect`: nothing was identified, and a failed check says why."""

    comparison: ChangeComparison
    evidence: Evidence
    effect: Interval | None
    detectable: float | None
    groups: tuple[Group, ...]
    periods: tuple[Period, ...]
    checks: tuple[Check, ...]


def estimate_change(frame: ChangeFrame, *, unit: str = "points") -> ChangeEstimate:
    """The effect of one change, or why it can't be told; `unit` is that of the outcome, for messages."""
    groups = _groups(frame)
    comparison: ChangeComparison = "not met" if all(map(_enough, groups)) else "before"
    support = _support(frame, groups)
    used, planned = _periods(frame, comparison) if support.status != "fail" else (np.zeros(0, dtype=np.int64), None)
    if planned is None and support.status != "fail" and comparison == "not met":  # so few did not meet it that no period has both
        comparison = "before"
        used, planned = _periods(frame, comparison)
    if planned is None:
        failed = support if support.status == "fail" else _too_few_periods(frame, comparison)
        return ChangeEstimate(comparison, "C", None, None, groups, (), (*frame.checks, failed))
    answer = _answer(frame, used, planned, comparison, unit)
    checks = (*frame.checks, _with_few_periods(support, used), *doubts(frame, answer))
    return ChangeEstimate(
        comparison=comparison,
        evidence=_evidence(comparison, checks),
        effect=answer.study.effect,
        detectable=answer.study.detectable,
        groups=groups,
        periods=_shown(frame, used, answer.study),
        checks=checks,
    )


def _answer(frame: ChangeFrame, used: Integers, planned: Plan, comparison: ChangeComparison, unit: str) -> Answer:
    """The series of the periods, adjusted for L, and what it says."""
    rows = np.isin(frame.period, used) & (frame.met | (comparison == "not met"))
    kept = frame.some(np.flatnonzero(rows))
    cell = np.searchsorted(used, kept.period) + len(used) * kept.met
    blocks = _blocks(kept)
    adjusted = adjust(kept.outcome, cell, 2 * len(used), blocks)
    weights = series_weights(len(used), comparison)
    found = contrast(
        adjusted, np.vstack([weights, planned.level @ weights]), outcome=kept.outcome, cell=cell, starts=kept.starts, covariates=blocks
    )
    study = read(found.estimate[:-1], found.covariance[:-1, :-1], found.degrees_of_freedom, planned)
    return Answer(kept, cell, blocks, adjusted, weights, planned, study, comparison, unit)


def series_weights(periods: int, comparison: ChangeComparison) -> Floats:
    """Weights (periods, cells) of the series, met minus not met or met alone; cells are not met by period, then met by period."""
    met = np.eye(periods)
    return np.hstack([-met if comparison == "not met" else np.zeros((periods, periods)), met])


def _blocks(frame: ChangeFrame) -> Blocks:
    """L of a slice of rows, centred and scaled; numbers are cut as finely as the number of people allows."""
    bins = BINS if len(frame.starts) >= CLUSTERS_PER_COLUMN * (BINS + 1) * max(len(frame.covariates), 1) else 1
    variables = []
    first = 0
    for covariate in frame.covariates:
        for variable in expand(covariate, None, bins=bins, first=first):
            variables.append(variable)
            first += variable.width

    def block(rows: slice) -> Floats:
        filled = np.zeros((rows.stop - rows.start, first))
        for variable in variables:
            variable.fill(filled, rows)
        return filled

    return block


def _shown(frame: ChangeFrame, used: Integers, study: EventStudy) -> tuple[Period, ...]:
    first = used * frame.period_days - np.where(used < 0, frame.wait_days, 0)
    return tuple(
        Period(int(day), int((frame.met & (frame.period == period)).sum()), int((~frame.met & (frame.period == period)).sum()), answer)
        for period, day, answer in zip(used.tolist(), first.tolist(), study.periods, strict=True)
    )


def _evidence(comparison: ChangeComparison, checks: tuple[Check, ...]) -> Evidence:
    """B where others tell what would have been, and nothing speaks against it; else C."""
    spoken = any(check.name in ("pre_trend", "composition", "time_order") and check.status != "pass" for check in checks)
    return "B" if comparison == "not met" and not spoken else "C"


def _with_few_periods(support: Check, used: Integers) -> Check:
    if len(used) >= FEW_PERIODS:
        return support
    message = f"{support.message} Only {len(used)} periods take part, so little is known of how much they differ by themselves."
    return msgspec.structs.replace(support, status="review", message=message)


def how_it_went(touches: Touches) -> Went | None:
    """How the touchpoint itself went before and after: the share that went badly, or well where nothing ever went badly."""
    quality, counted = ("bad", touches.bad) if touches.bad.any() else ("good", touches.good)
    found = clustered_share_difference(counted, touches.happened, touches.after, touches.person) if counted.any() else None
    if found is None:
        return None
    sizes = np.bincount(touches.after, weights=touches.happened, minlength=2).astype(np.int64)
    return Went("bad" if quality == "bad" else "good", found[0], found[1], found[2], int(sizes[0]), int(sizes[1]))


def _groups(frame: ChangeFrame) -> tuple[Group, ...]:
    found = []
    for met in (True, False):
        for after in (False, True):
            rows = (frame.met == met) & (frame.after == after)
            mean = float(frame.outcome[rows].mean()) if rows.any() else None
            found.append(Group(met, after, int(rows.sum()), len(np.unique(frame.cluster[rows])), mean))
    return tuple(found)


def _enough(group: Group) -> bool:
    return group.units >= MIN_UNITS and group.people >= MIN_CLUSTERS


def _support(frame: ChangeFrame, groups: tuple[Group, ...]) -> Check:
    """Enough units that met it before and after, enough outcomes; enough that did not is a matter of the comparison."""
    met = [group for group in groups if group.met]
    smallest = min(group.units for group in met)
    if not all(map(_enough, met)):
        sizes = ", ".join(f"{group.units:,} of {group.people:,} people {'after' if group.after else 'before'}" for group in met)
        return Check(
            name="support", status="fail", value=float(smallest), limit=float(MIN_UNITS),
            message=f"At least {MIN_UNITS} units of {MIN_CLUSTERS} people that met it are needed before and after; there are {sizes}.",
            fix="Ask again when more outcomes are known.",
        )  # fmt: skip
    y = frame.outcome[frame.met]
    ones, zeros = int((y == 1).sum()), int((y == 0).sum())
    if len(y) < MIN_OUTCOMES or (ones + zeros == len(y) and min(ones, zeros) < MIN_EACH_SHARE):
        return Check(
            name="support", status="fail", value=float(min(ones, zeros)), limit=float(MIN_EACH_SHARE),
            message=f"Fewer than {MIN_OUTCOMES} outcomes are known of those that met it, or for a share fewer than {MIN_EACH_SHARE} with "
            f"and {MIN_EACH_SHARE} without it.",
            fix="Ask again when more outcomes are known.",
        )  # fmt: skip
    compared = min(group.units for group in groups) if all(map(_enough, groups)) else smallest
    firm = compared >= FIRM_UNITS
    before, after = (group.units for group in met)
    return Check(
        name="support", status="pass" if firm else "review", value=float(compared), limit=float(FIRM_UNITS),
        message=f"{before:,} units that met it before, {after:,} after."
        + ("" if firm else f" The smallest group compared has {compared:,}, under {FIRM_UNITS}."),
    )  # fmt: skip


def _periods(frame: ChangeFrame, comparison: ChangeComparison) -> tuple[Integers, Plan | None]:
    """The periods that take part, and the plan of their series; None where there are too few."""
    numbers, place = np.unique(frame.period, return_inverse=True)
    met = np.bincount(place[frame.met], minlength=len(numbers))
    other = np.bincount(place[~frame.met], minlength=len(numbers))
    enough = (met >= LEAST_IN_PERIOD) & ((other >= LEAST_IN_PERIOD) | (comparison == "before"))
    used = numbers[enough]
    try:
        return used, plan(frame.days(used), met[enough].astype(np.float64), continued=comparison == "before")
    except ValueError:
        return used, None


def _too_few_periods(frame: ChangeFrame, comparison: ChangeComparison) -> Check:
    before, after = (len(np.unique(frame.period[frame.after == side])) for side in (False, True))
    needed = LEAST_CONTINUED if comparison == "before" else 1
    alone = " Too few did not meet it, so the line before would have to be continued." if comparison == "before" else ""
    return Check(
        name="support", status="fail", value=float(before), limit=float(needed),
        message=f"{before} periods of {frame.period_days} days before and {after} after are too few: {needed} and 1 are needed.{alone}",
        fix="Longer records before the change, or more time after it.",
    )  # fmt: skip
