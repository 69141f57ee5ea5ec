"""Tables that a program holds, by the Arrow C interface: anything with `__arrow_c_stream__` is read once, batch by batch, into Parquet.

Neither pandas nor polars is imported. https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from momot.errors import NothingLeft, UnreadableSource

_ROWS = 1 << 17  # rows converted at a time, so that a table of one batch needs no second table's memory
_UUID = "arrow.uuid"


class Streams(Protocol):
    """A table that hands out its rows by the Arrow C stream interface: Arrow, pandas (2.2 and later), polars, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A capsule with the stream."""


Rows = Streams | Mapping[str, Sequence[object]] | Sequence[Mapping[str, object]]
"""One table: an object with `__arrow_c_stream__`, {column: values}, or a list of {column: value}."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it comes and as it is stored; `stored` is None where Parquet or SQL has no place for it."""

    name: str
    given: pa.DataType
    stored: pa.DataType | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A table that is read once: its columns, its first batch with rows, and all batches."""

    columns: tuple[Column, ...]
    first: pa.RecordBatch
    batches: Iterator[pa.RecordBatch]

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that are kept."""
        return tuple(column for column in self.columns if column.stored is not None)


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored: rows, and the different texts of the columns that were watched (None: more than asked for)."""

    rows: int
    seen: dict[str, set[str] | None]


def open_stream(table: Rows, where: str) -> Stream:
    """Begin to read a table. Raises UnreadableSource where it is none, NothingLeft where it has no row; `where` names it."""
    reader = _reader(table, where)
    columns = tuple(_column(field, where) for field in reader.schema)
    lowered = [column.name.lower() for column in columns]
    twice = next((column.name for column in columns if lowered.count(column.name.lower()) > 1), None)
    if twice is not None:
        raise UnreadableSource(f"{where}: the column '{twice}' is there twice; capitals don't tell names apart. Rename or drop one.")
    batches = (batch for batch in reader if batch.num_rows)
    try:
        first = next(batches, None)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableSource(f"{where}: the table can't be read: {_first_line(error)}.") from error
    if first is None:
        raise NothingLeft(f"{where}: the table has no rows. Its columns: {', '.join(column.name for column in columns) or 'none'}.")
    return Stream(columns, first, chain([first], batches))


def write(stream: Stream, path: Path, *, watch: Mapping[str, int], where: str) -> Written:
    """Store the stream as one Parquet file. `watch` names columns whose different values are collected as text, up to so many."""
    columns = stream.stored
    seen: dict[str, set[str] | None] = {name: set() for name in watch}
    count = 0
    try:
        with pq.ParquetWriter(path, pa.schema([(column.name, column.stored) for column in columns]), compression="zstd") as writer:
            for batch in _slices(stream.batches):
                arrays = [_stored(batch.column(batch.schema.get_field_index(column.name)), column) for column in columns]
                rows = pa.record_batch(arrays, schema=writer.schema)
                writer.write_batch(rows)
                count += rows.num_rows
                for name, most in watch.items():
                    seen[name] = _more(seen[name], rows.column(rows.schema.get_field_index(name)), most)
    except (pa.ArrowException, ValueError) as error:
        raise UnreadableSource(f"{where}: the table can't be stored: {_first_line(error)}.") from error
    return Written(count, seen)


def categories(stream: Stream, name: str) -> list[str] | None:
    """The labels of an ordered category, lowest first; None where the column is none."""
    column = stream.first.column(stream.first.schema.get_field_index(name))
    if not (pa.types.is_dictionary(column.type) and column.type.ordered):
        return None
    labels = column.dictionary.to_pylist()
    return labels if all(isinstance(label, str) for label in labels) else None


def _reader(table: Rows, where: str) -> pa.RecordBatchReader:
    plain = isinstance(table, Mapping) or (isinstance(table, Sequence) and not isinstance(table, str | bytes))
    try:
        if isinstance(table, pa.RecordBatchReader):
            return table
        if hasattr(table, "__arrow_c_stream__"):
            return pa.RecordBatchReader.from_stream(table)
        if hasattr(table, "__arrow_c_array__"):
            batch = pa.record_batch(table)
            return pa.RecordBatchReader.from_batches(batch.schema, [batch])
        if plain:
            made = pa.table(dict(table)) if isinstance(table, Mapping) else pa.Table.from_pylist(list(table))
            return made.to_reader()
    except (pa.ArrowException, TypeError, ValueError, AttributeError) as error:
        what = "its columns" if plain else "its stream"
        raise UnreadableSource(f"{where}: found {_kind(table)}, but {what} can't be read as a table: {_first_line(error)}.") from error
    raise UnreadableSource(f"{where}: found {_kind(table)}, not a table.{_fix(table)}")


def _kind(value: object) -> str:
    name = type(value).__qualname__
    home = type(value).__module__.partition(".")[0]
    said = name if home == "builtins" else f"{home} {name}"
    return f"an {said}" if said[0] in "aeiou" else f"a {said}"


def _fix(value: object) -> str:
    """What to do instead, for the things that are given most often."""
    if isinstance(value, str | bytes | Path):
        return " Files are read by a project file: momot.draft(folder) writes one, momot.open(folder) reads it."
    if hasattr(value, "collect"):
        return " It is a query that has not run yet: give its .collect()."
    if hasattr(value, "toArrow"):
        return " Give its .toArrow()."
    if hasattr(value, "to_frame") and not hasattr(value, "columns"):
        return " It is one column: give the whole table."
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return " This pandas has no Arrow interface: version 2.2 has, or give pyarrow.Table.from_pandas(…)."
    return " It takes Arrow, pandas, polars, DuckDB, anything with __arrow_c_stream__, {column: values}, or a list of {column: value}."


def _column(field: pa.Field, where: str) -> Column:
    name = field.name
    if not name.strip():
        raise UnreadableSource(f"{where}: a column has no name. Rename or drop it.")
    return Column(name, field.type, None if name.startswith("__") else _storage(field.type))


def _storage(kind: pa.DataType) -> pa.DataType | None:
    """How a type is stored, so that SQL reads it as what it is; None for what is no single value."""
    t = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return pa.string() if kind.extension_name == _UUID else _storage(kind.storage_type)
    if t.is_dictionary(kind) or t.is_run_end_encoded(kind):
        return _storage(kind.value_type)
    if t.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if t.is_date(kind):
        return pa.date32()
    if t.is_decimal(kind):
        return pa.decimal128(kind.precision, kind.scale) if kind.precision <= 38 else pa.float64()
    if t.is_float16(kind):
        return pa.float32()
    if t.is_string(kind) or t.is_large_string(kind) or kind == pa.string_view() or t.is_null(kind):
        return pa.string()
    if t.is_integer(kind) or t.is_floating(kind) or t.is_boolean(kind):
        return kind
    return pa.binary() if t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind) else None


def _stored(values: pa.Array, column: Column) -> pa.Array:
    kind = column.given
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == _UUID:
            return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())
        values = values.storage
    if pa.types.is_run_end_encoded(values.type):
        values = pc.run_end_decode(values)
    if pa.types.is_dictionary(values.type):
        labels = _as(values.dictionary, column.stored)  # decoding knows fewer types than casting
        values = pa.DictionaryArray.from_arrays(values.indices, labels).dictionary_decode()
    return _as(values, column.stored)


def _as(values: pa.Array, kind: pa.DataType) -> pa.Array:
    return values if values.type == kind else values.cast(kind, safe=not pa.types.is_timestamp(values.type))


def _slices(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    return (batch.slice(start, _ROWS) for batch in batches for start in range(0, batch.num_rows, _ROWS))


def _more(seen: set[str] | None, values: pa.Array, most: int) -> set[str] | None:
    """The texts seen so far and those of one more batch."""
    if seen is None:
        return None
    seen |= {str(value) for value in pc.unique(values).to_pylist() if value is not None}
    return seen if len(seen) <= most else None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
