"""What momot needs of an engine: to run SQL in DuckDB's dialect over named tables, and to hand out rows (ENGINE.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa

T = TypeVar("T")


class Engine(Protocol):
    """One engine with the tables that were named on it. SQL is DuckDB's dialect on every engine; results have the same types.

    What comes back as rows or as one Arrow table has to be small: counts, codes, sums. What is as long as the data is kept under a name,
    written, or streamed.
    """

    name: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""

    def row(self, sql: str) -> tuple[Any, ...]:
        """The row of a query that gives exactly one."""

    def arrow(self, sql: str) -> pa.Table:
        """All rows as an Arrow table."""

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """All rows in their order, some at a time. Nothing else may be asked of the engine until they are read."""

    def columns(self, sql: str) -> dict[str, str]:
        """The columns of a table, or of a query in brackets, with their types as DuckDB calls them. Runs nothing."""

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql` as the table `name`, in place of an earlier one."""

    def append(self, name: str, sql: str) -> None:
        """Add the rows of `sql` to the table `name`."""

    def view(self, name: str, sql: str) -> None:
        """Let `name` stand for the query `sql`, in place of an earlier one."""

    def register(self, name: str, table: pa.Table) -> None:
        """Keep a small Arrow table as the table `name`, in place of an earlier one."""

    def drop(self, name: str) -> None:
        """Forget a table that was kept."""

    def write(self, sql: str, path: Path) -> None:
        """Write the rows of `sql` in their order to the Parquet file `path`."""

    def sums(self, sql: str, part: str, add: Callable[[pa.Table], T]) -> Iterator[T]:
        """What `add` makes of the rows of each value of the whole number `part`, in any order, a column of `sql`; in the order of `part`.

        `add` can be pickled and runs where the rows are, several at once; what it returns is small. Rows of a part fit in memory, those of
        all need not. Nothing else may be asked of the engine until the last has been handed out.
        """

    def close(self) -> None:
        """Give everything back."""

    def __enter__(self) -> Engine:
        """The engine, closed at the end of the block."""

    def __exit__(self, *raised: object) -> None:
        """Close it."""
