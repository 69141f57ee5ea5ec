"""Headlines and sentences: as much as the evidence allows and no more."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.findings import Findings
from momot.findings.forest import forest
from momot.findings.sentences import detectable_sentence, headline, listed, moment_sentence, sentence, sub_line, unidentified_reason
from momot.vocabulary.words import VERDICTS, Verdict
from tests.findings import documents
from tests.findings.documents import ALL

NONE: list[Verdict] = ["no evidence"]


@pytest.mark.parametrize(
    ("design", "evidence", "verdicts", "words"),
    [
        ("episode", "B", ["moment"] * 10 + NONE * 15, "10 of 25 touchpoints decide opinion"),
        ("episode", "B", ["likely"] + NONE * 5, "1 of 6 touchpoints is likely to move opinion"),
        (
            "episode",
            "B",
            ["moment", "moment", "likely", "association", *NONE],
            "2 of 5 touchpoints decide opinion; 1 more is likely to move it; 1 more is associated with it",
        ),
        ("survey", "C", ["association"] * 3 + NONE * 9, "3 of 12 touchpoints are associated with opinion"),
        ("experiment", "A", ["moment", "moment"], "2 of 2 arms change opinion"),
        ("experiment", "A", ["moment"], "1 of 1 arm changes opinion"),
        ("episode", "B", NONE * 4, "None of 4 touchpoints was found to move opinion"),
        ("survey", "C", NONE * 4, "None of 4 touchpoints was found to go with opinion"),
        ("episode", "B", ["too small to matter"] * 4, "None of 4 touchpoints moves opinion enough to matter"),
        ("episode", "B", ["not identifiable"] * 3, "We cannot tell which touchpoints move opinion"),
        ("survey", "C", ["not identifiable"] * 3, "We cannot tell which touchpoints go with opinion"),
        ("episode", "B", [], "Nothing could be tested for opinion"),
    ],
)
def test_headlines(design: str, evidence: str, verdicts: list[Verdict], words: str) -> None:
    assert headline(outcome="opinion", design=design, evidence=evidence, verdicts=verdicts) == words  # type: ignore[arg-type]


def test_a_condition_is_never_called_a_touchpoint() -> None:
    words = headline(outcome="churn", design="snapshot", evidence="C", verdicts=["association"], kinds=["condition"])
    assert words == "1 of 1 condition is associated with churn"
    mixed = headline(outcome="churn", design="snapshot", evidence="C", verdicts=["association", *NONE], kinds=["condition", "interaction"])
    assert mixed == "1 of 2 touchpoints and conditions is associated with churn"


@given(st.lists(st.sampled_from([verdict for verdict in VERDICTS if verdict not in ("moment", "likely")]), max_size=30))
def test_evidence_c_is_never_told_as_a_cause(verdicts: list[Verdict]) -> None:
    words = headline(outcome="overall_rating", design="survey", evidence="C", verdicts=verdicts)
    assert not re.search("because|cause|decide|change|move|make|break|raise|lower", words)
    assert "overall rating" in words


@pytest.mark.parametrize("name", ALL)
def test_sentences_keep_to_the_evidence(name: str) -> None:
    findings = Findings(ALL[name]())
    for question in findings.questions:
        numbers = forest(findings, question).numbers
        for moment in findings.question(question.id):
            words = moment_sentence(moment, numbers)
            assert words
            assert words[-1] in ".!?"
            if moment.evidence == "C":
                assert not re.search(r"\b(because|causes?|decides?|raised|lowered|does to)\b", words)
            if moment.decisive:
                assert words.count("95\u00a0% interval") == len(moment.main_effects) > 0


def test_an_effect_names_reference_interval_and_cases() -> None:
    findings = Findings(documents.episode())
    numbers = forest(findings, findings.questions[0]).numbers
    assert moment_sentence(findings["delivery.promise"], numbers).replace("\u00a0", " ").replace("\u202f", " ") == (
        "Where delivery.promise goes badly, opinion is estimated to be 2.20 stars lower than where it goes well "
        "(95 % interval −2.36 to −2.05; 363 episodes against 3 609)."
    )


def test_an_experiment_may_say_that_it_changed_the_outcome() -> None:
    findings = Findings(documents.experiment()).question("visit")
    numbers = forest(findings, findings.questions[0]).numbers
    assert moment_sentence(findings["email.mens"], numbers).startswith(
        "email.mens raised visit by 7.66\u00a0percentage points against No E-Mail"
    )


def test_we_can_not_tell_says_which_gate_and_no_evidence_what_could_have_shown() -> None:
    findings = Findings(documents.episode())
    numbers = forest(findings, findings.questions[0]).numbers
    assert unidentified_reason(findings["checkout.order"]) == "Only 11 episodes met it, 30 are needed."
    assert moment_sentence(findings["checkout.order"], numbers).startswith("We cannot tell what checkout.order does to opinion.")
    assert "0.21\u00a0stars or more" in detectable_sentence(findings["site.search"], numbers)
    assert "lies within ±0.1\u00a0stars" in moment_sentence(findings["mail.welcome"], numbers)


def test_the_line_under_the_headline() -> None:
    words = sub_line(documents.episode().questions[0]).replace("\u00a0", " ").replace("\u202f", " ")
    assert words == "Opinion, stars · 3 970 people · 3 972 episodes · 2016-10-09 to 2018-08-31 · 95 % intervals"


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abcdefgh"), "a, b, c, d, e and 3 more")]
)
def test_lists(names: list[str], words: str) -> None:
    assert listed(names) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("only 11 met it", "Only 11 met it."),
        ("support.call is `late`", "support.call is late."),
        ("", ""),
        ("is it so?", "Is it so?"),
        ("4,188 of 5,888 (71%)", "4\u202f188 of 5\u202f888 (71\u00a0%)."),
    ],
)
def test_messages_become_sentences(text: str, words: str) -> None:
    assert sentence(text) == words


def test_every_mix_of_verdicts_has_a_headline() -> None:
    for verdicts in itertools.product(VERDICTS, repeat=2):
        assert headline(outcome="x", design="episode", evidence="B", verdicts=verdicts)
