"""Every mark stands alone too: XML with colours and font of its own, no class and no variable that a page would have to know."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from markupsafe import Markup

from momot.findings import Findings
from momot.findings.contract import Credit, Credited, HalfLife
from momot.findings.numbers import numbers_of
from momot.report.marks.change import change_svg
from momot.report.marks.credit import credit_scale, credit_svg
from momot.report.marks.fading import fading_svg
from momot.report.marks.flow import stage_flow
from momot.report.marks.forest import figure, row_svg
from momot.report.marks.levels import levels_svg, segments_svg
from momot.report.marks.map import map_figure
from momot.report.marks.narrow import narrow_map
from momot.report.marks.trend import Dated, Point, trend_svg
from tests.findings import documents
from tests.findings.test_changes import change
from tests.report.marks.test_fading import followed
from tests.report.marks.test_flow import FUNNEL
from tests.report.marks.test_map import KNOWN, drawn

SHOP = drawn(Findings(documents.shop()))
LEVELS = [(str(place), documents.effect("a", "level", 0.1 * place, 0.02)) for place in range(3)]
POINTS = [Point(str(place), 0.1 * place, 0.1 * place - 0.05, 0.1 * place + 0.05) for place in range(5)]


def _fading() -> Markup | None:
    findings = followed(HalfLife(estimate=7.0, low=5.0, high=10.0, note=None))
    moment = next(moment for moment in findings if moment.half_life_days is not None)
    return fading_svg(moment, numbers_of(moment.question, moment.effects), "how it fades", standalone=True)


def _credit() -> Markup:
    row = Credited(
        moment="a@smot", touchpoint="a", first=1.0, last=2.0, linear=1.5, markov=12.0, shapley=2.0, effect=0.1, low=0.05, high=0.15,
        caused=8.0, caused_low=4.0, caused_high=12.0, verdict="moment", reading="agree", sentence="",
    )  # fmt: skip
    credit = Credit(
        question="q", per="person", look_back_days=None, happenings=120, credited=100, lost=5, absent=None, reason=None, moments=(row,)
    )
    return credit_svg(row, credit, credit_scale(credit, (row,)), look="make", title="x", standalone=True)


MARKS: dict[str, Callable[[], Markup | None]] = {
    "map": lambda: map_figure(SHOP, around=KNOWN, standalone=True),
    "narrow": lambda: narrow_map(SHOP, around=KNOWN, standalone=True),
    "forest": lambda: figure(SHOP, standalone=True),
    "row": lambda: row_svg(SHOP, SHOP.rows[0].lines, "x", standalone=True),
    "fading": _fading,
    "change": lambda: change_svg(change(), "x", standalone=True),
    "credit": _credit,
    "flow": lambda: stage_flow(FUNNEL, around=KNOWN, standalone=True),
    "trend": lambda: trend_svg(POINTS, "x", share=True, dated=[Dated(2, "new")], standalone=True),
    "levels": lambda: levels_svg(SHOP, LEVELS, "0", "x", standalone=True),
    "segments": lambda: segments_svg(SHOP, LEVELS, "x", overall=LEVELS[0], standalone=True),
}


@pytest.mark.parametrize("name", MARKS)
def test_it_has_colours_of_its_own_and_nothing_from_elsewhere(name: str) -> None:
    markup = MARKS[name]()
    assert markup is not None
    tree = ET.fromstring(markup)
    assert "font-family" in tree.attrib
    assert all("class" not in element.attrib or element is tree for element in tree.iter())
    colours = {value for element in tree.iter() for key, value in element.attrib.items() if key in ("fill", "stroke")}
    assert all(colour == "none" or re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert not re.search(r"var\(|href|<script|url\(", markup)
