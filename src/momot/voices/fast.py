"""The fast tier: valence of a text from its hashed n-grams, with weights of our own that lie in the package.

Two sums a text, polarity and neutrality, over the n-grams of characters and words; a 3 × 3 calibration makes probabilities of them.
The table is of whole numbers, so a text's score depends on the text alone: not on its batch, on threads or on the machine's BLAS.

Trained by training/voices (see its DATA.md); what it reaches per language is in docs/reference/voices-model.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from momot.voices.grams import chunks, gram_sums, ngram_features

CLASSES: Final = ("negative", "neutral", "positive")


class FastShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `fast.json` holds beside the table. calibration: three classes × (polarity, neutrality, 1)."""

    bits: int
    characters: tuple[int, ...]
    words: tuple[int, ...]
    power: float
    scale: float
    intercept: tuple[float, float]
    calibration: tuple[tuple[float, float, float], ...]
    licence: str


@dataclass(frozen=True, slots=True)
class Fast:
    """A fitted fast tier. table: (2 ** bits, 2) int8, row 0 is nothing; fingerprint: of everything a score depends on."""

    shape: FastShape
    table: NDArray[np.int8]
    fingerprint: str

    def scores(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities of negative, neutral, positive, shape (n, 3); of a blank text a third each.

        `languages` is not looked at: n-grams tell languages apart.
        """
        del languages
        scores = calibrated(self.sums(texts), np.array(self.shape.calibration, dtype=np.float64))
        scores[[not text.strip() for text in texts]] = 1 / 3
        return scores

    def sums(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Polarity and neutrality of each text before calibration, shape (n, 2)."""
        shape, pieces = self.shape, [np.zeros((0, 2))]
        for start, end in chunks(texts):
            grams = ngram_features(texts[start:end], characters=shape.characters, words=shape.words, bits=shape.bits)
            length = np.maximum(grams.counts, 1).astype(np.float64) ** shape.power
            pieces.append(gram_sums(grams, self.table) * shape.scale / length[:, None] + np.array(shape.intercept))
        return np.concatenate(pieces)


def calibrated(sums: NDArray[np.float64], calibration: NDArray[np.float64]) -> NDArray[np.float32]:
    """Softmax of calibration (3, 3) applied to (polarity, neutrality, 1), row by row and without BLAS, (n, 3)."""
    logits = sums[:, :1] * calibration[:, 0] + sums[:, 1:2] * calibration[:, 1] + calibration[:, 2]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


@lru_cache(maxsize=1)
def load_fast() -> Fast:
    """The fast tier of the package, read once."""
    folder = resources.files("momot.voices") / "weights"
    described = (folder / "fast.json").read_bytes()
    packed = (folder / "fast.npz").read_bytes()
    with (folder / "fast.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        table = arrays["table"]
    table.setflags(write=False)
    fingerprint = "fast-" + hashlib.sha256(described + packed).hexdigest()[:16]
    return Fast(msgspec.json.decode(described, type=FastShape), table, fingerprint)
