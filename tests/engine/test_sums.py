"""Sums of parts: each part once and whole, in order, on any number of threads."""

from __future__ import annotations

import pyarrow as pa
import pytest

from momot.engine import DuckEngine, connect, duck


def counted(table: pa.Table) -> tuple[int, int, int]:
    numbers = table["number"].to_pylist()
    return table["part"][0].as_py(), len(numbers), sum(numbers)


@pytest.mark.parametrize("threads", [1, 3])
def test_each_part_is_added_up_once_and_whole_in_the_order_of_parts(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "WORKERS", threads)
    monkeypatch.setattr(duck, "BATCH_ROWS", 2_048)  # a part is longer than a batch, and a batch has the ends of parts
    sql = "SELECT CAST(floor(i * 7 % 100 / 15) AS INTEGER) AS part, i AS number FROM range(30000) t(i)"
    with DuckEngine(connect()) as engine:
        found = list(engine.sums(sql, "part", counted))
        expected = engine.rows(f"SELECT part, count(*), sum(number) FROM ({sql}) GROUP BY part ORDER BY part")
    assert found == [tuple(map(int, one)) for one in expected]


def test_no_rows_have_no_sums() -> None:
    with DuckEngine(connect()) as engine:
        assert list(engine.sums("SELECT 1 AS part, 2 AS number WHERE false", "part", counted)) == []


def test_what_goes_wrong_with_a_part_is_raised() -> None:
    def fail(table: pa.Table) -> int:
        raise ValueError(f"{len(table)} rows")

    with DuckEngine(connect()) as engine, pytest.raises(ValueError, match="2 rows"):
        list(engine.sums("SELECT 1 AS part FROM range(2)", "part", fail))
