"""The units that a dated change is asked of: episodes, or persons (accounts) in stretches, their outcome, and when it was settled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from momot.build.interaction_rows import minor_units
from momot.designs.change_frame import Flags
from momot.designs.columns import MICROS_A_DAY, read_column
from momot.designs.covariates import history, known_before
from momot.designs.drawn import Drawn, draw
from momot.designs.frame import Covariate, Floats, Integers
from momot.designs.outcomes import When, evidence_of, measure, outcome_values
from momot.designs.question import Ask, instrument_scale
from momot.designs.steps import PACKAGE, keep, keep_units, run
from momot.designs.touches import first_times
from momot.engine import Engine, identifier, literal, step
from momot.engine.arrays import integers
from momot.project.schema import Outcome, ProjectFile
from momot.stats.timeline import Line, bounds, window_sum
from momot.vocabulary import QUALITIES, DesignName
from momot.vocabulary.records import Check, Unanswerable

WEEK = 7
ASKED_WITHIN = 28.0
"""Days in which an opinion of a person counts, where the outcome says no `within`."""
LATELY = 4  # stretches


@dataclass(frozen=True, slots=True)
class Units:
    """One row a unit: when it began, when its outcome was settled (NaN: nobody knows), whether it met the touchpoint; micros UTC."""

    design: DesignName
    started_at: Integers
    settled_at: Floats
    met: Flags
    outcome: Floats
    cluster: Integers
    covariates: tuple[Covariate, ...]
    checks: tuple[Check, ...] = ()

    def some(self, rows: Integers) -> Units:
        """Some of the units."""
        return replace(
            self,
            started_at=self.started_at[rows],
            settled_at=self.settled_at[rows],
            met=self.met[rows],
            outcome=self.outcome[rows],
            cluster=self.cluster[rows],
            covariates=tuple(replace(one, values=one.values[rows]) for one in self.covariates),
        )


@dataclass(frozen=True, slots=True)
class Episodes:
    """Units of an outcome per subject, before anybody asks what they met. `begun` are the numbers of those whose start is known."""

    units: Units
    begun: Integers
    inclusive: bool  # a touch at the instant of the outcome counts

    def by_touchpoint(self, engine: Engine, touchpoint: int) -> Units:
        """The units by whether they met a touchpoint before their outcome; reads the temporary table `units`."""
        met = np.zeros(len(self.units.outcome), dtype=np.bool_)
        met[integers(run(engine, "change_met", touchpoint=touchpoint, inclusive=self.inclusive)["unit"])] = True
        return replace(self.units, met=met).some(self.begun)


def episodes(ask: Ask, outcome: Outcome, project: ProjectFile, engine: Engine) -> Episodes | Unanswerable:
    """Units of an outcome per subject; leaves the temporary tables `measured` and `units` behind."""
    missing = measure(ask, outcome, project, engine)
    if missing is not None:
        return missing
    drawn = keep_units(engine)
    table = engine.arrow("SELECT * FROM units ORDER BY unit")
    values = outcome_values(outcome, table, instrument_scale(outcome, project))
    when = When.of(table)
    evidence, order = evidence_of(outcome, when)
    known = known_before(engine, when, values, ask, first_at=first_times(engine, units=len(values)))
    before = history(engine, len(values), instrument=outcome.opinion)
    followed = (outcome.within_days or 0.0) if outcome.activity is not None else 0.0
    started = np.isfinite(when.started_at)
    units = Units(
        "episode",
        np.where(started, when.started_at * MICROS_A_DAY, 0).astype(np.int64),
        (when.outcome_at + followed) * MICROS_A_DAY,
        np.zeros(len(values), dtype=np.bool_),
        values,
        integers(table["cluster"]),
        (*known.covariates, *before),
        ((order,) if evidence == "C" else ()) + drawn.checks(len(values)),
    )
    return Episodes(units, np.flatnonzero(started), outcome.activity is not None or order.status == "fail")


def persons(
    outcome: Outcome, touchpoint: int, project: ProjectFile, engine: Engine,
    *, changed_at: int, end_at: int, days: int,
) -> Units | str:  # fmt: skip
    """Units of an outcome per person or account: each in every stretch of `days` in which anything happened to them.

    What was met in the stretch comes before the outcome, which counts from its end on. Gives the reason where there is no such outcome.
    """
    within = outcome.within_days or (outcome.horizons_days[0] if outcome.horizons_days else None)
    if within is None and outcome.opinion is None:
        return f"[outcomes.{outcome.name}] says no `within`: how long is each person followed?"
    if outcome.from_ is not None:
        return f"[outcomes.{outcome.name}] is a fact of a person, which has no time to follow it by. Give an activity or an opinion."
    horizon = round((within or ASKED_WITHIN) * 86_400)
    by_account = outcome.per == "account"
    width = days * MICROS_A_DAY
    origin = changed_at - (changed_at // width + 10_000) * width  # a boundary falls on the date, and no slot is negative
    keep(engine, "change_slots", table="change_units", by_account=by_account, touchpoint=touchpoint, origin=origin, width=width)
    drawn = draw(int(engine.row("SELECT count(*) FROM change_units")[0]))
    table = engine.arrow(f"SELECT * FROM change_units WHERE {drawn.sql('who')} ORDER BY who, slot")
    if not table.num_rows:
        return "Nobody who is known ever did anything."
    who, slot = integers(table["who"]), integers(table["slot"])
    begins = slot * width + origin
    ends = begins + width
    settled = ends + horizon * 1_000_000
    seen_from, seen_to = (read_column(name, table[name]).values for name in ("observed_from", "observed_to"))
    inside = (settled <= end_at) & (np.isnan(seen_from) | (begins >= seen_from)) & (np.isnan(seen_to) | (settled <= seen_to))
    followed = _followed(outcome, project, engine, who, ends // 1_000_000, horizon, by_account=by_account, drawn=drawn)
    if isinstance(followed, str):
        return followed
    values, measured = followed
    inside &= measured & _eligible(outcome, engine, who, begins // 1_000_000, by_account=by_account, drawn=drawn)
    met = integers(table["met"])
    units = Units(
        "panel", begins, settled.astype(np.float64), met > 0, values, who,
        (*_habits(who, slot, integers(table["happened"]), met), *_segments(engine, who, by_account=by_account, drawn=drawn)),
        drawn.checks(len(who)),
    )  # fmt: skip
    return units.some(np.flatnonzero(inside))


def _followed(
    outcome: Outcome, project: ProjectFile, engine: Engine,
    who: Integers, since: Integers, horizon: int, *, by_account: bool, drawn: Drawn,
) -> tuple[Floats, Flags] | str:  # fmt: skip
    """The outcome of each unit in the `horizon` seconds from `since` on, (n,), and whether it was measured; or why there is none."""
    activity = _activity(engine, outcome.activity)
    if outcome.activity is not None and activity is None:
        return f"The activity '{outcome.activity}' never happened."
    quality = None if outcome.quality is None else QUALITIES.index(outcome.quality) - 1
    events = _events(engine, drawn, activity=activity, quality=quality, instrument=outcome.opinion, by_account=by_account)
    first, end = _windows(integers(events["who"]), integers(events["happened_at"]) // 1_000_000, who, since, horizon)
    count = (end - first).astype(np.float64)
    everything = np.ones(len(who), dtype=np.bool_)
    if outcome.opinion is not None:
        if not events.num_rows:
            return f"There is no opinion '{outcome.opinion}' of a person."
        given = outcome_values(outcome, events.rename_columns(["who", "happened_at", "outcome"]), instrument_scale(outcome, project))
        total = np.r_[0.0, np.cumsum(given)]
        return np.divide(total[end] - total[first], count, out=np.zeros(len(who)), where=count > 0), count > 0
    if outcome.value is True:
        total = np.r_[0.0, np.cumsum(np.nan_to_num(read_column("value", events["value"]).values))]
        return (total[end] - total[first]) / minor_units(project.currency), everything
    return ((count == 0) if outcome.absent else (count > 0)).astype(np.float64), everything


def _events(
    engine: Engine, drawn: Drawn, *, by_account: bool, activity: int | None, quality: int | None = None, instrument: str | None = None
) -> pa.Table:
    """When the outcome happened to those who are drawn."""
    owners = {"i": "i.account_id", "o": "p.account_id"} if by_account else {"i": "i.person_id", "o": "o.person_id"}
    fill = {"by_account": by_account, "activity": activity, "quality": quality, "instrument": instrument}
    kept = {"interaction_drawn": drawn.sql(owners["i"]), "opinion_drawn": drawn.sql(owners["o"])}
    return engine.arrow(step(PACKAGE, "change_events", **{name: literal(value) for name, value in fill.items()}, **kept))


def _windows(event_who: Integers, event_at: Integers, who: Integers, since: Integers, horizon: int) -> tuple[Integers, Integers]:
    """The events [first, end) of each unit from `since` on for `horizon` seconds; all in seconds since 1970, events by who and time."""
    base = int(min(since.min(initial=0), event_at.min(initial=0)))
    span = int(max(since.max(initial=0), event_at.max(initial=0))) - base + horizon + 1
    keys = event_who * span + (event_at - base)
    own = who * span + (since - base)
    return np.searchsorted(keys, own, side="left"), np.searchsorted(keys, own + np.minimum(horizon, span - 1 - (since - base)), side="left")


def _activity(engine: Engine, name: str | None) -> int | None:
    if name is None:
        return None
    found = engine.rows(f"SELECT activity_id FROM activities WHERE activity = {literal(name)}")
    return int(found[0][0]) if found else None


def _eligible(outcome: Outcome, engine: Engine, who: Integers, begins: Integers, *, by_account: bool, drawn: Drawn) -> Flags:
    """Whether each unit had done the activity that makes it eligible before it began, (n,)."""
    if outcome.eligible is None:
        return np.ones(len(who), dtype=np.bool_)
    activity = _activity(engine, outcome.eligible)
    events = _events(engine, drawn, activity=activity, by_account=by_account)
    people, first = np.unique(integers(events["who"]), return_index=True)
    at = integers(events["happened_at"])[first] // 1_000_000
    place = np.minimum(np.searchsorted(people, who), max(len(people) - 1, 0))
    return (people[place] == who) & (at[place] < begins) if len(people) else np.zeros(len(who), dtype=np.bool_)


def _habits(who: Integers, slot: Integers, happened: Integers, met: Integers) -> tuple[Covariate, ...]:
    """What was known of each unit before it began: how long, how much, how much lately, how often it had met the touchpoint."""
    new = np.r_[True, who[1:] != who[:-1]]
    unit = np.cumsum(new) - 1
    line = Line.of(unit, slot)
    before, lately = bounds(line, -(1 << 30), -1), bounds(line, -LATELY, -1)
    since = slot - slot[line.start]
    return (
        Covariate("tenure", np.log1p(since.astype(np.float64))),
        Covariate("activity before", np.log1p(window_sum(happened.astype(np.float64), before))),
        Covariate("activity lately", np.log1p(window_sum(happened.astype(np.float64), lately))),
        Covariate("met before", np.log1p(window_sum(met.astype(np.float64), before))),
    )


def _segments(engine: Engine, who: Integers, *, by_account: bool, drawn: Drawn) -> tuple[Covariate, ...]:
    """The segments of `[people]`, for persons."""
    names = [] if by_account else [name for name in engine.columns("people") if name.startswith("segment.")]
    if not names:
        return ()
    listed = ", ".join(map(identifier, names))
    table = engine.arrow(f"SELECT person_id, {listed} FROM people WHERE {drawn.sql('person_id')} ORDER BY person_id")
    place = np.searchsorted(integers(table["person_id"]), who)
    columns = [read_column(name.partition(".")[2], table[name]) for name in names]
    return tuple(replace(column.covariate(), values=column.values[place]) for column in columns)
