"""Expressions of the project file over the columns of a source: bound, typed, and wrong ones explained by block, key and nearest fix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from momot.engine import execute, first_line, identifier, names, rows, tokens
from momot.errors import DataError, MissingColumn, MomotError, ProjectError, did_you_mean

_MISSING = re.compile(r'Referenced column "(.+?)" (?:not found|was not found)|column named "(.+?)"|does not have a column named "(.+?)"')
_FUNCTION = re.compile(r"(?:Function|function) with name \"?([\w$]+)\"? does not exist")
_DATA_ERRORS = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: "momot.toml, [[interactions]] 3"."""

    file: str
    block: str

    def __str__(self) -> str:
        return f"{self.file}, {self.block}"


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression that binds: its key in the block, SQL that can stand anywhere a column can, and its type."""

    key: str
    sql: str
    type: str
    written: str


def bind(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Mapping[str, str], written: Mapping[str, str], *, place: Place,
    source: str, group_by: str | None = None,
) -> dict[str, Expression]:  # fmt: skip
    """Bind the expressions `written` (key -> text) against `relation`, whose visible `columns` are known.

    Raises MissingColumn for a column that is not there, ProjectError for anything else that SQL does not accept.
    """
    prepared = {key: _as_column(text, columns) for key, text in written.items()}
    if not prepared:
        return {}
    tail = f" GROUP BY {group_by}" if group_by else ""
    try:
        types = _types(connection, prepared.values(), relation, tail)
    except duckdb.Error:
        types = []
        for key, text in prepared.items():
            prepared[key], kind = _bind_one(connection, text, relation, tail, columns, place, key, source)
            types.append(kind)
    return {key: _expression(key, prepared[key], kind, written[key]) for key, kind in zip(prepared, types, strict=True)}


def _expression(key: str, sql: str, kind: str, written: str) -> Expression:
    """Instants in nanoseconds, as pandas writes them, are instants: nothing happens more finely than in microseconds."""
    if kind == "TIMESTAMPTZ_NS":
        return Expression(key, f"({sql})::TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", written)
    return Expression(key, sql, kind, written)


def mentioned(columns: Iterable[str], expressions: Iterable[str]) -> set[str]:
    """The columns that any of the `expressions` names."""
    named: set[str] = set()
    for text in expressions:
        named |= names(text) | {text.strip().lower()}
    return {column for column in columns if column.lower() in named}


def bare(text: str) -> str:
    """The lower-case name of an expression that is nothing but a column."""
    stripped = text.strip()
    found = list(tokens(stripped))
    return found[0].name.lower() if len(found) == 1 and found[0].kind == "quoted" else stripped.lower()


def explain_failure(
    connection: duckdb.DuckDBPyConnection, error: duckdb.Error, relation: str, expressions: Mapping[str, Expression], place: Place
) -> MomotError | duckdb.Error:
    """The error of a query over several expressions, told for the one that fails alone."""
    if not isinstance(error, _DATA_ERRORS):
        return error
    for expression in expressions.values():
        try:
            execute(connection, f"SELECT count({expression.sql}) FROM {relation}")
        except _DATA_ERRORS as found:
            return DataError(f'{place}: {expression.key} = "{expression.written}" fails on some rows: {first_line(found)}. {_TRY}')
        except duckdb.Error:
            continue
    return DataError(f"{place}: {first_line(error)}. {_TRY}")


_TRY = "TRY_CAST and CASE give NULL instead of an error."


def _as_column(text: str, columns: Mapping[str, str]) -> str:
    """A bare column name in quotes, whatever it is (`at` is a keyword, 'Customer ID' has a space); anything else in brackets."""
    name = text.strip()
    if name in columns:
        return identifier(name)
    folded = {column.lower(): column for column in columns}
    return identifier(folded[name.lower()]) if name.lower() in folded else f"({text})"


def _types(connection: duckdb.DuckDBPyConnection, expressions: Iterable[str], relation: str, tail: str) -> list[str]:
    listed = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(expressions))
    return [str(kind) for _, kind, *_ in rows(connection, f"DESCRIBE SELECT {listed} FROM {relation}{tail}")]


def _bind_one(
    connection: duckdb.DuckDBPyConnection,
    text: str,
    relation: str,
    tail: str,
    columns: Mapping[str, str],
    place: Place,
    key: str,
    source: str,
) -> tuple[str, str]:
    """The SQL and type of one expression; keywords that are also columns are quoted where SQL can't read them otherwise."""
    quoted = _with_quotes(connection, text, columns)
    for attempt in dict.fromkeys((text, quoted)):
        try:
            return attempt, _types(connection, [attempt], relation, tail)[0]
        except duckdb.Error as error:
            failure = error
            if not isinstance(error, duckdb.ParserException):
                break
    raise wrong_sql(failure, columns, place, key, source, text.strip("()")) from failure


def wrong_sql(error: duckdb.Error, columns: Iterable[str], place: Place, key: str, source: str, text: str) -> MomotError:
    """What DuckDB does not accept, in the words of the project file."""
    message = str(error)
    if isinstance(error, duckdb.BinderException) and (found := _MISSING.search(message)):
        name = next(group for group in found.groups() if group)
        listed = ", ".join(columns)
        return MissingColumn(f"{place}: {source} has no column '{name}'.{did_you_mean(name, columns)} It has: {listed}.")
    if isinstance(error, duckdb.CatalogException) and (found := _FUNCTION.search(message)):
        near = re.search(r'Did you mean "(.+?)"', message)
        return ProjectError(f"{place}: {key} calls '{found[1]}', which is no function.{f' Did you mean {near[1]!r}?' if near else ''}")
    return ProjectError(f'{place}: {key} = "{text}" is not valid SQL over {source}: {first_line(error)}.')


def _with_quotes(connection: duckdb.DuckDBPyConnection, text: str, columns: Mapping[str, str]) -> str:
    reserved = {
        word
        for (word,) in rows(
            connection, "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
        )
    }
    folded = {column.lower(): column for column in columns if column.lower() in reserved}
    found = list(tokens(text))
    out, at = [], 0
    for token, after in zip(found, [*found[1:], None], strict=True):
        if token.kind == "word" and token.text.lower() in folded and not (after and after.text == "("):
            out += [text[at : token.start], identifier(folded[token.text.lower()])]
            at = token.end
    return "".join(out) + text[at:]
