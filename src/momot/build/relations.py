"""What `from` may name: a file, a pattern of files, an entry of `[tables]`; each becomes one relation that blocks read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from momot.build.expressions import Place, wrong_sql
from momot.build.manifest import Source
from momot.build.measure import Roles
from momot.build.roles import literals, reached, tables_read
from momot.build.sources import File, describe, find
from momot.build.staging import Lost, Piece, Staged, Stager, bad_column, check_ambiguous
from momot.engine import execute, identifier, literal, names, row, rows, tokens
from momot.errors import DataError, MissingSource, NothingLeft, ProjectError, UnreadableSource, did_you_mean
from momot.project.schema import ProjectFile, Table

_RUN_ERRORS = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)


@dataclass(frozen=True, slots=True)
class Relation:
    """One table that blocks read. `sql` also gives `__source`, `__line` (NULL in a query's rows) and "__bad:<column>"."""

    name: str  # for messages: 'orders.csv', or the name in [tables]
    sql: str
    columns: dict[str, str]
    key: str
    bad: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    is_query: bool = False
    pieces: tuple[Piece, ...] = ()  # the files that it is made of, where each stands alone


@dataclass(slots=True)
class Upstream:
    """Rows that a query of `[tables]` never saw because a cell or the whole row was unreadable."""

    table: str
    lost: list[Lost] = field(default_factory=list)
    cells: list[tuple[str, int | None, str, str, str]] = field(default_factory=list)  # source, line, code, column, text
    unread: list[tuple[str, str]] = field(default_factory=list)  # relation, and SQL of its cells where rows are elsewhere


class Relations:
    """All relations of a project, each made when first asked for."""

    def __init__(
        self,
        project: ProjectFile,
        *,
        data: Path,
        stager: Stager,
        roles: dict[str, Roles],
        before: dict[str, Source],
        progress: Callable[[str], None],
    ) -> None:
        self.project, self.data, self.stager, self.roles, self.before, self.progress = project, data, stager, roles, before, progress
        self.tables = {table.name: table for table in project.tables}
        self.files: dict[str, list[File]] = {}
        self.sources: dict[str, Source] = {}
        self.upstream: dict[str, Upstream] = {}
        self.warnings: dict[str, None] = {}
        self.used: set[str] = set()  # keys of staged files that this build needs
        self._done: dict[str, Relation] = {}
        self._views: dict[str, str] = {}

    def locate(self) -> None:
        """Find and hash every file that any block reads. Raises MissingSource and UnreadableSource."""
        asked: dict[str, str] = {}
        for place, name in _froms(self.project):
            for source in sorted(reached(name, self.tables)[0]):
                asked.setdefault(source, f"{Path(self.project.path).name}, {place}")
        for name, where in asked.items():
            table = self.tables.get(name)
            wanted = table.file if table and table.file else name
            self.files[name] = self._find(wanted, where)
            if len({file.format for file in self.files[name]}) > 1:
                raise UnreadableSource(
                    f"{where}: '{wanted}' matches files of several formats. Name one table in [tables] for each, and UNION them."
                )

    def _find(self, wanted: str, where: str) -> list[File]:
        """The files that a name or pattern stands for."""
        paths = find(wanted, data=self.data, where=where, known=self.tables)
        return [describe(path, data=self.data, before=self.before, where=where) for path in paths]

    def get(self, name: str) -> Relation:
        """The relation that a `from` names."""
        if name not in self._done:
            table = self.tables.get(name)
            self._done[name] = self._query(table) if table is not None and table.query is not None else self._source(name)
        return self._done[name]

    def _source(self, name: str) -> Relation:
        staged = self._staged(name)
        files = self.files[name]
        alone = (Piece(files[0].name, staged.key, staged.relation, staged.lost),) if len(files) == 1 else ()
        label = files[0].name if len(files) == 1 else name
        return Relation(label, staged.relation, staged.columns, staged.key, staged.bad, staged.lost, pieces=staged.pieces or alone)

    def _staged(self, name: str) -> Staged:
        files, roles = self.files[name], self.roles.get(name, Roles())
        table = self.tables.get(name) or Table(name=name, file=name)
        label = files[0].name if len(files) == 1 else name
        self.progress(f"reading {label}")
        staged = self.stager.stage(label, files, table, roles)
        check_ambiguous(staged, roles)
        self.used.update([staged.key, *(piece.key for piece in staged.pieces)])
        self.warnings.update(dict.fromkeys(staged.notes))
        for file in files:
            lost = sum(entry.source == file.name for entry in staged.lost)
            self.sources[file.name] = Source(
                path=file.name, bytes=file.bytes, modified_ns=file.modified_ns, sha256=file.sha256, format=file.format,
                rows=staged.rows[file.name], rejected=lost, columns=staged.columns, encoding=staged.encoding, delimiter=staged.delimiter,
            )  # fmt: skip
        return staged

    def _query(self, table: Table) -> Relation:
        """The rows of a query, kept as a file so that blocks which share it run it once."""
        sql, keys = self._view(table, ())
        key = hashlib.sha256(repr((duckdb.__version__, self.stager.zone, sql, keys)).encode()).hexdigest()[:24]
        stored = self.stager.home / "sources" / f"{key}.parquet"
        self.used.add(key)
        if not stored.exists():
            self.progress(f"running [tables] {table.name}")
            target = self.stager.work / "query.parquet"
            try:
                execute(self.stager.connection, f"COPY (SELECT * FROM {identifier(table.name)}) TO {literal(target)} (FORMAT parquet)")
            except _RUN_ERRORS as error:
                place = Place(Path(self.project.path).name, "[tables]")
                raise DataError(
                    f"{place} {table.name} fails on some rows: {str(error).splitlines()[0]}. TRY_CAST gives NULL instead."
                ) from error
            stored.parent.mkdir(exist_ok=True)
            target.replace(stored)
        columns = {name: kind for name, kind, *_ in rows(self.stager.connection, f"DESCRIBE SELECT * FROM read_parquet({literal(stored)})")}
        if not row(self.stager.connection, f"SELECT count(*) FROM read_parquet({literal(stored)})")[0]:
            raise NothingLeft(f"{Path(self.project.path).name}, [tables] {table.name}: the query gives no rows.")
        relation = f"(SELECT *, {literal(table.name)} AS __source, NULL::BIGINT AS __line FROM read_parquet({literal(stored)}))"
        return Relation(table.name, relation, columns, key, is_query=True)

    def _view(self, table: Table, path: tuple[str, ...]) -> tuple[str, list[str]]:
        """Create the view of a query after those it reads; its SQL with files replaced, and the keys of its sources."""
        place = Place(Path(self.project.path).name, f"[tables] {table.name}")
        if table.name in path:
            raise ProjectError(f"{place}: the queries {' -> '.join([*path, table.name])} read each other in a circle.")
        query, keys = (table.query or "").strip().rstrip(";"), []
        for written, name in literals(query).items():
            keys.append(self._clean(name, table.name))
            query = query.replace(written, identifier(name))
        for other in tables_read(table.query or "", self.tables):
            entry = self.tables[other]
            keys += [repr(self._view(entry, (*path, table.name)))] if entry.query is not None else [self._clean(other, table.name)]
        if table.name not in self._views:
            try:
                self._name(table.name, query)
            except duckdb.CatalogException as error:
                raise self._missing_table(error, place) from error
            except duckdb.Error as error:
                columns = self._columns_of(query)
                told = wrong_sql(error, columns, place, "query", "its sources", " ".join(query.split())[:120])
                raise type(told)(f"{told}{_keyword_hint(error, query, columns)}") from error
            self._views[table.name] = query
        return query, keys

    def _clean(self, name: str, query: str) -> str:
        """The view of a source without the rows that have an unreadable cell where the project expects a time or a number; its key."""
        relation = self.get(name)
        if name not in self._views:
            good = " AND ".join(f"{bad_column(column)} IS NULL" for column in relation.bad) or "true"
            shown = ", ".join(map(identifier, relation.columns))
            self._name(name, f"SELECT {shown} FROM {relation.sql} WHERE {good}")
            self._views[name] = name
        entry = self.upstream.setdefault(query, Upstream(query))
        entry.lost += [lost for lost in relation.lost if lost not in entry.lost]
        if relation.bad:
            self._tell_bad(entry, relation)
        return relation.key

    def _name(self, name: str, query: str) -> None:
        """Let `name` stand for a query in those that come after it."""
        execute(self.stager.connection, f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS {query}")

    def _tell_bad(self, entry: Upstream, relation: Relation) -> None:
        """Note the unreadable cells of a source, for `rejected`."""
        entry.cells += rows(self.stager.connection, f"{bad_cells_sql(relation)} ORDER BY ALL")

    def _columns_of(self, query: str) -> list[str]:
        known = [self._done[name] for name in self._done if identifier(name) in query or name.lower() in names(query)]
        return [column for relation in known for column in relation.columns]

    def _missing_table(self, error: duckdb.CatalogException, place: Place) -> Exception:
        import re

        found = re.search(r"(?:Table|table) with name \"?(.+?)\"? does not exist", str(error))
        if found is None:
            return wrong_sql(error, [], place, "query", "its sources", "")
        name = found[1]
        listed = ", ".join(self.tables)
        return MissingSource(
            f"{place}: there is no table '{name}'.{did_you_mean(name, self.tables)} [tables] has: {listed}. A file is written 'in quotes'."
        )


def _keyword_hint(error: duckdb.Error, query: str, columns: list[str]) -> str:
    """`at` and `end` are columns of many files and words of SQL: which of those a query that SQL can't read names bare."""
    if not isinstance(error, duckdb.ParserException):
        return ""
    reserved = {
        "all",
        "asc",
        "at",
        "case",
        "check",
        "column",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "from",
        "group",
        "limit",
        "offset",
        "on",
    }
    reserved |= {
        "only",
        "order",
        "placing",
        "primary",
        "references",
        "select",
        "some",
        "table",
        "then",
        "to",
        "union",
        "unique",
        "user",
        "using",
        "when",
    }
    bare = {token.text.lower() for token in tokens(query) if token.kind == "word"} & reserved & {column.lower() for column in columns}
    return " ".join(["", *(f'"{word}" is a word of SQL: as a column it is written in double quotes.' for word in sorted(bare))])


def bad_cells_sql(relation: Relation) -> str:
    """SQL: source, line, code, column and text of the first unreadable cell of each row that has one."""
    picked = []
    for column in relation.bad:
        bad = bad_column(column)  # code|text
        code, text = f"split_part({bad}, '|', 1)", f"substr({bad}, instr({bad}, '|') + 1)"
        picked.append(f"WHEN {bad} IS NOT NULL THEN {{'code': {code}, 'column': {literal(column)}, 'found': {text}}}")
    cells = f"SELECT __source AS source, __line AS line, CASE {' '.join(picked)} END AS bad FROM {relation.sql}"
    return f'SELECT source, line, bad.code AS code, bad."column" AS "column", bad.found AS found FROM ({cells}) WHERE bad IS NOT NULL'


def _froms(project: ProjectFile) -> list[tuple[str, str]]:
    """(block, from) of every block that reads something."""
    found = [(f"[[subjects]] {n}", block.from_) for n, block in enumerate(project.subjects, 1)]
    found += [(f"[[interactions]] {n}", block.from_) for n, block in enumerate(project.interactions, 1)]
    found += [(f"[[opinions]] {n}", block.from_) for n, block in enumerate(project.opinions, 1)]
    found += [(f"[[texts]] {n}", block.from_) for n, block in enumerate(project.texts, 1)]
    seen: dict[str, int] = {}
    for wide in project.wide:
        seen[wide.kind] = seen.get(wide.kind, 0) + 1
        found.append((f"[[{wide.kind}s]] {seen[wide.kind]}", wide.from_))
    found += [("[people]", project.people.from_)] if project.people else []
    return found + [(f"[outcomes.{outcome.name}]", outcome.from_) for outcome in project.outcomes if outcome.from_]
