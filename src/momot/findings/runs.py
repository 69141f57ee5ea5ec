"""Kept runs: the findings of a project's last runs under `.momot/runs/`, in the order in which they were made.

A file is `NUMBER-BUILD-CONTENT.json`: a counter, and eight digits each of the build's id and of a hash of the content. The documents hold
no time, and no word that somebody said, which `erase` could not find in them. A run that says what the last one said is not kept twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from momot.build.manifest import HOME
from momot.errors import DataError, QuestionError
from momot.findings.findings import Findings
from momot.findings.why import without_quotes

FOLDER = "runs"
KEPT = 20
_NAME = re.compile(r"(\d{4,})-([0-9a-f]{8})-([0-9a-f]{8})\.json")


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One file; `number` counts up from 1."""

    number: int
    path: Path
    content: str

    def read(self) -> Findings:
        """Its findings. Raises DataError where another version of momot can't read them."""
        return _read(self.path)


def kept_runs(project: Path) -> tuple[KeptRun, ...]:
    """The runs of the project in this folder, the oldest first."""
    with contextlib.suppress(OSError):
        found = ((path, _NAME.fullmatch(path.name)) for path in (project / HOME / FOLDER).iterdir())
        listed = [KeptRun(int(match[1]), path, match[3]) for path, match in found if match is not None]
        return tuple(sorted(listed, key=lambda run: (run.number, run.path.name)))
    return ()


def keep_run(findings: Findings, project: Path) -> Path | None:
    """Keep a run as the newest and forget all but the last `KEPT`. None where it says what the newest says, or can't be written."""
    text = without_quotes(findings).to_json()
    content = hashlib.sha256(text.encode()).hexdigest()[:8]
    there = kept_runs(project)
    if there and there[-1].content == content:
        return None
    build = re.sub("[^0-9a-f]", "", findings.document.build.lower()).ljust(8, "0")[:8]
    number = there[-1].number + 1 if there else 1
    path = project / HOME / FOLDER / f"{number:04d}-{build}-{content}.json"
    temporary = path.with_name(f"{path.name}.{os.getpid()}")  # nobody reads half a run
    try:
        path.parent.mkdir(exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
        for old in there[: max(0, len(there) + 1 - KEPT)]:
            old.path.unlink(missing_ok=True)
    except OSError:  # a project that can't be written still answers
        with contextlib.suppress(OSError):
            temporary.unlink()
        return None
    return path


def find_run(word: str | os.PathLike[str], *, project: Path) -> tuple[str, Findings]:
    """The run that a word names, with its name: a file, a project's folder (its last run), or the number of a kept run of `project`.

    Raises QuestionError where there is no such run, DataError where a file holds no findings.
    """
    path = Path(word)
    if path.is_file():
        return path.name, _read(path)
    if path.is_dir():
        runs = kept_runs(path)
        if not runs:
            raise QuestionError(f"{path} has no kept run. `momot find {path}` keeps one.")
        return f"{path} run {runs[-1].number}", runs[-1].read()
    runs = kept_runs(project)
    for run in runs:
        if str(word).isdigit() and run.number == int(str(word)):
            return f"run {run.number}", run.read()
    there = f"Kept runs of {project}: {', '.join(str(run.number) for run in runs) or 'none'}."
    raise QuestionError(f"there is no run '{word}': no file, no folder, no number of a kept run. {there}")


def _read(path: Path) -> Findings:
    try:
        return Findings.from_json(path.read_bytes())
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
