"""What runs in Spark's Python workers: DuckDB's SQL over the Arrow batches of a table, so that an expression means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import duckdb
import pyarrow as pa

from momot.build import spoken
from momot.build.engines.protocol import Explain
from momot.engine import connect

SAID = "momot says: "  # before the message of an error that a worker raises for the user


class WrongOnRows(Exception):
    """What DuckDB could not do with some rows, told as the driver will tell it."""


def evaluating(
    sql: str, over: str, *, given: pa.Schema, made: pa.Schema, zone: str, beside: dict[str, pa.Table], explain: Explain | None
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """A function of the batches of table `over`, of schema `given`, which gives those of `sql`, of schema `made`.

    `beside` are small tables that the query may also read.
    """

    def evaluate(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        connection = _opened(zone, sql)
        try:
            for name, table in beside.items():
                connection.register(name, table)
            for batch in batches:
                if batch.num_rows:
                    yield from _run(connection, sql, over, pa.Table.from_batches([batch]), given, explain, made).to_batches()
        finally:
            connection.close()

    return evaluate


def evaluating_groups(
    sql: str, over: str, *, given: pa.Schema, made: pa.Schema, zone: str, beside: dict[str, pa.Table], explain: Explain | None
) -> Callable[[pa.Table], pa.Table]:
    """The same of all rows of a group at once; its last column is the number of the group and is not seen."""

    def evaluate(rows: pa.Table) -> pa.Table:
        connection = _opened(zone, sql)
        try:
            for name, table in beside.items():
                connection.register(name, table)
            return _run(connection, sql, over, rows.select(range(len(given))), given, explain, made)
        finally:
            connection.close()

    return evaluate


def _opened(zone: str, sql: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB for the rows of this worker, which also reads texts where `sql` asks for it."""
    connection = connect(threads=1, timezone=zone)
    if spoken.FUNCTION in sql:
        spoken.register(connection)
    return connection


def _run(
    connection: duckdb.DuckDBPyConnection, sql: str, over: str, rows: pa.Table, given: pa.Schema, explain: Explain | None, made: pa.Schema
) -> pa.Table:
    connection.register(over, rows.rename_columns(given.names).cast(given))
    try:
        return connection.sql(sql).to_arrow_table().rename_columns(made.names).cast(made)
    except duckdb.Error as error:
        if explain is None:
            raise
        told = explain(connection, error)
        raise WrongOnRows(f"{SAID}{type(told).__name__}: {' '.join(str(told).split())}") from None
    finally:
        connection.unregister(over)
