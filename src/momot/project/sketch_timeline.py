"""Drafts of what has a time line: subjects, interactions and people; event logs and opinions have modules of their own."""

from __future__ import annotations

from collections.abc import Sequence

from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source
from momot.project.relations import refers_to
from momot.project.roles import (
    Answer,
    constant_within,
    event_name,
    event_time,
    is_binary,
    is_event_log,
    lines_of,
    money_of,
    only_time,
    opinion_of,
    outcomes_of,
    person_of,
    repeaters,
    start_of,
    subject_of,
)
from momot.project.sketch import Entry, Sheet, listed, slug, text
from momot.project.sketch_goals import sketch_goal, sketch_purchase
from momot.project.sketch_log import event_entries, sketch_log
from momot.project.sketch_opinions import sketch_opinions
from momot.project.sketch_parts import better_entry, events_from, joined, noun_of, person_entry, time_entry, together, yes_or_value
from momot.project.sketch_texts import words_entry

_ENOUGH_REPEATERS = 0.05


def sketch_timeline(profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source] = ()) -> bool:
    """The blocks of a source whose rows have times. `others` are files with the same columns, read together with it."""
    times = happened_times(source)
    if not times:
        return False
    if is_event_log(source) and (case := subject_of(source).column) is not None:
        return sketch_log(profile, source, sheet, case, others)
    if opinion_of(source).column is not None:
        return sketch_opinions(profile, source, sheet, others)
    subject = subject_of(source)
    if subject.column is not None and subject.column.unique:
        if (known := _known_elsewhere(profile, source, subject.column)) is not None:
            return _later(source, sheet, subject.column, known, others)
        return _subjects(profile, source, sheet, subject.column, others)
    if subject.column is not None and lines_of(profile, source, subject.column):
        return _lines(profile, source, sheet, subject.column, others)
    if subject.column is not None:
        return sketch_log(profile, source, sheet, subject.column, others)
    return _of_persons(profile, source, sheet, others)


def happened_times(source: Source) -> list[Column]:
    """Times of something that happened: no birthdays, no deadlines."""
    return [
        column
        for column in source.times
        if column.share > 0 and not hints_at(column.name, "birth") and not hints_at(column.name, "planned")
    ]


def sketch_people(profile: Profile, source: Source, sheet: Sheet) -> bool:
    """A [people] block for a file with one row a person and facts in few values."""
    person, join = person_of(profile, source)
    facts = [
        column for column in source.columns if 2 <= column.distinct <= 12 and len(column.values) == column.distinct and column.share > 0.5
    ]
    if person.column is None or join is not None or not person.column.unique or source.times or not facts:
        return False
    entries = [
        Entry("from", text(sheet.base(source))),
        Entry("person", text(sheet.column(person.column.name)), why="one row each"),
        Entry("segments", listed([sheet.column(column.name) for column in facts])),
    ]
    return sheet.add("people", f"{source.name}: what is known of {source.rows:,} persons", entries).live


def ask_who(profile: Profile, source: Source, sheet: Sheet) -> None:
    """The questions about a source with times of which neither person nor subject is known."""
    person, _ = person_of(profile, source)
    sheet.ask(source, "which column is the person, and which the order, ticket or trip it is about?", person.candidates)
    opinion = opinion_of(source)
    if opinion.candidates:
        sheet.ask(source, "is one of these an opinion?", opinion.candidates)


def _subjects(profile: Profile, source: Source, sheet: Sheet, key: Column, others: Sequence[Source]) -> bool:
    person, join = person_of(profile, source)
    start = start_of(profile, source, key)
    origin = joined(sheet, source, others, join)
    if start.column is None:
        sheet.ask(source, f"when did one {noun_of(source, key)} begin?", start.candidates)
    entries = [
        Entry("from", text(origin)),
        Entry("subject", text(sheet.column(key.name)), why="different in every row"),
        *person_entry(source, sheet, person, join),
        *time_entry("start", sheet, start),
        Entry("before", "[]", sure=False, why="what was known at the start; it only adjusts"),
    ]
    live = sheet.add("subjects", f"{source.name}: each row is one {noun_of(source, key)}", entries).live
    if start.column is not None:
        _beginning(sheet, source, origin, key, start.column)
    rest = [column.name for column in source.times if start.column is None or column.name != start.column.name]
    if rest:
        sheet.ask(
            source,
            f"which of these times are things that happened between person and brand? Each is a block [[interactions]]: {', '.join(rest)}.",
        )
    _subject_outcomes(source, sheet, origin)
    return live


def _known_elsewhere(profile: Profile, source: Source, key: Column) -> Source | None:
    """A larger file whose subjects these are: a row here is something that happened to one of them later."""
    for target in profile.sources:
        found = refers_to(profile, source, key, target)
        if (
            found is not None
            and target.times
            and target.rows > source.rows
            and (other := subject_of(target).column)
            and other.name == found.name
        ):
            return target
    return None


def _later(source: Source, sheet: Sheet, key: Column, known: Source, others: Sequence[Source]) -> bool:
    when = [column for column in source.times if not hints_at(column.name, "planned")]
    if len(when) != 1:
        names = [column.name for column in when]
        sheet.ask(source, f"when did it happen to the subjects of {known.name}?", names)
    noun = slug(source.stem)
    entries = [
        Entry("from", text(joined(sheet, source, others, None))),
        Entry("activity", text(noun)),
        Entry("touchpoint", text(noun), why="the name is yours to choose"),
        Entry("subject", text(sheet.column(key.name)), why=f"one of the subjects of {known.name}"),
        *([Entry("at", text(sheet.column(when[0].name)), sure=len(when) == 1, why="the only time")] if when else []),
    ]
    return sheet.add("interactions", f"{source.name}: {source.rows:,} rows", entries).live


def _beginning(sheet: Sheet, source: Source, origin: str, key: Column, start: Column) -> None:
    noun = noun_of(source, key)
    entries = [
        Entry("from", text(origin)),
        Entry("activity", text(f"{noun}_started")),
        Entry("touchpoint", text(f"{noun}.start"), why="the name is yours to choose"),
        Entry("subject", text(sheet.column(key.name))),
        Entry("at", text(sheet.column(start.name))),
        *words_entry(source, sheet, "what was said in it"),
    ]
    sheet.add("interactions", f"the beginning of one {noun}", entries)


def _subject_outcomes(source: Source, sheet: Sheet, origin: str) -> None:
    """Facts of the subject that are named as outcomes."""
    for column in outcomes_of(source):
        if is_binary(column):
            entries = [Entry("from", text(origin)), Entry("value", text(yes_or_value(sheet, column)))]
            sheet.add("outcomes", f"{column.name}: two values", [*entries, *better_entry(column)], header=f"[outcomes.{slug(column.name)}]")
            sheet.ask(source, f"when was {column.name} settled? Unknown, its time order can't be shown.")


def _lines(profile: Profile, source: Source, sheet: Sheet, key: Column, others: Sequence[Source]) -> bool:
    """Rows that are lines of one document: one interaction a document."""
    person, join = person_of(profile, source)
    start = start_of(profile, source, key)
    column = start.column
    if column is None:
        sheet.ask(source, f"when did one {noun_of(source, key)} happen?", start.candidates)
        column = source.times[0]
    who = person.column if person.column is not None and constant_within(profile, source, key, person.column) else None
    noun = noun_of(source, key)
    kept = [f"min({sheet.column(column.name)}) AS {sheet.column(column.name)}"]
    if who is not None:
        kept.append(f"any_value({sheet.column(who.name)}) AS {sheet.column(who.name)}")
    query = f"SELECT {sheet.column(key.name)}, {', '.join(kept)} FROM {together(sheet, source, others)} GROUP BY {sheet.column(key.name)}"
    table = sheet.table(f"{noun}s", text(query))
    entries = [
        Entry("from", text(table), why=f"a row of the file is a line of one {noun}"),
        Entry("activity", text(f"{noun}_placed")),
        Entry("touchpoint", text(f"{noun}.placed"), why="the name is yours to choose"),
        *person_entry(source, sheet, Answer(who, person.candidates, person.why), join),
        Entry("subject", text(sheet.column(key.name))),
        Entry("at", text(sheet.column(column.name)), sure=start.column is not None, why=start.why),
    ]
    live = sheet.add("interactions", f"{source.name}: {source.rows:,} lines", entries).live
    if live and who is not None:
        sketch_purchase(sheet, source, [f"{noun}_placed"], sure=hints_at(noun, "bought") and bool(money_of(source)))
        _again(profile, source, sheet, who, f"{noun}_placed", key)
    return live


def _of_persons(profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source]) -> bool:
    """Rows that have a person and a time, and no subject."""
    person, join = person_of(profile, source)
    who = person.column
    if who is None or (who.unique and (len(happened_times(source)) != 1 or any(is_binary(column) for column in outcomes_of(source)))):
        return False  # one row a person: a snapshot, where there is an outcome
    logged = len(source.columns) <= 12 and repeaters(profile, source, who) > 0.5
    what = event_name(profile, source, who) if logged else Answer(None)
    when = start_of(profile, source, who) if len(source.times) == 1 else event_time(profile, source, who)
    when = when if when.column is not None else only_time(source) or when
    if when.column is None:
        sheet.ask(source, "when did it happen?", when.candidates)
    noun = slug(source.stem)
    named = (
        event_entries(sheet, noun, what)
        if what.column is not None
        else [Entry("activity", text(noun)), Entry("touchpoint", text(noun), why="the name is yours to choose")]
    )
    origin, at = joined(sheet, source, others, join), time_entry("at", sheet, when)
    if what.column is not None:
        origin, at = events_from(profile, source, sheet, others, join, who, when)
    money = money_of(source) if what.column is None else []
    value = [Entry("value", text(sheet.column(money[0].name)), sure=False, why="money of one row")] if len(money) == 1 else []
    entries = [Entry("from", text(origin)), *named, *person_entry(source, sheet, person, join), *at, *value]
    live = sheet.add("interactions", f"{source.name}: {source.rows:,} rows of {who.distinct:,} persons", entries).live
    if live and what.column is None:
        if money:
            sketch_purchase(sheet, source, [noun], sure=hints_at(noun, "bought") and len(money) == 1)
        _again(profile, source, sheet, who, noun)
    elif live and what.column is not None and when.column is not None:
        sketch_goal(profile, source, sheet, who, what.column, when.column)
    return live


def _again(profile: Profile, source: Source, sheet: Sheet, who: Column, activity: str, key: Column | None = None) -> None:
    """Remember repetition as a possible outcome, where enough persons come back."""
    share = repeaters(profile, source, who, key)
    if share >= _ENOUGH_REPEATERS:
        sheet.comebacks.append((key is not None, share, activity, source))


def sketch_comeback(sheet: Sheet) -> None:
    """Coming back as the outcome, where no other was found: of documents such as orders rather than of other events."""
    if not sheet.comebacks or any(sketch.kind == "outcomes" for sketch in sheet.alive()):
        return
    _, share, activity, source = max(sheet.comebacks, key=lambda one: one[:2])
    sheet.ask(source, f"is it an outcome that {activity} happens again, and within how many days?")
    entries = [
        Entry("activity", text(activity)),
        Entry("per", text("person")),
        Entry("within", text("90 days"), why="? how soon matters to the business"),
        Entry("eligible", text(activity)),
    ]
    sheet.add("outcomes", f"{share:.0%} of the persons come back", entries, header="[outcomes.again]")
