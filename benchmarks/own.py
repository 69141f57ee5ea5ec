"""Momot's own part beside the rivals of `benchmarks.apart`: the same files, the same answers, timed in the same way.

`python -m benchmarks.own follows|markov GIVEN.parquet ANSWER.json [RUNS]`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from momot.credit.markov import markov, removal_effects
from momot.engine import DuckEngine, connect, literal, step

Answer = dict[str, int] | dict[str, float]


def follows(given: str) -> Answer:
    """Counts by "first>next", both codes: the step of `momot journey --paths` down the sorted file."""
    with DuckEngine(connect()) as engine:
        engine.view("log", f"SELECT person AS person_id, code AS moment_id FROM read_parquet({literal(given)})")
        edges = engine.rows(step("momot.journeys", "follows_whole", journeys="log"))
    return {f"{first}>{then}": count for first, then, count in edges if first >= 0 and then >= 0}


def credit(given: str) -> Answer:
    """Share of the conversions by touchpoint: the chain's counts by SQL, then the rule of `momot find --credit`."""
    with DuckEngine(connect()) as engine:
        engine.table("paths", f"SELECT string_split(path, '>') AS steps, converted, lost FROM read_parquet({literal(given)})")
        names = [name for (name,) in engine.rows("SELECT DISTINCT unnest(steps) AS name FROM paths ORDER BY name")]
        pairs = engine.rows(
            """SELECT step[1], step[2], sum(converted + lost) FROM (
                 SELECT unnest(list_zip(steps[:-2], steps[2:])) AS step, converted, lost FROM paths WHERE len(steps) > 1
               ) GROUP BY ALL"""
        )
        ends = engine.rows("SELECT steps[1], steps[-1], sum(converted), sum(lost) FROM paths GROUP BY ALL")
    place = {name: position for position, name in enumerate(names)}
    starts, converted, lost = (np.zeros(len(names), dtype=np.int64) for _ in range(3))
    for first, last, happened, not_happened in ends:
        starts[place[first]] += happened + not_happened
        converted[place[last]] += happened
        lost[place[last]] += not_happened
    steps = np.array([(place[first], place[then], times) for first, then, times in pairs], dtype=np.int64)
    shares = markov(removal_effects(steps=steps, starts=starts, converted=converted, lost=lost), 1)
    return dict(zip(names, shares.tolist(), strict=True))


WORK: dict[str, Callable[[str], Answer]] = {"follows": follows, "markov": credit}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).with_name("apart")))
    from timed import run  # rivals find it beside them, in an environment without this package

    work = WORK[sys.argv.pop(1)]
    run(work)
