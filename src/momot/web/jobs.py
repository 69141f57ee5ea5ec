"""Builds and finds in the background: each is a process of its own, its state a file that is written whole, so that a kill loses nothing.

`JOB.json` under `.momot/web/jobs/` says what was asked for and how far it is. A job whose process is gone without having said so was
stopped from outside, and is told so by whoever looks next.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from momot.build.manifest import HOME
from momot.errors import EngineError
from momot.findings.labels import printable
from momot.language import Message
from momot.report.files import write_whole
from momot.web.errors import Conflict, NotThere

FOLDER = Path("web") / "jobs"
KEPT = 50
Kind = Literal["build", "find"]
Status = Literal["running", "done", "failed", "stopped"]
_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a job is to do. All but `kind` is of a find."""

    kind: Kind
    outcomes: tuple[str, ...] = ()  # empty: all
    by: tuple[str, ...] = ()
    pairs: bool = False
    since: str | None = None  # the period, ISO dates, both included
    until: str | None = None


class Job(Asked, frozen=True, kw_only=True):
    """One build or find, as far as it is."""

    id: str
    status: Status
    began_at: str  # ISO, UTC
    ended_at: str | None = None
    message: str = ""  # what is being done, or what went wrong
    done: int | None = None
    total: int | None = None
    unit: str = ""
    run: int | None = None  # of a find that is done: the kept run that holds its findings
    pid: int = 0
    started: str = ""  # when the process started, as the system tells it: a number alone may belong to another by now

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.status == "running"


class Jobs:
    """The jobs of one project, one at a time."""

    def __init__(self, folder: Path, data: Path | None = None, machine: Mapping[str, object] | None = None) -> None:
        self.folder = folder.parent if folder.name == "momot.toml" else folder
        self.data = data
        self.machine = dict(machine or {})
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def home(self) -> Path:
        """Where their files are."""
        return self.folder / HOME / FOLDER

    def all(self) -> tuple[Job, ...]:
        """Every job that is kept, the newest first."""
        names = []
        with contextlib.suppress(OSError):
            names = sorted((path.stem for path in self.home.glob("*.json") if _NAME.fullmatch(path.stem)), reverse=True)
        return tuple(job for name in names if (job := self.of(name)) is not None)

    def of(self, name: str) -> Job | None:
        """One job; None where there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        job = read_job(self.home / f"{name}.json")
        if job is not None and job.running and not self._lives(job):
            job = read_job(self.home / f"{name}.json") or job  # it may have ended just now
            if job.running:
                job = ended(
                    job, "stopped", "It was stopped from outside, or the machine went down. The previous build and runs are as they were."
                )
                write_job(job, self.home)
        return job

    def running(self) -> Job | None:
        """The job that is under way."""
        return next((job for job in self.all() if job.running), None)

    def start(self, asked: Asked) -> Job:
        """Start a job. Raises Conflict while another is under way, EngineError where it can't be started."""
        with self._lock:
            if self.running() is not None:
                raise Conflict(Message("Another build or find is under way. Wait for it, or stop it."))
            now = datetime.now(UTC)
            job = Job(
                **{name: getattr(asked, name) for name in Asked.__struct_fields__},
                id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
                status="running",
                began_at=now.isoformat(timespec="seconds"),
                message="starting",
            )
            try:
                self.home.mkdir(parents=True, exist_ok=True)
                job = self._spawned(job)
            except OSError as error:
                raise EngineError(Message("A job could not be started: {reason}.", reason=error.strerror or error)) from None
            self._prune()
            return job

    def stop(self, name: str) -> Job:
        """Stop a job that is under way; the previous build and runs stay. Raises NotThere where there is no such job."""
        job = self.of(name)
        if job is None:
            raise NotThere(Message("There is no job '{name}'.", name=printable(name, 40)))
        if job.running and self._lives(job):
            job = ended(job, "stopped", "Stopped. The previous build and runs are as they were.")
            with contextlib.suppress(OSError):
                os.kill(job.pid, signal.SIGTERM)
            self._waited(job)
            write_job(job, self.home)
        return job

    def _spawned(self, job: Job) -> Job:
        """The job with its process, which gets its task on stdin and has no stdout: nothing of it is on the command line."""
        command = [sys.executable, "-P", "-m", "momot.web.work"]  # -P: no module of the folder we are in takes the place of ours
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S603  this Python, a module of ours
            command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
        self._processes[job.id] = process
        threading.Thread(target=process.wait, daemon=True).start()  # nobody else takes leave of it
        job = msgspec.structs.replace(job, pid=process.pid, started=started(process.pid))
        write_job(job, self.home)
        task = Task(
            job=job, folder=str(self.folder.absolute()), data=str(self.data.absolute()) if self.data else None, machine=self.machine
        )
        assert process.stdin is not None  # noqa: S101  it was asked for
        with contextlib.suppress(BrokenPipeError):  # whoever looks next sees that it is gone
            process.stdin.write(msgspec.json.encode(task))
            process.stdin.close()
        return job

    def _lives(self, job: Job) -> bool:
        process = self._processes.get(job.id)
        if process is not None:
            if process.poll() is None:
                return True
            del self._processes[job.id]
            return False
        return bool(job.started) and started(job.pid) == job.started

    def _waited(self, job: Job, seconds: float = 5.0) -> None:
        process = self._processes.get(job.id)
        if process is None:
            return
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _prune(self) -> None:
        """Forget all but the last."""
        for old in sorted(self.home.glob("*.json"), reverse=True)[KEPT:]:
            with contextlib.suppress(OSError):
                old.unlink()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of a job is told."""

    job: Job
    folder: str
    data: str | None
    machine: dict[str, object]


def read_job(path: Path) -> Job | None:
    """A job's file; None where there is no readable one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Job)
    except (OSError, msgspec.MsgspecError):
        return None


def write_job(job: Job, home: Path) -> None:
    """Whole or not at all; a project that is gone keeps none."""
    with contextlib.suppress(EngineError):
        write_whole(msgspec.json.encode(job).decode(), home / f"{job.id}.json")


def ended(job: Job, status: Status, message: str) -> Job:
    """The job, over."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return msgspec.structs.replace(job, status=status, message=message, ended_at=at)


def started(pid: int) -> str:
    """When a process started, in the system's own count; empty where there is none, or the system doesn't tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return _started_elsewhere(pid)
    return "" if fields[0] == "Z" else fields[19]


def _started_elsewhere(pid: int) -> str:
    """Where there is no /proc: that a process of this number can be signalled has to do."""
    if Path("/proc/self").exists() or pid <= 0 or sys.platform == "win32":
        return ""
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "alive"
