"""py3langid's naive Bayes over byte n-grams, a whole batch of texts at once.

Its own reader walks one text at a time through an automaton of a hundred thousand n-grams. Here all texts of a batch take a step
together, and what each n-gram says of each language is a whole number: sums are exact, so a text's scores depend on the text alone.

Papers: Lui & Baldwin 2011, 2012 (langid.py); Barbaresi 2021 (py3langid).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

BYTES: Final = 480
"""Bytes that are read of one text, from its beginning."""
FOLDED: Final = {"nn": "no", "wuu": "zh", "yue": "zh", "arz": "ar", "ary": "ar", "uzs": "uz"}
"""Codes that are read as the language they are written like."""
KNOWN: Final = 97
ALSO: Final = frozenset(("an", "dz", "fo", "lb", "mt", "oc", "rw", "se", "tg", "tk", "tt", "vo", "wa"))
"""Its first 97 codes and these are told; the others are rarely written and often mistaken for them."""
NO_LANGUAGE: Final = "zxx"
_FINE: Final = 256


@dataclass(frozen=True, slots=True)
class Bayes:
    """The model as arrays.

    after: next state at base[state] + byte; says: (states,) row of `table`, 0 where a state says nothing; table: (n-grams + 1, columns)
    int16, row 0 nothing; prior: (columns,); columns: of each language, since some are written in two scripts.
    """

    languages: tuple[str, ...]
    after: NDArray[np.int32]
    base: NDArray[np.int32]
    says: NDArray[np.int32]
    table: NDArray[np.int16]
    prior: NDArray[np.float64]
    columns: tuple[tuple[int, ...], ...]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Log posterior of each language by the square root of the bytes, (texts, languages): that keeps it calibrated across lengths."""
        encoded = [(text.lower() if text.isupper() else text)[:BYTES].encode("utf-8", "replace")[:BYTES] for text in texts]
        lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
        order = np.argsort(-lengths, kind="stable")
        ordered = lengths[order]
        raw = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        starts = (np.cumsum(lengths) - lengths)[order]
        sums = np.zeros((len(encoded), self.table.shape[1]), dtype=np.int32)
        state = np.zeros(len(encoded), dtype=np.int32)
        active = np.searchsorted(-ordered, -np.arange(ordered.max(initial=0)), side="left")
        for step, count in enumerate(active):
            state = self.after[self.base[state[:count]] + raw[starts[:count] + step]]
            said = self.says[state]
            hit = np.flatnonzero(said)
            sums[hit] += self.table[said[hit]]
        back = np.empty_like(sums)
        back[order] = sums
        raised = back / (_FINE * np.sqrt(np.maximum(lengths, 1)))[:, None] + self.prior / np.sqrt(np.maximum(lengths, 1))[:, None]
        scores = np.stack([raised[:, held].max(axis=1) for held in map(list, self.columns)], axis=1)
        return np.ascontiguousarray(scores)


@lru_cache(maxsize=1)
def load_bayes() -> Bayes:
    """The model in the package py3langid, read once; nothing is fetched."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    names = list(model.nb_classes)
    codes = [FOLDED.get(code, code if index < KNOWN or code in ALSO else "") for index, code in enumerate(names)]
    languages = sorted({code for code in codes if code and code != NO_LANGUAGE})
    kept = [index for index, code in enumerate(codes) if code in languages]
    table = np.zeros((len(model.nb_ptc) + 1, len(kept)), dtype=np.int16)
    weights = np.asarray(model.nb_ptc, dtype=np.float32)[:, kept]
    table[1:] = np.rint((weights - weights.mean(axis=1, keepdims=True)) * _FINE)
    after = np.frombuffer(memoryview(model.tk_nextmove), dtype=np.dtype(f"u{model.tk_nextmove.itemsize}")).astype(np.int32)
    base = np.frombuffer(memoryview(model.tk_row), dtype=np.dtype(f"u{model.tk_row.itemsize}")).astype(np.int32) * 256
    says = np.asarray(model.tk_output, dtype=np.int32) + 1
    columns = tuple(tuple(place for place, index in enumerate(kept) if codes[index] == code) for code in languages)
    prior = np.asarray(model.nb_pc, dtype=np.float64)[kept]
    return Bayes(tuple(languages), after, base, says, table, prior, columns)
