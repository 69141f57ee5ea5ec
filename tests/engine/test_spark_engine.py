"""What an engine on Spark keeps, streams, writes and sums, and how it says what it can't."""

from __future__ import annotations

import socket
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from momot.engine import DuckEngine, connect
from momot.engine.spark import SparkEngine, _reason
from momot.engine.spark_dialect import parse, translate
from momot.engine.spark_session import session
from momot.errors import EngineError, MissingExtraError
from tests.engine.nasty import tables


def total(rows: pa.Table) -> tuple[int, int, int]:
    """What is summed of one part."""
    return rows["part"][0].as_py(), rows.num_rows, sum(rows["person_id"].to_pylist())


def test_an_engine_keeps_streams_writes_and_sums_as_duckdb_does(spark: SparkEngine, tmp_path: Path) -> None:
    engines = (DuckEngine(connect()), spark)
    rows = "SELECT person_id, (person_id % 7)::SMALLINT AS part, sum(value_minor) AS money FROM interactions GROUP BY ALL"
    ordered = "SELECT * FROM kept ORDER BY money DESC, person_id"
    found = []
    for number, engine in enumerate(engines):
        engine.register("interactions", tables()["interactions"])
        engine.view("few", "SELECT * FROM interactions WHERE touchpoint_id = 1")
        engine.table("kept", rows)
        engine.append("kept", "SELECT 1000, 3, NULL")
        engine.write(ordered, tmp_path / str(number) / "kept.parquet")
        streamed = list(engine.batches(ordered))
        found.append(
            (
                engine.columns("kept"),
                engine.columns("(SELECT avg(person_id) AS mean FROM few)"),
                engine.row("SELECT count(*), sum(value_minor) FROM few"),
                engine.rows(ordered),
                pa.Table.from_batches(streamed).to_pylist(),
                pq.read_table(tmp_path / str(number) / "kept.parquet").column("person_id").to_pylist(),
                list(engine.sums("SELECT part, person_id FROM kept", "part", total)),
            )
        )
        engine.drop("kept")
        engine.close()
    assert found[1] == found[0]
    assert len(found[0][3]) > 30
    assert [part for part, *_ in found[0][6]] == list(range(7))


EXPRESSIONS = (
    "1 / n AS a, -7 / n AS b, n / 2 AS c, -7 // 2 AS d, n % 2 AS e",
    "CAST(x AS INTEGER) AS a, CAST(-x AS BIGINT) AS b, CAST(2.5 AS INTEGER) AS c, CAST(n AS VARCHAR) AS d, CAST(x > 2 AS INTEGER) AS e",
    "floor(x) AS a, floor(n / 2) AS b, greatest(n, 2) AS c, least(n, NULL, 2) AS d, n IS DISTINCT FROM 1 AS e",
    "s || '!' AS a, left(s, 2) AS b, md5(s) AS c, chr(233) AS d, s LIKE '%!_%' ESCAPE '!' AS e, lower(s) AS f, s = 'it''s\\' AS g",
    "('0x' || left(md5(s), 15))::BIGINT AS a, n::HUGEINT AS b, NULL AS c, 3000000000 + n AS d, x::DECIMAL(9,2) AS e",
    "lag(n) OVER (ORDER BY s DESC) AS a, last_value(n IGNORE NULLS) OVER (ORDER BY s, n) AS b, count(n) OVER () AS c",
)


@pytest.mark.parametrize("expressions", EXPRESSIONS)
def test_an_expression_is_the_same_on_spark(spark: SparkEngine, expressions: str) -> None:
    _both(spark, f"SELECT {expressions}, s, n, x FROM t ORDER BY ALL")


QUERIES = (
    "SELECT * EXCLUDE (x) REPLACE (n + 1 AS n) FROM t ORDER BY s DESC, n",
    "SELECT n, count(*), sum(big), sum(n), avg(n), count_if(x > 2), bit_or(big), count(DISTINCT s) FROM t GROUP BY ALL ORDER BY ALL",
    "SELECT s, n FROM t QUALIFY row_number() OVER (PARTITION BY n ORDER BY s DESC, x) = 1 ORDER BY n, s",
    "SELECT n AS m, m + 1 AS next FROM t WHERE n > 0 ORDER BY next",
    "SELECT s, n FROM t UNION ALL BY NAME SELECT n * 10 AS n, x, s FROM t ORDER BY ALL",
    "SELECT DISTINCT t.n FROM t ORDER BY t.n DESC",
    "SELECT arg_min(s, (x, s)) AS first, sum(big) FILTER (WHERE n = 1) AS big FROM t",
    "SELECT t.s, u.y FROM t SEMI JOIN (SELECT 1 AS n) k USING (n) LEFT JOIN (VALUES (1, 'a'), (NULL, 'b')) u(n, y) USING (n) ORDER BY ALL",
    "SELECT s FROM t WHERE n NOT IN (SELECT n FROM t WHERE n = 1) ORDER BY 1",
    "SELECT n, sum(big) OVER (PARTITION BY n ORDER BY s, x ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run FROM t ORDER BY ALL",
)


@pytest.mark.parametrize("sql", QUERIES)
def test_a_query_is_the_same_on_spark(spark: SparkEngine, sql: str) -> None:
    _both(spark, sql)


def _both(spark: SparkEngine, sql: str) -> None:
    held = pa.table(
        {
            "n": pa.array([1, 0, None, 3, 1, -4], pa.int32()),
            "x": pa.array([2.5, -0.5, None, 3.5, 1.25, -2.75]),
            "s": ["it's\\", None, "a_b", "Ü", "it's\\", ""],
            "big": pa.array([2**62, 2**62, None, -1, 2**62, 5], pa.int64()),
        }
    )
    with DuckEngine(connect()) as duck:
        for engine in (duck, spark):
            engine.register("t", held)
        assert spark.arrow(sql).equals(duck.arrow(sql)), (spark.rows(sql), duck.rows(sql))
        assert spark.rows(sql) == duck.rows(sql)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT row_number() OVER () FROM t", "runs down the rows"),
        ("SELECT sum(n) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t", "runs down the rows"),
        ("SELECT 1 << n FROM t", "shifts bits"),
        ("SELECT CAST(x AS VARCHAR) FROM t", "writes a number as text"),
        ("SELECT x // 2 FROM t", "not integers by //"),
        ("SELECT x % 2 FROM t", "remainder"),
        ("SELECT hash(n) FROM t", "not known to give the same"),
        ("SELECT list(n) FROM t", "not known to give the same"),
        ("SELECT s FROM t WHERE s LIKE 'a\\b'", "backslash"),
        ("SELECT sum(DISTINCT big) FROM t", "different values"),
    ],
)
def test_what_would_differ_is_refused(sql: str, reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        translate(parse(sql), {"t": {"n": "INTEGER", "x": "DOUBLE", "s": "VARCHAR", "big": "BIGINT"}})


def test_what_overflows_or_is_no_column_is_an_error_that_names_the_query(spark: SparkEngine) -> None:
    spark.register("t", pa.table({"big": pa.array([2**62, 2**62], pa.int64())}))
    with pytest.raises(EngineError, match=r"query 'SELECT big \* 4 FROM t' failed on Spark: .*ARITHMETIC_OVERFLOW"):
        spark.rows("SELECT big * 4 FROM t")
    with pytest.raises(EngineError, match="bigger"):
        spark.rows("SELECT bigger FROM t")


def test_a_master_that_does_not_answer_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark import SparkContext

    monkeypatch.setattr(SparkContext, "_active_spark_context", None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EngineError, match="does not answer"):
        session(f"spark://127.0.0.1:{port}", {})
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(EngineError, match="needs a Java"):
        session("local[1]", {})
    with pytest.raises(EngineError, match=r"begin with 'spark\.'"):
        session("local[1]", {"memory": "1g"})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"momot\[spark\]"):
        session("local[1]", {})


def test_executors_without_momot_are_named() -> None:
    told = "An exception was thrown from the Python worker:\n  File x\nModuleNotFoundError: No module named 'momot'\n"
    assert "the Python of its executors has no momot" in _reason(told)
