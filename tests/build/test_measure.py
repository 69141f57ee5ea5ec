"""Types by measurement: a table of columns and what they are."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pytest

from momot.build.measure import Roles, measure
from momot.engine import connect, identifier, opened, rows
from momot.errors import NotATime

NONE = Roles()
MANY = 30  # each list of cells is repeated, so that shares do not hang on a single cell


@dataclass(frozen=True)
class Case:
    cells: tuple[str, ...]
    type: str
    first: str | None = None  # the first value as text
    roles: Roles = NONE
    missing: tuple[str, ...] = ()
    time_format: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.cells[0]!r} {self.type}"


def named(kind: str) -> Roles:
    return Roles(**{kind: frozenset({"c"})})


CASES = [
    Case(("1", "-20", "300"), "BIGINT", "1"),
    Case(("00123", "4"), "VARCHAR", "00123"),
    Case(("1.5", "2", "-3e2"), "DOUBLE", "1.5"),
    Case((" 7 ", "8"), "BIGINT", "7"),
    Case(("1,5", "2,25", "1.000,5"), "DOUBLE", "1.5"),
    Case(("1,234", "5,678"), "VARCHAR", "1,234"),
    Case(("1_000", "2"), "VARCHAR", "1_000"),
    Case(("TRUE", "false"), "BOOLEAN", "true"),
    Case(("yes", "no"), "VARCHAR", "yes"),
    Case(("2024-01-05", "2024-02-29"), "DATE", "2024-01-05"),
    Case(("2024-01-05 10:00", "2024-01-05 10:00:01.5"), "TIMESTAMP", "2024-01-05 10:00:00"),
    Case(("2024-01-05T10:00:00Z", "2024-01-05T10:00:00+02:00"), "TIMESTAMPTZ", "2024-01-05 10:00:00+00"),
    Case(("2015-02-24 11:35:52 -0800",), "TIMESTAMPTZ", "2015-02-24 19:35:52+00"),
    Case(("2020/3/18", "2020/12/1"), "DATE", "2020-03-18"),
    Case(("13/01/2024", "02/01/2024"), "DATE", "2024-01-13"),
    Case(("1/13/2024 9:05 PM", "2/1/2024 8:00 AM"), "TIMESTAMP", "2024-01-13 21:05:00"),
    Case(("5.3.2024", "13.12.2024 10:00"), "TIMESTAMP", "2024-03-05 00:00:00"),
    Case(("13-01-2024", "02-01-2024"), "DATE", "2024-01-13"),
    Case(("01/01/2024", "02/02/2024"), "DATE", "2024-01-01"),  # day and month alike: nothing to mistake
    Case(("01/02/2024",), "TIMESTAMP", "2024-02-01 00:00:00", time_format=("%d/%m/%Y",)),
    Case(("22-04-15", "22-Apr-15"), "TIMESTAMP", "2015-04-22 00:00:00", time_format=("%d-%m-%y", "%d-%b-%y")),
    Case(("20240105", "20240229"), "DATE", "2024-01-05", named("time")),
    Case(("20240105", "20240229"), "BIGINT", "20240105"),
    Case(("1", "?", "3"), "BIGINT", "1", missing=("?",)),
    Case(("", "  ", "2"), "BIGINT"),
    Case(("5.70306E+17", "2"), "VARCHAR", "5.70306E+17", named("ids")),
    Case(("123", "45"), "BIGINT", "123", named("ids")),
    Case(("17.0", "18.0"), "BIGINT", "17", named("ids")),
    Case(("1.0", "1.2"), "VARCHAR", "1.0", named("ids")),
    Case(("17.0", "18"), "VARCHAR", "17.0", named("ids")),
    Case(("1.5", "nan"), "DOUBLE", "1.5"),
    Case(("", ""), "VARCHAR"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_column_is_what_its_cells_are(case: Case) -> None:
    with opened(connect(threads=1)) as connection:
        connection.register("cells", pa.table({"c": list(case.cells) * MANY}))
        (column,) = measure(
            connection, "cells", ["c"], roles=case.roles, missing=case.missing, time_format=case.time_format, text_only=False, where="f.csv"
        )
        values = rows(connection, f"SELECT ({column.value})::VARCHAR, typeof({column.value}) FROM cells")
    assert column.type == case.type
    assert values[0][1] == {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}.get(case.type, case.type)
    if case.first is not None:
        assert values[0][0] == case.first


@pytest.mark.parametrize(
    ("role", "good", "bad", "code"),
    [
        ("time", "2024-01-05 10:00", "soon", "not_a_time"),
        ("time", "2024-01-05", "2024-02-30", "impossible_date"),
        ("time", "2024-01-05", "0001-01-01", "impossible_date"),
        ("time", "13.1.2024", "31.2.2024", "impossible_date"),
        ("number", "1.5", "cheap", "not_a_number"),
        ("number", "3", "inf", "not_a_number"),
    ],
)
def test_a_column_with_a_role_keeps_it_over_a_few_unreadable_cells(role: str, good: str, bad: str, code: str) -> None:
    """Up to 10 %: beyond, a number stays text, and a time is an error."""
    with opened(connect(threads=1)) as connection:
        for share, kept in ((0.05, True), (0.2, False)):
            cells = [bad] * int(100 * share) + [good] * int(100 * (1 - share))
            connection.register("cells", pa.table({"c": cells}))

            def typed(cells: list[str] = cells) -> tuple[str, set[tuple[str | None, str]]]:
                (column,) = measure(
                    connection, "cells", ["c"], roles=named(role), missing=(), time_format=(), text_only=False, where="f.csv"
                )
                found = rows(connection, f"SELECT {column.bad or 'NULL'}, {identifier('c')} FROM cells")
                return column.type, set(found)

            if kept:
                assert typed() == ({"time": typed()[0]}.get(role, typed()[0]), {(code, bad), (None, good)})
            elif role == "number":
                assert typed()[0] == "VARCHAR"


def test_a_time_with_many_unreadable_cells_is_an_error_that_counts_formats() -> None:
    roles = Roles(time=frozenset({"c"}), bare_time=frozenset({"c"}))
    with opened(connect(threads=1)) as connection:
        connection.register("cells", pa.table({"c": ["2024-01-05"] * 60 + ["5.1.2024"] * 40}))
        with pytest.raises(NotATime, match=r"year-month-day 60%.*day\.month\.year 40%"):
            measure(connection, "cells", ["c"], roles=roles, missing=(), time_format=(), text_only=False, where="f.csv")
