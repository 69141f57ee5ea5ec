"""Findings in a notebook: scoped, safe, the map where there is one, and a picture that stands alone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from momot.errors import QuestionError
from momot.findings import Findings
from tests.findings import documents
from tests.findings.documents import ALL
from tests.report.pages import parse, words


def test_an_answer_shows_its_map_and_its_forest() -> None:
    root = parse(Findings(documents.shop())._repr_html_())
    assert [svg.attributes["class"] for svg in root.all("svg")] == ["mk-map", "mk-figure"]
    assert documents.shop().questions[0].headline in root.text()


@pytest.mark.parametrize("name", ALL)
def test_rules_hold_for_the_answer_alone_and_names_are_text(name: str) -> None:
    found = Findings(ALL[name]())
    for markup in (found._repr_html_(), *(moment._repr_html_() for moment in found)):
        root = parse(markup)
        scope = root.all("div")[0].attributes["class"]
        style = root.all("style")[0].text()
        for rule in re.findall(r"([^{}@]+)\{", re.sub(r"@media[^{]+\{", "", style)):
            assert all(part.strip().startswith(f".{scope}") for part in rule.split(",")), rule
        assert not root.all("script")
        assert not root.all("img")


def test_two_answers_in_one_page_do_not_mix() -> None:
    scopes = {parse(Findings(ALL[name]())._repr_html_()).all("div")[0].attributes["class"] for name in ("shop", "episode", "several")}
    assert len(scopes) == 3


def test_one_finding_says_what_was_found_with_its_interval_and_checks() -> None:
    found = Findings(documents.shop())
    moment = found["ad.a"]
    root = parse(moment._repr_html_())
    text = words(root.text())
    assert "ad.a@stimulus" in text
    assert "\u221213.1 to \u221210.9" in text
    assert len(root.all("li")) == len(moment.checks)
    assert len(root.all("svg")) == 1


def test_what_can_not_be_told_has_words_and_no_picture() -> None:
    moment = next(one for one in Findings(documents.episode()) if one.verdict == "not identifiable")
    root = parse(moment._repr_html_())
    assert "We cannot tell" in root.text()
    assert not root.all("svg")


def test_the_map_is_a_picture_that_stands_alone(tmp_path: Path) -> None:
    picture = Findings(documents.shop()).map()
    tree = ET.fromstring(picture.svg)
    assert tree.attrib["class"] == "mk-map"
    assert all("class" not in element.attrib or element is tree for element in tree.iter())
    assert picture.save(tmp_path / "map.svg").read_text(encoding="utf-8") == str(picture) == picture._repr_html_()
    assert ET.fromstring(Findings(documents.quiet()).map().svg).attrib["class"] == "mk-figure"


def test_a_map_is_of_one_question() -> None:
    several = Findings(documents.several())
    with pytest.raises(QuestionError, match="say which"):
        several.map()
    assert several.map(several.questions[0].id).svg
    with pytest.raises(QuestionError, match="No question 'nothing'"):
        several.map("nothing")
