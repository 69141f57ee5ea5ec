"""Heads fitted on labels of a user's own: what the shipped heads say, and what the words and vectors of these texts add to it.

A multinomial logistic regression with an L2 penalty, chosen by cross-validation; the logarithms of the shipped scores enter with a weight
of their own, so that few labels change little and many change what is wrong (stacking, Wolpert 1992).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from momot.voices.grams import ngram_features
from momot.voices.measured import Measured, measured

FILE: Final = "voices-tuned.npz"
_BITS: Final = 14
_PENALTIES: Final = (0.003, 0.01, 0.03, 0.1)
_FOLDS: Final = 5
_LEAST: Final = 1e-4
_SHARE_OF_SCORES: Final = 0.05  # penalty of the weights of the shipped scores, as a share of that of the others

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    """One fitted head. weights: (features, classes); scores: (k, classes), of the shipped scores; `dim` 0: without vectors."""

    classes: tuple[int, ...]
    scores: Floats
    weights: Floats
    intercept: Floats
    idf: Floats
    dim: int

    def told(self, texts: Sequence[str], shipped: NDArray[np.float32], vectors: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """Probabilities of all k classes, (n, k); of one without a label 0."""
        features = _features(texts, vectors if self.dim else None, self.idf)
        logits = _logs(shipped) @ self.scores + features @ self.weights + self.intercept
        made = np.zeros((len(texts), shipped.shape[1]), dtype=np.float32)
        made[:, list(self.classes)] = _softmax(np.asarray(logits))
        return made


@dataclass(frozen=True, slots=True)
class Fitted:
    """Heads fitted on a user's labels, by what they tell: "valence" or "suggestion", and "plain", or "rich" where a text has vectors."""

    heads: Mapping[str, Head]

    @property
    def fingerprint(self) -> str:
        """Of all that a score depends on."""
        parts = [
            (name, head.scores.tobytes(), head.weights.tobytes(), head.intercept.tobytes()) for name, head in sorted(self.heads.items())
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def moves_valence(self) -> bool:
        """Whether labels of polarity are among them."""
        return "valence.plain" in self.heads

    def scores(self, texts: Sequence[str], scores: NDArray[np.float32], vectors: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """Probabilities of negative, neutral, positive, (n, 3), from the shipped ones."""
        return self._told("valence", texts, scores, vectors)

    def suggestions(
        self, texts: Sequence[str], suggestion: NDArray[np.float32], vectors: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """How much each text suggests something, (n,), from what the shipped head says."""
        return self._told("suggestion", texts, np.stack([1 - suggestion, suggestion], axis=1), vectors)[:, 1]

    def _told(
        self, what: str, texts: Sequence[str], shipped: NDArray[np.float32], vectors: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """Row by row, so that a text has the same score in any batch; as shipped where nothing was labelled."""
        head = (self.heads.get(f"{what}.rich") if vectors is not None else None) or self.heads.get(f"{what}.plain")
        if head is None or not len(texts):
            return shipped
        rows = [
            head.told(texts[row : row + 1], shipped[row : row + 1], None if vectors is None else vectors[row : row + 1])
            for row in range(len(texts))
        ]
        return np.concatenate(rows)


def fit(
    what: str,
    texts: Sequence[str],
    labels: NDArray[np.intp],
    names: Sequence[str],
    fast: NDArray[np.float32],
    semantic: NDArray[np.float32] | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> tuple[dict[str, Head], Measured]:
    """Heads that tell `what`, for `labels` (n,), codes of `names`, from the shipped scores (n, k) of each tier and the vectors (n, dim).

    Texts are normalised. The same labels give the same heads. `semantic` goes with `vectors`.
    """
    plain, held = _fit(texts, labels, fast, None)
    heads, best = {f"{what}.plain": plain}, fast
    if semantic is not None:
        heads[f"{what}.rich"], held = _fit(texts, labels, semantic, vectors)
        best = semantic
    classes = np.unique(labels)
    before = classes[np.argmax(best[:, classes], axis=1)]
    return heads, measured(labels, before, held, names)


def write_tuned(home: Path, heads: Mapping[str, Head]) -> Path:
    """Keep heads in a `.momot` folder, beside those that tell something else, whole or not at all."""
    known = read_tuned(home)
    kept = {**(known.heads if known is not None else {}), **heads}
    arrays = {f"{name}/{part}": np.asarray(getattr(head, part)) for name, head in kept.items() for part in Head.__dataclass_fields__}
    home.mkdir(exist_ok=True)
    partial = home / f"tmp-{os.getpid()}.npz"
    np.savez_compressed(partial, allow_pickle=False, **arrays)
    partial.replace(home / FILE)
    return home / FILE


def read_tuned(home: Path) -> Fitted | None:
    """The heads of a `.momot` folder; None where nothing was labelled."""
    if not (home / FILE).exists():
        return None
    with np.load(home / FILE, allow_pickle=False) as kept:
        return Fitted({name: _head(kept, name) for name in sorted({key.partition("/")[0] for key in kept})})


def _head(kept: Any, name: str) -> Head:
    part = {field: kept[f"{name}/{field}"] for field in Head.__dataclass_fields__}
    return Head(tuple(map(int, part.pop("classes"))), dim=int(part.pop("dim")), **part)


def _fit(texts: Sequence[str], labels: NDArray[np.intp], shipped: NDArray[np.float32], vectors: Any) -> tuple[Head, NDArray[np.intp]]:
    """The head with the penalty that tells held-out labels best, and what heads with it, fitted without a text's fold, say of each."""
    idf = _idf(texts)
    features, logs, classes = _features(texts, vectors, idf), _logs(shipped), np.unique(labels)
    places, folds = np.searchsorted(classes, labels), _folds(texts)
    tried = [_held_out(features, logs, places, folds, len(classes), penalty) for penalty in _PENALTIES]
    losses = [-float(np.log(np.maximum(told[np.arange(len(told)), places], _LEAST)).mean()) for told in tried]
    best = int(np.argmin(losses))
    scores, weights, intercept = _solve(features, logs, places, len(classes), _PENALTIES[best])
    head = Head(tuple(map(int, classes)), scores, weights, intercept, idf, 0 if vectors is None else vectors.shape[1])
    return head, classes[np.argmax(tried[best], axis=1)]


def _held_out(features: Any, logs: Floats, places: NDArray[np.intp], folds: NDArray[np.int64], classes: int, penalty: float) -> Floats:
    """Probabilities (n, classes), each row by a head that was fitted without its fold."""
    told = np.full((len(places), classes), 1 / classes)
    for fold in range(_FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(test) and len(train):
            told[test] = _softmax(
                _logits(_solve(features[train], logs[train], places[train], classes, penalty), features[test], logs[test])
            )
    return told


def _solve(features: Any, logs: Floats, places: NDArray[np.intp], classes: int, penalty: float) -> tuple[Floats, Floats, Floats]:
    """Weights of the shipped scores, of the features, and intercepts, by L-BFGS."""
    rows, wide = features.shape
    target = np.zeros((rows, classes))
    target[np.arange(rows), places] = 1.0
    width = logs.shape[1]
    start = np.zeros((width + wide + 1, classes))

    def loss(flat: Floats) -> tuple[float, Floats]:
        held = flat.reshape(start.shape)
        told = _softmax(_logits((held[:width], held[width:-1], held[-1]), features, logs))
        gap = (told - target) / rows
        value = -float(np.log(np.maximum(told[np.arange(rows), places], 1e-12)).mean())
        value += penalty / 2 * (float((held[width:-1] ** 2).sum()) + _SHARE_OF_SCORES * float((held[:width] ** 2).sum()))
        slope = np.concatenate(
            [logs.T @ gap + penalty * _SHARE_OF_SCORES * held[:width], features.T @ gap + penalty * held[width:-1], gap.sum(axis=0)[None]]
        )
        return value, slope.ravel()

    solved = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x.reshape(start.shape)
    return solved[:width], solved[width:-1], solved[-1]


def _logits(solved: tuple[Floats, Floats, Floats], features: Any, logs: Floats) -> Floats:
    return np.asarray(logs @ solved[0] + features @ solved[1] + solved[2], dtype=np.float64)


def _features(texts: Sequence[str], vectors: Any, idf: Floats) -> csr_array:
    """(n, slots [+ dim]): hashed n-grams that occur, weighted by rarity, rows of length one; beside them the vectors."""
    grams = _occurring(texts)
    weighted = csr_array((idf[grams.indices], grams.indices, grams.indptr), shape=grams.shape)
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scaled = csr_array(
        (weighted.data / np.repeat(np.maximum(norms, 1e-9), np.diff(weighted.indptr)), weighted.indices, weighted.indptr),
        shape=weighted.shape,
    )
    if vectors is None:
        return scaled
    from scipy.sparse import hstack

    return csr_array(hstack([scaled, csr_array(np.asarray(vectors, dtype=np.float64) * 2.0)], format="csr"))


def _occurring(texts: Sequence[str]) -> csr_array:
    """(n, slots) of ones: words, pairs of words, and runs of three to five characters."""
    grams = ngram_features(texts, characters=(3, 4, 5), words=(1, 2), bits=_BITS)
    ends = np.append(grams.starts[1:], grams.slots.shape[1])
    found = []
    for start, end in zip(grams.starts, ends, strict=True):
        slots = np.unique(grams.slots[:, start:end])
        found.append(slots[slots > 0])
    starts = np.concatenate([[0], np.cumsum([len(slots) for slots in found])])
    indices = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return csr_array((np.ones(len(indices)), indices, starts), shape=(len(texts), 1 << _BITS))


def _idf(texts: Sequence[str]) -> Floats:
    held = np.bincount(_occurring(texts).indices, minlength=1 << _BITS)
    return np.asarray(np.log((1 + len(texts)) / (1 + held)), dtype=np.float64)


def _logs(shipped: NDArray[np.float32]) -> Floats:
    return np.log(np.maximum(np.asarray(shipped, dtype=np.float64), _LEAST))


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def _folds(texts: Sequence[str]) -> NDArray[np.int64]:
    """By hash of the text, so that equal texts stay together."""
    return np.array([int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % _FOLDS for text in texts], dtype=np.int64)
