"""Builds: made, looked over, rid of a person; and the current one of a project, for whatever asks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from momot.api.project import Project
from momot.errors import NotBuilt
from momot.progress import Tell, telling

if TYPE_CHECKING:
    from momot.build import Build, Manifest, Source
    from momot.build.erase import Erasure
    from momot.designs import Designed
    from momot.findings.checkup import Checkup
    from momot.vocabulary.records import Unanswerable


def build(project: Project, *, progress: Tell | None = None) -> Build:
    """Build the canonical tables under the project's `.momot/`; nearly free where nothing changed. Raises DataError, EngineError."""
    from momot.build import build as build_tables
    from momot.journeys.tables import further

    built = build_tables(project.file, folder=project.folder, data=project.data, then=further(), progress=progress)
    return replace(built, owner=project.owner)


def erase(project: Project, person: str, *, namespace: str | None = None, progress: Tell | None = None) -> Erasure:
    """Take whom a source calls `person` out of the build and keep all ids of them out of later ones; say where an id still stands.

    Raises NotBuilt, DataError, EngineError.
    """
    from momot.build.erase import erase as erase_person
    from momot.journeys.tables import further

    return erase_person(
        project.file, person, folder=project.folder, namespace=namespace, data=project.data, then=further(), progress=progress
    )


def check(project: Project, *, progress: Tell | None = None) -> Checkup:
    """Everything that can be said before estimating: rows lost, columns refused by measurement, questions without an answer."""
    from momot.findings.checkup import checkup

    with telling(progress) as say:
        built = built_of(project, progress)
        say("looking at every question")
        return checkup(project.file, built, _designed(project, built))


def built_of(project: Project, progress: Tell | None) -> Build:
    """The current build of the project, made now where there is none or momot.toml has changed since. Changed sources are said."""
    from momot.build import open_build

    try:
        built = replace(open_build(project.folder, project.file.engine), owner=project.owner)
    except NotBuilt:
        return build(project, progress=progress)
    if not is_current(project, built.manifest, progress):
        return build(project, progress=progress)
    return built


def followed(project: Project, progress: Tell | None) -> Build:
    """The current build, with journeys. Raises QuestionError without interactions."""
    from momot.errors import QuestionError

    built = built_of(project, progress)
    if built.manifest.table("journeys") is None:
        raise QuestionError(f"{project.file.path}: there is no [[interactions]] block, so there are no journeys to follow.")
    return built


def is_current(project: Project, manifest: Manifest, progress: Tell | None) -> bool:
    """Whether a build is of the project as its momot.toml is now, journeys included. Changed sources are said."""
    from momot.build.manifest import spec_of

    without = manifest.table("interactions") is not None and manifest.table("journey") is None
    if without or manifest.spec != spec_of(project.file):
        return False
    changed = [source.path for source in manifest.sources if _changed(project.data / source.path, source)]
    if changed:
        with telling(progress) as say:
            say.note(f"answering from the last build: {', '.join(changed)} changed since. Read it anew with: momot build {project.folder}")
    return True


def _changed(path: Path, source: Source) -> bool:
    """Whether a source has another size or was written since it was built. One that is not here is no reason to doubt."""
    if not path.is_file():
        return False
    now = path.stat()
    return now.st_size != source.bytes or now.st_mtime_ns != source.modified_ns


def _designed(project: Project, built: Build) -> list[Designed | Unanswerable]:
    from momot.designs import asks, design

    with built.engine() as engine:
        return list(design(asks(project.file, None), project.file, engine))
