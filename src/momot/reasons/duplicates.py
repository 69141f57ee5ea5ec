"""Near-duplicates: retweets, pasted complaints. MinHash of word triples, candidates by bands (Broder 1997; Leskovec et al. 2014)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from momot.voices.words import words

ALIKE = 0.8
"""Share of equal signature entries from which two texts are the same one."""
_BANDS, _ROWS = 8, 4
_LEAST = 5  # words; shorter texts are the same only where they are equal
_PRIME = np.uint64((1 << 61) - 1)


def originals(texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.int64]:
    """For each text the place of the first one that it repeats, (texts,); its own where it repeats none.

    Short texts repeat each other only where all their words are equal and there are more than two: many people say "very good".
    """
    shingles: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    keys = np.zeros(len(texts), dtype=np.int64)
    for place, (text, language) in enumerate(zip(texts, languages, strict=True)):
        said = words(text, language)
        keys[place] = zlib.crc32(" ".join(said).encode()) | (len(said) << 32) if len(said) > 2 else -place - 1
        if len(said) >= _LEAST:
            here = {zlib.crc32(" ".join(said[start : start + 3]).encode()) for start in range(len(said) - 2)}
            shingles.extend(sorted(here))
            lengths[place] = len(here)
    _, first, equal = np.unique(keys, return_index=True, return_inverse=True)
    found = first[equal].astype(np.int64)
    long = np.flatnonzero((lengths > 0) & (found == np.arange(len(texts))))
    if len(long) > 1:
        signatures = _signatures(np.array(shingles, dtype=np.uint64), lengths)[long]
        found[long] = long[_first_alike(signatures)]
        found = found[found]  # of equal texts, what their first one repeats
    return found


def _signatures(shingles: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.uint32]:
    """(texts, bands x rows): the least of each of so many hashes over the shingles of a text."""
    chance = np.random.default_rng(20_080_619)  # fixed: the hash functions are part of the method
    factors = chance.integers(1, 1 << 31, _BANDS * _ROWS, dtype=np.uint64)
    shifts = chance.integers(0, 1 << 31, _BANDS * _ROWS, dtype=np.uint64)
    held = np.flatnonzero(lengths)
    starts = np.concatenate([[0], np.cumsum(lengths[held])[:-1]])
    made = np.zeros((len(lengths), _BANDS * _ROWS), dtype=np.uint32)
    for column, (factor, shift) in enumerate(zip(factors, shifts, strict=True)):
        hashed = (shingles * factor + shift) % _PRIME
        made[held, column] = np.minimum.reduceat(hashed, starts).astype(np.uint32)
    return made


def _first_alike(signatures: NDArray[np.uint32]) -> NDArray[np.int64]:
    """For each row the first row of its cluster; rows with an equal band are compared with the first of them."""
    number = len(signatures)
    left, right = [], []
    for band in range(_BANDS):
        part = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
        _, first, group = np.unique(part.view(f"V{part.itemsize * _ROWS}").ravel(), return_index=True, return_inverse=True)
        head = first[group]
        pairs = np.flatnonzero(head != np.arange(number))
        alike = (signatures[pairs] == signatures[head[pairs]]).mean(axis=1) >= ALIKE
        left.append(pairs[alike])
        right.append(head[pairs[alike]])
    rows, columns = np.concatenate(left), np.concatenate(right)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(number, number))
    _, cluster = connected_components(graph, directed=False)
    _, first = np.unique(cluster, return_index=True)
    return first[cluster].astype(np.int64)
