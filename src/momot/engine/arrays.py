"""Columns of what an engine answers as numpy arrays. Not `to_numpy`, which imports pandas where it finds it, for half a second."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Number = TypeVar("Number", np.float64, np.int64)


def integers(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int64]:
    """A column without missing values as int64, exact; raises ValueError where a value is missing."""
    array = whole(column).cast(pa.int64())
    if array.null_count:
        raise ValueError("a column of whole numbers has missing values")
    return _buffer(array, np.int64)


def floats(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.float64]:
    """A column of numbers as float64, NaN where missing."""
    numbers = whole(column).cast(pa.float64())
    values = _buffer(numbers, np.float64)
    if numbers.null_count:
        values = values.copy()
        values[_buffer(numbers.is_null().cast(pa.int64()), np.int64) == 1] = np.nan
    return values


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.nulls(0, column.type)


def _buffer(array: pa.Array, kind: type[Number]) -> npt.NDArray[Number]:
    """The values of an array, anything where missing."""
    if not len(array):
        return np.zeros(0, dtype=kind)
    return np.frombuffer(array.buffers()[1], dtype=kind)[array.offset : array.offset + len(array)]
