"""Who a list is of: each kind of the closed grammar (`vocabulary.whom`) as a table of persons, by the steps that counted the number.

Names of an address never come into SQL: they are looked up among those that exist, and codes do.
"""

from __future__ import annotations

from typing import Final

from momot.build import Build
from momot.engine import Engine, step
from momot.errors import QuestionError, did_you_mean
from momot.journeys.bounds import WATCHED, bounded
from momot.journeys.cohorts import make_buyers
from momot.journeys.counted import choose_counted, register_lives
from momot.journeys.facts import GLANCES, NEXT_SHOWN, NOTHING
from momot.journeys.funnel import register, stages_met, walk
from momot.journeys.lives import PACKAGE, watch
from momot.journeys.paths import find_moment, ranked, shown_of
from momot.vocabulary import STAGES
from momot.vocabulary.whom import END, OTHERS, START, Again, AtStage, Beside, Cohort, Glanced, Met, People, Through, Used

CHOSEN: Final = "chosen"
"""The table (person_id, times). Grain: one row a person."""
DATED: Final = (Met, Used, AtStage)
"""Lists of what people did, which a period narrows. The others are of whole journeys."""
_QUALITIES = {"badly": "j.quality = -1", "neither": "j.quality = 0", "well": "j.quality = 1", "unknown": "j.quality IS NULL"}
_NOBODY = -3  # a code that nothing has


def choose(build: Build, engine: Engine, whom: People, days: tuple[int, int] | None = None) -> tuple[int, str]:
    """Make the table `chosen` (person_id, times); how many times are no part of it, and SQL of the rows that it is of, empty: of none.

    `days`, first and last since 1970, are of lists that are `DATED`; any other is of all records.
    """
    if isinstance(whom, DATED):
        which = _rows_of(engine, whom)
        if days is not None:
            which += f" AND j.day BETWEEN {int(days[0])} AND {int(days[1])}"
        return _choose_rows(engine, which), "" if isinstance(whom, AtStage) else which
    if isinstance(whom, Through):
        names = stages_met(engine)
        if whom.stage not in names:
            raise QuestionError(f"nobody is seen at the stage '{whom.stage}'.")
        wanted = names[: names.index(whom.stage) + 1]
        register(engine, wanted)
        walk(engine, build.parts(engine, "journeys"), len(wanted))
        engine.table(CHOSEN, f"SELECT person_id, 1 AS times FROM funnel_{len(wanted) - 1}")
        return 0, ""
    if isinstance(whom, Beside):
        return 0, _choose_beside(engine, whom)
    if isinstance(whom, Cohort | Again):
        _choose_buyers(build, engine, whom)
    elif isinstance(whom, Glanced):
        _choose_glances(build, engine, whom)
    else:
        engine.table(CHOSEN, choose_counted(build, engine, whom))
    return 0, ""


def _rows_of(engine: Engine, whom: Met | Used | AtStage) -> str:
    """SQL: whether a row `j` of the journeys is meant."""
    if isinstance(whom, AtStage):
        return f"j.stage = {STAGES.index(whom.stage)}"
    if isinstance(whom, Used):
        known = {str(name): int(number) for number, name in engine.rows("SELECT touchpoint_id, touchpoint FROM touchpoints")}
        if whom.touchpoint not in known:
            raise QuestionError(f"there is no touchpoint '{whom.touchpoint}'.{did_you_mean(whom.touchpoint, known)}")
        return f"j.touchpoint_id = {known[whom.touchpoint]}"
    code, _ = find_moment(engine, whom.moment)
    parts = [f"j.moment_id = {code}"]
    if whom.went:
        parts.append(_QUALITIES[whom.went])
    if whom.level:
        levels = engine.rows(
            f"SELECT l.label, l.level FROM levels l JOIN moments m ON m.touchpoint_id = l.touchpoint_id WHERE m.moment_id = {code}"
        )
        known = {str(label): int(level) for label, level in levels}
        if whom.level not in known:
            raise QuestionError(f"'{whom.moment}' has no level '{whom.level}'.{did_you_mean(whom.level, known)}")
        parts.append(f"j.level = {known[whom.level]}")
    return " AND ".join(parts)


def _choose_rows(engine: Engine, which: str) -> int:
    """The table `chosen` of all who did what `which` says; how often others did it, who are no part of it."""
    if not bounded(engine):
        engine.table(CHOSEN, step(PACKAGE, "met_by", journeys="journeys", watched="", which=which))
        return 0
    watch(engine, journeys="journeys", people="people", opinions="opinions")
    engine.table(CHOSEN, step(PACKAGE, "met_by", journeys="journeys", watched=WATCHED, which=which))
    (every,) = engine.row(f"SELECT count(*) FROM journeys j WHERE {which}")
    (mine,) = engine.row("SELECT coalesce(sum(times), 0) FROM chosen")
    return int(every) - int(mine)


def _choose_beside(engine: Engine, whom: Beside) -> str:
    """The table `chosen` of a step of paths; SQL of the rows of the moment."""
    code, _ = find_moment(engine, whom.moment)
    names = {str(name): int(number) for number, name in engine.rows("SELECT moment_id, moment FROM moments")} | {START: -1, END: -2}
    watch(engine, journeys="journeys", people="people", opinions="opinions")
    others: list[int]
    if whom.other == OTHERS:
        around = step(PACKAGE, "around", journeys="journeys", steps=f"SELECT {whom.steps} AS step", moment=code)
        named = {number: name for name, number in names.items()}
        counts = ranked([(named[int(moment)], int(times)) for _, moment, times in engine.rows(around)])
        others = [names[name] for _, name in counts[shown_of(len(counts)) :]]
    elif whom.other in names:
        others = [names[whom.other]]
    else:
        raise QuestionError(f"there is no moment '{whom.other}'.{did_you_mean(whom.other, names)}")
    engine.table(
        CHOSEN,
        step(
            PACKAGE, "beside", journeys="journeys", moment=code, steps=whom.steps, nobody=-1 if whom.steps < 0 else -2,
            others=", ".join(map(str, others or [_NOBODY])),
        ),
    )  # fmt: skip
    return f"j.moment_id = {code}"


def _choose_buyers(build: Build, engine: Engine, whom: Cohort | Again) -> None:
    year, month = map(int, whom.month.split("-"))
    cohort = (year - 1970) * 12 + month - 1
    make_buyers(engine, build.manifest.timezone)
    if isinstance(whom, Cohort):
        engine.table(CHOSEN, f"SELECT person_id, 1 AS times FROM cohort_buyers WHERE cohort = {cohort}")
        return
    engine.table("bought_again", step(PACKAGE, "bought_again", journeys="journeys"))
    engine.table(CHOSEN, f"SELECT person_id, 1 AS times FROM bought_again WHERE cohort = {cohort} AND since = {whom.since}")


def _choose_glances(build: Build, engine: Engine, whom: Glanced) -> None:
    register_lives(build, engine)
    bounds, least = {}, 0
    for most, label in GLANCES:
        bounds[label] = f"i.waited >= {least}" + ("" if most is None else f" AND i.waited <= {most}")
        least = 0 if most is None else most + 1
    bounds[NOTHING] = "i.waited < 0"
    here = f"FROM impressions i WHERE {bounds[whom.group]}"
    then = ""
    if whom.then:
        names = {int(number): str(name) for number, name in engine.rows("SELECT moment_id, moment FROM moments")}
        codes = {int(code): int(count) for code, count in engine.rows(f"SELECT coalesce(i.next_moment, -1), count(*) {here} GROUP BY 1")}
        of_name: dict[str, list[int]] = {}
        for code in codes:
            of_name.setdefault(names.get(code, NOTHING), []).append(code)
        order = ranked([(name, sum(codes[code] for code in own)) for name, own in of_name.items()])
        wanted = [name for _, name in order[NEXT_SHOWN:]] if whom.then == OTHERS else [whom.then]
        among = [code for name in wanted for code in of_name.get(name, [])] or [_NOBODY]
        then = f" AND coalesce(i.next_moment, -1) IN ({', '.join(map(str, among))})"
    engine.table(CHOSEN, f"SELECT i.person_id, 1 AS times {here}{then}")
