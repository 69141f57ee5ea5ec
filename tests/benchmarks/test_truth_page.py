"""The page of known truth is what its figures say: charts and tables are made of the committed JSON alone."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import msgspec
import pytest

from benchmarks.truth.charts import Dot, Row, dots, half_lives
from benchmarks.truth.page import DATA, HOME, PAGE, Published, charts, filled, group_of, published, tables
from benchmarks.truth.run import Run
from benchmarks.truth.scores import Score
from benchmarks.truth.variants import variants


@pytest.fixture(scope="module")
def told() -> Published:
    if not DATA.exists():
        pytest.skip("nothing is published yet")
    return msgspec.json.decode(DATA.read_bytes(), type=Published)


def test_charts_are_those_of_the_figures(told: Published) -> None:
    pictures = charts(told)
    assert pictures
    for name, picture in pictures.items():
        assert (HOME / name).read_text(encoding="utf-8") == picture, f"{name}: make it again with python -m benchmarks.truth.page"


def test_tables_are_those_of_the_figures(told: Published) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page, tables(told)) == page, "make the tables again with python -m benchmarks.truth.page"
    assert all(f"<!-- {name} -->" in page for name in tables(told))


def test_a_dot_stands_where_its_share_is_and_what_is_missing_is_not_drawn() -> None:
    text = dots("Shares", ("one", "other"), [Row("a <b>", (Dot(0.5, 0.1), Dot(None))), Row("c", (Dot(1.0), Dot(0.0)))], target=0.95)
    circles = [e for e in ET.fromstring(text).iter() if e.tag.endswith("circle")]
    assert len(circles) == 2 + 3  # of the legend, and of the rows
    at = {float(circle.get("cx", "")) for circle in circles[2:]}
    low, high = min(at), max(at)
    assert at == {low, high, (low + high) / 2}


def test_a_half_life_that_is_right_is_on_the_line() -> None:
    text = half_lives("Half-lives", [(14.0, 14.0, 10.0, None)] * 4)
    circles = [e for e in ET.fromstring(text).iter() if e.tag.endswith("circle")]
    x, y = float(circles[3].get("cx", "")), float(circles[3].get("cy", ""))  # the fourth stands at its own place
    assert (x - 70) / (500 - 70) == pytest.approx((460 - y) / (460 - 50), abs=1e-3)


def test_groups_of_worlds_go_by_what_is_hidden_and_how_many_touchpoints_there_are() -> None:
    groups = {variant.name: group_of(variant.name) for variant in variants("all")}
    assert groups["shop"] == groups["orders"] == groups["shop, 15 touchpoints"] == groups["shop, 150 touchpoints"] == "everything recorded"
    assert groups["null, 50 % hidden"] == "nothing true"
    assert groups["subscription, 50 % hidden"] == "half hidden"
    assert groups["shop, 10 touchpoints, 3 declared controls"] == groups["few"] == groups["shop, 6 touchpoints"] == "few touchpoints"


def test_each_world_and_seed_is_one_of_its_group() -> None:
    score = Score("shop", 1, "purchase", "momot, moment", 3, 1, 0, 4, 10, None, None, 0, 0, 0, false_moments=("ads@stimulus",))
    runs = [Run(world, seed, (score,), (), 1.0) for world, seed in (("shop", 1), ("few", 1), ("shop", 2))]
    told = {row[0]: row[2:4] for row in published(runs, []).tables["groups"][1:]}
    assert told == {"everything recorded": ["2", "0.75 ± 0.14 (0.75)"], "few touchpoints": ["1", "0.75 ± 0.17"]}
    assert published(runs, []).about["false moments"] == {"shop": ["1 purchase: ads@stimulus"] * 3}
