"""The same project file gives the same tables on Spark as on DuckDB, row for row: ids, numbers, order, counts."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from momot.engine import connect
from momot.errors import DataError, EngineError
from momot.project.schema import EngineSettings
from tests.build.engines.conftest import SPARK, Both, built, different
from tests.engine.conftest import MASTER, SETTINGS, java

HEAD = 'timezone = "Europe/Prague"\ncurrency = "CZK"\n'
LOG = """
[[interactions]]
from = "log/*.parquet"
person = "person"
at = "at"
touchpoint = {sql = "what"}
activity = {sql = "case when what = 'purchase' then 'purchase' else 'touch' end"}
value = "value"
"""
UNKNOWN = {
    "subjects": '[[subjects]]\nfrom = "o.csv"\nsubject = "id"\nperson = "person"\nstart = "at"\n',
    "people": '[people]\nfrom = "o.csv"\nperson = "person"\n',
    "namespaces": LOG.replace('person = "person"', 'person = {crm = "person", web = "what"}'),
}
_MICROS = 1_000_000


def log(rows: int, seed: int) -> pa.Table:
    """Interactions with what a lake holds: no person, no time, letters beyond ASCII, NaN, rows that occur twice."""
    pick = random.Random(seed)
    people = [f"p{pick.randint(1, 40)}" if pick.random() > 0.04 else pick.choice([None, " ", "Žofie 😀"]) for _ in range(rows)]
    at = [None if pick.random() < 0.02 else (1_711_000_000 + pick.randint(0, 30 * 86_400)) * _MICROS for _ in range(rows)]
    table = pa.table(
        {
            "person": pa.array(people, pa.string()),
            "at": pa.array(at, pa.timestamp("us")),
            "what": pa.array([pick.choice(["visit", "ad", "e-mail", "purchase", "Koupě"]) for _ in range(rows)]),
            "value": pa.array([pick.choice([None, 12.5, 99.99, float("nan")]) for _ in range(rows)], pa.float64()),
        }
    )
    return pa.concat_tables([table, table.slice(0, 5)])


def test_a_log_of_parquet_files(both: Both) -> None:
    whole = log(300, 1)
    one, other = both(HEAD + LOG, {"log/a b.parquet": whole.slice(0, 140), "log/c.parquet": whole.slice(140)})
    assert not different(one, other)
    assert {block.flagged > 0 and block.rejected > 0 and block.anonymous > 0 for block in other.manifest.blocks} == {True}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_what_was_not_held_against_duckdb_is_refused(tmp_path: Path, text: str) -> None:
    whole = text if "interactions" in text else LOG + text
    with pytest.raises(EngineError, match="can't be built on Spark yet"):
        built(tmp_path / "shop", HEAD + whole, {"log/a.parquet": log(9, 5), "o.csv": "id,person,at\n1,p1,2024-01-01\n"}, SPARK)


@pytest.mark.parametrize("settings", [EngineSettings(), SPARK], ids=["duckdb", "spark"])
def test_an_expression_that_fails_on_some_rows_is_told_alike(tmp_path: Path, settings: EngineSettings) -> None:
    text = HEAD + LOG.replace('value = "value"', 'value = "CAST(what AS INTEGER)"')
    with pytest.raises(DataError, match=r"value = .CAST\(what AS INTEGER\). fails on some rows"):
        built(tmp_path / "shop", text, {"log/a.parquet": log(50, 3)}, settings)


def test_rows_are_numbered_in_the_order_of_their_text() -> None:
    if not java():
        pytest.skip("there is no Java on this machine")
    from momot.build.engines.spark import SparkBuilder

    words = sorted({"", " ", "a", "B", "ž", "Ž", "😀", "é", "e\u0301", "10", "9", *(f"w{n}" for n in range(40))}, key=str.encode)
    with connect() as connection, SparkBuilder(MASTER, SETTINGS, connection, "UTC") as engine:
        engine.register("words", pa.table({"key": words[::-1]}))
        engine.numbered("found", "SELECT key FROM words", ["key"])
        assert engine.rows("SELECT key, number FROM found ORDER BY number") == list(zip(words, range(1, len(words) + 1), strict=True))
