"""The report: self-contained, safe with any name, complete, and every number the one of the findings."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from importlib.resources import files

import msgspec
import pytest

from momot.findings import Findings
from momot.findings.forest import forest
from momot.findings.what_if import suppose, what_if
from momot.report import render
from tests.findings import documents
from tests.findings.documents import ALL
from tests.report.pages import Element, parse, words

CLAIMS = re.compile(r"\b(because|causes?|caused|decides?|makes|breaks|make or break)\b", re.IGNORECASE)
KB = 1000


def page(name: str) -> Element:
    return parse(render(Findings(ALL[name]())))


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_asked_of_the_network_and_nothing_runs_but_our_script(name: str) -> None:
    markup = render(Findings(ALL[name]()))
    root = parse(markup)
    assert not re.search(r"(https?:)?//[a-z]", re.sub(r"<script>.*?</script>", "", markup, flags=re.DOTALL))
    assert not root.all("img") + root.all("iframe") + root.all("object") + root.all("base") + root.all("form")
    assert [element.attributes for element in root.all("script") + root.all("style")] == [{}, {}]
    for element in root.all():
        for attribute, value in element.attributes.items():
            assert attribute != "style"
            assert not attribute.startswith("on")
            assert not value.lower().startswith("javascript:")
            if attribute in ("href", "src", "xlink:href"):
                assert value.startswith(("#", "data:,", "data:text/csv;")), value


@pytest.mark.parametrize("name", ["episode", "hostile", "closed"])
def test_the_policy_allows_exactly_this_style_and_this_script(name: str) -> None:
    markup = render(Findings(ALL[name]()))
    policy = parse(markup).all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        body = markup.split(f"<{tag}>", 1)[1].split(f"</{tag}>", 1)[0]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"


def test_no_template_or_script_carries_inline_style_handlers_or_eval() -> None:
    for folder in ("templates", "static"):
        for file in files("momot.report").joinpath(folder).iterdir():
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"\sstyle=|\son\w+=|javascript:|\beval\b|https?://|innerHTML|\|\s*safe", text), file.name


def test_hostile_names_are_text() -> None:
    root = page("hostile")
    text = root.all("body")[0].text()
    assert "<script>alert(1)</script>" in text
    assert '"><img src=x onerror=alert(1)>' in text
    assert "{{ 7 * 7 }}" in text
    assert "49" not in [part.strip() for part in text.split()]
    assert not set("\u202e\u202c\x1b\x07") & set(text)
    assert max(len(part) for part in text.split()) <= 200


@pytest.mark.parametrize(
    ("name", "most"), [("episode", 300 * KB), ("survey", 300 * KB), ("experiment", 300 * KB), ("shop", 300 * KB), ("hostile", 300 * KB)]
)
def test_the_report_stays_small(name: str, most: int) -> None:
    assert len(render(Findings(ALL[name]())).encode()) <= most


def test_two_hundred_touchpoints_stay_under_two_megabytes() -> None:
    markup = render(Findings(documents.shop(200)))
    assert len(markup.encode()) <= 2000 * KB
    assert len(parse(markup).all("article")) == 80


@pytest.mark.parametrize("name", ["survey", "snapshot", "incidents"])
def test_an_association_is_never_told_as_a_cause(name: str) -> None:
    body = page(name).all("main")[0].text()
    found = CLAIMS.search(body)
    assert found is None, body[found.start() - 60 : found.end() + 60]


@pytest.mark.parametrize("name", [name for name in ALL if name != "hostile"])
def test_everything_tested_refused_and_left_open_is_named(name: str) -> None:
    findings = Findings(ALL[name]())
    text = words(parse(render(findings)).all("main")[0].text())
    for question in findings.questions:
        assert words(question.headline) in text
        assert words(question.estimand) in text
    for moment in findings:
        assert moment.touchpoint in text
        if moment.decisive or moment.verdict == "not identifiable":
            assert all(words(check.message) in text for check in moment.checks if check.status in ("fail", "review"))
    for refused in findings.refused:
        assert refused.column in text
        assert words(refused.reason) in text
    for closed in findings.unanswerable:
        assert words(closed.reason) in text
    assert findings.document.momot in text


@pytest.mark.parametrize("name", [name for name in ALL if name != "hostile"])
def test_every_estimate_stands_with_its_interval_as_the_findings_have_it(name: str) -> None:
    findings = Findings(ALL[name]())
    root = parse(render(findings))
    cells = {words(cell.text()) for cell in root.all("td")}
    for question in findings.questions:
        numbers = forest(findings, question).numbers
        for moment in findings.question(question.id):
            if moment.decisive:
                for effect in moment.effects:
                    assert words(f"{numbers.effect(effect.estimate)} {numbers.interval(effect.low, effect.high)}") in cells
                    assert words(numbers.level(effect.mean)) in cells
    text = words(root.all("main")[0].text())
    assert "nan" not in text.lower().split()
    assert "None" not in text.replace("None of", "").split()


@pytest.mark.parametrize("name", ALL)
def test_links_lead_somewhere_and_ids_are_unique(name: str) -> None:
    root = page(name)
    ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for link in root.all("a"):
        target = link.attributes["href"]
        assert not target.startswith("#") or target[1:] in ids


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_accessible_as_far_as_markup_tells(name: str) -> None:
    root = page(name)
    assert root.all("html")[0].attributes["lang"] == "en"
    assert len(root.all("h1")) == len(root.all("main")) == 1
    assert words(root.all("title")[0].text())
    for svg in root.all("svg"):
        assert svg.attributes.get("aria-hidden") == "true" or (svg.attributes.get("role") in ("img", "group") and svg.all("title"))
    for table in root.all("table"):
        assert table.all("th")
        assert all(head.attributes.get("scope") == "col" for head in table.all("th"))
    for box in root.all("input"):
        assert root.all("label", for_=box.attributes["id"]) or box.attributes["id"] in [
            label.attributes.get("for") for label in root.all("label")
        ]
    levels = [int(element.tag[1]) for element in root.all() if re.fullmatch("h[1-4]", element.tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels


def test_folded_rows_are_in_the_same_table_as_the_ranked_ones() -> None:
    root = page("shop")
    table = root.all("div", class_="forest")[0].all("table")[0]
    bodies = table.all("tbody")
    assert len(bodies) == 3
    assert bodies[2].attributes["class"] == "quiet"
    widths = {svg.attributes["width"] for svg in table.all("svg", class_="fr")}
    assert widths == {"320"}
    assert len(bodies[0].all("tr")) == 10
    assert len(bodies[2].all("tr")) == 15
    columns = len(table.all("thead")[0].all("th"))
    assert all(len(row.all("td")) == columns for body in (bodies[0], bodies[2]) for row in body.all("tr"))


def test_more_than_ten_decisive_moments_are_folded_away() -> None:
    root = page("breaks")
    assert len(root.all("article")) == 12
    assert len(root.all("details")[0].all("article")) == 2


def test_several_questions_have_a_navigation() -> None:
    root = page("several")
    links = [link.attributes["href"] for link in root.all("nav")[0].all("a")]
    assert links == ["#q1", "#q2"]
    assert [words(section.all("h2")[0].text()) for section in root.all("section")] == [
        question.headline for question in documents.several().questions
    ]


def test_a_failed_check_of_the_question_stands_before_the_picture() -> None:
    root = page("experiment")
    assert len(root.all("div", class_="warn")) == 1
    spend = root.all("section")[1]
    blocks = [child for child in spend.children if isinstance(child, Element)]
    assert [block.attributes["class"] for block in blocks[:3]] == ["lead", "card warn", "hero"]
    assert "where equal thirds were planned" in words(blocks[1].text())


def test_the_csv_in_the_page_is_the_table_of_effects() -> None:
    findings = Findings(documents.episode())
    link = next(link for link in parse(render(findings)).all("a") if "download" in link.attributes)
    data = link.attributes["href"].split("base64,", 1)[1]
    assert base64.b64decode(data).decode() == findings.to_csv()


def test_the_same_findings_give_the_same_bytes() -> None:
    assert render(Findings(documents.several())) == render(Findings(documents.several()))


def test_what_if_has_a_section_of_its_own_and_is_quietly_absent() -> None:
    found = documents.episode()
    effect = msgspec.structs.replace(found.effects[0], per_month=40.0)
    changed = Findings(msgspec.structs.replace(found, effects=(effect, *found.effects[1:])))
    asked = {found.findings[0].touchpoint: -0.5}
    told = Findings(msgspec.structs.replace(changed.document, what_if=what_if(changed, suppose(asked))))
    (section,) = parse(render(told)).all("section", id="what-if")
    assert words(told.what_if[0].sentence) in words(section.text())
    assert words(told.what_if[0].sentence) in words(str(told))
    assert "What if" not in str(Findings(found))
    assert not page("episode").all("section", id="what-if")
