"""Single steps of momot over a project that is built, each timed in a process of its own: `python -m benchmarks.steps NAME FOLDER`.

They are momot's own functions over the canonical Parquet files, read anew in every run. `scan` is what they are held against: every value
of the interactions and journeys once. Prints one line of JSON: medians of the seconds and processor seconds of `--runs`, after one run that
warms the disk, the rows of the journeys, and the peak of resident memory of the process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import momot
from benchmarks.apart.timed import peak_mb
from momot.build import Build
from momot.credit import CreditSource, gather, share, source_of
from momot.designs.panel_sources import unit_sql
from momot.engine import Engine, step
from momot.journeys.funnel import funnel_of
from momot.journeys.paths import paths_of

BITS = 60  # ways of a word of the panel's masks


def scan(built: Build) -> None:
    """Read every value of the interactions and journeys once."""
    with built.engine() as engine:
        for table in ("interactions", "journeys"):
            engine.rows(f"SELECT bit_xor(hash(COLUMNS(*))) FROM {table}")


def occurrence(built: Build) -> None:
    """The number of each interaction among those of its touchpoint and person, as journeys count it."""
    with built.engine() as engine:
        _drain(engine, step("momot.journeys", "occurrences", interactions="interactions"))


def follows(built: Build) -> None:
    """What directly follows what (`momot journey --paths`)."""
    paths_of(built, None)


def funnel(built: Build) -> None:
    """The funnel through the stages (`momot journey --funnel`)."""
    funnel_of(built)


def credit(built: Build) -> None:
    """The paths to a purchase, counted once and shared by every rule, Markov and Shapley included (`momot find --credit`)."""
    with built.engine() as engine:
        share(gather(_purchase(engine), engine, built.parts(engine, "journeys")))


def panel(built: Build) -> None:
    """What each person met on each day, as masks over all ways that a moment went, and whether they bought."""
    with built.engine() as engine:
        ways = engine.rows("SELECT DISTINCT moment_id, coalesce(quality, 9), coalesce(level, -1) FROM journeys ORDER BY ALL")
        listed = ", ".join(
            f"({moment}, {quality}, {level}, {n // BITS}, {1 << n % BITS})" for n, (moment, quality, level) in enumerate(ways)
        )
        engine.table("bits", f"SELECT * FROM (VALUES {listed}) b(moment_id, quality, level, word, bit)")
        words = range(1 + (len(ways) - 1) // BITS)
        masks = "".join(f", bit_or(CASE WHEN b.word = {word} THEN b.bit ELSE CAST(0 AS BIGINT) END) AS mask_{word}" for word in words)
        low, high = engine.row("SELECT min(person_id), max(person_id) FROM people")
        fill = {"unit": unit_sql("person"), "step": 1, "bits": "bits", "moment": "j.moment_id", "low": low, "high": high, "sampled": "true"}
        bought = ", sum(CASE WHEN j.purchase THEN j.repeat ELSE 0 END) AS happened_0"
        _drain(engine, step("momot.designs", "panel_days", columns=masks + bought, **fill))


STEPS: dict[str, Callable[[Build], None]] = {
    "scan": scan, "occurrence": occurrence, "follows": follows, "funnel": funnel, "credit": credit, "panel": panel,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One step: medians of wall clock and processor seconds, the least processor seconds, and the peak of resident memory in megabytes."""

    rows: int
    seconds: float
    cpu_seconds: float
    least_cpu_seconds: float
    peak_mb: float


def measured(name: str, built: Build, runs: int) -> Measured:
    """Run one step `runs` times after one that warms the disk."""
    STEPS[name](built)
    walls, processor = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        STEPS[name](built)
        walls.append(time.perf_counter() - wall)
        processor.append(time.process_time() - cpu)
    table = built.manifest.table("journeys")
    return Measured(
        rows=table.rows if table else 0,
        seconds=round(statistics.median(walls), 4),
        cpu_seconds=round(statistics.median(processor), 4),
        least_cpu_seconds=round(min(processor), 4),
        peak_mb=round(peak_mb(), 1),
    )


def _drain(engine: Engine, sql: str) -> None:
    """Read what a query gives, some rows at a time, as the panel does."""
    for _ in engine.batches(sql):
        pass


def _purchase(engine: Engine) -> CreditSource:
    """The paths to the outcome `purchase` of the workload."""
    from momot.project.schema import Outcome

    found = source_of(Outcome(name="purchase", activity="order_placed", per="person", within_days=30.0), engine)
    if isinstance(found, tuple):
        raise RuntimeError(f"the workload has no purchase: {found}")
    return found


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("name", choices=STEPS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory-limit")
    options = parser.parse_args()
    built = momot.build(momot.open(options.folder, memory_limit=options.memory_limit))
    found = measured(options.name, built, options.runs)
    print(json.dumps({name: getattr(found, name) for name in Measured.__dataclass_fields__}))


if __name__ == "__main__":
    main()
