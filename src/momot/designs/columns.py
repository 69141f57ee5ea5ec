"""Columns of a built table as numeric arrays: the one place where a value of any type becomes a number or a code."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from momot.designs.frame import Covariate, Floats
from momot.engine.arrays import floats, whole

MICROS_A_DAY = 86_400_000_000
LEAST_DATES = 5
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?|$)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, a value a unit.

    `values` is float64 (n,), NaN where missing: the number itself; the code into `categories`; or, for a `time`, days since 1970-01-01 UTC.
    A boolean is a number (0, 1) with `boolean` set.
    """

    name: str
    kind: Literal["number", "category", "time"]
    values: Floats
    categories: tuple[str, ...] | None = None
    boolean: bool = False

    @property
    def filled(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Where a value is present, (n,)."""
        return ~np.isnan(self.values)

    def covariate(self) -> Covariate:
        """The column as a confounder to adjust for."""
        return Covariate(name=self.name, values=self.values, categories=self.categories)


def read_column(name: str, column: pa.ChunkedArray | pa.Array) -> Column:
    """One Arrow column as numbers, codes or days. Categories are in alphabetical order: codes do not depend on the rows'."""
    array = whole(column)
    kind = array.type
    if pa.types.is_boolean(kind):
        return Column(name, "number", floats(array.cast(pa.int8())), boolean=True)
    if pa.types.is_timestamp(kind):
        micros = array.cast(pa.timestamp("us")).cast(pa.int64())
        return Column(name, "time", floats(micros) / MICROS_A_DAY)
    if pa.types.is_date(kind):
        return Column(name, "time", floats(array.cast(pa.date32()).cast(pa.int32())))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values = floats(array.cast(pa.float64()))
        return Column(name, "number", np.where(np.isfinite(values), values, np.nan))
    return _category(name, array.cast(pa.string()))


def _dates(labels: list[str]) -> Floats | None:
    """Days since 1970 of labels that are dates written as text (ISO 8601); None where one in twenty is anything else."""
    written = [label[:19].replace("T", " ") if _ISO_DATE.match(label) else None for label in labels]
    if len(labels) < LEAST_DATES or sum(label is None for label in written) > 0.05 * len(labels):
        return None
    days = np.full(len(labels), np.nan)
    for position, label in enumerate(written):
        if label is not None:
            with contextlib.suppress(ValueError):
                days[position] = np.datetime64(label, "us").astype(np.int64) / MICROS_A_DAY
    return days


def _category(name: str, array: pa.Array) -> Column:
    encoded = array.dictionary_encode()
    labels = encoded.dictionary.to_pylist()
    index = floats(encoded.indices)
    known = ~np.isnan(index)
    position = index[known].astype(np.int64)
    values = np.full(len(index), np.nan)
    dates = _dates(labels)
    if dates is not None:
        values[known] = dates[position]
        return Column(name, "time", values)
    order = sorted(range(len(labels)), key=labels.__getitem__)
    rank = np.empty(len(labels), dtype=np.float64)
    rank[order] = np.arange(len(labels))
    values[known] = rank[position]
    return Column(name, "category", values, tuple(labels[place] for place in order))
