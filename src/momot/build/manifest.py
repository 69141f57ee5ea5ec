"""`manifest.json`: which build folder is current, what it was made of, and counts that add up."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct, field

from momot.errors import NotBuilt
from momot.project.schema import EngineSettings, ProjectFile

FORMAT = 1
HOME = ".momot"
NAME = "manifest.json"


class Source(Struct, frozen=True, kw_only=True):
    """One file: `modified_ns` only saves hashing it again and is no part of the build's id."""

    path: str  # as the project names it, relative to the data folder
    bytes: int
    modified_ns: int
    sha256: str
    format: str  # csv, json_lines, parquet, excel, sqlite, duckdb
    rows: int  # data rows found, readable or not
    rejected: int = 0  # of them unreadable for every block
    columns: dict[str, str] = field(default_factory=dict)  # name -> type
    encoding: str | None = None
    delimiter: str | None = None


class Block(Struct, frozen=True, kw_only=True):
    """Rows of one block: read = kept + filtered + duplicate + rejected, and kept = identified + anonymous.

    `duplicate` counts the rows left out as duplicates; exact duplicates that are kept and flagged are `flagged`. `adjusted` counts local
    times that the clock of the zone showed never or twice.
    """

    name: str  # "[[interactions]] 2"
    table: str
    read: int
    kept: int
    filtered: int = 0
    duplicate: int = 0
    rejected: int = 0
    identified: int = 0
    anonymous: int = 0
    flagged: int = 0
    adjusted: int = 0
    rejections: dict[str, int] = field(default_factory=dict)  # code -> rows


class Table(Struct, frozen=True, kw_only=True):
    """One canonical table: `key` changes when anything it was made of does."""

    name: str
    key: str
    rows: int
    files: tuple[str, ...]
    blocks: tuple[Block, ...] = ()
    warnings: tuple[str, ...] = ()


class Manifest(Struct, frozen=True, kw_only=True):
    """Everything known of one build."""

    format: int = FORMAT
    build: str  # sha256 over the sources' hashes, the project's text and the version of momot
    folder: str  # name of the build folder beside the manifest
    momot: str
    duckdb: str
    project: str
    erased: str = ""  # which ids were left out: a hash over their hashes, empty where none were
    spec: str = ""  # sha256 over the project file's meaning: another one wants another build
    timezone: str
    currency: str | None = None
    sources: tuple[Source, ...] = ()
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The counts of all blocks, table by table."""
        return tuple(block for table in self.tables for block in table.blocks)

    def table(self, name: str) -> Table | None:
        """The table `name`, or None where this build has none."""
        return next((table for table in self.tables if table.name == name), None)


def read_manifest(home: Path) -> Manifest | None:
    """The manifest in the folder `.momot`, or None where there is no readable one of this format."""
    try:
        return msgspec.json.decode((home / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def require_manifest(home: Path) -> Manifest:
    """The manifest in `.momot`. Raises NotBuilt."""
    manifest = read_manifest(home)
    if manifest is None or manifest.format != FORMAT or not (home / manifest.folder).is_dir():
        raise NotBuilt(f"{home.parent} has no build that this version can read. Run: momot build {home.parent}")
    return manifest


def encode(manifest: Manifest) -> bytes:
    """The manifest as readable JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def spec_of(project: ProjectFile) -> str:
    """sha256 over what the project file says, wherever it lies and whatever computes it."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(project, path="", engine=EngineSettings()))).hexdigest()
