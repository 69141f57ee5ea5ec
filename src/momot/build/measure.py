"""Types by measurement: what every cell of a column can be read as, counted; and the type that follows (never by a column's name).

| a column is | when |
|---|---|
| VARCHAR as written | any number in it has a leading zero ('00123'), or it is used bare as an id and is not made of plain whole numbers |
| BIGINT, DOUBLE | every cell is a number, also with a decimal comma where one cell shows that it is no thousands separator |
| BOOLEAN | every cell is true or false |
| DATE, TIMESTAMP, TIMESTAMPTZ | every cell is a time in one format |
| VARCHAR | otherwise |

A column that a block uses as a time or a number may have up to 10 % unreadable cells: those reject their rows, with the cell's text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import duckdb

from momot.build.formats import (
    COMMA_SURE,
    COMPACT,
    FORMATS,
    ISO,
    OFFSET_END,
    TWINS,
    TimeFormat,
    comma_number_sql,
    given,
    number_sql,
    out_of_bounds_sql,
)
from momot.engine import execute, identifier, literal, row
from momot.errors import NotATime

TOLERANCE = 0.9  # share of the cells that must be readable where a role says what they should be
_SAMPLE = 2000
_BATCH = 24  # columns measured in one query

Counts = Callable[[str], Sequence[int]]
"""The row of a query that gives nothing but counts over the rows of a relation."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Lower-case names of the columns that the project uses as a time, a number, or bare as an id; `seen` are those it names at all."""

    time: frozenset[str] = frozenset()
    bare_time: frozenset[str] = frozenset()
    number: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Column:
    """How a raw column is read, as SQL over the raw relation. `value` is the typed value; `bad` the code of an unreadable cell, or NULL."""

    name: str
    type: str
    value: str
    bad: str | None = None
    notes: tuple[str, ...] = field(default=())


def measure(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str], *, roles: Roles, missing: tuple[str, ...],
    time_format: tuple[str, ...], text_only: bool, where: str, counts: Counts | None = None,
) -> list[Column]:  # fmt: skip
    """Decide how each of `columns` is read. With `text_only` (a typed source whose text columns are looked at) only times are recognised.

    `counts` counts over all rows where the connection holds only some of them.

    Raises NotATime where a column that the project uses as a time can't be read as one, or could be day/month as well as month/day.
    """
    columns = list(columns)
    decided: list[Column] = []
    for start in range(0, len(columns), _BATCH):
        cells = {name: _cell(name, missing) for name in columns[start : start + _BATCH]}
        sample = _sample(connection, relation, cells)
        forms = _looks_like(connection, sample, cells, (given(time_format),) if time_format else ())
        tests = {name: _tests(cell, forms[name]) for name, cell in cells.items()}
        here = partial(row, connection)
        sampled = _count(here, sample, tests)
        tests = {name: _possible(name, tests[name], sampled[name], roles) for name in cells}
        counted = _count(counts or here, relation, tests)
        for name, cell in cells.items():
            shapes = [form for form in forms[name] if form.key in tests[name]]
            decided.append(_decide(name, cell, counted[name], shapes, roles, text_only, where))
    return decided


def _cell(name: str, missing: tuple[str, ...]) -> str:
    """SQL: the trimmed cell, NULL where it is empty or stands for "no value"."""
    cell = f"nullif(trim({identifier(name)}), '')"
    for mark in missing:
        cell = f"nullif({cell}, {literal(str(mark).strip())})" if str(mark).strip() else cell
    return cell


def _sample(connection: duckdb.DuckDBPyConnection, relation: str, cells: Iterable[str]) -> str:
    """The table of some cells of each column: what one of them rules out need not be counted over all rows."""
    listed = ", ".join(map(identifier, cells))
    spread = f"SELECT {listed} FROM {relation} USING SAMPLE {_SAMPLE} ROWS (reservoir, 1)"
    execute(
        connection, f"CREATE OR REPLACE TEMP TABLE momot_sample AS ({spread}) UNION ALL (SELECT {listed} FROM {relation} LIMIT {_SAMPLE})"
    )
    return "momot_sample"


def _looks_like(
    connection: duckdb.DuckDBPyConnection, sample: str, cells: dict[str, str], given_formats: tuple[TimeFormat, ...]
) -> dict[str, list[TimeFormat]]:
    """The time formats that any sampled cell of each column looks like."""
    order = [(name, form) for name in cells for form in (*given_formats, *FORMATS, COMPACT)]
    hits = row(
        connection,
        "SELECT "
        + ", ".join(f"bool_or(regexp_full_match({cells[name]}, {literal(form.shape)}))" for name, form in order)
        + f" FROM {sample}",
    )
    found: dict[str, list[TimeFormat]] = {name: [] for name in cells}
    for (name, form), hit in zip(order, hits, strict=True):
        if hit or form in given_formats:
            found[name].append(form)
    return found


def _tests(cell: str, formats: list[TimeFormat]) -> dict[str, str]:
    """What can be counted of a column: name of the test -> SQL of one cell."""
    tests = {
        "cells": f"{cell} IS NOT NULL",
        "boolean": f"lower({cell}) IN ('true', 'false')",
        "whole": f"try_cast({cell} AS BIGINT)::VARCHAR = {cell}",
        "number": f"({number_sql(cell)}) IS NOT NULL",
        "nan": f"lower({cell}) IN ('nan', 'inf', '-inf', '+inf', 'infinity', '-infinity', '+infinity')",
        "point_zero": f"regexp_full_match({cell}, '-?(0|[1-9][0-9]{{0,17}})[.]0')",
        "padded": f"regexp_full_match({cell}, '[+-]?0[0-9].*')",
        "comma": f"({comma_number_sql(cell)}) IS NOT NULL",
        "comma_sure": f"regexp_full_match({cell}, {literal(COMMA_SURE)})",
        "offset": f"contains({cell}, ':') AND regexp_full_match({cell}, {literal(OFFSET_END)})",
    }
    parsed = {form.key: form.parsed(cell) for form in formats}
    for form in formats:
        tests[form.key] = f"({parsed[form.key]}) IS NOT NULL"
        tests[f"{form.key}:day"] = f"length({cell}) <= 11 AND NOT contains({cell}, ':')"
        if TWINS.get(form.key) in parsed:
            tests[f"{form.key}:differs"] = f"({parsed[form.key]}) IS DISTINCT FROM ({parsed[TWINS[form.key]]})"
    return tests


_NUMERIC = {"whole", "point_zero", "number", "nan", "padded", "comma", "comma_sure"}


def _possible(name: str, tests: dict[str, str], sampled: Counter[str], roles: Roles) -> dict[str, str]:
    """The tests that can still tell something: a type that one cell contradicts is out, unless a role tolerates such cells."""
    key, total = name.lower(), sampled["cells"]
    some_role = key in roles.number | roles.time | roles.ids
    numeric = some_role or max(sampled["number"], sampled["comma"]) + sampled["nan"] == total
    keep = {"cells"} | (_NUMERIC if numeric else set()) | ({"boolean"} if sampled["boolean"] == total else set())
    for test in tests:
        form = test.partition(":")[0]
        if form in _TIMES and (sampled[form] == total or (key in roles.time and sampled[form])):
            keep |= {test, "offset"}
    return {test: sql for test, sql in tests.items() if test in keep}


_TIMES = {"given", COMPACT.key, *(form.key for form in FORMATS)}


def _count(counts: Counts, relation: str, tests: dict[str, dict[str, str]]) -> dict[str, Counter[str]]:
    """Per column: in how many cells each test holds; 0 for a test that was left out."""
    labels = [(name, test) for name, group in tests.items() for test in group]
    sums = [f"count(*) FILTER ({tests[name][test]})" for name, test in labels]
    values = counts(f"SELECT {', '.join(sums)} FROM {relation}")
    found: dict[str, Counter[str]] = {name: Counter() for name in tests}
    for (name, test), value in zip(labels, values, strict=True):
        found[name][test] = int(value)
    return found


def _decide(
    name: str, cell: str, n: Counter[str], shapes: list[TimeFormat], roles: Roles, text_only: bool, where: str
) -> Column:  # fmt: skip
    key, total = name.lower(), n["cells"]
    text = Column(name, "VARCHAR", cell)
    if not total:
        return text
    time = _time(name, cell, n, shapes, roles, where)
    if time is not None:
        return time
    if text_only and key not in roles.number:
        return text
    if key in roles.ids:
        # 17.0 is how programs write the whole numbers of a column that has blanks: the same id as 17 elsewhere
        digits = cell if n["whole"] == total else f"split_part({cell}, '.', 1)" if n["point_zero"] == total else None
        return Column(name, "BIGINT", f"try_cast({digits} AS BIGINT)") if digits else text
    return _number(name, cell, n, key in roles.number) or _boolean(name, cell, n) or text


def _number(name: str, cell: str, n: Counter[str], expected: bool) -> Column | None:
    total = n["cells"]
    if n["padded"] and not expected:
        return None
    if n["whole"] == total:
        return Column(name, "BIGINT", f"try_cast({cell} AS BIGINT)")
    plain, comma = n["number"], n["comma"] if n["comma_sure"] else 0
    best, read = (plain, number_sql(cell)) if plain >= comma else (comma, comma_number_sql(cell))
    if best == total:
        return Column(name, "DOUBLE", read)
    if expected and best >= TOLERANCE * total:
        kind = "BIGINT" if n["whole"] == best else "DOUBLE"
        return Column(name, kind, f"({read})::{kind}", f"CASE WHEN {cell} IS NOT NULL AND ({read}) IS NULL THEN 'not_a_number' END")
    if not expected and best + n["nan"] == total and best:
        return Column(name, "DOUBLE", read, notes=(f"column '{name}': {n['nan']} cells of NaN or infinity taken as missing",))
    return None


def _boolean(name: str, cell: str, n: Counter[str]) -> Column | None:
    return Column(name, "BOOLEAN", f"try_cast(lower({cell}) AS BOOLEAN)") if n["boolean"] == n["cells"] else None


def _time(name: str, cell: str, n: Counter[str], shapes: list[TimeFormat], roles: Roles, where: str) -> Column | None:
    """The column as a time, or None where it is not one."""
    key, total = name.lower(), n["cells"]
    expected = key in roles.time
    usable = [form for form in shapes if form is not COMPACT or (expected and n["number"] == n["whole"])]
    best = max(usable, key=lambda form: n[form.key], default=None)
    share = n[best.key] / total if best else 0.0
    if best is None or share < (TOLERANCE if expected else 1.0):
        if expected:
            _refuse_mixed(name, n, usable, key in roles.bare_time, where)
        return None
    if _ambiguous(best, n, shapes):
        why = _either(name, where, best)
        if expected:
            raise NotATime(why)
        return Column(name, "VARCHAR", cell, notes=(f"ambiguous: {why}",))
    return _as_time(name, cell, n, best, expected)


def _as_time(name: str, cell: str, n: Counter[str], form: TimeFormat, expected: bool) -> Column:
    parsed, kind = form.parsed(cell), "TIMESTAMP"
    if (form is ISO and n["offset"]) or any("%z" in text.lower() for text in form.formats):
        parsed, kind = form.instant(cell), "TIMESTAMPTZ"
    elif n[f"{form.key}:day"] == n["cells"] and form.key != "given":
        kind = "DATE"
    if not expected:
        return Column(name, kind, f"({parsed})::{kind}")
    outside = out_of_bounds_sql(f"({form.parsed(cell)})")
    shape = literal(_ANY_DATE if form.key == "given" else form.shape)
    unread = f"CASE WHEN regexp_full_match({cell}, {shape}) THEN 'impossible_date' ELSE 'not_a_time' END"
    bad = f"CASE WHEN {cell} IS NULL THEN NULL WHEN ({parsed}) IS NULL THEN {unread} WHEN {outside} THEN 'impossible_date' END"
    return Column(name, kind, f"CASE WHEN NOT {outside} THEN ({parsed})::{kind} END", bad)


_ANY_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*"


def _ambiguous(best: TimeFormat, n: Counter[str], shapes: list[TimeFormat]) -> bool:
    """Whether day and month could be swapped without a cell becoming unreadable, and some times would change."""
    pairs = {**TWINS, **{twin: first for first, twin in TWINS.items()}}
    twin = pairs.get(best.key)
    if twin is None or not any(form.key == twin for form in shapes) or n[twin] < n[best.key]:
        return False
    return n[f"{best.key if best.key in TWINS else twin}:differs"] > 0


def _refuse_mixed(name: str, n: Counter[str], shapes: list[TimeFormat], bare: bool, where: str) -> None:
    """Raise NotATime where the cells are times in several formats, or where nothing but a time would do."""
    total, together = (
        n["cells"],
        max((sum(n[f.key] for f in shapes if f.key not in TWINS.values()), max((n[f.key] for f in shapes), default=0))),
    )
    if not bare and together < TOLERANCE * total:
        return
    parts = [f"{form.name} {n[form.key] / total:.0%}" for form in shapes if n[form.key]]
    found = "its cells are " + ", ".join(parts) if parts else "none of its cells looks like a time"
    formats = ", ".join(f'"{form.example}"' for form in shapes if n[form.key]) or '"%d.%m.%y %H:%M"'
    raise NotATime(
        f"{where}: column '{name}' is used as a time, but {found} ({total} cells). "
        f"Say how to read it in [tables]: {{file = …, time_format = [{formats}]}} (tried in order), or use another column."
    )


def _either(name: str, where: str, best: TimeFormat) -> str:
    mark = "/" if "slash" in best.key else "-"
    return (
        f"{where}: column '{name}' can be read as day{mark}month{mark}year and as month{mark}day{mark}year, and every cell fits both. "
        f'Say which in [tables]: {{file = …, time_format = "%d{mark}%m{mark}%Y"}} or "%m{mark}%d{mark}%Y".'
    )
