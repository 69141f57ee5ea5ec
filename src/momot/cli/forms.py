"""Answers in the form that was asked for: a table for people, JSON, or CSV, on stdout or in a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from momot.cli.output import colourful, data, words, write

if TYPE_CHECKING:
    from momot.findings import Findings
    from momot.findings.diff_contract import Diff
    from momot.findings.plan import Plan
    from momot.findings.runs import KeptRun
    from momot.journeys.tabular import Answer


class _Text(Protocol):
    def __call__(self, *, color: bool, encoding: str) -> str: ...


def print_findings(findings: Findings, form: str, output: Path | None) -> None:
    """Print the findings, or write them to a file."""
    from momot.findings.display import table

    _print(
        form,
        output,
        lambda: findings.to_json(indent=2) + "\n",
        lambda: findings.to_csv(table="credit" if findings.credit else "effects"),
        lambda *, color, encoding: table(findings, color=color, encoding=encoding),
    )


def print_plan(found: Plan, form: str, output: Path | None) -> None:
    """Print a plan, or write it to a file."""
    from momot.findings.plan_lines import plan_text

    _print(
        form,
        output,
        lambda: found.to_json(indent=2) + "\n",
        found.to_csv,
        lambda *, color, encoding: plan_text(found, color=color, encoding=encoding),
    )


def print_diff(found: Diff, form: str, output: Path | None) -> None:
    """Print what changed, or write it to a file."""
    from momot.findings.diff_lines import diff_table

    _print(
        form,
        output,
        lambda: found.to_json(indent=2) + "\n",
        found.to_csv,
        lambda *, color, encoding: diff_table(found, color=color, encoding=encoding),
    )


def print_journey(answer: Answer, folder: Path, form: str, output: Path | None) -> None:
    """Print an answer about journeys, or write it to a file."""

    def csv() -> str:
        from momot.journeys.tabular import to_csv

        return to_csv(answer)

    def text(*, color: bool, encoding: str) -> str:
        from momot.cli.page import Page
        from momot.cli.pages import text_of

        return text_of(answer, folder, Page(color=color, encoding=encoding))

    _print(form, output, lambda: as_json(answer), csv, text)


def print_runs(kept: Sequence[KeptRun], form: str, output: Path | None) -> None:
    """The kept runs, the oldest first."""
    columns = ("number", "build", "momot", "questions", "file")
    rows: list[list[str]] = []
    for run in kept:
        document = run.read().document
        rows.append([str(run.number), document.build, document.momot, " ".join(one.id for one in document.questions), str(run.path)])
    if form == "json":
        data(as_json([dict(zip(columns, row, strict=True)) for row in rows]), output)
    elif form == "csv":
        data("".join(f"{','.join(row)}\n" for row in (columns, *rows)), output)
    else:
        lines = [f"{number}  {build[:12]}  {questions}" for number, build, _, questions, _ in rows]
        data("\n".join(lines or ["No run is kept yet: momot find keeps one."]) + "\n", output)


def as_json(value: object) -> str:
    """A frozen record of the contract as readable JSON."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _print(form: str, output: Path | None, json: Callable[[], str], csv: Callable[[], str], text: _Text) -> None:
    """One of the three. A file never gets colour and is always UTF-8."""
    if form == "json":
        data(json(), output)
    elif form == "csv":
        data(csv(), output)
    elif output is not None:
        write(text(color=False, encoding="utf-8"), output)
    else:
        words(text(color=colourful(), encoding=sys.stdout.encoding or "utf-8"))
