"""`make bench-gate`: no step costs more scans than it used to. Ends with 1 where one costs over 1.5 times those of `ratios.json`.

A million interactions are built and asked. Costs are processor seconds, the least of several runs, over those of a scan in the same hour,
so that other work on the machine changes little; what is over is measured a second time before it counts. `--write` writes the file anew.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import journeys
from benchmarks.compare import changes, lines
from benchmarks.measure import cost_of, momot
from benchmarks.steps import STEPS

INTERACTIONS = 1_000_000
COMMITTED = Path(__file__).with_name("ratios.json")
COMMANDS = {"build": ("build",), "find": ("find", "--format", "json")}


def ratios(folder: Path, names: set[str]) -> dict[str, float]:
    """Processor seconds of steps and whole commands over those of the scan."""
    found: dict[str, float] = {}
    for name, (command, *options) in COMMANDS.items():
        if name in names:
            found[name] = _command(folder, command, *options)  # once: what is over is measured again
    if not (folder / ".momot").exists():
        cost_of(momot("build", str(folder)))
    found |= {name: _step(folder, name) for name in STEPS if name in names}
    scan = _step(folder, "scan")
    return {name: round(seconds / scan, 2) for name, seconds in found.items()}


def _command(folder: Path, command: str, *options: str) -> float:
    if command == "build":
        shutil.rmtree(folder / ".momot", ignore_errors=True)
    return cost_of(momot(command, str(folder), *options)).cpu_seconds


def _step(folder: Path, name: str) -> float:
    done = subprocess.run([sys.executable, "-m", "benchmarks.steps", name, str(folder)], capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["least_cpu_seconds"])


def main() -> None:
    """Measure, compare with what is committed, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/gate"), help="where the workload goes")
    parser.add_argument("--write", action="store_true", help="write what was measured as what is committed")
    options = parser.parse_args()
    journeys.write(options.folder, INTERACTIONS)
    names = {*COMMANDS, *STEPS} - {"scan"}
    now: dict[str, Any] = {"interactions": INTERACTIONS, "ratios": ratios(options.folder, names)}
    if options.write:
        COMMITTED.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        return
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    over = {change.name for change in changes(committed, now) if change.slower()}
    if over:  # once more: a neighbour may have been noisy
        again = ratios(options.folder, over)
        now["ratios"] |= {name: min(ratio, now["ratios"][name]) for name, ratio in again.items()}
    found = changes(committed, now)
    print("\n".join(lines(found)))
    sys.exit(any(change.slower() for change in found))


if __name__ == "__main__":
    main()
