"""For whom effects are asked: how a project can divide people and touches, and the value of each (EFFECTS.md 1.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from momot.designs import states
from momot.designs.columns import read_column
from momot.designs.frame import Codes, Floats, Integers
from momot.designs.question import Ask
from momot.engine import Engine, identifier, literal
from momot.engine.arrays import integers
from momot.errors import QuestionError, did_you_mean
from momot.project.schema import ProjectFile

ROLE, CHANNEL, CYCLE = "role", "channel", "cycle"
CYCLES = ("first time", "loyalty loop")
SEVERAL = "several"
"""The value of an account whose persons have different ones."""
LEAST_TOUCHES = 30
REST = 999
"""Code of the touches of a moment whose own value is rare or unknown."""
_APART = 1_000_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """One segment over people, accounts or units: `codes` (n,) index `labels`, -1 where unknown."""

    name: str
    labels: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True, slots=True)
class Divided:
    """Moments divided by a value of their touches. `sql` numbers the parts; `parts` is (number, moment, value) of each, None: the rest."""

    name: str
    sql: str
    parts: tuple[tuple[int, int, str | None], ...]


def segments_known(project: ProjectFile, wanted: Sequence[Ask]) -> tuple[str, ...]:
    """Every name that effects of these questions can be asked by."""
    declared = list(project.people.segments) if project.people else []
    if project.people is not None and project.people.role:
        declared.append(ROLE)
    if project.interactions:
        declared += [CHANNEL, CYCLE]
    blocks = [ask.wide.block for ask in wanted if ask.wide is not None]
    return tuple(dict.fromkeys([*declared, *(name for block in blocks for name in block.segments)]))


def by_names(project: ProjectFile, wanted: Sequence[Ask], by: Sequence[str]) -> tuple[str, ...]:
    """The segments asked for, each once. Raises QuestionError for one that there is not, with the nearest name and what there is."""
    known = segments_known(project, wanted)
    for name in by:
        if name not in known:
            there = f"It has: {', '.join(known)}." if known else "It has none: name some with `segments` in [people]."
            raise QuestionError(f"{project.path}: there is no segment '{name}'.{did_you_mean(name, known)} {there}")
    return tuple(dict.fromkeys(by))


def struck_groups(project: ProjectFile) -> tuple[str, ...]:
    """The groups that accidents struck. Raises QuestionError for one that is no segment of persons, with the nearest name."""
    known = [*(project.people.segments if project.people else ()), *([ROLE] if project.people and project.people.role else [])]
    for touchpoint, group in project.accidents.items():
        if group not in known:
            there = f"It has: {', '.join(known)}." if known else "It has none: name some with `segments` in [people]."
            raise QuestionError(
                f"{project.path}, [accidents]: '{touchpoint}' struck by '{group}', which is no segment.{did_you_mean(group, known)} {there}"
            )
    return tuple(dict.fromkeys(project.accidents.values()))


def labelled(name: str, values: pa.ChunkedArray) -> Labelled:
    """A column of a table as labels and codes: names as they are, numbers with many values in quarters."""
    coded = states.of_column(read_column(name, values))
    labels = tuple(state.label for state in coded.states)
    unknown = [code for code, state in enumerate(coded.states) if state.role in ("blank", "unknown")]
    codes = np.where(np.isin(coded.codes, unknown), -1, coded.codes).astype(np.int16)
    return Labelled(name, labels, codes)


@dataclass(frozen=True, slots=True)
class People:
    """The segments asked for that are persons', in the order of `person` (ascending)."""

    person: Integers
    segments: tuple[Labelled, ...]

    def of(self, persons: Integers) -> tuple[Labelled, ...]:
        """The value of each of some persons; -1 for one that there is not."""
        if not len(self.person):
            return tuple(Labelled(one.name, one.labels, np.full(len(persons), -1, dtype=np.int16)) for one in self.segments)
        place = np.minimum(np.searchsorted(self.person, persons), len(self.person) - 1)
        there = self.person[place] == persons
        return tuple(Labelled(one.name, one.labels, np.where(there, one.codes[place], -1).astype(np.int16)) for one in self.segments)


def segments_of_people(engine: Engine, by: Sequence[str], among: str = "true") -> People:
    """What `[people]` says of persons, of the segments asked for that it has; only of those for whom the SQL `among` holds."""
    there = set(engine.columns("people"))
    wanted = {name: ROLE if name == ROLE else f"segment.{name}" for name in by if name == ROLE or f"segment.{name}" in there}
    columns = "".join(f", {identifier(column)}" for column in wanted.values())
    table = engine.arrow(f"SELECT person_id{columns} FROM people WHERE {among} ORDER BY person_id")
    found = (labelled(name, table[column]) for name, column in wanted.items())
    return People(integers(table["person_id"]), tuple(one for one in found if (one.codes >= 0).any()))


def divided(engine: Engine, name: str) -> Divided | None:
    """The moments of journeys divided by the `channel` of the touch, or by the `role` of who was touched; None where none can be.

    A moment is divided where at least two values have thirty touches.
    """
    if name == ROLE:
        values = [role for (role,) in engine.rows("SELECT DISTINCT role FROM people WHERE role IS NOT NULL ORDER BY role")]
        names: dict[int, str] = dict(enumerate(values[: REST - 1]))
        cases = " ".join(f"WHEN {literal(role)} THEN {code}" for code, role in names.items())
        code = f"CASE p.role {cases} ELSE {REST} END" if cases else str(REST)
    else:
        names = {int(number): str(channel) for number, channel in engine.rows("SELECT channel_id, channel FROM channels")}
        code = f"coalesce(CAST(j.channel_id AS BIGINT), {REST})"
    number = f"CAST(j.moment_id AS BIGINT) * 1000 + {code}"
    met = engine.rows(
        f"""SELECT j.moment_id, {code} AS code, count(*) AS touches, bool_or(t.kind = 'count') AS counted
            FROM journeys j JOIN people p ON p.person_id = j.person_id
            JOIN touchpoints t ON t.touchpoint_id = j.touchpoint_id
            WHERE NOT p.is_employee GROUP BY j.moment_id, {code} ORDER BY j.moment_id, code""",
    )
    rest: set[int] = set()
    values_of: dict[int, list[int]] = {}
    for moment, value, touches, counted in met:
        if touches >= LEAST_TOUCHES and value != REST and not counted:
            values_of.setdefault(int(moment), []).append(int(value))
        else:
            rest.add(int(moment))
    split = {moment: found for moment, found in values_of.items() if len(found) > 1}
    if not split:
        return None
    own = [moment * 1000 + value for moment, found in split.items() for value in found]
    sql = (
        f"CASE WHEN {number} IN ({', '.join(map(str, own))}) THEN {_APART} + {number} "
        f"WHEN j.moment_id IN ({', '.join(map(str, split))}) THEN {_APART} + CAST(j.moment_id AS BIGINT) * 1000 + {REST} "
        "ELSE CAST(j.moment_id AS BIGINT) END"
    )
    parts: list[tuple[int, int, str | None]] = []
    for moment in dict.fromkeys(int(moment) for moment, *_ in met):
        if moment in split:
            parts += [(_APART + moment * 1000 + value, moment, names[value]) for value in split[moment]]
            parts += [(_APART + moment * 1000 + REST, moment, None)] if moment in rest else []
        else:
            parts.append((moment, moment, None))
    return Divided(name, sql, tuple(parts))


def codes_of(one: Labelled) -> Floats:
    """Its codes as a frame of few rows has them, NaN where unknown."""
    return np.where(one.codes < 0, np.nan, one.codes).astype(np.float64)
