"""Credit, not effect: the section of the terminal's table, a line a moment and a sentence where the two differ."""

from __future__ import annotations

from rich.text import Text

from momot.findings.contract import Credit, Credited, Question
from momot.findings.findings import Findings
from momot.findings.labels import outcome_words, printable
from momot.findings.numbers import Numbers, decimals_for, grouped, percent
from momot.language import ENGLISH, Language
from momot.vocabulary import CreditReading

DIM = "#8a9299"
RULES = ("first", "last", "linear", "markov", "shapley")
MOST_ROWS = 12
LONGEST_NAME = 44
TOLD: dict[CreditReading, int] = {
    "opposite": 3,
    "no effect": 2,
    "agree": 1,
    "undecided": 1,
    "not told": 1,
}  # sentences of each, in this order


def credit_lines(findings: Findings, cells: int) -> list[Text]:
    """All questions that credit was asked for; nothing where it was not."""
    if not findings.credit:
        return []
    said = "Shares of what happened, by the rules of attribution. They have no counterfactual; the effect beside them has."
    lines = [Text("Credit, not effect", style="bold"), Text(said, style=DIM), Text()]
    for credit in findings.credit:
        question = next((one for one in findings.questions if one.id == credit.question), None)
        lines += [*_question(credit, question, cells), Text()]
    return lines


def credit_numbers(rows: tuple[Credited, ...], unit: str, language: Language = ENGLISH) -> Numbers:
    """The way to write the effects of one question's rows."""
    factor = 100.0 if unit == "share" else 1.0
    widths = [(row.high - row.low) / 2 * factor for row in rows if row.low is not None and row.high is not None]
    return Numbers(unit, decimals_for(widths), language)


def credit_sub(credit: Credit) -> str:
    """What was shared: how many happenings, over which paths."""
    back = (
        ""
        if credit.look_back_days is None
        else f" at most {grouped(credit.look_back_days, 0 if credit.look_back_days >= 1 else 2)} days before"
    )
    return (
        f"{grouped(credit.credited)} of {grouped(credit.happenings)} have a touch{back or ' before'}; "
        f"{grouped(credit.lost)} paths led to none"
    )


def told(credit: Credit) -> list[Credited]:
    """The rows whose sentence is worth a line: of each reading those with the most credit, the most telling reading first."""
    return [row for reading, most in TOLD.items() for row in [one for one in credit.moments if one.reading == reading][:most]]


def _question(credit: Credit, question: Question | None, cells: int) -> list[Text]:
    name = printable(outcome_words(credit.question), LONGEST_NAME)
    if credit.absent is not None:
        return [Text.assemble((name, "bold"), f"  no credit: {printable(credit.reason or '')}")]
    shown = credit.moments[:MOST_ROWS]
    numbers = credit_numbers(credit.moments, question.unit if question is not None else "share")
    width = max(len("Moment"), *(len(printable(row.moment, LONGEST_NAME)) for row in shown))
    effects = [_effect(row, numbers) for row in shown]
    head = "".join(f"{rule.capitalize():>9}" for rule in RULES)
    head += f"  Effect, {'points' if numbers.is_share else numbers.effect_unit}"
    lines = [Text.assemble((name, "bold"), (f"  {credit_sub(credit)}", DIM)), _line(f"{'Moment':<{width}}{head}", cells)]
    for row, effect in zip(shown, effects, strict=True):
        shares = "".join(f"{percent(getattr(row, rule) / credit.credited, 1):>9}" for rule in RULES)
        line = Text.assemble(f"{printable(row.moment, LONGEST_NAME):<{width}}", shares, (f"  {effect}", DIM))
        line.no_wrap = True
        lines.append(line)
    if len(credit.moments) > len(shown):
        lines.append(Text(f"\u2026 and {len(credit.moments) - len(shown)} more", style=DIM))
    sentences = told(credit)
    return [
        *lines,
        *(Text.assemble("! ", (printable(row.moment, LONGEST_NAME), "bold"), f": {printable(row.sentence)}") for row in sentences),
    ]


def _line(text: str, cells: int) -> Text:
    line = Text(text[:cells], style=DIM)
    line.no_wrap = True
    return line


def _effect(row: Credited, numbers: Numbers) -> str:
    if row.effect is None or row.low is None or row.high is None:
        return "\u2013"
    return f"{numbers.effect(row.effect)}  {numbers.interval(row.low, row.high)}"
