"""Who is followed, from when to when: the time at risk of each person or account (EFFECTS.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from momot.build.zone import day_sql
from momot.designs.columns import MICROS_A_DAY
from momot.designs.landmarks import EVER, Span
from momot.designs.panel_people import Attribute, Known
from momot.designs.panel_sources import unit_sql
from momot.designs.steps import PACKAGE
from momot.engine import Engine, step
from momot.project.schema import ProjectFile

GONE_SHARE = 0.02
"""An activity after whose first time at most this share of people is ever seen again ends their time at risk."""
LEAST_GONE = 50
QUIET_DAYS = 30
_FIRST_INSTANT, _LAST_INSTANT = -(71 * 366 * MICROS_A_DAY), 131 * 366 * MICROS_A_DAY  # 1900 to 2100: builds hold no others


@dataclass(frozen=True, slots=True)
class Days:
    """The local days that the records span, both included, and how many make a period."""

    first: int
    last: int
    step: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What all units come to: how many, their interactions, their periods at risk and, at most, the touched ones among them.

    `first` is the earliest period at risk, `last` the latest; outcomes are known up to between `least_known` and `known`; nobody is
    followed for longer than `longest` periods.
    """

    units: int
    interactions: int
    periods: int
    touched: int
    first: int
    last: int
    least_known: int
    known: int
    longest: int

    def rows(self, every: int) -> int:
        """About how many rows there are: touched periods and every `every`-th of the others."""
        return self.touched + self.periods // every + self.units


def days_of(engine: Engine) -> Days:
    """A period is a day, unless everything is dated on one weekday: then a week is the finest order that the records know."""
    days = np.array([day for (day,) in engine.rows(step(PACKAGE, "panel_calendar"))], dtype=np.int64)
    if not len(days):
        return Days(0, 0, 1)
    weekly = len(days) > 1 and len(np.unique(days % 7)) == 1
    return Days(int(days[0]), int(days[-1]), 7 if weekly else 1)


def keep_units(
    engine: Engine,
    table: str,
    unit: str,
    project: ProjectFile,
    days: Days,
    attributes: Sequence[Known] = (),
    segments: Sequence[tuple[Attribute, Known]] = (),
) -> None:
    """Keep everybody who is followed as the table `table`, with their time at risk, `attributes` and `segments`, a column each.

    An account has the attributes of its first person, and of a segment the value that all its persons have, else one more.
    """
    observed = [local_day(project, instant) for instant in ("p.observed_from", "(p.observed_to - 1)")]  # the end itself is outside
    watched = project.observation
    since = _day(watched.from_) if watched is not None and watched.from_ is not None else "f.first_day"
    until = _day(watched.to) if watched is not None and watched.to is not None else days.last  # also where the last records are older
    columns = [f", k.attribute_{number}" for number in range(len(attributes))]
    columns += [f", coalesce(k.segment_{number}, -1) AS segment_{number}" for number in range(len(segments))]
    sql = step(
        PACKAGE,
        "panel_units",
        unit=unit,
        step=days.step,
        observed_from=observed[0],
        observed_to=observed[1],
        members="1" if unit == unit_sql("person") else "count(DISTINCT j.person_id)",
        since=since,
        until=until,
        segments="".join(f", {_shared(known.value, len(one.categories or ()))} AS segment_{n}" for n, (one, known) in enumerate(segments)),
        segment_joins=" ".join(known.join for _, known in segments),
        attributes="".join(f", {known.value} AS attribute_{number}" for number, known in enumerate(attributes)),
        attribute_joins=" ".join(known.join for known in attributes),
        columns="".join(columns),
        gone=_gone(engine, unit, days),
    )
    engine.table(table, sql)


def extent_of(engine: Engine, table: str, chosen: str = "true", span: Span = EVER) -> Extent:
    """What the units of a table come to, or those of them that are `chosen`, in SQL.

    Of a span: those who are at risk in it, and their time in it.
    """
    if span != EVER:
        within = f"greatest(first, {span.after + 1}) AS first, least(last, {span.until}) AS last, known, interactions"
        table = f"(SELECT unit, {within} FROM {table} WHERE last > {span.after} AND first <= {span.until})"
    found = engine.row(
        f"""SELECT count(*) AS units, sum(interactions) AS interactions, sum(greatest(last - first + 1, 0)) AS periods,
            sum(least(interactions, greatest(last - first + 1, 0))) AS touched, min(first) AS first, max(last) AS last,
            min(known) AS least_known, max(known) AS known, max(known - first) AS longest FROM {table} WHERE {chosen}"""
    )
    return Extent(*(int(number or 0) for number in found))


def _shared(value: str, several: int) -> str:
    return f"CASE WHEN min({value}) = max({value}) THEN min({value}) WHEN min({value}) IS NOT NULL THEN {several} END"


def local_day(project: ProjectFile, instant: str) -> str:
    """SQL: the local day since 1970 of an instant in microseconds UTC."""
    return day_sql(project.timezone, instant, first=_FIRST_INSTANT, last=_LAST_INSTANT)


def _day(written: str) -> int:
    return int(np.datetime64(written, "D").astype(np.int64))


def _gone(engine: Engine, unit: str, days: Days) -> str:
    """SQL: the day on which units went for good, of those who did: a cancelled contract ends the time at risk."""
    ends = engine.rows(step(PACKAGE, "panel_ends", unit=unit, last=days.last, quiet=QUIET_DAYS))
    last = [int(activity) for activity, units, returned in ends if units >= LEAST_GONE and returned <= GONE_SHARE * units]
    if not last:
        return "SELECT NULL::INTEGER AS unit, NULL::INTEGER AS day WHERE false"
    return step(PACKAGE, "panel_gone", unit=unit, activities=", ".join(map(str, last)))
