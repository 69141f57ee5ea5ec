"""Where the project of tables lives: in a folder that is gone with the object that holds it, or in one that is kept."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

from momot.errors import EngineError, ProjectError
from momot.project.from_tables import CALLED, HEADER
from momot.project.load import FILE_NAME, parse
from momot.project.schema import ProjectFile

Write = Callable[[Path], str]
"""Stores sources in a folder and returns the text of their project file."""


class PrivateFolder:
    """A temporary folder that lives as long as this object; it is removed with it, at the latest when the interpreter ends."""

    __slots__ = ("__weakref__", "_finalizer", "path")

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="momot-"))
        self._finalizer = weakref.finalize(self, _remove, str(self.path), os.getpid())

    def remove(self) -> None:
        """Remove it now."""
        self._finalizer()


def private(write: Write) -> tuple[Path, ProjectFile, PrivateFolder]:
    """The project in a private folder, which lives as long as the last value. What is raised leaves nothing behind."""
    owner = PrivateFolder()
    try:
        text = write(owner.path)
        return owner.path, parse(text, path=str(owner.path / CALLED)), owner
    except OSError as error:
        owner.remove()
        raise EngineError(f"{CALLED}: the tables can't be stored: {(error.strerror or str(error)).lower()}.") from error
    except BaseException:
        owner.remove()
        raise


def keep(folder: Path, write: Write) -> tuple[Path, ProjectFile, None]:
    """The project in `folder`, with its `momot.toml`. Tables stored by an earlier run are replaced, all or none.

    Raises ProjectError where the folder has a project file that somebody wrote or changed.
    """
    path = folder / FILE_NAME
    if path.exists() and not path.read_bytes().startswith(HEADER.encode()):
        raise ProjectError(f"{CALLED}: {folder} has a {FILE_NAME} of its own. momot.open('{folder}') opens it; or give another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".momot-tables-", dir=folder))
    except OSError as error:
        raise EngineError(f"{CALLED}: {folder} can't be written: {(error.strerror or str(error)).lower()}.") from error
    try:
        text = write(work)
        file = parse(text, path=str(path))
        (folder / ".momot" / "manifest.json").unlink(missing_ok=True)  # a build of other tables must not answer for these
        for stored in work.iterdir():
            stored.replace(folder / stored.name)
        (work / FILE_NAME).write_text(text, encoding="utf-8")
        (work / FILE_NAME).replace(path)
    except OSError as error:
        raise EngineError(f"{CALLED}: the tables can't be stored in {folder}: {(error.strerror or str(error)).lower()}.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder, file, None


def _remove(path: str, owner: int) -> None:
    """A forked child that ends holds a copy of the object, not the folder."""
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)
