"""Drafts of what has a time line: subjects, interactions, opinions, people, and the outcomes they allow."""

from __future__ import annotations

from collections.abc import Sequence

from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source
from momot.project.relations import refers_to
from momot.project.roles import (
    Answer, Join, constant_within, event_name, event_time, given_and_asked, is_binary, lines_of, opinion_of, outcomes_of, person_of, repeaters, scale_of,
    start_of, subject_of,
)  # fmt: skip
from momot.project.sketch import Entry, Sheet, listed, slug, text

_ENOUGH_REPEATERS = 0.05


def sketch_timeline(profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source] = ()) -> bool:
    """The blocks of a source whose rows have times. `others` are files with the same columns, read together with it."""
    times = [column for column in source.times if column.share > 0 and not hints_at(column.name, "birth")]
    if not times:
        return False
    if opinion_of(source).column is not None:
        return _opinions(profile, source, sheet, others)
    if all(hints_at(column.name, "planned") for column in times):
        return False
    subject = subject_of(profile, source)
    if subject.column is not None and subject.column.unique:
        return _subjects(profile, source, sheet, subject.column, others)
    if subject.column is not None and lines_of(profile, source, subject.column):
        return _lines(profile, source, sheet, subject.column, others)
    if subject.column is not None:
        return _log(profile, source, sheet, subject.column, others)
    return _of_persons(profile, source, sheet, others)


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
    origin = _joined(sheet, source, others, join)
    if start.column is None:
        sheet.ask(source, f"when did one {_noun(source, key)} begin?", start.candidates)
    entries = [
        Entry("from", text(origin)),
        Entry("subject", text(sheet.column(key.name)), why="different in every row"),
        *_person(source, sheet, person, join),
        *_time("start", sheet, start),
        Entry("before", "[]", sure=False, why="what was known at the start; it only adjusts"),
    ]
    live = sheet.add("subjects", f"{source.name}: one row a {_noun(source, key)}", entries).live
    if start.column is not None:
        _beginning(sheet, source, origin, key, start.column)
    rest = [column.name for column in source.times if start.column is None or column.name != start.column.name]
    if rest:
        sheet.ask(
            source,
            f"which of these times are things that happened between person and brand? Each is an [[interactions]] block: {', '.join(rest)}.",
        )
    _subject_outcomes(source, sheet, origin)
    return live


def _beginning(sheet: Sheet, source: Source, origin: str, key: Column, start: Column) -> None:
    noun = _noun(source, key)
    entries = [
        Entry("from", text(origin)),
        Entry("activity", text(f"{noun}_started")),
        Entry("touchpoint", text(f"{noun}.start"), why="the name is yours to choose"),
        Entry("subject", text(sheet.column(key.name))),
        Entry("at", text(sheet.column(start.name))),
    ]
    sheet.add("interactions", f"the beginning of one {noun}", entries)


def _subject_outcomes(source: Source, sheet: Sheet, origin: str) -> None:
    """Facts of the subject that are named as outcomes."""
    for column in outcomes_of(source):
        if is_binary(column):
            entries = [Entry("from", text(origin)), Entry("value", text(_value(sheet, column)))]
            sheet.add("outcomes", f"{column.name}: two values", [*entries, *_better(column)], header=f"[outcomes.{slug(column.name)}]")
            sheet.ask(source, f"when was {column.name} settled? Unknown, its time order can't be shown.")


def _lines(profile: Profile, source: Source, sheet: Sheet, key: Column, others: Sequence[Source]) -> bool:
    """Rows that are lines of one document: one interaction a document."""
    person, join = person_of(profile, source)
    start = start_of(profile, source, key)
    column = start.column
    if column is None:
        sheet.ask(source, f"when did one {_noun(source, key)} happen?", start.candidates)
        column = source.times[0]
    who = person.column if person.column is not None and constant_within(profile, source, key, person.column) else None
    noun = _noun(source, key)
    kept = [f"min({sheet.column(column.name)}) AS {sheet.column(column.name)}"]
    if who is not None:
        kept.append(f"any_value({sheet.column(who.name)}) AS {sheet.column(who.name)}")
    query = f"SELECT {sheet.column(key.name)}, {', '.join(kept)} FROM {_together(sheet, source, others)} GROUP BY {sheet.column(key.name)}"
    table = sheet.table(f"{noun}s", text(query))
    entries = [
        Entry("from", text(table), why=f"a row of the file is a line of one {noun}"),
        Entry("activity", text(f"{noun}_placed")),
        Entry("touchpoint", text(f"{noun}.placed"), why="the name is yours to choose"),
        *_person(source, sheet, Answer(who, person.candidates, person.why), join),
        Entry("subject", text(sheet.column(key.name))),
        Entry("at", text(sheet.column(column.name)), sure=start.column is not None, why=start.why),
    ]
    live = sheet.add("interactions", f"{source.name}: {source.rows:,} lines", entries).live
    if live and who is not None:
        _again(profile, source, sheet, who, f"{noun}_placed")
    return live


def _log(profile: Profile, source: Source, sheet: Sheet, key: Column, others: Sequence[Source]) -> bool:
    """An event log: ids that come back while the time goes on."""
    person, join = person_of(profile, source)
    when, what = event_time(profile, source, key), event_name(profile, source, key)
    noun = _noun(source, key)
    _ask_log(sheet, source, key, when, what)
    who = person.column if person.column is not None and join is None and constant_within(profile, source, key, person.column) else None
    start = start_of(profile, source, key)
    flags = [column for column in outcomes_of(source) if is_binary(column)]
    table = _cases(profile, sheet, source, others, key, who, start.column or when.column, flags)
    if table is not None:
        began = sheet.column((start.column or when.column or source.times[0]).name)
        entries = [
            Entry("from", text(table)),
            Entry("subject", text(sheet.column(key.name)), why="comes back while the time goes on"),
            *_person(source, sheet, Answer(who, person.candidates), None),
            Entry("start", text(began), why=start.why or "the first row"),
        ]
        sheet.add("subjects", f"{source.name}: one {noun}", entries)
    events = [
        Entry("from", text(_joined(sheet, source, others, None))),
        *_event_entries(sheet, noun, what),
        Entry("subject", text(sheet.column(key.name))),
        *_time("at", sheet, when),
    ]
    live = sheet.add("interactions", f"{source.name}: {source.rows:,} events", events).live
    if table is not None:
        _log_outcomes(sheet, source, table, flags)
    return live


def _ask_log(sheet: Sheet, source: Source, key: Column, when: Answer, what: Answer) -> None:
    if when.column is None:
        sheet.ask(source, f"when did each event of one {_noun(source, key)} happen?", when.candidates)
    if what.column is None:
        sheet.ask(source, "which column says what happened?", what.candidates)


def _cases(
    profile: Profile,
    sheet: Sheet,
    source: Source,
    others: Sequence[Source],
    key: Column,
    who: Column | None,
    start: Column | None,
    flags: Sequence[Column],
) -> str | None:
    """A table with one row an id: its start, its person, and the last word on each flag."""
    if start is None:
        return None
    at = sheet.column(start.name)
    kept = [f"min({at}) AS {at}"]
    if who is not None:
        kept.append(f"any_value({sheet.column(who.name)}) AS {sheet.column(who.name)}")
    for flag in flags:
        values = {value.lower(): value for value in flag.values}
        yes = next(values[word] for word in ("true", "t", "yes", "y", "1", "1.0") if word in values)
        kept.append(
            f"{_last_word(profile, source, key, flag, yes)}(CAST(CAST({sheet.column(flag.name)} AS VARCHAR) = '{yes}' AS INT)) AS {sheet.column(flag.name)}"
        )
    query = f"SELECT {sheet.column(key.name)}, {', '.join(kept)} FROM {_together(sheet, source, others)} GROUP BY {sheet.column(key.name)}"
    return sheet.table(f"{_noun(source, key)}s", text(query))


def _last_word(profile: Profile, source: Source, key: Column, flag: Column, yes: str) -> str:
    """min where the flag is yes at first and then may fall, max where it may rise: whichever state comes first decides."""
    rows = profile.connection.execute(
        f"""SELECT avg(CAST(first = '{yes}' AS INT)) FROM (
            SELECT arg_min("{flag.name}", position) AS first, count(DISTINCT "{flag.name}") AS n
            FROM (SELECT *, row_number() OVER () AS position FROM {source.table}) GROUP BY "{key.name}") WHERE n > 1"""
    ).fetchall()
    return "min" if (rows[0][0] or 0) >= 0.5 else "max"


def _log_outcomes(sheet: Sheet, source: Source, table: str, flags: Sequence[Column]) -> None:
    for flag in flags:
        entries = [Entry("from", text(table)), Entry("value", text(sheet.column(flag.name))), *_better(flag)]
        sheet.add(
            "outcomes", f"{flag.name}: a fact of the whole, settled in the course of it", entries, header=f"[outcomes.{slug(flag.name)}]"
        )
        sheet.ask(source, f"when was {flag.name} settled? Unknown, its time order can't be shown.")


def _event_entries(sheet: Sheet, noun: str, what: Answer) -> list[Entry]:
    name = what.column.name if what.column else (what.candidates[0] if what.candidates else "")
    words = f"lower(regexp_replace(CAST({sheet.column(name)} AS VARCHAR), '[^\\w]+', '_', 'g'))"
    sure = what.column is not None
    return [
        Entry("activity", f"{{sql = {text(words)}}}", sure=sure, why=what.why),
        Entry("touchpoint", f"{{sql = {text(chr(39) + noun + '.' + chr(39) + ' || ' + words)}}}", sure=sure),
    ]


def _of_persons(profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source]) -> bool:
    """Rows that have a person and a time, and no subject."""
    person, join = person_of(profile, source)
    who = person.column
    if who is None:
        return False
    logged = len(source.columns) <= 12 and repeaters(profile, source, who) > 0.5
    what = event_name(profile, source, who) if logged else Answer(None)
    when = start_of(profile, source, who) if len(source.times) == 1 else event_time(profile, source, who)
    only = [column for column in source.times if not hints_at(column.name, "planned")]
    if when.column is None and len(only) == 1:
        when = Answer(only[0], why="the only time")
    if when.column is None:
        sheet.ask(source, "when did it happen?", when.candidates)
    noun = slug(source.stem)
    named = (
        _event_entries(sheet, noun, what)
        if what.column is not None
        else [Entry("activity", text(noun)), Entry("touchpoint", text(noun), why="the name is yours to choose")]
    )
    entries = [
        Entry("from", text(_joined(sheet, source, others, join))),
        *named,
        *_person(source, sheet, person, join),
        *_time("at", sheet, when),
    ]
    live = sheet.add("interactions", f"{source.name}: {source.rows:,} rows of {who.distinct:,} persons", entries).live
    if live and what.column is None:
        _again(profile, source, sheet, who, noun)
    return live


def _again(profile: Profile, source: Source, sheet: Sheet, who: Column, activity: str) -> None:
    """Repetition as an outcome, where enough persons come back."""
    share = repeaters(profile, source, who)
    if share < _ENOUGH_REPEATERS or any(sketch.kind == "outcomes" for sketch in sheet.sketches):
        return
    sheet.ask(source, "within how many days should a person come back?")
    entries = [
        Entry("activity", text(activity)),
        Entry("per", text("person")),
        Entry("within", text("90 days"), why="? how soon matters to the business"),
        Entry("eligible", text(activity)),
    ]
    sheet.add("outcomes", f"{share:.0%} of the persons come back", entries, header="[outcomes.again]")


def _opinions(profile: Profile, source: Source, sheet: Sheet, others: Sequence[Source]) -> bool:
    opinion, (given, asked) = opinion_of(source), given_and_asked(profile, source)
    column = opinion.column
    if column is None:
        return False
    if given.column is None:
        sheet.ask(source, "when was the opinion given?", given.candidates)
    about, person = _about(profile, source), person_of(profile, source)[0]
    instrument = "nps" if hints_at(column.name, "opinion") and scale_of(column) == (0, 10) else "rating"
    low, high = scale_of(column) or (0, 0)
    entries = [Entry("from", text(_joined(sheet, source, others, None)))]
    if about is not None:
        entries.append(Entry("subject", text(sheet.column(about.name)), why="the person comes from [[subjects]]"))
    elif person.column is not None:
        entries.append(Entry("person", text(sheet.column(person.column.name))))
    else:
        sheet.ask(source, "whose opinion is it, or about which order, ticket or trip?", person.candidates)
    entries += _time("at", sheet, given)
    if asked is not None:
        entries.append(Entry("asked", text(sheet.column(asked.name)), why="never after the answer"))
    entries += [
        Entry("instrument", text(instrument)),
        Entry("value", text(sheet.column(column.name)), why=opinion.why),
        Entry("scale", f"[{low}, {high}]"),
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
        key = subject_of(profile, target).column
        if key is None or not key.unique or not target.times or target.table == source.table:
            continue
        for column in source.columns:
            if column.id_like and (found := refers_to(profile, source, column, target)) is not None and found.name == key.name:
                return column
    return None


def _joined(sheet: Sheet, source: Source, others: Sequence[Source], join: Join | None) -> str:
    """What stands in `from`: the file, several of them together, or the file with the person that another file knows."""
    if join is None:
        return sheet.base(source) if not others else sheet.table(source.stem + "_all", text(_together(sheet, source, others)[1:-1]))
    own, far = sheet.column(join.by.name), sheet.column(join.key.name)
    query = f"SELECT s.*, t.{sheet.column(join.column.name)} FROM {_together(sheet, source, others)} s LEFT JOIN {sheet.in_query(join.target)} t ON s.{own} = t.{far}"
    return sheet.table(f"{source.stem}_of_persons", text(query))


def _together(sheet: Sheet, source: Source, others: Sequence[Source]) -> str:
    if not others:
        return sheet.in_query(source)
    return "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM {sheet.in_query(one)}" for one in (source, *others)) + ")"


def _person(source: Source, sheet: Sheet, person: Answer, join: Join | None) -> list[Entry]:
    if join is not None:
        return [Entry("person", text(sheet.column(join.column.name)), why=person.why)]
    if person.column is not None:
        return [Entry("person", text(sheet.column(person.column.name)))]
    sheet.ask(source, "which column is the person?", person.candidates)
    return [Entry("person", text(sheet.column(person.candidates[0])), sure=False)] if person.candidates else []


def _time(key: str, sheet: Sheet, answer: Answer) -> list[Entry]:
    if answer.column is not None:
        return [Entry(key, text(sheet.column(answer.column.name)), sure=len(answer.column.formats) <= 1, why=answer.why)]
    return [Entry(key, text(sheet.column(answer.candidates[0])), sure=False)] if answer.candidates else []


def _value(sheet: Sheet, column: Column) -> str:
    lowered = {value.lower(): value for value in column.values}
    return sheet.column(column.name) + (f" = '{lowered['yes']}'" if "yes" in lowered else "")


def _better(column: Column) -> list[Entry]:
    return [Entry("better", text("lower"))] if hints_at(column.name, "worse") else []


def _noun(source: Source, key: Column) -> str:
    """What one subject is called: the file's or the column's word for it."""
    name = slug(key.name).removesuffix("_id").removesuffix("id").strip("_")
    return name if name and hints_at(name, "subject") else slug(source.stem).split("_")[0] or "case"
