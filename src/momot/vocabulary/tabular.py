"""Frozen records as Arrow tables: the types of columns are those of the records' fields, so that no table says them a second time.

| field | column |
|---|---|
| text, word of a closed list | string |
| int, float, bool | int64, double, bool |
| a record in the record | its own columns, `reach_people`; all empty where it is None |
| a tuple of texts or numbers | a list |
| a tuple of records | a list of structures |
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa


def table(columns: Mapping[str, pa.DataType], rows: Iterable[Sequence[object]]) -> pa.Table:
    """Rows whose values stand in the order of `columns` as a table."""
    import pyarrow as pa

    names = list(columns)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(found, schema=pa.schema(list(columns.items())))


def table_of(kind: type[msgspec.Struct], records: Iterable[msgspec.Struct]) -> pa.Table:
    """Records of one kind with all their fields, one row each."""
    import pyarrow as pa

    rows = [_flat(kind, msgspec.to_builtins(record)) for record in records]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(_columns(kind).items())))


@cache
def types_of(*kinds: type[msgspec.Struct]) -> dict[str, pa.DataType]:
    """The Arrow type of each field of one or more kinds of records, by the name that the contract gives it; of two alike the first."""
    found: dict[str, pa.DataType] = {}
    for kind in kinds:
        for field in msgspec.structs.fields(kind):
            found.setdefault(field.encode_name, _type(field.type))
    return found


def _columns(kind: type[msgspec.Struct], before: str = "") -> dict[str, pa.DataType]:
    """All columns of a kind, those of the records in it with its name in front."""
    found: dict[str, pa.DataType] = {}
    for field in msgspec.structs.fields(kind):
        inner = _record(field.type)
        name = before + field.encode_name
        found |= {name: _type(field.type)} if inner is None else _columns(inner, f"{name}_")
    return found


def _flat(kind: type[msgspec.Struct], values: Mapping[str, Any] | None, before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        inner, name = _record(field.type), before + field.encode_name
        value = None if values is None else values[field.encode_name]
        found |= {name: value} if inner is None else _flat(inner, value, f"{name}_")
    return found


def _record(annotation: Any) -> type[msgspec.Struct] | None:
    """The kind of record that a field holds, perhaps or always; None where it is no record."""
    inner = _without_none(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def _without_none(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (annotation,) = (one for one in typing.get_args(annotation) if one is not type(None))
    return annotation


def _type(annotation: Any) -> pa.DataType:
    """The Arrow type of one field. Raises TypeError for a field that has none: a new shape needs a decision, not a text."""
    import pyarrow as pa

    plain = _without_none(annotation)
    simple = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    if plain in simple:
        return simple[plain]
    if typing.get_origin(plain) is typing.Literal:
        return pa.string()
    if typing.get_origin(plain) is tuple:
        inner = {one for one in typing.get_args(plain) if one is not ...}
        if len(inner) == 1:
            return pa.list_(_type(inner.pop()))
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        return pa.struct([(field.encode_name, _type(field.type)) for field in msgspec.structs.fields(plain)])
    raise TypeError(f"{annotation} has no Arrow type.")
