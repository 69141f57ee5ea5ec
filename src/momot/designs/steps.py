"""Running the table steps of the designs, and fetching tables whole as Arrow."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from momot.engine import DuckEngine, literal, step

PACKAGE = "momot.designs"


def run(connection: duckdb.DuckDBPyConnection, name: str, **inputs: object) -> pa.Table:
    """The whole result of the step `name`.sql as an Arrow table; `inputs` are values."""
    return fetch(connection, _text(name, inputs))


def keep(connection: duckdb.DuckDBPyConnection, name: str, *, table: str, **inputs: object) -> None:
    """Keep the result of a step as the temporary table `table` for the steps that follow."""
    DuckEngine(connection).table(table, _text(name, inputs))


def fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The whole result of a query as an Arrow table."""
    return connection.sql(sql).to_arrow_table()


def _text(name: str, inputs: dict[str, object]) -> str:
    return step(PACKAGE, name, **{key: literal(value) for key, value in inputs.items()})
