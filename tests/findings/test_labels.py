"""The words of the closed lists: each has one, and names can't steer what shows them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot import vocabulary
from momot.findings import Findings, labels
from momot.findings.forest import label_of
from momot.vocabulary import words
from tests.findings import documents


@pytest.mark.parametrize(
    ("table", "closed"),
    [
        (labels.STAGE_CODES, words.STAGES),
        (labels.STAGE_WORDS, words.STAGES),
        (labels.VERDICT_WORDS, words.VERDICTS),
        (labels.LABEL_WORDS, words.LABELS),
        (labels.ASSOCIATION_WORDS, words.LABELS),
        (labels.CHECK_WORDS, words.CHECKS),
        (labels.RULE_WORDS, words.RULES),
        (labels.UNANSWERABLE_WORDS, words.UNANSWERABLE),
        (labels.COST_WORDS, words.COST_VERDICTS),
        (labels.READING_WORDS, words.CREDIT_READINGS),
        (labels.EVIDENCE_WORDS, ("A", "B", "C")),
        (labels.EVIDENCE_SENTENCES, ("A", "B", "C")),
    ],
)
def test_every_closed_word_has_its_words(table: dict[str, str], closed: tuple[str, ...]) -> None:
    assert tuple(table) == closed
    assert all(table.values())


def test_designs_have_words() -> None:
    designs = set(vocabulary.words.get_args(vocabulary.DesignName))
    assert set(labels.DESIGN_WORDS) == set(labels.UNIT_NOUNS) == designs


@pytest.mark.parametrize(
    ("evidence", "estimate", "better", "said"),
    [
        ("B", -0.4, "higher", "Being there hurts"), ("B", 0.4, "higher", "Being there helps"), ("B", 0.4, "lower", "Being there hurts"),
        ("C", -0.4, "higher", "Goes with worse"), ("C", -0.4, "lower", "Goes with better"),
    ],
)  # fmt: skip
def test_a_presence_says_which_way(evidence: str, estimate: float, better: str, said: str) -> None:
    found = documents.finding("a", verdict="likely", label="presence", evidence=evidence, rank=1)
    effect = documents.effect("a@smot", "presence", estimate, 0.1, reference="not met")
    moment = Findings(documents.document([documents.question(better=better)], [found], [effect]))["a"]
    assert label_of(moment) == said


def test_an_arm_needs_no_label() -> None:
    assert label_of(Findings(documents.experiment()).question("visit")["email.mens"]) == ""


@pytest.mark.parametrize(
    ("changes", "code", "line"),
    [
        ({"stage": "smot", "channel": "in_person"}, "SMOT", "SMOT Use · in person"),
        ({"stage": "stimulus"}, "<ZMOT", "<ZMOT Stimulus"),
        ({"stage": None, "kind": "condition"}, "condition", "Condition"),
        ({"stage": None, "kind": "arm"}, "arm", "Arm"),
    ],
)
def test_stages_and_what_has_none(changes: dict[str, str], code: str, line: str) -> None:
    found = documents.finding("a", **changes)
    assert labels.stage_code(found) == code
    assert labels.stage_line(found) == line


@given(st.text())
def test_printable_text_steers_nothing(text: str) -> None:
    shown = labels.printable(text)
    assert all(letter in labels.JOINERS or unicodedata.category(letter) not in labels.STEERING for letter in shown)
    assert shown == shown.strip()
    assert labels.printable(shown) == shown
    assert len(labels.printable(text, 10)) <= 10
