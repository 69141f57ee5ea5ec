"""Run one command and say what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost: wall clock and processor seconds, and its peak resident memory in megabytes."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def momot(*arguments: str) -> list[str]:
    """The command line of momot in the environment that runs this."""
    return [str(Path(sys.executable).with_name("momot")), *arguments]


def cost_of(command: Sequence[str], *, cores: int | None = None) -> Cost:
    """Run `command`, its output thrown away, on `cores` cores where the system lets us choose.

    Raises `RuntimeError` with what it said last when it ends with an error.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if cores is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
    assert process.stderr is not None
    said = process.stderr.read()
    # wait4 gives the figures of this one child; getrusage(RUSAGE_CHILDREN) would give the largest of all so far.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    # find ends with 1 when no question could be answered: that is an answer, not a failure, but nothing to time.
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said[-2000:]}")
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return Cost(round(seconds, 3), round(usage.ru_utime + usage.ru_stime, 3), round(kilobytes / 1024, 1))
