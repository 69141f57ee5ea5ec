"""`momot voices read`: the machine contract. One JSON object a text, in the order given."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from momot.errors import MissingColumn, UnreadableSource, did_you_mean
from momot.voices.columns import POLARITIES, Columns
from momot.voices.mask import masked
from momot.voices.normalise import normalised
from momot.voices.reader import Reader

BATCH = 512
_DIGITS = 4


def read_lines(texts: Iterator[str], reader: Reader, *, abstain: bool = True) -> Iterator[dict[str, Any]]:
    """`language`, `valence`, `polarity` (None where it abstains), `confidence`, `intent`, `suggestion`, `urgency`, `text` (masked)."""
    while batch := [text for _, text in zip(range(BATCH), texts, strict=False)]:
        yield from _objects(batch, reader.read(batch), abstain)


def _objects(texts: Sequence[str], read: Columns, abstain: bool) -> Iterator[dict[str, Any]]:
    polarity, valence = read.polarity, read.valence
    for place, text in enumerate(texts):
        told = not (abstain and read.abstains[place])
        yield {
            "language": read.language[place],
            "valence": round(float(valence[place]), _DIGITS),
            "polarity": POLARITIES[polarity[place]] if told else None,
            "confidence": round(float(read.confidence[place]), _DIGITS),
            "intent": read.intent[place],
            "suggestion": round(float(read.suggestion[place]), _DIGITS),
            "urgency": round(float(read.urgency[place]), _DIGITS),
            "text": masked(normalised(text)),
        }


def texts_of(source: BinaryIO, name: str, *, column: str | None) -> Iterator[str]:
    """The texts of a stream: one a line; with `column` of CSV, or of JSON lines, whichever it is by its first character.

    Bytes that are no UTF-8 become the replacement character. A line that is empty is a text that is empty. Raises MissingColumn;
    UnreadableSource for a line of JSON that is none.
    """
    stream = io.TextIOWrapper(source, encoding="utf-8-sig", errors="replace", newline="" if column else None)
    if column is None:
        for line in stream:
            yield line.rstrip("\r\n")
        return
    first = _first(stream)
    yield from _of_json(first, stream, name, column) if first.lstrip().startswith("{") else _of_csv(first, stream, name, column)


def _first(stream: TextIO) -> str:
    """The first line that is not blank."""
    return next((line for line in stream if line.strip()), "")


def _of_json(first: str, stream: TextIO, name: str, column: str) -> Iterator[str]:
    for number, line in enumerate(_after(first, stream), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UnreadableSource(f"{name}, line {number}: not JSON: {error}.") from error
        if not isinstance(row, dict) or column not in row:
            known = list(row) if isinstance(row, dict) else []
            raise MissingColumn(f"{name}, line {number}: there is no '{column}'.{did_you_mean(column, known)}")
        value = row[column]
        yield "" if value is None else str(value)


def _of_csv(first: str, stream: TextIO, name: str, column: str) -> Iterator[str]:
    csv.field_size_limit(2**31 - 1)
    try:
        mark = csv.Sniffer().sniff(first, delimiters=",;\t|").delimiter
    except csv.Error:
        mark = ","
    rows = csv.reader(_after(first, stream), delimiter=mark)
    header = next(rows, [])
    if column not in header:
        raise MissingColumn(f"{name}: there is no column '{column}'.{did_you_mean(column, header)} It has: {', '.join(header)}.")
    place = header.index(column)
    for row in rows:
        if row:
            yield row[place] if place < len(row) else ""


def _after(first: str, stream: TextIO) -> Iterator[str]:
    yield first
    yield from stream


def open_texts(path: str, standard_input: BinaryIO) -> tuple[BinaryIO, str]:
    """The stream of a file, or of standard input for "-", and what it is called. Raises OSError."""
    return (standard_input, "standard input") if path == "-" else (Path(path).open("rb"), path)
