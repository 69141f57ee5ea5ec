"""Languages: sentences with plural forms, numbers and dates as they are written, text that stays text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from markupsafe import Markup

from momot.errors import QuestionError
from momot.language import ENGLISH, LANGUAGES, language

VI, ET, CS, ID, TH = (language(code) for code in ("vi", "et", "cs", "id", "th"))


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        (ENGLISH, ("61\u202f240", "\u22120.50", "1\u202f234")),
        (VI, ("61.240", "\u22120,50", "1.234")),
        (ET, ("61\u00a0240", "\u22120,50", "1\u00a0234")),
        (CS, ("61\u00a0240", "\u22120,50", "1\u00a0234")),
        (ID, ("61.240", "\u22120,50", "1.234")),
        (TH, ("61,240", "\u22120.50", "1,234")),
    ],
)
def test_numbers_are_those_of_the_cldr_with_a_true_minus(speaker: object, expected: tuple[str, str, str]) -> None:
    said = language(getattr(speaker, "code"))  # noqa: B009  of whatever language
    assert (said.grouped(61_240), said.grouped(-0.5, 2), said.grouped(1234)) == expected
    assert said.grouped(-0.001, 2).lstrip("-\u2212").startswith("0")
    assert said.grouped(float("nan")) == "\u2013"


def test_per_cent_stands_where_the_language_puts_it() -> None:
    assert [speaker.percent("17") for speaker in (ENGLISH, VI, CS)] == ["17\u00a0%", "17%", "17\u00a0%"]


def test_czech_counts_in_three_forms_and_vietnamese_in_one() -> None:
    assert [CS.says("{n} day", "{n} days", n) for n in (1, 2, 5)] == ["1 den", "2 dny", "5 dnů"]
    assert [ET.says("{n} day", "{n} days", n) for n in (1, 2)] == ["1 päev", "2 päeva"]
    assert [VI.says("{n} day", "{n} days", n) for n in (1, 2)] == ["1 ngày", "2 ngày"]
    assert [ENGLISH.says("{n} day", "{n} days", n) for n in (1, 2, 1000)] == ["1 day", "2 days", "1\u202f000 days"]


def test_days_are_written_as_the_language_writes_them() -> None:
    assert ENGLISH.days("2026-07-01", "2026-09-30") == "2026-07-01 to 2026-09-30"
    assert CS.day("2026-09-03T10:00") == "3. 9. 2026"
    assert "2026" in TH.days("2026-07-01", "2026-09-30")


def test_what_a_catalog_lacks_is_said_in_english() -> None:
    assert CS.say("nobody says this {n}", n=3) == "nobody says this 3"
    assert not CS.knows("nobody says this {n}")
    assert CS.knows("Makes")


def test_values_with_braces_and_tags_are_text() -> None:
    hostile = "<b>{n}</b>"
    assert CS.say("Where {name} goes badly", name=hostile) == f"Kde {hostile} dopadne špatně"
    marked = CS.say("Where {name} goes badly", name=Markup("<b>x</b>"))
    assert marked == "Kde <b>x</b> dopadne špatně"
    assert isinstance(marked, Markup)


def test_an_unknown_language_names_those_there_are() -> None:
    with pytest.raises(QuestionError, match="momot does not speak 'vn'"):
        language("vn")
    assert list(LANGUAGES) == ["en", "vi", "et", "cs", "id", "th"]


def test_english_needs_no_babel() -> None:
    loaded = "any(name.startswith('babel') for name in sys.modules)"
    code = f"import sys, momot.language as l; l.ENGLISH.says('{{n}} day', '{{n}} days', 3); assert not {loaded}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
