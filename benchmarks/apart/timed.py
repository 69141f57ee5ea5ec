"""What every rival does around its own work: run it, keep the answer and its cost."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run(work: Callable[[str], dict[str, Any]]) -> None:
    """`work` gets the path of the given file, reads it and returns the answer by name; reading is part of what is timed."""
    given, answer, runs = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 3
    walls, processor, found = [], [], {}
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        found = work(given)
        walls.append(time.perf_counter() - wall)
        processor.append(time.process_time() - cpu)
    took = {
        "seconds": statistics.median(walls),
        "cpu_seconds": statistics.median(processor),
        "peak_mb": peak_mb(),
    }
    answer.write_text(json.dumps({"answer": found, "took": took}), encoding="utf-8")


def peak_mb() -> float:
    """The most memory that this program held, in megabytes. Not `ru_maxrss`, in which a child begins with what its parent holds."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
