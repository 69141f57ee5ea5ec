"""Who is followed, from when to when: the time at risk of each person or account (EFFECTS.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.build.zone import day_sql
from momot.designs.columns import MICROS_A_DAY, read_column
from momot.designs.frame import Floats, Integers
from momot.designs.landmarks import Units
from momot.designs.panel_sources import unit_sql
from momot.designs.steps import PACKAGE
from momot.engine import Engine, step
from momot.engine.arrays import integers
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


def days_of(engine: Engine) -> Days:
    """A period is a day, unless everything is dated on one weekday: then a week is the finest order that the records know."""
    days = np.array([day for (day,) in engine.rows(step(PACKAGE, "panel_calendar"))], dtype=np.int64)
    if not len(days):
        return Days(0, 0, 1)
    weekly = len(days) > 1 and len(np.unique(days % 7)) == 1
    return Days(int(days[0]), int(days[-1]), 7 if weekly else 1)


def units_of(engine: Engine, unit: str, project: ProjectFile, days: Days) -> Units:
    """Everybody who is followed, with their time at risk."""
    observed = [local_day(project, instant) for instant in ("p.observed_from", "(p.observed_to - 1)")]  # the end itself is outside
    members = "1" if unit == unit_sql("person") else "count(DISTINCT j.person_id)"
    sql = step(PACKAGE, "panel_units", unit=unit, observed_from=observed[0], observed_to=observed[1], members=members)
    table = engine.arrow(sql)
    known = np.full(len(table), days.last, dtype=np.int64)
    first = integers(table["first_day"])
    if project.observation is not None and project.observation.to is not None:
        known = np.full(
            len(table), _day(project.observation.to), dtype=np.int64
        )  # also where the last records are older: nothing happened since
    if project.observation is not None and project.observation.from_ is not None:
        first = np.maximum(first, _day(project.observation.from_))
    since, until = (read_column(name, table[name]).values for name in ("observed_from", "observed_to"))
    first = np.where(np.isnan(since), first, np.maximum(first, since)).astype(np.int64)
    known = np.where(np.isnan(until), known, np.minimum(known, until)).astype(np.int64)
    numbers = integers(table["unit"])
    last = np.minimum(known, _gone(engine, unit, numbers, days) - 1)
    return Units(
        unit=numbers,
        person=integers(table["person_id"]),
        bucket=_of_accounts(integers(table["bucket"]), read_column("account_id", table["account_id"]).values).astype(np.int16),
        first=first // days.step,
        last=last // days.step,
        known=known // days.step,
        interactions=integers(table["interactions"]),
        members=integers(table["members"]),
    )


def _of_accounts(bucket: Integers, account: Floats) -> Integers:
    """The bucket of each unit; persons of one account are in that of the first of them, so that they are left out together."""
    known = np.flatnonzero(~np.isnan(account))
    _, first, which = np.unique(account[known], return_index=True, return_inverse=True)
    together = bucket.copy()
    together[known] = bucket[known][first][which]
    return together


def local_day(project: ProjectFile, instant: str) -> str:
    """SQL: the local day since 1970 of an instant in microseconds UTC."""
    return day_sql(project.timezone, instant, first=_FIRST_INSTANT, last=_LAST_INSTANT)


def _day(written: str) -> int:
    return int(np.datetime64(written, "D").astype(np.int64))


def _gone(engine: Engine, unit: str, numbers: Integers, days: Days) -> Integers:
    """The day on which each unit went for good, far away for those who did not: a cancelled contract ends the time at risk."""
    far = np.full(len(numbers), 1_000_000_000, dtype=np.int64)
    ends = engine.rows(step(PACKAGE, "panel_ends", unit=unit, last=days.last, quiet=QUIET_DAYS))
    last = [int(activity) for activity, units, returned in ends if units >= LEAST_GONE and returned <= GONE_SHARE * units]
    if last:
        table = engine.arrow(step(PACKAGE, "panel_gone", unit=unit, activities=", ".join(map(str, last))))
        went, day = integers(table["unit"]), integers(table["day"])
        followed = np.isin(went, numbers)
        far[np.searchsorted(numbers, went[followed])] = day[followed]
    return far
