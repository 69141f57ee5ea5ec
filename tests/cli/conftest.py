"""A fake library: commands are tested for what they translate, not for what is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from momot import api, cli
from momot.findings import Findings
from momot.findings.planted import Planted
from momot.progress import Progress
from momot.report.dossier import Dossier
from tests.findings import documents


@dataclass
class Library:
    """Stands in for `momot.api`: remembers the calls, answers with `findings`, or raises `error`."""

    findings: Findings = field(default_factory=lambda: Findings(documents.episode()))
    draft_text: str = 'name = "Shop"\n'
    questions: tuple[str, ...] = ()
    manifest: object = None
    checkup: object = None
    planted: tuple[Planted, ...] = ()
    error: BaseException | None = None
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def _called(self, name: str, **words: Any) -> None:
        self.calls.append((name, words))
        if self.error is not None:
            raise self.error

    def open(self, folder: Any = ".", *, data: Any = None) -> object:
        self._called("open", folder=folder, data=data)
        return SimpleNamespace(folder=folder)

    def draft(self, folder: Any) -> object:
        self._called("draft", folder=folder)
        return SimpleNamespace(text=self.draft_text, questions=self.questions)

    def build(self, project: Any, *, progress: Any = None) -> object:
        self._called("build", project=project)
        if progress:
            progress(Progress("reading orders.csv"))
        return SimpleNamespace(manifest=self.manifest)

    def check(self, project: Any, *, progress: Any = None) -> object:
        self._called("check", project=project)
        return self.checkup

    def find_moments(self, project: Any, *, outcome: Any = None, seed: int = 0, progress: Any = None, **asked: Any) -> Findings:
        self._called("find_moments", outcome=outcome, seed=seed, **{name: value for name, value in asked.items() if value})
        if progress:
            progress(Progress("opinion: episode design"))
        return self.findings

    def dossier(self, project: Any, *, outcome: Any = None, seed: int = 0, progress: Any = None, **asked: Any) -> Dossier:
        self._called("dossier", outcome=outcome, seed=seed, **{name: value for name, value in asked.items() if value})
        return Dossier(self.findings)

    def report(self, told: Dossier, path: Any, *, language: str = "en") -> Path:
        self._called("report", findings=told.findings, path=path, language=language)
        return Path(path)

    def demo(self, folder: Any, *, world: str = "orders", progress: Any = None) -> tuple[Findings, Path, tuple[Planted, ...]]:
        self._called("demo", folder=folder, world=world)
        return self.findings, Path(folder) / "moments.html", self.planted


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Library:
    fake = Library()
    for name in ("open", "draft", "build", "check", "find_moments", "dossier", "report", "demo"):
        monkeypatch.setattr(api, name, getattr(fake, name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return fake


@pytest.fixture
def run(library: Library, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str, str]]:
    """Run a command; returns exit code, stdout and stderr."""

    def once(*words: str) -> tuple[int, str, str]:
        code = cli.run(list(words))
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return once
