"""Drafts of opinions: dated answers on a small scale, about a subject or of a person."""

from __future__ import annotations

from collections.abc import Sequence

from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source
from momot.project.relations import refers_to
from momot.project.roles import given_and_asked, opinion_of, person_of, scale_of, subject_of
from momot.project.sketch import Entry, Sheet, text
from momot.project.sketch_parts import joined, time_entry
from momot.project.sketch_texts import words_entry


def sketch_opinions(profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source]) -> bool:
    """An [[opinions]] block, and the opinion as the outcome."""
    opinion, (given, asked) = opinion_of(source), given_and_asked(profile, source)
    column = opinion.column
    if column is None:
        return False
    if given.column is None:
        sheet.ask(source, "when was the opinion given?", given.candidates)
    about, person = _about(profile, source), person_of(profile, source)[0]
    instrument = "nps" if hints_at(column.name, "opinion") and scale_of(column) == (0, 10) else "rating"
    low, high = scale_of(column) or (0, 0)
    entries = [Entry("from", text(joined(sheet, source, others, None)))]
    if about is not None:
        entries.append(Entry("subject", text(sheet.column(about.name)), why="the person comes from [[subjects]]"))
    elif person.column is not None:
        entries.append(Entry("person", text(sheet.column(person.column.name))))
    else:
        sheet.ask(source, "whose opinion is it, or about which order, ticket or trip?", person.candidates)
    entries += time_entry("at", sheet, given)
    if asked is not None:
        entries.append(Entry("asked", text(sheet.column(asked.name)), why="never after the answer"))
    entries += [
        Entry("instrument", text(instrument)),
        Entry("value", text(sheet.column(column.name)), why=opinion.why),
        Entry("scale", f"[{low}, {high}]"),
        *words_entry(source, sheet, "what was written with it"),
        Entry("keep", text("first"), sure=False, why="where one subject has several"),
    ]
    live = sheet.add("opinions", f"{source.name}: {column.present:,} opinions", entries).live
    if live:
        about_outcome = [Entry("opinion", text(instrument)), Entry("per", text("subject" if about is not None else "person"))]
        sheet.add("outcomes", "the opinion itself", about_outcome, header="[outcomes.opinion]")
    return live


def _about(profile: Profile, source: Source) -> Column | None:
    """The column that holds the id of a subject which another file knows with its times."""
    for target in profile.sources:
        key = subject_of(target).column
        if key is None or not key.unique or not target.times or target.table == source.table:
            continue
        for column in source.columns:
            if column.id_like and (found := refers_to(profile, source, column, target)) is not None and found.name == key.name:
                return column
    return None
