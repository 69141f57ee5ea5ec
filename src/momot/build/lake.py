"""Sources of a build on Spark: Parquet is read where it lies, on any filesystem that Spark knows; all else is typed here first, as ever.

A pattern with a scheme (`s3a://lake/events/*.parquet`) is looked up by Spark. Such files are known by name, size and time: to hash their
bytes would bring them all here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from momot.build.engines import Builder
from momot.build.engines.spark import SparkBuilder
from momot.build.expressions import Place
from momot.build.measure import Column, Roles, measure
from momot.build.relations import Relation, Relations, Upstream, bad_cells_sql
from momot.build.roles import reached
from momot.build.sources import File
from momot.build.staging import HIDDEN, Staged, Stager, bad_column, numeric, read_stored, without
from momot.engine import execute, identifier, literal, rows
from momot.engine.spark_session import is_local
from momot.errors import EngineError, MissingSource, NothingLeft, UnreadableSource
from momot.project.schema import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NANOS = re.compile(r"^ *(?:optional|required) int64 (.+?) \(TIMESTAMP\(NANOS,(true|false)\)\)", re.MULTILINE)
_SAMPLE = 4_000  # rows of each source that come here to be looked at


@dataclass(frozen=True, slots=True)
class LakeStager(Stager):
    """A stager whose relations are names that both Spark (all rows) and the connection (some) know."""

    engine: SparkBuilder

    def stage(self, name: str, files: list[File], settings: Table, roles: Roles) -> Staged:
        """The files, which are read as one table, typed. Raises DataError of the fitting kind, naming `name`."""
        if files[0].format == "parquet":
            return self._in_lake(name, files, settings, roles)
        staged = Stager.stage(self, name, files, settings, roles)
        return msgspec.structs.replace(staged, relation=self.spread(staged.key, staged.relation))

    def spread(self, key: str, relation: str) -> str:
        """Let Spark read what this machine has typed; the name of the relation."""
        stored = self.home / "sources" / f"{key}.parquet"
        if relation != read_stored(stored):  # a file of another format, or the rows of a query with what it adds to them
            stored = self.work / f"{key}.parquet"
            execute(self.connection, f"COPY (SELECT * FROM {relation}) TO {literal(stored)} (FORMAT parquet)")
        session = self.engine.session
        here = is_local(self.engine.master)
        frame = session.read.parquet(f"file://{stored.absolute()}") if here else session.createDataFrame(pq.read_table(stored))
        name = f"source_{key}"
        execute(self.connection, f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {relation} LIMIT {_SAMPLE}")
        columns = {column: kind for column, kind, *_ in rows(self.connection, f"DESCRIBE {name}")}
        self.engine.source(name, frame.select(*(f"`{column}`" for column in columns)), columns)
        return name

    def _in_lake(self, name: str, files: list[File], settings: Table, roles: Roles) -> Staged:
        key = self._key(files, settings, roles)
        relation = f"lake_{key}"
        frame = self._frame(name, files)
        counted = {source: int(count) for source, count in frame.groupBy("__source").count().collect()}
        counts = {file.name: counted.get(file.name, 0) for file in files}
        total = sum(counts.values())
        if not total:
            raise NothingLeft(f"{name} has no rows.")
        self.look(relation, frame, total, self._fine(files[0]))
        types = {column: kind for column, kind, *_ in rows(self.connection, f"DESCRIBE {relation}") if not column.startswith(HIDDEN)}
        texts = [column for column, kind in types.items() if kind == "VARCHAR"]
        looked_at = [c for c in texts if settings.missing or settings.time_format or c.lower() in roles.time | roles.number]
        numbers = numeric(types, settings.missing)
        if not looked_at and not numbers:
            return Staged(relation=relation, key=key, columns=types, rows=counts)

        def count(sql: str) -> tuple[int, ...]:
            return self.engine.counted(sql, over=relation)

        found = measure(
            self.connection, relation, looked_at, roles=roles, missing=settings.missing, time_format=settings.time_format, text_only=True,
            where=name, counts=count,
        )  # fmt: skip
        changed = [without(Column(column, types[column], identifier(column)), settings.missing) for column in numbers]
        return self._typed(relation, key, types, {column.name: column for column in [*found, *changed]}, counts)

    def _typed(self, relation: str, key: str, types: dict[str, str], measured: dict[str, Column], counts: dict[str, int]) -> Staged:
        """The source with its text columns read as what they were found to be, each time it is read."""
        columns = [measured.get(name) or Column(name, kind, identifier(name)) for name, kind in types.items()]
        bad = [column for column in columns if column.bad]
        if bad:
            tests = ", ".join(f"count({column.bad})" for column in bad)
            found = self.engine.counted(f"SELECT {tests} FROM {relation}", over=relation)
            bad = [column for column, count in zip(bad, found, strict=True) if count]
        shown = [f"{column.value} AS {identifier(column.name)}" for column in columns]
        shown += [f"({c.bad}) || '|' || left({identifier(c.name)}, 200) AS {bad_column(c.name)}" for c in bad]
        sql = f"SELECT {', '.join(shown)}, __source, __line FROM {relation}"
        typed = f"typed_{key}"
        execute(self.connection, f"CREATE OR REPLACE TEMP TABLE {typed} AS {sql}")
        every = {column: kind for column, kind, *_ in rows(self.connection, f"DESCRIBE {typed}")}
        view = self.engine.evaluated(sql, over=relation).removeprefix("SELECT * FROM ")
        self.engine.source(typed, self.engine.session.table(view), every)
        notes = [note for column in columns for note in column.notes]
        return Staged(
            relation=typed, key=key, columns={name: kind for name, kind in every.items() if not name.startswith(HIDDEN)}, rows=counts,
            bad=tuple(column.name for column in bad),
            ambiguous={column.name: note for column in columns for note in column.notes if note.startswith("ambiguous: ")},
            notes=tuple(note for note in notes if not note.startswith("ambiguous: ")),
        )  # fmt: skip

    def look(self, relation: str, frame: DataFrame, total: int, fine: dict[str, pa.TimestampType] | None = None) -> None:
        """Name a source on both engines: all rows on Spark, some here. `fine` are times in nanoseconds, which Spark has as numbers."""
        sample = frame if total <= _SAMPLE else frame.sample(fraction=_SAMPLE / total, seed=1).limit(2 * _SAMPLE)
        table = sample.toArrow()
        wanted = [pa.field(field.name, (fine or {}).get(field.name, field.type)) for field in table.schema]
        self.connection.register("momot_arrow", table.cast(pa.schema(wanted)))
        execute(self.connection, f"CREATE OR REPLACE TEMP TABLE {relation} AS SELECT * FROM momot_arrow")
        self.connection.unregister("momot_arrow")
        self.engine.source(relation, frame, {column: kind for column, kind, *_ in rows(self.connection, f"DESCRIBE {relation}")})

    def _fine(self, file: File) -> dict[str, pa.TimestampType]:
        """The columns that hold times in nanoseconds: Spark knows none, and reads their numbers."""
        java: Any = self.engine.session._jvm
        parquet, hadoop = java.org.apache.parquet.hadoop, self.engine.session._jsc.hadoopConfiguration()
        reader = parquet.ParquetFileReader.open(parquet.util.HadoopInputFile.fromPath(java.org.apache.hadoop.fs.Path(_url(file)), hadoop))
        try:
            schema = reader.getFooter().getFileMetaData().getSchema().toString()
        finally:
            reader.close()
        return {name: pa.timestamp("ns", tz="UTC" if zoned == "true" else None) for name, zoned in _NANOS.findall(schema)}

    def _frame(self, name: str, files: list[File]) -> DataFrame:
        """The rows of the files with `__source` and `__line`, which counts from 1 in each file."""
        from pyspark.errors import PySparkException
        from pyspark.sql import functions as f

        places = {_plain(_url(file)): file.name for file in files}
        try:
            read = self.engine.session.read.option("mergeSchema", str(len(files) > 1)).parquet(*map(_url, files))
            reported = [] if len(files) == 1 else [path for (path,) in read.select("_metadata.file_path").distinct().collect()]
        except PySparkException as error:
            raise UnreadableSource(f"{name} can't be read: {str(error).splitlines()[0]}") from error
        if len(files) == 1:
            source: Any = f.lit(files[0].name)
        else:
            pairs = [f.lit(text) for path in reported for text in (path, places[_plain(path)])]
            source = f.element_at(f.create_map(*pairs), f.col("_metadata.file_path"))
        columns = [f.col(f"`{column}`") for column in read.columns]
        line = (f.col("_metadata.row_index") + 1).cast("bigint")
        return read.select(*columns, source.alias("__source"), line.alias("__line"))


def lake_stager(plain: Stager, engine: Builder) -> LakeStager:
    """`plain` for an engine whose rows are elsewhere."""
    if not isinstance(engine, SparkBuilder):
        raise TypeError(f"{engine.name} reads no lake")
    return LakeStager(plain.connection, plain.home, plain.work, plain.zone, engine)


class LakeRelations(Relations):
    """Relations whose names Spark knows. Queries of `[tables]` run here where all that they read is typed here, else on Spark."""

    stager: LakeStager

    def here(self) -> Relations:
        """The same sources for queries over what this machine reads itself."""
        plain = Stager(self.stager.connection, self.stager.home, self.stager.work, self.stager.zone)
        found = Relations(self.project, data=self.data, stager=plain, roles=self.roles, before=self.before, progress=self.progress)
        found.files, found.sources, found.upstream, found.warnings, found.used = (
            self.files, self.sources, self.upstream, self.warnings, self.used,
        )  # fmt: skip
        return found

    def _find(self, wanted: str, where: str) -> list[File]:
        return _listed(self.stager.engine, wanted, where) if "://" in wanted else super()._find(wanted, where)

    def _query(self, table: Table) -> Relation:
        if all(self.files[name][0].format != "parquet" for name in reached(table.name, self.tables)[0]):
            relation = self.here().get(table.name)
            return replace(relation, sql=self.stager.spread(relation.key, relation.sql))
        engine, place = self.stager.engine, Place(Path(self.project.path).name, f"[tables] {table.name}")
        try:
            sql, keys = self._view(table, ())
            self.progress(f"running [tables] {table.name}")
            key = hashlib.sha256(repr((duckdb.__version__, self.stager.zone, sql, keys)).encode()).hexdigest()[:24]
            shown = ", ".join(map(_as_in_parquet, *zip(*engine.columns(identifier(table.name)).items(), strict=True)))
            made = f"SELECT {shown}, {literal(table.name)} AS __source, NULL::BIGINT AS __line FROM {identifier(table.name)}"
            engine.table(f"query_{key}", made)
        except EngineError as error:
            raise EngineError(
                f"{place} does not run on Spark: {error} Write its result to Parquet first, or build with: momot build --engine duckdb"
            ) from error
        total = int(engine.row(f"SELECT count(*) FROM query_{key}")[0])
        if not total:
            raise NothingLeft(f"{place}: the query gives no rows.")
        self.stager.look(f"lake_{key}", engine.session.table(f"query_{key}"), total)
        types = engine.columns(f"lake_{key}")
        columns = {name: kind for name, kind in types.items() if not name.startswith(HIDDEN)}
        return Relation(table.name, f"lake_{key}", columns, key, is_query=True)

    def _name(self, name: str, query: str) -> None:
        super()._name(name, query)  # says what is wrong with it, and what its columns are
        self.stager.engine.view(name, query)

    def _tell_bad(self, entry: Upstream, relation: Relation) -> None:
        entry.unread.append((relation.sql, bad_cells_sql(relation)))


def _as_in_parquet(column: str, kind: str) -> str:
    """SQL: a column of a query, as a Parquet file of DuckDB's would give it back, which has no whole numbers of 128 bits."""
    name = identifier(column)
    return f"{name}::DOUBLE AS {name}" if kind == "HUGEINT" else name


def _listed(engine: SparkBuilder, pattern: str, where: str) -> list[File]:
    """The Parquet files that a pattern with a scheme stands for, as Spark's filesystems list them."""
    from py4j.protocol import Py4JError

    try:
        java: Any = engine.session._jvm
        path = java.org.apache.hadoop.fs.Path(pattern)
        system = path.getFileSystem(engine.session._jsc.hadoopConfiguration())
        found = [one for one in system.globStatus(path) or [] if one.isFile()]
    except Py4JError as error:
        told = str(error.java_exception).splitlines()[0] if hasattr(error, "java_exception") else str(error)
        raise UnreadableSource(f"{where}: '{pattern}' can't be listed: {told}") from error
    if not found:
        raise MissingSource(
            f"{where}: no file matches '{pattern}'. A folder of files is written as a pattern: '{pattern.rstrip('/')}/*.parquet'."
        )
    names = sorted((unquote(one.getPath().toString()), int(one.getLen()), int(one.getModificationTime())) for one in found)
    other = next((name for name, *_ in names if not name.lower().endswith((".parquet", ".pq"))), None)
    if other is not None:
        raise UnreadableSource(f"{where}: '{other}' is no Parquet, and nothing else is read where it lies. Copy it to this machine.")
    return [
        File(name, Path(name), "parquet", size, modified * 1_000_000, hashlib.sha256(repr((name, size, modified)).encode()).hexdigest())
        for name, size, modified in names
    ]


def _url(file: File) -> str:
    return file.name if "://" in file.name else f"file://{file.path.absolute()}"


def _plain(url: str) -> str:
    """A URL of a file without what Spark and Hadoop write in several ways: `file:/a`, `file:///a`, `%20`."""
    scheme, _, rest = unquote(url).partition(":")
    return f"{scheme}:{rest.lstrip('/')}"
