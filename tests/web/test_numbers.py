"""Numbers agree: each number of the map, the ranked table and the panel is read back from the page and is that of the findings."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from momot.findings import Findings, Moment
from momot.findings.forest import Forest, Row, ends, forest
from momot.findings.numbers import at_stake_decimals, grouped, percent
from momot.report.marks.forest import row_scale
from momot.report.marks.layout import plan_map
from momot.report.marks.scale import Scale
from tests.findings import documents
from tests.report.marks.geometry import bars, discs
from tests.report.pages import Element, parse, words
from tests.web.served import project, served

ALL = ("episode", "survey", "experiment", "snapshot", "incidents", "breaks", "shop")
SIGNED = re.compile("[+\u2212]?\\d[\\d\u202f]*(?:\\.\\d+)?")


def moment_of(link: Element) -> str:
    """The name that a link to a moment carries."""
    return parse_qs(urlsplit(html.unescape(link.attributes["href"])).query)["name"][0]


def pages(tmp_path: Path, name: str) -> list[tuple[Findings, Forest, Element]]:
    """Every question of the findings with its map."""
    document = documents.ALL[name]()
    findings = Findings(document)
    with served(project(tmp_path / "p", document)) as client:
        return [
            (findings, forest(findings, question), parse(client.get("/", params={"outcome": question.id}).text))
            for question in findings.questions
        ]


def rows_of(page: Element) -> dict[str, Element]:
    """The line of each moment in the ranked table."""
    table = page.all("div", class_="forest")[0]
    return {moment_of(row.all("a")[0]): row for row in table.all("tr") if row.all("a") and row.all("td", class_="name")}


def cell(row: Element, name: str) -> str:
    return words(" ".join(one.text() for one in row.all("td", class_=name)))


@pytest.mark.parametrize("name", ALL)
def test_each_number_of_the_table_is_that_of_the_findings(name: str, tmp_path: Path) -> None:
    for findings, drawn, page in pages(tmp_path, name):
        found = rows_of(page)
        assert list(found) == [row.moment.name for row in drawn.rows]
        for row in drawn.rows:
            line, moment = found[row.moment.name], row.moment
            for side, shown in (("badly", "n-badly"), ("well", "n-well")):
                of_side = [one.effect for one in row.top if one.side == side] if moment.verdict != "not identifiable" else []
                wanted = [f"{drawn.numbers.effect(e.estimate)} {drawn.numbers.interval(e.low, e.high)}" for e in of_side]
                assert cell(line, shown) == words(" ".join(wanted))
            assert cell(line, "people") == words(f"{grouped(moment.reach.people)}, {percent(moment.reach.share)}")
            if moment.at_stake:
                places = at_stake_decimals(moment.at_stake)
                three = [grouped(value, places) for value in (moment.at_stake.estimate, moment.at_stake.low, moment.at_stake.high)]
                assert words("{} {} to {}".format(*three)) in words(line.text())
            assert_marks(line, row, drawn)
        assert words(findings.question(drawn.question.id).questions[0].headline) in words(page.text())


def assert_marks(line: Element, row: Row, drawn: Forest) -> None:
    """The bar of each effect ends where the axis has the ends of its interval."""
    scale = row_scale(drawn)
    drawable = row.top if row.moment.verdict != "not identifiable" else ()
    found = [
        (float(bar.attributes["x"]), float(bar.attributes["x"]) + float(bar.attributes["width"]))
        for bar in line.all("rect")
        if bar.attributes.get("class", "").endswith(("-interval", "-pill"))
    ]
    wanted = [tuple(sorted((scale.held(one.effect.low), scale.held(one.effect.high)))) for one in drawable]
    assert found == [pytest.approx(pair, abs=0.02) for pair in wanted]


def value(y: float, scale: Scale) -> float:
    """The effect that stands at this height of the map."""
    return scale.low + (y - scale.start) / (scale.end - scale.start) * (scale.high - scale.low)


@pytest.mark.parametrize("name", ["episode", "shop"])
def test_each_number_of_the_map_is_that_of_the_findings(name: str, tmp_path: Path) -> None:
    """Discs and pills are turned back into effects and intervals; the numbers under the names are those of their moments."""
    for _, drawn, page in pages(tmp_path, name):
        svg = page.all("svg", class_="mk-map")[0]
        scale = plan_map(drawn).scale
        step = abs(value(1.0, scale) - value(0.0, scale))  # the effect of one px
        effects = [line.effect for row in drawn.decisive for line in ends(row)]
        assert sorted(value(y, scale) for _, y, _ in discs(svg)) == pytest.approx(sorted(e.estimate for e in effects), abs=0.02 * step)
        solid = sorted((line.effect.low, line.effect.high) for row in drawn.decisive for line in ends(row) if line.solid)
        pills = sorted(
            tuple(sorted((value(top, scale), value(bottom, scale)))) for _, top, _, bottom in bars(svg, "make-pill", "break-pill")
        )
        assert pills == [pytest.approx(pair, abs=0.02 * step) for pair in solid]
        assert_labels(svg, drawn)


def assert_labels(svg: Element, drawn: Forest) -> None:
    """Under each name on the map the numbers of that moment, and no other."""
    numbers = {
        row.moment.touchpoint: [drawn.numbers.effect(line.effect.estimate) for line in ends(row) if line.solid] for row in drawn.decisive
    }
    name, found = "", dict[str, list[str]]()
    for text in svg.all("text"):
        if text.attributes.get("class") == "mk-label":
            name += words(text.text())
        elif text.all("tspan") and name:
            found[name], name = [span.text().strip() for span in text.all("tspan") if SIGNED.search(span.text())], ""
    assert found
    assert all(numbers[name] == shown for name, shown in found.items())


@pytest.mark.parametrize("name", ALL)
def test_each_number_of_the_panel_is_that_of_its_moment(name: str, tmp_path: Path) -> None:
    for findings, drawn, page in pages(tmp_path, name):
        panel = page.all("aside")[0]
        row = drawn.decisive[0]
        tiles = [words(tile.text()) for tile in panel.all("div", class_="tile")]
        assert len(tiles) == len(ends(row))
        for tile, line in zip(tiles, ends(row), strict=True):
            effect = line.effect
            assert words(f"{drawn.numbers.effect(effect.estimate)} {drawn.numbers.interval(effect.low, effect.high)}") in tile
            assert words(grouped(effect.n)) in tile
        assert_known(panel, findings, row.moment, drawn)


def assert_known(panel: Element, findings: Findings, moment: Moment, drawn: Forest) -> None:
    """Every signed number of its sentences is an estimate or an end of an interval of this moment."""
    known = {
        drawn.numbers.effect(number)
        for effect in findings.question(drawn.question.id)[moment.name].effects
        for number in (effect.estimate, effect.low, effect.high)
    }
    said = " ".join(one.text() for one in panel.all("p", class_="gap") if "interval" in one.text())
    assert {number for number in SIGNED.findall(said) if number[0] in "+\u2212"} <= known
