"""Run one command and say what it cost, as a whole and stage by stage."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stage:
    """What passed between one line on standard error and the next; `name` is the line that began it."""

    name: str
    seconds: float
    cpu_seconds: float | None  # None where the system does not tell of a running process


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost: wall clock and processor seconds, and its peak resident memory in megabytes."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    stages: tuple[Stage, ...] = ()


def momot(*arguments: str) -> list[str]:
    """The command line of momot in the environment that runs this."""
    return [str(Path(sys.executable).with_name("momot")), *arguments]


def cost_of(command: Sequence[str], *, cores: int | None = None) -> Cost:
    """Run `command`, its output thrown away, on `cores` cores where the system lets us choose.

    Each line that it writes to standard error begins a stage, as the progress of momot does. Raises `RuntimeError` with what it said last
    when it ends with an error.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if cores is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
    assert process.stderr is not None
    said = [(line.strip(), time.perf_counter(), _processor_seconds(process.pid)) for line in process.stderr]
    # wait4 gives the figures of this one child; getrusage(RUSAGE_CHILDREN) would give the largest of all so far.
    _, status, usage = os.wait4(process.pid, 0)
    end = time.perf_counter()
    process.returncode = os.waitstatus_to_exitcode(status)
    # find ends with 1 when no question could be answered: that is an answer, not a failure, but nothing to time.
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{chr(10).join(line for line, _, _ in said)[-2000:]}")
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    processor = usage.ru_utime + usage.ru_stime
    lines = [("start", start, 0.0), *said, ("", end, processor)]
    stages = tuple(
        Stage(name, round(until - since, 3), None if before is None or after is None else round(after - before, 2))
        for (name, since, before), (_, until, after) in itertools.pairwise(lines)
    )
    return Cost(round(end - start, 3), round(processor, 3), round(kilobytes / 1024, 1), stages if said else ())


def median_of(command: Sequence[str], *, runs: int, cores: int | None = None) -> Cost:
    """The run of the median wall clock among `runs`, after one that warms the disk."""
    cost_of(command, cores=cores)
    return sorted((cost_of(command, cores=cores) for _ in range(runs)), key=lambda cost: cost.seconds)[runs // 2]


def _processor_seconds(process: int) -> float | None:
    """What a running process has used so far, over all its threads, where /proc tells."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
