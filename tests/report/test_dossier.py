"""What stands beside findings in a report: journeys, the two loops, trials; absent where it is not known."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import momot
from momot.findings import Findings
from momot.findings.findings import Moment
from momot.findings.numbers import numbers_of
from momot.report import render
from momot.report.around import around
from momot.report.dossier import Dossier
from momot.report.facts import journey_part
from momot.report.next_steps import next_steps
from tests.findings import documents
from tests.report.pages import parse, words


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """The demo shop with all that is known of it."""
    return momot.dossier(momot.open(momot.worlds.shop(Path(tmp_path_factory.mktemp("shop")))))


def test_a_dossier_has_the_findings_of_the_same_question_and_a_trial_of_every_decisive_moment(told: Dossier) -> None:
    decisive = {moment.name for moment in told.findings if moment.decisive}
    assert {proposal.moment for proposal in told.proposals} == decisive
    assert told.journey is not None
    assert told.funnel is not None


def test_the_report_of_a_dossier_tells_people_loops_facts_and_trials_with_their_numbers(told: Dossier) -> None:
    root = parse(render(told))
    text = words(root.all("main")[0].text())
    assert told.journey is not None
    again = told.journey["repurchase_share"]
    assert f"of {again.n:,} buyers have bought again".replace(",", " ") in text
    assert "Loyalty loop:" in text
    known = around(told.journey)
    assert all(f"{people:,}".replace(",", "\u202f") in root.all("main")[0].text() for people in known.stages.values())
    proposal = next(one for one in told.proposals if one.units)
    assert f"Randomise {proposal.units:,} people".replace(",", " ") in text
    assert not root.all("main")[0].text().count("/tmp")


def test_the_same_dossier_gives_the_same_bytes(told: Dossier) -> None:
    assert render(told) == render(told)


def test_findings_alone_say_nothing_of_journeys_and_name_the_command_that_plans() -> None:
    root = parse(render(Findings(documents.shop())))
    assert not root.all("section", id="journey")
    assert "momot plan ad.a@stimulus" in [code.text() for code in root.all("code")]
    assert journey_part(None, None, momot.language.ENGLISH) is None


def _steps(name: str, moment: str) -> list[str]:
    findings = Findings(documents.ALL[name]())
    found: Moment = next(one for one in findings if one.touchpoint == moment)
    return [step.words for step in next_steps(found, findings, (), numbers_of(found.question, found.effects))]


def test_what_to_do_follows_from_what_was_found() -> None:
    assert any("go badly less often: it did 2\u202f100 times, 21\u00a0% of those compared" in words for words in _steps("shop", "ad.a"))
    both = _steps("shop", "review.a")
    assert any("go badly less often" in words for words in both)
    assert any("go well more often" in words for words in both)


def test_an_arm_that_does_better_is_used_and_one_that_does_worse_is_not() -> None:
    assert _steps("experiment", "email.mens") == ["Use email.mens instead of No E-Mail."]
    document = documents.experiment()
    turned = [msgspec.structs.replace(one, estimate=-one.estimate, low=-one.high, high=-one.low) for one in document.effects]
    findings = Findings(msgspec.structs.replace(document, effects=tuple(turned)))
    moment = next(one for one in findings if one.touchpoint == "email.mens")
    said = next_steps(moment, findings, (), numbers_of(moment.question, moment.effects))
    assert [step.words for step in said] == ["Keep No E-Mail, and do not use email.mens."]


def test_a_share_is_told_only_where_the_others_are_known() -> None:
    assert any(
        words.endswith("go badly less often: it did 363 times.") for words in _steps("hostile", documents.hostile().findings[0].touchpoint)
    )


@pytest.mark.parametrize("name", ["survey", "snapshot", "incidents"])
def test_an_association_is_followed_by_a_question_and_never_by_an_act(name: str) -> None:
    findings = Findings(documents.ALL[name]())
    for moment in findings:
        if moment.decisive and moment.evidence == "C":
            steps = next_steps(moment, findings, (), numbers_of(moment.question, moment.effects))
            assert steps
            assert {step.kind for step in steps} == {"ask"}
