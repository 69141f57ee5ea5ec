"""Tables of a build in memory, and the paths on them by plain Python: one unit after the other, one interaction after the other."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import duckdb

from momot.engine import connect

DAY = 86_400_000_000
MOMENTS = ("ad", "mail", "site", "call")
BUY, TOUCH = 9, 1


@dataclass(frozen=True, slots=True)
class Row:
    """One interaction; `account` None: none."""

    id: int
    person: int
    at: int
    moment: int
    activity: int = TOUCH
    quality: int | None = None
    account: int | None = None


def tables(rows: Iterable[Row], *, employees: Sequence[int] = ()) -> duckdb.DuckDBPyConnection:
    """A connection with what credit reads of a build, rows in the order given."""
    connection = connect()
    connection.execute(
        "CREATE TABLE journeys (interaction_id BIGINT, person_id INTEGER, happened_at BIGINT, moment_id SMALLINT, activity_id SMALLINT, "
        "quality TINYINT, account_id INTEGER)"
    )
    listed = list(rows)
    if listed:
        values = ", ".join(f"({', '.join('NULL' if v is None else str(v) for v in astuple(row))})" for row in listed)
        connection.execute(f"INSERT INTO journeys VALUES {values}")
    people = sorted({row.person for row in listed}) or [0]
    connection.execute(
        "CREATE TABLE people (person_id INTEGER, is_employee BOOLEAN, account_id INTEGER, acquisition_cost_minor BIGINT, "
        "observed_from BIGINT, observed_to BIGINT)"
    )
    values = ", ".join(f"({person}, {person in employees}, NULL, NULL, NULL, NULL)" for person in people)
    connection.execute(f"INSERT INTO people VALUES {values}")
    connection.execute("CREATE TABLE opinions (person_id INTEGER, given_at BIGINT)")
    connection.execute(
        "CREATE TABLE moments AS SELECT * FROM (VALUES (0, 'ad'), (1, 'mail'), (2, 'site'), (3, 'call')) m(moment_id, moment)"
    )
    connection.execute(f"CREATE TABLE activities AS SELECT * FROM (VALUES ({TOUCH}, 'met'), ({BUY}, 'bought')) a(activity_id, activity)")
    return connection


@dataclass(frozen=True, slots=True)
class Path:
    """What a unit met, in order, and whether that led to the happening."""

    met: tuple[str, ...]
    leads: bool


def paths_by_hand(
    rows: Iterable[Row], *, look_back: float | None, quality: int | None = None, by_account: bool = False
) -> tuple[list[Path], int]:
    """All paths with a touch, and the number of happenings."""
    lives: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        unit = row.account if by_account else row.person
        if unit is not None:
            lives[unit].append(row)
    found, happenings = [], 0
    for own in lives.values():
        touches = sorted((r for r in own if r.activity != BUY), key=lambda r: (r.at, r.id))
        instants = sorted({r.at for r in own if r.activity == BUY and (quality is None or r.quality == quality)})
        happenings += len(instants)
        since = [-1, *instants]
        for begin, end in itertools.zip_longest(since, instants):
            between = [t for t in touches if t.at >= begin and (end is None or t.at < end)]
            leading = [t for t in between if end is not None and (look_back is None or end - t.at <= look_back * DAY)]
            for met, leads in ((between[: len(between) - len(leading)], False), (leading, True)):
                if met:
                    found.append(Path(tuple(MOMENTS[t.moment] for t in met), leads))
    return found, happenings


def counted(paths: Iterable[Path]) -> dict[str, Counter[object]]:
    """The counts that credit is made of."""
    found: dict[str, Counter[object]] = defaultdict(Counter)
    for path in paths:
        found["steps"].update(itertools.pairwise(path.met))
        found["starts"][path.met[0]] += 1
        found["converted" if path.leads else "lost"][path.met[-1]] += 1
        if path.leads:
            found["first"][path.met[0]] += 1
            for name, times in Counter(path.met).items():
                found["by_length"][name, len(path.met)] += times
                found["by_size"][name, len(set(path.met))] += 1
    return found
