"""Funnels: how many people go through steps in their order, and how long they take between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase

import pyarrow as pa

from momot.build import Build
from momot.engine import Engine, literal, step
from momot.errors import QuestionError, did_you_mean
from momot.journeys.bounds import WATCHED, bounded
from momot.journeys.contract import Funnel, Step
from momot.journeys.lives import watch
from momot.journeys.measure import MICROS_A_DAY
from momot.journeys.ranked import at_places
from momot.progress import counted
from momot.stats.order import median_of
from momot.stats.shares import wilson
from momot.vocabulary import STAGES

PURCHASE = "purchase"
_PACKAGE = "momot.journeys"
_NOBODY = "(SELECT 0 AS person_id, 0 AS place, NULL::BIGINT AS reached_at WHERE false)"
_COLUMNS = pa.schema([("step", pa.int32()), ("moment_id", pa.int16()), ("activity_id", pa.int16()), ("purchase", pa.bool_())])


def funnel_of(build: Build, steps: Sequence[str] = ()) -> Funnel:
    """The funnel of a build through `steps`: stages, moments, touchpoints, activities (with * for any) or `purchase`.

    Without steps, those of the five stages that occur, in their order. Raises QuestionError for a step that nothing is called.
    """
    with build.engine() as engine:
        names = list(steps) or stages_met(engine)
        register(engine, names)
        people, met = walk(engine, build.parts(engine, "journeys"), len(names))
        found: list[Step] = []
        for number, name in enumerate(names):
            found.append(_step(engine, number, name, met[number], found))
    return Funnel(project=build.manifest.project, build=build.manifest.build, people=people, steps=tuple(found))


def walk(engine: Engine, parts: Sequence[str], steps: int) -> tuple[int, Counter[int]]:
    """Make the tables `funnel_0`, `funnel_1`, …: one row a person who reached the step, with how long it `waited`.

    Returns the people under observation, and those who met each step in whatever order. A part has whole persons, so parts add up.
    """
    watched = ""
    if bounded(engine):
        watch(engine, journeys="journeys", people="people", opinions="opinions")
        watched = WATCHED
    people, met = 0, Counter[int]()
    for part, journeys in enumerate(counted(parts, of=len(parts), unit="parts")):
        engine.table("funnel_places", step(_PACKAGE, "funnel_places", journeys=journeys, watched=watched))
        people += int(engine.row(f"SELECT count(DISTINCT j.person_id) FROM {journeys} j {watched}")[0])
        met.update(dict(engine.rows("SELECT step, count(DISTINCT person_id) FROM funnel_places GROUP BY step")))
        before = _NOBODY
        for number in range(steps):
            here = f"funnel_part_{number}"
            engine.table(here, step(_PACKAGE, "funnel_reached", before=before, step=number, first=literal(number == 0)))
            (engine.append if part else engine.table)(f"funnel_{number}", f"SELECT person_id, waited FROM {here}")
            before = here
    return people, met


def _step(engine: Engine, number: int, name: str, met: int, before: Sequence[Step]) -> Step:
    """One step with its shares, from the table of who reached it."""
    reached = f"funnel_{number}"
    people = int(engine.row(f"SELECT count(*) FROM {reached}")[0])
    share = _share(people, before[0].people) if before else (None, None, None)
    onward = _share(people, before[-1].people) if before else (None, None, None)
    days: tuple[float | None, ...] = (None, None, None)
    if before and people:
        half = median_of(people)
        waited = half.of(at_places(engine, reached, "waited", half.places))
        days = tuple(None if one is None else one / MICROS_A_DAY for one in waited)
    return Step(
        name=name, met=met, people=people, share=share[0], low=share[1], high=share[2], onward=onward[0], onward_low=onward[1],
        onward_high=onward[2], days=days[0], days_low=days[1], days_high=days[2],
    )  # fmt: skip


def _share(count: int, n: int) -> tuple[float | None, float | None, float | None]:
    return (count / n, *wilson(count, n)) if n else (None, None, None)


def stages_met(engine: Engine) -> list[str]:
    """The stages that occur, in their order."""
    met = {stage for (stage,) in engine.rows("SELECT DISTINCT stage FROM journeys WHERE stage IS NOT NULL")}
    names: list[str] = [name for number, name in enumerate(STAGES) if number in met]
    if not names:
        raise QuestionError("No interaction has a stage. Name the steps, or write [[stages]] rules in momot.toml.")
    return names


def register(engine: Engine, names: Sequence[str]) -> None:
    """The table `funnel_steps`: which moments or activities each step is. Raises QuestionError."""
    moments = engine.rows("SELECT moment_id, moment, touchpoint, stage FROM moments")
    activities = engine.rows("SELECT activity_id, activity FROM activities")
    listed: list[dict[str, object]] = []
    for number, name in enumerate(names):
        wanted = name.lower()
        if wanted == PURCHASE:
            listed.append({"step": number, "purchase": True})
            continue
        codes = [code for code, *called in moments if any(one is not None and fnmatchcase(one.lower(), wanted) for one in called)]
        acts = [] if codes else [code for code, activity in activities if fnmatchcase(activity.lower(), wanted)]
        if not codes and not acts:
            known = [
                PURCHASE,
                *STAGES,
                *(one for _, moment, touchpoint, _ in moments for one in (moment, touchpoint)),
                *(a for _, a in activities),
            ]
            raise QuestionError(
                f"nothing is called '{name}': a step is a stage, a moment, a touchpoint or an activity.{did_you_mean(name, known)}"
            )
        listed += [{"step": number, "moment_id": code, "purchase": False} for code in codes]
        listed += [{"step": number, "activity_id": code, "purchase": False} for code in acts]
    engine.register("funnel_steps", pa.Table.from_pylist(listed, _COLUMNS))
