"""Every step gives the same on Spark as on DuckDB: columns, types, rows, and their order where the step says one."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pytest

import momot
from momot.engine import DuckEngine, connect, step
from momot.engine.spark import SparkEngine
from momot.errors import EngineError
from tests.engine.filled import Filled, inputs, steps

DUCKDB_ONLY = {"momot.journeys/streamed"}  # runs down a sorted file; by_person says the same, and is what is run on Spark


def test_every_step_of_the_package_is_compared() -> None:
    root = Path(momot.__file__).parent
    found = {f"momot.{path.parent.name}/{path.stem}" for path in root.rglob("*.sql") if not path.stem.endswith(".spark")}
    assert {one.name for one in steps()} == found - DUCKDB_ONLY


def test_every_form_for_spark_belongs_to_a_step() -> None:
    root = Path(momot.__file__).parent
    forms = list(root.rglob("*.spark.sql"))
    assert forms
    assert all(path.with_name(path.name.replace(".spark", "")).is_file() for path in forms)


def test_steps_are_the_same_on_spark(spark: SparkEngine) -> None:
    """In one test: the tables that a step leaves are what the next ones read, each engine its own."""
    with DuckEngine(connect()) as duck:
        for name, table in inputs(duck).items():
            spark.register(name, table)
        for one in steps():
            compare(one, duck, spark)


def compare(one: Filled, duck: DuckEngine, spark: SparkEngine) -> None:
    if one.table is None:
        expected, found = duck.arrow(one.text), spark.arrow(one.text)
    else:
        for engine in (duck, spark):
            engine.table(one.table, one.text)
        expected, found = (engine.arrow(f"SELECT * FROM {one.table}") for engine in (duck, spark))
    expected, found = ((table.select([name for name in table.column_names if name not in one.apart])) for table in (expected, found))
    assert found.schema.equals(expected.schema), one.name
    ordered = one.ordered and one.table is None
    assert expected.num_rows, f"{one.name} is compared over no rows"
    assert found.num_rows == expected.num_rows, one.name
    for here, there in zip(_rows(found, ordered=ordered), _rows(expected, ordered=ordered), strict=True):
        assert all(map(_same, here, there)), f"{one.name}: {here} on Spark, {there} on DuckDB"


def _rows(table: pa.Table, *, ordered: bool) -> list[tuple[object, ...]]:
    rows = [tuple(row.values()) for row in table.to_pylist()]
    return rows if ordered else sorted(rows, key=lambda row: [(value is None, 0 if value is None else value) for value in row])


def _same(here: object, there: object) -> bool:
    """Equal; of doubles up to the order in which they were added."""
    if isinstance(here, float) and isinstance(there, float):
        return math.isclose(here, there, rel_tol=1e-12)
    return here == there


def test_a_step_that_runs_down_a_file_is_refused_by_name(spark: SparkEngine) -> None:
    spark.register("rows", pa.table({"n": [1, 2]}))
    with pytest.raises(EngineError, match="runs down the rows of a file"):
        spark.rows("SELECT lag(n) OVER () FROM rows")
    fill = dict.fromkeys(("interactions", "purchases", "occurrences"), "rows") | dict.fromkeys(
        ("bought_last", "opens", "piece", "day", "stride"), "1"
    )
    streamed = step("momot.journeys", "streamed", acts="true", **fill)
    with pytest.raises(EngineError, match=r"step momot\.journeys/streamed"):
        spark.rows(streamed)
