"""What runs in Spark's Python workers: rows as bytes of Arrow, and groups of rows given to a function."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

import pyarrow as pa

PACKED = "packed binary"
SUMMED = "part bigint, place bigint, made binary"
CUT = 4 << 20


def pack(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Each batch as one row that holds its bytes, so that a driver can take rows as batches, in order and one after the other."""
    for batch in batches:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        yield pa.RecordBatch.from_arrays([pa.array([sink.getvalue().to_pybytes()], type=pa.binary())], ["packed"])


def unpack(packed: bytes) -> pa.Table:
    """The rows of one packed batch."""
    return pa.ipc.open_stream(packed).read_all()


def summing(part: str, add: Callable[[pa.Table], Any], schema: pa.Schema) -> Callable[[pa.Table], pa.Table]:
    """A function of one group's rows, which gives the group's number and what `add` makes of it, pickled and cut into rows of `CUT` bytes.

    A row is copied several times on its way through a Java of a gigabyte, and the sums of a wide panel are hundreds of megabytes.
    """

    def group(rows: pa.Table) -> pa.Table:
        rows = rows.rename_columns(schema.names).cast(schema)
        number = rows[part][0].as_py()
        made = memoryview(pickle.dumps(add(rows)))
        starts = range(0, len(made), CUT)
        return pa.concat_tables(
            pa.table({"part": [number], "place": [start], "made": pa.array([made[start : start + CUT]], pa.binary())}) for start in starts
        )

    return group


def summed(rows: Iterable[Any]) -> Iterator[Any]:
    """What `add` made of each group, from the rows that `summing` gives: those of a group in their order, groups one after the other."""
    for _, cuts in groupby(rows, key=attrgetter("part")):
        yield pickle.loads(b"".join(row.made for row in cuts))  # noqa: S301 - made by `add` a moment ago
