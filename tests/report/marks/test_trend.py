"""Trends: the band from low to high, gaps where there is no interval, zero at the foot of counts and never of opinions."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.report.marks.trend import Dated, Point, trend_svg
from tests.report.marks.geometry import assert_inside, points
from tests.report.pages import parse


@st.composite
def points_in_time(draw: st.DrawFn) -> list[Point]:
    found = []
    for number in range(draw(st.integers(2, 60))):
        value, half = draw(st.floats(-1e6, 1e6)), draw(st.floats(0, 1e5))
        found.append(Point(f"week {number}", value, math.nan if draw(st.integers(0, 9)) == 0 else value - half, value + half))
    return found


@given(points_in_time(), st.booleans())
@settings(max_examples=60)
def test_everything_is_inside_and_what_has_no_interval_has_no_mark(found: list[Point], from_zero: bool) -> None:
    markup = trend_svg(found, "x", from_zero=from_zero, dated=[Dated(1, "a new courier")])
    known = sum(point.known for point in found)
    assert (markup is None) == (known < 2)
    if markup is not None:
        assert "nan" not in markup
        svg = parse(markup).all("svg")[0]
        assert_inside(svg)
        assert len(svg.all("circle")) == known


def test_the_band_spans_the_intervals_and_the_line_breaks_at_a_gap() -> None:
    found = [Point(str(i), 0.1 * i, 0.1 * i - 0.05, 0.1 * i + 0.05) for i in range(6)]
    found[3] = Point("3", 0.3, math.nan, math.nan)
    markup = trend_svg(found, "x", share=True)
    assert markup is not None
    svg = parse(markup).all("svg")[0]
    bands = [points(path.attributes["d"]) for path in svg.all("path", class_="mk-line-band")]
    assert [len(band) for band in bands] == [6, 4]
    heights = [
        low[1] - high[1] for band in bands for high, low in zip(band[: len(band) // 2], reversed(band[len(band) // 2 :]), strict=True)
    ]
    assert heights == pytest.approx([heights[0]] * 5, abs=0.02)


def test_counts_start_at_zero_and_opinions_never_do() -> None:
    found = [Point(str(i), 4.0 + 0.1 * i, 3.9 + 0.1 * i, 4.1 + 0.1 * i) for i in range(4)]
    counted, felt = trend_svg(found, "x"), trend_svg(found, "x", from_zero=False)
    assert counted is not None
    assert felt is not None
    assert "mk-zero" in counted
    assert "mk-zero" not in felt


def test_what_was_changed_stands_between_the_points_it_parts() -> None:
    found = [Point(str(i), 1.0, 0.9, 1.1) for i in range(5)]
    markup = trend_svg(found, "x", dated=[Dated(2, "New courier"), Dated(99, "never")])
    assert markup is not None
    svg = parse(markup).all("svg")[0]
    (line,) = svg.all("line", class_="mk-dated")
    xs = [float(x) for x in re.findall(r'<circle[^>]*cx="([\d.]+)"', markup)]
    assert xs[1] < float(line.attributes["x1"]) < xs[2]
    assert "New courier" in svg.text()
    assert "never" not in svg.text()
