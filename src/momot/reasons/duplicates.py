"""Near-duplicates: retweets, pasted complaints. MinHash of word triples, candidates by bands (Broder 1997; Leskovec et al. 2014)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from momot.reasons.phrases import UNDIVIDED
from momot.voices.words import words

ALIKE = 0.875
"""Share of equal signature entries from which two texts are the same one."""
_BANDS, _ROWS = 8, 4
_RUN, _RUN_OF_LETTERS = 3, 6  # words, or letters of scripts without spaces, that stand side by side
_LETTERS = 40  # of such scripts
_BLOCK = 50_000  # texts
_LEAST = 10  # words; shorter ones may be the same by chance


def originals(texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.int64]:
    """For each text the place of the first one that it repeats, (texts,); its own where it repeats none.

    A text of fewer than ten words repeats none: many people say "the parcel came too late", and each of them means it.
    """
    number = len(texts)
    keys = -1 - np.arange(number)
    signatures = np.zeros((number, _BANDS * _ROWS), dtype=np.uint32)
    long = np.zeros(number, dtype=bool)
    for begin in range(0, number, _BLOCK):
        shingles: list[NDArray[np.uint64]] = []
        held: list[int] = []
        for place in range(begin, min(begin + _BLOCK, number)):
            undivided = languages[place] in UNDIVIDED
            said = list("".join(texts[place].lower().split())) if undivided else words(texts[place], languages[place])
            if len(said) < (_LETTERS if undivided else _LEAST):
                continue
            run = _RUN_OF_LETTERS if undivided else _RUN
            keys[place] = int.from_bytes(blake2b(" ".join(said).encode(), digest_size=8).digest()) >> 1
            here = {zlib.crc32(" ".join(said[start : start + run]).encode()) for start in range(len(said) - run + 1)}
            shingles.append(np.array(sorted(here), dtype=np.uint64))
            held.append(place)
        if held:
            signatures[held] = _signatures(np.concatenate(shingles), np.array([len(here) for here in shingles]))
            long[held] = True
    _, first, equal = np.unique(keys, return_index=True, return_inverse=True)
    found = first[equal].astype(np.int64)
    unequal = np.flatnonzero(long & (found == np.arange(number)))
    if len(unequal) > 1:
        found[unequal] = unequal[_first_alike(signatures[unequal])]
        found = found[found]  # of equal texts, what their first one repeats
    return found


def _signatures(shingles: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.uint32]:
    """(texts, bands x rows): the least of each of so many hashes over the shingles of a text, of which it has `lengths`."""
    mixed = _mixed(shingles)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    made = np.zeros((len(lengths), _BANDS * _ROWS), dtype=np.uint32)
    for column in range(_BANDS * _ROWS):
        hashed = _mixed(mixed ^ _mixed(np.array([column + 1], dtype=np.uint64)))
        made[:, column] = np.minimum.reduceat(hashed, starts) >> np.uint64(32)
    return made


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea & Flood 2014): every bit of a number depends on all of them; products wrap."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _first_alike(signatures: NDArray[np.uint32]) -> NDArray[np.int64]:
    """For each row the first row that it is alike to and that is alike to none before it; itself where there is none.

    No row is a copy of a copy: chains of texts that each differ a little from the last would make one of all.
    """
    number = len(signatures)
    found = np.arange(number)
    for band in range(_BANDS):
        part = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
        _, first, group = np.unique(part.view(f"V{part.itemsize * _ROWS}").ravel(), return_index=True, return_inverse=True)
        head = first[group]
        pairs = np.flatnonzero(head != np.arange(number))
        alike = (signatures[pairs] == signatures[head[pairs]]).mean(axis=1) >= ALIKE
        np.minimum.at(found, pairs[alike], head[pairs[alike]])
    while np.any(found[found] != found):  # what is alike to a copy stands by itself unless it is alike to the original
        copies = np.flatnonzero(found[found] != found)
        original = found[found[copies]]
        alike = (signatures[copies] == signatures[original]).mean(axis=1) >= ALIKE
        found[copies] = np.where(alike, original, copies)
    return found
