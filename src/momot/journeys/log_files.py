"""Writing an event log to a file as it comes: Parquet, CSV, XES (IEEE 1849-2016). The file that was there goes when all is written."""

from __future__ import annotations

import contextlib
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc

from momot.errors import QuestionError

ENDINGS = (".parquet", ".csv", ".csv.gz", ".xes", ".xes.gz")
_CASE, _EVENT, _TIME = "case:concept:name", "concept:name", "time:timestamp"
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 can't hold in any way
_QUOTED = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_END = "</trace>\n"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/></global>
<classifier name="Activity" keys="concept:name"/>
"""


def ending_of(path: Path) -> str:
    """The ending that says what to write. Raises QuestionError for any other."""
    name = path.name.lower()
    found = [ending for ending in ENDINGS if name.endswith(ending)]
    if not found:
        raise QuestionError(f"{path} is none of {', '.join(ENDINGS)}: the ending says what kind of event log to write.")
    return found[-1]


def write_log(log: pa.RecordBatchReader, path: Path) -> Path:
    """Write the log to `path`, whose ending says as what. Its folder is made where it is not there."""
    ending = ending_of(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        if ending == ".parquet":
            _write_parquet(log, partial)
        elif ending.startswith(".csv"):
            _write_csv(log, partial, packed=ending.endswith(".gz"))
        else:
            with _opened(partial, packed=ending.endswith(".gz")) as out:
                for text in _xes(log):
                    out.write(text.encode())
        partial.replace(path)
    finally:
        log.close()
        partial.unlink(missing_ok=True)
    return path


def _write_parquet(log: pa.RecordBatchReader, path: Path) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, log.schema) as out:
        for batch in log:
            out.write_batch(batch)


def _write_csv(log: pa.RecordBatchReader, path: Path, *, packed: bool) -> None:
    import pyarrow.csv as pa_csv

    with (
        pa.CompressedOutputStream(str(path), "gzip") if packed else pa.OSFile(str(path), "wb") as sink,
        pa_csv.CSVWriter(sink, log.schema) as out,
    ):
        for batch in log:
            out.write_batch(batch)


@contextlib.contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[BinaryIO]:
    """The file to write to. The archive holds no name and no time, so that the same log is the same file."""
    with path.open("wb") as raw:
        if packed:
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as archive:
                yield cast("BinaryIO", archive)
        else:
            yield raw


def _xes(log: pa.RecordBatchReader) -> Iterator[str]:
    """The text of the log, some traces at a time."""
    yield _HEAD
    of_trace = [name for name in log.schema.names if name.startswith("case:")]
    of_event = [name for name in log.schema.names if name not in of_trace]
    last: str | None = None
    for batch in log:
        if not batch.num_rows:
            continue
        cases = batch.column(_CASE).to_pylist()
        traces = map("".join, zip(*(_attributes(batch, name, name.removeprefix("case:")) for name in of_trace), strict=True))
        events = map("".join, zip(*(_attributes(batch, name, name) for name in of_event), strict=True))
        lines = []
        for case, trace, event in zip(cases, traces, events, strict=True):
            if case != last:
                lines.append("" if last is None else _END)
                lines.append(f"<trace>{trace}\n")
                last = case
            lines.append(f"<event>{event}</event>\n")
        yield "".join(lines)
    yield f"{'' if last is None else _END}</log>\n"


def _attributes(batch: pa.RecordBatch, name: str, key: str) -> list[str]:
    """One column as XES attributes; nothing where there is no value."""
    column = batch.column(name)
    kind = column.type
    if pa.types.is_timestamp(kind):
        tag, column = "date", pc.strftime(column, format="%Y-%m-%dT%H:%M:%S+00:00")
    elif pa.types.is_date(kind):
        tag, column = "date", pc.strftime(column, format="%Y-%m-%d")
    else:
        tag = (
            "boolean"
            if pa.types.is_boolean(kind)
            else "int"
            if pa.types.is_integer(kind)
            else "float"
            if pa.types.is_floating(kind)
            else "string"
        )
    values = column.to_pylist()
    written = {value: f'<{tag} key="{_text(key)}" value="{_text(value)}"/>' for value in set(values) if value is not None}
    return [written.get(value, "") for value in values]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return escape(_UNWRITABLE.sub("\ufffd", str(value)), _QUOTED)
