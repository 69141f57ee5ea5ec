"""The episode design: units are the interactions of one subject (an order, a ticket, a trip), the outcome is its opinion, fact or sequel.

Exposure is what happened before the outcome was given or settled; each touchpoint is adjusted for what was known when the episode began
and for the touchpoints that precede it, never for what follows (EFFECTS.md 1.7, 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from momot.designs import states
from momot.designs.columns import MICROS_A_DAY, Column, integers, read_column
from momot.designs.doubts import doubts, of_all
from momot.designs.frame import Covariate, Exposure, Floats, Frame
from momot.designs.leaks import Suspect, Times, refuse
from momot.designs.question import Ask, Designed, instrument_scale, too_little, unanswerable, unit_of
from momot.designs.steps import fetch, keep, run
from momot.designs.touches import FirstTimes, Touch, Touchpoint, first_times, precedes, touches
from momot.engine import identifier
from momot.engine import names as names_in
from momot.project.schema import Outcome, ProjectFile
from momot.project.stages import stage_of
from momot.vocabulary import CHANNELS, QUALITIES, Evidence
from momot.vocabulary.records import Check, Refused, Unanswerable

LEAST_RETURNING = 50
SETTLED_AT_END = 0.9
UNDATED_SHARE = 0.1
REFUSED_LATE = 0.9
HISTORY_SHARE = 0.01
MONTH_DAYS = 30.4375
UNDATED_CONDITION = Check(
    name="time_order",
    status="review",
    message="A condition of the episode: nothing dates it, and who has it chose it or was given it.",
)


def design_episode(ask: Ask, outcome: Outcome, project: ProjectFile, connection: duckdb.DuckDBPyConnection) -> Designed | Unanswerable:
    """The frame of an outcome of episodes, or why it can't be answered. Leaves temporary tables `measured` and `units` behind."""
    missing = _measure(ask, outcome, connection)
    if missing is not None:
        return missing
    keep(connection, "episode_units", table="units")
    units = fetch(connection, "SELECT * FROM units ORDER BY unit")
    values = _outcome_values(outcome, units, instrument_scale(outcome, project))
    problem = too_little(ask, values)
    if problem is not None:
        return problem
    when = _When.of(units)
    evidence, order = _evidence(outcome, when)
    known = _facts(connection, when, values, ask, first_at=first_times(connection, units=len(values)))
    met = touches(
        connection, _touchpoints(connection, project), units=len(values), inclusive=outcome.activity is not None or order.status == "fail"
    )
    exposures, refused = _exposures(ask, met, known, values, when, evidence, order)
    if not exposures:
        return unanswerable(ask, "no_touchpoints", "No touchpoint or condition was met before the outcome.")
    frame = Frame(
        question=ask.id,
        design="episode",
        evidence=evidence,
        outcome=values,
        weight=None,
        cluster=integers(units["cluster"]),
        bucket=integers(units["bucket"]).astype(np.int16),
        covariates=(*known.covariates, *_calendar(when), *_history(connection, len(values))),
        exposures=exposures,
        months=when.months,
        checks=(order, *_response(connection, outcome, len(values)), *known.checks),
    )
    first, last = when.dates
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
        f"The mean difference in {ask.id}{follow} among episodes that met the touchpoint this way, had it gone as the reference instead; "
        "adjusted for what was known when the episode began and for the touchpoints that come before it, not for what follows."
    )


def _measure(ask: Ask, outcome: Outcome, connection: duckdb.DuckDBPyConnection) -> Unanswerable | None:
    """Stores the measured units as table `measured`, or says why there are none."""
    subjects = _count(connection, "SELECT count(*) FROM subjects")
    if not subjects:
        return unanswerable(
            ask,
            "needs_panel",
            "There are no [[subjects]] to follow as episodes; following people over time (the panel design) is not in this version.",
        )
    if outcome.opinion is not None:
        keep(connection, "episode_opinion_units", table="measured", instrument=outcome.opinion)
        return None
    if outcome.from_ is not None:
        keep(connection, "episode_fact_units", table="measured", outcome=outcome.name)
        return None
    return _measure_activity(ask, outcome, connection)


def _measure_activity(ask: Ask, outcome: Outcome, connection: duckdb.DuckDBPyConnection) -> Unanswerable | None:
    activity = connection.execute(
        "SELECT activity_id FROM activities WHERE activity = $activity", {"activity": outcome.activity}
    ).fetchone()
    if activity is None:
        return unanswerable(ask, "no_follow_up", f"The activity '{outcome.activity}' never happened.")
    (people, returning) = connection.execute(
        """SELECT count(*), coalesce(sum(CASE WHEN days > 1 THEN 1 ELSE 0 END), 0) FROM (
             SELECT person_id, count(DISTINCT happened_at) AS days FROM interactions
             WHERE activity_id = $activity AND person_id IS NOT NULL GROUP BY person_id)""",
        {"activity": activity[0]},
    ).fetchone() or (0, 0)
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
    until = _count(connection, "SELECT coalesce(max(happened_at), 0) FROM interactions")
    quality = None if outcome.quality is None else QUALITIES.index(outcome.quality) - 1
    keep(
        connection, "episode_activity_units", table="followed", activity=activity[0], horizon=horizon, observed_until=until, quality=quality
    )
    value = (
        "money / 100" if outcome.value is True else ("CAST(happened = 0 AS DOUBLE)" if outcome.absent else "CAST(happened > 0 AS DOUBLE)")
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE measured AS SELECT * EXCLUDE (happened, money), {value} AS outcome FROM followed")
    if not _count(connection, "SELECT count(*) FROM measured"):
        return unanswerable(ask, "no_follow_up", f"No episode is followed for the whole {outcome.within_days:g} days.")
    return None


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _outcome_values(outcome: Outcome, units: pa.Table, scale: tuple[float, float] | None) -> Floats:
    """The outcome of each unit: as measured, as a promoter score (Reichheld 2003, -100 to 100), or as the share in the top two boxes."""
    values = read_column("outcome", units["outcome"]).values
    if outcome.as_ == "mean":
        return values
    low, high = scale or (float(values.min()), float(values.max()))
    if outcome.as_ == "top2":
        top: Floats = (values >= high - 1).astype(np.float64)
        return top
    tenths = (values - low) / (high - low) * 10
    promoters: Floats = 100.0 * ((tenths >= 9).astype(np.float64) - (tenths <= 6))
    return promoters


@dataclass(frozen=True, slots=True)
class _When:
    """Times of the units, days since 1970 (n,), NaN where unknown."""

    started_at: Floats
    ended_at: Floats
    outcome_at: Floats

    @classmethod
    def of(cls, units: pa.Table) -> _When:
        return cls(*(read_column(name, units[name]).values / MICROS_A_DAY for name in ("started_at", "ended_at", "outcome_at")))

    @property
    def span(self) -> Floats:
        return self.outcome_at if not np.isnan(self.outcome_at).all() else self.started_at

    @property
    def months(self) -> float | None:
        known = self.span[~np.isnan(self.span)]
        days = float(np.ptp(known)) if len(known) else 0.0
        return days / MONTH_DAYS if days >= 7 else None

    @property
    def dates(self) -> tuple[str | None, str | None]:
        known = self.span[~np.isnan(self.span)]
        if not len(known):
            return None, None
        first, last = (np.datetime64("1970-01-01", "D") + np.timedelta64(int(day), "D") for day in (known.min(), known.max()))
        return str(first), str(last)


def _evidence(outcome: Outcome, when: _When) -> tuple[Evidence, Check]:
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known when the episode began, and the columns that turned out to be consequences."""

    covariates: tuple[Covariate, ...]
    conditions: tuple[Column, ...]
    refused: tuple[Refused, ...]
    first_at: FirstTimes
    checks: tuple[Check, ...]  # doubts about values that adjust


def _facts(connection: duckdb.DuckDBPyConnection, when: _When, values: Floats, ask: Ask, *, first_at: FirstTimes) -> _Known:
    """The columns of the subjects, sorted into confounders, conditions and refused ones; unmapped ones are only looked at for leaks."""
    mentioned = _mentioned(ask)
    names = [row[0] for row in connection.execute("DESCRIBE subjects").fetchall() if "." in row[0] and row[0] not in mentioned]
    columns: dict[str, Column] = {}
    if names:
        selected = ", ".join(f"s.{identifier(name)}" for name in names)
        table = fetch(connection, f"SELECT {selected} FROM units u JOIN subjects s ON s.subject_id = u.subject_id ORDER BY u.unit")
        columns = {name: read_column(name.split(".", 1)[1], table[name]) for name in names}
    labels = dict(connection.execute("SELECT touchpoint_id, touchpoint FROM touchpoints").fetchall())
    events = tuple((str(labels.get(touchpoint, touchpoint)), at) for touchpoint, at in first_at.at.items())
    times = Times(outcome_at=when.outcome_at, started_at=when.started_at, events=events, every=first_at.every)
    source = "[[subjects]]"
    undatable = bool(np.isnan(when.outcome_at).all())
    suspects = [Suspect(source, column, mapped=not name.startswith("other."), undatable=undatable) for name, column in columns.items()]
    refused = refuse(suspects, outcome=values, question=ask.id, times=times)
    out = {refusal.column for refusal in refused}
    kept = {name: column for name, column in columns.items() if column.name not in out}
    return _Known(
        covariates=tuple(column.covariate() for name, column in kept.items() if name.startswith("before.")),
        conditions=tuple(column for name, column in kept.items() if name.startswith("condition.")),
        refused=refused,
        first_at=first_at,
        checks=of_all(column for name, column in kept.items() if name.startswith("before.")),
    )


def _mentioned(ask: Ask) -> frozenset[str]:
    """Unmapped columns of the subjects that the outcome is made of: no suspects, as they are what is asked about."""
    outcome = ask.outcome
    texts = () if outcome is None else (outcome.value, outcome.at, outcome.where)
    return frozenset(f"other.{name}" for text in texts if isinstance(text, str) for name in names_in(text))


def _touchpoints(connection: duckdb.DuckDBPyConnection, project: ProjectFile) -> list[Touchpoint]:
    """The touchpoints of the build with stage, channel and levels, by name."""
    common = connection.execute(
        """SELECT t.touchpoint_id, t.touchpoint, mode(a.activity), mode(c.channel)
           FROM interactions i JOIN touchpoints t ON t.touchpoint_id = i.touchpoint_id
           LEFT JOIN activities a ON a.activity_id = i.activity_id LEFT JOIN channels c ON c.channel_id = i.channel_id
           GROUP BY t.touchpoint_id, t.touchpoint ORDER BY t.touchpoint"""
    ).fetchall()
    counted = {row[0] for row in connection.execute("SELECT touchpoint_id FROM touchpoints WHERE kind = 'count'").fetchall()}
    levels: dict[int, list[tuple[str, float | None, float | None]]] = {}
    for touchpoint, label, low, high in connection.execute(
        "SELECT touchpoint_id, label, low, high FROM levels ORDER BY touchpoint_id, level"
    ).fetchall():
        levels.setdefault(touchpoint, []).append((label, low, high))
    return [
        Touchpoint(
            id=touchpoint,
            name=name,
            stage=stage_of(name, activity, channel if channel in CHANNELS else None, project.stages),
            channel=channel,
            levels=tuple(levels.get(touchpoint, ())),
            counted=touchpoint in counted,
        )
        for touchpoint, name, activity, channel in common
    ]


def _exposures(
    ask: Ask, met: Sequence[Touch], known: _Known, values: Floats, when: _When, evidence: Evidence, order: Check
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


def _calendar(when: _When) -> tuple[Covariate, ...]:
    """The month in which the episode began."""
    known = ~np.isnan(when.started_at)
    if not known.any():
        return ()
    days = np.where(known, when.started_at, 0).astype("datetime64[D]")
    months, codes = np.unique(days.astype("datetime64[M]")[known], return_inverse=True)
    values = np.full(len(days), np.nan)
    values[known] = codes
    return (Covariate(name="month", values=values, categories=tuple(str(month) for month in months)),)


def _history(connection: duckdb.DuckDBPyConnection, units: int) -> tuple[Covariate, ...]:
    """Earlier episodes of the person and their last opinion before this one began, where people come back at all."""
    table = run(connection, "episode_history")
    earlier, last = np.zeros(units), np.full(units, np.nan)
    position = integers(table["unit"])
    earlier[position] = read_column("earlier", table["earlier"]).values
    last[position] = read_column("last_opinion", table["last_opinion"]).values
    found = []
    if (earlier > 0).mean() >= HISTORY_SHARE:
        found.append(Covariate(name="earlier episodes", values=np.log1p(earlier)))
    if (~np.isnan(last)).mean() >= HISTORY_SHARE:
        found.append(Covariate(name="last opinion", values=last))
    return tuple(found)


def _response(connection: duckdb.DuckDBPyConnection, outcome: Outcome, units: int) -> tuple[Check, ...]:
    """How many of the episodes gave the opinion: the rest did not answer, and nobody knows what they think."""
    if outcome.opinion is None:
        return ()
    subjects = _count(connection, "SELECT count(*) FROM subjects")
    share = units / subjects
    return (
        Check(
            name="selection",
            status="pass" if share >= 0.8 else "review",
            value=share,
            limit=0.8,
            message=f"{units:,} of {subjects:,} episodes gave an opinion ({share:.0%}); what is said holds among those who answered.",
        ),
    )
