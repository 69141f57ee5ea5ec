"""Which columns are the person, the subject, the times, the opinion, the outcome: a name that hints and values that fit, or a question.

Each function answers with a column where both agree and one candidate is left, and with the candidates where they don't. No role is filled
by a name alone, nor by values alone where values can't tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from momot.project.hints import count_hints, hints_at, words_of
from momot.project.profile import Column, Profile, Source, as_time, quoted
from momot.project.relations import coarser, comes_before, determines, refers_to, repeats, varies_within

XES_CASE, XES_ACTIVITY, XES_TIME, XES_STEP = "case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition"
_ALWAYS = 0.99
_TIED, _BACK = 0.005, 0.001  # shares of the events: at the time of the one before; earlier than the one before
_SCALES = ((1, 5), (0, 10), (1, 10), (1, 7), (0, 5), (1, 4), (1, 6))


@dataclass(frozen=True, slots=True)
class Answer:
    """A role: the column that has it, or what to ask. `candidates` are column names, likeliest first."""

    column: Column | None
    candidates: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """A column of another file, reached through a column that holds its key."""

    by: Column
    target: Source
    key: Column
    column: Column


def person_of(profile: Profile, source: Source) -> tuple[Answer, Join | None]:
    """The column that says whose a row is; with a join where a file it refers to knows persons that come back under new ids."""
    hinted = [column for column in source.columns if column.id_like and _names(column, "person", "attribute") and not column.is_time]
    chosen = _coarsest(profile, source, hinted)
    if chosen is None:
        others = hinted or [column for column in source.columns if column.id_like and not column.is_time and not _is_measure(column)]
        return Answer(None, tuple(column.name for column in others)), None
    for target in profile.sources:
        key = refers_to(profile, source, chosen, target)
        if key is None:
            continue
        beyond = [
            c
            for c in target.columns
            if c.name != key.name and c.id_like and _names(c, "person", "attribute") and coarser(profile, target, key, c)
        ]
        if len(beyond) == 1:
            return Answer(chosen, why=f"{chosen.name} is new each time"), Join(chosen, target, key, beyond[0])
    return Answer(chosen), None


def is_event_log(source: Source) -> bool:
    """Whether the columns are those that IEEE 1849 (XES) names, with values that fit, so that nothing is guessed; also saved as a table."""
    kinds = {column.name: column for column in source.columns}
    case, what, when = (kinds.get(name) for name in (XES_CASE, XES_ACTIVITY, XES_TIME))
    return case is not None and case.distinct > 1 and what is not None and what.present > 0 and when is not None and when.is_time


def subject_of(source: Source) -> Answer:
    """The column that says which order, ticket, trip a row belongs to."""
    if is_event_log(source):
        return Answer(source[XES_CASE], why="the case of the log")
    candidates = [column for column in source.columns if column.id_like and not column.is_time]
    hinted = [column for column in candidates if _names(column, "subject", "not_subject") and not _names(column, "person", "attribute")]
    if not hinted and hints_at(source.stem, "subject"):
        hinted = [column for column in candidates if _only(column, "identifier")]
    if len(hinted) > 1:
        hinted = [column for column in hinted if not column.counter] or hinted
    if len(hinted) == 1:
        return Answer(hinted[0])
    return Answer(None, tuple(column.name for column in hinted or candidates if not _is_measure(column)))


def event_time(profile: Profile, source: Source, key: Column) -> Answer:
    """The time that moves from row to row of one id."""
    if is_event_log(source):
        return Answer(source[XES_TIME])
    times = [column for column in _times(source) if not hints_at(column.name, "planned")]
    moving = [column for column in times if varies_within(profile, source, key, column) >= 0.2]
    return _one(moving, "moves within " + key.name) or _choice(moving, "happened", ("planned", "asked"))


def event_name(profile: Profile, source: Source, key: Column) -> Answer:
    """The column that says what happened: few values, changing within one id."""
    if is_event_log(source):
        return Answer(source[XES_ACTIVITY])
    listed = [
        column
        for column in source.columns
        if 2 <= column.distinct <= 300 and not column.is_time and column.name != key.name and column.kind != "number" and column.share > 0.9
    ]
    changing = [column for column in listed if varies_within(profile, source, key, column) >= 0.3]
    hinted = [column for column in changing if hints_at(column.name, "event") and column.kind != "boolean"]
    if len(hinted) == 1:
        return Answer(hinted[0], why="changes within " + key.name)
    return Answer(None, tuple(column.name for column in hinted or changing))


def start_of(profile: Profile, source: Source, key: Column) -> Answer:
    """The time at which a subject began: always known, the same in all rows of the subject, and before the other times."""
    fixed = [column for column in _times(source) if column.share >= 0.995 and varies_within(profile, source, key, column) < 0.02]
    if len(_times(source)) == 1 and len(fixed) == 1:
        return only_time(source) or Answer(None, (fixed[0].name,))
    known = [column for column in fixed if not hints_at(column.name, "planned")]
    first = [
        column
        for column in known
        if all(comes_before(profile, source, column, other) >= 0.98 for other in _times(source) if other.name != column.name)
    ]
    hinted = [column for column in first if hints_at(column.name, "start")]
    if len(hinted) == 1:
        return Answer(hinted[0], why="before all other times")
    if len(hinted) > 1 or not first:
        return Answer(None, tuple(column.name for column in hinted or known or fixed))
    return Answer(None, tuple(column.name for column in first))


def only_time(source: Source) -> Answer | None:
    """The one time of a source, where its name does not say that it is an end, or leave open what it is."""
    times = [column for column in _times(source) if not hints_at(column.name, "planned")]
    said = [column for column in times if hints_at(column.name, "happened") or hints_at(column.name, "start")]
    return Answer(said[0], why="the only time") if len(times) == 1 and said and not hints_at(said[0].name, "end") else None


def given_and_asked(profile: Profile, source: Source) -> tuple[Answer, Column | None]:
    """When an opinion was given, and when it was asked for: the later of two times, and the names agree."""
    times = [column for column in _times(source) if column.share > 0.995]  # what is often missing is a reply, not the answer
    if len(times) == 1 and not hints_at(times[0].name, "planned"):
        return Answer(times[0], why="the only time that is always there"), None
    given = [column for column in times if hints_at(column.name, "given") and not hints_at(column.name, "planned")]
    if len(given) != 1 or any(comes_before(profile, source, other, given[0]) < 0.9 for other in times if other.name != given[0].name):
        return Answer(None, tuple(column.name for column in times)), None
    asked = [column for column in times if column.name != given[0].name and hints_at(column.name, "asked")]
    return Answer(given[0], why="the last of the times"), asked[0] if len(asked) == 1 else None


def opinion_of(source: Source) -> Answer:
    """A number on a small scale, named as an opinion."""
    scaled = [column for column in source.columns if scale_of(column) is not None]
    hinted = [column for column in scaled if hints_at(column.name, "opinion") and not hints_at(column.name, "not_opinion")]
    if len(hinted) == 1:
        return Answer(hinted[0], why=f"whole numbers from {hinted[0].low:g} to {hinted[0].high:g}")
    return Answer(None, tuple(column.name for column in hinted or scaled))


def scale_of(column: Column) -> tuple[int, int] | None:
    """The usual scale whose values a column of whole numbers uses, all of them but perhaps one."""
    if not column.whole or column.low is None or column.high is None or column.distinct != len(column.values) or column.present < 50:
        return None
    for low, high in _SCALES:
        if column.low in (low, low + (high > 6)) and column.high == high and column.distinct >= high - low:
            return low, high
    return None


def outcomes_of(source: Source, among: Iterable[str] | None = None) -> list[Column]:
    """Columns named as outcomes whose values can be one: two values, the rarer of them seen at least 20 times, or money from 0 up."""
    names = None if among is None else set(among)
    return [
        column
        for column in source.columns
        if (names is None or column.name in names)
        and hints_at(column.name, "outcome")
        and not any(hints_at(column.name, role) for role in ("earlier", "identifier", "assignment"))
        and (is_binary(column) or _is_money(column))
    ]


def money_of(source: Source) -> list[Column]:
    """Columns named as money whose values can be it."""
    return [column for column in source.columns if _is_money(column)]


def epoch_like(source: Source) -> list[str]:
    """Whole numbers that could be seconds, milliseconds or microseconds since 1970, of the years 2000 to 2040."""
    spans = [(946_684_800 * unit, 2_208_988_800 * unit) for unit in (1, 1_000, 1_000_000)]
    return [
        column.name
        for column in source.columns
        if column.whole and column.low is not None and column.high is not None and column.distinct > 20
        and any(low <= column.low and column.high < high for low, high in spans)
    ]  # fmt: skip


def is_binary(column: Column) -> bool:
    """Two values, both seen often enough, nearly always known."""
    values = list(column.values.values())
    return len(values) == column.distinct == 2 and min(values) >= 20 and column.share > 0.95 and _is_yes_no(column)


def yes_value(column: Column) -> str | None:
    """The text that means yes in a column of two texts; None where the values are numbers or true and false, which count as they are."""
    lowered = {value.lower(): value for value in column.values}
    return lowered.get("yes") or lowered.get("y")


def weight_of(source: Source) -> Answer:
    """A positive number with a mean of about 1, named as a weight."""
    fits = [
        column
        for column in source.columns
        if column.kind == "number"
        and not column.whole
        and column.low is not None
        and column.low > 0
        and column.mean
        and 0.8 <= column.mean <= 1.2
    ]
    hinted = [column for column in fits if hints_at(column.name, "weight")]
    return Answer(hinted[0]) if len(hinted) == 1 else Answer(None, tuple(column.name for column in hinted))


def repeaters(profile: Profile, source: Source, person: Column, key: Column | None = None) -> float:
    """Share (0-1) of persons with more than one row, or with more than one `key`."""
    if key is None:
        return repeats(profile, source, person)
    return 1 - determines(profile, source, person, key)


def lines_of(profile: Profile, source: Source, key: Column) -> bool:
    """Whether the rows of one id are lines of one document: all of them have one time."""
    return all(varies_within(profile, source, key, column) < 0.02 for column in _times(source)) and repeats(profile, source, key) > 0.1


def listed_in_order(profile: Profile, source: Source, key: Column, when: Column) -> bool:
    """Whether events of one id share their time often enough to matter, and the file lists the events of each id in order."""
    query = f"""SELECT avg(CAST(time = earlier AS INT)), avg(CAST(time < earlier AS INT)) FROM (
        SELECT {as_time(when)} AS time, lag({as_time(when)}) OVER (PARTITION BY {quoted(key.name)} ORDER BY line) AS earlier
        FROM (SELECT *, row_number() OVER () AS line FROM {source.table}))"""
    tied, back = profile.connection.execute(query).fetchall()[0]
    return (tied or 0.0) >= _TIED and (back or 0.0) <= _BACK


def constant_within(profile: Profile, source: Source, key: Column, column: Column) -> bool:
    """Whether `column` is a fact of the id and not of the row."""
    return determines(profile, source, key, column) >= _ALWAYS


def _times(source: Source) -> list[Column]:
    return [column for column in source.times if not hints_at(column.name, "birth") and column.share > 0]


def _names(column: Column, role: str, but: str) -> bool:
    """Named as an id of the role: with a word for id, or with nothing but words of the role; and nothing that says otherwise."""
    if not hints_at(column.name, role) or hints_at(column.name, but):
        return False
    return hints_at(column.name, "identifier") or _only(column, role)


def _only(column: Column, role: str) -> bool:
    words = [word for word in words_of(column.name) if len(word) > 1 and not word.isdigit()]  # "č_zákazníka": one letter says nothing
    return bool(words) and (count_hints(column.name, role) >= len(words) or (role == "person" and _unspaced(column.name)))


def _unspaced(name: str) -> bool:
    return not name.isascii() and hints_at(name, "person")


def _coarsest(profile: Profile, source: Source, hinted: Sequence[Column]) -> Column | None:
    """Of several ids of persons the one that ties the others together; None where they don't nest."""
    if len(hinted) <= 1:
        return hinted[0] if hinted else None
    tying = [one for one in hinted if all(coarser(profile, source, other, one) for other in hinted if other.name != one.name)]
    return tying[0] if len(tying) == 1 else None


def _is_measure(column: Column) -> bool:
    """Whole numbers that begin near 0 and crowd there: amounts, not ids."""
    return (
        column.kind in ("integer", "number")
        and column.low is not None
        and column.mean is not None
        and column.high is not None
        and column.mean < 0.25 * column.high
    )


def _is_money(column: Column) -> bool:
    return (
        column.kind in ("number", "integer")
        and column.low is not None
        and column.low >= 0
        and column.distinct > 20
        and hints_at(column.name, "money")
    )


def _is_yes_no(column: Column) -> bool:
    return column.kind == "boolean" or set(column.values) in ({"0", "1"}, {"0.0", "1.0"})


def _one(columns: Sequence[Column], why: str) -> Answer | None:
    return Answer(columns[0], why=why) if len(columns) == 1 else None


def _choice(columns: Sequence[Column], role: str, but: Sequence[str]) -> Answer:
    hinted = [column for column in columns if hints_at(column.name, role) and not any(hints_at(column.name, other) for other in but)]
    return Answer(hinted[0]) if len(hinted) == 1 else Answer(None, tuple(column.name for column in hinted or columns))
