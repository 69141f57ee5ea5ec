"""The process of one job: `python -m momot.web.work`, its task on stdin. It writes how far it is, and at the end what came of it."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from momot.build.manifest import HOME
from momot.errors import MomotError
from momot.progress import Progress
from momot.web.jobs import FOLDER, Job, Task, ended, write_job

OFTEN = 0.5
"""Seconds between two words about the same."""


class Teller:
    """Writes progress into the job's file."""

    def __init__(self, job: Job, home: Path) -> None:
        self.job, self.home, self._said = job, home, 0.0

    def __call__(self, message: Progress) -> None:
        """Keep what is said, not more often than anybody looks."""
        if message.note or (message.again and time.monotonic() - self._said < OFTEN):
            return
        self._said = time.monotonic()
        self.job = msgspec.structs.replace(self.job, message=message.what, done=message.done, total=message.total, unit=message.unit)
        write_job(self.job, self.home)


def main() -> int:
    """Do the task and say how it ended."""
    signal.signal(signal.SIGTERM, _stop)
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    home = Path(task.folder) / HOME / FOLDER
    teller = Teller(task.job, home)
    try:
        run = _done(task, teller)
    except MomotError as error:
        write_job(ended(teller.job, "failed", str(error)), home)
        return 1
    except Exception as error:  # noqa: BLE001  a fault of ours must not look like a job that goes on for ever
        write_job(ended(teller.job, "failed", f"An error of momot itself: {type(error).__name__}."), home)
        return 1
    write_job(msgspec.structs.replace(ended(teller.job, "done", ""), run=run, done=None, total=None), home)
    return 0


def _done(task: Task, teller: Teller) -> int | None:
    """The number of the run that was kept; None of a build."""
    from momot import api

    machine: dict[str, Any] = task.machine
    project = api.open(task.folder, data=task.data, **machine)
    job = task.job
    if job.kind == "build":
        api.build(project, progress=teller)
        return None
    api.find_moments(
        project,
        outcome=list(job.outcomes) or None,
        by=list(job.by) or None,
        pairs=job.pairs,
        since=job.since,
        until=job.until,
        progress=teller,
    )
    kept = api.runs(project.folder)
    return kept[-1].number if kept else None


def _stop(_: int, __: FrameType | None) -> None:
    """Leave at once: what is written whole is there, what is not is not."""
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main())
