"""Table steps: a `.sql` file beside the typed Python function that names its inputs and its output.

A step file holds one SELECT in DuckDB's dialect. Names in `$dollars` are filled in by the function: identifiers, expressions, no data.
Functions it may call are those of `functions.toml`; a test reads every step and says so. Another engine is added by another `Engine`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import Protocol

import duckdb

from momot.engine.connection import execute, identifier, literal


class Engine(Protocol):
    """What a table step needs of an engine. Only DuckDB so far."""

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql` as the table `name`, in place of an earlier one."""

    def write(self, sql: str, path: Path) -> None:
        """Write the rows of `sql` in their order to the Parquet file `path`."""


class DuckEngine:
    """The engine on one DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql` as the temporary table `name`."""
        execute(self.connection, f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {sql}")

    def write(self, sql: str, path: Path) -> None:
        """Write the rows of `sql` in their order to the Parquet file `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        execute(self.connection, f"COPY ({sql}) TO {literal(path)} (FORMAT parquet, COMPRESSION snappy)")


def step(package: str, name: str, /, **fill: object) -> str:
    """The text of the step `<name>.sql` of `package`, its `$names` filled with SQL text. Raises KeyError where one is not given."""
    return Template(_text(package, name)).substitute({key: str(value) for key, value in fill.items()})


def allowed_functions() -> frozenset[str]:
    """The functions that a step may call (`functions.toml`)."""
    listed = tomllib.loads(resources.files("momot.engine").joinpath("functions.toml").read_text(encoding="utf-8"))
    return frozenset(name for group in listed.values() for name in group)


@cache
def _text(package: str, name: str) -> str:
    return resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8").strip()
