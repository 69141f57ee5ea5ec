"""The engine on one DuckDB connection: the default."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from momot.engine import connection as duck
from momot.engine.connection import execute, identifier, literal

BATCH_ROWS = 122_880
"""Rows of a streamed batch: a row group of DuckDB's."""


WORKERS = 2
"""Threads on which sums of parts are made, at most: each holds a part."""
T = TypeVar("T")


class DuckEngine:
    """An `Engine` on a DuckDB connection, which it closes at the end."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, closed: Callable[[], None] = lambda: None) -> None:
        self.connection, self.closed = connection, closed

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""
        return duck.rows(self.connection, sql)

    def row(self, sql: str) -> tuple[Any, ...]:
        """The row of a query that gives exactly one."""
        return duck.row(self.connection, sql)

    def arrow(self, sql: str) -> pa.Table:
        """All rows as an Arrow table."""
        return self.connection.sql(sql).to_arrow_table()

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """All rows in their order, some at a time."""
        yield from self.connection.sql(sql).to_arrow_reader(BATCH_ROWS)

    def columns(self, sql: str) -> dict[str, str]:
        """The columns of a table or query with their types."""
        return {name: kind for name, kind, *_ in self.rows(f"DESCRIBE SELECT * FROM {sql}")}

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql` as the temporary table `name`."""
        execute(self.connection, f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {sql}")

    def append(self, name: str, sql: str) -> None:
        """Add the rows of `sql` to the temporary table `name`."""
        execute(self.connection, f"INSERT INTO {identifier(name)} {sql}")

    def view(self, name: str, sql: str) -> None:
        """Let `name` stand for the query `sql`."""
        execute(self.connection, f"CREATE OR REPLACE VIEW {identifier(name)} AS {sql}")

    def register(self, name: str, table: pa.Table) -> None:
        """Copy an Arrow table into the temporary table `name`."""
        self.connection.register("momot_arrow", table)
        try:
            self.table(name, "SELECT * FROM momot_arrow")
        finally:
            self.connection.unregister("momot_arrow")

    def drop(self, name: str) -> None:
        """Forget a temporary table."""
        execute(self.connection, f"DROP TABLE {identifier(name)}")

    def write(self, sql: str, path: Path) -> None:
        """Write the rows of `sql` in their order to the Parquet file `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        execute(self.connection, f"COPY ({sql}) TO {literal(path)} (FORMAT parquet, COMPRESSION snappy)")

    def sums(self, sql: str, part: str, add: Callable[[pa.Table], T]) -> Iterator[T]:
        """What `add` makes of each part, on `WORKERS` threads: numpy lets go of the interpreter. As many parts wait in memory, no more."""
        waiting: deque[Future[T]] = deque()
        workers = min(WORKERS, int(self.row("SELECT current_setting('threads')")[0]))
        with ThreadPoolExecutor(workers) as pool:
            for table in _parts(self.batches(f"SELECT * FROM ({sql}) ORDER BY {part}"), part):
                waiting.append(pool.submit(add, table))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def close(self) -> None:
        """Close the connection, and say so."""
        self.connection.close()
        self.closed()

    def __enter__(self) -> DuckEngine:
        """The engine, closed at the end of the block."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close it."""
        self.close()


def _parts(batches: Iterator[pa.RecordBatch], part: str) -> Iterator[pa.Table]:
    """The rows of one part after another, from batches in their order."""
    from pyarrow.compute import run_end_encode  # only whoever sums waits for it

    held: list[pa.RecordBatch] = []
    current = None
    for batch in batches:
        runs = run_end_encode(batch.column(part))
        for low, high, number in zip([0, *runs.run_ends.to_pylist()], runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=False):
            if held and number != current:
                yield pa.Table.from_batches(held)
                held = []
            held.append(batch.slice(low, high - low))
            current = number
    if held:
        yield pa.Table.from_batches(held)
