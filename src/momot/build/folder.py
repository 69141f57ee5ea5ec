"""The `.momot` folder: one builder at a time, everything written to a temporary name, fsynced, renamed, then the manifest replaced."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from momot.build.manifest import HOME, NAME, Manifest, encode
from momot.engine import first_line, uninterrupted
from momot.errors import EngineError

_TEMPORARY = "tmp-"
_BUILD = "build-"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """The folder `.momot` of the project, held by this process alone; leftovers of killed builds are removed.

    Raises EngineError where the folder can't be written or another build runs.
    """
    home = folder / HOME
    try:
        home.mkdir(exist_ok=True)
        if not os.access(home, os.W_OK):
            raise PermissionError(errno.EACCES, "permission denied")
        handle = os.open(home, os.O_RDONLY)
    except OSError as error:
        raise EngineError(
            f"{home} can't be written ({_reason(error)}). Give write permission, or copy the project to another folder."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EngineError(f"Another build of {folder} is running. Wait for it to end, then run `momot build` again.") from error
        _remove_leftovers(home)
        yield home
    finally:
        os.close(handle)


@contextlib.contextmanager
def workspace(home: Path) -> Iterator[Path]:
    """A new temporary folder in `home`, removed at the end whatever happens. Full disks become an EngineError that says so."""
    before = _ignore_file_size_signal()
    try:
        work = home / f"{_TEMPORARY}{os.getpid()}"
        try:
            work.mkdir()
            yield work
        finally:
            _remove(work)
    except OSError as error:
        raise EngineError(f"The build could not write to {home} ({_reason(error)}). {_kept(home)}") from error
    except duckdb.OutOfMemoryException as error:
        raise EngineError(
            f"The build needs more memory than it may use: {first_line(error)}. {_kept(home, 'close other programs')}"
        ) from error
    except duckdb.Error as error:
        for number, words in ((errno.ENOSPC, "No space left on device"), (errno.EFBIG, "File too large")):
            if words in str(error):
                raise EngineError(f"The build could not write to {home} ({_reason(OSError(number, words))}). {_kept(home)}") from error
        raise EngineError(f"The build failed in DuckDB: {first_line(error)}. {_kept(home)}") from error
    finally:
        if before is not None:
            signal.signal(signal.SIGXFSZ, before)


def publish(home: Path, ready: Path, manifest: Manifest) -> None:
    """Make the finished folder `ready` the current build: fsync, rename, replace the manifest, then remove older builds."""
    target = home / manifest.folder
    written = ready.parent / NAME
    written.write_bytes(encode(manifest))
    for path in [*sorted(ready.rglob("*"), reverse=True), ready, written]:
        _sync(path)
    with uninterrupted():
        if target.exists():
            _remove(target)
        ready.rename(target)
        written.replace(home / NAME)
        _sync(home)
        for old in home.glob(f"{_BUILD}*"):
            if old != target:
                _remove(old)


def reuse(old: Path, new: Path) -> None:
    """Take over the file or folder `old` as `new` without copying, where the file system can link; else copy."""
    new.parent.mkdir(parents=True, exist_ok=True)
    if old.is_dir():
        shutil.copytree(old, new, copy_function=_link)
    else:
        _link(str(old), str(new))


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _remove_leftovers(home: Path) -> None:
    """What a killed build left: temporary folders, and build folders that the manifest does not name."""
    from momot.build.manifest import read_manifest

    manifest = read_manifest(home)
    for path in home.glob(f"{_TEMPORARY}*"):
        _remove(path)
    for path in home.glob(f"{_BUILD}*"):
        if manifest is None or path.name != manifest.folder:
            _remove(path)
    for path in (home / "sources").glob(f"{_TEMPORARY}*"):
        _remove(path)


def _remove(path: Path) -> None:
    with uninterrupted():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _ignore_file_size_signal() -> Any:
    """Let a file that grows over the limit fail with an error instead of ending the process; only the main thread may say so."""
    try:
        return signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    except ValueError:
        return None


def _reason(error: OSError) -> str:
    return {errno.ENOSPC: "the disk is full", errno.EFBIG: "the limit for file sizes is reached", errno.EROFS: "it is read-only"}.get(
        error.errno or 0, (error.strerror or str(error)).lower()
    )


def _kept(home: Path, fix: str = "free some space") -> str:
    still = "The previous build still answers" if (home / NAME).exists() else "Nothing was left behind"
    return f"{still}; {fix} and run `momot build` again."
