"""`make truth`: what momot and its rivals find in worlds with known truth.

Prints two tables and writes `truth.json` and `truth.md` into the folder: what was found, and which share of the intervals holds the truth.
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

from benchmarks.truth.figures import Figure, figures, shown
from benchmarks.truth.run import Beside, Run, run_folder, run_world
from benchmarks.truth.seeds import SEEDS, seeds_of
from benchmarks.truth.tables import FOUND, HELD, found_rows, held_rows, markdown, rich_table


def main() -> None:
    """Parse the command line, run, print; what is done so far is written after each world, so that a run may be stopped."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    runs: list[Run] = [run for path in options.read for run in msgspec.json.decode(path.read_bytes(), type=Written).runs]
    for run in () if options.read else _runs(options):
        runs.append(run)
        _write(runs, options)
    found, held = _write(runs, options)
    console = Console(width=None if sys.stdout.isatty() else 220)
    console.print(rich_table("Found beside planted: share ± one standard error over seeds", FOUND, found))
    console.print(rich_table("95 % intervals that hold the truth, and their median width (true / null) in the outcome's unit", HELD, held))
    console.print(f"Written: {options.folder / 'truth.json'}, {options.folder / 'truth.md'}")


class Written(msgspec.Struct, frozen=True):
    """What `truth.json` holds."""

    about: dict[str, Any]
    figures: tuple[Figure, ...]
    runs: tuple[Run, ...]


def _write(runs: Sequence[Run], options: argparse.Namespace) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Write all runs and their figures; the rows of the two tables."""
    rows = figures([score for run in runs for score in run.scores])
    found, held = found_rows(rows), held_rows(rows)
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
    page = shown(rows)
    said = f"{markdown(FOUND, found_rows(page))}\n{markdown(HELD, held_rows(page))}\n```json\n{json.dumps(about, indent=1)}\n```\n"
    (options.folder / "truth.md").write_text(said, encoding="utf-8")
    return found, held


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    parser.add_argument("--worlds", default="shop", help="names of momot.worlds, with commas between (default: shop)")
    parser.add_argument("--world", type=Path, action="append", default=[], metavar="DIR", help="a world written by others; may be repeated")
    parser.add_argument("--seeds", choices=sorted(SEEDS), default="development", help="which seeds; reporting ones are for publishing only")
    parser.add_argument("--most", type=int, help="at most so many of the seeds")
    parser.add_argument("--people", type=int, default=5_000, help="people in each world (default: 5000)")
    parser.add_argument("--hidden", type=float, help="share of the confounding that no record shows (default: that of the world)")
    parser.add_argument("--touchpoints", type=int, help="how many touchpoints (default: that of the world)")
    parser.add_argument("--true", type=int, help="how many of them change something (default: that of the world)")
    parser.add_argument("--no-rivals", action="store_true", help="leave the rivals out")
    parser.add_argument("--oracle", action="store_true", help="also a regression that sees what is hidden, which takes as long as the rest")
    parser.add_argument("--workers", type=int, default=1, help="worlds at once (default: 1)")
    parser.add_argument("--keep", type=Path, help="make the worlds in this folder and leave them there")
    parser.add_argument(
        "--read", type=Path, action="append", default=[], metavar="FILE", help="tables of a truth.json that is there; may be repeated"
    )
    parser.add_argument("--folder", type=Path, default=Path("build/truth"), help="where the figures go (default: build/truth)")
    return parser.parse_args()


def _knobs(options: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(options, name) for name in ("people", "hidden", "touchpoints", "true")}
    return {name: value for name, value in given.items() if value is not None}


def _runs(options: argparse.Namespace) -> Iterator[Run]:
    beside = Beside(rivals=not options.no_rivals, oracle=options.oracle)
    if options.world:
        yield from (run_folder(folder, name=folder.name, beside=beside, say=_say) for folder in options.world)
        return
    wanted = [(world, seed) for world in options.worlds.split(",") for seed in seeds_of(options.seeds, options.most)]
    jobs = [(world, seed, _knobs(options), beside, options.keep) for world, seed in wanted]
    if options.workers == 1:
        yield from map(_job, jobs)
        return
    with ProcessPoolExecutor(options.workers) as pool:
        yield from pool.map(_job, jobs)


def _job(job: Sequence[Any]) -> Run:
    world, seed, knobs, beside, keep = job
    return run_world(world, seed, knobs=knobs, beside=beside, say=_say, keep=keep)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
