"""What runs in Spark's Python workers: rows as bytes of Arrow, and groups of rows given to a function."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

PACKED = "packed binary"
SUMMED = "part bigint, made binary"


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
    """A function of one group's rows, which gives the group's number and what `add` makes of it, pickled."""

    def group(rows: pa.Table) -> pa.Table:
        rows = rows.rename_columns(schema.names).cast(schema)
        number = rows[part][0].as_py()
        return pa.table({"part": pa.array([number], pa.int64()), "made": pa.array([pickle.dumps(add(rows))], pa.binary())})

    return group
