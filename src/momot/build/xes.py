"""XES event logs as raw records: one event a row, written in batches whose columns may differ, since a log can name a new one anywhere."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from momot.build.delimited import Raw
from momot.build.dialect import unique_names
from momot.engine import literal
from momot.errors import NothingLeft
from momot.project.xes import Row, Told, read_events

_BATCH = 50_000  # events
_CELLS = 2_000_000  # a batch ends earlier where events have many values


def read_xes(path: Path, *, name: str, encoding: str | None, work: Path) -> Raw:
    """The events of a log; `__line` is where each begins. Raises NothingLeft and UnreadableSource."""
    told = Told()
    keys: dict[str, None] = {}
    files: list[Path] = []
    batch, cells = list[Row](), 0

    def flush() -> None:
        nonlocal cells
        files.append(_write(batch, list(keys), work / f"events-{len(files):05}.parquet"))
        batch.clear()
        cells = 0

    for line, event in read_events(path, name=name, encoding=encoding, told=told):
        keys.update(dict.fromkeys(event))
        batch.append((line, event))
        cells += len(event)
        if len(batch) == _BATCH or cells >= _CELLS:
            flush()
    if not told.events:
        raise NothingLeft(f"{name} is a log without events.")
    if batch:
        flush()
    listed = ", ".join(map(literal, files))
    return Raw(
        f"read_parquet([{listed}], union_by_name = true)", unique_names(list(keys)), told.events,
        encoding=encoding or told.encoding, notes=tuple(told.notes(name)),
    )  # fmt: skip


def _write(events: list[Row], keys: list[str], target: Path) -> Path:
    """All columns known so far: a name that differs from an earlier one in case alone gets the same number in every batch."""
    columns = {name: [event.get(key) for _, event in events] for key, name in zip(keys, unique_names(keys), strict=True)}
    schema = pa.schema([*((name, pa.string()) for name in columns), ("__line", pa.int64())])
    pq.write_table(pa.table([*columns.values(), [line for line, _ in events]], schema=schema), target)
    return target
