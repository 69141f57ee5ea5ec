"""Credit, not effect: a card a question, a row a moment, with the sentence that explains the difference."""

from __future__ import annotations

from momot.findings.contract import Credit, Credited
from momot.findings.credit_lines import RULES, credit_numbers, credit_sub
from momot.findings.credit_lines import told as telling
from momot.findings.findings import Findings
from momot.findings.labels import READING_WORDS, capital, outcome_words, printable
from momot.findings.numbers import Numbers, percent
from momot.findings.told import told
from momot.language import ENGLISH, Language
from momot.report.marks.credit import credit_scale, credit_svg
from momot.report.pages import CreditCard, CreditRow
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

MOST_ROWS = 25
HEADS = {"first": "First", "last": "Last", "linear": "Linear", "markov": "Markov", "shapley": "Shapley"}


def credit_card(credit: Credit, findings: Findings, language: Language = ENGLISH) -> CreditCard:
    """The card of one question."""
    question = next((one for one in findings.questions if one.id == credit.question), None)
    shown = credit.moments[:MOST_ROWS]
    numbers = credit_numbers(credit.moments, question.unit if question is not None else "share", language)
    scale = credit_scale(credit, shown) if shown else None
    better = question is None or question.better == "higher"
    looks = {"agree": "make" if better else "break", "opposite": "break" if better else "make"}
    rows = tuple(
        CreditRow(
            name=printable(row.moment, LONGEST_NAME),
            shares=tuple(percent(getattr(row, rule) / credit.credited, 1, language) for rule in RULES),
            effect=_effect(row, numbers),
            marks=credit_svg(
                row, credit, scale, look=looks.get(row.reading, "quiet"), title=printable(told(row.sentence, language), LONGEST_TEXT)
            ),
            reading=language.say(READING_WORDS[row.reading]),
        )
        for row in shown
        if scale is not None
    )
    return CreditCard(
        outcome=capital(printable(outcome_words(credit.question, language), LONGEST_NAME)),
        sub=told(credit_sub(credit), language) if credit.absent is None else "",
        reason=printable(told(credit.reason or "", language), LONGEST_TEXT),
        heads=tuple(language.say(HEADS[rule]) for rule in RULES),
        unit=numbers.effect_unit,
        rows=rows,
        more=len(credit.moments) - len(shown),
        sentences=tuple(
            (printable(row.moment, LONGEST_NAME), printable(told(row.sentence, language), LONGEST_TEXT)) for row in telling(credit)
        ),
    )


def _effect(row: Credited, numbers: Numbers) -> tuple[str, str]:
    if row.effect is None or row.low is None or row.high is None:
        return ("\u2013", "")
    return (numbers.effect(row.effect), numbers.interval(row.low, row.high))
