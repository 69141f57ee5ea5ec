"""The plan of a trial as text for a terminal."""

from __future__ import annotations

import shutil
from io import StringIO

from rich.console import Console
from rich.text import Text

from momot.findings.cells import to_ascii
from momot.findings.labels import EVIDENCE_WORDS, VERDICT_WORDS, outcome_words, printable
from momot.findings.numbers import Numbers, decimals_for, grouped
from momot.findings.plan import Plan, Proposal

DIM = "#8a9299"
FALLBACK_WIDTH = 100
LONGEST_NAME = 60
ACTIONS = {"withhold": "Withhold it", "improve": "Make it go well", "repeat": "Repeat the experiment"}


def plan_text(plan: Plan, *, width: int | None = None, color: bool = False, encoding: str = "utf-8") -> str:
    """The plan as text of at most `width` cells (default: the terminal's); the blocks for momot.toml are never wrapped."""
    cells = width or shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
    out = StringIO()
    console = Console(
        file=out, width=cells, force_terminal=color, color_system="truecolor" if color else None, highlight=False, emoji=False,
        markup=False, _environ={},
    )  # fmt: skip
    lines = [line for one in plan.proposals for line in _lines(one)]
    if not lines:
        lines = [Text(f"We cannot plan a trial of {printable(plan.moment, LONGEST_NAME)}: hardly anybody who met it has an outcome.")]
    for line in lines:
        indent = len(line.plain) - len(line.plain.lstrip())
        if line.no_wrap or line.cell_len <= cells:
            console.print(line, soft_wrap=True)
            continue
        for number, part in enumerate(line.wrap(console, cells - indent - 2)):
            part.rstrip()
            console.print(part if number == 0 else Text.assemble(" " * (indent + 2), part), soft_wrap=True)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    return text if encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig") else to_ascii(text, encoding)


def _lines(one: Proposal) -> list[Text]:
    """One proposal: what it would settle, the sentence, what can be found in which time, notes, the block."""
    name = printable(one.moment, LONGEST_NAME)
    known = f"{VERDICT_WORDS[one.verdict]}, evidence {one.evidence} ({EVIDENCE_WORDS[one.evidence]})"
    lines = [
        Text(f"{ACTIONS[one.action]}: {name}, {outcome_words(one.question)}", style="bold"),
        Text(f"So far: {known}", style=DIM),
        Text(),
        Text(printable(one.sentence)),
    ]
    numbers = _numbers(one)
    if one.in_time:
        cells = [f"{grouped(time.months)} mo. {numbers.size(time.effect)}" for time in one.in_time]
        found = "  \u00b7  ".join(cells)
        lines.append(Text(f"  Could be found by then, {numbers.effect_unit or 'units'}: {found}", style=DIM))
    lines += [Text(f"  \u00b7 {printable(note)}", style=DIM) for note in one.notes]
    block = [Text(f"    {line}", style=DIM, no_wrap=True) for line in one.block.splitlines()]
    return [*lines, Text("  To read it back, in momot.toml:"), *block, Text()]


def _numbers(one: Proposal) -> Numbers:
    factor = 100.0 if one.outcome_unit == "share" else 1.0
    effects = [time.effect for time in one.in_time] or [one.effect or 1.0]
    return Numbers(unit=one.outcome_unit, decimals=decimals_for(effect * factor / 4 for effect in effects))
