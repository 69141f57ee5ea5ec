"""What a panel reads besides the touched days: moments and their states, dated answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from momot.designs.frame import Exposure, State
from momot.designs.panel_plan import Heard, Moment
from momot.designs.panel_risk import Days, local_day
from momot.designs.panel_sources import Source
from momot.designs.question import instrument_scale
from momot.designs.steps import PACKAGE
from momot.designs.ways import Way, counted, painted
from momot.designs.whom import Divided
from momot.engine import Engine, literal, step
from momot.project.schema import ProjectFile
from momot.vocabulary.records import Check

OFTEN = 0.25
"""Share of answers that have a further one within the windows, from which on those who answered early tell of the later windows as well."""
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


def heard_of(engine: Engine, unit: str, project: ProjectFile, sources: Sequence[Source], days: Days) -> tuple[Heard, ...]:
    """Opinions by instrument, for outcomes and as history, and the facts that are asked for."""
    instruments = [name for (name,) in engine.rows("SELECT DISTINCT instrument FROM opinions ORDER BY instrument")]
    opinion = "(SELECT person_id, NULL::INTEGER AS account_id, given_at AS at, value FROM opinions WHERE instrument = {})"
    fact = "(SELECT person_id, NULL::INTEGER AS account_id, settled_at AS at, value FROM facts WHERE outcome = {})"
    wanted = dict.fromkeys(instruments, opinion)
    wanted |= {source.outcome.name: fact for source in sources if source.outcome.from_ is not None}
    found = []
    for name, query in wanted.items():
        day, source = local_day(project, "j.at"), query.format(literal(name))
        sql = step(PACKAGE, "panel_answers", unit=unit, day=day, step=days.step, source=source)
        outcome = next((source.outcome for source in sources if source.answers == name), None)
        scale = instrument_scale(outcome, project) if outcome is not None else None
        if outcome is not None and scale is None and outcome.as_ not in ("mean", "shift"):
            low, high = engine.row(f"SELECT min(value) AS low, max(value) AS high FROM ({sql})")
            scale = None if low is None else (float(low), float(high))
        found.append(Heard(name, sql, outcome, scale))
    return tuple(found)


def patient(engine: Engine, heard: Sequence[Heard], sources: Sequence[Source], edges: Sequence[int]) -> bool:
    """Whether rows without an outcome within the horizon are followed for one in a later window: where most people answer once only."""
    names = [source.answers for source in sources if source.answers]
    if not names or not edges:
        return False
    answers = next(one.sql for one in heard if one.name == names[0])
    again, everything = engine.row(
        f"""SELECT sum(CASE WHEN period - before <= {edges[-1]} THEN 1 ELSE 0 END) AS again, count(*) AS answers
            FROM (SELECT period, lag(period) OVER (PARTITION BY unit ORDER BY given_at, value) AS before FROM ({answers}))"""
    )
    return int(again or 0) < OFTEN * int(everything)
