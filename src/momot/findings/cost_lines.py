"""What it costs and what it brings: the section of the terminal's table."""

from __future__ import annotations

from rich.text import Text

from momot.findings.contract import Cost
from momot.findings.costs import worth_sentence
from momot.findings.findings import Findings
from momot.findings.labels import COST_WORDS, outcome_words, printable

DIM = "#8a9299"
STYLES = {"pays back": "#4a9fe0", "does not pay back": "#e8703a"}
LONGEST_NAME = 60
MOST = 6


def cost_lines(findings: Findings) -> list[Text]:
    """Each moment with a known cost, the dearest a month first; nothing where no money is recorded."""
    worth = findings.document.worth
    told = worth_sentence(worth) if worth is not None else ""
    if not findings.costs and not told:
        return []
    lines = [Text("What it costs, what it brings", style="bold"), *([Text(printable(told), style=DIM)] if told else []), Text()]
    for question in dict.fromkeys(cost.question for cost in findings.costs):
        mine = dearest(findings.costs, question)
        lines.append(Text(printable(outcome_words(question), LONGEST_NAME), style="bold"))
        for cost in mine[:MOST]:
            name, look = printable(cost.moment, LONGEST_NAME), STYLES.get(cost.verdict, DIM)
            lines.append(Text.assemble("  ", (name, "bold"), "  ", (COST_WORDS[cost.verdict], look), f"  {printable(cost.sentence)}"))
        if len(mine) > MOST:
            lines.append(Text(f"  \u2026 and {len(mine) - MOST} more", style=DIM))
        lines.append(Text())
    return lines


def dearest(costs: tuple[Cost, ...], question: str) -> list[Cost]:
    """The costs of one question, the dearest a month first."""
    return sorted((one for one in costs if one.question == question), key=lambda one: (-(one.per_month or 0.0), one.moment))
