"""What the columns of a table in memory mean, as the keys of a block of `momot.toml`: by their names, or as the caller says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from momot.errors import MissingColumn, NotATime, ProjectError, did_you_mean
from momot.project.arrow import Stream, categories
from momot.project.grammar import Key, block

_COLUMNS = {"sql", "who", "name_or_sql", "touchpoint_or_sql", "channel_or_sql", "quality_or_sql"}  # shapes that a column can fill
_NOT_COLUMNS = {"from", "where"}
_TIMES = {"at", "asked", "start", "end"}
_COMPACT = (10_000_101, 99_991_231)  # whole numbers that may be 20240131
_SINCE_1973 = 1e8  # smaller numbers count something else
_SINCE_1970 = (
    (1e11, "Seconds", ""),
    (1e14, "Milliseconds", " / 1e3"),
    (1e17, "Microseconds", " / 1e6"),
    (float("inf"), "Nanoseconds", " / 1e9"),
)  # numbers of this size are the time since 1970 in this unit, and what makes seconds of them
MOST_GROUPS = 50  # a text with more different values than this is a name or an id, and divides nobody into groups
_NAME = re.compile(r"\W+")


@dataclass(slots=True)
class Given:
    """One table with its keys. `used` are columns that a key names, `zones` those of its times (None: a local time)."""

    kind: str  # name of the block
    name: str  # of the table in [tables]
    where: str
    stream: Stream
    keys: dict[str, Any] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)  # key -> column
    zones: dict[str, str | None] = field(default_factory=dict)  # column -> zone

    @property
    def names(self) -> list[str]:
        """The columns that expressions see."""
        return [column.name for column in self.stream.stored]


def read_given(kind: str, name: str, where: str, stream: Stream, said: Mapping[str, Any], shared: Mapping[str, Any]) -> Given:
    """The keys of block `kind` for one table: as `said`, as `shared` where the table has that column, else by the columns' own names.

    Raises ProjectError for a key that the block does not have, MissingColumn where a column is not there or one that is needed is not
    found, NotATime for a number in the place of a time.
    """
    given = Given(kind, name, where, stream)
    keys = {key.name: key for key in block(kind).keys if key.name not in _NOT_COLUMNS}
    for key, value in sorted(said.items(), key=lambda pair: pair[0] == "instrument"):  # a column of another key is no column of it
        if key == "where":
            given.keys[key] = value
        elif key not in keys:
            raise ProjectError(_unknown(key, value, keys, given))
        else:
            _say(given, keys[key], value)
    by_name = {column.lower(): column for column in given.names}
    for one in keys.values():
        meant = [shared[one.name], one.name] if isinstance(shared.get(one.name), str) else [one.name]
        found = next((by_name[column.lower()] for column in meant if column.lower() in by_name), None)
        if one.name not in given.keys and found is not None and (one.shape in _COLUMNS or one.name == "instrument"):
            _take(given, one, found)
    _complete(given, keys)
    return given


def other_columns(given: Given) -> dict[str, str]:
    """{name: expression} of the columns that no key names and that are no time."""
    used = set(given.used.values())
    rest = [column for column in given.stream.stored if column.name not in used]
    return {
        _NAME.sub("_", column.name).strip("_") or "column": quoted(column.name)
        for column in rest
        if not (pa.types.is_temporal(column.stored) or pa.types.is_binary(column.stored))
    }


def texts_among(given: Given, names: Mapping[str, str]) -> dict[str, str]:
    """{column: name} of those expressions of `other_columns` that are texts."""
    kinds = {quoted(column.name): column for column in given.stream.stored}
    return {kinds[sql].name: name for name, sql in names.items() if pa.types.is_string(kinds[sql].stored)}


def quoted(column: str) -> str:
    """A column as SQL."""
    return '"' + column.replace('"', '""') + '"'


def _say(given: Given, key: Key, value: Any) -> None:
    """One key as the caller says: a column, {"sql": …}, or what the project file takes."""
    if key.name == "instrument" and not isinstance(value, str):
        named = "its name, such as 'nps', or the column that holds it"
        raise ProjectError(f"{given.where}: 'instrument' is {named}, found {value!r}. Compute a column of the table first.")
    if key.shape not in _COLUMNS:
        if key.name == "instrument" and value in given.names and value not in given.used.values():
            _take(given, key, value)
        elif isinstance(value, Sequence) and not isinstance(value, str) and value and all(one in given.names for one in value):
            given.keys[key.name] = {_NAME.sub("_", one).strip("_"): quoted(one) for one in value}
            given.used |= {f"{key.name}.{one}": one for one in value}
        else:
            given.keys[key.name] = value
    elif isinstance(value, Mapping) and set(value) == {"sql"}:
        given.keys[key.name] = value["sql"] if key.shape in ("sql", "who") else dict(value)
    elif isinstance(value, Mapping) and key.shape == "who":
        spaces = {space: _column(given, f"{key.name}.{space}", column) for space, column in value.items()}
        given.keys[key.name] = {space: quoted(column) for space, column in spaces.items()}
        given.used |= {f"{key.name}.{space}": column for space, column in spaces.items()}
    else:
        _take(given, key, _column(given, key.name, value))


def _take(given: Given, key: Key, column: str) -> None:
    sql = quoted(column)
    given.used[key.name] = column
    given.keys[key.name] = sql if key.shape in ("sql", "who", "name") else {"sql": sql}
    if key.name in _TIMES:
        _check_time(given, key.name, column)
    if key.name == "level" and "levels" not in given.keys and (labels := categories(given.stream, column)):
        given.keys["levels"] = labels


def _column(given: Given, key: str, value: Any) -> str:
    if isinstance(value, str) and value in given.names:
        return value
    lost = next((column for column in given.stream.columns if column.name == value and column.stored is None), None)
    if lost is not None:
        why = "names that begin with __ are momot's own" if lost.name.startswith("__") else f"{lost.given} is no single value"
        raise MissingColumn(f"{given.where}: {key} = '{value}' can't be used: {why}. Give it as a column of its own.")
    constant = f' A constant is {{"sql": "\'{value}\'"}}.' if isinstance(value, str) else ""
    raise MissingColumn(f"{given.where}: {key} = {value!r} is no column.{did_you_mean(str(value), given.names)} {_has(given)}{constant}")


def _has(given: Given) -> str:
    return f"It has: {', '.join(given.names)}."


def _unknown(key: str, value: Any, keys: Mapping[str, Key], given: Given) -> str:
    if key in given.names and value in keys:
        return f"{given.where}: columns are named by what they mean: write {{'{value}': '{key}'}}, found {{'{key}': '{value}'}}."
    return f"{given.where}: unknown key '{key}'.{did_you_mean(key, keys)} It has: {', '.join(keys)}."


def _complete(given: Given, keys: Mapping[str, Key]) -> None:
    """What may be left out is filled in; what may not is an error with the nearest column."""
    if given.kind == "interactions":
        if "activity" not in given.keys and "touchpoint" not in given.keys:
            raise MissingColumn(_needs(given, "touchpoint", keys["touchpoint"].help, ["activity"]))
        for key, other in (("activity", "touchpoint"), ("touchpoint", "activity")):
            if key not in given.keys and other in given.keys:
                given.keys[key] = given.keys[other]
    for one in keys.values():
        if one.required and one.name not in given.keys and one.name != "instrument":
            raise MissingColumn(_needs(given, one.name, one.help))
    for group in block(given.kind).any_of:
        names = [name for name in group if name in keys and keys[name].shape in _COLUMNS]
        if names and not any(name in given.keys for name in group):
            raise MissingColumn(_needs(given, names[0], keys[names[0]].help, names[1:]))


def _needs(given: Given, key: str, help_: str, others: Sequence[str] = ()) -> str:
    free = [name for name in given.names if name not in given.used.values()]
    near = did_you_mean(key, free)
    times = [column.name for column in given.stream.stored if pa.types.is_temporal(column.stored) and column.name in free]
    if not near and key in _TIMES and len(times) == 1:
        near = f" Did you mean '{times[0]}'?"
    named = near.partition("'")[2].partition("'")[0] or "…"
    instead = f" (or {', '.join(repr(other) for other in others)})" if others else ""
    said = f"columns={{'{given.kind}': {{'{key}': '{named}'}}}}"
    means = help_.partition(":")[0].partition(", such as")[0]
    return f"{given.where}: no column '{key}'{instead}: {means}.{near} {_has(given)} Say {said}."


def _check_time(given: Given, key: str, column: str) -> None:
    """A time is a timestamp, a date or a text; of whole numbers only days such as 20240131."""
    found = next(one for one in given.stream.stored if one.name == column)
    kind = found.stored
    if pa.types.is_timestamp(kind):
        given.zones[column] = _zone(found.given)
        return
    if pa.types.is_date(kind) or pa.types.is_string(kind):
        return
    fix = ""
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        values = given.stream.first.column(given.stream.first.schema.get_field_index(column)).drop_null()
        value = abs(values[0].as_py()) if len(values) else 0
        if pa.types.is_integer(kind) and (not len(values) or _COMPACT[0] <= value <= _COMPACT[1]):
            return
        if value >= _SINCE_1973:
            unit, divided = next((unit, divided) for most, unit, divided in _SINCE_1970 if value < most)
            sql = f"to_timestamp({quoted(column)}{divided})"
            fix = f" {unit} since 1970 become a time by columns={{'{given.kind}': {{'{key}': {{'sql': '{sql}'}}}}}}."
    raise NotATime(f"{given.where}: {key} = '{column}' is {found.given}, not a time.{fix}")


def _zone(kind: pa.DataType) -> str | None:
    if isinstance(kind, pa.BaseExtensionType):
        return _zone(kind.storage_type)
    zone: str | None = kind.value_type.tz if pa.types.is_dictionary(kind) else kind.tz
    return zone
