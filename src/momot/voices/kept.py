"""What was read from texts, kept by text under the reader's fingerprint: only texts never read before are read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from momot.progress import counting
from momot.voices import FOLDER
from momot.voices.columns import SCHEMA
from momot.voices.reader import Reader

BATCH = 2048
_FILE = 65_536  # rows of one file


def kept_in(home: Path, reader: Reader) -> Path:
    """The folder of what this reader read."""
    return home / FOLDER / f"read-{reader.fingerprint[:12]}"


def read_texts(texts: Iterable[pa.RecordBatch], of: int, reader: Reader, folder: Path) -> list[Path]:
    """Read those of `texts` (text_id, text, answer) that `folder` does not have; the files with all that was ever read there.

    Holds one batch at a time. A file is there as a whole or not at all, so what was read before an interruption is not read again.
    """
    known = _known(folder)
    pending: list[pa.RecordBatch] = []
    for batch in texts:
        with counting(batch.num_rows, of=of, unit="texts"):
            new = batch.filter(pa.array(~_among(batch.column("text_id").to_numpy(), known)))
            for start in range(0, new.num_rows, BATCH):
                some = new.slice(start, BATCH)
                answers = some.column("answer").to_numpy(zero_copy_only=False)
                read = reader.read(some.column("text").to_pylist(), answers=answers)
                pending.append(read.arrow(some.column("text_id").to_pylist()))
        if sum(one.num_rows for one in pending) >= _FILE:
            _write(pending, folder)
            pending = []
    if pending:
        _write(pending, folder)
    return files(folder)


def files(folder: Path) -> list[Path]:
    """The files with what was read."""
    return sorted(folder.glob("*.parquet"))


def _known(folder: Path) -> NDArray[np.int64]:
    """Sorted ids of the texts that were read."""
    ids = [pq.read_table(path, columns=["text_id"]).column("text_id").to_numpy() for path in files(folder)]
    return np.unique(np.concatenate(ids)) if ids else np.empty(0, dtype=np.int64)


def _among(ids: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    at = np.searchsorted(known, ids)
    return (at < len(known)) & (known[np.minimum(at, max(len(known) - 1, 0))] == ids) if len(known) else np.zeros(len(ids), dtype=bool)


def _write(rows: list[pa.RecordBatch], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_batches(rows, schema=SCHEMA)
    partial = folder / f"tmp-{os.getpid()}"
    pq.write_table(table, partial)
    partial.replace(folder / f"{table.column('text_id')[0].as_py():015x}-{table.num_rows}.parquet")
