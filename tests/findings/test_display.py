"""The ranked table: golden at three widths, in ASCII, without colour; nothing in it can steer a terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from momot.findings import Findings
from momot.findings.cells import MARKS, axis_cell, axis_head, position
from momot.findings.display import table
from momot.findings.forest import ends, forest
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


EFFECTS = [
    ("delivery.promise", "−2.20", "−2.36 to −2.05"),
    ("support.first_reply", "−0.74", "−0.98 to −0.50"),
    ("support.first_reply", "+0.38", "+0.19 to +0.57"),
    ("basket.sellers", "−1.20", "−1.56 to −0.84"),
]


def lines_of(text: str, name: str) -> list[str]:
    """The lines of the table that begin with a rank and this name."""
    return [line for line in text.splitlines() if re.match(rf"\s*[\d–]+\s+{re.escape(name)}\s", line)]


@pytest.mark.parametrize("width", [80, 100, 120, 140, 200])
def test_a_moment_is_one_line_with_both_its_numbers_and_from_120_cells_with_their_intervals(width: int) -> None:
    text = table(Findings(documents.episode()), width=width)
    for name, number, interval in EFFECTS:
        (line,) = lines_of(text, name)
        assert number in line
        assert "Likely" in line
        assert (interval in line) == (width >= 120)
    assert ("intervals in numbers" in " ".join(text.split())) == (width < 120)


@pytest.mark.parametrize("cells", [17, 31, 61])
@pytest.mark.parametrize("name", ["episode", "survey", "snapshot", "incidents", "shop"])
def test_every_mark_stands_where_the_axis_has_its_number(name: str, cells: int) -> None:
    """Zero, the ends of each interval and its mark, read back from the cells of the line."""
    findings = Findings(ALL[name]())
    drawn = forest(findings, findings.questions[0])
    for row in drawn.decisive:
        cell = axis_cell(drawn, cells, ends(row), {"badly": "red", "well": "blue"}).plain
        assert len(cell) == cells
        assert cell[position(drawn, cells, 0.0)] in "│┼─▼▲▽△"
        for line in ends(row):
            first, last = sorted((position(drawn, cells, line.effect.low), position(drawn, cells, line.effect.high)))
            assert set(cell[first : last + 1]) <= set("─┼▼▲▽△")
            at = position(drawn, cells, line.effect.estimate)
            assert MARKS[line.side, line.solid] in cell[max(0, at - 1) : at + 2]


@pytest.mark.parametrize("cells", [17, 25, 61])
@pytest.mark.parametrize("name", ["episode", "survey", "experiment", "snapshot", "incidents", "breaks", "shop"])
def test_the_head_has_zero_and_at_least_one_tick_beside_it(name: str, cells: int) -> None:
    findings = Findings(ALL[name]())
    for question in findings.questions:
        labels = axis_head(forest(findings, question), cells).plain.split()
        assert "0" in labels
        assert len(labels) > 1


def test_two_estimates_in_one_cell_both_have_their_mark() -> None:
    effects = [documents.effect("a@smot", "break", -0.01, 0.5), documents.effect("a@smot", "make", 0.01, 0.4)]
    effects.append(documents.effect("b@smot", "break", -9.0, 0.5))
    found = [documents.finding(name, verdict="likely", label="breaks", rank=1) for name in "ab"]
    findings = Findings(documents.document([documents.question()], found, effects))
    drawn = forest(findings, findings.questions[0])
    cell = axis_cell(drawn, 17, ends(drawn.decisive[0]), {"badly": "red", "well": "blue"}).plain
    assert cell.index("▽") < cell.index("△")


def test_without_room_for_the_verdicts_they_are_counted_under_the_table() -> None:
    text = " ".join(table(Findings(documents.shop()), width=50).split())
    assert "8 moment of truth, 2 likely" in text


def test_what_would_have_shown_is_said_once_for_a_size_and_as_a_range_for_many() -> None:
    assert table(Findings(documents.shop()), width=140).count("would more likely than not have shown") == 1
    many = documents.shop()
    findings = [replace(one, detectable_effect=0.01 + 0.001 * i) for i, one in enumerate(many.findings)]
    text = " ".join(table(Findings(replace(many, findings=tuple(findings))), width=140).split())
    assert "Effects of 2.0 to 3.4 percentage points, by touchpoint, would more likely than not have shown" in text


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
    assert last == "momot card 'my shop' delivery.promise@smot  ·  momot report 'my shop' -o moments.html  ·  momot serve 'my shop'"
    narrow = table(Findings(documents.episode(), folder="my shop"), width=80).rstrip().splitlines()[-2:]
    assert narrow == ["momot card 'my shop' delivery.promise@smot", "momot report 'my shop' -o moments.html  ·  momot serve 'my shop'"]
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
