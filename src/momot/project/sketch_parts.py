"""Pieces that several drafted blocks share: what stands in `from`, the person, times, and what a subject is called."""

from __future__ import annotations

from collections.abc import Sequence

from momot.project.hints import hints_at, words_of
from momot.project.profile import Column, Profile, Source
from momot.project.roles import Answer, Join, listed_in_order
from momot.project.sketch import Entry, Sheet, slug, text


def joined(sheet: Sheet, source: Source, others: Sequence[Source], join: Join | None) -> str:
    """What stands in `from`: the file, several of them together, or the file with the person that another file knows."""
    if join is None:
        return sheet.base(source) if not others else sheet.table(source.stem + "_all", text(together(sheet, source, others)[1:-1]))
    own, far = sheet.column(join.by.name), sheet.column(join.key.name)
    both = f"{together(sheet, source, others)} s LEFT JOIN {sheet.in_query(join.target)} t ON s.{own} = t.{far}"
    query = f"SELECT s.*, t.{sheet.column(join.column.name)} FROM {both}"
    return sheet.table(f"{source.stem}_of_persons", text(query))


def together(sheet: Sheet, source: Source, others: Sequence[Source]) -> str:
    """Several files of one table as one subquery; one file as it stands in a query."""
    if not others:
        return sheet.in_query(source)
    return "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM {sheet.in_query(one)}" for one in (source, *others)) + ")"


def person_entry(source: Source, sheet: Sheet, person: Answer, join: Join | None) -> list[Entry]:
    """The key `person`, or the question which column it is."""
    if join is not None:
        return [Entry("person", text(sheet.column(join.column.name)), why=person.why)]
    if person.column is not None:
        return [Entry("person", text(sheet.column(person.column.name)))]
    sheet.ask(source, "which column is the person?", person.candidates)
    return [Entry("person", text(sheet.column(person.candidates[0])), sure=False)] if person.candidates else []


def time_entry(key: str, sheet: Sheet, answer: Answer) -> list[Entry]:
    """The key of a time, or a commented candidate."""
    if answer.column is not None:
        return [Entry(key, text(sheet.column(answer.column.name)), sure=len(answer.column.formats) <= 1, why=answer.why)]
    return [Entry(key, text(sheet.column(answer.candidates[0])), sure=False)] if answer.candidates else []


def events_from(
    profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source], join: Join | None, key: Column, when: Answer
) -> tuple[str, list[Entry]]:
    """`from` and `at` of the events of a log. Where the file's order tells which of several events at one time came first, it is kept."""
    column = when.column
    if column is None or len(column.formats) > 1 or others or join is not None or not listed_in_order(profile, source, key, column):
        return joined(sheet, source, others, join), time_entry("at", sheet, when)
    at, line, nth = sheet.column(column.name), _free(source, "line"), _free(source, "nth")
    lines = f"SELECT *, row_number() OVER () AS {line} FROM {sheet.in_query(source)}"
    query = f"SELECT *, row_number() OVER (PARTITION BY {sheet.column(key.name)}, {at} ORDER BY {line}) AS {nth} FROM ({lines})"
    why = "events of one time keep the order of the file; rows alike are several events"
    return sheet.table(f"{source.stem}_in_order", text(query)), [Entry("at", text(f"{at} + to_microseconds({nth} - 1)"), why=why)]


def _free(source: Source, name: str) -> str:
    """A name that no column has."""
    taken = {column.name.lower() for column in source.columns}
    while name in taken:
        name += "_"
    return name


def yes_or_value(sheet: Sheet, column: Column) -> str:
    """The column, or its comparison with the text that means yes."""
    lowered = {value.lower(): value for value in column.values}
    return sheet.column(column.name) + (f" = '{lowered['yes']}'" if "yes" in lowered else "")


def better_entry(column: Column) -> list[Entry]:
    """`better = "lower"` for outcomes whose name says that more is worse."""
    return [Entry("better", text("lower"))] if hints_at(column.name, "worse") else []


def noun_of(source: Source, key: Column) -> str:
    """What one subject is called: the column's word for it, else the file's."""
    words = [word for word in words_of(key.name) if hints_at(word, "subject")] or [
        word for word in words_of(source.stem) if hints_at(word, "subject")
    ]
    return words[0] if words else slug(source.stem).split("_")[0] or "case"
