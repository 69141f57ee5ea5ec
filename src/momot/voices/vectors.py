"""Vectors that were computed once: an encoder that remembers, by hash of text and fingerprint, in a folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from momot.voices.encoder import Encoder

BATCH = 256
"""Texts that are embedded before their vectors are written."""


class Remembering:
    """An `Encoder` whose vectors are kept in `folder`, two files a batch: sorted hashes, and vectors as float16.

    A vector is rounded to float16 whether it is new or remembered, so that both give the same scores.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder = encoder
        self.name, self.dim, self.fingerprint = encoder.name, encoder.dim, encoder.fingerprint
        self._folder = folder / f"vectors-{hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:12]}"
        self._hashes: list[NDArray[np.uint64]] = []
        self._vectors: list[NDArray[np.float16]] = []
        for path in sorted(self._folder.glob("*.hashes.npy")):
            self._open(path)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors (n, dim) of the texts; only those never seen are computed."""
        hashes = np.array([_hash(text) for text in texts], dtype=np.uint64)
        found = np.empty((len(texts), self.dim), dtype=np.float16)
        missing = self._fill(hashes, found)
        new, first = np.unique(hashes[missing], return_index=True)
        places = missing[first]
        for start in range(0, len(new), BATCH):
            some = slice(start, start + BATCH)
            self._keep(new[some], self.encoder.embed([texts[place] for place in places[some]]).astype(np.float16))
        if missing.size:
            self._fill(hashes, found)
        return found.astype(np.float32)

    def _fill(self, hashes: NDArray[np.uint64], found: NDArray[np.float16]) -> NDArray[np.intp]:
        """Fill in what is remembered; the places of what is not."""
        missing = np.ones(len(hashes), dtype=bool)
        for known, vectors in zip(self._hashes, self._vectors, strict=True):
            at = np.searchsorted(known, hashes)
            hit = (at < len(known)) & (known[np.minimum(at, len(known) - 1)] == hashes)
            found[hit] = vectors[at[hit]]
            missing &= ~hit
        return np.flatnonzero(missing)

    def _keep(self, hashes: NDArray[np.uint64], vectors: NDArray[np.float16]) -> None:
        """Write a batch, hashes last: a batch without them was interrupted and is not read."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{hashes[0]:016x}-{len(hashes)}"
        for kind, values in (("vectors", vectors), ("hashes", hashes)):
            partial = self._folder / f"tmp-{os.getpid()}-{name}.npy"
            np.save(partial, values)
            partial.replace(self._folder / f"{name}.{kind}.npy")
        self._open(self._folder / f"{name}.hashes.npy")

    def _open(self, path: Path) -> None:
        vectors = np.load(path.with_name(path.name.replace(".hashes.", ".vectors.")), mmap_mode="r")
        self._hashes.append(np.load(path))
        self._vectors.append(vectors)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
