"""Geometry of the forest: marks inside, bars from low to high, triangles at the estimate, nothing without an interval."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings

from momot.findings import Findings
from momot.findings.forest import Forest, Line, Row, forest
from momot.report.marks.forest import axis_svg, figure, row_marks, row_scale, row_svg
from tests.findings import documents
from tests.findings.documents import ALL
from tests.report.marks.geometry import assert_inside, points
from tests.report.marks.strategies import findings
from tests.report.pages import parse

SVG = "{http://www.w3.org/2000/svg}"


def drawn(found: Findings) -> Forest:
    return forest(found, found.questions[0])


@given(findings(most=12))
@settings(max_examples=40)
def test_all_marks_of_a_row_are_inside_and_bars_span_the_interval(found: Findings) -> None:
    shown = drawn(found)
    scale = row_scale(shown)
    for row in shown.rows:
        svg = parse(row_svg(shown, row.lines, "x", quiet=not row.moment.decisive)).all("svg")[0]
        assert_inside(svg)
        marks = [
            element
            for element in svg.all()
            if element.attributes.get("class", "").endswith(("-interval", "-pill")) and element.tag == "rect"
        ]
        assert len(marks) == len(row.lines)
        for bar, line in zip(marks, row.lines, strict=True):
            x, width = float(bar.attributes["x"]), float(bar.attributes["width"])
            ends = sorted((scale.held(line.effect.low), scale.held(line.effect.high)))
            assert (x, x + width) == pytest.approx(ends, abs=0.02)
        tips = [
            points(element.attributes["d"]) for element in svg.all("path") if element.attributes["class"].endswith(("-fill", "-hollow"))
        ]
        for corners, line in zip(tips, row.lines, strict=True):
            assert corners[2][0] == pytest.approx(scale.held(line.effect.estimate), abs=0.02)
            assert (corners[2][1] < corners[0][1]) == (line.side == "well")


@given(findings(most=25))
@settings(max_examples=25)
def test_the_whole_picture_is_inside_in_both_modes(found: Findings) -> None:
    shown = drawn(found)
    assert_inside(parse(figure(shown)).all("svg")[0])
    assert_inside(parse(figure(shown, standalone=True)).all("svg")[0])


@given(findings(most=12))
@settings(max_examples=40)
def test_tick_labels_do_not_touch_and_zero_is_among_them(found: Findings) -> None:
    labels = parse(axis_svg(drawn(found))).all("text")
    assert "0" in [label.text() for label in labels]
    places = sorted((float(label.attributes["x"]), len(label.text())) for label in labels)
    assert all(right[0] - left[0] >= 6 * (left[1] + right[1]) / 2 for left, right in itertools.pairwise(places))


@pytest.mark.parametrize("broken", [{"low": math.nan}, {"high": math.inf}, {"estimate": math.nan}, {"low": math.nan, "high": math.nan}])
def test_no_interval_no_mark(broken: dict[str, float]) -> None:
    effect = msgspec.structs.replace(documents.effect("a", "make", 0.5, 0.1), **broken)
    line = Line(effect=effect, side="well", solid=True, words="good against neutral")
    assert row_marks((line,), row_scale(drawn(Findings(documents.quiet()))), 10.0) == []
    markup = row_svg(drawn(Findings(documents.quiet())), (line,), "x")
    assert "nan" not in markup
    assert "inf" not in markup


def test_an_interval_beyond_the_axis_is_cut_with_an_arrow() -> None:
    shown = drawn(Findings(documents.episode()))
    wide = documents.effect("a", "presence", 0.5, 90.0)
    svg = parse(row_svg(shown, (Line(effect=wide, side="well", solid=False, words=""),), "x", quiet=True)).all("svg")[0]
    assert_inside(svg)
    assert len([path for path in svg.all("path") if path.attributes["class"] == "mk-quiet-pill"]) == 2


def test_two_marks_that_would_lie_on_each_other_are_set_apart() -> None:
    shown = drawn(Findings(documents.episode()))
    refund = next(row for row in shown.rows if row.moment.touchpoint == "returns.refund")
    reply = next(row for row in shown.rows if row.moment.touchpoint == "support.first_reply")

    def heights(row: Row) -> set[str]:
        svg = parse(row_svg(shown, row.lines, "x"))
        return {bar.attributes["y"] for bar in svg.all("rect") if bar.attributes["height"] == "3"}

    assert len(heights(refund)) == 2
    assert len(heights(reply)) == 1


@pytest.mark.parametrize("name", [name for name in ALL if ALL[name]().findings])
def test_standalone_pictures_are_xml_with_colours_of_their_own(name: str) -> None:
    found = Findings(ALL[name]())
    for question in found.questions:
        tree = ET.fromstring(figure(forest(found, question), standalone=True))
        assert tree.tag == f"{SVG}svg"
        assert all("class" not in element.attrib or element is tree for element in tree.iter())
        colours = {value for element in tree.iter() for key, value in element.attrib.items() if key in ("fill", "stroke")}
        assert all(colour == "none" or re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_lower_is_better_turns_the_axis_so_that_better_is_right() -> None:
    shown = drawn(Findings(documents.snapshot()))
    scale = row_scale(shown)
    assert scale(-0.1) > scale(0.0)
    assert all(line.side == "well" for row in shown.decisive for line in row.lines)
