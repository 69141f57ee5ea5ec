"""What speaks against an answer about a dated change: a drift before it, other people after it, an early start (ChangeEstimate.checks).

A check of the drift that could not have shown one as large as the effect does not speak for the effect (Roth 2022), and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.change_frame import ChangeFrame
from momot.stats.cells import ROWS, Blocks, Cells, adjust, contrast
from momot.stats.event_study import LEAST_BEFORE, EventStudy, Plan, plan, read
from momot.stats.intervals import Interval
from momot.vocabulary import ChangeComparison, CheckStatus
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SIGNIFICANT = 0.05
RARE = 0.01
MATERIAL = 0.5
"""Share of the effect from which what else could explain it counts."""
SHIFTED = 0.2
"""Relative change of the share that meets the touchpoint from which who meets it counts as another group."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One estimated series with all that it was made of: the units that take part, their cells, L, and the weights of the series."""

    frame: ChangeFrame
    cell: Integers
    blocks: Blocks
    adjusted: Cells
    weights: Floats
    planned: Plan
    study: EventStudy
    comparison: ChangeComparison
    unit: str

    def size(self, value: float) -> str:
        """A size in the unit of the outcome; shares in percentage points."""
        return f"{100 * value:.2g} points" if self.unit == "share" else f"{value:.2g}"

    def signed(self, value: float) -> str:
        """A difference in the unit of the outcome."""
        return f"{100 * value:+.2g} points" if self.unit == "share" else f"{value:+.2g}"


def doubts(frame: ChangeFrame, answer: Answer) -> tuple[Check, ...]:
    """All checks of an estimate; `frame` is that of all units, also of those that took no part."""
    found = [pre_trend(answer), anticipation(answer), composition(frame, answer), season(answer)]
    return tuple(check for check in found if check is not None)


def pre_trend(answer: Answer) -> Check:
    """Whether the difference between those who met it and the others was on its way before the change."""
    study, effect = answer.study, answer.study.effect
    before = int((~answer.planned.after).sum())
    if answer.comparison == "before":
        slope = float(answer.planned.slope @ answer.weights @ answer.adjusted.mean_or_zero) * 28
        message = f"The line of {before} periods before the change is continued after it: {answer.signed(slope)} in 28 days."
        if study.missed > 0:
            message += f" At earlier dates such a line missed by {answer.size(study.missed)} beyond chance; the interval includes that."
        return Check(name="pre_trend", status="pass", value=slope, message=message + _uneven(answer))
    if study.drift is None or study.detectable_drift is None:
        message = f"With {before} periods before the change no drift can be told from chance; {LEAST_BEFORE} are needed."
        return Check(
            name="pre_trend", status="skipped", value=float(before), limit=float(LEAST_BEFORE), message=message,
            fix="Longer records before the change.",
        )  # fmt: skip
    drift, could = study.drift, study.detectable_drift
    limit = MATERIAL * abs(effect.estimate)
    p, whole, part = f"p = {drift.p_value:.2g}", answer.signed(effect.estimate), answer.signed(drift.estimate)
    if drift.p_value < SIGNIFICANT:
        status: CheckStatus = "fail" if abs(drift.estimate) >= limit else "review"
        message = f"Before the change those who met it were already moving apart ({p}): gone on, that makes {part} of the {whole}."
        fix = "Compare with people who were on the same way, or change it for some at random."
        return Check(name="pre_trend", status=status, value=drift.estimate, limit=limit, message=message + _uneven(answer), fix=fix)
    if (effect.low > 0 or effect.high < 0) and could > abs(effect.estimate):
        message = (
            f"No drift was seen before the change ({p}), but one that makes all of {whole} would more likely than not have gone unseen: "
            f"only {answer.size(could)} or more would have shown."
        )
        fix = "Longer records before the change would tell a drift from an effect."
        return Check(name="pre_trend", status="review", value=could, limit=abs(effect.estimate), message=message + _uneven(answer), fix=fix)
    message = f"No drift was seen before the change ({p}); one that makes {answer.size(could)} would more likely than not have shown."
    return Check(name="pre_trend", status="pass", value=drift.p_value, limit=SIGNIFICANT, message=message + _uneven(answer))


def _uneven(answer: Answer) -> str:
    """What is said of periods that differ more than people by chance do."""
    study = answer.study
    if study.uneven_p is None or study.uneven_p >= SIGNIFICANT or study.shock <= 0:
        return ""
    differ = f"Periods differ by more than chance among people (p = {study.uneven_p:.2g})"
    return f" {differ}; the interval includes shocks of ±{answer.size(study.shock)}."


def anticipation(answer: Answer) -> Check | None:
    """Whether it began before the date: the last period before against the earlier ones."""
    early = answer.study.anticipation
    if early is None:
        return None
    if early.p_value >= RARE:
        message = f"The last period before the change is as the earlier ones let expect (p = {early.p_value:.2g})."
        return Check(name="anticipation", status="pass", value=early.p_value, limit=RARE, message=message)
    message = f"The last period before the change already differs by {answer.signed(early.estimate)} from what the earlier ones let expect."
    fix = "Was it announced, or rolled out in steps? Give the day on which it began."
    return Check(name="anticipation", status="review", value=early.p_value, limit=RARE, message=message, fix=fix)


def composition(frame: ChangeFrame, answer: Answer) -> Check | None:
    """Whether the change altered who meets the touchpoint: by how many do, and by what was known of them before."""
    if answer.comparison == "before" and bool(frame.met.all()) and not len(answer.adjusted.slopes):
        return None
    shift, share = _share_shift(frame)
    known = _known_shift(answer)
    effect = answer.study.effect.estimate
    moved = known is not None and known.p_value < SIGNIFICANT and abs(known.estimate) >= MATERIAL * abs(effect)
    least = min(share, 1 - share)
    other = shift is not None and shift.p_value < RARE and abs(shift.estimate) >= SHIFTED * least
    if not moved and not other:
        said = "" if shift is None else f" {share:.0%} met it before, {share + shift.estimate:.0%} after."
        return Check(name="composition", status="pass", message=f"Who meets it has not changed by more than matters.{said}")
    parts = []
    if other and shift is not None:
        parts.append(f"{share:.0%} met it before the change and {share + shift.estimate:.0%} after: they may be other people.")
    if moved and known is not None:
        foretold = answer.signed(known.estimate)
        parts.append(f"What was known of them before makes {foretold} by itself: that is adjusted for, what is not known is not.")
    value = known.estimate if moved and known is not None else shift.estimate if shift is not None else None
    fix = "Ask the same of those who would have met it either way, or change it for some at random."
    return Check(name="composition", status="review", value=value, limit=MATERIAL * abs(effect), message=" ".join(parts), fix=fix)


def _share_shift(frame: ChangeFrame) -> tuple[Interval | None, float]:
    """By how much the share that meets it changed at the date, and what it was before."""
    share = float(frame.met[~frame.after].mean())
    if share in (0.0, 1.0) and frame.met.mean() == share:
        return None, share
    numbers, place = np.unique(frame.period, return_inverse=True)
    outcome = frame.met.astype(np.float64)
    about = plan(frame.days(numbers), np.bincount(place).astype(np.float64), continued=False)
    adjusted = adjust(outcome, place, len(numbers))
    found = contrast(
        adjusted, np.vstack([np.eye(len(numbers)), about.level]), outcome=outcome, cell=place, starts=frame.starts
    )  # fmt: skip
    return read(found.estimate[:-1], found.covariance[:-1, :-1], found.degrees_of_freedom, about).effect, share


def _known_shift(answer: Answer) -> Interval | None:
    """The change that L alone foretells: the same contrast of the outcome that L predicts."""
    slopes = answer.adjusted.slopes
    if not np.any(slopes):
        return None
    rows = len(answer.frame.outcome)
    predicted = np.concatenate([answer.blocks(slice(at, min(at + ROWS, rows))) @ slopes for at in range(0, rows, ROWS)])
    adjusted = adjust(predicted, answer.cell, answer.weights.shape[1])
    weights = np.vstack([answer.weights, answer.planned.level @ answer.weights])
    found = contrast(adjusted, weights, outcome=predicted, cell=answer.cell, starts=answer.frame.starts)
    return read(found.estimate[:-1], found.covariance[:-1, :-1], found.degrees_of_freedom, answer.planned).effect


def season(answer: Answer) -> Check | None:
    """With nobody to compare with, whatever else changed at that time looks the same."""
    if answer.comparison != "before":
        return None
    return Check(
        name="season",
        status="review",
        message="Too few did not meet it to compare with: a season, or anything else that changed at that time, would look the same.",
        fix="Bring the change to some regions, channels or people later than to others.",
    )
