"""`make truth`: what momot and its rivals find in worlds with known truth.

Prints two tables and writes `truth.json` and `truth.md` into the folder: what was found, and which share of the intervals holds the truth.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.truth.figures import figures
from benchmarks.truth.run import Beside, Run, run_folder, run_world
from benchmarks.truth.seeds import SEEDS, seeds_of
from benchmarks.truth.tables import FOUND, HELD, found_rows, held_rows, markdown, rich_table


def main() -> None:
    """Parse the command line, run, print, write."""
    options = _options()
    begun = time.perf_counter()
    runs = _runs(options)
    rows = figures([score for run in runs for score in run.scores])
    found, held = found_rows(rows), held_rows(rows)
    console = Console(width=None if sys.stdout.isatty() else 220)
    console.print(rich_table("Found beside planted: share ± one standard error over seeds", FOUND, found))
    console.print(rich_table("95 % intervals that hold the truth, and their median width (true / null) in the outcome's unit", HELD, held))
    about = {
        "momot": metadata.version("momot"),
        "measured_on": datetime.now(UTC).date().isoformat(),
        "seeds": {world: [run.seed for run in runs if run.world == world] for world in dict.fromkeys(run.world for run in runs)},
        "seeds_are": options.seeds,
        "knobs": _knobs(options),
        "seconds": round(time.perf_counter() - begun),
        "median_seconds_of_build_and_find": round(sorted(run.seconds for run in runs)[len(runs) // 2], 1),
        "unanswerable": sorted({f"{run.world}: {reason}" for run in runs for reason in run.unanswerable}),
    }
    options.folder.mkdir(parents=True, exist_ok=True)
    document = {"about": about, "figures": [asdict(row) for row in rows], "scores": [asdict(score) for run in runs for score in run.scores]}
    (options.folder / "truth.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    said = f"{markdown(FOUND, found)}\n{markdown(HELD, held)}\n```json\n{json.dumps(about, indent=1)}\n```\n"
    (options.folder / "truth.md").write_text(said, encoding="utf-8")
    console.print(f"Written: {options.folder / 'truth.json'}, {options.folder / 'truth.md'}")


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
    parser.add_argument("--folder", type=Path, default=Path("build/truth"), help="where the figures go (default: build/truth)")
    return parser.parse_args()


def _knobs(options: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(options, name) for name in ("people", "hidden", "touchpoints", "true")}
    return {name: value for name, value in given.items() if value is not None}


def _runs(options: argparse.Namespace) -> list[Run]:
    beside = Beside(rivals=not options.no_rivals, oracle=options.oracle)
    if options.world:
        return [run_folder(folder, name=folder.name, beside=beside, say=_say) for folder in options.world]
    wanted = [(world, seed) for world in options.worlds.split(",") for seed in seeds_of(options.seeds, options.most)]
    jobs = [(world, seed, _knobs(options), beside, options.keep) for world, seed in wanted]
    if options.workers == 1:
        return [_job(job) for job in jobs]
    with ProcessPoolExecutor(options.workers) as pool:
        return list(pool.map(_job, jobs))


def _job(job: Sequence[Any]) -> Run:
    world, seed, knobs, beside, keep = job
    return run_world(world, seed, knobs=knobs, beside=beside, say=_say, keep=keep)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
