"""`momot build`: sources to canonical tables, all or nothing (DESIGN.md 3)."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import duckdb
import msgspec

import momot
from momot.build import dictionary, spoken
from momot.build.engines import Builder, DuckBuilder
from momot.build.erased import Erased, forget_staged, hide, read_erased
from momot.build.facts import make_facts
from momot.build.folder import locked, publish, workspace
from momot.build.identity import stitch
from momot.build.interactions import make_interactions
from momot.build.manifest import Manifest, Source, Table, read_manifest, spec_of
from momot.build.opened import Build
from momot.build.opinions import make_opinions
from momot.build.people import make_people
from momot.build.relations import Relations
from momot.build.roles import find_roles
from momot.build.said import make_said
from momot.build.staging import Stager
from momot.build.subjects import make_subjects
from momot.build.tally import reject_upstream, start_rejected, write_rejected
from momot.build.wide import make_wide
from momot.build.workshop import TABLES_VERSION, Further, Workshop
from momot.build.zone import pieces
from momot.engine import Spill, connect, opened
from momot.errors import MissingSource
from momot.progress import Tell, Teller, telling
from momot.project.mapped import mapped
from momot.project.schema import ProjectFile

MEMORY = "2GB"


def build(
    project: ProjectFile,
    *,
    folder: Path,
    data: Path | None = None,
    then: Further | None = None,
    progress: Tell | None = None,
) -> Build:
    """Turn the sources of `project` into the canonical tables under `folder`/.momot; sources are looked up in `data`, by default `folder`.

    `then` makes the tables that layers above derive from the canonical ones, as part of the same build.

    Nothing changed: the previous build is returned at once. Otherwise only tables whose sources or blocks changed are made again, and the
    new build replaces the old one in one step. `progress` hears what begins and how far it is. Raises ProjectError, DataError, EngineError;
    whatever is raised, Ctrl-C included, temporary files are gone and the previous build still answers.
    """
    folder = Path(folder)
    data = Path(data) if data is not None else folder
    if not folder.is_dir():
        raise MissingSource(f"There is no folder {folder}.")
    pieces(project.timezone)  # an unknown zone is an error before anything is read
    with telling(progress) as say, locked(folder) as home:
        before = read_manifest(home)
        with workspace(home) as work:
            return _build(project, home, data, work, before, then, say)


def _build(
    project: ProjectFile,
    home: Path,
    data: Path,
    work: Path,
    before: Manifest | None,
    then: Further | None,
    say: Teller,
) -> Build:
    old = {source.path: source for source in before.sources} if before else {}
    asked = project.engine
    spill = Spill(Path(asked.spill)) if asked.spill else None
    connection = connect(
        memory_limit=asked.memory_limit or MEMORY,
        threads=asked.threads,
        temp=spill.folder if spill else work / "spill",
        timezone=project.timezone,
    )
    with contextlib.ExitStack() as ends, opened(connection):
        ends.callback(spill.remove if spill else lambda: None)
        engine = _builder(project, connection)
        ends.callback(engine.close)
        if spoken.asked(project):
            spoken.register(connection)
        relations = _relations(engine, project, home, work, data, old, say)
        relations.locate()
        erased = read_erased(home)
        identity = _identity(project, relations, then, erased)
        if before is not None and before.build == identity and (home / before.folder).is_dir():
            say("nothing changed")
            return Build(home / before.folder, before, fresh=False, settings=asked)
        ready = work / "ready"
        ready.mkdir()
        if before is not None and before.erased != erased.digest:
            before = None  # of tables with somebody who was erased since, nothing is taken over
        previous = home / before.folder if before else None
        shop = Workshop(engine, mapped(project), relations, work, ready, previous, before, say, identity=identity, erased=erased)
        tables, warnings = _tables(shop)
        tables += then.make(shop, tables) if then else []
        hide(shop.engine, ready, erased)
        forget_staged(shop.engine, home, erased)
    manifest = Manifest(
        build=identity, folder=f"build-{identity[:12]}", momot=momot.__version__, duckdb=duckdb.__version__, project=project.name,
        erased=erased.digest, spec=spec_of(project), timezone=project.timezone, currency=project.currency,
        sources=tuple(relations.sources[name] for name in sorted(relations.sources)), tables=tuple(tables), warnings=warnings,
    )  # fmt: skip
    _forget_unused(home, relations.used)  # before there is a new build: with nothing to do, the next one would not look
    publish(home, ready, manifest)
    say(f"built {sum(table.rows for table in tables):,} rows")
    return Build(home / manifest.folder, manifest, settings=project.engine)


def _tables(shop: Workshop) -> tuple[list[Table], tuple[str, ...]]:
    """Make all tables in the order of what they need: subjects name persons for others; people come from all."""
    start_rejected(shop.engine)
    dictionary.load(shop.engine, shop.previous)
    tied = stitch(shop)
    subjects = make_subjects(shop)
    key = subjects.key if subjects else None
    interactions, opinions = _interactions(shop, key), make_opinions(shop, key)
    made = [tied, subjects, interactions, opinions, make_said(shop, opinions, key), make_facts(shop, key)]
    tables = [table for table in made if table is not None] + make_wide(shop)
    tables.append(make_people(shop, tables))
    entries = dictionary.save(shop.engine, shop.folder)
    tables.append(Table(name="dictionary", key="", rows=entries, files=(dictionary.FILE,)))
    unseen = tuple(block for upstream in shop.relations.upstream.values() if (block := reject_upstream(shop.engine, upstream)))
    tables.append(Table(name="rejected", key="", rows=write_rejected(shop.engine, shop.folder), files=("rejected.parquet",), blocks=unseen))
    return tables, tuple(shop.relations.warnings)


def _builder(project: ProjectFile, connection: duckdb.DuckDBPyConnection) -> Builder:
    """The engine that makes the tables: the connection's own, or Spark."""
    asked = project.engine
    if asked.url == "duckdb":
        return DuckBuilder(connection)
    from momot.build.engines.spark import SparkBuilder

    return SparkBuilder(asked.url, asked.options, connection, project.timezone)


def _relations(
    engine: Builder, project: ProjectFile, home: Path, work: Path, data: Path, before: dict[str, Source], say: Teller
) -> Relations:
    """What the blocks read, where the engine can read it."""
    kind: type[Relations] = Relations
    stager = Stager(engine.connection, home, work, project.timezone)
    if engine.name == "spark":
        from momot.build.lake import LakeRelations, lake_stager

        kind, stager = LakeRelations, lake_stager(stager, engine)
    return kind(project, data=data, stager=stager, roles=find_roles(project), before=before, progress=say)


def _interactions(shop: Workshop, subjects_key: str | None) -> Table | None:
    if shop.engine.name == "duckdb":
        return make_interactions(shop, subjects_key)
    from momot.build.spread import make_spread

    return make_spread(shop, subjects_key)


def _identity(project: ProjectFile, relations: Relations, then: Further | None, erased: Erased) -> str:
    """sha256 over the sources' hashes, the project, the versions, and what is made besides."""
    files = sorted({(file.name, file.sha256) for found in relations.files.values() for file in found})
    what = msgspec.json.encode(
        [momot.__version__, duckdb.__version__, TABLES_VERSION, then.key if then else None, files, spec_of(project), erased.digest]
        + ([spoken.fingerprint()] if spoken.asked(project) else [])
    )
    return hashlib.sha256(what).hexdigest()


def _forget_unused(home: Path, used: set[str]) -> None:
    """Remove staged sources that no block reads any more."""
    for path in (home / "sources").glob("*"):
        if path.stem not in used:
            path.unlink(missing_ok=True)
