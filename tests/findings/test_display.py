"""The ranked table: golden at three widths, in ASCII, without colour; nothing in it can steer a terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from momot.findings import Findings
from momot.findings.display import table
from tests.findings import documents
from tests.findings.documents import ALL

GOLDEN = Path(__file__).parent / "golden"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
CLAIMS = re.compile(r"\b(because|causes?d?|decides?|makes|breaks|make or break)\b", re.IGNORECASE)


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("name", ["episode", "survey", "experiment", "snapshot", "incidents", "untold", "closed"])
def test_the_table_is_as_agreed(name: str, width: int) -> None:
    """`UPDATE_GOLDEN=1` writes the files anew: read the difference before you commit it."""
    path, text = GOLDEN / f"{name}-{width}.txt", table(Findings(ALL[name]()), width=width)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 140, 200])
@pytest.mark.parametrize("name", ALL)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    for line in table(Findings(ALL[name]()), width=width).splitlines():
        assert cell_len(line) <= width, line


@pytest.mark.parametrize("name", ALL)
def test_without_colour_there_is_no_escape_and_with_colour_the_same_text(name: str) -> None:
    findings = Findings(ALL[name]())
    plain = table(findings, width=120)
    assert "\x1b" not in plain
    coloured = table(findings, width=120, color=True)
    assert [line.rstrip() for line in ESCAPES.sub("", coloured).splitlines()] == plain.splitlines()
    assert name in ("closed", "untold", "quiet") or "\x1b[" in coloured


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1250"])
@pytest.mark.parametrize("name", ["episode", "survey", "snapshot", "hostile"])
def test_a_stream_that_is_not_utf8_gets_ascii_marks(name: str, encoding: str) -> None:
    text = table(Findings(ALL[name]()), width=120, encoding=encoding)
    text.encode(encoding)
    assert "V" in text or "A" in text
    assert not set("▼▲▽△─│┼·−…±") & set(text)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_every_number_of_a_decisive_effect_stands_with_its_interval(width: int) -> None:
    text = table(Findings(documents.episode()), width=width)
    for number, interval in [
        ("−2.20", "−2.36 to −2.05"),
        ("−0.74", "−0.98 to −0.50"),
        ("+0.38", "+0.19 to +0.57"),
        ("−1.20", "−1.56 to −0.84"),
    ]:
        line = next(line for line in text.splitlines() if number in line)
        assert interval in line


@pytest.mark.parametrize("name", ["survey", "snapshot", "incidents"])
@pytest.mark.parametrize("width", [80, 140])
def test_an_association_is_never_told_as_a_cause(name: str, width: int) -> None:
    shown = table(Findings(ALL[name]()), width=width)
    assert CLAIMS.search(shown) is None


def test_what_is_refused_unanswerable_and_untold_is_named_with_its_reason() -> None:
    text = " ".join(table(Findings(documents.episode()), width=140).split())
    assert "7 others don’t decide: 3 no evidence, 2 we cannot tell, 2 too small to matter." in text
    assert "delivery.parcel@smot: Cannot be separated from delivery.promise" in text
    assert "days_to_arrival: dated after the outcome (0.780)" in text
    assert "repurchase can’t be answered: 2 of 3 970 people bought a second time" in text


def test_a_failed_check_of_the_question_is_loud() -> None:
    text = table(Findings(documents.experiment()), width=140)
    assert "✗ sample ratio: 21 306, 21 307 and 21 387 people" in text


def test_the_last_line_names_the_next_commands_with_the_folder() -> None:
    last = table(Findings(documents.episode(), folder="my shop"), width=140).rstrip().splitlines()[-1]
    assert last == "momot report 'my shop' -o moments.html  ·  momot find 'my shop' --format json"
    assert table(Findings(documents.closed()), width=80).rstrip().endswith("momot check")


def test_tied_findings_share_their_ranks() -> None:
    text = table(Findings(documents.survey()), width=120)
    assert text.count("1–3 ") == 3
    assert "equal ranks can’t be told apart" in " ".join(text.split())


def test_control_and_direction_marks_in_names_do_nothing() -> None:
    text = table(Findings(documents.hostile()), width=120)
    assert not set("\x1b\x07\u202e\u202c\x9b") & set(text)
    assert max(map(len, text.splitlines())) <= 130


def test_printing_is_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    findings = Findings(documents.episode())
    assert str(findings) == repr(findings) == table(findings, width=100)
