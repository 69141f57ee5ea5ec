"""The same project file gives the same tables on Spark as on DuckDB, row for row: ids, numbers, order, counts."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from momot.build.components import smallest_members
from momot.build.erased import add_erased
from momot.build.traces import files_with
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
_MICROS = 1_000_000
EVERYTHING = (
    HEAD
    + """
[[subjects]]
from = "orders.csv"
subject = "order_id"
person = {crm = "customer"}
start = "made"
before = {city = "city"}

[[interactions]]
from = "log/*.parquet"
person = {crm = "customer", web = "cookie"}
at = "at"
touchpoint = {sql = "what"}
activity = "touch"
id = "event"

[[interactions]]
from = "orders.csv"
subject = "order_id"
at = "made"
activity = "purchase"
touchpoint = "shop"
value = "paid"

[[opinions]]
from = "answers.parquet"
subject = "order_id"
at = "given"
instrument = "NPS"
scale = [0, 10]
value = "score"
text = "words"

[people]
from = "people.csv"
person = {crm = "customer"}
segments = {city = "max(city)"}

[outcomes.margin]
from = "margins.parquet"
subject = "order_id"
value = "margin"

[[surveys]]
from = "survey.parquet"
person = {crm = "customer"}
touchpoints = {shop = "shop"}
outcomes = {Joy = "joy"}
"""
)


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


def test_every_block_and_people_by_several_ids(both: Both) -> None:
    pick = random.Random(2)
    customers = [f"c{number}" for number in range(1, 13)]
    orders = [(f"o{number}", pick.choice(customers)) for number in range(1, 31)]
    events = 120
    what = pa.table(
        {
            "event": pa.array([f"e{pick.randint(1, 110)}" for _ in range(events)]),
            "customer": pa.array([pick.choice([*customers, None, None]) for _ in range(events)]),
            "cookie": pa.array([pick.choice([None, *(f"w{number}" for number in range(25))]) for _ in range(events)]),
            "at": pa.array([(1_700_000_000 + pick.randint(0, 9_000_000)) * _MICROS for _ in range(events)], pa.timestamp("us", tz="UTC")),
            "what": pa.array([pick.choice(["visit", "ad"]) for _ in range(events)]),
        }
    )
    answers = [(pick.choice(orders)[0], pick.choice([0, 7, 10, 11, None]), pick.choice(["dobré", "špatné", None])) for _ in range(25)]
    answers += [("o99", 5, "nobody's"), *answers[:3]]
    one, other = both(
        EVERYTHING,
        {
            "orders.csv": "order_id,customer,made,city,paid\n"
            + "".join(f"{order},{who},2024-01-{int(order[1:]) % 28 + 1:02d} 10:00,Brno,{int(order[1:]) * 10}\n" for order, who in orders),
            "log/a.parquet": what,
            "answers.parquet": pa.table(
                {
                    "order_id": [order for order, *_ in answers],
                    "given": pa.array(["2024-03-01"] * 10 + ["2024-03-31 02:30:00"] * (len(answers) - 10)),
                    "score": pa.array([score for _, score, _ in answers], pa.int32()),
                    "words": [words for *_, words in answers],
                }
            ),
            "people.csv": "customer,city\n" + "".join(f"{who},{pick.choice(['Brno', 'Praha'])}\n" for who in customers * 2),
            "margins.parquet": pa.table({"order_id": [order for order, _ in orders], "margin": [1.5 * n for n in range(30)]}),
            "survey.parquet": pa.table({"customer": customers, "shop": list(range(12)), "joy": [n / 2 for n in range(12)]}),
        },
    )
    assert not different(one, other)


def test_persons_are_the_components_that_scipy_finds() -> None:
    if not java():
        pytest.skip("there is no Java on this machine")
    from momot.build.engines.spark import SparkBuilder

    pick = random.Random(4)
    chain = list(range(1, 65))
    pick.shuffle(chain)
    pairs = list(itertools.pairwise(chain)) + [(pick.randint(100, 160), pick.randint(100, 160)) for _ in range(40)]
    pairs = [(one, other) for one, other in pairs if one != other]
    first, second = np.array(pairs, dtype=np.int32).T
    ids, persons = smallest_members(first, second)
    with connect() as connection, SparkBuilder(MASTER, SETTINGS, connection, "UTC") as engine:
        engine.register("pairs", pa.table({"stronger": first, "weaker": second}))
        engine.components("found", "SELECT stronger, weaker FROM pairs")
        assert engine.rows("SELECT id, person_id FROM found ORDER BY id") == list(zip(ids.tolist(), persons.tolist(), strict=True))


QUERIES = (
    HEAD
    + """
[tables]
log = {file = "log/*.parquet", missing = ["-1"]}
seen = "SELECT l.who, l.seen_at, coalesce(p.name, 'other') AS page, l.paid FROM log l LEFT JOIN 'pages.csv' p ON p.page = l.page"
paid = "SELECT who, seen_at, sum(paid) AS paid FROM seen WHERE paid IS NOT NULL GROUP BY who, seen_at"

[[interactions]]
from = "seen"
person = "who"
at = "seen_at"
activity = "visit"
touchpoint = {sql = "page"}

[[interactions]]
from = "paid"
person = "who"
at = "seen_at"
activity = "purchase"
touchpoint = "shop"
value = "paid"
"""
)


def test_queries_over_parquet_and_marks_for_numbers(both: Both) -> None:
    pick = random.Random(6)
    some = ["2024-02-30", *(f"2024-03-{day:02d} 1{day % 10}:00" for day in range(1, 29))]
    times = [pick.choice(some) if n % 9 == 0 else "2024-03-03 10:00" for n in range(90)]
    seen = pa.table(
        {
            "who": [pick.choice(["p1", "p2", "p3", None]) for _ in times],
            "seen_at": times,
            "page": pa.array([pick.randint(1, 5) for _ in times], pa.int16()),
            "paid": pa.array([pick.choice([-1, -1, 5, 7]) for _ in times], pa.int32()),
        }
    )
    pages = "page,name\n1,home\n2,help\n3,home\n"
    one, other = both(QUERIES, {"log/a.parquet": seen.slice(0, 40), "log/b.parquet": seen.slice(40), "pages.csv": pages})
    assert not different(one, other)
    assert {block.name: block.rejections for block in other.manifest.blocks}["[tables] seen"]["impossible_date"] > 0


def test_a_query_that_spark_can_not_run_says_what_to_do(tmp_path: Path) -> None:
    text = QUERIES.replace("coalesce(p.name, 'other')", "list_last(string_split(p.name, '.'))")
    files = {"log/a.parquet": log(9, 1).rename_columns(["who", "seen_at", "page", "paid"]), "pages.csv": "page,name\nad,b\n"}
    with pytest.raises(EngineError, match=r"\[tables\] seen does not run on Spark: .*--engine duckdb"):
        built(tmp_path / "shop", text, files, SPARK)


def test_who_was_erased_stays_out_on_both(both: Both, tmp_path: Path) -> None:
    add_erased(tmp_path, ["p7", "Žofie 😀"])
    whole = log(300, 8)
    said = ["ask Žofie 😀" if n % 50 == 0 else text for n, text in enumerate(whole["what"].to_pylist())]
    whole = whole.set_column(2, "what", pa.array(said))
    one, other = both(HEAD + LOG, {"log/a.parquet": whole, ".momot/erased.json": (tmp_path / "erased.json").read_text()})
    assert not different(one, other)
    assert sum(block.rejections["erased"] for block in other.manifest.blocks) > 0
    assert not files_with(["Žofie 😀"], other.folder.rglob("*.parquet"))


def test_times_in_nanoseconds_as_pandas_writes_them(both: Both) -> None:
    numbers = [1_700_000_000_123_456_789 + 10**12 * n for n in range(30)] + [None]
    table = pa.table(
        {
            "person": [f"p{n % 4}" for n in range(31)],
            "at": pa.array(numbers, pa.timestamp("ns")),
            "sent": pa.array(numbers, pa.timestamp("ns", tz="UTC")),
            "seen": pa.array(numbers[::-1], pa.timestamp("ns", tz="UTC")),
        }
    )
    block = '[[interactions]]\nfrom = "log.parquet"\nperson = "person"\nactivity = "visit"\ntouchpoint = "page"\n'
    one, other = both(HEAD + "".join(f'{block}at = "{at}"\n' for at in ("at", "sent")), {"log.parquet": table})
    assert not different(one, other)
    assert other.manifest.table("interactions").rows == 60
