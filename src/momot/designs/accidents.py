"""Touchpoints that look like accidents: they struck most people of a region on the same day, and other regions not (EFFECTS.md 3 e)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from momot.designs.steps import PACKAGE
from momot.engine import Engine, identifier, step
from momot.project.schema import ProjectFile

MOST_OF_A_GROUP = 0.5
"""Share of a group's people reached on one day from which on the group was struck."""
LEAST_OF_A_GROUP = 20
NEARLY_ALL = 0.9
"""Share of a touchpoint's touches in groups that were struck, from which on it looks like an accident."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A touchpoint, the segment whose values it struck on how many occasions (values on days), and the share 0-1 of its touches there."""

    touchpoint: str
    group: str
    occasions: int
    share: float


def suspects(engine: Engine, project: ProjectFile) -> Iterator[Suspect]:
    """Touchpoints not declared as accidents that look like some, each with the segment in which it does so most."""
    there = set(engine.columns("people"))
    best: dict[str, Suspect] = {}
    for name in project.people.segments if project.people else ():
        if f"segment.{name}" not in there:
            continue
        sql = step(PACKAGE, "accidents", segment=identifier(f"segment.{name}"), most=str(MOST_OF_A_GROUP), least=str(LEAST_OF_A_GROUP))
        for touchpoint, touches, struck, cells, possible in engine.rows(sql):
            share = struck / max(touches, 1)
            told = cells >= 2 and 2 * cells <= possible  # where most groups are struck on the same days nobody is left to compare with
            if told and share >= NEARLY_ALL and touchpoint not in project.accidents and share > getattr(best.get(touchpoint), "share", 0.0):
                best[touchpoint] = Suspect(touchpoint, name, int(cells), float(share))
    yield from best.values()
