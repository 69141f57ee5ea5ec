"""The map for a phone: everything inside, a row a decisive moment, discs and pills at their numbers, rings that do not hide each other."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings

from momot.findings import Findings
from momot.findings.forest import ends
from momot.report.around import Around
from momot.report.marks.layout import net_effect
from momot.report.marks.narrow import MOST_ROWS, RING, ROW, WIDTH, narrow_map, radius, stacked, turned
from tests.findings import documents
from tests.report.marks.geometry import assert_inside, discs
from tests.report.marks.strategies import AROUND, findings
from tests.report.marks.test_map import KNOWN, drawn
from tests.report.pages import parse


@given(findings(most=60), AROUND)
@settings(max_examples=40)
def test_everything_is_inside_and_every_decisive_side_has_its_disc(found: Findings, around: Around) -> None:
    shown = drawn(found)
    svg = parse(narrow_map(shown, around=around)).all("svg")[0]
    assert_inside(svg)
    scale = turned(shown)
    found = discs(svg)
    for place, row in enumerate(shown.decisive):
        for line in ends(row):
            at = scale(line.effect.estimate)
            # Without a row of its own it is a dot on the line of its stage, which keeps within the edges.
            x, r = (at, radius(line, shown)) if place < MOST_ROWS else (min(max(at, RING + 1), WIDTH - RING - 1), RING)
            assert any(math.dist((x, r), (disc[0], disc[2])) < 0.1 for disc in found)
    assert len(found) == sum(len(ends(row)) for row in shown.decisive)


@pytest.mark.parametrize("count", [1, 25, 200])
def test_it_is_as_high_as_it_needs_and_rows_are_large_enough_to_touch(count: int) -> None:
    shown = drawn(Findings(documents.shop(count)))
    links = {row.moment.name: f"#m{i}" for i, row in enumerate(shown.decisive)}
    svg = parse(narrow_map(shown, around=KNOWN, links=links)).all("svg")[0]
    assert_inside(svg)
    rows = [link.all("rect", class_="mk-hit")[0] for link in svg.all("a")]
    assert len(rows) == min(len(shown.decisive), MOST_ROWS)
    assert all(float(row.attributes["height"]) == ROW >= 44 for row in rows)
    tops = [float(row.attributes["y"]) for row in rows]
    assert all(after - before >= ROW for before, after in itertools.pairwise(tops))


def test_what_does_not_decide_is_one_line_of_each_stage() -> None:
    text = parse(narrow_map(drawn(Findings(documents.shop())), around=KNOWN)).text()
    assert [text.count(f"{n} not decisive") for n in (2, 3, 6)] == [3, 1, 1]
    assert "Loyalty loop" in text
    assert "not decisive" not in parse(narrow_map(drawn(Findings(documents.survey())))).text()


def test_beyond_the_first_of_the_ranking_they_share_a_line_that_says_how_many() -> None:
    shown = drawn(Findings(documents.shop(200, decisive=200)))
    svg = parse(narrow_map(shown, links={row.moment.name: "#m" for row in shown.decisive})).all("svg")[0]
    counts = [int(count) for count in re.findall(r"(\d+) more in the table", svg.text())]
    assert sum(counts) == 200 - MOST_ROWS
    assert len(svg.all()) < 400


def test_rings_are_stacked_instead_of_lying_on_each_other() -> None:
    shown = drawn(Findings(documents.episode()))
    dots = stacked([("ring", net_effect(row)) for row in shown.quiet[:4]], turned(shown))
    for one, other in itertools.combinations(dots, 2):
        assert one.level != other.level or math.fabs(one.x - other.x) >= 7


def test_better_is_on_the_right() -> None:
    lower = drawn(Findings(documents.snapshot()))
    assert turned(lower)(-0.1) > turned(lower)(0.1)
    higher = drawn(Findings(documents.shop()))
    assert turned(higher)(0.1) > turned(higher)(-0.1)


def test_it_stands_alone_too() -> None:
    markup = narrow_map(drawn(Findings(documents.shop())), around=KNOWN, standalone=True)
    tree = ET.fromstring(markup)
    assert all("class" not in element.attrib or element is tree for element in tree.iter())
