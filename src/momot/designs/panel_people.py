"""What is known of people as numbers and codes that SQL can make: their attributes for L, their segments for whom.

Labels come from counts of distinct values, never from a row a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from momot.designs import states
from momot.designs.columns import Column, read_column
from momot.designs.frame import Floats
from momot.designs.whom import ROLE
from momot.engine import Engine, identifier, literal
from momot.engine.arrays import integers

MOST_LABELS = 10_000
"""Different texts of a column that are told apart, the most common ones: of them L keeps forty and a segment twelve."""
MOST_VALUES = 1_000_000
"""Values of people that the bands of a number are told from; of more people a regular share."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of what is known of people: its labels where it is a code."""

    name: str
    categories: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Known:
    """The SQL of a column of people `p`: `value` is a number, NULL where unknown; `join` is what it needs beside them."""

    value: str
    join: str = ""


def attributes_of(engine: Engine) -> tuple[tuple[Attribute, Known], ...]:
    """The segments of [people] as columns of L."""
    found = []
    for number, (name, kind) in enumerate(engine.columns("people").items()):
        if not name.startswith("segment."):
            continue
        label = name.removeprefix("segment.")
        if kind != "VARCHAR":
            found.append((Attribute(label, None), Known(_number(name, kind))))
            continue
        values, _ = _texts(engine, name)
        column = read_column(label, pa.array(values, type=pa.string()))
        rest = column.categories is not None and len(values) == MOST_LABELS
        categories = (*(column.categories or ()), "any other") if rest else column.categories
        known = _looked_up(engine, f"panel_attribute_{number}", name, values, column.values, rest=MOST_LABELS if rest else None)
        found.append((Attribute(label, categories), known))
    return tuple(found)


def segments_of(engine: Engine, by: Sequence[str]) -> tuple[tuple[Attribute, Known], ...]:
    """The segments asked for that [people] have, as codes; numbers with many values in quarters. Those nobody has are left out."""
    found = []
    there = engine.columns("people")
    for number, name in enumerate(by):
        column = ROLE if name == ROLE else f"segment.{name}"
        if column in there:
            text = there[column] == "VARCHAR"
            labels, known = (_named if text else _banded)(engine, f"panel_segment_{number}", name, column, there[column])
            if labels:
                found.append((Attribute(name, labels), known))
    return tuple(found)


def _named(engine: Engine, table: str, name: str, column: str, _: str) -> tuple[tuple[str, ...], Known]:
    values, counts = _texts(engine, column)
    labels, codes = _coded(read_column(name, pa.array(values, type=pa.string())), counts)
    return labels, _looked_up(engine, table, column, values, codes)


def _banded(engine: Engine, _: str, name: str, column: str, kind: str) -> tuple[tuple[str, ...], Known]:
    """Bands as the largest number of each."""
    number = _number(column, kind)
    every = max(1, int(engine.row("SELECT count(*) FROM people")[0]) // MOST_VALUES)
    sampled = engine.arrow(
        f"SELECT value, count(*) AS people FROM (SELECT {number} AS value FROM people p WHERE person_id % {every} = 0) "
        "WHERE value IS NOT NULL GROUP BY value ORDER BY value"
    )
    values = read_column(name, sampled["value"]).values
    kept = np.isfinite(values)
    values, counts = values[kept], integers(sampled["people"])[kept]
    labels, codes = _coded(Column(name, "time" if _dated(kind) else "number", values, boolean=kind == "BOOLEAN"), counts)
    cases = [(int(codes[codes == code][0]), float(values[codes == code].max())) for code in np.unique(codes[codes >= 0]).tolist()]
    whens = " ".join(f"WHEN {number} <= {literal(most)} THEN {code}" for code, most in cases[:-1])
    last = cases[-1][0] if cases else -1
    return labels, Known(f"CASE WHEN {number} IS NULL OR NOT isfinite({number}) THEN NULL {whens} ELSE {last} END")


def _coded(column: Column, counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[tuple[str, ...], Floats]:
    """Labels, and the code of each value (values,), NaN where it has none, of values that so many people have."""
    again = np.repeat(np.arange(len(counts)), counts)
    coded = states.of_column(Column(column.name, column.kind, column.values[again], column.categories, column.boolean))
    unknown = [code for code, state in enumerate(coded.states) if state.role in ("blank", "unknown")]
    codes = np.full(len(counts), np.nan)
    codes[again] = np.where(np.isin(coded.codes, unknown), np.nan, coded.codes)
    return (tuple(state.label for state in coded.states) if np.isfinite(codes).any() else ()), codes


def _texts(engine: Engine, column: str) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The most common texts of a column of people, alphabetically, and how many people have each."""
    name = identifier(column)
    found = engine.rows(
        f"SELECT {name} AS value, count(*) AS people FROM people WHERE {name} IS NOT NULL GROUP BY {name} "
        f"ORDER BY people DESC, value LIMIT {MOST_LABELS}"
    )
    found = sorted((str(value), int(people)) for value, people in found)
    return [value for value, _ in found], np.array([people for _, people in found], dtype=np.int64)


def _looked_up(engine: Engine, table: str, column: str, values: list[str], numbers: Floats, *, rest: int | None = None) -> Known:
    """The number of each text by a table of them; `rest` is that of any other text."""
    known = np.isfinite(numbers)
    texts = pa.array(np.array(values, dtype=object)[known].tolist(), type=pa.string())
    engine.register(table, pa.table({"value": texts, "number": pa.array(numbers[known], type=pa.float64())}))
    value, name = f"{table}.number", f"p.{identifier(column)}"
    if rest is not None:
        value = f"coalesce({value}, CASE WHEN {name} IS NULL THEN NULL ELSE CAST({rest} AS DOUBLE) END)"
    return Known(value, f"LEFT JOIN {table} ON {table}.value = {name}")


def _dated(kind: str) -> bool:
    return kind == "DATE" or kind.startswith("TIMESTAMP")


def _number(column: str, kind: str) -> str:
    """SQL: a column of people as a number; times as days since 1970."""
    name = f"p.{identifier(column)}"
    return f"epoch_us(CAST({name} AS TIMESTAMP)) / 86400000000.0" if _dated(kind) else f"CAST({name} AS DOUBLE)"
