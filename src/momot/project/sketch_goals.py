"""Drafts of an outcome among the activities of an event log: what was bought, or what a name calls an outcome, else a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source, as_time, quoted
from momot.project.purchases import purchases_of
from momot.project.sketch import Entry, Sheet, listed, slug, text

_WITHIN = (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)  # days
_ENOUGH = 0.8  # share of those who get there whom the horizon should hold
_FEWEST = 20  # persons with and without


@dataclass(frozen=True, slots=True)
class _Activity:
    """One activity of a log. `persons` have it, `ended` have nothing after it; it comes `days` after their first one (80th percentile)."""

    name: str
    persons: int
    ended: int
    days: float


def activity_sql(column: str) -> str:
    """SQL of an activity's name: lower-case words joined by "_"."""
    return f"lower(regexp_replace(CAST({column} AS VARCHAR), '[^\\w]+', '_', 'g'))"


def sketch_goal(
    profile: Profile,
    source: Source,
    sheet: Sheet,
    who: Column,
    what: Column,
    when: Column,
    *,
    alone: bool = False,
    paid: Sequence[str] = (),
) -> None:
    """An [outcomes] block per person. Live where one activity alone is called an outcome, by its name; else commented, with candidates.

    `alone`: `who` is no person but a case that is followed by itself, so that what it pays may be no purchase. `paid`: activities that
    bring money, which are the purchases where no name says which are.
    """
    activities = _activities(profile, source, who, what, when)
    persons = who.distinct
    fit = [one for one in activities if min(one.persons, persons - one.persons) >= _FEWEST]
    bought = purchases_of(one.name for one in activities) or tuple(paid)
    if bought:
        sketch_purchase(sheet, source, bought, sure=not alone)
    named = [one for one in fit if one.name in bought] or [one for one in fit if hints_at(one.name, "outcome")]
    if len(named) == 1:
        goal = named[0]
        sheet.add("outcomes", f"{goal.persons:,} of {persons:,} have it", _entries(goal, sure=True), header=f"[outcomes.{slug(goal.name)}]")
        return
    last = sorted(named or activities, key=lambda one: (-one.ended, one.name))[:5]
    if last:
        shown = [f"{one.name} ({one.ended:,} end with it)" for one in last]
        sheet.ask(source, "which activity is an outcome that matters, good or bad?", shown)
        sheet.add(
            "outcomes",
            f"{last[0].persons:,} of {persons:,} have it",
            _entries(last[0], sure=False),
            header=f"[outcomes.{slug(last[0].name)}]",
        )


def sketch_purchase(sheet: Sheet, source: Source, activities: Sequence[str], *, sure: bool) -> None:
    """A [journeys] block that says which activities are a purchase, once in a file; asked where it is not sure."""
    if any(sketch.kind == "journeys" for sketch in sheet.sketches):
        return
    if not sure:
        sheet.ask(source, f"is {', '.join(activities)} a purchase? What is bought divides journeys into before and after.")
    entries = [Entry("purchase", listed(activities), sure=sure, why="stages, and coming back, are counted from it")]
    sheet.add("journeys", "what a purchase is", entries)


def _entries(goal: _Activity, *, sure: bool) -> list[Entry]:
    within = next((days for days in _WITHIN if days >= goal.days), _WITHIN[-1])
    worse = [Entry("better", text("lower"))] if hints_at(goal.name, "worse") else []
    return [
        Entry("activity", text(goal.name), sure=sure),
        Entry("per", text("person")),
        Entry("within", text(f"{within} days" if within > 1 else "1 day"), why="of those who get there, four in five do so soon enough"),
        *worse,
    ]


def _activities(profile: Profile, source: Source, who: Column, what: Column, when: Column) -> list[_Activity]:
    shown = f"{quoted(who.name)} AS person, {activity_sql(quoted(what.name))} AS activity, {as_time(when)} AS happened"
    rows = profile.connection.execute(
        f"""WITH events AS (SELECT {shown} FROM {source.table}),
        placed AS (
            SELECT *, min(happened) OVER (PARTITION BY person) AS first, max(happened) OVER (PARTITION BY person) AS last
            FROM events WHERE person IS NOT NULL AND activity IS NOT NULL AND happened IS NOT NULL),
        met AS (
            SELECT person, activity, bool_or(happened = last) AS ended, date_diff('second', any_value(first), min(happened)) / 86400 AS days
            FROM placed GROUP BY person, activity)
        SELECT activity, count(*), count(*) FILTER (ended), quantile_cont(days, {_ENOUGH}) FROM met GROUP BY activity ORDER BY activity"""
    ).fetchall()
    return [_Activity(*row) for row in rows]
