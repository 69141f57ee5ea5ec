"""Texts to hashed n-grams of characters and words, a whole batch at once.

Every text becomes UTF-32 code points between two spaces; a polynomial hash rolls over them, so that no Python runs per n-gram. A slot
depends on its n-gram alone: neither on the other texts of a batch nor on the machine. Sums are of integers, and therefore exact.

Papers: Karp & Rabin 1987 (rolling hash); Weinberger et al. 2009 (hashed features).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

CHARACTERS: Final = (1, 2, 3, 4, 5)
WORDS: Final = (1, 2)
BITS: Final = 20
_BASE: Final = 0x01000193 | 1  # odd: it has an inverse modulo 2³²
_INVERSE: Final = pow(_BASE, -1, 1 << 32)
_MIX: Final = 0x9E3779B1
_BMP: Final = 0x10000
_ZEROS: Final = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0xFF10)
_CHUNK: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a batch of texts.

    slots: (kinds, positions) int64, the slot of the n-gram of each kind that ends at each code point; 0 where none ends there.
    starts: (texts,) int64, the position at which each text begins. counts: (texts,) int64, n-grams in each.
    """

    slots: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]


def ngram_features(
    texts: Sequence[str], *, characters: Sequence[int] = CHARACTERS, words: Sequence[int] = WORDS, bits: int = BITS
) -> Grams:
    """The hashed n-grams of `texts`, lower-cased, digits made 0, runs of one character cut to two. Slots are in [0, 2 ** bits)."""
    codes, starts = _code_points(texts)
    within = np.arange(len(codes), dtype=np.int64) - np.repeat(starts, np.diff(np.append(starts, len(codes))))
    rows = [*_character_slots(codes, within, characters, bits), *_word_slots(codes, within, words, bits)]
    slots = np.stack(rows) if rows else np.zeros((0, len(codes)), dtype=np.int64)
    counts = np.add.reduceat((slots > 0).sum(axis=0), starts) if len(starts) else np.zeros(0, dtype=np.int64)
    return Grams(slots, starts, counts.astype(np.int64))


def gram_sums(grams: Grams, table: NDArray[np.int8]) -> NDArray[np.int64]:
    """Sum of the rows of `table` (slots, k) over the n-grams of each text, (texts, k): exact, since of integers. Row 0 has to be 0."""
    if not len(grams.starts):
        return np.zeros((0, table.shape[1]), dtype=np.int64)
    held = np.zeros((grams.slots.shape[1], table.shape[1]), dtype=np.int32)
    for slots in grams.slots:
        held += table[slots]
    return np.add.reduceat(held, grams.starts, axis=0, dtype=np.int64)


def chunks(texts: Sequence[str], *, size: int = _CHUNK) -> list[tuple[int, int]]:
    """Consecutive pieces of `texts` of some `size` characters each (a longer text is a piece of its own), as (from, to)."""
    pieces, start, held = [], 0, 0
    for index, text in enumerate(texts):
        if held and held + len(text) > size:
            pieces.append((start, index))
            start, held = index, 0
        held += len(text) + 2
    return [*pieces, (start, len(texts))] if len(texts) else []


def _code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    lowered = [text.lower() for text in texts]
    raw = np.frombuffer("".join(f" {text} " for text in lowered).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
    lengths = np.fromiter((len(text) + 2 for text in lowered), dtype=np.int64, count=len(lowered))
    starts = np.cumsum(lengths) - lengths
    codes = np.where(raw < _BMP, _folded()[np.minimum(raw, _BMP - 1)], raw)
    same = np.zeros(len(codes), dtype=bool)
    same[2:] = (codes[2:] == codes[1:-1]) & (codes[2:] == codes[:-2])
    same[starts] = False
    same[starts + 1] = False  # every text has at least its two spaces
    if same.any():
        dropped = np.concatenate([[0], np.cumsum(same)])
        starts = starts - dropped[starts]
        codes = codes[~same]
    return codes, starts


def _character_slots(codes: NDArray[np.uint32], within: NDArray[np.int64], orders: Sequence[int], bits: int) -> list[NDArray[np.int64]]:
    rows, rolling = [], np.zeros(len(codes), dtype=np.uint32)
    for order in range(1, max(orders, default=0) + 1):
        before = np.concatenate([np.zeros(1, dtype=np.uint32), rolling[:-1]]) if len(rolling) else rolling
        rolling = before * np.uint32(_BASE) + (codes + np.uint32(1))
        if order in orders:
            rows.append(_slot(rolling, order, bits) * (within >= order - 1))
    return rows


def _word_slots(codes: NDArray[np.uint32], within: NDArray[np.int64], orders: Sequence[int], bits: int) -> list[NDArray[np.int64]]:
    if not orders or not len(codes):
        return []
    letter = (codes >= _BMP) | _letters()[np.minimum(codes, _BMP - 1)]
    edges = np.diff(np.concatenate([[False], letter, [False]]).astype(np.int8))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1  # a text begins and ends with a space
    text = np.cumsum(within == 0)[first]
    hashes = np.zeros(len(first), dtype=np.uint32)
    for piece in range(0, len(first), 1 << 16):  # powers are counted from each piece's first letter
        a, b = first[piece : piece + (1 << 16)], last[piece : piece + (1 << 16)]
        hashes[piece : piece + (1 << 16)] = _spans(codes[a[0] : b[-1] + 1], a - a[0], b - a[0])
    rows, rolling = [], np.zeros(len(first), dtype=np.uint32)
    for order in range(1, max(orders) + 1):
        before = np.concatenate([np.zeros(1, dtype=np.uint32), rolling[:-1]]) if len(rolling) else rolling
        rolling = before * np.uint32(_BASE) + (hashes ^ np.uint32(_MIX))
        if order in orders:
            alone = np.zeros(len(first), dtype=bool)
            alone[order - 1 :] = text[order - 1 :] == text[: len(text) - order + 1] if len(text) >= order else False
            row = np.zeros(len(codes), dtype=np.int64)
            row[last] = _slot(rolling, 16 + order, bits) * alone
            rows.append(row)
    return rows


def _spans(codes: NDArray[np.uint32], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Hash of codes[first : last + 1] for each pair: differences of prefix sums, moved to a common power."""
    powers, inverse = _powers(len(codes))
    sums = np.concatenate([np.zeros(1, dtype=np.uint32), np.cumsum((codes + np.uint32(1)) * powers, dtype=np.uint32)])
    return np.asarray((sums[last + 1] - sums[first]) * inverse[first])


def _powers(count: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    size = 1 << max(count - 1, 1).bit_length()
    powers, inverse = _all_powers(size)
    return powers[:count], inverse[:count]


@lru_cache(maxsize=4)
def _all_powers(size: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    ones = np.full(size, _BASE, dtype=np.uint32), np.full(size, _INVERSE, dtype=np.uint32)
    for row in ones:
        row[0] = 1
    return np.cumprod(ones[0], dtype=np.uint32), np.cumprod(ones[1], dtype=np.uint32)


def _slot(hashes: NDArray[np.uint32], kind: int, bits: int) -> NDArray[np.int64]:
    mixed = hashes ^ np.uint32((kind * 0x85EBCA6B) & 0xFFFFFFFF)
    mixed = mixed ^ (mixed >> np.uint32(15))
    mixed = mixed * np.uint32(_MIX)
    mixed = mixed ^ (mixed >> np.uint32(13))
    mixed = mixed * np.uint32(0xC2B2AE35)
    return np.maximum((mixed >> np.uint32(32 - bits)).astype(np.int64), 1)


@lru_cache(maxsize=1)
def _folded() -> NDArray[np.uint32]:
    """Code point to code point below 2¹⁶: white space to one space, digits of any script to 0."""
    table = np.arange(_BMP, dtype=np.uint32)
    table[[code for code in range(_BMP) if chr(code).isspace()]] = 32
    table[0x30:0x3A] = 0x30
    for zero in _ZEROS:
        table[zero : zero + 10] = 0x30
    return table


@lru_cache(maxsize=1)
def _letters() -> NDArray[np.bool_]:
    """Which code points below 2¹⁶ belong to words: letters, marks, digits, other symbols (emoji)."""
    return np.array([unicodedata.category(chr(code))[0] in "LMN" or unicodedata.category(chr(code)) == "So" for code in range(_BMP)])
