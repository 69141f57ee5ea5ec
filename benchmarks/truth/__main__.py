"""`make truth`: what momot and its rivals find in worlds with known truth.

Prints one table and writes `truth.json` and `truth.md` into the folder: what was found, which share of the intervals holds the truth, how
wide they are, how long effects last, and what all that took. `--ablate` prints instead what each piece of the calibration is worth.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from benchmarks.truth import outside
from benchmarks.truth.ablation import ablate
from benchmarks.truth.figures import Figure, figures, shown
from benchmarks.truth.run import Beside, Run, run_folder, run_world
from benchmarks.truth.seeds import SEEDS, seeds_of
from benchmarks.truth.tables import COLUMNS, markdown, rich_table, table_rows
from benchmarks.truth.truths import MalformedTruth
from benchmarks.truth.variants import Variant, variants


def main() -> None:
    """Parse the command line, run, print; what is done so far is written after each world, so that a run may be stopped."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    runs: list[Run] = [run for path in options.read for run in msgspec.json.decode(path.read_bytes(), type=Written).runs]
    try:
        for run in () if options.read else _runs(options):
            runs.append(run)
            _write(runs, options)
    except MalformedTruth as error:
        sys.exit(str(error))
    table = _write(runs, options)
    console = Console(width=None if sys.stdout.isatty() else 300)
    console.print(rich_table("Beside the truth: shares ± one standard error over seeds", COLUMNS, table))
    for note in dict.fromkeys(note for run in runs for note in run.notes):
        console.print(note)
    console.print(f"Written: {options.folder / 'truth.json'}, {options.folder / 'truth.md'}")


class Written(msgspec.Struct, frozen=True):
    """What `truth.json` holds."""

    about: dict[str, Any]
    figures: tuple[Figure, ...]
    runs: tuple[Run, ...]


def _write(runs: Sequence[Run], options: argparse.Namespace) -> list[tuple[str, ...]]:
    """Write all runs and their figures; the rows of the table."""
    scores = [score for run in runs for score in run.scores]
    rows = figures(scores, [(run.world, cost) for run in runs for cost in run.costs])
    about = {
        "momot": metadata.version("momot"),
        "measured_on": datetime.now(UTC).date().isoformat(),
        "seeds": {world: [run.seed for run in runs if run.world == world] for world in dict.fromkeys(run.world for run in runs)},
        "knobs": _knobs(options),
        "median_seconds_of_build_and_find": round(sorted(run.seconds for run in runs)[len(runs) // 2], 1) if runs else None,
        "unanswerable": sorted({f"{run.world}: {reason}" for run in runs for reason in run.unanswerable}),
    }
    (options.folder / "truth.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(Written(about, tuple(rows), tuple(runs))), indent=1)
    )
    said = f"{markdown(COLUMNS, table_rows(shown(rows)))}\n```json\n{json.dumps(about, indent=1)}\n```\n"
    (options.folder / "truth.md").write_text(said, encoding="utf-8")
    return table_rows(rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    parser.add_argument(
        "--worlds", default="shop", help="names of momot.worlds with knobs, with commas between: shop,shop+hidden=0.5; all (default: shop)"
    )
    parser.add_argument("--world", type=Path, action="append", default=[], metavar="DIR", help="a world written by others; may be repeated")
    parser.add_argument("--seeds", choices=sorted(SEEDS), default="development", help="which seeds; reporting ones are for publishing only")
    parser.add_argument("--most", type=int, help="at most so many of the seeds")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many of the seeds first")
    parser.add_argument("--people", type=int, default=5_000, help="people in each world (default: 5000)")
    parser.add_argument("--hidden", type=float, help="share of the confounding that no record shows (default: that of the world)")
    parser.add_argument("--touchpoints", type=int, help="how many touchpoints (default: that of the world)")
    parser.add_argument("--true", type=int, help="how many of them change something (default: that of the world)")
    parser.add_argument("--pace", type=float, help="how many times as many touches as usual")
    parser.add_argument("--controls", type=int, help="how many touchpoints without effect are declared as such")
    parser.add_argument("--no-rivals", action="store_true", help="leave the rivals out")
    parser.add_argument("--outside", action="store_true", help="also rivals that are packages, from the environment of `make truth-rivals`")
    parser.add_argument("--learned", type=int, default=1, help="on how many outcomes DoubleML answers (default: 1)")
    parser.add_argument("--rows", type=int, default=40_000, help="rows that DoubleML learns from, at most (default: 40000)")
    parser.add_argument("--oracle", action="store_true", help="also a regression that sees what is hidden, which takes as long as the rest")
    parser.add_argument("--ablate", action="store_true", help="switch the pieces of the calibration off one at a time instead")
    parser.add_argument("--workers", type=int, default=1, help="worlds at once (default: 1)")
    parser.add_argument("--keep", type=Path, help="make the worlds in this folder and leave them there")
    parser.add_argument(
        "--read", type=Path, action="append", default=[], metavar="FILE", help="the table of a truth.json that is there; may be repeated"
    )
    parser.add_argument("--folder", type=Path, default=Path("build/truth"), help="where the figures go (default: build/truth)")
    options = parser.parse_args()
    try:
        options.variants = variants(options.worlds)
    except ValueError as error:
        parser.error(str(error))
    if options.outside and outside.python() is None:
        parser.error(f"--outside: {outside.HOME} is not there; make it with: make truth-rivals")
    return options


def _knobs(options: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(options, name) for name in ("people", "hidden", "touchpoints", "true", "pace", "controls")}
    return {name: value for name, value in given.items() if value is not None}


def _runs(options: argparse.Namespace) -> Iterator[Run]:
    beside = Beside(not options.no_rivals, options.oracle, options.outside, options.learned, options.rows)
    work = ablate if options.ablate else None
    if options.world:
        for folder in options.world:
            yield work(folder, name=folder.name, say=_say) if work else run_folder(folder, name=folder.name, beside=beside, say=_say)
        return
    seeds = seeds_of(options.seeds, options.most, skip=options.skip)
    jobs = [(variant, seed, _knobs(options), beside, options.keep, options.ablate) for variant in options.variants for seed in seeds]
    if options.workers == 1:
        yield from map(_job, jobs)
        return
    with ProcessPoolExecutor(options.workers) as pool:
        yield from pool.map(_job, jobs)


def _job(job: tuple[Variant, int, dict[str, Any], Beside, Path | None, bool]) -> Run:
    variant, seed, knobs, beside, keep, pieces = job
    return run_world(variant, seed, knobs=knobs, beside=beside, say=_say, keep=keep, work=ablate if pieces else None)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
