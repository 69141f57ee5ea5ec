"""What a build needs of an engine beyond reading it: expressions over the rows of a source, numbers in order, connected components."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import duckdb

from momot.engine import Engine

SHARED = "shared_ids"
"""The table (key, id) of ids that several people share; empty but where ids are tied."""

Explain = Callable[[duckdb.DuckDBPyConnection, duckdb.Error], Exception]
"""What to raise for an error of DuckDB's on rows that the connection holds. It may be sent to another machine."""


class Builder(Engine, Protocol):
    """An engine that builds. `connection` is the DuckDB of this process: it reads what is no Parquet and says what expressions give.

    On another engine that connection holds, of a table as long as the data, some rows to look at.
    """

    connection: duckdb.DuckDBPyConnection

    def evaluated(self, sql: str, *, over: str, by: str | None = None, explain: Explain | None = None, often: bool = False) -> str:
        """A query for the rows of `sql`, in which DuckDB evaluates every expression, on whatever machine the rows of table `over` are.

        `sql` reads nothing but `over`; it looks at single rows, or, with `by`, at all that have the same value in that column. What is read
        `often` may be kept until the engine is closed.
        """

    def counted(self, sql: str, *, over: str, explain: Explain | None = None) -> tuple[int, ...]:
        """The row of a query that gives nothing but counts over the rows of `over`, as `evaluated` reads them."""

    def seen(self, name: str) -> None:
        """Let expressions over the table `name` be bound on `connection`."""

    def numbered(self, name: str, sql: str, order: Sequence[str]) -> None:
        """Keep the rows of `sql` as the table `name`, with their `number` from 1 in the order of `order`, which no two rows share."""

    def components(self, name: str, ties: str) -> None:
        """Keep as the table `name` (id, person_id) the ids of `ties` (stronger, weaker), and the smallest id that each is tied to."""

    def fingerprint(self, sql: str) -> str:
        """A text that differs where the rows of `sql` (integers) do, whatever their order."""

    def write_parts(self, sql: str, folder: Path, file: str, order: Sequence[str]) -> list[str]:
        """Write the rows of `sql` by their column `part` as `folder`/part=NN/`file`, each in `order`; the names below `folder`."""
