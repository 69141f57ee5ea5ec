"""What it costs and what it brings: a table a question, a row a moment with a known cost."""

from __future__ import annotations

from momot.findings.contract import Amount, Cost
from momot.findings.cost_lines import dearest
from momot.findings.costs import cost_words, worth_sentence
from momot.findings.findings import Findings
from momot.findings.labels import COST_WORDS, capital, outcome_words, printable
from momot.findings.numbers import decimals_for
from momot.findings.told import told
from momot.language import ENGLISH, Language
from momot.report.pages import CostCard, CostRow, CostsPart
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

LOOKS = {"pays back": "makes", "does not pay back": "breaks"}
MOST_DECIMALS = 2


def costs_part(findings: Findings, language: Language = ENGLISH) -> CostsPart | None:
    """The section; None where no money is recorded."""
    worth = findings.document.worth
    worth_words = _worth(worth_sentence(worth), language) if worth is not None else ""
    if not findings.costs and not worth_words:
        return None
    questions = dict.fromkeys(cost.question for cost in findings.costs)
    return CostsPart(worth=printable(worth_words, LONGEST_TEXT), cards=tuple(_card(findings, question, language) for question in questions))


def _worth(sentence: str, language: Language) -> str:
    """What people bring, clause by clause."""
    if language.is_english or not sentence:
        return sentence
    clauses = [told(f"{clause[:1].lower()}{clause[1:]}", language) for clause in sentence.removesuffix(".").split("; ")]
    return f"{capital('; '.join(clauses))}."


def _card(findings: Findings, question: str, language: Language) -> CostCard:
    rows = dearest(findings.costs, question)
    outcome = printable(outcome_words(question, language), LONGEST_NAME)
    return CostCard(outcome=capital(outcome), currency=rows[0].currency, rows=tuple(_row(cost, findings, language) for cost in rows))


def _row(cost: Cost, findings: Findings, language: Language) -> CostRow:
    return CostRow(
        name=printable(cost.moment, LONGEST_NAME),
        a_month="" if cost.per_month is None else language.grouped(cost.per_month),
        each=language.grouped(cost.each, MOST_DECIMALS),
        per_effect=_amount(cost.per_effect, language) if cost.per_effect is not None else (language.say("none buys it"), ""),
        brings=_amount(cost.brings, language),
        verdict=language.say(COST_WORDS[cost.verdict]),
        look=LOOKS.get(cost.verdict, ""),
        sentence=printable(cost_words(cost, findings, language), LONGEST_TEXT),
    )


def _amount(amount: Amount | None, language: Language) -> tuple[str, str]:
    """Number and interval, or only the bound."""
    if amount is None:
        return ("", "")
    if amount.estimate is None or amount.high is None:
        return (language.say("at least {time}", time=language.grouped(amount.low, MOST_DECIMALS if amount.low < 100 else 0)), "")
    places = min(MOST_DECIMALS, decimals_for([(amount.high - amount.low) / 2]))
    low, high = language.grouped(amount.low, places), language.grouped(amount.high, places)
    return (language.grouped(amount.estimate, places), language.say("{low} to {high}", low=low, high=high))
