"""DuckDB connections with momot's settings, and queries that Ctrl-C stops at once."""

from __future__ import annotations

import contextlib
import queue
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from momot import progress
from momot.engine.interrupts import uninterrupted
from momot.errors import EngineError

_SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": True,
}


def connect(
    *, memory_limit: str | None = None, threads: int | None = None, temp: Path | None = None, timezone: str = "UTC"
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that never downloads an extension.

    `memory_limit` is DuckDB's ("2GB"); beyond it, queries spill to the folder `temp`, or fail where there is none. `timezone` is the zone
    in which SQL reads a local time as an instant. Raises EngineError where a setting is not accepted.
    """
    settings: dict[str, Any] = dict(_SETTINGS)
    settings["temp_directory"] = "" if temp is None else str(temp)
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    if threads is not None:
        settings["threads"] = threads
    try:
        connection = duckdb.connect(config=settings)
        connection.execute(f"SET TimeZone = {literal(timezone)}")
        connection.execute("SET enable_progress_bar = false")  # in notebooks DuckDB prints one by itself, on stdout, where data go
    except duckdb.Error as error:
        raise EngineError(f"DuckDB did not start: {first_line(error)}") from error
    return connection


def execute(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> None:
    """Run `sql` to its end on a second thread, so that KeyboardInterrupt stops it within a chunk; DuckDB's own check can take many seconds.

    The result, if any, is fetched from `connection` afterwards. Raises what DuckDB raises.
    """
    done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            connection.execute(sql, parameters) if parameters is not None else connection.execute(sql)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            done.put(error)
        else:
            done.put(None)

    worker = threading.Thread(target=work, daemon=True)
    try:
        with uninterrupted():
            worker.start()
        failure = _wait(done)
    except BaseException:
        _stop(connection, worker)
        raise
    worker.join()
    if failure is not None:
        raise failure


def rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run `sql` as `execute` does and return all its rows."""
    execute(connection, sql, parameters)
    return connection.fetchall()


def row(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    """Run `sql`, which gives exactly one row, and return it."""
    (only,) = rows(connection, sql, parameters)
    return only


def literal(value: object) -> str:
    """`value` as a SQL literal: text in quotes, numbers and NULL as they are."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def first_line(error: BaseException) -> str:
    """The message of a DuckDB error without its kind, its position marker and its list of candidates."""
    head = str(error).split("\n\n")[0].split("\n")[0]
    return re.sub(r"^[A-Za-z]+(?: [A-Za-z]+)? Error: ", "", head).strip() or type(error).__name__


@contextlib.contextmanager
def opened(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Close `connection` at the end, whatever happens."""
    try:
        yield connection
    finally:
        connection.close()


def _wait(done: queue.SimpleQueue[BaseException | None]) -> BaseException | None:
    """The worker's outcome. Waits in short turns: a signal that another thread received wakes nobody who waits for ever."""
    while True:
        with contextlib.suppress(queue.Empty):
            return done.get(timeout=0.1)
        progress.beat()


def _stop(connection: duckdb.DuckDBPyConnection, worker: threading.Thread) -> None:
    """Interrupt until the worker has left DuckDB; further Ctrl-C in the meantime change nothing."""
    while worker.is_alive():
        with contextlib.suppress(KeyboardInterrupt):
            connection.interrupt()
            worker.join(0.02)
