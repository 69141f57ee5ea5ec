"""Pairs in order, for a terminal."""

from __future__ import annotations

from rich.text import Text

from momot.findings.contract import Pair
from momot.findings.findings import Findings
from momot.findings.labels import PAIR_CONTRAST_WORDS, PAIR_WORDS, outcome_words, printable
from momot.findings.numbers import Numbers, decimals_for

DIM = "#8a9299"
LONGEST_NAME = 60


def pair_lines(findings: Findings) -> list[Text]:
    """Every pair with what it comes to, outcome by outcome."""
    lines = [Text("Was it repaired?", style="bold")] if findings.pairs else []
    if any(not pair.declared for pair in findings.pairs):
        lines.append(Text("  pairs that nobody declared are the most frequent ones", style=DIM))
    for pair in findings.pairs:
        lines += _pair(findings, pair)
    return [*lines, Text()] if lines else []


def _pair(findings: Findings, pair: Pair) -> list[Text]:
    question = next(one for one in findings.questions if one.id == pair.question)
    factor = 100.0 if question.unit == "share" else 1.0
    numbers = Numbers(question.unit, decimals_for((effect.high - effect.low) / 2 * factor for effect in pair.effects))
    line = Text("  ")
    line.append(f"{printable(pair.first, LONGEST_NAME)} {pair.went} \u2192 {printable(pair.then, LONGEST_NAME)}", style="bold")
    line.append(f"  {outcome_words(pair.question)}  ")
    line.append(PAIR_WORDS[pair.verdict])
    line.append(f"  {pair.evidence}", style=DIM)
    lines = [line, Text(f"    {printable(pair.sentence)}", style=DIM)]
    for effect in pair.effects:
        row = Text(f"    {PAIR_CONTRAST_WORDS[effect.contrast]:<34}  {numbers.effect(effect.estimate):>8}")
        row.append(f"  {numbers.interval(effect.low, effect.high)}", style=DIM)
        lines.append(row)
    return lines
