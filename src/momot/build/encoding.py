"""What a text file's bytes are: encoding, over-long lines, NUL, all in one pass; and the same text as UTF-8."""

from __future__ import annotations

import codecs
import gzip
import math
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from momot.errors import UnreadableSource

LONGEST_LINE = 2_000_000  # bytes; a longer line is no record but a broken file
_CHUNK = 1 << 20

# Letters beyond ASCII by language, most common first: text that is not UTF-8 is read in the encoding of the language it looks most like.
_LETTERS = {
    "cp1252": ("éèàêçôùîûâïë", "ãçéáíóõêúâàô", "óíáéñúü", "àèòùìé", "øåæéö", "äöåé", "üäößé", "áéíóúöðþæý"),
    "cp1250": ("íáéěřýčžšůúňťďó", "áíéčšžľťúýôňäďóŕĺ", "łęąóżśćńź", "áéöóőíüúű", "ăîţşâ", "čšžđć"),
}


@dataclass(slots=True)
class Scan:
    """What one pass over the bytes found."""

    encoding: str
    guessed: bool = False  # no mark in the file says so
    nul: bool = False
    long_lines: dict[int, str] = field(default_factory=dict)  # line (1-based) -> its first characters
    lines: int = 0
    empty: bool = False


@contextmanager
def opened_bytes(path: Path) -> Iterator[BinaryIO]:
    """The bytes of `path`, unpacked where they are gzip. Raises UnreadableSource for a broken archive."""
    with path.open("rb") as raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        try:
            yield cast("BinaryIO", gzip.GzipFile(fileobj=raw) if packed else raw)
        except (EOFError, gzip.BadGzipFile, gzip.zlib.error) as error:  # type: ignore[attr-defined]
            raise UnreadableSource(f"'{path.name}' is a broken gzip archive: {error}. Copy or download it again.") from error


def is_packed(path: Path) -> bool:
    """Whether `path` is gzip."""
    with path.open("rb") as raw:
        return raw.read(2) == b"\x1f\x8b"


def scan(path: Path, *, declared: str | None, name: str) -> Scan:
    """Read `path` once, in bounded memory. Raises UnreadableSource where `declared` is no encoding or the bytes are no text."""
    if declared is not None:
        try:
            codecs.lookup(declared)
        except LookupError as error:
            raise UnreadableSource(f"{name}: there is no encoding '{declared}'. For example: 'utf-8', 'cp1250', 'latin-1'.") from error
    with opened_bytes(path) as stream:
        head = stream.read(_CHUNK)
    marked = _by_mark(head)
    encoding = declared or marked
    result = Scan(encoding or "utf-8", empty=not head)
    with opened_bytes(path) as stream:
        broken = _pass(stream, result)
    if encoding is None and broken > 0:
        with opened_bytes(path) as stream:
            result.encoding, result.guessed = _eight_bit(stream), True
    return result


def to_utf8(source: Path, target: Path, found: Scan) -> None:
    """Write the text of `source` to `target` as UTF-8 without a mark; lines, NUL and over-long lines become those of the text.

    Bytes that the encoding does not know become U+FFFD, which the reader of records rejects row by row; broken UTF-8 stays broken, for
    the same end.
    """
    plain = _codec(found.encoding) in {"utf-8", "utf-8-sig"}
    errors = "surrogateescape" if plain else "replace"
    decoder = codecs.getincrementaldecoder(_codec(found.encoding))(errors=errors)
    with opened_bytes(source) as raw, target.open("w", encoding="utf-8", newline="", errors=errors) as out:
        while chunk := raw.read(_CHUNK):
            out.write(decoder.decode(chunk))
        out.write(decoder.decode(b"", final=True))
    again = Scan("utf-8")
    with target.open("rb") as text:
        _pass(text, again)
    found.nul, found.long_lines, found.lines = again.nul, again.long_lines, again.lines


def without_lines(source: Path, target: Path, lines: Container[int]) -> None:
    """Copy the text file `source`, some of its lines (1-based) emptied so that the others keep their numbers."""
    with source.open("rb") as text, target.open("wb") as out:
        number = 1
        while part := text.readline(_CHUNK):
            ends = part.endswith(b"\n")
            if number not in lines:
                out.write(part)
            elif ends:
                out.write(b"\n")
            number += ends


def needs_transcoding(path: Path, found: Scan) -> bool:
    """Whether a reader of UTF-8 needs another file than `path`."""
    return is_packed(path) or _codec(found.encoding) != "utf-8"


def _codec(encoding: str) -> str:
    return codecs.lookup(encoding).name


def _by_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark, or UTF-16's zero bytes, give away."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:4000:2], head[1:4000:2]
    if len(odd) >= 8:
        if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
            return "utf-16-le"
        if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
            return "utf-16-be"
    return None


def _pass(stream: BinaryIO, result: Scan) -> int:
    """Fill `result`; the number of chunks that are not UTF-8, where the encoding has one byte a character."""
    wide = "16" in result.encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    broken, length, first, number = 0, 0, b"", 1
    while chunk := stream.read(_CHUNK):
        result.nul = result.nul or (not wide and b"\0" in chunk)
        if (not wide and not broken and not chunk.isascii()) or decoder.getstate()[0]:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                broken += 1
        lines = chunk.count(b"\n")
        head, _, _ = chunk.partition(b"\n")
        if length == 0:
            first = head[:400]
        if length + len(head) > LONGEST_LINE:
            result.long_lines[number] = first.decode("utf-8", "replace").replace("\0", "")[:200]
        if lines:
            number += lines
            length = len(chunk) - chunk.rfind(b"\n") - 1
            first = chunk[len(chunk) - length :][:400]
        else:
            length += len(chunk)
    result.lines = number - 1 + bool(length)
    if decoder.getstate()[0]:
        broken += 1
    return broken


def _eight_bit(stream: BinaryIO) -> str:
    """The likeliest encoding of text that is not UTF-8: UTF-8 with a few broken rows, cp1250, or cp1252."""
    counts: dict[int, int] = {}
    valid = invalid = read = 0
    while (chunk := stream.read(_CHUNK)) and read < 64 * _CHUNK:
        read += len(chunk)
        for line in chunk.split(b"\n"):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                valid += 1
            except UnicodeDecodeError:
                invalid += 1
                for byte in line:
                    if byte >= 0x80:
                        counts[byte] = counts.get(byte, 0) + 1
    if valid > 4 * invalid:
        return "utf-8"
    return max(_LETTERS, key=lambda encoding: max(_likelihood(counts, encoding, letters) for letters in _LETTERS[encoding]))


def _likelihood(counts: dict[int, int], encoding: str, letters: str) -> float:
    """Log likelihood of the high bytes, if the text is in a language with these letters (in order of frequency: Zipf)."""
    weights = {letter: 1 / rank for rank, letter in enumerate(letters, 1)}
    total = sum(weights.values())
    text = ((bytes([byte]).decode(encoding, "replace").lower(), count) for byte, count in counts.items())
    return sum(count * math.log(weights.get(letter, 0.002) / total) for letter, count in text)
