"""From the rows of a relation to mapped rows: a block's expressions as ids, instants and numbers, and why a row can't be used.

A mapping is one SQL query in four layers: expressions, their values, instants, problem. `problem` is NULL or "code|column|text".
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from functools import partial

import duckdb

from momot.build.engines import Builder
from momot.build.engines.protocol import Explain
from momot.build.erased import Erased
from momot.build.expressions import Expression, Place, bind, explain_failure, mentioned
from momot.build.formats import out_of_bounds_sql
from momot.build.measure import Column, Roles, measure
from momot.build.relations import Relation
from momot.build.staging import bad_column
from momot.build.zone import adjusted_sql, instant_sql
from momot.engine import identifier, literal
from momot.errors import DataError, NotATime, ProjectError
from momot.project.namespaces import Namespaces
from momot.vocabulary import Rejection

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
_LOCAL = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"}
_ZONED = "TIMESTAMP WITH TIME ZONE"
LONG = {"TIMESTAMPTZ": _ZONED}
"""What a reader of text calls a type, and what DuckDB does."""
_SHOWN = 200


@dataclass(slots=True)
class Mapping:
    """The query of one block, put together piece by piece. Names of pieces are column names of the query."""

    engine: Builder
    relation: Relation
    place: Place
    zone: str
    bound: dict[str, Expression]
    where: str | None = None
    namespaces: Namespaces = field(default_factory=Namespaces)
    erased: Erased = field(default_factory=Erased)
    guarded: bool = False  # whether some ids are left out because several people share them
    first: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    instants: dict[str, str] = field(default_factory=dict)
    adjusted: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)  # the same of rows of which nothing is told
    problems: list[tuple[str, str]] = field(default_factory=list)  # condition, "code|column|text"

    # -- pieces ---------------------------------------------------------------------------------------------------------------------

    def text(self, name: str, key: str) -> str:
        """The expression `key` as text, blanks as NULL; whole numbers without decimals, as other sources write the same id."""
        expression = self.bound[key]
        if expression.type in {"DOUBLE", "FLOAT"}:
            number = f"({expression.sql})"
            whole = f"CASE WHEN {number} = floor({number}) AND abs({number}) < 1e15 THEN {number}::BIGINT::VARCHAR"
            self.first[name] = f"{whole} WHEN isfinite({number}) THEN {number}::VARCHAR END"
        else:
            self.first[name] = expression.sql if expression.type == "VARCHAR" else f"({expression.sql})::VARCHAR"
        self.values[f"{name}!"] = f"nullif(trim({identifier(name)}), '')"
        return f"{name}!"

    def plain(self, name: str, key: str, *, missing: tuple[object, ...] = ()) -> str:
        """The expression as it is (BOOLEAN, BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP in UTC), cells in `missing` as NULL."""
        expression = self.bound[key]
        kind = expression.type
        self.first[name] = expression.sql
        value = identifier(name)
        for mark in missing:
            value = without(value, kind, mark)
        if kind in _WHOLE:
            value = f"({value})::BIGINT"
        elif kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
            value = f"CASE WHEN isfinite(({value})::DOUBLE) THEN ({value})::DOUBLE END"
        elif kind in _LOCAL - {"DATE"} or kind == _ZONED:
            self._local(name, kind)
            self.instants[f"{name}!"] = f"make_timestamp({self._instant(name, kind)})"
            return f"{name}!"
        elif kind == "VARCHAR":
            value = f"nullif(trim({value}), '')"
        elif kind not in {"BOOLEAN", "DATE"}:
            value = f"({value})::VARCHAR"
        self.values[f"{name}!"] = value
        return f"{name}!"

    def number(self, name: str, key: str, *, missing: tuple[object, ...] = (), problem: Rejection = "not_a_number") -> str:
        """The expression as DOUBLE; a cell that is no finite number is a problem. Raises DataError where hardly any cell is a number."""
        expression = self.bound[key]
        self.first[name] = expression.sql
        value, bad = identifier(name), None
        for mark in missing:
            value = without(value, expression.type, mark)
        if expression.type == "BOOLEAN":
            value = f"({value})::INTEGER::DOUBLE"
        elif expression.type in _WHOLE or expression.type.startswith("DECIMAL"):
            value = f"({value})::DOUBLE"
        elif expression.type in {"DOUBLE", "FLOAT"}:
            bad, value = f"{value} IS NOT NULL AND NOT isfinite({value})", f"CASE WHEN isfinite({value}) THEN ({value})::DOUBLE END"
        else:
            column = self._measured(name, key, number=True, missing=missing)
            if column.type not in {"BIGINT", "DOUBLE"} and column.value:
                raise DataError(
                    f'{self.place}: {key} = "{expression.written}" is text, not a number. '
                    f"A condition such as \"{expression.written} = 'yes'\" counts as 1 or 0."
                )
            value, bad = f"({column.value})::DOUBLE", f"({column.bad}) IS NOT NULL" if column.bad else None
        self.values[f"{name}!"] = value
        if bad:
            self.values[f"{name}?"] = bad
            self.problem(f"{identifier(f'{name}?')}", problem, key, identifier(name))
        return f"{name}!"

    def time(self, name: str, key: str) -> str:
        """The expression as micros UTC. Unreadable and impossible times are problems. Raises NotATime where it is no time at all."""
        expression = self.bound[key]
        kind, cell = expression.type, identifier(name)
        self.first[name] = expression.sql
        if kind in _WHOLE | {"VARCHAR"}:
            self.first[name] = expression.sql if kind == "VARCHAR" else f"({expression.sql})::VARCHAR"
            column = self._measured(name, key, number=False, whole=kind in _WHOLE)
            kind = LONG.get(column.type, column.type)
            if column.bad:
                self.values[f"{name}?"] = column.bad
                self.problems.append(
                    (
                        f"{identifier(f'{name}?')} IS NOT NULL",
                        f"{identifier(f'{name}?')} || {literal(f'|{key}|')} || left({cell}, {_SHOWN})",
                    )
                )
            self.values[f"{name}~"] = f"({column.value})"
        elif kind in _LOCAL or kind == _ZONED:
            outside = out_of_bounds_sql(f"{cell}::TIMESTAMP") if kind != _ZONED else out_of_bounds_sql(f"make_timestamp(epoch_us({cell}))")
            self.values[f"{name}~"] = f"CASE WHEN isfinite({cell}) AND NOT {outside} THEN {cell} END"
            self.problem(f"{cell} IS NOT NULL AND {identifier(f'{name}~')} IS NULL", "impossible_date", key, cell)
        else:
            raise NotATime(f'{self.place}: {key} = "{expression.written}" is {kind}, not a time.')
        self._local(f"{name}~", kind)
        self.instants[f"{name}!"] = self._instant(f"{name}~", kind)
        if kind in _LOCAL and kind != "DATE":
            self.adjusted.append(adjusted_sql(self.zone, identifier(f"{name}~#")))
        return f"{name}!"

    def problem(self, condition: str, code: Rejection, column: str, text: str | None = None) -> None:
        """Reject the rows where `condition` (over the pieces) holds, with the text of a cell or, by default, of the row."""
        shown = f"left(coalesce(({text})::VARCHAR, ''), {_SHOWN})" if text else self._row_text()
        self.problems.append((condition, f"{literal(f'{code}|{column}|')} || {shown}"))

    def other_columns(self, *, exclude: Dict[str, str], more: tuple[str, ...] = ()) -> list[str]:
        """Columns of the relation that no expression of the block names and that are not excluded."""
        written = [expression.written for expression in self.bound.values()]
        used = mentioned(self.relation.columns, [*written, *more])
        dropped = {name.lower() for name in exclude}
        return [column for column in self.relation.columns if column not in used and column.lower() not in dropped]

    # -- the query ------------------------------------------------------------------------------------------------------------------

    def sql(self, columns: Dict[str, str]) -> str:
        """The mapped rows: __source, __line, `columns` (name -> SQL over the pieces), adjusted, problem."""
        expressions = "".join(f", {sql} AS {identifier(name)}" for name, sql in self.first.items())
        values = "".join(f", {sql} AS {identifier(name)}" for name, sql in self.values.items())
        instants = "".join(f", {sql} AS {identifier(name)}" for name, sql in self.instants.items())
        kept = "".join(f", {sql} AS {identifier(name)}" for name, sql in columns.items())
        changed = " OR ".join(f"coalesce({sql}, false)" for sql in self.adjusted if sql != "false") or "false"
        cases = " ".join(f"WHEN {condition} THEN {text}" for condition, text in [*self.left_out, *self._bad_cells(), *self.problems])
        problem = f"CASE {cases} END" if cases else "NULL::VARCHAR"
        inner = f"SELECT __source, __line{self._bad_columns()}{expressions} FROM {self.relation.sql}{self._filter()}"
        inner = f"SELECT *{values} FROM ({inner})"
        inner = f"SELECT *{instants} FROM ({inner})"
        return f"SELECT __source, __line{kept}, {changed} AS adjusted, {problem} AS problem FROM ({inner})"

    def rows(self, columns: Dict[str, str], *, often: bool = False) -> str:
        """A query for the rows that `sql` gives, to be run by the engine, several times where they are read `often`."""
        return self.engine.evaluated(self.sql(columns), over=self.relation.sql, explain=self.explainer(), often=often)

    def source_rows(self) -> int:
        """Rows that the block reads: those of the relation and those that nobody could read."""
        return self.engine.counted(f"SELECT count(*) FROM {self.relation.sql}", over=self.relation.sql)[0] + len(self.relation.lost)

    def explain(self, error: duckdb.Error) -> Exception:
        """Which expression made DuckDB fail on the data."""
        return self.explainer()(self.engine.connection, error)

    def explainer(self) -> Explain:
        """The same, to be asked where the rows are."""
        return partial(explain_failure, relation=self.relation.sql, expressions=self.bound, place=self.place)

    def _filter(self) -> str:
        if self.where is None:
            return ""
        unreadable = " OR ".join(f"{bad_column(column)} IS NOT NULL" for column in self._relevant())
        return f" WHERE ({self.where})" + (f" OR {unreadable}" if unreadable else "")

    def _relevant(self) -> list[str]:
        """Columns with unreadable cells that this block depends on."""
        written = [expression.written for expression in self.bound.values()] + ([self.where] if self.where else [])
        used = mentioned(self.relation.columns, written)
        return [column for column in self.relation.bad if column in used]

    def _bad_columns(self) -> str:
        return "".join(f", {bad_column(column)}" for column in self._relevant())

    def _bad_cells(self) -> list[tuple[str, str]]:
        found = []
        for column in self._relevant():
            bad = bad_column(column)
            text = f"split_part({bad}, '|', 1) || {literal(f'|{column}|')} || substr({bad}, instr({bad}, '|') + 1)"
            found.append((f"{bad} IS NOT NULL", text))
        return found

    def _row_text(self) -> str:
        cells = ", ".join(f"({identifier(name)})::VARCHAR" for name in self.first)
        return f"left(concat_ws(', ', {cells}), {_SHOWN})" if cells else "''"

    def _local(self, name: str, kind: str) -> None:
        if kind != _ZONED:
            self.values[f"{name}#"] = f"epoch_us(({self.values.get(name, identifier(name))})::TIMESTAMP)"

    def _instant(self, name: str, kind: str) -> str:
        return f"epoch_us({identifier(name)})" if kind == _ZONED else instant_sql(self.zone, identifier(f"{name}#"))

    def _measured(self, name: str, key: str, *, number: bool, missing: tuple[object, ...] = (), whole: bool = False) -> Column:
        """How the text that an expression gives is read."""
        expression = self.bound[key]
        relation = f"(SELECT {self.first[name]} AS {identifier(name)} FROM {self.relation.sql}{self._filter()})"
        roles = (
            Roles(number=frozenset({name.lower()}))
            if number
            else Roles(time=frozenset({name.lower()}), bare_time=frozenset({name.lower()}))
        )
        try:
            (column,) = measure(
                self.engine.connection,
                relation,
                [name],
                counts=partial(self.engine.counted, over=self.relation.sql, explain=self.explainer()),
                roles=roles,
                missing=tuple(map(mark_text, missing)),
                time_format=(),
                text_only=False,
                where=f"{self.place}, {key}",
            )
        except duckdb.Error as error:
            raise self.explain(error) from error
        except NotATime as error:
            if not whole:
                raise NotATime(str(error).replace(f"column '{name}'", f'"{expression.written}"')) from error
            raise NotATime(
                f'{self.place}: {key} = "{expression.written}" is a whole number, not a time. '
                f'Seconds since 1970 become one by "make_timestamp({expression.written} * 1000000)".'
            ) from error
        return column


def start_mapping(
    engine: Builder, relation: Relation, place: Place, zone: str, written: Dict[str, str | None], *, where: str | None
) -> Mapping:
    """Bind a block's expressions (key -> text; None is left out). Raises MissingColumn, ProjectError."""
    texts = {key: text for key, text in written.items() if text is not None}
    if where is not None:
        texts["where"] = where
    bound = bind(engine.connection, relation.sql, relation.columns, texts, place=place, source=relation.name)
    condition = bound.pop("where", None)
    if condition is not None and condition.type != "BOOLEAN":
        raise ProjectError(f'{place}: where = "{where}" is {condition.type}, not a condition.')
    return Mapping(engine, relation, place, zone, bound, condition.sql if condition else None)


def content_sql(columns: Dict[str, str], *, first: str | None = None) -> str:
    """SQL: all cells of a row as one text that is equal for equal rows only (separators are control characters that cells don't hold).

    `first` is SQL of a text to begin with.
    """
    cells = [first] if first else []
    for name, kind in columns.items():
        cell = identifier(name)
        if kind in {"TIMESTAMP", _ZONED}:
            text = f"epoch_us({cell})::VARCHAR"
        elif kind == "TIMESTAMPTZ_NS":
            text = f"epoch_ns({cell})::VARCHAR"
        else:
            text = cell if kind == "VARCHAR" else f"({cell})::VARCHAR"
        cells.append(f"coalesce({text}, chr(30))")
    return f"concat_ws(chr(31), {', '.join(cells)})" if cells else "''"


def hash_sql(text: str) -> str:
    """SQL: the first 15 hex digits of the md5 of `text` as BIGINT: 60 bits, the same on every engine."""
    return f"('0x' || left(md5({text}), 15))::BIGINT"


def run(mapping: Mapping, table: str, columns: Dict[str, str]) -> None:
    """Keep mapped rows as a table; failures are told for the expression that causes them."""
    try:
        mapping.engine.table(table, mapping.rows(columns))
    except duckdb.Error as error:
        raise mapping.explain(error) from error


def mark_text(mark: object) -> str:
    """A code of the project file as it is written in a cell: 6.0 is '6'."""
    return str(int(mark)) if isinstance(mark, float) and mark.is_integer() else str(mark)


def without(value: str, kind: str, mark: object) -> str:
    """`value` with one code as NULL: compared as a number where both are numbers, else as text."""
    if kind in _WHOLE or kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        try:
            return f"nullif({value}, {float(str(mark))!r})"
        except ValueError:
            return value
    text = mark_text(mark)
    if kind == "BOOLEAN":
        return f"CASE WHEN ({value})::VARCHAR <> {literal(text.lower())} THEN {value} END" if text.lower() in {"true", "false"} else value
    return f"CASE WHEN trim(({value})::VARCHAR) <> {literal(text)} THEN {value} END"
