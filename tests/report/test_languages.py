"""The report in every language: nothing left in English but names and quotes, every number as the language writes it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import momot
from momot.findings import Findings
from momot.findings.told import told, unknown
from momot.language import LANGUAGES, language
from momot.report import render
from momot.report.dossier import Dossier
from tests.findings import documents
from tests.findings.documents import ALL
from tests.findings.test_credit import answered
from tests.language.messages import Messages, all_messages
from tests.language.pseudo import Unsaid, speak
from tests.report.pages import parse, words

FOREIGN = [code for code in LANGUAGES if code != "en"]


@cache
def messages() -> Messages:
    return all_messages()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """The demo shop with all that is known of it."""
    return momot.dossier(momot.open(momot.worlds.shop(Path(tmp_path_factory.mktemp("shop")))))


def english_left(text: str) -> list[str]:
    """Messages of some length that stand in a text as they are in English."""
    return [words(one) for one in messages().singles if len(one) > 14 and "{" not in one and words(one) in text]


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize("name", [name for name in ALL if name != "hostile"])
def test_no_message_is_left_in_english(name: str, code: str) -> None:
    root = parse(render(Findings(ALL[name]()), language=code))
    assert root.all("html")[0].attributes["lang"] == code
    text = words(root.all("title")[0].text() + root.all("body")[0].text().replace(root.all("script")[0].text(), ""))
    left = english_left(re.sub(r"payment \w+", "", text))
    assert left == []


@pytest.mark.parametrize("code", FOREIGN)
def test_the_whole_of_a_real_dossier_is_said_in_the_language(shop: Dossier, code: str) -> None:
    root = parse(render(shop, language=code))
    text = words(root.all("title")[0].text() + root.all("body")[0].text().replace(root.all("script")[0].text(), ""))
    assert english_left(text) == []
    for one in shop.findings:
        for check in one.checks:
            assert unknown(words(check.message).replace("`", "")) == [] or check.message[:1].islower(), check.message
    assert not re.search(r"\b(against|compared with|estimated|would)\b", re.sub(r"\S+[._@]\S+", "", text))


@pytest.mark.parametrize(
    ("code", "number", "headline"),
    [
        ("vi", "61.240", "8 trong 25 điểm chạm quyết định mua lại; 2 nữa có khả năng làm nó thay đổi"),
        ("et", "61\u00a0240", "25 kokkupuutepunkti, neist 8 otsustavad tulemuse „kordusost“; veel 2 tõenäoliselt mõjutavad seda"),
        ("cs", "61\u00a0240", "O výsledku „opakovaný nákup“ rozhoduje 8 z 25 kontaktních bodů; 2 další jím pravděpodobně hýbou"),
        ("id", "61.240", "8 dari 25 titik sentuh menentukan pembelian ulang; 2 lagi kemungkinan menggerakkannya"),
        ("th", "61,240", "8 จาก 25 จุดสัมผัส ตัดสิน การซื้อซ้ำ; อีก 2 น่าจะขยับสิ่งนี้"),
    ],
)
def test_headline_and_numbers(code: str, number: str, headline: str) -> None:
    root = parse(render(Findings(documents.shop()), language=code))
    assert words(root.all("h1")[0].text()) == words(headline)
    assert number in root.text()
    comma = language(code).written.point
    assert f"\u221212{comma}0" in root.text()


def test_a_sentence_of_a_check_is_said_anew_with_its_numbers_and_an_unknown_one_stays() -> None:
    said = told("1\u202f024 units at 'bad', compared with 2\u202f576 at 'not met'.", language("cs"))
    assert said == "1\u00a0024 jednotek ve stavu „špatně“, srovnáno s 2\u00a0576 ve stavu „bez setkání“."
    amount = told("Before the touch nothing differed surely: +0.12 (\u22122.93 to +3.17) percentage points in the four weeks before it, "
                  "'bad' against 'neutral'.", language("vi"))  # fmt: skip
    assert "+0,12 (\u22122,93 đến +3,17) điểm phần trăm" in amount
    assert told("Nobody wrote this. Enough units.", language("cs")) == "Nobody wrote this. Dostatek jednotek."
    assert unknown("Nobody wrote this. Enough units.") == ["Nobody wrote this."]


def test_names_with_digits_are_no_numbers() -> None:
    said = told("Some of it is left when what comes after is held (delivery.v1.2@smot, app 3.0).", language("cs"))
    assert "(delivery.v1.2@smot, app 3.0)" in said


def test_hostile_names_are_text_in_every_language() -> None:
    for code in FOREIGN:
        root = parse(render(Findings(ALL["hostile"]()), language=code))
        assert "<script>alert(1)</script>" in root.all("body")[0].text()
        assert len(root.all("script")) == 1


@pytest.mark.parametrize(
    ("estimate", "half", "finding"),
    [
        (0.03, 0.01, {}),
        (0.03, 0.01, {"verdict": "moment", "evidence": "B"}),
        (-0.03, 0.01, {"verdict": "likely", "evidence": "B"}),
        (-0.03, 0.01, {}),
        (0.005, 0.02, {"verdict": "no evidence", "rank": None, "label": None}),
        (0.005, 0.05, {"verdict": "no evidence", "rank": None, "label": None}),
        (0.06, 0.01, {"verdict": "no evidence", "rank": None, "label": None}),
    ],
)
def test_credit_is_said_in_the_language(estimate: float, half: float, finding: dict[str, object]) -> None:
    found = answered(estimate=estimate, half=half, **finding)
    for row in found.credit[0].moments:
        assert unknown(row.sentence) == []
    section = parse(render(found, language="cs")).all("section", id="credit")[0]
    assert "Markovova podílu" in section.text()
    assert not re.search(r"\b(of|and|the|its)\b", section.text())


NAMES = re.compile(r"\S*[@._/<>=\[\]]\S*|[A-Z]{2,5}|<?[ZFSU]MOT")
ENGLISH = {"of", "and", "is", "was", "were", "are", "against", "with", "no", "not", "people", "met", "it", "by", "than", "for", "needed"}


@pytest.mark.parametrize("name", ["episode", "survey", "experiment", "snapshot", "untold", "several"])
def test_what_is_not_said_is_data_or_marked_as_english(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a language in which every message is marked. Whatever is said there is in the catalogs."""
    catalog = speak(monkeypatch)
    page = Unsaid(render(Findings(ALL[name]()), language="et"))
    left = {word.strip(".,:;()").lower() for word in page.found if not NAMES.fullmatch(word.strip(",.:;()"))}
    assert left & ENGLISH == set()
    assert catalog.singles <= messages().singles
    assert catalog.plurals <= messages().plurals
