"""From files to typed relations: text is parsed once into `.momot/sources/<key>.parquet`; Parquet and DuckDB tables are read in place.

The key is a hash of the files' bytes and of everything that changes how they are read, so an unchanged file is never parsed again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec
from msgspec import Struct

from momot.build.delimited import Raw, Unreadable, read_delimited
from momot.build.measure import Column, Roles, measure
from momot.build.records import choose_table, read_excel, read_json_lines, read_sqlite
from momot.build.sources import File
from momot.build.xes import read_xes
from momot.engine import execute, first_line, identifier, literal, row, rows
from momot.errors import DataError, NotATime, NothingLeft, UnreadableSource
from momot.project.schema import Table
from momot.vocabulary import Rejection

_VERSION = 2  # of what staging makes of the same bytes
HIDDEN = "__"  # columns that no expression of the project sees: __source, __line, "__bad:<column>"
_NUMERIC = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE"}


def bad_column(name: str) -> str:
    """The hidden column, quoted, with "code|text" of the unreadable cells of column `name`."""
    return identifier(f"{HIDDEN}bad:{name}")


class Lost(Struct, frozen=True):
    """A row that no block can use."""

    source: str
    line: int | None
    code: Rejection
    text: str


class Piece(Struct, frozen=True):
    """One file of a source. `key` changes with its bytes and how they are read; rows of `relation` have the columns of the source."""

    name: str
    key: str
    relation: str
    lost: tuple[Lost, ...] = ()


class Staged(Struct, frozen=True, kw_only=True):
    """A source ready to be read. `relation` is SQL; `columns` are what expressions see, `bad` those with unreadable cells."""

    relation: str
    key: str
    columns: dict[str, str]  # name -> type
    rows: dict[str, int]  # file -> data rows, readable or not
    bad: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    ambiguous: dict[str, str] = {}  # column -> why it could not be taken for a time
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    pieces: tuple[Piece, ...] = ()  # file by file, where each can be read without the others


@dataclass(frozen=True, slots=True)
class Stager:
    """Where staging works: `home` is `.momot`, `work` a temporary folder of this build."""

    connection: duckdb.DuckDBPyConnection
    home: Path
    work: Path
    zone: str

    def stage(self, name: str, files: list[File], settings: Table, roles: Roles) -> Staged:
        """The files, which are read as one table, typed. Raises DataError of the fitting kind, naming `name`."""
        key = self._key(files, settings, roles)
        if files[0].format in {"parquet", "duckdb"}:
            return self._in_place(name, files, settings, roles, key)
        staged = (self._apart(files, settings, roles, key) if len(files) > 1 else None) or self._stored(key)
        if staged is not None:
            return staged
        raws = [self._raw(file, settings, position) for position, file in enumerate(files)]
        relation = " UNION ALL BY NAME ".join(
            f"SELECT *, {literal(file.name)} AS __source FROM {raw.relation}" for file, raw in zip(files, raws, strict=True)
        )
        names = list(dict.fromkeys(column for raw in raws for column in raw.columns))
        columns = self._measure(f"({relation})", names, settings, roles, name, text_only=False)
        lost = tuple(_lost(file.name, entry) for file, raw in zip(files, raws, strict=True) for entry in raw.unreadable)
        counts = {file.name: raw.rows + len(raw.unreadable) for file, raw in zip(files, raws, strict=True)}
        notes = [
            f"{file.name}: no mark says its encoding; read as {raw.encoding}. If letters are wrong, set encoding in [tables]."
            for file, raw in zip(files, raws, strict=True)
            if raw.guessed
        ]
        notes += [note for raw in raws for note in raw.notes]
        return self._store(key, f"({relation})", columns, {}, counts, lost, notes, raws[0])

    def _apart(self, files: list[File], settings: Table, roles: Roles, key: str) -> Staged | None:
        """Each file typed alone, so that a new one leaves the others as they are; None where they do not all say the same of a column."""
        try:
            each = [self.stage(file.name, [file], settings, roles) for file in files]
        except DataError:  # too little in one of them to tell; all together may do
            return None
        first = each[0]
        if any(list(one.columns) != list(first.columns) or one.ambiguous for one in each):
            return None
        empty = [self._empty(one) if one.columns != first.columns else set[str]() for one in each]
        columns = {
            column: next((one.columns[column] for one, none in zip(each, empty, strict=True) if column not in none), kind)
            for column, kind in first.columns.items()
        }
        if any(
            one.columns[column] != columns[column] and column not in none
            for one, none in zip(each, empty, strict=True)
            for column in columns
        ):
            return None
        relations = []
        for one in each:
            other = [f"NULL::{kind} AS {identifier(column)}" for column, kind in columns.items() if one.columns[column] != kind]
            relations.append(f"(SELECT *{f' REPLACE ({chr(44).join(other)})' if other else ''} FROM {one.relation})")
        bad = tuple(column for column in columns if any(column in one.bad for one in each))
        pieces = tuple(Piece(file.name, one.key, relation, one.lost) for file, one, relation in zip(files, each, relations, strict=True))
        return Staged(
            relation=f"({' UNION ALL BY NAME '.join(relations)})", key=key, columns=columns,
            rows={file: count for one in each for file, count in one.rows.items()}, bad=bad,
            lost=tuple(lost for one in each for lost in one.lost),
            notes=tuple(dict.fromkeys(note for one in each for note in one.notes)), encoding=first.encoding, delimiter=first.delimiter,
            pieces=pieces,
        )  # fmt: skip

    def _empty(self, staged: Staged) -> set[str]:
        """Columns without a value: they may be of any type."""
        listed = ", ".join(f"count({identifier(column)})" for column in staged.columns)
        found = row(self.connection, f"SELECT {listed} FROM {staged.relation}")
        return {column for column, count in zip(staged.columns, found, strict=True) if not count and column not in staged.bad}

    def _in_place(self, name: str, files: list[File], settings: Table, roles: Roles, key: str) -> Staged:
        relation = self._scan(name, files, settings)
        types = self._types(relation, name)
        counts = {file.name: count for file, count in zip(files, self._counts(files, relation), strict=True)}
        if not sum(counts.values()):
            raise NothingLeft(f"{name} has no rows.")
        texts = [column for column, kind in types.items() if kind == "VARCHAR"]
        looked_at = [c for c in texts if settings.missing or settings.time_format or c.lower() in roles.time | roles.number]
        numbers = numeric(types, settings.missing)
        if not looked_at and not numbers:
            pieces = tuple(Piece(file.name, self._key([file], settings, roles), self._scan(file.name, [file], settings)) for file in files)
            return Staged(relation=relation, key=key, columns=types, rows=counts, pieces=pieces)
        columns = [Column(c, kind, identifier(c)) for c, kind in types.items()]
        staged = (self._apart(files, settings, roles, key) if len(files) > 1 else None) or self._stored(key)
        if staged is not None:
            return staged
        measured = {c.name: c for c in self._measure(relation, looked_at, settings, roles, name, text_only=True)}
        columns = [measured.get(c.name) or without(c, settings.missing if c.name in numbers else ()) for c in columns]
        return self._store(key, relation, columns, types, counts, (), [], None)

    def _stored(self, key: str) -> Staged | None:
        """What an earlier build typed, read from where the project is now: its folder may have been moved since."""
        stored, described = self._paths(key)
        if not (stored.exists() and described.exists()):
            return None
        staged = msgspec.json.decode(described.read_bytes(), type=Staged)
        return msgspec.structs.replace(staged, relation=read_stored(stored))

    def _store(
        self, key: str, relation: str, columns: list[Column], types: dict[str, str], counts: dict[str, int], lost: tuple[Lost, ...],
        notes: list[str], raw: Raw | None,
    ) -> Staged:  # fmt: skip
        """Write the typed columns, with the text of unreadable cells beside them."""
        stored, described = self._paths(key)
        bad = [column for column in columns if column.bad]
        shown = [f"{column.value} AS {identifier(column.name)}" for column in columns]
        shown += [f"({c.bad}) || '|' || left({identifier(c.name)}, 200) AS {bad_column(c.name)}" for c in bad]
        target = self.work / "typed.parquet"
        execute(
            self.connection, f"COPY (SELECT {', '.join(shown)}, __source, __line FROM {relation}) TO {literal(target)} (FORMAT parquet)"
        )
        if bad:
            found = row(
                self.connection,
                "SELECT " + ", ".join(f"count({bad_column(c.name)})" for c in bad) + f" FROM read_parquet({literal(target)})",
            )
            bad = [column for column, count in zip(bad, found, strict=True) if count]
        staged = Staged(
            relation=read_stored(stored), key=key,
            columns={c.name: types.get(c.name, c.type) if c.value == identifier(c.name) else c.type for c in columns},
            rows=counts, bad=tuple(column.name for column in bad), lost=lost,
            ambiguous={column.name: note for column in columns for note in column.notes if note.startswith("ambiguous: ")},
            notes=(*notes, *(note for c in columns for note in c.notes if not note.startswith("ambiguous: "))),
            encoding=raw.encoding if raw else None, delimiter=raw.delimiter if raw else None,
        )  # fmt: skip
        stored.parent.mkdir(exist_ok=True)
        target.replace(stored)
        partial = self.work / "typed.json"
        partial.write_bytes(msgspec.json.encode(staged))
        partial.replace(described)
        return staged

    def _raw(self, file: File, settings: Table, position: int) -> Raw:
        work = self.work / f"raw-{position}"
        work.mkdir(parents=True, exist_ok=True)
        for old in work.iterdir():
            old.unlink()
        try:
            match file.format:
                case "csv":
                    return read_delimited(self.connection, file.path, name=file.name, encoding=settings.encoding, work=work)
                case "json_lines":
                    return read_json_lines(file.path, name=file.name, encoding=settings.encoding, work=work)
                case "xes":
                    return read_xes(file.path, name=file.name, encoding=settings.encoding, work=work)
                case "excel":
                    return read_excel(file.path, name=file.name, sheet=settings.sheet, work=work)
                case _:
                    return read_sqlite(file.path, name=file.name, table=settings.sheet, work=work)
        except duckdb.Error as error:
            raise _reading_failed(error, file.name) from error

    def _measure(self, relation: str, names: list[str], settings: Table, roles: Roles, name: str, *, text_only: bool) -> list[Column]:
        return measure(
            self.connection, relation, names, roles=roles, missing=settings.missing, time_format=settings.time_format, text_only=text_only,
            where=name,
        )  # fmt: skip

    def _scan(self, name: str, files: list[File], settings: Table) -> str:
        """SQL that reads typed files where they are."""
        if files[0].format == "duckdb":
            return self._attached(name, files[0], settings.sheet)
        paths = ", ".join(literal(file.path) for file in files)
        source = literal(files[0].name)
        if len(files) > 1:
            cases = " ".join(f"WHEN {literal(file.path)} THEN {literal(file.name)}" for file in files)
            source = f"CASE filename {cases} END"
        return f"(SELECT *, {source} AS __source, file_row_number + 1 AS __line FROM read_parquet([{paths}], union_by_name = true))"

    def _attached(self, name: str, file: File, wanted: str | None) -> str:
        alias = f"source_{file.sha256[:12]}"
        try:
            execute(self.connection, f"ATTACH IF NOT EXISTS {literal(file.path)} AS {alias} (READ_ONLY)")
            tables = rows(
                self.connection,
                f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = {literal(alias)} ORDER BY ALL",
            )
        except duckdb.Error as error:
            raise _reading_failed(error, name) from error
        chosen = choose_table(name, wanted, [table for _, table in tables])
        schema = next(schema for schema, table in tables if table == chosen)
        where = f"{alias}.{identifier(schema)}.{identifier(chosen)}"
        return f"(SELECT *, {literal(file.name)} AS __source, row_number() OVER () AS __line FROM {where})"

    def _types(self, relation: str, name: str) -> dict[str, str]:
        try:
            described = rows(self.connection, f"DESCRIBE SELECT * FROM {relation}")
        except duckdb.Error as error:
            raise _reading_failed(error, name) from error
        return {column: kind for column, kind, *_ in described if not column.startswith(HIDDEN)}

    def _counts(self, files: list[File], relation: str) -> list[int]:
        if len(files) == 1:
            return [int(row(self.connection, f"SELECT count(*) FROM {relation}")[0])]
        paths = ", ".join(literal(file.path) for file in files)  # their footers say it: a query a file costs more than the rest of reading
        told = dict(rows(self.connection, f"SELECT file_name, num_rows FROM parquet_file_metadata([{paths}])"))
        return [int(told[str(file.path)]) for file in files]

    def _paths(self, key: str) -> tuple[Path, Path]:
        folder = self.home / "sources"
        return folder / f"{key}.parquet", folder / f"{key}.json"

    def _key(self, files: list[File], settings: Table, roles: Roles) -> str:
        what = (
            _VERSION, duckdb.__version__, self.zone, [(file.name, file.sha256, file.format) for file in files], settings.sheet,
            settings.missing, settings.time_format, settings.encoding,
            *(sorted(names) for names in (roles.time, roles.bare_time, roles.number, roles.ids)),
        )  # fmt: skip
        return hashlib.sha256(repr(what).encode()).hexdigest()[:24]


def check_ambiguous(staged: Staged, roles: Roles) -> None:
    """Raise NotATime where the project names a column whose days and months could be swapped."""
    for column, why in staged.ambiguous.items():
        if column.lower() in roles.seen:
            raise NotATime(why.removeprefix("ambiguous: "))


def read_stored(stored: Path) -> str:
    """SQL: the rows of a typed source that is kept."""
    return f"read_parquet({literal(stored)})"


def _lost(source: str, entry: Unreadable) -> Lost:
    return Lost(source, entry.line, entry.code, entry.text)


def numeric(types: dict[str, str], missing: tuple[str, ...]) -> list[str]:
    """The columns of numbers, where any mark of `missing` is a number."""
    return [name for name, kind in types.items() if kind in _NUMERIC] if any(map(_is_number, missing)) else []


def without(column: Column, missing: tuple[str, ...]) -> Column:
    """A column of numbers with those marks as NULL that are numbers."""
    value = column.value
    for mark in missing:
        value = f"nullif({value}, {float(mark)!r})" if _is_number(mark) else value
    return Column(column.name, column.type, value if value == column.value else f"({value})::{column.type}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _reading_failed(error: duckdb.Error, name: str) -> UnreadableSource | duckdb.Error:
    """Trouble with the bytes of a source; trouble with the machine (disk, memory, Ctrl-C) stays what it is."""
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException | duckdb.FatalException) or "write" in str(error).lower():
        return error
    return UnreadableSource(f"{name} can't be read: {first_line(error)}.")
