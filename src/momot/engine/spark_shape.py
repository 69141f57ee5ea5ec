"""The tables of a Spark engine without rows, in a DuckDB that says which columns a query would give there and refuses what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from momot.engine.connection import connect, execute, first_line, identifier, rows
from momot.errors import EngineError

Columns = dict[str, str]


class Shape:
    """Empty tables by name. What a query gives on DuckDB is asked of it, so that Spark can give the same."""

    def __init__(self) -> None:
        self._connection = connect(threads=1)
        self._tables: dict[str, Columns] = {}

    @property
    def tables(self) -> Mapping[str, Columns]:
        """Columns with DuckDB's types of every table, by name in lower case."""
        return self._tables

    def describe(self, sql: str) -> Columns:
        """Columns of a query with DuckDB's types. Raises EngineError for SQL that DuckDB would not run either."""
        try:
            return {name: kind for name, kind, *_ in rows(self._connection, f"DESCRIBE {sql}")}
        except duckdb.Error as error:
            raise EngineError(f"{first_line(error)} in: {' '.join(sql.split())[:300]}") from error

    def arrow(self, sql: str) -> pa.Schema:
        """The Arrow schema that DuckDB gives for a query."""
        return self._connection.sql(sql).limit(0).to_arrow_table().schema

    def table(self, name: str, columns: Columns) -> None:
        """A table of these columns, in place of an earlier one."""
        self.drop(name)
        listed = ", ".join(f"{identifier(column)} {kind}" for column, kind in columns.items())
        execute(self._connection, f"CREATE TABLE {identifier(name)} ({listed})")
        self._tables[name.lower()] = dict(columns)

    def drop(self, name: str) -> None:
        """Forget a table, if there is one."""
        execute(self._connection, f"DROP TABLE IF EXISTS {identifier(name)}")
        self._tables.pop(name.lower(), None)

    def columns_of(self, table: pa.Table) -> Columns:
        """Columns that DuckDB would make of an Arrow table."""
        self._connection.register("momot_arrow", table.slice(0, 0))
        try:
            return self.describe("SELECT * FROM momot_arrow")
        finally:
            self._connection.unregister("momot_arrow")

    def close(self) -> None:
        """Close the DuckDB."""
        self._connection.close()
