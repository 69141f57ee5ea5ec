"""What it costs and what it brings: a table a question, a row a moment with a known cost."""

from __future__ import annotations

from momot.findings.contract import Amount, Cost
from momot.findings.cost_lines import dearest
from momot.findings.costs import worth_sentence
from momot.findings.findings import Findings
from momot.findings.labels import COST_WORDS, outcome_words, printable
from momot.findings.numbers import decimals_for, grouped
from momot.report.pages import CostCard, CostRow, CostsPart
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

LOOKS = {"pays back": "makes", "does not pay back": "breaks"}
MOST_DECIMALS = 2


def costs_part(findings: Findings) -> CostsPart | None:
    """The section; None where no money is recorded."""
    worth = findings.document.worth
    told = worth_sentence(worth) if worth is not None else ""
    if not findings.costs and not told:
        return None
    questions = dict.fromkeys(cost.question for cost in findings.costs)
    return CostsPart(worth=printable(told, LONGEST_TEXT), cards=tuple(_card(findings, question) for question in questions))


def _card(findings: Findings, question: str) -> CostCard:
    rows = dearest(findings.costs, question)
    outcome = printable(outcome_words(question), LONGEST_NAME)
    return CostCard(outcome=outcome.capitalize(), currency=rows[0].currency, rows=tuple(_row(cost) for cost in rows))


def _row(cost: Cost) -> CostRow:
    return CostRow(
        name=printable(cost.moment, LONGEST_NAME),
        a_month="" if cost.per_month is None else grouped(cost.per_month),
        each=grouped(cost.each, MOST_DECIMALS),
        per_effect=_amount(cost.per_effect) if cost.per_effect is not None else ("none buys it", ""),
        brings=_amount(cost.brings),
        verdict=COST_WORDS[cost.verdict],
        look=LOOKS.get(cost.verdict, ""),
        sentence=printable(cost.sentence, LONGEST_TEXT),
    )


def _amount(amount: Amount | None) -> tuple[str, str]:
    """Number and interval, or only the bound."""
    if amount is None:
        return ("", "")
    if amount.estimate is None or amount.high is None:
        return (f"at least {grouped(amount.low, MOST_DECIMALS if amount.low < 100 else 0)}", "")
    places = min(MOST_DECIMALS, decimals_for([(amount.high - amount.low) / 2]))
    return (grouped(amount.estimate, places), f"{grouped(amount.low, places)} to {grouped(amount.high, places)}")
