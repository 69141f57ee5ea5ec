"""What a panel reads besides the touched days: moments and their states, attributes of units, dated answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from momot.designs.columns import read_column
from momot.designs.frame import Codes, Covariate, Exposure, State
from momot.designs.landmarks import Units
from momot.designs.outcomes import scored
from momot.designs.panel_risk import Days, local_day
from momot.designs.panel_rows import Answers, Moment, Reader
from momot.designs.panel_sources import Source
from momot.designs.pieces import RowSegment
from momot.designs.question import instrument_scale
from momot.designs.steps import PACKAGE
from momot.designs.ways import Way, counted, painted
from momot.designs.whom import CYCLE, CYCLES, ROLE, Divided, of_accounts, segments_of_people
from momot.engine import Engine, identifier, literal, step
from momot.engine.arrays import integers
from momot.project.schema import ProjectFile
from momot.vocabulary.records import Check

TIME_ORDER = Check(name="time_order", status="pass", message="Only what happened before the outcome counts as its cause.")


def moments_of(engine: Engine, divided: Divided | None = None) -> tuple[Moment, ...]:
    """Every moment of the build with its states, by name; nobody may have met it. `divided`: the parts of each instead, in their order."""
    ways: dict[int, list[Way]] = {}
    for moment, quality, level, happened in engine.rows(step(PACKAGE, "panel_ways", moment=divided.sql if divided else "j.moment_id")):
        ways.setdefault(int(moment), []).append(Way(int(quality), int(level), int(happened)))
    levels: dict[int, list[tuple[str, float | None, float | None]]] = {}
    for touchpoint, label, low, high in engine.rows("SELECT touchpoint_id, label, low, high FROM levels ORDER BY touchpoint_id, level"):
        levels.setdefault(int(touchpoint), []).append((label, low, high))
    known = engine.rows(
        """SELECT m.moment_id, m.touchpoint_id, m.touchpoint, m.stage, m.channel, t.kind FROM moments m
           JOIN touchpoints t ON t.touchpoint_id = m.touchpoint_id ORDER BY m.moment""",
    )
    if divided is not None:
        whole = {moment: rest for moment, *rest in known}
        known = [
            (number, first, name if number == moment else f"{name} ({value or 'other'})", *rest)
            for number, moment, value in divided.parts
            for first, name, *rest in [whole[moment]]
        ]
    found = []
    for position, (moment, touchpoint, name, stage, channel, kind) in enumerate(known):
        mine, bands = tuple(ways.get(moment, ())), tuple(levels.get(touchpoint, ()))
        plan = painted(mine, () if kind == "count" else bands) if mine else None
        states: tuple[State, ...] = plan.states if plan else (State("not met", "absent"),)
        if kind == "count" and mine:
            plan, states = None, counted(bands, np.zeros(0))[0]
        exposure = Exposure(
            touchpoint=name,
            stage=stage,
            kind="interaction",
            coding="level" if kind == "count" and mine else plan.coding if plan else "presence",
            states=states,
            codes=np.zeros(0, dtype=np.int16),
            held=tuple(other for other in range(len(known)) if other != position),
            evidence="B",
            checks=(TIME_ORDER,),
            channel=channel,
        )
        found.append(Moment(moment, exposure, plan, mine, bands if kind == "count" and mine else ()))
    return tuple(found)


def attributes_of(engine: Engine, units: Units) -> tuple[Covariate, ...]:
    """The segments of [people] as columns of L, a value a unit; an account has those of its first person."""
    names = [name for name in engine.columns("people") if name.startswith("segment.")]
    if not names:
        return ()
    table = engine.arrow(f"SELECT person_id, {', '.join(map(identifier, names))} FROM people ORDER BY person_id")
    place = np.searchsorted(integers(table["person_id"]), units.person)
    columns = (read_column(name.removeprefix("segment."), table[name]).covariate() for name in names)
    return tuple(replace(column, values=column.values[place]) for column in columns)


def answers_of(engine: Engine, unit: str, project: ProjectFile, sources: Sequence[Source], days: Days) -> dict[str, Answers]:
    """Opinions by instrument, for outcomes and as history, and the facts that are asked for."""
    instruments = [name for (name,) in engine.rows("SELECT DISTINCT instrument FROM opinions ORDER BY instrument")]
    opinion = "(SELECT person_id, NULL::INTEGER AS account_id, given_at AS at, value FROM opinions WHERE instrument = {})"
    fact = "(SELECT person_id, NULL::INTEGER AS account_id, settled_at AS at, value FROM facts WHERE outcome = {})"
    wanted = dict.fromkeys(instruments, opinion)
    wanted |= {source.outcome.name: fact for source in sources if source.outcome.from_ is not None}
    found = {}
    for name, query in wanted.items():
        text = step(
            PACKAGE,
            "panel_answers",
            unit=unit,
            day=local_day(project, "j.at"),
            step=days.step,
            source=query.format(literal(name)),
        )
        table = engine.arrow(text)
        outcome = next((source.outcome for source in sources if source.answers == name), None)
        values = read_column(name, table["value"]).values
        if outcome is not None:
            values = scored(outcome, values, instrument_scale(outcome, project))
        found[name] = Answers(integers(table["unit"]), integers(table["period"]), values)
    return found


def row_segments(engine: Engine, units: Units, unit: str, per: str, by: Sequence[str]) -> tuple[tuple[RowSegment, Codes | None], ...]:
    """The segments asked for that a row has, with the value of each unit; None where it is first time or loyalty loop, day by day."""
    people = segments_of_people(engine, [name for name in by if per != "account" or name != ROLE])
    if per == "account":
        pairs = engine.arrow(
            f"SELECT DISTINCT {unit} AS unit, j.person_id FROM journeys j JOIN people p ON p.person_id = j.person_id "
            f"WHERE NOT p.is_employee AND {unit} IS NOT NULL",
        )
        found = of_accounts(people, integers(pairs["person_id"]), integers(pairs["unit"]), units.unit)
    else:
        found = people.of(units.person)
    segments: list[tuple[RowSegment, Codes | None]] = [(RowSegment(one.name, one.labels), one.codes) for one in found]
    if CYCLE in by:
        segments.append((RowSegment(CYCLE, CYCLES), None))
    return tuple(segments)


def keep_bits(engine: Engine, reader: Reader) -> None:
    """The bit of every way as a table, so that reading pieces later needs nothing but the engine."""
    engine.register(reader.bits_name, reader.bits_table())
