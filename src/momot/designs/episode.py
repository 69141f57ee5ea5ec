"""The episode design: units are the interactions of one subject (an order, a ticket, a trip), the outcome is its opinion, fact or sequel.

Exposure is what happened before the outcome was given or settled; each touchpoint is adjusted for what was known when the episode began
and for the touchpoints that precede it, never for what follows (EFFECTS.md 1.7, 2).
"""

from __future__ import annotations

import duckdb
import numpy as np

from momot.designs.columns import integers
from momot.designs.covariates import calendar, history, known_before
from momot.designs.employees import employees_left_out
from momot.designs.exposure import exposures_of, read_touchpoints
from momot.designs.frame import Frame
from momot.designs.outcomes import When, evidence_of, measure, outcome_values, response
from momot.designs.question import Ask, Designed, instrument_scale, too_little, unanswerable, unit_of
from momot.designs.span import first_and_last, months_spanned
from momot.designs.steps import fetch, keep
from momot.designs.touches import first_times, touches
from momot.project.schema import Outcome, ProjectFile
from momot.vocabulary.records import Unanswerable


def design_episode(ask: Ask, outcome: Outcome, project: ProjectFile, connection: duckdb.DuckDBPyConnection) -> Designed | Unanswerable:
    """The frame of an outcome of episodes, or why it can't be answered. Leaves temporary tables `measured` and `units` behind."""
    missing = measure(ask, outcome, project, connection)
    if missing is not None:
        return missing
    keep(connection, "episode_units", table="units")
    units = fetch(connection, "SELECT * FROM units ORDER BY unit")
    values = outcome_values(outcome, units, instrument_scale(outcome, project))
    problem = too_little(ask, values)
    if problem is not None:
        return problem
    when = When.of(units)
    evidence, order = evidence_of(outcome, when)
    known = known_before(connection, when, values, ask, first_at=first_times(connection, units=len(values)))
    met = touches(
        connection,
        read_touchpoints(connection, project),
        units=len(values),
        inclusive=outcome.activity is not None or order.status == "fail",
    )
    exposures, refused = exposures_of(ask, met, known, values, when, evidence, order)
    if not exposures:
        return unanswerable(ask, "no_touchpoints", "No touchpoint or condition was met before the outcome.")
    employees = employees_left_out(connection, "SELECT person_id FROM measured", "episodes")
    frame = Frame(
        question=ask.id,
        design="episode",
        evidence=evidence,
        outcome=values,
        weight=None,
        cluster=integers(units["cluster"]),
        bucket=integers(units["bucket"]).astype(np.int16),
        covariates=(*known.covariates, *calendar(when), *history(connection, len(values), instrument=outcome.opinion)),
        exposures=exposures,
        months=months_spanned(when.span),
        checks=(order, *employees, *response(connection, outcome, len(values)), *known.checks),
    )
    first, last = first_and_last(when.span)
    return Designed(
        ask=ask,
        frame=frame,
        refused=(*known.refused, *refused),
        unit=unit_of(ask, values),
        people=len(np.unique(frame.cluster)),
        first=first,
        last=last,
        estimand=_estimand(ask),
    )


def _estimand(ask: Ask) -> str:
    follow = f" within {ask.within_days:g} days after it" if ask.within_days else ""
    return (
        f"The mean difference in {ask.id}{follow} among episodes that met the touchpoint this way, had it gone as the reference; "
        "adjusted for what was known when the episode began and for the touchpoints that come before it, not for what follows."
    )
