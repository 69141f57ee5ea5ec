"""Geometry of the map: labels never overlap, everything inside, discs at the estimate, pills from low to high, no circle on another."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from momot.findings import Findings
from momot.findings.forest import Forest, ends, forest
from momot.findings.labels import printable
from momot.findings.sentences import moment_sentence
from momot.report.around import Around, Share
from momot.report.marks.labels import pieces, place_labels
from momot.report.marks.layout import PILL, WIDTH, columns, net_effect, plan_map, worth_drawing
from momot.report.marks.map import map_figure
from tests.findings import documents
from tests.report.marks.geometry import assert_inside, bars, discs, points
from tests.report.marks.strategies import AROUND, findings
from tests.report.pages import parse

KNOWN = Around(
    people=61_240,
    stages={"stimulus": 61_240, "zmot": 42_870, "fmot": 27_310, "smot": 18_460, "umot": 5_120},
    loyalty=Share(0.31, 0.30, 0.32, 18_460),
    shared=Share(0.14, 0.13, 0.15, 42_870),
)
QUIET = ("no evidence", "too small to matter", "not identifiable")


def drawn(found: Findings) -> Forest:
    return forest(found, found.questions[0])


@given(findings(most=60), AROUND)
@settings(max_examples=40)
def test_labels_overlap_neither_each_other_nor_a_mark_and_stay_inside(found: Findings, around: Around) -> None:
    plan = plan_map(drawn(found), around)
    labels = place_labels(plan)
    for label in labels:
        assert 0 <= label.box.left < label.box.right <= WIDTH
        assert plan.top - 4 <= label.box.top < label.box.bottom <= plan.bottom
    for one, other in itertools.combinations(labels, 2):
        assert not one.box.meets(other.box, gap=0)
    for label in labels:
        for place in plan.places:
            loud = place.row.moment.decisive
            for y in [plan.scale(line.effect.estimate) for line in ends(place.row)] if loud else [plan.scale.held(net_effect(place.row))]:
                assert not (label.box.left < place.x < label.box.right and label.box.top < y < label.box.bottom)


@given(findings(most=60), AROUND)
@settings(max_examples=40)
def test_everything_is_inside_and_every_decisive_side_has_its_disc(found: Findings, around: Around) -> None:
    shown = drawn(found)
    svg = parse(map_figure(shown, around=around)).all("svg")[0]
    assert_inside(svg)
    plan = plan_map(shown, around)
    found = discs(svg)
    pills = bars(svg, "make-pill", "break-pill")
    for place in plan.places:
        left, right = plan.spans[place.column]
        assert left <= place.x <= right
        for line in ends(place.row) if place.row.moment.decisive else ():
            at = place.x, plan.scale(line.effect.estimate), plan.radius(line)
            assert any(math.dist(at, disc) < 0.1 for disc in found)
            if line.solid:
                top, bottom = sorted((plan.scale(line.effect.low), plan.scale(line.effect.high)))
                assert any(math.dist((place.x - PILL / 2, top, place.x + PILL / 2, bottom), pill) < 0.1 for pill in pills)
    assert len(found) == sum(len(ends(place.row)) for place in plan.places if place.row.moment.decisive)


@given(findings(most=200), AROUND)
@settings(max_examples=6)
def test_up_to_two_hundred_touchpoints_keep_inside_and_apart(found: Findings, around: Around) -> None:
    shown = drawn(found)
    assert_inside(parse(map_figure(shown, around=around)).all("svg")[0])
    for one, other in itertools.combinations(place_labels(plan_map(shown, around)), 2):
        assert not one.box.meets(other.box, gap=0)


@pytest.mark.parametrize("verdicts", [QUIET, ("moment", "likely")], ids=["all quiet", "all decisive"])
@given(data=st.data())
@settings(max_examples=20)
def test_a_map_of_nothing_but_one_kind_is_whole(verdicts: tuple[str, ...], data: st.DataObject) -> None:
    found = data.draw(findings(most=40, verdicts=verdicts, shapes=st.sampled_from([("break",), ("break", "make")])))
    svg = parse(map_figure(drawn(found))).all("svg")[0]
    assert_inside(svg)
    assert not (discs(svg) if verdicts is QUIET else discs(svg, "ring"))


@pytest.mark.parametrize("count", [1, 40, 200])
def test_any_number_of_touchpoints_can_be_drawn(count: int) -> None:
    markup = map_figure(drawn(Findings(documents.shop(count))), standalone=True, around=KNOWN)
    assert_inside(parse(markup).all("svg")[0])
    assert ET.fromstring(markup).tag.endswith("svg")


@pytest.mark.parametrize("count", [25, 60])
def test_no_circle_lies_on_one_that_stands_beside_it(count: int) -> None:
    svg = parse(map_figure(drawn(Findings(documents.shop(count))))).all("svg")[0]
    circles = discs(svg) + discs(svg, "ring")
    assert len(circles) > count
    for (x, y, r), (x2, y2, r2) in itertools.combinations(circles, 2):
        assert abs(x - x2) < 0.01 or math.hypot(x - x2, y - y2) >= r + r2 - 0.05


def test_areas_of_discs_are_numbers_of_cases() -> None:
    document = documents.shop()
    few = [replace(one, n=one.n // 9) if one.moment.startswith("search.a") else one for one in document.effects]
    shown = drawn(Findings(replace(document, effects=tuple(few))))
    plan = plan_map(shown)
    lines = {row.moment.touchpoint: row.lines[0] for row in shown.decisive}
    ratio = (plan.radius(lines["search.a"]) / plan.radius(lines["review.a"])) ** 2
    assert ratio == pytest.approx(lines["search.a"].effect.n / lines["review.a"].effect.n, rel=0.01)


def test_an_effect_without_a_finite_interval_has_no_mark() -> None:
    document = documents.shop()
    broken = [replace(one, low=math.nan) if one.moment.startswith("ad.a") else one for one in document.effects]
    shown = drawn(Findings(replace(document, effects=tuple(broken))))
    markup = map_figure(shown)
    assert "nan" not in markup
    assert "ad.a@stimulus" not in {place.row.moment.name for place in plan_map(shown).places}


def test_stages_stand_in_the_order_of_the_journey_and_conditions_last() -> None:
    spans = plan_map(drawn(Findings(documents.episode()))).spans
    assert list(spans) == ["zmot", "fmot", "smot", "umot", "conditions"]
    edges = [edge for span in spans.values() for edge in span]
    assert edges == sorted(edges)
    assert edges[-1] == pytest.approx(WIDTH)


def test_a_touchpoint_without_a_stage_is_no_condition() -> None:
    document = documents.episode()
    bare = [replace(one, stage=None) if one.kind == "interaction" and one.stage == "smot" else one for one in document.findings]
    shown = drawn(Findings(replace(document, findings=tuple(bare))))
    plan = plan_map(shown)
    assert list(plan.spans) == ["zmot", "fmot", "umot", "unstaged", "conditions"]
    assert {place.row.moment.kind for place in plan.places if place.column == "conditions"} == {"condition"}
    assert "No stage" in map_figure(shown)


def test_the_strongest_moments_have_their_labels() -> None:
    named = [label.row.moment.touchpoint for label in place_labels(plan_map(drawn(Findings(documents.shop()))))]
    assert len(named) == 10
    assert set(named[:2]) == {"ad.a", "review.a"}


def test_what_can_not_be_told_has_no_mark() -> None:
    shown = drawn(Findings(documents.episode()))
    assert "delivery.parcel" not in {place.row.moment.touchpoint for place in plan_map(shown).places}
    assert "1 unclear" in parse(map_figure(shown)).text()


def test_people_and_loops_stand_where_they_are_known_with_share_and_denominator() -> None:
    shown = drawn(Findings(documents.shop()))
    text = parse(map_figure(shown, around=KNOWN)).text()
    assert "Loyalty loop: 31\u00a0% of 18\u202f460 buyers bought again" in text
    assert "Shared experience: 14\u00a0% of 42\u202f870 looks in research read what customers say" in text
    assert "61\u202f240 people" in text
    bare = map_figure(shown)
    assert "mk-loop" not in bare
    assert "mk-ribbon" not in bare
    assert "people" not in parse(bare).all("svg")[0].all("text")[2].text()
    widths = [float(path.attributes["stroke-width"]) for path in parse(map_figure(shown, around=KNOWN)).all("path", class_="mk-loop")]
    assert widths[0] > widths[1]


def test_a_loop_is_not_drawn_where_one_of_its_ends_is_not_on_the_map() -> None:
    shown = drawn(Findings(documents.survey()))
    assert "umot" not in columns(shown)
    assert "Shared experience" not in map_figure(shown, around=Around(shared=KNOWN.shared))


def test_a_stage_with_people_has_its_column_also_where_nothing_was_tested() -> None:
    shown = drawn(Findings(documents.episode()))
    assert "stimulus" in columns(shown, KNOWN)
    assert "nothing tested" in map_figure(shown, around=KNOWN)


def test_the_ribbon_is_as_high_as_the_people_are_many() -> None:
    svg = parse(map_figure(drawn(Findings(documents.shop())), around=KNOWN)).all("svg")[0]
    corners = points(svg.all("path", class_="mk-ribbon")[0].attributes["d"])
    half = len(corners) // 2
    heights = [low[1] - high[1] for high, low in zip(corners[:half:2], corners[: half - 1 : -2], strict=True)]
    assert [height / heights[0] for height in heights] == pytest.approx(
        [1, 42_870 / 61_240, 27_310 / 61_240, 18_460 / 61_240, 5_120 / 61_240], abs=0.01
    )


def test_links_lead_to_more_and_say_the_whole_sentence() -> None:
    shown = drawn(Findings(documents.shop()))
    links = {row.moment.name: f"#m{i}" for i, row in enumerate(shown.decisive)}
    svg = parse(map_figure(shown, links=links, selected="ad.a@stimulus")).all("svg")[0]
    assert svg.attributes["role"] == "group"
    assert {link.attributes["href"] for link in svg.all("a")} == set(links.values())
    said = {links[row.moment.name]: printable(moment_sentence(row.moment, shown.numbers)) for row in shown.decisive}
    assert {link.attributes["href"]: link.all("title")[0].text() for link in svg.all("a")} == said
    assert len(svg.all("rect", class_="mk-selected")) == 1
    assert not parse(map_figure(shown, links=links, standalone=True)).all("a")


@pytest.mark.parametrize("name", ["survey", "incidents", "snapshot"])
def test_the_axis_of_an_association_claims_nothing_and_has_no_colour(name: str) -> None:
    markup = map_figure(drawn(Findings(documents.ALL[name]())))
    assert "\u2193 Worse" in markup or "Better \u2191" in markup
    assert "Makes" not in markup
    assert "Breaks" not in markup
    assert "-axis" not in markup.replace("mk-axis", "")


def test_long_names_are_broken_between_words_also_in_thai() -> None:
    assert pieces("delivery.first_parcel late") == ["delivery.", "first_", "parcel ", "late"]
    words = pieces("การจัดส่งครั้งนี้เป็นอย่างไรบ้าง")
    assert len(words) > 2
    assert "".join(words) == "การจัดส่งครั้งนี้เป็นอย่างไรบ้าง"


def test_a_map_needs_two_columns_and_a_decisive_moment() -> None:
    assert worth_drawing(drawn(Findings(documents.shop())))
    assert not worth_drawing(drawn(Findings(documents.quiet())))


@pytest.mark.parametrize(("count", "decisive", "most"), [(25, 10, 260), (200, 0, 760), (200, 80, 900), (200, 200, 900)])
def test_the_map_of_many_has_few_elements(count: int, decisive: int, most: int) -> None:
    """Three a moment (link, sentence, where it is touched), whatever is drawn of it: marks of one look are one path."""
    shown = drawn(Findings(documents.shop(count, decisive=decisive)))
    svg = parse(map_figure(shown, around=KNOWN, links={row.moment.name: "#m" for row in shown.rows})).all("svg")[0]
    assert len(svg.all("a")) == count
    assert len(svg.all()) <= most
