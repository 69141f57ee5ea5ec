"""The outcomes of episodes: who has one, when it was settled, and what that allows to claim (EFFECTS.md 1, 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from momot.designs.columns import MICROS_A_DAY, read_column
from momot.designs.drawn import Drawn
from momot.designs.frame import Floats
from momot.designs.question import Ask, unanswerable
from momot.designs.steps import keep
from momot.engine import Engine, literal
from momot.project.schema import Outcome, ProjectFile
from momot.vocabulary import QUALITIES, Evidence
from momot.vocabulary.records import Check, Unanswerable

LEAST_RETURNING = 50
SETTLED_AT_END = 0.9
UNDATED_SHARE = 0.1
ANSWERED_SHARE = 0.8


def measure(ask: Ask, outcome: Outcome, project: ProjectFile, engine: Engine, chosen: str = "true") -> Unanswerable | None:
    """Stores the measured units as table `measured`, of those for which `chosen` holds, in SQL; or says why there are none."""
    subjects = _count(engine, "SELECT count(*) FROM subjects")
    if not subjects:
        return unanswerable(
            ask,
            "needs_panel",
            f'There are no [[subjects]] to follow as episodes. [outcomes.{outcome.name}] per = "person" follows people over time.',
        )
    if outcome.opinion is not None:
        keep(engine, "episode_opinion_units", table="measured", chosen=chosen, instrument=outcome.opinion)
        return None
    if outcome.from_ is not None:
        keep(engine, "episode_fact_units", table="measured", chosen=chosen, outcome=outcome.name)
        return None
    return _measure_activity(ask, outcome, project, engine, chosen)


def _measure_activity(ask: Ask, outcome: Outcome, project: ProjectFile, engine: Engine, chosen: str) -> Unanswerable | None:
    activity = next(iter(engine.rows(f"SELECT activity_id FROM activities WHERE activity = {literal(outcome.activity)}")), None)
    if activity is None:
        return unanswerable(ask, "no_follow_up", f"The activity '{outcome.activity}' never happened.")
    people, returning = engine.row(
        f"""SELECT count(*), coalesce(sum(CASE WHEN days > 1 THEN 1 ELSE 0 END), 0) FROM (
             SELECT person_id, count(DISTINCT happened_at) AS days FROM interactions
             WHERE activity_id = {activity[0]} AND person_id IS NOT NULL GROUP BY person_id)"""
    )
    if returning < LEAST_RETURNING:
        return unanswerable(
            ask,
            "no_repeat",
            f"{int(returning):,} of {int(people):,} people did '{outcome.activity}' more than once; "
            f"at least {LEAST_RETURNING} are needed to say what brings them back.",
        )
    if not outcome.within_days:
        return unanswerable(ask, "no_follow_up", f"[outcomes.{outcome.name}] says no `within`: how long is each person followed?")
    horizon = int(outcome.within_days * MICROS_A_DAY)
    until = _observed_until(project, engine)
    quality = None if outcome.quality is None else QUALITIES.index(outcome.quality) - 1
    keep(
        engine,
        "episode_activity_units",
        table="followed",
        chosen=chosen,
        activity=activity[0],
        horizon=horizon,
        observed_until=until,
        quality=quality,
    )
    value = (
        "money / 100" if outcome.value is True else ("CAST(happened = 0 AS DOUBLE)" if outcome.absent else "CAST(happened > 0 AS DOUBLE)")
    )
    engine.table("measured", f"SELECT * EXCLUDE (happened, money), {value} AS outcome FROM followed")
    if not _count(engine, "SELECT count(*) FROM measured"):
        return unanswerable(ask, "no_follow_up", f"No episode is followed for the whole {outcome.within_days:g} days.")
    return None


def _observed_until(project: ProjectFile, engine: Engine) -> int:
    """Microseconds UTC up to which everybody is observed: the end of `[observation]`, else the last interaction there is."""
    last = _count(engine, "SELECT coalesce(max(happened_at), 0) FROM interactions")
    if project.observation is None or project.observation.to is None:
        return last
    declared = np.datetime64(project.observation.to, "us").astype(np.int64) + MICROS_A_DAY  # the whole day counts
    return min(last, int(declared))


def _count(engine: Engine, query: str) -> int:
    return int(engine.row(query)[0])


def outcome_values(outcome: Outcome, units: pa.Table, scale: tuple[float, float] | None) -> Floats:
    """The outcome of each unit: as measured, as a promoter score (Reichheld 2003, -100 to 100), or as the share in the top two boxes."""
    return scored(outcome, read_column("outcome", units["outcome"]).values, scale)


def scored(outcome: Outcome, values: Floats, scale: tuple[float, float] | None) -> Floats:
    """Answers as the outcome wants them (n,)."""
    if outcome.as_ in ("mean", "shift") or not len(values):  # a shift is of the answers as given
        return values
    low, high = scale or (float(values.min()), float(values.max()))
    if outcome.as_ == "top2":
        top: Floats = (values >= high - 1).astype(np.float64)
        return top
    tenths = (values - low) / (high - low) * 10
    promoters: Floats = 100.0 * ((tenths >= 9).astype(np.float64) - (tenths <= 6))
    return promoters


@dataclass(frozen=True, slots=True)
class When:
    """Times of the units, days since 1970 (n,), NaN where unknown."""

    started_at: Floats
    ended_at: Floats
    outcome_at: Floats

    @classmethod
    def of(cls, units: pa.Table) -> When:
        """From the columns of table `units`."""
        return cls(*(read_column(name, units[name]).values / MICROS_A_DAY for name in ("started_at", "ended_at", "outcome_at")))

    @property
    def span(self) -> Floats:
        """The times that the question spans: of the outcomes, or where none is dated of the starts."""
        return self.outcome_at if not np.isnan(self.outcome_at).all() else self.started_at


def evidence_of(outcome: Outcome, when: When) -> tuple[Evidence, Check]:
    """B where every touch is known to come before the outcome; C where nobody knows when the outcome was settled."""
    unknown = float(np.isnan(when.outcome_at).mean())
    if unknown > UNDATED_SHARE:
        return "C", Check(
            name="time_order",
            status="fail",
            value=1 - unknown,
            limit=1 - UNDATED_SHARE,
            message=f"For {unknown:.0%} of the episodes nobody knows when the outcome was settled, so a touch may have come after it.",
            fix=f"Give [outcomes.{outcome.name}] an `at`: the time at which the outcome was settled.",
        )
    both = ~np.isnan(when.ended_at) & ~np.isnan(when.outcome_at)
    at_end = float((np.abs(when.outcome_at[both] - when.ended_at[both]) < 1 / 86_400).mean()) if both.any() else 0.0
    if outcome.from_ is not None and at_end >= SETTLED_AT_END:
        return "C", Check(
            name="time_order",
            status="fail",
            value=at_end,
            limit=SETTLED_AT_END,
            message=f"The outcome is dated at the end of the episode for {at_end:.0%}: it may have been settled "
            "long before, and longer episodes have room for more touches.",
            fix=f"Give [outcomes.{outcome.name}] an `at` that says when it was settled, such as the time at which the limit ran out.",
        )
    return "B", Check(
        name="time_order", status="pass", value=1 - unknown, message="Only what happened before the outcome counts as its cause."
    )


def response(engine: Engine, outcome: Outcome, drawn: Drawn, chosen: str = "true") -> tuple[Check, ...]:
    """How many of the episodes gave the opinion: the rest did not answer, and nobody knows what they think."""
    if outcome.opinion is None:
        return ()
    subjects, units = _count(engine, f"SELECT count(*) FROM subjects WHERE {chosen}"), drawn.units
    share = units / subjects
    return (
        Check(
            name="selection",
            status="pass" if share >= ANSWERED_SHARE else "review",
            value=share,
            limit=ANSWERED_SHARE,
            message=f"{units:,} of {subjects:,} episodes gave an opinion ({share:.0%}; the first one counts). What is said holds among "
            "those who answered.",
        ),
    )
