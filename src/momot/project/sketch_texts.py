"""Drafts of what people say: the words that came with an opinion, and texts of which nothing else is known."""

from __future__ import annotations

from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source
from momot.project.roles import given_and_asked, person_of
from momot.project.sketch import Entry, Sheet, text
from momot.project.sketch_parts import time_entry

_LONG = 20.0  # characters of a value, on average: shorter ones are names and answers
_SPACED, _DIFFERENT = 0.5, 0.5
"""Shares of values with a space inside, and of different ones, from which they are sentences."""
_UNSPACED = 60.0  # characters from which a value without spaces is a sentence of a script that has none


def words_of_people(source: Source) -> Column | None:
    """The column of what people wrote: sentences, called so where several columns hold some; the longest."""
    found = [column for column in source.columns if _is_sentence(column)]
    called = [column for column in found if hints_at(column.name, "text")]
    return max(called, key=lambda column: column.length, default=None)


def words_entry(source: Source, sheet: Sheet, why: str) -> list[Entry]:
    """The key `text` of an opinion or of an interaction."""
    column = words_of_people(source)
    return [] if column is None else [Entry("text", text(sheet.column(column.name)), why=why)]


def sketch_texts(profile: Profile, source: Source, sheet: Sheet) -> bool:
    """A [[texts]] block of a source whose rows are words of people and nothing that was told already."""
    column, (given, _) = words_of_people(source), given_and_asked(profile, source)
    if column is None or given.column is None:
        return False
    person, join = person_of(profile, source)
    entries = [Entry("from", text(sheet.base(source)))]
    if person.column is not None and join is None:
        entries.append(Entry("person", text(sheet.column(person.column.name))))
    entries += time_entry("at", sheet, given)
    entries.append(Entry("text", text(sheet.column(column.name)), why="what was said"))
    return sheet.add("texts", f"{source.name}: {column.present:,} texts", entries).live


def _is_sentence(column: Column) -> bool:
    if column.kind != "text" or column.present == 0 or column.distinct < _DIFFERENT * column.present:
        return False
    return (column.length >= _LONG and column.spaced >= _SPACED) or column.length >= _UNSPACED
