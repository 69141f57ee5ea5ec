"""E of an episode: its conditions and touchpoints as exposures, each with what its own equation holds (EFFECTS.md 1.7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from momot.designs import states
from momot.designs.columns import Column
from momot.designs.covariates import Known
from momot.designs.doubts import doubts
from momot.designs.frame import Exposure, Floats
from momot.designs.leaks import Suspect, refuse
from momot.designs.outcomes import When
from momot.designs.question import Ask
from momot.designs.steps import PACKAGE
from momot.designs.touches import FirstTimes, Touch, Touchpoint, precedes
from momot.engine import Engine, step
from momot.project.schema import ProjectFile
from momot.project.stages import stage_of
from momot.vocabulary import CHANNELS, STAGES, Evidence, Stage
from momot.vocabulary.records import Check, Refused

REFUSED_LATE = 0.9
UNDATED_CONDITION = Check(
    name="time_order",
    status="review",
    message="A condition of the episode: nothing dates it, and who has it chose it or was given it.",
)


def read_touchpoints(engine: Engine, project: ProjectFile) -> list[Touchpoint]:
    """The touchpoints of the build with stage, channel and levels, by name."""
    common = engine.rows(step(PACKAGE, "touchpoints_common"))
    counted = {row[0] for row in engine.rows("SELECT touchpoint_id FROM touchpoints WHERE kind = 'count'")}
    levels: dict[int, list[tuple[str, float | None, float | None]]] = {}
    for touchpoint, label, low, high in engine.rows("SELECT touchpoint_id, label, low, high FROM levels ORDER BY touchpoint_id, level"):
        levels.setdefault(touchpoint, []).append((label, low, high))
    lived = _stages_lived(engine)
    return [
        Touchpoint(
            id=touchpoint,
            name=name,
            stage=lived.get(touchpoint) or stage_of(name, activity, channel if channel in CHANNELS else None, project.stages),
            channel=channel,
            levels=tuple(levels.get(touchpoint, ())),
            counted=touchpoint in counted,
        )
        for touchpoint, name, activity, channel in common
    ]


def _stages_lived(engine: Engine) -> dict[int, Stage]:
    """The stage at which each touchpoint is mostly met within episodes, as the people's journeys have it: a call about an order follows it.

    Empty where journeys were not built, and without the touchpoints of no episode and of no stage.
    """
    counted = engine.rows(
        """SELECT touchpoint_id, stage, count(*) AS met FROM journeys WHERE subject_id IS NOT NULL AND stage IS NOT NULL
        GROUP BY touchpoint_id, stage ORDER BY met, stage DESC"""
    )
    return {touchpoint: STAGES[stage] for touchpoint, stage, _ in counted}


def exposures_of(
    ask: Ask, met: Sequence[Touch], known: Known, values: Floats, when: When, evidence: Evidence, order: Check
) -> tuple[tuple[Exposure, ...], list[Refused]]:
    """Conditions first, then touchpoints.

    A touchpoint is held for conditions and for what comes before it; a condition, which lasts for the
    whole episode, for all the others and for the touchpoints on its way: what is left goes along with the condition itself.
    """
    refused = _refused_touches(ask, met, values)
    out = {refusal.column for refusal in refused if refusal.rule != "dated_after_outcome"}
    usable = [touch for touch in met if touch.touchpoint.name not in out]
    conditions = len(known.conditions)
    beside = tuple(conditions + position for position, touch in enumerate(usable) if not touch.answered_before)
    exposures = [_condition(column, position, conditions, beside) for position, column in enumerate(known.conditions)]
    for touch in usable:
        earlier = tuple(
            conditions + position
            for position, other in enumerate(usable)
            if other is not touch and _before(other, touch, known.first_at, when.started_at)
        )
        later = tuple(
            conditions + position
            for position, other in enumerate(usable)
            if other is not touch and conditions + position not in earlier and not other.answered_before
        )
        checks = tuple(order if check.name == "time_order" and order.status == "fail" else check for check in touch.checks)
        exposures.append(
            Exposure(
                touchpoint=touch.touchpoint.name,
                stage=touch.touchpoint.stage,
                kind="interaction",
                coding=touch.coded.coding,
                states=touch.coded.states,
                codes=touch.coded.codes,
                held=(*range(conditions), *earlier),
                evidence=evidence,
                checks=checks,
                channel=touch.touchpoint.channel,
                later=later,
            )
        )
    return tuple(exposures), refused


def _before(other: Touch, touch: Touch, first_at: FirstTimes, started_at: Floats) -> bool:
    times = (first_at.of(one.touchpoint) for one in (other, touch))
    return precedes(*times, started_at=started_at[:: first_at.every])


def _condition(column: Column, position: int, conditions: int, beside: tuple[int, ...]) -> Exposure:
    """A condition is chosen or given, never happens: people differ by it in ways that no record of the episode holds, so evidence C."""
    coded = states.of_column(column)
    return Exposure(
        touchpoint=column.name,
        stage=None,
        kind="condition",
        coding=coded.coding,
        states=coded.states,
        codes=coded.codes,
        held=(*(other for other in range(conditions) if other != position), *beside),
        evidence="C",
        checks=(UNDATED_CONDITION, *doubts(column, coded)),
        finer=column.covariate() if coded.banded else None,
    )


def _refused_touches(ask: Ask, met: Sequence[Touch], values: Floats) -> list[Refused]:
    """Touchpoints that are the outcome in disguise, or whose being seen in time depends on how they went."""
    columns = [Column(touch.touchpoint.name, "category", touch.coded.codes.astype(np.float64)) for touch in met]
    refused = list(refuse([Suspect("[[interactions]]", column, mapped=False) for column in columns], outcome=values, question=ask.id))
    for touch in met:
        if touch.late_share > REFUSED_LATE or touch.answered_before:
            worst = max((check.value or 0.0 for check in touch.checks if check.name == "selection"), default=touch.late_share)
            reason = (
                f"up to {worst:.0%} of it came after the outcome, depending on how it went"
                if touch.answered_before
                else f"{worst:.0%} of it came after the outcome"
            )
            refused.append(
                Refused(
                    question=ask.id,
                    source="[[interactions]]",
                    column=touch.touchpoint.name,
                    rule="dated_after_outcome",
                    measure=worst,
                    reason=reason,
                )
            )
    return refused
