"""Delimited text as raw records: every cell as text, every row with its line, unreadable rows apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from momot.build.dialect import Dialect, find_dialect, head_of
from momot.build.encoding import LONGEST_LINE, Scan, needs_transcoding, scan, to_utf8, without_lines
from momot.engine import execute, identifier, literal, row, rows
from momot.errors import NothingLeft, UnreadableSource
from momot.project.aligned import is_aligned, to_tabs
from momot.vocabulary import Rejection

_CODES: dict[str, Rejection] = {
    "MISSING COLUMNS": "ragged_row",
    "TOO MANY COLUMNS": "ragged_row",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
}
_SHOWN = 200
_ATTEMPTS = 20
_Reject = tuple[int, int, Rejection, str]  # line, lines it takes, code, text


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that no block can use: its line (None where unknown), why, and its text."""

    line: int | None
    code: Rejection
    text: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """Records before their types are known. `relation` is SQL: the columns, all VARCHAR (or as stored), and `__line`."""

    relation: str
    columns: tuple[str, ...]
    rows: int
    unreadable: list[Unreadable] = field(default_factory=list)
    encoding: str | None = None
    guessed: bool = False
    delimiter: str | None = None
    notes: tuple[str, ...] = ()  # what of the file is in no row


def read_delimited(connection: duckdb.DuckDBPyConnection, path: Path, *, name: str, encoding: str | None, work: Path) -> Raw:
    """Parse `path` once into a Parquet file in `work`. Raises NothingLeft and UnreadableSource."""
    found = scan(path, declared=encoding, name=name)
    if found.empty:
        raise NothingLeft(f"{name} is empty: it has neither a header nor rows.")
    text = path
    if needs_transcoding(path, found):
        text = work / "text.csv"
        to_utf8(path, text, found)
    spaced = is_aligned(head_of(text))
    if spaced:
        aligned, text = text, work / "aligned.csv"
        to_tabs(aligned, text)
    target = work / "raw.parquet"
    dialect, text, rejected = _parse(connection, text, found, target, name, work)
    count = int(row(connection, f"SELECT count(*) FROM read_parquet({literal(target)})")[0])
    if len(rejected) > max(count, 1) and len(rejected) > 3:
        raise UnreadableSource(
            f"{name}: {len(rejected)} of {len(rejected) + count} rows don't have the {len(dialect.header)} columns of the header "
            f"(delimiter {dialect.delimiter!r}; first on line {rejected[0][0]}). Is this the right file, and is its first line the header?"
        )
    relation, lost = _with_lines(connection, target, text, dialect, found, rejected, count, work)
    unreadable = [Unreadable(line, code, cell) for line, _, code, cell in rejected] + lost
    relation, dirty = _without_dirt(connection, relation, dialect, found)
    return Raw(
        relation, dialect.header, count - len(dirty), unreadable + dirty, found.encoding, found.guessed,
        " " if spaced else dialect.delimiter, _headless(name, dialect),
    )  # fmt: skip


def _headless(name: str, dialect: Dialect) -> tuple[str, ...]:
    """A doubt about a header that holds nothing but numbers: it is likely the first row of a file that has none."""
    if not all(number.replace(".", "", 1).replace("-", "").isdigit() for number in dialect.header):
        return ()
    shown = ", ".join(dialect.header[:4])
    return (
        f"{name}: its first line holds only numbers ({shown}) and is taken for the header. If it is a row, put a line of names above it.",
    )


def _parse(
    connection: duckdb.DuckDBPyConnection, text: Path, found: Scan, target: Path, name: str, work: Path
) -> tuple[Dialect, Path, list[_Reject]]:
    """Write the readable records to `target`. A quote never closed swallows the rest of a file: its line is emptied, all is read again.

    Raises UnreadableSource where that happens again and again.
    """
    dropped: dict[int, tuple[Rejection, str]] = {line: ("line_too_long", start) for line, start in found.long_lines.items()}
    source = text
    for _ in range(_ATTEMPTS):
        if dropped:
            source = work / "kept.csv"
            without_lines(text, source, dropped)
        dialect = find_dialect(source, name=name)
        execute(connection, f"COPY (SELECT * FROM {_scan_sql(source, dialect)}) TO {literal(target)} (FORMAT parquet)")
        rejected = _rejected(connection, source, dropped)
        swallowing = {line: (code, cell.split("\n")[0]) for line, span, code, cell in rejected if span > 1 and code == "unreadable_row"}
        if not swallowing:
            return dialect, source, rejected
        dropped |= swallowing
    raise UnreadableSource(
        f"{name}: {len(dropped)} lines open a quote ({dialect.quote}) that is never closed, the first on line {min(dropped)}."
    )


def _scan_sql(path: Path, dialect: Dialect) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.header)
    return (
        f"read_csv({literal(path)}, columns = {{{columns}}}, auto_detect = false, header = true, skip = {dialect.skip}, "
        f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, escape = {literal(dialect.escape)}, "
        f"max_line_size = {2 * LONGEST_LINE}, store_rejects = true, rejects_limit = 0, "
        "rejects_table = 'momot_rejects', rejects_scan = 'momot_scans')"
    )


def _rejected(connection: duckdb.DuckDBPyConnection, text: Path, dropped: dict[int, tuple[Rejection, str]]) -> list[_Reject]:
    """Rejected rows with physical lines: DuckDB counts a record with line breaks as one line, but knows its byte."""
    errors = rows(
        connection,
        """SELECT line_byte_position - 1, arg_min(error_type::VARCHAR, column_idx), any_value(csv_line)
        FROM momot_rejects GROUP BY 1 ORDER BY 1""",
    )
    execute(connection, "DROP TABLE momot_rejects; DROP TABLE momot_scans")
    lines = _lines_at(text, _past_empty_lines(text, [int(position) for position, _, _ in errors]))
    listed: list[_Reject] = [
        (line, 1 + (cell or "").strip("\r\n").count("\n"), _CODES.get(kind, "unreadable_row"), (cell or "").strip("\r\n")[:_SHOWN])
        for line, (_, kind, cell) in zip(lines, errors, strict=True)
    ]
    return sorted(
        [entry for entry in listed if entry[0] not in dropped] + [(line, 1, code, cell) for line, (code, cell) in dropped.items()]
    )


def _past_empty_lines(path: Path, positions: list[int]) -> list[int]:
    """DuckDB dates a record that follows empty lines at the first of them: the bytes where the records begin."""
    found = []
    with path.open("rb") as stream:
        for position in positions:
            stream.seek(position)
            start = position
            while (chunk := stream.read(4096)) and not (rest := chunk.lstrip(b"\r\n")):
                start += len(chunk)
            found.append(start + len(chunk) - len(rest) if chunk else start)
    return found


def _lines_at(path: Path, positions: list[int]) -> list[int]:
    """1-based physical line of each byte position (ascending)."""
    found: list[int] = []
    offset, line, waiting = 0, 1, iter(positions)
    target = next(waiting, None)
    with path.open("rb") as stream:
        while target is not None and (chunk := stream.read(1 << 20)):
            start = 0
            while target is not None and target < offset + len(chunk):
                line += chunk.count(b"\n", start, target - offset)
                start = max(target - offset, 0)
                found.append(line)
                target = next(waiting, None)
            line += chunk.count(b"\n", start)
            offset += len(chunk)
    return found + [line] * (len(positions) - len(found))


def _with_lines(
    connection: duckdb.DuckDBPyConnection,
    raw: Path,
    text: Path,
    dialect: Dialect,
    found: Scan,
    rejected: list[_Reject],
    count: int,
    work: Path,
) -> tuple[str, list[Unreadable]]:
    """The raw records with the line each begins on, and what no reader has accounted for."""
    first = dialect.skip + dialect.header_lines + 1
    breaks = " + ".join(f"coalesce(length({c}) - length(replace({c}, chr(10), '')), 0)" for c in map(identifier, dialect.header))
    inside = int(row(connection, f"SELECT coalesce(sum({breaks}), 0) FROM read_parquet({literal(raw)})")[0])
    blank = found.lines - (first - 1) - count - inside - sum(span for _, span, _, _ in rejected)
    if not inside and not rejected and blank <= 0:
        return f"(SELECT *, file_row_number + {first} AS __line FROM read_parquet({literal(raw)}))", []
    blanks = _blank_lines(text) if blank > 0 else []
    spans = np.ones(count, dtype=np.int64)
    if inside:
        spans += (
            connection.sql(f"SELECT {breaks} AS breaks FROM read_parquet({literal(raw)})")
            .to_arrow_table()["breaks"]
            .to_numpy()
            .astype(np.int64)
        )
    taken = {line for line, *_ in rejected}
    skipped = sorted(
        [(line, span) for line, span, _, _ in rejected] + [(line, 1) for line in blanks if line >= first and line not in taken]
    )
    lines, left = _place(spans, skipped, first)
    numbered = work / "lines.parquet"
    pq.write_table(pa.table({"__n": np.arange(count, dtype=np.int64), "__line": lines}), numbered)
    relation = (
        f"(SELECT r.* EXCLUDE (__n), l.__line FROM (SELECT *, file_row_number AS __n FROM read_parquet({literal(raw)})) r "
        f"JOIN read_parquet({literal(numbered)}) l USING (__n))"
    )
    lost = found.lines - left
    return relation, [Unreadable(None, "line_too_long", f"{lost} lines that hold one overlong record")] if lost > 0 else []


def _place(spans: npt.NDArray[np.int64], skipped: list[tuple[int, int]], first: int) -> tuple[npt.NDArray[np.int64], int]:
    """The line on which each record starts, given how many lines each takes and which lines belong to none; and the last line seen."""
    starts = first + np.concatenate(([0], np.cumsum(spans)[:-1])) if len(spans) else np.empty(0, dtype=np.int64)
    shift, begin, total = 0, 0, int(spans.sum())
    for line, span in skipped:
        position = int(np.searchsorted(starts[begin:], line - shift)) + begin
        inside = position > 0 and starts[position - 1] + (shift if position > begin else 0) + spans[position - 1] > line
        if inside:
            continue  # an empty line within a quoted cell
        starts[begin:position] += shift
        begin, shift = position, shift + span
    starts[begin:] += shift
    return starts, first - 1 + total + shift


def _blank_lines(path: Path) -> list[int]:
    with path.open("rb") as stream:
        return [number for number, line in enumerate(stream, 1) if not line.strip(b"\r\n")]


def _without_dirt(connection: duckdb.DuckDBPyConnection, relation: str, dialect: Dialect, found: Scan) -> tuple[str, list[Unreadable]]:
    """Set rows apart that hold NUL, or a byte that their encoding does not have."""
    signs = ["chr(0)"] if found.nul else []
    signs += ["chr(65533)"] if found.encoding not in {"utf-8", "utf-8-sig"} else []
    if not signs:
        return relation, []
    dirty = " OR ".join(f"coalesce(contains({identifier(column)}, {sign}), false)" for column in dialect.header for sign in signs)
    shown = f"left(replace(concat_ws({literal(dialect.delimiter)}, {', '.join(map(identifier, dialect.header))}), chr(0), '�'), {_SHOWN})"
    bad = rows(connection, f"SELECT __line, {shown} FROM {relation} WHERE {dirty} ORDER BY 1")
    if not bad:
        return relation, []
    return f"(SELECT * FROM {relation} WHERE NOT ({dirty}))", [Unreadable(int(line), "unreadable_row", text) for line, text in bad]
