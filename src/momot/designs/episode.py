"""The episode design: units are the interactions of one subject (an order, a ticket, a trip), the outcome is its opinion, fact or sequel.

Exposure is what happened before the outcome was given or settled; each touchpoint is adjusted for what was known when the episode began
and for the touchpoints that precede it, never for what follows (EFFECTS.md 1.7, 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from momot.designs.channels import divided_by_channel, first_bought_before
from momot.designs.columns import read_column
from momot.designs.covariates import calendar, history, known_before
from momot.designs.drawn import Drawn
from momot.designs.employees import employees_left_out
from momot.designs.exposure import exposures_of, read_touchpoints
from momot.designs.frame import Floats, Frame, Integers
from momot.designs.outcomes import When, evidence_of, measure, outcome_values, response
from momot.designs.period import ALWAYS, Period
from momot.designs.question import Ask, Designed, instrument_scale, too_little, unanswerable, unit_of
from momot.designs.response import checks, response_of
from momot.designs.span import first_and_last, months_spanned
from momot.designs.steps import keep_units
from momot.designs.touches import first_times, touches
from momot.designs.whom import CHANNEL, CYCLE, CYCLES, Labelled, codes_of, segments_of_people
from momot.engine import Engine
from momot.engine.arrays import integers
from momot.project.schema import Outcome, ProjectFile
from momot.vocabulary.records import Check, Unanswerable

ACCOUNTS_FROM = 3_000_000_000
"""From this number on a cluster is an account (`episode_units.sql`)."""


def design_episode(
    ask: Ask, outcome: Outcome, project: ProjectFile, engine: Engine, by: Sequence[str] = (), period: Period = ALWAYS
) -> Designed | Unanswerable:
    """The frame of an outcome of episodes, or why it can't be answered. Leaves temporary tables `measured` and `units` behind.

    `by`: for whom, names of segments. `period`: only episodes that began in it. When an episode ended or its outcome was settled would not
    do: what went badly often takes longer.
    """
    chosen = period.instants_sql("started_at", project.timezone)
    missing = measure(ask, outcome, project, engine, chosen)
    if missing is not None:
        return missing
    began, undated = _began(engine, period, chosen)
    if undated is not None:
        return unanswerable(ask, "no_dates", undated)
    drawn = keep_units(engine)
    units = engine.arrow("SELECT * FROM units ORDER BY unit")
    values = outcome_values(outcome, units, instrument_scale(outcome, project))
    problem = too_little(ask, values)
    if problem is not None:
        return problem
    when = When.of(units)
    evidence, order = evidence_of(outcome, when)
    known = known_before(engine, when, values, ask, first_at=first_times(engine, units=len(values)))
    touchpoints = read_touchpoints(engine, project)
    inclusive = outcome.activity is not None or order.status == "fail"
    met = touches(engine, touchpoints, units=len(values), inclusive=inclusive)
    exposures, refused = exposures_of(ask, met, known, values, when, evidence, order)
    if not exposures:
        return unanswerable(ask, "no_touchpoints", "No touchpoint or condition was met before the outcome.")
    answering = response_of(engine, ask.id, outcome, project, per="subject", period=period)
    exposures = tuple(replace(one, checks=(*one.checks, *checks(answering, one.touchpoint))) for one in exposures)
    employees = employees_left_out(engine, "SELECT person_id FROM measured", "episodes")
    frame = Frame(
        question=ask.id,
        design="episode",
        evidence=evidence,
        outcome=values,
        weight=None,
        cluster=integers(units["cluster"]),
        person=_persons(units),
        bucket=integers(units["bucket"]).astype(np.int16),
        covariates=(*known.covariates, *calendar(when), *history(engine, len(values), instrument=outcome.opinion)),
        exposures=exposures,
        months=drawn.months(months_spanned(when.span)),
        checks=(order, *began, *employees, *drawn.checks(len(values)), *response(engine, outcome, drawn, chosen), *known.checks),
    )
    first, last = first_and_last(when.span)
    split = divided_by_channel(frame, touchpoints, engine, inclusive=inclusive) if CHANNEL in by else None
    return Designed(
        ask=ask,
        frame=frame,
        refused=(*known.refused, *refused),
        unit=unit_of(ask, values),
        people=len(np.unique(frame.cluster if frame.person is None else frame.person)),
        first=first,
        last=last,
        estimand=_estimand(ask),
        response=answering,
        segments=_segments(engine, units, by, drawn),
        splits=(split,) if split is not None else (),
    )


def _began(engine: Engine, period: Period, chosen: str) -> tuple[tuple[Check, ...], str | None]:
    """What a period left of the episodes; or that none of them says when it began."""
    if not period:
        return (), None
    number = f"SELECT count(*), count(started_at), coalesce(sum(CASE WHEN {chosen} THEN 1 ELSE 0 END), 0) FROM subjects"
    every, dated, inside = (int(count) for count in engine.row(number))
    if every and not dated:
        return (), "No episode says when it began, so no period can be chosen."
    without = f" {every - dated:,} that do not say when are left out." if dated < every else ""
    message = f"{inside:,} of {every:,} episodes began in the period ({period.words}).{without}"
    return (Check(name="period", status="pass", value=inside / max(every, 1), message=message),), None


def _persons(units: pa.Table) -> Integers | None:
    """Whose each episode is, where clusters are accounts."""
    cluster = integers(units["cluster"])
    if not (cluster >= ACCOUNTS_FROM).any():
        return None
    person = read_column("person_id", units["person_id"]).values
    return np.where(np.isnan(person), -integers(units["subject_id"]) - 1, np.nan_to_num(person)).astype(np.int64)


def _segments(engine: Engine, units: pa.Table, by: Sequence[str], drawn: Drawn) -> tuple[tuple[str, tuple[str, ...], Floats], ...]:
    """The segments asked for that persons have, and whether they had bought before the episode began; a value a unit."""
    if not by:
        return ()
    person = np.nan_to_num(read_column("person_id", units["person_id"]).values, nan=-1).astype(np.int64)
    among = "true" if drawn.share >= 1 else "person_id IN (SELECT person_id FROM units)"
    found = list(segments_of_people(engine, by, among).of(person))
    if CYCLE in by:
        found.append(Labelled(CYCLE, CYCLES, first_bought_before(engine, len(person))))
    return tuple((one.name, one.labels, codes_of(one)) for one in found)


def _estimand(ask: Ask) -> str:
    follow = f" within {ask.within_days:g} days after it" if ask.within_days else ""
    return (
        f"The mean difference in {ask.id}{follow} among episodes that met the touchpoint this way, had it gone as the reference; "
        "adjusted for what was known when the episode began and for the touchpoints that come before it, not for what follows."
    )
