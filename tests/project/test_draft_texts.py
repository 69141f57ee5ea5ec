"""Drafts of what people say."""

from __future__ import annotations

from pathlib import Path

import pytest

from momot.project import parse
from momot.project.draft import draft

WORDS = ("the parcel never came and nobody answers", "quick and friendly and we thank you all", "why is the app so slow since monday")


def _drafted(tmp_path: Path, header: str, row: str, rows: int = 60) -> str:
    lines = []
    for number in range(rows):
        said = f"{WORDS[number % 3]} {number}"
        lines.append(row.format(number=number, day=number % 27 + 1, words=said, stars=number % 5 + 1))
    (tmp_path / "said.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return draft(tmp_path).text


def test_words_beside_an_opinion_are_its_text(tmp_path: Path) -> None:
    text = _drafted(tmp_path, "customer_id,answered_at,stars,comment", "c{number},2024-01-{day:02d} 10:00:00,{stars},{words}")
    assert parse(text).opinions[0].text == "comment"


def test_words_of_nobody_are_texts(tmp_path: Path) -> None:
    text = _drafted(tmp_path, "written_at,body", "2024-01-{day:02d} 10:00:00,{words}")
    (said,) = parse(text).texts
    assert (said.at, said.text, said.person) == ("written_at", "body", None)


@pytest.mark.parametrize("values", ["yes", "north west"])
def test_a_few_answers_are_no_words(tmp_path: Path, values: str) -> None:
    text = _drafted(tmp_path, "customer_id,answered_at,stars,comment", f"c{{number}},2024-01-{{day:02d}} 10:00:00,{{stars}},{values}")
    assert parse(text).opinions[0].text is None


def test_words_of_a_ticket_are_said_when_it_begins(tmp_path: Path) -> None:
    text = _drafted(tmp_path, "ticket_id,opened_at,complaint", "T{number},2024-01-{day:02d} 10:00:00,{words}")
    assert "complaint" in [block.text for block in parse(text).interactions]
