"""`make bench`: every workload, its figures as JSON on standard output and in build/bench/figures.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks import episodes, identity
from benchmarks.measure import cost_of, momot

CORES = 2


def time_episodes(folder: Path, subjects: int) -> dict[str, object]:
    """Plain scan, build and find of the episode workload."""
    _say(f"writing {subjects:,} subjects to {folder}")
    episodes.write(folder, subjects)
    shutil.rmtree(folder / ".momot", ignore_errors=True)
    commands = {
        "scan": [sys.executable, "-c", episodes.scan(folder)],
        "build": momot("build", str(folder)),
        "find": momot("find", str(folder), "opinion", "--format", "json"),
    }
    costs = {}
    for name, command in commands.items():
        _say(name)
        costs[name] = cost_of(command, cores=CORES)
    together = costs["build"].seconds + costs["find"].seconds
    return {
        "subjects": subjects,
        "source_mb": round(sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6, 1),
        **{name: asdict(cost) for name, cost in costs.items()},
        "build_and_find_seconds": round(together, 2),
        "peak_mb": max(costs["build"].peak_mb, costs["find"].peak_mb),
        "ratio_to_scan": round(together / costs["scan"].seconds, 1),
    }


def time_identity(folder: Path, ties: int) -> dict[str, object]:
    """Plain scan and build of the identity workload, and that the build came to the people of a reference implementation."""
    _say(f"writing {ties:,} ties to {folder}")
    identity.write(folder, ties)
    shutil.rmtree(folder / ".momot", ignore_errors=True)
    costs = {}
    for name, command in {"scan": [sys.executable, "-c", identity.scan(folder)], "build": momot("build", str(folder))}.items():
        _say(name)
        costs[name] = cost_of(command, cores=CORES)
    return {
        "ties": ties,
        **{name: asdict(cost) for name, cost in costs.items()},
        "ratio_to_scan": round(costs["build"].seconds / costs["scan"].seconds, 1),
        "agrees_with_reference": identity.agrees(folder),
    }


def time_help(runs: int = 11) -> dict[str, object]:
    """Seconds of `momot --help`: median of `runs`, after one that warms the disk."""
    cost_of(momot("--help"))
    seconds = [cost_of(momot("--help")).seconds for _ in range(runs)]
    return {"runs": runs, "median_seconds": statistics.median(seconds), "slowest_seconds": max(seconds)}


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000_000, help="orders, and ties between ids (default: a million)")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where the workloads and figures go")
    options = parser.parse_args()
    figures = {
        "momot": metadata.version("momot"),
        "duckdb": metadata.version("duckdb"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {CORES} used",
        "measured_on": datetime.now(UTC).date().isoformat(),
        "episodes": time_episodes(options.folder / "episodes", options.subjects),
        "identity": time_identity(options.folder / "identity", options.subjects),
        "help": time_help(),
    }
    text = json.dumps(figures, indent=1)
    (options.folder / "figures.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


main()
