"""What changed between two runs as text for a terminal."""

from __future__ import annotations

import shutil
from io import StringIO

from rich.console import Console
from rich.text import Text

from momot.findings.cells import to_ascii
from momot.findings.diff_contract import Diff, MomentDiff, QuestionDiff
from momot.findings.labels import DIFF_WORDS, OVERLAP_WORDS, outcome_words, printable
from momot.findings.numbers import Numbers, grouped
from momot.findings.sentences import sentence

DIM = "#8a9299"
STYLES = {"became decisive": "#4a9fe0", "stopped": "#e8703a"}
FALLBACK_WIDTH = 100
LONGEST_NAME = 60
MOST_OF_A_KIND = 12
MOST_CHECKS = 10


def diff_table(diff: Diff, *, width: int | None = None, color: bool = False, encoding: str = "utf-8") -> str:
    """The difference as text of at most `width` cells (default: the terminal's)."""
    cells = width or shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
    out = StringIO()
    console = Console(
        file=out, width=cells, force_terminal=color, color_system="truecolor" if color else None, highlight=False, emoji=False,
        markup=False, _environ={},
    )  # fmt: skip
    for line in [*_head(diff), *_moments(diff), *_records(diff)]:
        indent = len(line.plain) - len(line.plain.lstrip())
        if line.cell_len <= cells:
            console.print(line, soft_wrap=True)
            continue
        for number, part in enumerate(line.wrap(console, cells - indent - 2)):
            part.rstrip()
            console.print(part if number == 0 else Text.assemble(" " * (indent + 2), part), soft_wrap=True)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    return text if encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig") else to_ascii(text, encoding)


def _head(diff: Diff) -> list[Text]:
    same = ", the same records" if diff.same_records else ""
    return [
        Text(printable(diff.headline), style="bold"),
        Text(f"{printable(diff.before.name)} \u2192 {printable(diff.after.name)}{same}", style=DIM),
        Text(),
    ]


def _moments(diff: Diff) -> list[Text]:
    lines: list[Text] = []
    for change, words in DIFF_WORDS.items():
        mine = [one for one in diff.moments if one.change == change] if change != "same" else []
        if not mine:
            continue
        lines.append(Text(words, style="bold"))
        for one in mine[:MOST_OF_A_KIND]:
            lines.append(_moment(one, several=len(diff.questions) > 1))
        if len(mine) > MOST_OF_A_KIND:
            lines.append(Text(f"  \u2026 and {len(mine) - MOST_OF_A_KIND} more", style=DIM))
        lines.append(Text())
    return lines


def _moment(one: MomentDiff, *, several: bool) -> Text:
    where = f"{printable(outcome_words(one.question), LONGEST_NAME)}, " if several else ""
    return Text.assemble(
        "  ", (where, DIM), (printable(one.moment, LONGEST_NAME), STYLES.get(one.change, "bold")), f": {printable(one.sentence)}"
    )


def _records(diff: Diff) -> list[Text]:
    """What changed in the records and around them."""
    lines = [_question(one) for one in diff.questions]
    for name in ("momot", "seed", "project"):
        was, now = getattr(diff.before, name), getattr(diff.after, name)
        lines += [Text(f"  {name}: {printable(str(was))} \u2192 {printable(str(now))}")] if was != now else []
    for check in diff.checks[:MOST_CHECKS]:
        about = printable(check.moment or "all", LONGEST_NAME)
        state = f"{check.before or 'not there'} \u2192 {check.after or 'not there'}"
        said = f"  check {check.name.replace('_', ' ')} of {about} ({printable(outcome_words(check.question), LONGEST_NAME)}): {state}. "
        lines.append(Text.assemble(said, (printable(sentence(check.message)), DIM)))
    if len(diff.checks) > MOST_CHECKS:
        lines.append(Text(f"  \u2026 and {len(diff.checks) - MOST_CHECKS} more checks", style=DIM))
    lines += [Text(f"  refused now: {printable(name)}") for name in diff.refused]
    lines += [Text(f"  no longer refused: {printable(name)}") for name in diff.accepted]
    return [Text("Records, questions, checks", style="bold"), *lines]


def _question(one: QuestionDiff) -> Text:
    name = printable(outcome_words(one.question), LONGEST_NAME)
    if one.overlap is None:
        return Text(f"  {name}: {'no longer answered' if one.units_after is None else 'not answered before'}")
    numbers = Numbers(one.unit, 2)
    parts = [f"{grouped(one.people_before or 0)} \u2192 {grouped(one.people_after or 0)} people"]
    parts.append(f"{grouped(one.units_before or 0)} \u2192 {grouped(one.units_after or 0)} units")
    if one.to_before and one.to_after:
        parts.append(f"{one.from_before} to {one.to_before} \u2192 {one.from_after} to {one.to_after}")
    if one.mean_before is not None and one.mean_after is not None:
        parts.append(f"mean {numbers.level(one.mean_before)} \u2192 {numbers.level(one.mean_after)}")
    return Text.assemble(f"  {name}: {', '.join(parts)}. ", (OVERLAP_WORDS[one.overlap], DIM))
