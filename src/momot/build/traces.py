"""Where an id still stands: every byte of every file, and every value of every Parquet file, which are compressed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from momot.build.erased import SHORT, bare

_PIECES = re.compile(r"[\s,;:|\"'{}\[\]]+")  # between the cells of a source that is text, and the values of JSON
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def files_with(ids: Collection[str], files: Iterable[Path], *, numbers: bool = False) -> list[Path]:
    """The files in which any of the ids stands, in any case, plain or in UTF-16, as a value, a word of one, or in the bytes.

    `numbers`: whole numbers count too, as they do in sources; the numbers of a build are momot's own.
    """
    looked = _Looked(ids)
    return [path for path in files if any(looked.within(text) for text in _values(path, numbers)) or looked.among(path.read_bytes())]


class _Looked:
    """The ids as patterns."""

    def __init__(self, ids: Collection[str]) -> None:
        self.whole = {text.lower() for id_ in ids for text in (id_, bare(id_))}
        long = [re.escape(text) for text in sorted(self.whole) if len(text) >= SHORT]
        self.word = re.compile(rf"(?<![^\W_])(?:{'|'.join(long)})(?![^\W_])") if long else None
        coded = {text.encode(code) for text in self.whole if len(text) > SHORT for code in _ENCODINGS}
        self.bytes = re.compile(b"|".join(map(re.escape, sorted(coded))), re.IGNORECASE) if coded else None

    def within(self, text: str) -> bool:
        low = text.lower()
        return low.strip() in self.whole or bool(self.word and self.word.search(low))

    def among(self, content: bytes) -> bool:
        return bool(self.bytes and self.bytes.search(content))


def _values(path: Path, numbers: bool) -> Iterator[str]:
    """Every text of a file that can be told apart; for a Parquet file also the names of its columns and its own words."""
    if path.suffix in {".parquet", ".pq"}:
        yield from _of_parquet(path, numbers)
    elif numbers:  # a source as text; what is no text is looked at byte by byte
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from _PIECES.split(content.decode("utf-8", "replace"))
    elif path.suffix == ".json":
        yield from _of_json(msgspec.json.decode(path.read_bytes()))


def _of_parquet(path: Path, numbers: bool) -> Iterator[str]:
    file = pq.ParquetFile(path)
    for key, value in (file.metadata.metadata or {}).items():
        yield from (key.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
    for batch in file.iter_batches():
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            yield name
            kind = column.type
            if pa.types.is_integer(kind) and not numbers:
                continue
            if pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or (pa.types.is_floating(kind) and not numbers):
                continue
            for value in column.unique().to_pylist():
                if value is not None:
                    yield str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _of_json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _of_json(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_json(inner)
