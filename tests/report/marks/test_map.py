"""Geometry of the map: labels never overlap, everything inside, discs at the estimate, pills from low to high."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from momot.findings import Findings
from momot.findings.forest import ends, forest
from momot.report.marks.map import HEIGHT, WIDTH, layout, map_figure, place_labels, worth_drawing
from tests.findings import documents
from tests.report.marks.strategies import findings
from tests.report.marks.test_forest import assert_inside, drawn
from tests.report.pages import parse


@given(findings())
@settings(max_examples=40)
def test_labels_overlap_neither_each_other_nor_a_mark_and_stay_inside(found: Findings) -> None:
    shown = drawn(found)
    scale, _, places = layout(shown)
    labels = place_labels(shown, places, scale)
    for label in labels:
        assert 0 <= label.box.left < label.box.right <= WIDTH
        assert 0 <= label.box.top < label.box.bottom <= HEIGHT
    for one, other in itertools.combinations(labels, 2):
        assert not one.box.meets(other.box, gap=0)
    for label in labels:
        for place in places:
            for line in ends(place.row) if place.row.moment.decisive else ():
                x, y = place.x, scale(line.effect.estimate)
                assert not (label.box.left < x < label.box.right and label.box.top < y < label.box.bottom)


@given(findings())
@settings(max_examples=40)
def test_everything_is_inside_and_every_decisive_side_has_its_disc(found: Findings) -> None:
    shown = drawn(found)
    svg = parse(map_figure(shown)).all("svg")[0]
    assert_inside(svg)
    scale, spans, places = layout(shown)
    discs = {(round(float(c.attributes["cx"]), 1), round(float(c.attributes["cy"]), 1)) for c in svg.all("circle")}
    pills = {
        (round(float(r.attributes["y"]), 1), round(float(r.attributes["y"]) + float(r.attributes["height"]), 1)) for r in svg.all("rect")
    }
    for place in places:
        left, right = spans[place.column]
        assert left <= place.x <= right
        for line in ends(place.row) if place.row.moment.decisive else ():
            assert any(abs(x - place.x) < 0.11 and abs(y - scale(line.effect.estimate)) < 0.11 for x, y in discs)
            if line.solid:
                top, bottom = sorted((scale(line.effect.low), scale(line.effect.high)))
                assert any(abs(start - top) < 0.11 and abs(end - bottom) < 0.21 for start, end in pills)


def test_stages_stand_in_the_order_of_the_journey_and_conditions_last() -> None:
    _, spans, _ = layout(drawn(Findings(documents.episode())))
    assert list(spans) == ["zmot", "fmot", "smot", "umot", "conditions"]
    edges = [edge for span in spans.values() for edge in span]
    assert edges == sorted(edges)
    assert edges[-1] == pytest.approx(WIDTH)


def test_a_touchpoint_without_a_stage_is_no_condition() -> None:
    document = documents.episode()
    bare = [replace(one, stage=None) if one.kind == "interaction" and one.stage == "smot" else one for one in document.findings]
    shown = drawn(Findings(replace(document, findings=tuple(bare))))
    _, spans, places = layout(shown)
    assert list(spans) == ["zmot", "fmot", "umot", "unstaged", "conditions"]
    assert {place.row.moment.kind for place in places if place.column == "conditions"} == {"condition"}
    assert "No stage" in map_figure(shown)


def test_the_strongest_moments_have_their_labels() -> None:
    shown = drawn(Findings(documents.shop()))
    scale, _, places = layout(shown)
    named = [label.row.moment.touchpoint for label in place_labels(shown, places, scale)]
    assert len(named) == 10
    assert set(named[:2]) == {"ad.a", "review.a"}


@pytest.mark.parametrize("count", [1, 40, 200])
def test_any_number_of_touchpoints_can_be_drawn(count: int) -> None:
    found = Findings(documents.shop(count))
    markup = map_figure(drawn(found), standalone=True)
    assert_inside(parse(markup).all("svg")[0])
    assert ET.fromstring(markup).tag.endswith("svg")


def test_what_can_not_be_told_has_no_mark() -> None:
    shown = drawn(Findings(documents.episode()))
    _, _, places = layout(shown)
    assert "delivery.parcel" not in {place.row.moment.touchpoint for place in places}
    assert "1 unclear" in parse(map_figure(shown)).text()


def test_a_map_is_drawn_where_there_are_stages_and_something_decisive() -> None:
    for name, wanted in (("episode", True), ("shop", True), ("survey", False), ("quiet", False), ("experiment", False)):
        found = Findings(documents.ALL[name]())
        assert worth_drawing(forest(found, found.questions[0])) is wanted
