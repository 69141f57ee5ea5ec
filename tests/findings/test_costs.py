"""What an effect costs: an interval, a bound or nothing, never a ratio whose sign flips; whether it pays back."""

from __future__ import annotations

from typing import Any

import pytest

from momot.credit.costs import Costs, Spent, Worth
from momot.designs import Ask
from momot.findings import Findings
from momot.findings.contract import Amount, Cost
from momot.findings.costs import cost_per_effect, with_costs, worth_sentence
from momot.findings.display import table
from momot.project.schema import Outcome
from momot.report import render
from momot.stats.intervals import Interval
from tests.findings import documents
from tests.report.pages import parse


def amount(estimate: float, error: float) -> Interval:
    return Interval(estimate, error, estimate - 1.96 * error, estimate + 1.96 * error, 0.01)


WORTH = Worth(500, 1000, 90.0, amount(40, 1), amount(0.5, 0.01), amount(80, 2), amount(20, 1), amount(25, 0.1), 400)


def costed(
    estimate: float, half: float, *, each: float = 1.0, activity: str = "order_placed", better: str = "higher", **outcome: Any
) -> Cost:
    """The cost of one moment whose touches cost `each`, with an effect of having met it."""
    unit = "EUR" if outcome.get("value") is True else "share"
    question = documents.question(id="o", outcome="o", unit=unit, design="panel", within_days=30.0, better=better)
    finding = documents.finding("ads.video", question="o", verdict="likely", label="presence", rank=1)
    effects = [
        documents.effect("ads.video@smot", "presence", estimate, half, question="o", reference="not met", days=(0.0, 30.0)),
        documents.effect("ads.video@smot", "presence", estimate / 2, half / 2, question="o", reference="not met", days=(0.0, 7.0)),
        documents.effect("ads.video@smot", "presence", estimate * 9, half, question="o", reference="not met", days=(0.0, 90.0)),
    ]
    spent = {"person": {"ads.video@smot": Spent(12, 10, 10 * each), "free@smot": Spent(1, 1, 0.0)}}
    costs = Costs("EUR", 5.0, spent, frozenset({"order_placed"}), WORTH)
    ask = Ask("o", "panel", unit, better, None, 30.0, Outcome(name="o", activity=activity, per="person", **outcome))  # type: ignore[arg-type]
    findings = with_costs(Findings(documents.document([question], [finding], effects)), costs, [ask])
    (cost,) = findings.costs
    assert findings.document.worth is not None
    assert (cost.touches, cost.each, cost.per_month) == (12, each, 2 * each)
    for face in (table(findings, width=100), parse(render(findings)).text()):
        assert "What it costs, what it brings" in face
    assert Findings.from_json(findings.to_json()).document == findings.document
    return cost


def test_fieller_with_a_known_numerator() -> None:
    assert cost_per_effect(2.0, Interval(0.2, 0.05, 0.1, 0.4, 0.0)) == Amount(estimate=10.0, low=5.0, high=20.0)
    assert cost_per_effect(2.0, Interval(-0.1, 0.1, -0.3, 0.1, 0.5)) == Amount(estimate=None, low=20.0, high=None)
    assert cost_per_effect(2.0, Interval(-0.2, 0.05, -0.3, -0.1, 0.0)) is None


def test_it_pays_back_where_even_the_lower_end_covers_the_cost() -> None:
    cost = costed(0.10, 0.02)
    assert cost.per_effect == Amount(estimate=pytest.approx(10.0), low=pytest.approx(1 / 0.12), high=pytest.approx(1 / 0.08))
    assert cost.brings is not None
    assert cost.brings.estimate == pytest.approx(4.0)  # 0.1 purchases of 40
    assert cost.returns is not None
    assert cost.returns.estimate == pytest.approx(4.0)
    assert (cost.verdict, cost.payback_days) == ("pays back", 7.0)
    assert "One o more costs 10.00\u00a0EUR (8.33 to 12.50)." in cost.sentence
    assert "which pays back, within 7 days" in cost.sentence


def test_it_does_not_pay_back_or_nobody_can_tell() -> None:
    dear = costed(0.10, 0.02, each=6.0)
    assert (dear.verdict, dear.payback_days) == ("does not pay back", None)
    open_ = costed(0.01, 0.10)
    assert open_.verdict == "cannot tell"
    assert open_.per_effect == Amount(estimate=None, low=pytest.approx(1 / 0.11), high=None)
    assert "at least 9.09\u00a0EUR, or can’t be bought" in open_.sentence
    harm = costed(-0.10, 0.02)
    assert (harm.verdict, harm.per_effect) == ("does not pay back", None)
    assert "No money buys more o by it" in harm.sentence


def test_fewer_who_leave_are_worth_people_kept() -> None:
    cost = costed(-0.10, 0.02, absent=True, better="lower")
    assert cost.brings is not None
    assert cost.brings.estimate == pytest.approx(8.0)
    assert cost.per_effect is not None
    assert cost.per_effect.estimate == pytest.approx(10.0)
    assert "One o less costs" in cost.sentence


def test_money_is_money_and_what_has_no_price_says_so() -> None:
    money = costed(3.0, 1.0, value=True)
    assert money.per_effect is None
    assert money.brings == Amount(estimate=3.0, low=2.0, high=4.0)
    other = costed(0.10, 0.02, activity="review_written")
    assert (other.verdict, other.brings, other.returns) == ("no value", None, None)
    assert "is not recorded" in other.sentence


def test_the_worth_of_a_person_in_words() -> None:
    document = with_costs(Findings(documents.document([], [], [])), Costs("EUR", None, {}, frozenset(), WORTH), []).document
    assert document.worth is not None
    said = worth_sentence(document.worth)
    assert said.startswith(
        "A purchase brings 40.0\u00a0EUR (38.0 to 42.0); 50.0\u00a0% (48.0 to 52.0) of purchases are followed by another"
    )
    assert "winning a person costs 25.00\u00a0EUR" in said
