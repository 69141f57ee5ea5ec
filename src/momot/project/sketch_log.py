"""Drafts of event logs: ids that come back while the time goes on."""

from __future__ import annotations

from collections.abc import Sequence

from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source
from momot.project.roles import XES_STEP, Answer, constant_within, event_name, event_time, is_binary, outcomes_of, person_of, start_of
from momot.project.sketch import Entry, Sheet, slug, text
from momot.project.sketch_goals import activity_sql, sketch_goal
from momot.project.sketch_parts import better_entry, events_from, noun_of, person_entry, together


def sketch_log(profile: Profile, source: Source, sheet: Sheet, key: Column, others: Sequence[Source]) -> bool:
    """An event log: ids that come back while the time goes on."""
    person, join = person_of(profile, source)
    when, what = event_time(profile, source, key), event_name(profile, source, key)
    noun = noun_of(source, key)
    _ask_log(sheet, source, key, when, what)
    who = person.column if person.column is not None and join is None and constant_within(profile, source, key, person.column) else None
    start = start_of(profile, source, key)
    flags = [column for column in outcomes_of(source) if is_binary(column)]
    alone = who is None and not flags
    began = start.column or when.column
    table = None if alone or began is None else _cases(profile, sheet, source, others, key, who, began, flags)
    if table is not None and began is not None:
        entries = [
            Entry("from", text(table)),
            Entry("subject", text(sheet.column(key.name)), why="comes back while the time goes on"),
            *person_entry(source, sheet, Answer(who, person.candidates), None),
            Entry("start", text(sheet.column(began.name)), why=start.why or "the first row"),
        ]
        sheet.add("subjects", f"{source.name}: one {noun}", entries)
    origin, at = events_from(profile, source, sheet, others, None, key, when)
    events = [
        Entry("from", text(origin)),
        *_steps(source, sheet),
        *event_entries(sheet, noun, what),
        _followed(profile, source, sheet, key, person) if alone else Entry("subject", text(sheet.column(key.name))),
        *at,
    ]
    live = sheet.add("interactions", f"{source.name}: {source.rows:,} events", events).live
    if table is not None:
        _log_outcomes(sheet, source, table, flags)
    if live and not flags and what.column is not None and when.column is not None:
        sketch_goal(profile, source, sheet, who or key, what.column, when.column, alone=alone)
    return live


def _followed(profile: Profile, source: Source, sheet: Sheet, key: Column, person: Answer) -> Entry:
    """The id itself as the person, where no column says whose it is. An owner would have one value a case, and several cases."""
    noun = noun_of(source, key)
    others = [
        name
        for name in person.candidates
        if source[name].distinct < key.distinct and not hints_at(name, "money") and constant_within(profile, source, key, source[name])
    ]
    sheet.ask(source, f"whose is one {noun}? Until a column says so, each is followed by itself.", others)
    return Entry("person", text(sheet.column(key.name)), why=f"each {noun} is followed by itself")


def _steps(source: Source, sheet: Sheet) -> list[Entry]:
    """XES may log the beginning and the end of one activity as two events."""
    steps = next((column for column in source.columns if column.name == XES_STEP), None)
    done = next((value for value in steps.values if value.lower() == "complete"), None) if steps is not None else None
    if steps is None or done is None or steps.distinct < 2:
        return []
    sheet.ask(source, f"is each step of an activity ({', '.join(list(steps.values)[:5])}) an event of its own, or only its completion?")
    return [Entry("where", text(f"{sheet.column(steps.name)} = '{done}'"), sure=False)]


def _ask_log(sheet: Sheet, source: Source, key: Column, when: Answer, what: Answer) -> None:
    if when.column is None:
        sheet.ask(source, f"when did each event of one {noun_of(source, key)} happen?", when.candidates)
    if what.column is None:
        sheet.ask(source, "which column says what happened?", what.candidates)


def _cases(
    profile: Profile,
    sheet: Sheet,
    source: Source,
    others: Sequence[Source],
    key: Column,
    who: Column | None,
    start: Column,
    flags: Sequence[Column],
) -> str:
    """A table with one row an id: its start, its person, and the last word on each flag."""
    at = sheet.column(start.name)
    kept = [f"min({at}) AS {at}"]
    if who is not None:
        kept.append(f"any_value({sheet.column(who.name)}) AS {sheet.column(who.name)}")
    for flag in flags:
        values = {value.lower(): value for value in flag.values}
        yes = next(values[word] for word in ("true", "t", "yes", "y", "1", "1.0") if word in values)
        name, last = sheet.column(flag.name), _last_word(profile, source, key, flag, yes)
        kept.append(f"{last}(CAST(CAST({name} AS VARCHAR) = '{yes}' AS INT)) AS {name}")
    query = f"SELECT {sheet.column(key.name)}, {', '.join(kept)} FROM {together(sheet, source, others)} GROUP BY {sheet.column(key.name)}"
    return sheet.table(f"{noun_of(source, key)}s", text(query))


def _last_word(profile: Profile, source: Source, key: Column, flag: Column, yes: str) -> str:
    """Min where the flag is yes at first and then may fall, max where it may rise: whichever state comes first decides."""
    rows = profile.connection.execute(
        f"""SELECT avg(CAST(first = '{yes}' AS INT)) FROM (
            SELECT arg_min("{flag.name}", position) AS first, count(DISTINCT "{flag.name}") AS n
            FROM (SELECT *, row_number() OVER () AS position FROM {source.table}) GROUP BY "{key.name}") WHERE n > 1"""
    ).fetchall()
    return "min" if (rows[0][0] or 0) >= 0.5 else "max"


def _log_outcomes(sheet: Sheet, source: Source, table: str, flags: Sequence[Column]) -> None:
    for flag in flags:
        entries = [Entry("from", text(table)), Entry("value", text(sheet.column(flag.name))), *better_entry(flag)]
        sheet.add(
            "outcomes", f"{flag.name}: a fact of the whole, settled in the course of it", entries, header=f"[outcomes.{slug(flag.name)}]"
        )
        sheet.ask(source, f"when was {flag.name} settled? Unknown, its time order can't be shown.")


def event_entries(sheet: Sheet, noun: str, what: Answer) -> list[Entry]:
    """Activity and touchpoint computed from the column that says what happened."""
    name = what.column.name if what.column else (what.candidates[0] if what.candidates else "")
    words = activity_sql(sheet.column(name))
    sure = what.column is not None
    return [
        Entry("activity", f"{{sql = {text(words)}}}", sure=sure, why=what.why),
        Entry("touchpoint", f"{{sql = {text(chr(39) + noun + '.' + chr(39) + ' || ' + words)}}}", sure=sure),
    ]
