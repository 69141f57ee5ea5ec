"""`momot erase`: somebody out of a build and of everything beside it, and kept out of those to come."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
from msgspec import Struct

from momot.build.dictionary import FILE as DICTIONARY
from momot.build.erased import add_erased
from momot.build.folder import locked
from momot.build.manifest import HOME
from momot.build.opened import open_build
from momot.build.pipeline import build
from momot.build.traces import files_with
from momot.build.workshop import Further
from momot.errors import DataError
from momot.progress import Tell
from momot.project.namespaces import UNNAMED, namespaces
from momot.project.schema import ProjectFile
from momot.voices import FOLDER as VOICES

_RUNS = "runs"


class Erasure(Struct, frozen=True, kw_only=True):
    """What was done. No field holds an id."""

    ids: int  # how many ids the person had
    rows: int  # of the sources, which hold one of the ids erased so far and are left out of the build
    scanned: int  # files under .momot that were read, byte by byte and value by value
    traces: tuple[str, ...]  # those in which an id still stands
    runs: tuple[str, ...]  # kept runs that named the person and were removed
    sources: tuple[str, ...]  # files that are not momot's and still hold an id


def erase(
    project: ProjectFile,
    person: str,
    *,
    folder: Path,
    namespace: str | None = None,
    data: Path | None = None,
    then: Further | None = None,
    progress: Tell | None = None,
) -> Erasure:
    """Leave out the person whom a source calls `person`, with all ids tied to this one, and build again without a row of the old tables.

    Raises NotBuilt; DataError where nobody has the id, or several people in several namespaces; what `build` raises. Then the ids are
    noted already, and the next build leaves them out; to know that nothing is left, erase again.
    """
    home = folder / HOME
    ids = _ids(project, open_build(folder).folder, person, namespace)
    with locked(folder):
        add_erased(home, ids)
        for folder_of_old in (
            "sources",
            "sums",
            VOICES,
        ):  # texts of the files; sums with the person in them; what was read from words
            shutil.rmtree(home / folder_of_old, ignore_errors=True)
    made = build(project, folder=folder, data=data, then=then, progress=progress)
    named = files_with(ids, sorted(path for path in (home / _RUNS).rglob("*") if path.is_file()))
    for path in named:
        path.unlink()
    every = sorted(path for path in home.rglob("*") if path.is_file())
    where = data or folder
    sources = [where / source.path for source in made.manifest.sources]
    return Erasure(
        ids=len(ids),
        rows=sum(block.rejections.get("erased", 0) for block in made.manifest.blocks),
        scanned=len(every),
        traces=tuple(path.relative_to(folder).as_posix() for path in files_with(ids, every)),
        runs=tuple(path.relative_to(folder).as_posix() for path in named),
        sources=tuple(path.relative_to(where).as_posix() for path in files_with(ids, sources, numbers=True)),
    )


def _ids(project: ProjectFile, built: Path, person: str, namespace: str | None) -> list[str]:
    """All ids of the person, as the dictionary has them. Nobody else's id is told in an error: they are people's too."""
    table = pq.read_table(built / DICTIONARY).to_pylist()
    people = {entry["key"]: entry["person_id"] for entry in table if entry["kind"] == "person"}
    known = namespaces(project).ranked
    spaces = [space for space in known if namespace is None or space == namespace]
    if not spaces:
        raise DataError(f"There is no namespace '{namespace}'. The project has: {', '.join(space for space in known if space)}.")
    written = {space: person if space == UNNAMED else f"{space}:{person}" for space in spaces}
    found = {space: key for space, key in written.items() if key in people}
    if not found and namespace is None and person in people:
        found = {"": person}
    if not found:
        raise DataError("Nobody in the build has this id. Give it as a source writes it, capital letters and leading zeros included.")
    if len({people[key] for key in found.values()}) > 1:
        raise DataError(f"Several people have this id: in {' and in '.join(found)}. Say which: --namespace {next(iter(found))}.")
    number = people[next(iter(found.values()))]
    if number is None:
        raise DataError(
            "Several people share this id, so it stands for nobody. Erase them by ids of their own (identity.parquet has them)."
        )
    return sorted(key for key, owner in people.items() if owner == number)
