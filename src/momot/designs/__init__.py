"""Designs: four ways to ask a question, each made into one numeric frame (DESIGN.md 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from momot.designs.episode import design_episode
from momot.designs.panel import design_panels
from momot.designs.period import ALWAYS, Period
from momot.designs.question import Ask, Designed, asks
from momot.designs.randomised import design_experiment
from momot.designs.whom import by_names
from momot.designs.wide import design_wide
from momot.engine import Engine
from momot.project.schema import ProjectFile
from momot.vocabulary.records import Unanswerable

__all__ = ["Ask", "Designed", "asks", "design"]


def design(
    wanted: Sequence[Ask],
    project: ProjectFile,
    engine: Engine,
    by: Sequence[str] = (),
    *,
    period: Period = ALWAYS,
    pairs: bool = False,
    kept: Path | None = None,
) -> Iterator[Designed | Unanswerable]:
    """Each question made ready, or why these data can't answer it. Those about people come first and together: they share their rows.

    `by`: for whom, names of segments. `period`: which occasions are compared. `pairs`: also look for pairs of touches in order; declared
    ones are always asked. `kept`: the folder in which sums of people's days are kept from run to run.
    Raises QuestionError for one that the project does not have.
    """
    by = by_names(project, wanted, by)
    people = [ask for ask in wanted if ask.design == "panel"]
    if people:
        yield from (_when(one, period) for one in design_panels(people, project, engine, by, period=period, pairs=pairs, kept=kept))
    for ask in wanted:
        if ask.design != "panel":
            yield _when(_design(ask, project, engine, by, period), period)


def _when(found: Designed | Unanswerable, period: Period) -> Designed | Unanswerable:
    """What can't be answered of a period may be answered of another one, so that it is said which was asked for."""
    if not period or not isinstance(found, Unanswerable) or found.rule == "no_dates":
        return found
    return msgspec.structs.replace(found, reason=f"{found.reason} The period: {period.words}.")


def _design(ask: Ask, project: ProjectFile, engine: Engine, by: Sequence[str], period: Period) -> Designed | Unanswerable:
    if ask.outcome is not None:
        return design_episode(ask, ask.outcome, project, engine, by, period)
    if ask.wide is None:
        raise ValueError(f"question '{ask.id}' names neither an outcome of episodes nor a wide block")
    if ask.design == "experiment":
        return design_experiment(ask, ask.wide, project, engine, by, period)
    return design_wide(ask, ask.wide, project, engine, by, period)
