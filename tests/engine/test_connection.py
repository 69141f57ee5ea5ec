from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import duckdb
import pytest

from momot.engine import connect, execute, first_line, literal, opened, row, rows
from momot.errors import EngineError


def test_extensions_are_never_downloaded() -> None:
    with opened(connect()) as connection:
        for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert row(connection, f"SELECT current_setting('{setting}')") == (False,)
        with pytest.raises(duckdb.Error):
            execute(connection, "SELECT * FROM sqlite_scan('x.db', 't')")


def test_limits_are_those_asked_for(tmp_path: Path) -> None:
    with opened(connect(memory_limit="300MB", threads=1, temp=tmp_path, timezone="Asia/Tokyo")) as connection:
        assert row(connection, "SELECT current_setting('threads'), current_setting('TimeZone'), current_setting('temp_directory')") == (
            1,
            "Asia/Tokyo",
            str(tmp_path),
        )


def test_a_setting_that_duckdb_does_not_know_is_an_engine_error() -> None:
    with pytest.raises(EngineError, match="DuckDB did not start"):
        connect(memory_limit="much")


def test_ctrl_c_stops_a_long_query_at_once_and_the_connection_lives_on() -> None:
    with opened(connect()) as connection:
        threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            execute(connection, "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range % 11")
        assert time.monotonic() - start < 5
        assert rows(connection, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("value", [None, True, 7, -0.5, "it's", 'a "word"', "né"])
def test_a_literal_reads_back_as_its_value(value: object) -> None:
    with opened(connect()) as connection:
        found = row(connection, f"SELECT {literal(value)}")[0]
    assert (float(found) if isinstance(value, float) else found) == value


def test_the_first_line_of_an_error_has_no_kind_and_no_candidates() -> None:
    with opened(connect()) as connection, pytest.raises(duckdb.Error) as raised:
        execute(connection, "SELECT lenght('a')")
    assert first_line(raised.value).startswith("Scalar Function with name lenght does not exist")
