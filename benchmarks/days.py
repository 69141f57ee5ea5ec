"""Workload: a day more of the journeys workload, its log a file a day, with records that came late and a day that was corrected.

What comes with the last day: its own rows, one in two thousand of the week before it, and the day three before it once more, with another
quality or price in one row of a thousand. So four files are new or changed of a thousand.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.journeys import MEMORY, PROJECT, TABLES, fill

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 19)  # local to the files; later rows are left out
CORRECTED = LAST - timedelta(days=3)
_LATE = f"hash(user_id, happened_at, 'late') % 2000 = 0 AND happened_at >= DATE '{LAST - timedelta(days=7)}'"
_WRONG = "hash(user_id, happened_at, 'wrong') % 1000 = 0"
_WRITTEN = {  # what stood in the day that was corrected
    "log": f"* REPLACE (CASE WHEN {_WRONG} AND quality IS NOT NULL THEN 'neutral' ELSE quality END AS quality)",
    "orders": f"* REPLACE (CASE WHEN {_WRONG} THEN price + 1 ELSE price END AS price)",
    "waits": "*",
}


def write(folder: Path, interactions: int, touchpoints: int = 40) -> None:
    """Write all days but the last, the project beside them, and under `later` what the last day brings; a day a file."""
    folder.mkdir(parents=True, exist_ok=True)
    limits = {"memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, **limits}) as connection:
        fill(connection, interactions, touchpoints)
        connection.execute(f"COPY (FROM customers ORDER BY user_id) TO '{folder / 'customers.parquet'}' (FORMAT parquet)")
        for name, written in _WRITTEN.items():
            connection.execute(f"CREATE TABLE {name}_rows AS FROM {name} WHERE happened_at < DATE '{LAST}' + 1 ORDER BY {TABLES[name]}")
            for place in (folder / name, folder / "later" / name):
                place.mkdir(parents=True, exist_ok=True)
            for number in range((LAST - FIRST).days):
                _copy(connection, name, FIRST + timedelta(days=number), folder, late=False, right=False)
            _copy(connection, name, LAST, folder / "later", late=True, right=True)
            if written != "*":
                _copy(connection, name, CORRECTED, folder / "later", late=False, right=True)
    (folder / "momot.toml").write_text(project(), encoding="utf-8")


def project() -> str:
    """The project of the journeys workload, its log read day by day."""
    text = PROJECT
    for name in _WRITTEN:
        text = text.replace(f'"{name}.parquet"', f'"{name}/*.parquet"')
    return text


def rows_of_the_day(folder: Path) -> int:
    """How many rows stand in the files that the last day brings."""
    with duckdb.connect() as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM '{folder}/later/*/*.parquet'").fetchall()[0]
    return int(rows)


def add(folder: Path) -> None:
    """Put the last day among the others, as new and changed files; `later` is empty then."""
    for path in sorted((folder / "later").glob("*/*.parquet")):
        path.replace(folder / path.relative_to(folder / "later"))


def scan(folder: Path) -> str:
    """Python that reads every value of every file once."""
    tables = ", ".join(f"'{folder / name}'" for name in ("customers.parquet", *(f"{name}/*.parquet" for name in _WRITTEN)))
    return f"import duckdb\nfor file in ({tables}):\n    duckdb.sql(f\"SELECT bit_xor(hash(COLUMNS(*))) FROM '{{file}}'\").fetchall()"


def _copy(connection: duckdb.DuckDBPyConnection, name: str, day: date, folder: Path, *, late: bool, right: bool) -> None:
    """One day of a table as a file: without what came late, or with all that came late until then; as corrected, or as first written."""
    here = f"happened_at >= DATE '{day}' AND happened_at < DATE '{day}' + 1"
    rows = f"({here} OR ({_LATE}))" if late else f"{here} AND NOT ({_LATE})"
    columns = "*" if right or day != CORRECTED else _WRITTEN[name]
    connection.execute(f"COPY (SELECT {columns} FROM {name}_rows WHERE {rows}) TO '{folder / name / str(day)}.parquet' (FORMAT parquet)")


if __name__ == "__main__":  # in a process of its own: what it holds would count among the peaks of those that are measured
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
