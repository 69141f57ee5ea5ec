"""The dialect of a delimited text file: delimiter, quote, escape and header, found on its first lines."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from momot.errors import NothingLeft

_SAMPLE = 256 * 1024
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the fields of a file are told apart. `skip` lines come before the header (Excel's `sep=;`)."""

    delimiter: str
    quote: str
    escape: str
    skip: int
    header: tuple[str, ...]  # column names: as written, empty and repeated ones made unique
    header_lines: int  # lines that the header takes, more than one where a name holds a line break


def find_dialect(path: Path, *, name: str) -> Dialect:
    """The dialect of the UTF-8 file `path`. Raises NothingLeft for an empty file and for one with nothing but a header."""
    text, more = _sample(path)
    if not text.strip():
        raise NothingLeft(f"{name} is empty: it has neither a header nor rows.")
    skip, delimiter = 0, None
    first = text.splitlines()[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == 5:
        skip, delimiter = 1, first[4]
        text = text.split("\n", 1)[1] if "\n" in text else ""
    text = _whole_lines(text, more)
    leading = len(text) - len(text.lstrip("\r\n"))
    skip += text[:leading].count("\n")
    text = text[leading:]
    quote = "'" if '"' not in text and _better_in_single_quotes(text) else '"'
    escape = (
        "\\"
        if f"\\{quote}" in text and f"{quote}{quote}" not in text.replace(f"{quote}{quote},", "").replace(f",{quote}{quote}", "")
        else quote
    )
    delimiter = delimiter or max(_DELIMITERS, key=lambda mark: _consistency(text, mark, quote, escape))
    rows = _rows(text, delimiter, quote, escape)
    header: list[str] = next(rows, [])
    header_lines = 1 + sum(field.count("\n") for field in header)
    if next(rows, None) is None and not more:
        raise NothingLeft(f"{name} has a header but no rows.")
    return Dialect(delimiter, quote, escape, skip, unique_names(header), header_lines)


def head_of(path: Path) -> str:
    """The first lines of the UTF-8 file `path`, whole ones."""
    return _whole_lines(*_sample(path))


def _sample(path: Path) -> tuple[str, bool]:
    """The beginning of the text, and whether there is more."""
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as stream:
        return stream.read(_SAMPLE), bool(stream.read(1))


def _whole_lines(text: str, more: bool) -> str:
    return (text[: text.rfind("\n") + 1] or text) if more else text


def unique_names(header: list[str]) -> tuple[str, ...]:
    """Column names as SQL needs them: trimmed, not empty, different also without regard to case."""
    taken: set[str] = set()
    found = []
    for position, raw in enumerate(header, 1):
        base = raw.strip().strip("﻿").replace("\0", "") or f"column{position}"
        name, number = base, 1
        while name.lower() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.lower())
        found.append(name)
    return tuple(found)


def _rows(text: str, delimiter: str, quote: str, escape: str) -> csv.Reader:  # type: ignore[name-defined]
    csv.field_size_limit(1 << 30)
    return csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter, quotechar=quote, doublequote=escape == quote,
        escapechar=None if escape == quote else escape,
    )  # fmt: skip


def _consistency(text: str, delimiter: str, quote: str, escape: str) -> tuple[float, int]:
    """Share of the rows that have as many fields as the header; then the number of fields. One field is no table."""
    try:
        widths = [len(row) for row, _ in zip(_rows(text, delimiter, quote, escape), range(2000), strict=False) if row]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (round(Counter(widths)[widths[0]] / len(widths), 1), widths[0])


def _better_in_single_quotes(text: str) -> bool:
    """Whether fields are set in '…': then rows agree better in their width, or whole lines begin and end with it."""
    single, double = (max(_consistency(text, mark, quote, quote) for mark in _DELIMITERS) for quote in "'\"")
    lines = text.splitlines()[:100]
    wrapped = sum(line.startswith("'") and line.rstrip().endswith("'") for line in lines)
    return single > double or wrapped > 0.8 * len(lines)
