"""Records of an outcome that is followed over time: rows are the days of a person (or account) that can be followed for the whole time.

A touch counts on its local day, the outcome in the days after it, as in momot's panels; of several touches of a day the worst counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.truth.paths import Paths, paths_of
from benchmarks.truth.records import ABSENT, Drivers, Flags, Floats, Integers, Records, Sums, by_person
from momot.project.schema import Outcome, ProjectFile
from momot.vocabulary import QUALITIES


@dataclass(frozen=True, slots=True)
class Days:
    """People and their days. Days count from the first of the records; `first` (people,) is when somebody was first seen."""

    unit: str  # SQL over journeys or opinions o and people p
    people: int
    days: int
    first: Integers
    person: Integers  # of each touch, in the order of time within a person
    day: Integers
    at: Integers
    moment: Integers
    quality: Integers  # -1, 0, 1; 9 where none is recorded
    names: tuple[str, ...]
    segments: Floats  # (people, k) 0 or 1


UNITS = {"person": "p.person_id", "account": "p.account_id"}


def read_days(connection: duckdb.DuckDBPyConnection, moments: frozenset[str], *, per: str = "person") -> Days:
    """Touches of the moments asked for, by person or account; employees, and people without an account, are left out."""
    unit = UNITS[per]
    counted = f"NOT p.is_employee AND {unit} IS NOT NULL"
    names = tuple(sorted(moments))
    listed = pa.table({"moment": names, "code": np.arange(len(names))})
    connection.register("asked_moments", listed)
    everybody = connection.execute(
        f"SELECT {unit} AS unit, min(j.day) AS first FROM journeys j JOIN people p USING (person_id) WHERE {counted} "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchnumpy()
    start, end = (int(value) for value in connection.execute("SELECT min(day), max(day) FROM journeys").fetchall()[0])
    found = connection.execute(
        f"SELECT {unit} AS unit, j.day, j.happened_at, a.code, coalesce(j.quality, 9) AS quality FROM journeys j "
        "JOIN people p USING (person_id) JOIN moments m USING (moment_id) JOIN asked_moments a ON a.moment = m.moment "
        f"WHERE {counted} ORDER BY unit, j.happened_at, j.interaction_id"
    ).fetchnumpy()
    ids = np.asarray(everybody["unit"]).astype(np.int64)
    return Days(
        unit=unit,
        people=len(ids),
        days=end - start + 1,
        first=np.asarray(everybody["first"]).astype(np.int64) - start,
        person=np.searchsorted(ids, np.asarray(found["unit"]).astype(np.int64)),
        day=np.asarray(found["day"]).astype(np.int64) - start,
        at=np.asarray(found["happened_at"]).astype(np.int64),
        moment=np.asarray(found["code"]).astype(np.int64),
        quality=np.asarray(found["quality"]).astype(np.int64),
        names=names,
        segments=_segments(connection, unit, ids),
    )


def panel_records(connection: duckdb.DuckDBPyConnection, project: ProjectFile, outcome: Outcome, days: Days) -> Records:
    """The rows of one outcome with `within`."""
    ahead = round(outcome.within_days or max(outcome.horizons_days))
    happened = _happenings(connection, project, outcome, days)
    value, usable = _outcome(outcome, happened, days, ahead)
    if outcome.eligible:
        usable &= _since(_of_activity(connection, outcome.eligible, days), days)
    touched = _touched_days(days)
    person, day, moment, quality = (column[usable[touched[0], touched[1]]] for column in touched)
    everything = by_person(np.repeat(np.arange(days.people), usable.sum(axis=1)), value[usable], days.people)
    met = {}
    for code, name in enumerate(days.names):
        mine = moment == code
        ways = {
            label: by_person(person[rows], value[person[rows], day[rows]], days.people)
            for label, rows in _ways(mine, quality)
            if rows.any()
        }
        if ways:
            parts = list(ways.values())
            met[name] = ways | {ABSENT: everything - sum(parts[1:], start=parts[0])}
    drivers = _drivers(days, value, usable, ahead)
    if not _is_happening(outcome):
        return Records(outcome.name, met, drivers, None)
    return Records(outcome.name, met, drivers, _last(days, happened, ahead), _paths(days, happened))


@dataclass(frozen=True, slots=True)
class _Happened:
    """When something happened: person (or account) id, local day since 1970, micros, and its value."""

    person: Integers
    day: Integers
    at: Integers
    value: Floats
    people: Integers  # all ids that count, in order
    start: int  # first day of the records, since 1970


def _is_happening(outcome: Outcome) -> bool:
    return outcome.activity is not None and not outcome.absent


def _happenings(connection: duckdb.DuckDBPyConnection, project: ProjectFile, outcome: Outcome, days: Days) -> _Happened:
    if outcome.activity is not None:
        wanted = f" AND j.quality = {QUALITIES.index(outcome.quality) - 1}" if outcome.quality else ""
        return _of_activity(connection, outcome.activity, days, wanted)
    found = connection.execute(
        f"SELECT {days.unit} AS unit, o.given_at, o.value FROM opinions o JOIN people p USING (person_id) "
        f"WHERE o.instrument = ? AND NOT p.is_employee AND {days.unit} IS NOT NULL ORDER BY unit, o.given_at, o.opinion_id",
        [outcome.opinion],
    ).fetchnumpy()
    at = np.asarray(found["given_at"]).astype(np.int64)
    zoned = pc.local_timestamp(pa.array(at, pa.timestamp("us", tz=project.timezone)))
    local = np.asarray(zoned.cast(pa.date32()).cast(pa.int32())).astype(np.int64)
    return _Happened(np.asarray(found["unit"]).astype(np.int64), local, at, np.asarray(found["value"]), *_units(connection, days))


def _of_activity(connection: duckdb.DuckDBPyConnection, activity: str, days: Days, wanted: str = "") -> _Happened:
    found = connection.execute(
        f"SELECT {days.unit} AS unit, j.day, j.happened_at, coalesce(j.value_minor, 0) / 100.0 AS value FROM journeys j "
        "JOIN activities a USING (activity_id) JOIN people p USING (person_id) "
        f"WHERE a.activity = ?{wanted} AND NOT p.is_employee AND {days.unit} IS NOT NULL ORDER BY unit, j.happened_at",
        [activity],
    ).fetchnumpy()
    person, day, at = (np.asarray(found[name]).astype(np.int64) for name in ("unit", "day", "happened_at"))
    return _Happened(person, day, at, np.asarray(found["value"]).astype(np.float64), *_units(connection, days))


def _units(connection: duckdb.DuckDBPyConnection, days: Days) -> tuple[Integers, int]:
    ids = connection.execute(
        f"SELECT DISTINCT {days.unit} AS unit FROM journeys j JOIN people p USING (person_id) "
        f"WHERE NOT p.is_employee AND {days.unit} IS NOT NULL ORDER BY ALL"
    ).fetchnumpy()["unit"]
    return np.asarray(ids).astype(np.int64), int(connection.execute("SELECT min(day) FROM journeys").fetchall()[0][0])


def _cells(happened: _Happened, days: Days) -> tuple[Integers, Integers, Flags]:
    """Person and day of each happening by position, and which of them are of people that count."""
    position = np.clip(np.searchsorted(happened.people, happened.person), 0, len(happened.people) - 1)
    day = happened.day - happened.start
    return position, day, (happened.people[position] == happened.person) & (day >= 0) & (day < days.days)


def _outcome(outcome: Outcome, happened: _Happened, days: Days, ahead: int) -> tuple[Floats, Flags]:
    """The outcome in the `ahead` days after each day, (people, days), and which of the days can be followed."""
    person, day, known = _cells(happened, days)
    person, day, value = person[known], day[known], happened.value[known]
    grid = np.arange(days.days)
    usable = (grid >= days.first[:, None]) & (grid < days.days - ahead)
    if outcome.opinion is not None:
        given = np.full((days.people, days.days), np.nan)
        given[person[::-1], day[::-1]] = value[::-1]  # the first of a day
        after, when = np.full(days.people, np.nan), np.full(days.people, days.days * 2)
        found = np.full((days.people, days.days), np.nan)
        for position in range(days.days - 1, -1, -1):
            found[:, position] = np.where(when - position <= ahead, after, np.nan)
            here = ~np.isnan(given[:, position])
            after, when = np.where(here, given[:, position], after), np.where(here, position, when)
        return np.nan_to_num(found), usable & ~np.isnan(found)
    counts = np.zeros((days.people, days.days + 1))
    np.add.at(counts, (person, day + 1), value if outcome.value is True else 1.0)
    if len(person) and np.bincount(person).max() == 1:  # happens once: nothing can follow it
        usable &= np.cumsum(counts, axis=1)[:, 1:] == 0
    total = np.cumsum(counts, axis=1)
    after = total[:, np.minimum(grid + 1 + ahead, days.days)] - total[:, grid + 1]
    if outcome.value is not True:
        after = (after > 0).astype(np.float64)
    return (1 - after if outcome.absent else after), usable


def _since(happened: _Happened, days: Days) -> Flags:
    """Days of each person from the first happening on."""
    person, day, known = _cells(happened, days)
    first = np.full(days.people, days.days)
    np.minimum.at(first, person[known], day[known])
    return np.asarray(np.arange(days.days) >= first[:, None])


def _touched_days(days: Days) -> tuple[Integers, Integers, Integers, Integers]:
    """Each day on which a person met a moment, once, with the worst quality: person, day, moment, quality."""
    key = (days.person * days.days + days.day) * len(days.names) + days.moment
    order = np.lexsort((days.quality, key))
    first = np.concatenate([[True], key[order][1:] != key[order][:-1]]) if len(order) else np.empty(0, dtype=bool)
    chosen = order[first]
    return days.person[chosen], days.day[chosen], days.moment[chosen], days.quality[chosen]


def _ways(mine: Flags, quality: Integers) -> list[tuple[str, Flags]]:
    if not (mine & (quality != 9)).any():
        return [("met", mine)]
    return [
        *((label, mine & (quality == code)) for code, label in zip((-1, 0, 1), QUALITIES, strict=True)),
        ("unknown", mine & (quality == 9)),
    ]


def _drivers(days: Days, value: Floats, usable: Flags, ahead: int) -> Drivers:
    """One row a person on the last day that can be followed: what they ever met by then, how, and the outcome after it."""
    last = days.days - 1 - ahead
    there = np.flatnonzero(usable[:, last]) if last >= 0 else np.empty(0, dtype=np.int64)
    row = np.full(days.people, -1)
    row[there] = np.arange(len(there))
    before = (days.day <= last) & (row[days.person] >= 0)
    columns: list[Floats] = [days.segments[there]]
    names: list[str | None] = [None] * days.segments.shape[1]
    for code, name in enumerate(days.names):
        for _, rows in [("met", before & (days.moment == code)), *_ways(before & (days.moment == code), days.quality)]:
            column = np.zeros(len(there))
            column[row[days.person[rows]]] = 1.0
            columns.append(column[:, None])
            names.append(name)
    return Drivers(np.hstack(columns), tuple(names), value[there, last] if last >= 0 else np.empty(0), there)


def _paths(days: Days, happened: _Happened) -> Paths:
    """What each person met from one happening to the next."""
    position, _, known = _cells(happened, days)
    return paths_of(days.names, days.moment, days.person, days.at, position[known], happened.at[known])


def _last(days: Days, happened: _Happened, ahead: int) -> dict[str, int]:
    """The last touch before each happening, at most `ahead` days back."""
    position, _, known = _cells(happened, days)
    position, at = position[known], happened.at[known]
    order = np.lexsort(
        (np.concatenate([np.zeros(len(days.at)), np.ones(len(at))]), np.concatenate([days.at, at]), np.concatenate([days.person, position]))
    )
    is_touch = order < len(days.at)
    touch = np.where(is_touch, order, -1)
    before = np.maximum.accumulate(np.where(is_touch, np.arange(len(order)), -1))
    events = np.flatnonzero(~is_touch)
    earlier = np.where(before[events] >= 0, touch[before[events]], -1)
    event = order[events] - len(days.at)
    valid = earlier >= 0
    valid[valid] = (days.person[earlier[valid]] == position[event[valid]]) & (
        at[event[valid]] - days.at[earlier[valid]] <= ahead * 86_400_000_000
    )
    counts = np.bincount(days.moment[earlier[valid]], minlength=len(days.names))
    return dict(zip(days.names, counts.tolist(), strict=True))


def _segments(connection: duckdb.DuckDBPyConnection, unit: str, ids: Integers) -> Floats:
    """Segments as columns of 0 and 1, the first value of each left out; a segment of many values as it is ordered."""
    names = [name for name, *_ in connection.execute("DESCRIBE people").fetchall() if name.startswith("segment.")]
    columns: list[Floats] = []
    for name in names:
        found = connection.execute(f'SELECT {unit}, min("{name}") FROM people p GROUP BY ALL').fetchall()
        values = dict(found)
        mine = [values.get(person) for person in ids.tolist()]
        kinds = sorted({value for value in mine if value is not None})
        if len(kinds) > 12:
            rank = {value: position for position, value in enumerate(kinds)}
            columns.append(np.array([rank.get(value, 0) / len(kinds) for value in mine]))
        else:
            columns += [np.array([float(value == kind) for value in mine]) for kind in kinds[1:]]
    return np.stack(columns, axis=1) if columns else np.empty((len(ids), 0))


__all__ = ["Days", "Sums", "panel_records", "read_days"]
