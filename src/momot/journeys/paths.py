"""Paths: what directly follows what, and what stands before and after one moment."""

from __future__ import annotations

from collections.abc import Iterable

from momot.build import Build
from momot.engine import Engine, step
from momot.errors import QuestionError, did_you_mean
from momot.journeys.bounds import bounded
from momot.journeys.contract import Edge, Flow, Paths
from momot.journeys.lives import watch
from momot.vocabulary.whom import END, START

NODES = 8  # moments shown a step; the others are one
DEPTH = 3  # steps before and after
_PACKAGE = "momot.journeys"


def paths_of(build: Build, moment: str | None) -> Paths:
    """All directly-follows counts; also what stands around `moment` (a bare touchpoint where it is unique). Raises QuestionError."""
    with build.engine() as engine:
        names = dict(engine.rows("SELECT moment_id, moment FROM moments")) | {-1: START, -2: END}
        chosen = None if moment is None else find_moment(engine, moment)
        watch(engine, journeys="journeys", people="people", opinions="opinions")
        edges = _follows(engine)
        if chosen is None:
            flows: tuple[Flow, ...] = ()
            times = sum(count for before, _, count in edges if before == -1)
        else:
            steps = " UNION ALL ".join(f"SELECT {number} AS step" for number in (*range(-DEPTH, 0), *range(1, DEPTH + 1)))
            found = engine.rows(step(_PACKAGE, "around", journeys="journeys", steps=steps, moment=chosen[0]))
            flows = tuple(flow for number in sorted({one[0] for one in found}) for flow in _shown(number, found, names))
            times = sum(count for _, after, count in edges if after == chosen[0])
    return Paths(
        project=build.manifest.project,
        build=build.manifest.build,
        moment=chosen[1] if chosen else None,
        times=times,
        flows=flows,
        edges=tuple(
            Edge(from_=names[before], to=names[after], times=count)
            for before, after, count in sorted(edges, key=lambda one: (-one[2], names[one[0]], names[one[1]]))
        ),
    )


def _follows(engine: Engine) -> list[tuple[int, int, int]]:
    """What directly follows what, how often; without looking bounds up where nobody has any."""
    found = engine.rows(step(_PACKAGE, "follows_streamed" if bounded(engine) else "follows_whole", journeys="journeys"))
    return [(int(before), int(after), int(times)) for before, after, times in found]


def find_moment(engine: Engine, name: str) -> tuple[int, str]:
    """Code and full name of a moment. Raises QuestionError for an unknown name, and for a touchpoint that is several moments."""
    moments = engine.rows("SELECT moment_id, moment, touchpoint FROM moments ORDER BY moment")
    exact = [(code, moment) for code, moment, _ in moments if moment == name]
    if exact:
        return exact[0]
    bare = [(code, moment) for code, moment, touchpoint in moments if touchpoint == name]
    if len(bare) > 1:
        raise QuestionError(f"'{name}' is {len(bare)} moments: {', '.join(moment for _, moment in bare)}. Name one of them.")
    if not bare:
        known = [moment for _, moment, _ in moments] + [touchpoint for _, _, touchpoint in moments]
        raise QuestionError(f"there is no moment '{name}'.{did_you_mean(name, known)}")
    return bare[0]


def ranked(counts: Iterable[tuple[str, int]]) -> list[tuple[int, str]]:
    """The most frequent first."""
    return sorted(((count, name) for name, count in counts), key=lambda one: (-one[0], one[1]))


def shown_of(moments: int) -> int:
    """How many of the moments of a step are shown by name: one more than fits is two fewer, as the others take a place."""
    return moments if moments <= NODES else NODES - 1


def _shown(number: int, found: Iterable[tuple[int, int, int]], names: dict[int, str]) -> list[Flow]:
    """The most frequent moments of one step, and the rest as one."""
    here = ranked([(names[code], count) for at, code, count in found if at == number])
    total = sum(count for count, _ in here)
    kept = here[: shown_of(len(here))]
    flows = [Flow(step=number, moment=name, times=count, share=count / total) for count, name in kept]
    rest = sum(count for count, _ in here[len(kept) :])
    return [*flows, Flow(step=number, moment=f"({len(here) - len(kept)} others)", times=rest, share=rest / total)] if rest else flows
