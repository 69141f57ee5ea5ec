"""Levels and segments: a dot at the estimate, a pill from low to high, in the order given, nothing without an interval."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from momot.findings import Findings
from momot.findings.contract import Effect
from momot.report.marks.levels import MOST_LEVELS, MOST_SEGMENTS, levels_svg, segments_svg
from tests.findings import documents
from tests.report.marks.geometry import assert_inside
from tests.report.marks.test_map import drawn
from tests.report.pages import parse, words

SHOP = drawn(Findings(documents.shop()))
TURNED = drawn(Findings(documents.snapshot()))


@st.composite
def named(draw: st.DrawFn) -> list[tuple[str, Effect]]:
    names = draw(st.lists(st.text(min_size=1, max_size=30) | st.just("การจัดส่งครั้งนี้เป็นอย่างไรบ้าง"), min_size=0, max_size=30))
    return [(name, documents.effect("a", "level", draw(st.floats(-3, 3)), draw(st.floats(0.001, 2)))) for name in names]


@given(named(), st.sampled_from([SHOP, TURNED]))
@settings(max_examples=50)
def test_everything_is_inside(found: list[tuple[str, Effect]], shown: object) -> None:
    overall = ("everybody", documents.effect("a", "level", 0.5, 0.2))
    for markup, most in (
        (levels_svg(shown, found, "none", "x"), MOST_LEVELS),  # type: ignore[arg-type]
        (segments_svg(shown, found, "x", overall=overall), MOST_SEGMENTS),  # type: ignore[arg-type]
    ):
        assert (markup is None) == (len(found) < 2)
        if markup is not None:
            svg = parse(markup).all("svg")[0]
            assert_inside(svg)
            assert len(svg.all("circle")) == min(len(found), most) + 1


def test_levels_go_up_where_the_outcome_gets_better() -> None:
    found = [(str(i), documents.effect("a", "level", -0.1 * i, 0.02)) for i in range(1, 4)]
    markups = levels_svg(SHOP, found, "0", "x"), levels_svg(TURNED, found, "0", "x")
    falls, rises = ([float(y) for y in re.findall(r'cy="([\d.]+)"', markup or "")] for markup in markups)
    assert falls == sorted(falls)
    assert rises == sorted(rises, reverse=True)


def test_no_interval_no_mark() -> None:
    effect = documents.effect("a", "level", 0.5, 0.1)
    found = [("one", effect), ("two", replace(effect, low=math.nan)), ("three", effect)]
    for markup in (levels_svg(SHOP, found, "none", "x"), segments_svg(SHOP, found, "x")):
        assert markup is not None
        assert "two" not in markup
        assert "nan" not in markup


def test_a_segment_shows_its_number_and_interval() -> None:
    found = [("north", documents.effect("a", "break", -0.12, 0.02)), ("south", documents.effect("a", "break", -0.01, 0.02))]
    markup = segments_svg(SHOP, found, "x")
    assert markup is not None
    text = words(parse(markup).text())
    assert "\u221212.0 \u221214.0 to \u221210.0" in text
    bars = [float(bar.attributes["width"]) for bar in parse(markup).all("rect") if "-pill" in bar.attributes.get("class", "")]
    assert bars[0] == pytest.approx(bars[1], abs=0.02)
