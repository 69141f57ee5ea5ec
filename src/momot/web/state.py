"""The state of one running app: the project as it is now, its runs, notes, readings; and a stamp that changes when any of it does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from momot.errors import NotBuilt, ProjectError
from momot.language import Message
from momot.web.entry import Entry
from momot.web.jobs import Jobs
from momot.web.kept import Kept
from momot.web.reading import Readings
from momot.web.settings import Settings
from momot.web.store.notes import Notes

if TYPE_CHECKING:
    from momot.api import Project
    from momot.build import Manifest
    from momot.findings import Findings
    from momot.findings.runs import KeptRun
    from momot.journeys.contract import Journey
    from momot.report.around import Around

MOST_RUNS = 24
MOST_VIEWS = 64
MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the pages are made of: whatever changes, one of these does."""

    file: int  # momot.toml, as it was last written; 0 where it is not there
    build: str
    runs: tuple[str, ...]
    notes: int


class State:
    """One served project. Everything is read from disk when it is asked for, and kept by what it was read from."""

    def __init__(self, settings: Settings, *, executor: Callable[[], Executor] | None = None, patience: float | None = None) -> None:
        self.settings = settings
        self.entry = Entry()
        self.readings = Readings(executor) if patience is None else Readings(executor, patience)
        self.jobs = Jobs(settings.folder, settings.data, dict(settings.machine))
        self.views = Kept(MOST_VIEWS)
        self.pages = Kept(MOST_PAGES)
        self._projects = Kept(2)
        self._findings = Kept(MOST_RUNS)
        self._lock = threading.Lock()
        self._notes: Notes | None = None

    @property
    def file(self) -> Path:
        """The project file."""
        folder = self.settings.folder
        return folder if folder.name == "momot.toml" else folder / "momot.toml"

    @property
    def home(self) -> Path:
        """The folder of the project."""
        return self.file.parent

    def project(self) -> Project:
        """The project as its file says now. Raises ProjectError where the file is wrong or gone."""
        from momot import api

        machine: dict[str, Any] = dict(self.settings.machine)
        return self._projects.of(self._written(), lambda: api.open(self.home, data=self.settings.data, **machine))

    def manifest(self) -> Manifest | None:
        """The present build, or None."""
        from momot.build.manifest import HOME, read_manifest

        found = read_manifest(self.home / HOME)
        return found if found is not None and (self.home / HOME / found.folder).is_dir() else None

    def current(self) -> str:
        """The id of the present build. Raises NotBuilt where there is none, or momot.toml has changed since: looking must not build."""
        from momot.build.manifest import spec_of

        manifest = self.manifest()
        if manifest is None:
            raise NotBuilt(Message("The project is not built yet. Runs starts a build."))
        if manifest.spec != spec_of(self.project().file):
            raise NotBuilt(Message("momot.toml has changed since the last build. Runs starts a new one."))
        return manifest.build

    def is_current(self) -> bool:
        """Whether there is a build of the project as its file says now."""
        try:
            return bool(self.current())
        except NotBuilt:
            return False

    def around(self) -> Around:
        """What is known of the journeys of the present build."""
        from momot.report.around import NOTHING, around

        try:
            return around(self.journey())
        except NotBuilt:
            return NOTHING

    def journey(self) -> Journey | None:
        """The facts of the present build; None where it has no interactions. Raises NotBuilt."""
        return self.views.of((self.current(), "journey"), self._journey)

    def _journey(self) -> Journey | None:
        from momot.build.manifest import HOME
        from momot.journeys.contract import FILE, Journey

        manifest = self.manifest()
        file = self.home / HOME / (manifest.folder if manifest else "") / FILE
        return Journey.from_json(file.read_bytes()) if file.is_file() else None

    def build(self) -> str:
        """The id of the present build; empty without one."""
        manifest = self.manifest()
        return manifest.build if manifest else ""

    def runs(self) -> tuple[KeptRun, ...]:
        """The kept runs, the newest first. Raises ProjectError without a project."""
        from momot import api

        self._written()
        return tuple(reversed(api.runs(self.home)))

    def findings(self, run: KeptRun) -> Findings:
        """The findings of a run. Raises DataError where another version wrote it, or it has just been removed."""
        return self._findings.of((run.number, run.content), run.read)

    def notes(self) -> Notes:
        """The notes of the project, under its present name."""
        name = self.project().file.name
        with self._lock:
            if self._notes is None or self._notes.project != name:
                if self._notes is not None:
                    self._notes.close()
                self._notes = Notes(self.home, name, self.settings.database)
            return self._notes

    def stamp(self) -> Stamp:
        """What is there now. Raises ProjectError without a project."""
        notes = self.notes().revision()
        return Stamp(self._written(), self.build(), tuple(f"{run.number}-{run.content}" for run in self.runs()), notes)

    def close(self) -> None:
        """Let go of processes and files."""
        self.readings.close()
        with self._lock:
            if self._notes is not None:
                self._notes.close()

    def _written(self) -> int:
        try:
            return self.file.stat().st_mtime_ns
        except OSError:
            raise ProjectError(Message("{file} is not there any more.", file=self.file.name)) from None
