"""What `build`, `check` and `demo` print for people: counts that add up, things to know, the gravest first, and what was planted."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from momot.findings.labels import contrast_words, outcome_words, printable
from momot.findings.numbers import grouped, numbers_of
from momot.findings.sentences import sentence

if TYPE_CHECKING:
    from momot.build.erase import Erasure
    from momot.build.manifest import Manifest
    from momot.findings.checkup import Checkup
    from momot.findings.planted import Planted

COUNTS = ("read", "kept", "filtered", "duplicate", "rejected")
MARKS = {"error": "\u2717", "warning": "!", "note": "\u00b7"}


def counts_table(manifest: Manifest, folder: Path) -> str:
    """Rows of every block, `read = kept + filtered + duplicate + rejected`, the reasons of the rejected ones, and the next commands."""
    rows = [[block.name, block.table, *(grouped(getattr(block, name)) for name in COUNTS)] for block in manifest.blocks]
    lines = _aligned(["Block", "Table", *(name.capitalize() for name in COUNTS)], rows)
    for block in manifest.blocks:
        codes = ", ".join(f"{code.replace('_', ' ')} {grouped(count)}" for code, count in sorted(block.rejections.items()))
        lines += [f"! {block.name}: {codes}"] if codes else []
    lines += [f"! {printable(warning)}" for warning in manifest.warnings]
    return "\n".join([*lines, "", f"momot check{_at(folder)}  \u00b7  momot find{_at(folder)}"])


def erasure_lines(done: Erasure) -> str:
    """What was erased, what the scan of `.momot/` found, and which source files still hold an id. No line names one."""
    lines = [
        f"Erased a person with {_some(done.ids, 'id')}; {_some(done.rows, 'row')} of the sources left out.",
        *(f"Removed {path}, which named the person." for path in done.runs),
        f"{_some(done.scanned, 'file')} under .momot/ read, byte by byte and value by value: "
        + (f"an id still stands in {', '.join(done.traces)}." if done.traces else "no id stands in any of them."),
    ]
    if done.sources:
        lines += ["These source files are not momot's and still hold an id; every build leaves its rows out, until you remove them:"]
        lines += [f"  {path}" for path in done.sources]
    return "\n".join(lines)


def _some(count: int, noun: str) -> str:
    return f"{grouped(count)} {noun}{'' if count == 1 else 's'}"


def checkup_table(checkup: Checkup, folder: Path) -> str:
    """Everything found, and the next command."""
    lines = []
    for item in checkup.items:
        lines.append(f"{MARKS[item.severity]} {printable(item.about)}: {printable(sentence(item.message))}")
        lines += [f"  {printable(sentence(item.fix))}"] if item.fix else []
    counts = {severity: sum(item.severity == severity for item in checkup.items) for severity in MARKS}
    said = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count)
    return "\n".join([*lines, *([""] if lines else []), said or "Nothing to complain about.", f"momot find{_at(folder)}"])


def planted_table(rows: Sequence[Planted]) -> str:
    """Question by question, every contrast that was found or planted beside its truth, and a count of the others; empty without any."""
    lines: list[str] = []
    for question in dict.fromkeys(row.question for row in rows):
        mine = [row for row in rows if row.question == question]
        shown = [row for row in mine if row.planted or row.moment.decisive]
        others = [row for row in mine if row not in shown]
        numbers = numbers_of(question, (row.found for row in mine))
        head = [f"Found beside planted: {outcome_words(question.outcome)}", "", "Found", "95\u00a0% interval", "Planted", ""]
        cells = [
            [
                printable(row.moment.name),
                printable(contrast_words(row.found)),
                numbers.effect(row.found.estimate),
                numbers.interval(row.found.low, row.found.high),
                numbers.effect(row.planted),
                "inside" if row.covered else "outside",
            ]
            for row in shown
        ]
        lines += [*_aligned(head, cells), *([_others(others)] if others else []), ""]
    return "\n".join(lines)


def _others(rows: Sequence[Planted]) -> str:
    inside = sum(row.covered for row in rows)
    return f"{len(rows)} others were planted without an effect and not found: 0 is inside {inside} of their {len(rows)} intervals."


def _at(folder: Path) -> str:
    return "" if str(folder) == "." else f" {shlex.quote(str(folder))}"


def _aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of text, the first two to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    cells = (
        [cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths, strict=True))]
        for row in (head, *rows)
    )
    first, *rest = ["  ".join(row).rstrip() for row in cells]
    return [first, "\u2500" * (sum(widths) + 2 * (len(widths) - 1)), *rest]
