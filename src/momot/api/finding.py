"""Findings: which touchpoints are moments of truth, with what a report tells beside them; the report itself; the demo of it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from momot.api.journeys import funnel, journey
from momot.api.project import Project
from momot.api.project import open as open_project
from momot.api.run import run, several
from momot.api.trials import proposals_of
from momot.progress import Tell

if TYPE_CHECKING:
    from momot.asking import Asked
    from momot.designs.frame import Frame
    from momot.findings import Findings
    from momot.findings.answer import Answered
    from momot.findings.planted import Planted
    from momot.report.dossier import Dossier


def find_moments(
    project: Project,
    *,
    outcome: str | Sequence[str] | None = None,
    credit: bool = False,
    what_if: Mapping[str, float | str] | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    pairs: bool = False,
    why: bool | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    seed: int = 0,
    progress: Tell | None = None,
) -> Findings:
    """Estimate every touchpoint and condition of the outcomes asked for (default: all) and decide which are moments of truth.

    `by` asks for whom: a segment of `[people]` or of a wide block, `role`, `channel` (of the touch), `cycle` (first time or loyalty loop),
    or several. Effects then also have rows by segment, and `Findings.differences` says where they differ.

    Dated changes (`Findings.changes`) and pairs in order (`Findings.pairs`) of the project file are answered too; `pairs` also looks for
    the most frequent pairs of a touch that went badly and another that may repair it.

    `credit` also shares each happening among the touches before it, by first, last and linear touch, Markov removal and Shapley value,
    beside the effect (`Document.credit`). `what_if` asks what more or fewer would bring a month (`Findings.what_if`):
    `{"delivery.promise": -0.5}` is half as many bad ones, `{"delivery.promise": "bad:0%"}` none; `["delivery.promise=-50%"]` says the same
    as on the command line.

    `why` adds to decisive moments what people say of them (`Moment.why`), read by the fast tier; by default where there are few texts.

    `since` and `until` choose a period, local days, both included: episodes that began in it, people's days in it, survey rows of it are
    compared; what was known before and what came of it later is read from all records.

    Reads the build of the project and makes it first where there is none. `seed` only divides people into folds for cross-fitting. The
    answer is kept among the project's last runs, for `diff`, unless it is that of the last one. Raises QuestionError for an unknown
    outcome, moment or segment, and for a period that is none.
    """
    from momot.asking import Asked
    from momot.designs.period import Period

    asked = Asked(several(outcome), several(by), pairs, credit, why, seed, Period.of(since, until))
    return _answered(project, asked, what_if, progress)[0]


def dossier(
    project: Project,
    *,
    outcome: str | Sequence[str] | None = None,
    credit: bool = False,
    what_if: Mapping[str, float | str] | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    pairs: bool = False,
    why: bool | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    seed: int = 0,
    progress: Tell | None = None,
) -> Dossier:
    """What `find_moments` finds, with all that a whole report tells beside it.

    That is: the facts of the journeys, how many people come through the stages, and for each decisive moment the trial that would settle
    what is in doubt. Takes what `find_moments` takes and raises what it raises. `report` writes it.
    """
    from momot.asking import Asked
    from momot.designs.period import Period
    from momot.errors import QuestionError
    from momot.findings.propose import Wish
    from momot.report.dossier import Dossier

    asked = Asked(several(outcome), several(by), pairs, credit, why, seed, Period.of(since, until))
    findings, entries = _answered(project, asked, what_if, progress)
    decisive = frozenset(moment.name for moment in findings if moment.decisive)
    proposals = proposals_of(project, findings, entries, decisive, Wish(None, 0.8, seed))
    try:
        lived, through = journey(project, progress=progress), funnel(project, progress=progress)
    except QuestionError:  # no interactions, or none at a stage: there are no journeys to tell of
        return Dossier(findings, proposals=proposals)
    return Dossier(findings, lived, through, proposals)


def _answered(
    project: Project, asked: Asked, supposition: Mapping[str, float | str] | Sequence[str] | None, progress: Tell | None
) -> tuple[Findings, list[Answered]]:
    """What `find_moments` finds, kept among the last runs, with the frames that it was found in."""
    from momot.findings.runs import keep_run
    from momot.findings.what_if import expect, suppose, what_if

    supposed = suppose(supposition)

    def known(frames: Sequence[Frame]) -> None:
        expect(supposed, [(one.moment, one.touchpoint) for frame in frames for one in frame.exposures])

    findings, entries = run(project, asked, progress, known=known)
    keep_run(findings, project.folder)
    if supposed:
        findings = replace(findings, document=msgspec.structs.replace(findings.document, what_if=what_if(findings, supposed)))
    return findings, entries


def report(told: Findings | Dossier, path: str | Path, *, language: str = "en") -> Path:
    """Write findings, or a dossier of them, as one self-contained HTML file and return its path.

    `language` is one that `momot.language.LANGUAGES` lists; names, quotes and what the project file says stay as they are. Raises
    QuestionError for another one.
    """
    from momot.report import write

    return write(told, Path(path), language=language)


def demo(folder: str | Path, *, world: str = "orders", progress: Tell | None = None) -> tuple[Findings, Path, tuple[Planted, ...]]:
    """Write a simulated company into `folder`, build it, find its moments, write the report.

    `world` is one of `momot.worlds.WORLDS`, the small shop by default; the others have 3,000 people. Returns the findings, the path of the
    report, and every effect that was found beside the one that was planted. Raises QuestionError for a name that is no world.
    """
    from momot.errors import QuestionError, did_you_mean
    from momot.findings.planted import beside_truth
    from momot.worlds import WORLDS, make, shop

    if world not in WORLDS:
        raise QuestionError(f"there is no world '{world}'.{did_you_mean(world, WORLDS)} There are {', '.join(sorted(WORLDS))}.")
    home = shop(Path(folder)) if world == "orders" else make(world, folder, people=3_000)
    told = dossier(open_project(home), progress=progress)
    return told.findings, report(told, home / "moments.html"), beside_truth(told.findings, home)
