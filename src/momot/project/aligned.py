"""Text whose columns are told apart by spaces alone, as statistical packages print it: recognised, and rewritten with tabs."""

from __future__ import annotations

import re
from pathlib import Path

_FIELD = re.compile(r'"[^"]*"|\S+')
_MARKS = ",;\t|"
_MOST = 0.95  # share of the rows that are as wide as the header
_FEWEST = 3  # lines: with fewer nothing can be told


def is_aligned(text: str) -> bool:
    """Whether the lines of `text` (whole ones, header first) are such a table.

    All lines but a few torn ones have as many words as the header, at least two; the header has no other separator; and some column holds a
    number in every row: sentences and names of people have as many words in every line now and then, but no column of numbers.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < _FEWEST or any(mark in lines[0].strip() for mark in _MARKS):
        return False
    header, *rows = [_FIELD.findall(line) for line in lines]
    whole = [row for row in rows if len(row) == len(header)]
    if len(header) < 2 or len(whole) < _MOST * len(rows):
        return False
    return any(all(_is_number(row[at]) for row in whole) for at in range(len(header)))


def to_tabs(source: Path, target: Path, *, encoding: str = "utf-8") -> None:
    """Copy `source` with tabs between the fields, line by line; quoted fields stay quoted."""
    with (
        source.open(encoding=encoding, errors="surrogateescape") as text,
        target.open("w", encoding="utf-8", errors="surrogateescape") as out,
    ):
        for line in text:
            out.write("\t".join(_FIELD.findall(line.removeprefix("\ufeff"))) + "\n")


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
