"""A project: a folder with a checked momot.toml, opened, made of tables in memory, or drafted from files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from momot.project import load
from momot.project.schema import ProjectFile
from momot.project.settings import settings

if TYPE_CHECKING:
    from momot.project.arrow import Rows
    from momot.project.draft import Draft
    from momot.project.from_tables import Tables


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a checked `momot.toml`. `data` is the folder in which its relative source files are looked up.

    A project made by `from_tables` without a folder has a private one, which is removed with it.
    """

    folder: Path
    data: Path
    file: ProjectFile
    owner: object = field(default=None, repr=False, compare=False)  # what keeps a private folder alive


def open(  # noqa: A001  the twin of opening a project is called so
    folder: str | Path = ".",
    *,
    data: str | Path | None = None,
    engine: str | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    spill: str | Path | None = None,
) -> Project:
    """Open the project in `folder` (or at the path of its momot.toml). Raises ProjectError where the file is wrong or absent.

    `engine` ("duckdb" or a Spark master), `memory_limit` ("4GB"), `threads` and `spill` (a folder) go before what its `[engine]` says.
    """
    file = load(Path(folder))
    file = msgspec.structs.replace(file, engine=settings(file.engine, engine, memory_limit, threads, spill))
    home = Path(file.path).parent
    return Project(folder=home, data=Path(data) if data is not None else home, file=file)


def from_tables(
    *,
    interactions: Tables | None = None,
    opinions: Tables | None = None,
    subjects: Tables | None = None,
    people: Rows | None = None,
    outcomes: Mapping[str, Mapping[str, Any]] | None = None,
    columns: Mapping[str, Any] | None = None,
    blocks: Mapping[str, Any] | None = None,
    tables: Mapping[str, Rows] | None = None,
    name: str = "tables",
    timezone: str | None = None,
    currency: str | None = None,
    folder: str | Path | None = None,
) -> Project:
    """A project of tables in memory: Arrow, pandas, polars, DuckDB, what has `__arrow_c_stream__`; a list where a kind has several.

    Columns are known by the names of the project file's keys (`person`, `at`, `touchpoint`, `activity`, `quality`, …). `columns` says which
    others they are: `{"person": "customer_id"}` in every table that has it, `{"interactions": {"at": "ts", "quality": {"sql": "…"}}}` in
    one, any key of that block included. Of `touchpoint` and `activity` one is enough. Columns of `people` that no key names are
    segments (texts with more than 50 different values are not). `outcomes` are those of the project file, by default each instrument of
    `opinions`; `blocks` adds its other blocks, `tables` further sources by the name that a `from` calls them.

    Times without a zone are in `timezone`, by default the zone of those that have one, else UTC. The tables are stored once, in a private
    folder that is removed with the project, or in `folder`, which then is a project like any other. Raises ProjectError, DataError.
    """
    from momot.project.from_tables import write_project
    from momot.project.private import keep, private

    top = {"name": name, "timezone": timezone, "currency": currency}
    given = {"interactions": interactions, "opinions": opinions, "subjects": subjects, "people": people}

    def write(home: Path) -> str:
        return write_project(
            home, given, others=tables or {}, outcomes=outcomes, columns=columns or {}, blocks=blocks or {}, top=top
        )  # fmt: skip

    home, file, owner = private(write) if folder is None else keep(Path(folder), write)
    return Project(folder=home, data=home, file=file, owner=owner)


def draft(folder: str | Path) -> Draft:
    """Profile the files in `folder` and draft a `momot.toml`, asking where measurement does not tell. Writes nothing."""
    from momot.project.draft import draft as profile_and_draft

    return profile_and_draft(Path(folder))
