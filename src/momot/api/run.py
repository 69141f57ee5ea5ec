"""One run of questions over the current build of a project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from momot.api.builds import built_of
from momot.api.project import Project
from momot.progress import Tell, telling

if TYPE_CHECKING:
    from momot.asking import Asked
    from momot.designs.frame import Frame
    from momot.findings import Findings
    from momot.findings.answer import Answered


def run(
    project: Project, asked: Asked, progress: Tell | None, *, known: Callable[[Sequence[Frame]], None]
) -> tuple[Findings, list[Answered]]:
    """The findings over the current build, made first where there is none, with the frames that they were found in (`asking.ask`)."""
    from momot.asking import ask

    built = built_of(project, progress)
    with telling(progress) as say:
        return ask(project.file, built, asked, say=say, known=known)


def several(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names that were given as one, as several or not at all."""
    return (names,) if isinstance(names, str) else tuple(names or ())
