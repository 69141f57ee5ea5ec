"""What every table is made with: the engine, the project, its relations, and the folder that the build grows in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec

import momot
from momot.build.engines import Builder
from momot.build.erased import Erased
from momot.build.expressions import Place
from momot.build.manifest import Manifest, Table
from momot.build.mapping import Mapping as RowMapping
from momot.build.mapping import start_mapping
from momot.build.relations import Relation, Relations
from momot.progress import Teller
from momot.project.namespaces import Namespaces, namespaces
from momot.project.schema import ProjectFile

TABLES_VERSION = 3  # raised when the same sources give other tables


class Further(NamedTuple):
    """Tables that a layer above derives from the canonical ones. `key` changes when the same canonical tables would give others."""

    key: str
    make: Callable[[Workshop, Sequence[Table]], list[Table]]


@dataclass(slots=True)
class Workshop:
    """One build at work. `folder` is the new build folder, `previous` the old one with its `manifest`, if any."""

    engine: Builder
    project: ProjectFile
    relations: Relations
    work: Path
    folder: Path
    previous: Path | None
    manifest: Manifest | None
    progress: Teller
    spaces: Namespaces = field(init=False)
    guarded: bool = False  # whether ids are left out of stitching
    persons: dict[str, str] = field(default_factory=dict)  # block -> hash of who its ids are, where ids are stitched
    reopened: bool = False  # whether of the interactions only some persons were opened again, and the base files stay
    erased: Erased = field(default_factory=Erased)
    identity: str = ""  # of the build: what it is made of
    tables: list[Table] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spaces = namespaces(self.project)

    @property
    def zone(self) -> str:
        """The zone of local times."""
        return self.project.timezone

    def place(self, block: str) -> Place:
        """Where a block stands, for messages."""
        return Place(Path(self.project.path).name, block)

    def mapping(
        self, from_: str, block: str, written: Mapping[str, str | None], *, where: str | None, relation: Relation | None = None
    ) -> RowMapping:
        """Bind a block's expressions over what it reads, or over some of its files, `relation`."""
        read = relation or self.relations.get(from_)
        mapping = start_mapping(self.engine, read, self.place(block), self.zone, written, where=where)
        mapping.namespaces, mapping.guarded, mapping.erased = self.spaces, self.guarded, self.erased
        return mapping

    def relation(self, from_: str) -> Relation:
        """What a block reads."""
        return self.relations.get(from_)

    def key(self, *parts: object) -> str:
        """A hash of everything that a table is made of."""
        encoded = [
            msgspec.json.encode(part)
            for part in (momot.__version__, duckdb.__version__, TABLES_VERSION, self.zone, self.project.currency, *parts)
        ]
        return hashlib.sha256(b"\n".join(encoded)).hexdigest()

    def same(self, name: str, key: str) -> Table | None:
        """The table of the previous build, where it was made of the same."""
        old = self.manifest.table(name) if self.manifest else None
        there = old is not None and self.previous is not None and all((self.previous / file).exists() for file in old.files)
        return old if old is not None and old.key == key and there else None

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB of this process."""
        return self.engine.connection

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql` as the table `name`, in place of an earlier one."""
        self.engine.table(name, sql)

    def write(self, sql: str, file: str) -> None:
        """Write the rows of `sql`, in their order, to a Parquet file of the build."""
        self.engine.write(sql, self.folder / file)
