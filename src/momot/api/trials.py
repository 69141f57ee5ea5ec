"""Trials: what would settle a moment, for whom, how long and at what price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from momot.api.builds import built_of
from momot.api.project import Project
from momot.api.run import run, several
from momot.progress import Tell

if TYPE_CHECKING:
    from momot.designs.frame import Frame
    from momot.findings import Findings
    from momot.findings.answer import Answered
    from momot.findings.plan import Plan, Proposal
    from momot.findings.propose import Wish


def plan(
    project: Project,
    moment: str,
    *,
    outcome: str | Sequence[str] | None = None,
    effect: float | None = None,
    power: float = 0.8,
    since: str | date | None = None,
    until: str | date | None = None,
    seed: int = 0,
    progress: Tell | None = None,
) -> Plan:
    """The trials that would settle a moment, outcome by outcome: whom to randomise, how many, how long, at what price.

    `effect` is what a trial must be able to find, of one touch and in the outcome's unit (shares 0-1); else the outcome's smallest effect,
    else what the present interval says. `power` is the probability of finding it at 5 %, two-sided. `since`
    and `until` choose a period as for `find_moments`: moments are judged, and people a month counted, in it. Raises QuestionError for an
    unknown moment or outcome, and for an effect, power or period that is none.
    """
    from momot import __version__
    from momot.asking import Asked
    from momot.designs.period import Period
    from momot.errors import QuestionError, did_you_mean
    from momot.findings.plan import Plan
    from momot.findings.propose import LEVEL, Wish
    from momot.findings.sentences import listed

    if not 0.05 < power < 1 or (effect is not None and not 0 < effect < float("inf")):
        raise QuestionError(f"A plan needs a power between 0.05 and 1 and an effect above 0, found power {power:g} and effect {effect}.")

    def known(frames: Sequence[Frame]) -> None:
        names = dict.fromkeys(name for frame in frames for one in frame.exposures for name in (one.moment, one.touchpoint))
        if moment not in names:
            there = listed(list(dict.fromkeys(one.moment for frame in frames for one in frame.exposures)), 12)
            raise QuestionError(
                f"No moment '{moment}' is tested, so there is nothing to plan.{did_you_mean(moment, names)} It has: {there}."
            )

    findings, entries = run(project, Asked(several(outcome), seed=seed, period=Period.of(since, until)), progress, known=known)
    tested = frozenset(one.moment for entry in entries for one in entry.designed.frame.exposures if moment in (one.moment, one.touchpoint))
    proposals = proposals_of(project, findings, entries, tested, Wish(effect, power, seed))
    return Plan(
        momot=__version__,
        project=project.file.name,
        build=findings.document.build,
        seed=seed,
        moment=moment,
        power=power,
        level=LEVEL,
        proposals=proposals,
    )


def proposals_of(
    project: Project, findings: Findings, entries: Iterable[Answered], moments: frozenset[str], wish: Wish
) -> tuple[Proposal, ...]:
    """The trials of some moments, question by question, in the order in which they were tested."""
    from momot.designs.holdout import accounts_of, cost_of, measured
    from momot.findings.propose import Around, propose

    proposals: list[Proposal] = []
    with built_of(project, None).engine() as engine:
        for entry in entries:
            tested = {one.name: one for one in findings if one.question.id == entry.designed.ask.id}
            accounts = accounts_of(engine, entry.designed, project.file)
            for exposure in entry.designed.frame.exposures:
                if exposure.moment in moments and exposure.moment in tested:
                    cost = cost_of(engine, exposure.touchpoint, project.file)
                    around = Around(measured(entry.designed), accounts, cost, project.file.currency)
                    proposals += propose(entry, tested[exposure.moment], exposure, around, wish)
    return tuple(proposals)
