"""What if: the grammar and its complaints, numbers that are those of what is at stake, words that fit the evidence."""

from __future__ import annotations

import pytest

from momot.errors import QuestionError
from momot.findings import Findings
from momot.findings.what_if import Supposed, expect, suppose, what_if
from tests.findings import documents


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["delivery.promise=-50%"], Supposed("delivery.promise", None, -0.5)),
        (["delivery.promise = +20 %"], Supposed("delivery.promise", None, 0.2)),
        (["delivery.promise=bad:0%"], Supposed("delivery.promise", "bad", -1.0)),
        (["support.call@smot=touches:\u221210%"], Supposed("support.call@smot", "touches", -0.1)),
        (["visits=3-:80%"], Supposed("visits", "3-", 0.8 - 1)),
        ({"delivery.promise": -0.5}, Supposed("delivery.promise", None, -0.5)),
        ({"delivery.promise": "good:+5%"}, Supposed("delivery.promise", "good", 0.05)),
    ],
)
def test_a_supposition_is_a_moment_and_a_change(asked, expected):
    assert suppose(asked) == (expected,)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (["delivery.promise"], "MOMENT=-50%"),
        (["delivery.promise=-50"], "'-50' is no change: write -50%"),
        (["delivery.promise=-150%"], "Less than none is not possible"),
        (["delivery.promise=bad:100%"], "That is no change"),
        ({"delivery.promise": -2}, "-0.5 for half as many"),
    ],
)
def test_what_is_no_change_is_said(asked, complaint):
    with pytest.raises(QuestionError, match=complaint.replace("+", r"\+")):
        suppose(asked)


def test_an_unknown_moment_names_the_nearest():
    with pytest.raises(QuestionError, match=r"'delivery\.promis'\? No moment .* Did you mean 'delivery\.promise'"):
        expect(suppose(["delivery.promis=-50%"]), [("delivery.promise@smot", "delivery.promise")])


def found(*, verdict="likely", evidence="B", checks=documents.PASSED, estimate=-0.5, half=0.2, per_month=100.0):
    """One moment: 100 of them go badly a month, each costs 0.5 (0.3 to 0.7) stars."""
    finding = documents.finding("delivery.promise", verdict=verdict, evidence=evidence, checks=checks)
    effect = documents.effect("delivery.promise@smot", "bad-good", estimate, half, per_month=per_month)
    return Findings(documents.document([documents.question()], [finding], [effect]))


def test_half_as_many_bad_ones_bring_half_of_what_they_cost():
    (one,) = what_if(found(), suppose({"delivery.promise": -0.5}))
    assert (one.people, one.estimate, one.low, one.high) == pytest.approx((-50.0, 25.0, 15.0, 35.0))
    assert (one.what, one.unit) == ("bad", "stars a month")
    assert "is estimated to change by +25 stars a month" in one.sentence


def test_an_association_forecasts_nothing():
    (one,) = what_if(found(evidence="C", verdict="association"), suppose({"delivery.promise": -0.5}))
    assert "no forecast" in one.sentence
    for cause in ("because", "cause", "would change", "estimated to change", "bring"):
        assert cause not in one.sentence


def test_what_cannot_be_told_is_refused_with_its_reason():
    (one,) = what_if(found(verdict="not identifiable", checks=(documents.INSEPARABLE,)), suppose({"delivery.promise": -0.5}))
    assert (one.estimate, one.low, one.high, one.people) == (None,) * 4
    assert one.sentence.startswith("We cannot tell")
    assert "Cannot be separated" in one.sentence
    (timeless,) = what_if(found(per_month=None), suppose({"delivery.promise": -0.5}))
    assert "carry no time" in timeless.sentence


def test_a_level_that_is_not_there_names_those_that_are():
    with pytest.raises(QuestionError, match=r"It has no '5'.*It has: bad"):
        what_if(found(), suppose(["delivery.promise=5:-10%"]))


def test_nothing_found_says_what_it_may_come_to():
    (one,) = what_if(found(verdict="no evidence", estimate=0.1), suppose({"delivery.promise": -0.5}))
    assert "nothing was found" in one.sentence
    assert "\u221215 to +5" in one.sentence


@pytest.mark.parametrize(
    ("q", "verdict", "said"), [(0.5, "no evidence", "nothing was found"), (None, "not identifiable", "We cannot tell")]
)
def test_what_the_verdict_does_not_speak_of_has_its_own(q, verdict, said):
    """A panel found how it went; having met it at all is another test, and borrows nothing."""
    moment = "delivery.promise@smot"
    effects = [
        documents.effect(moment, "bad-good", -0.5, 0.2, per_month=100.0, q_value=0.01),
        documents.effect(moment, "presence", 0.5, 0.2, per_month=400.0, q_value=q, level="met", reference="not met"),
    ]
    finding = documents.finding("delivery.promise", verdict="moment", label="breaks")
    findings = Findings(documents.document([documents.question(design="panel")], [finding], effects))
    went, met = what_if(findings, suppose(["delivery.promise=bad:0%", "delivery.promise=touches:-50%"]))
    assert went.verdict == "moment"
    assert met.verdict == verdict
    assert said in met.sentence
