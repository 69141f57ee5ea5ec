"""Sources that are no delimited text, as the same raw records: JSON lines, Excel sheets, SQLite tables; cells as text, rows with lines."""

from __future__ import annotations

import datetime as dt
import io
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from momot.build.delimited import Raw, Unreadable
from momot.build.dialect import unique_names
from momot.build.encoding import LONGEST_LINE, opened_bytes, scan
from momot.engine import literal
from momot.errors import MissingExtraError, MissingSource, NothingLeft, UnreadableSource, did_you_mean

_BATCH = 20_000
_SHOWN = 200
Numbered = tuple[int, list[Any]]  # line, cells


def read_json_lines(path: Path, *, name: str, encoding: str | None, work: Path) -> Raw:
    """One object a line, or one array of objects. Nested values stay JSON text. Raises NothingLeft, UnreadableSource."""
    found = scan(path, declared=encoding, name=name)
    if found.empty:
        raise NothingLeft(f"{name} is empty: it has no rows.")
    unreadable: list[Unreadable] = []
    names: dict[str, None] = {}
    for _, record in _objects(path, found.encoding, unreadable):
        names.update(dict.fromkeys(record))
    if not names:
        raise UnreadableSource(f'{name}: no line is a JSON object such as {{"person": "p1"}}.')
    keys = list(names)
    columns = unique_names(keys)
    objects = _objects(path, found.encoding, [])
    raw, count = _write(columns, ((line, [record.get(key) for key in keys]) for line, record in objects), work)
    return Raw(raw, columns, count, unreadable, found.encoding, found.guessed)


def read_excel(path: Path, *, name: str, sheet: str | None, work: Path) -> Raw:
    """One sheet (the first by default); its first row that is not empty is the header. Needs the extra `[excel]`.

    Raises MissingExtraError, MissingSource for a sheet that is not there, NothingLeft, UnreadableSource.
    """
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise MissingExtraError(f"{name} is an Excel file. Install what reads it: pip install 'momot[excel]'") from error
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        if sheet is not None and sheet not in book.sheet_names:
            raise MissingSource(
                f"{name} has no sheet '{sheet}'.{did_you_mean(sheet, book.sheet_names)} It has: {', '.join(book.sheet_names)}."
            )
        cells = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
    except calamine.CalamineError as error:
        raise UnreadableSource(f"{name} can't be read as an Excel file: {error}.") from error
    filled = [(line, list(row)) for line, row in enumerate(cells, 1) if any(cell not in ("", None) for cell in row)]
    if not filled:
        raise NothingLeft(f"{name} is empty: sheet '{sheet or book.sheet_names[0]}' has neither a header nor rows.")
    if len(filled) == 1:
        raise NothingLeft(f"{name} has a header but no rows.")
    columns = unique_names([_text(cell) or "" for cell in filled[0][1]])
    raw, count = _write(columns, filled[1:], work)
    return Raw(raw, columns, count)


def read_sqlite(path: Path, *, name: str, table: str | None, work: Path) -> Raw:
    """One table (the only one by default). Raises MissingSource, NothingLeft, UnreadableSource."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            tables = [
                found for (found,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
            ]
            chosen = choose_table(name, table, tables)
            cursor = connection.execute('SELECT * FROM "{}"'.format(chosen.replace('"', '""')))
            columns = unique_names([str(column[0]) for column in cursor.description])
            raw, count = _write(columns, enumerate(map(list, cursor), 1), work)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UnreadableSource(f"{name} can't be read as a SQLite database: {error}.") from error
    if not count:
        raise NothingLeft(f"{name}: table '{chosen}' has no rows.")
    return Raw(raw, columns, count)


def choose_table(name: str, wanted: str | None, tables: list[str]) -> str:
    """The table of a database that is meant. Raises MissingSource where it is not there, or where several could be."""
    if wanted is not None and wanted in tables:
        return wanted
    listed = f"It has: {', '.join(tables)}." if tables else "It has no tables."
    if wanted is not None:
        raise MissingSource(f"{name} has no table '{wanted}'.{did_you_mean(wanted, tables)} {listed}")
    if len(tables) != 1:
        raise MissingSource(f'{name} has {len(tables)} tables; say which in [tables]: {{file = "{name}", sheet = "…"}}. {listed}')
    return tables[0]


def _objects(path: Path, encoding: str, unreadable: list[Unreadable]) -> Iterator[tuple[int, dict[str, Any]]]:
    decode: Callable[[bytes | str], Any] = msgspec.json.decode
    with opened_bytes(path) as raw:
        text = io.TextIOWrapper(raw, encoding=encoding, errors="replace")
        first = text.readline(LONGEST_LINE + 1)
        if first.lstrip().startswith("["):
            yield from _elements(decode, first + text.read(), path.name, unreadable)
            return
        line, number = first, 1
        while line:
            whole = line.endswith("\n") or len(line) <= LONGEST_LINE
            if not whole:
                unreadable.append(Unreadable(number, "line_too_long", line[:_SHOWN]))
                while (rest := text.readline(LONGEST_LINE)) and not rest.endswith("\n"):
                    pass
            elif line.strip():
                record = _decoded(decode, line)
                if isinstance(record, dict) and "\0" not in line:
                    yield number, record
                else:
                    unreadable.append(Unreadable(number, "unreadable_row", line.strip()[:_SHOWN].replace("\0", "�")))
            line, number = text.readline(LONGEST_LINE + 1), number + 1


def _elements(decode: Callable[[str], Any], text: str, name: str, unreadable: list[Unreadable]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        elements = decode(text)
    except msgspec.DecodeError as error:
        raise UnreadableSource(f"{name} is neither JSON lines nor a JSON array: {error}.") from error
    for number, element in enumerate(elements, 1):
        if isinstance(element, dict):
            yield number, element
        else:
            unreadable.append(Unreadable(number, "unreadable_row", str(element)[:_SHOWN]))


def _decoded(decode: Callable[[str], Any], line: str) -> Any:
    try:
        return decode(line)
    except msgspec.DecodeError:
        return None


def _write(columns: tuple[str, ...], records: Iterable[Numbered], work: Path) -> tuple[str, int]:
    """Write the records as text; the relation that reads them, and how many they are."""
    target = work / "raw.parquet"
    schema = pa.schema([*((name, pa.string()) for name in columns), ("__line", pa.int64())])
    count, batch = 0, list[Numbered]()
    with pq.ParquetWriter(target, schema) as writer:

        def flush() -> None:
            cells = [[_text(row[at]) if at < len(row) else None for _, row in batch] for at in range(len(columns))]
            writer.write_table(pa.table([*cells, [line for line, _ in batch]], schema=schema))
            batch.clear()

        for record in records:
            batch.append(record)
            count += 1
            if len(batch) == _BATCH:
                flush()
        flush()
    return f"read_parquet({literal(target)})", count


def _text(value: Any) -> str | None:
    """A cell as a person would write it in a CSV file."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date() | dt.time() | dt.timedelta():
            return str(value)
        case bytes():
            return value.hex()
        case dict() | list():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)
