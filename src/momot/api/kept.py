"""Findings that are there already: kept runs, what changed between two of them, the card of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from momot.findings import Findings
    from momot.findings.card import Card
    from momot.findings.diff_contract import Diff
    from momot.findings.runs import KeptRun

Run: TypeAlias = "Findings | KeptRun | str | Path | int"  # what `diff` takes for a run


def runs(folder: str | Path = ".") -> tuple[KeptRun, ...]:
    """The last runs of `find_moments` that are kept in a project's folder, the oldest first; `run.read()` is its findings."""
    from momot.findings.runs import kept_runs

    return kept_runs(Path(folder))


def diff(before: Run, after: Run, *, folder: str | Path = ".") -> Diff:
    """What changed between two runs: what became decisive, what stopped, whose effect is another beyond its uncertainty, which records.

    A run is a Findings, a kept run, a JSON file of `momot find --format json`, a project's folder (its last run), or the number of a kept
    run of `folder`. Raises QuestionError where there is no such run.
    """
    from momot.findings.diff import compare
    from momot.findings.findings import Findings as Answer
    from momot.findings.runs import KeptRun, find_run

    named = []
    for one, name in ((before, "before"), (after, "after")):
        if isinstance(one, Answer):
            named.append((name, one))
        elif isinstance(one, KeptRun):
            named.append((f"run {one.number}", one.read()))
        else:
            named.append(find_run(str(one), project=Path(folder)))
    (name_before, was), (name_after, now) = named
    return compare(was, now, names=(name_before, name_after))


def card(findings: Findings, moment: str) -> Card:
    """The estimand card of one finding, for sign-off: what was asked and assumed, what came out, what would settle more.

    `moment` is a name as `findings[…]` takes it. Raises QuestionError where it is unknown, or was answered for several questions.
    """
    from momot.findings.card import card_of

    return card_of(findings[moment], build=findings.document.build)
