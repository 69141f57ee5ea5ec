"""The card of a finding says what was asked, assumed and found, and adds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest

import momot
from momot.errors import QuestionError
from momot.findings import Findings
from momot.findings.card import ASSUMED, Card, card_of
from momot.findings.contract import Document
from tests.findings import documents

ANSWERS = [documents.episode, documents.survey, documents.experiment, documents.snapshot, documents.incidents, documents.untold]


def lines(card: Card, heading: str) -> str:
    (part,) = [part for part in card.parts if part.heading == heading]
    return "\n".join(part.lines)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_finding_has_a_card_with_all_parts_filled(answer: Callable[[], Document]) -> None:
    findings = Findings(answer())
    for moment in findings:
        card = card_of(moment, build=findings.document.build)
        assert all(part.lines and all(part.lines) for part in card.parts)
        assert all(line in lines(card, "Assumed") for line in ASSUMED[moment.evidence])
        assert len(lines(card, "Checks").splitlines()) == len(moment.checks)
        assert moment.question.estimand in lines(card, "Summary")


def test_an_association_speaks_of_no_cause() -> None:
    findings = Findings(documents.survey())
    text = " ".join(card_of(moment, build="b").to_text() for moment in findings).lower()
    assert "because" not in text
    assert "none about causes" in text


def test_what_cannot_be_told_has_no_estimate_and_says_what_would_settle_it() -> None:
    moment = next(moment for moment in Findings(documents.untold()) if moment.verdict == "not identifiable" and not moment.effects)
    card = card_of(moment, build="b")
    assert "no estimate" in lines(card, "Estimates")
    assert "We cannot tell" in lines(card, "Decision")
    assert lines(card, "What would settle more") != "Nothing that the checks know of."


def test_raw_and_calibrated_stand_side_by_side() -> None:
    document = documents.episode()
    name = document.effects[0].moment
    raw = [one for one in document.effects if one.moment == name and one.segment is None]
    calibrated = [msgspec.structs.replace(one, estimate=one.estimate * 0.9, calibrated=True) for one in raw]
    found = Findings(msgspec.structs.replace(document, effects=(*document.effects, *calibrated)))
    assert "holds chance alone" in lines(momot.card(Findings(document), name), "Assumed")
    assert "is like that of the touchpoints or controls" in lines(momot.card(found, name), "Assumed")
    text = lines(momot.card(found, name), "Estimates")
    assert text.count(", raw:") == text.count(", calibrated:") == len(raw)


def test_the_forms_say_the_same() -> None:
    findings = Findings(documents.episode())
    card = momot.card(findings, findings.moments[0].name)
    assert json.loads(card.to_json())["schema"] == "momot.card/1"
    for part in card.parts:
        assert f"## {part.heading}" in card.to_markdown()
        assert part.heading in card.to_text().splitlines()
        assert all(line in card.to_markdown() for line in part.lines)
    assert max(map(len, card.to_text(width=60).splitlines())) <= 60


def test_an_unknown_moment_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(QuestionError, match="Did you mean"):
        momot.card(Findings(documents.episode()), "delivery.promis")
