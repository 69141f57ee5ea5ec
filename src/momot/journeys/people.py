"""The people behind a number: how many a list of the closed grammar (`vocabulary.whom`) is of, and a page of them.

Employees are left out, and everybody counts while under observation, as in the facts: what a list has less than a number that leads to it
is counted beside it (`Listed.others`).
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from momot.build import Build
from momot.engine import Engine, identifier, literal, step
from momot.errors import QuestionError, did_you_mean
from momot.journeys.chosen import CHOSEN, choose
from momot.journeys.document import local_date
from momot.journeys.lives import PACKAGE
from momot.vocabulary import STAGES, Stage
from momot.vocabulary.whom import People

MOST: Final = 50
"""People of one page."""
SEGMENT: Final = "segment."


class Person(Struct, frozen=True, kw_only=True):
    """One of a list. `times`: how often they are counted; `badly` to `unknown`: how what the list is of went for them."""

    number: int  # place in the list, from 1
    name: str
    times: int
    first_on: str  # local days, ISO
    last_on: str
    interactions: int
    purchases: int
    stages: tuple[Stage, ...]  # that they were at, in the order of the five
    badly: int
    neither: int
    well: int
    unknown: int


class Listed(Struct, frozen=True, kw_only=True):
    """A page of a list, and how many there are in all."""

    people: int
    times: int  # what is counted, where a person may be counted several times
    others: int  # times that are no part of it: of employees, or beyond the time in which people are followed
    persons: tuple[Person, ...]


def list_people(
    build: Build, whom: People, *, segment: str = "", days: tuple[int, int] | None = None, start: int = 0, most: int = MOST
) -> Listed:
    """The people of `whom` from place `start` on. `segment` (`region=North`) keeps one kind of them.

    `days` (first and last since 1970, both included) keeps who did it then, of lists of what people did (`chosen.DATED`).

    Raises QuestionError for a moment, touchpoint or segment that does not exist.
    """
    with build.engine() as engine:
        others, which = choose(build, engine, whom, days)
        _narrow(engine, segment)
        people, times = engine.row(f"SELECT count(*), coalesce(sum(times), 0) FROM {CHOSEN}")
        page = engine.rows(
            f"""SELECT c.person_id, p.person, c.times FROM {CHOSEN} c JOIN people p ON p.person_id = c.person_id
            ORDER BY c.person_id LIMIT {int(most)} OFFSET {int(start)}"""
        )
        known = _known(engine, [int(person) for person, _, _ in page], which)
        zone = build.manifest.timezone
        return Listed(
            people=int(people),
            times=int(times),
            others=others if not segment else 0,
            persons=tuple(
                _person(start + place, str(name), int(counted), known[int(person)], zone)
                for place, (person, name, counted) in enumerate(page, 1)
            ),
        )


def _person(number: int, name: str, times: int, known: tuple[int, ...], zone: str) -> Person:
    interactions, first_at, last_at, stages, purchases, badly, neither, well, unknown = known
    return Person(
        number=number, name=name, times=times, interactions=interactions, purchases=purchases, first_on=local_date(first_at, zone),
        last_on=local_date(last_at, zone), stages=tuple(stage for bit, stage in enumerate(STAGES) if stages >> bit & 1), badly=badly,
        neither=neither, well=well, unknown=unknown,
    )  # fmt: skip


def _known(engine: Engine, persons: list[int], which: str) -> dict[int, tuple[int, ...]]:
    """What is known of each of these persons."""
    if not persons:
        return {}
    bits = " ".join(f"WHEN {number} THEN {2**number}" for number in range(len(STAGES)))
    listed = ", ".join(map(str, persons))
    found = engine.rows(step(PACKAGE, "lived_by", journeys="journeys", bits=bits, which=which or "false", persons=listed))
    return {int(person): tuple(int(value or 0) for value in rest) for person, *rest in found}


def _narrow(engine: Engine, segment: str) -> None:
    """Keep those of the chosen who are of one kind. Raises QuestionError."""
    if not segment:
        return
    name, _, value = segment.partition("=")
    column = f"{SEGMENT}{name}"
    columns = engine.columns("people")
    if column not in columns:
        known = [one.removeprefix(SEGMENT) for one in columns if one.startswith(SEGMENT)]
        raise QuestionError(f"people have no segment '{name}'.{did_you_mean(name, known)}")
    written = f"CAST({identifier(column)} AS VARCHAR)"
    values = {str(one) for (one,) in engine.rows(f"SELECT DISTINCT {written} FROM people WHERE {identifier(column)} IS NOT NULL")}
    if value not in values:
        raise QuestionError(f"nobody is of the segment '{name}={value}'.{did_you_mean(value, values)}")
    kind = f"SELECT person_id FROM people WHERE {written} = {literal(value)}"
    engine.table("chosen_of_all", f"SELECT person_id, times FROM {CHOSEN}")
    engine.table(CHOSEN, f"SELECT c.person_id, c.times FROM chosen_of_all c JOIN ({kind}) k ON k.person_id = c.person_id")
