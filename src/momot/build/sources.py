"""Files that a project names: found, told apart by format, and known by the hash of their bytes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from momot.build.manifest import Source
from momot.errors import MissingSource, UnreadableSource, did_you_mean

Format = Literal["csv", "json_lines", "parquet", "excel", "sqlite", "duckdb", "xes"]
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".psv": "csv",
    ".jsonl": "json_lines", ".ndjson": "json_lines", ".json": "json_lines",
    ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".xlsb": "excel", ".ods": "excel",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".duckdb": "duckdb", ".ddb": "duckdb", ".db": "sqlite",
    ".xes": "xes",
}  # fmt: skip
_CHUNK = 1 << 20
_SETTLED_NS = 2_000_000_000  # a file changed less than 2 s before it was hashed may change again within the clock's grain


@dataclass(frozen=True, slots=True)
class File:
    """One source file, its bytes known by `sha256`."""

    name: str  # as messages and `rejected.parquet` show it: relative to the data folder
    path: Path
    format: Format
    bytes: int
    modified_ns: int
    sha256: str


def looks_like_file(name: str) -> bool:
    """Whether `name` can only be a file: it has a suffix that momot reads, or is a pattern."""
    return any(mark in name for mark in "*?[/\\") or _suffix(name) in _SUFFIXES


def find(name: str, *, data: Path, where: str, known: Iterable[str] = ()) -> list[Path]:
    """The files that `name`, a path or pattern relative to `data`, stands for, in the order of their names.

    Raises MissingSource, naming the place `where` and the nearest of the files there and of the `known` tables.
    """
    if any(mark in name for mark in "*?["):
        pattern = Path(name)
        base = Path(pattern.anchor) if pattern.is_absolute() else data
        relative = str(pattern.relative_to(pattern.anchor)) if pattern.is_absolute() else name
        found = sorted(path for path in base.glob(relative) if path.is_file() and _suffix(path.name) in _SUFFIXES)
        if not found:
            raise MissingSource(f"{where}: no file matches '{name}' in {data}. {_listing(data, known)}")
        return found
    path = data / name
    if path.is_dir():
        raise MissingSource(f"{where}: '{name}' is a folder. Write a pattern for its files, such as '{name.rstrip('/')}/*.csv'.")
    if not path.is_file():
        raise MissingSource(f"{where}: there is no file or table '{name}' in {data}.{_nearest(name, data, known)}")
    return [path]


def describe(path: Path, *, data: Path, before: dict[str, Source], where: str) -> File:
    """Size, time, format and hash of `path`; the hash of an unchanged file is taken from the previous build.

    Raises UnreadableSource for a format that momot does not read and for a file that may not be opened.
    """
    name = path.relative_to(data).as_posix() if path.is_relative_to(data) else path.name
    kind = _format(path)
    if kind is None:
        raise UnreadableSource(
            f"{where}: '{name}' is no kind of file that momot reads ({', '.join(_SUFFIXES)}, each also with .gz for text)."
        )
    try:
        stat = path.stat()
        old = before.get(name)
        if old and (old.bytes, old.modified_ns) == (stat.st_size, stat.st_mtime_ns) and time.time_ns() - stat.st_mtime_ns > _SETTLED_NS:
            digest = old.sha256
        else:
            digest = _hash(path)
    except OSError as error:
        raise UnreadableSource(f"{where}: '{name}' can't be read: {(error.strerror or str(error)).lower()}.") from error
    return File(name, path, kind, stat.st_size, stat.st_mtime_ns, digest)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _suffix(name: str) -> str:
    return Path(name.lower().removesuffix(".gz")).suffix


def _format(path: Path) -> Format | None:
    """By the first bytes where they are telling (`.db` is SQLite or DuckDB), else by the suffix."""
    kind = _SUFFIXES.get(_suffix(path.name))
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError:
        return kind
    if head.startswith(b"SQLite format 3"):
        return "sqlite"
    if head[8:12] == b"DUCK":
        return "duckdb"
    return "parquet" if head.startswith(b"PAR1") else kind


def _files(data: Path) -> list[str]:
    if not data.is_dir():
        return []
    return sorted(
        path.relative_to(data).as_posix() for path in data.rglob("*") if _suffix(path.name) in _SUFFIXES and not _hidden(path, data)
    )[:500]


def _hidden(path: Path, data: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(data).parts)


def _nearest(name: str, data: Path, known: Iterable[str]) -> str:
    files = _files(data)
    return did_you_mean(name, [*files, *known]) + " " + _listing(data, known)


def _listing(data: Path, known: Iterable[str]) -> str:
    have = [*known, *_files(data)]
    if not have:
        return "There are no files that momot reads."
    shown = ", ".join(have[:12]) + (f" and {len(have) - 12} more" if len(have) > 12 else "")
    return f"There is: {shown}."
