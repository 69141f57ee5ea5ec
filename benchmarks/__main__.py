"""`make bench`: every workload, its figures as JSON on standard output and in build/bench/figures.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks import days, episodes, identity, journeys, voices
from benchmarks.measure import Cost, cost_of, median_of, momot
from benchmarks.steps import STEPS

CORES = 2
WORKLOADS = ("episodes", "identity", "journeys", "days", "steps", "voices", "help")


def time_episodes(folder: Path, subjects: int) -> dict[str, object]:
    """Plain scan, build and find of the episode workload."""
    _say(f"writing {subjects:,} subjects to {folder}")
    episodes.write(folder, subjects)
    return {"subjects": subjects, **_scan_build_find(folder, episodes.scan(folder), "opinion")}


def time_journeys(folder: Path, interactions: int, touchpoints: int) -> dict[str, object]:
    """Plain scan, build and find of the journey workload, and each view of `momot journey` from what is built."""
    _say(f"writing {interactions:,} interactions to {folder}")
    journeys.write(folder, interactions, touchpoints)
    figures = _scan_build_find(folder, journeys.scan(folder))
    views = {}
    for view in journeys.VIEWS:
        _say(" ".join(("journey", *view)))
        views[" ".join(("journey", *view))] = asdict(
            median_of(momot("journey", str(folder), *view, "--format", "json"), runs=5, cores=CORES)
        )
    return {"interactions": interactions, "touchpoints": touchpoints, **figures, **views}


def time_days(folder: Path, interactions: int, touchpoints: int) -> dict[str, object]:
    """Build and find before a day is added, after it, and of the same files from nothing; ratios are of processor seconds.

    Raises RuntimeError where the facts after the day are not those from nothing.
    """
    shutil.rmtree(folder, ignore_errors=True)
    _say(f"writing {interactions:,} interactions to {folder}, a day a file")
    subprocess.run([sys.executable, "-m", "benchmarks.days", str(folder), str(interactions), str(touchpoints)], check=True)
    new = days.rows_of_the_day(folder)
    commands = {"build": momot("build", str(folder)), "find": momot("find", str(folder), "--format", "json")}
    costs: dict[str, Cost] = {}
    facts = []
    for when in ("first", "after a day", "from nothing"):
        if when == "after a day":
            days.add(folder)
        elif when == "from nothing":
            shutil.rmtree(folder / ".momot")
        for name, command in commands.items():
            _say(f"{name}, {when}")
            costs[f"{name}, {when}"] = cost_of(command, cores=CORES)
        facts.append([path.read_bytes() for path in folder.glob(".momot/build-*/journey.json")])
    if facts[1] != facts[2]:
        raise RuntimeError("the facts after a day are not those of a build from nothing")
    scan = min(cost_of([sys.executable, "-c", days.scan(folder)], cores=CORES).cpu_seconds for _ in range(3))
    ratios = {name: round(cost.cpu_seconds / scan, 1) for name, cost in costs.items()}
    return {
        "interactions": interactions,
        "rows_of_the_day": new,
        "scan_cpu_seconds": scan,
        **{name: asdict(cost) for name, cost in costs.items()},
        "ratios": ratios,
    }


def time_steps(folder: Path, interactions: int, touchpoints: int, runs: int) -> dict[str, object]:
    """Single steps over the journey workload, built where it is not, and processor seconds of each over those of the scan of its tables."""
    journeys.write(folder, interactions, touchpoints)
    _say("build")
    cost_of(momot("build", str(folder)))
    found = {}
    for name in STEPS:
        _say(name)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.steps", name, str(folder), "--runs", str(runs)], capture_output=True, text=True, check=True
        )
        found[name] = json.loads(done.stdout)
    scan = found["scan"]["least_cpu_seconds"]
    ratios = {name: round(one["least_cpu_seconds"] / scan, 2) for name, one in found.items() if name != "scan"}
    return {"interactions": interactions, "touchpoints": touchpoints, **found, "ratios": ratios}


def _scan_build_find(folder: Path, scan: str, *outcomes: str) -> dict[str, object]:
    """Costs of each, of build and find together, and how many scans every stage of the two takes."""
    shutil.rmtree(folder / ".momot", ignore_errors=True)
    commands = {
        "build": momot("build", str(folder)),
        "find": momot("find", str(folder), *outcomes, "--format", "json"),
    }
    _say("scan")
    costs = {"scan": median_of([sys.executable, "-c", scan], runs=3, cores=CORES)}
    for name, command in commands.items():
        _say(name)
        costs[name] = cost_of(command, cores=CORES)
    together = costs["build"].seconds + costs["find"].seconds
    return {
        "source_mb": round(sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6, 1),
        **{name: asdict(cost) for name, cost in costs.items()},
        "build_and_find_seconds": round(together, 2),
        "peak_mb": max(costs["build"].peak_mb, costs["find"].peak_mb),
        "ratio_to_scan": round(together / costs["scan"].seconds, 1),
        "stage_ratios": {name: _ratios(costs[name], costs["scan"]) for name in commands},
    }


def _ratios(cost: Cost, scan: Cost) -> dict[str, float]:
    """Wall clock of each stage over that of the scan; what only differs by a number (parts, blocks) is added up."""
    sums: dict[str, float] = {}
    for stage in cost.stages:
        name = re.sub(r"[ ,]*\d[\d,]*", "", stage.name)
        sums[name] = sums.get(name, 0.0) + stage.seconds
    return {name: round(seconds / scan.seconds, 1) for name, seconds in sums.items()}


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


def time_voices(folder: Path, texts: int) -> dict[str, object]:
    """Plain scan, build and `momot voices` by the fast tier: of texts never read, and again; and texts a second of one processor."""
    _say(f"writing {texts:,} texts to {folder}")
    voices.write(folder, texts)
    shutil.rmtree(folder / ".momot", ignore_errors=True)
    hear = momot("voices", str(folder), "--tier", "fast", "--format", "json")
    commands = {
        "scan": [sys.executable, "-c", voices.scan(folder)],
        "build": momot("build", str(folder)),
        "voices": hear,
        "voices again": hear,
    }
    costs = {}
    for name, command in commands.items():
        _say(name)
        costs[name] = cost_of(command, cores=CORES)
    _say("rate")
    command = [sys.executable, "-c", voices.rate(folder)]
    rates = [int(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(3)]
    return {
        "texts": texts,
        **{name: asdict(cost) for name, cost in costs.items()},
        "texts_a_second_and_core": statistics.median(rates),
        "peak_mb": max(cost.peak_mb for cost in costs.values()),
        "ratios": {name: round(cost.cpu_seconds / costs["scan"].cpu_seconds, 1) for name, cost in costs.items()},
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
    parser.add_argument("--interactions", type=int, default=10_000_000, help="interactions of the journey workload (default: ten million)")
    parser.add_argument("--touchpoints", type=int, default=40, help="touchpoints of the journey workload (default: 40, not fewer)")
    parser.add_argument("--texts", type=int, default=1_000_000, help="texts of the voices workload (default: a million)")
    parser.add_argument("--runs", type=int, default=5, help="runs of a step (default: 5)")
    parser.add_argument("--only", choices=WORKLOADS, action="append", help="these workloads; may be repeated")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where the workloads and figures go")
    options = parser.parse_args()
    workloads: dict[str, Callable[[], dict[str, object]]] = {
        "episodes": lambda: time_episodes(options.folder / "episodes", options.subjects),
        "identity": lambda: time_identity(options.folder / "identity", options.subjects),
        "journeys": lambda: time_journeys(options.folder / "journeys", options.interactions, options.touchpoints),
        "days": lambda: time_days(options.folder / "days", options.interactions, options.touchpoints),
        "steps": lambda: time_steps(options.folder / "journeys", options.interactions, options.touchpoints, options.runs),
        "voices": lambda: time_voices(options.folder / "voices", options.texts),
        "help": time_help,
    }
    figures = {
        "momot": metadata.version("momot"),
        "duckdb": metadata.version("duckdb"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {CORES} used",
        "measured_on": datetime.now(UTC).date().isoformat(),
        **{name: workload() for name, workload in workloads.items() if not options.only or name in options.only},
    }
    text = json.dumps(figures, indent=1)
    (options.folder / "figures.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


main()
