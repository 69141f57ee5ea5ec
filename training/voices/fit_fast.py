"""Fits the table of the fast tier: softmax regression on hashed n-grams, soft labels, L2 scaled by how rare an n-gram is.

Two numbers a slot: polarity p (added to positive, taken from negative) and neutrality u. A text's sums are divided by
(n-grams in it) ** POWER, so that neither length nor repetition decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from momot.voices.grams import BITS, chunks, ngram_features


def matrix(texts: Sequence[str], *, power: float, bits: int = BITS, **kinds: Sequence[int]) -> csr_matrix:
    """Counts of slots divided by (n-grams of the text) ** power, (texts, 2 ** bits)."""
    parts = []
    for a, b in chunks(texts, size=1 << 20):
        grams = ngram_features(texts[a:b], bits=bits, **kinds)
        text = np.repeat(np.arange(b - a), np.diff(np.append(grams.starts, grams.slots.shape[1])))
        keys = np.concatenate([(text << bits | row)[row > 0] for row in grams.slots])
        found, counts = np.unique(keys, return_counts=True)
        rows = found >> bits
        values = counts / np.maximum(grams.counts, 1)[rows] ** power
        parts.append(csr_matrix((values.astype(np.float32), (rows, found & ((1 << bits) - 1))), shape=(b - a, 1 << bits)))
    return vstack(parts).tocsr()


def fit(
    x: csr_matrix, soft: NDArray[np.float64], weight: NDArray[np.float64], *, penalty: float, rounds: int = 60, rare: int = 2
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (slots, 2) and the two intercepts, by L-BFGS."""
    n = x.shape[0]
    df = np.bincount(x.indices, minlength=x.shape[1])
    kept = np.flatnonzero(df >= rare)
    scale = np.log(n / df[kept])
    small = x[:, kept]
    small = csr_matrix((small.data * scale[small.indices].astype(np.float32), small.indices, small.indptr), shape=small.shape)
    turned = small.T.tocsr()
    total = weight.sum()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = flat[:-2].reshape(-1, 2), flat[-2:]
        z = small @ w.astype(np.float32) + b
        logits = np.stack([-z[:, 0], z[:, 1], z[:, 0]], axis=1)
        logits -= logits.max(axis=1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(axis=1, keepdims=True)
        cost = -(weight[:, None] * soft * np.log(np.maximum(p, 1e-12))).sum() / total + penalty / 2 * (w**2).sum()
        d = weight[:, None] * (p - soft) / total
        dz = np.stack([d[:, 2] - d[:, 0], d[:, 1]], axis=1)
        grad = turned @ dz.astype(np.float32) + penalty * w
        return float(cost), np.concatenate([grad.ravel(), dz.sum(axis=0)]).astype(np.float64)

    found = minimize(loss, np.zeros(2 * len(kept) + 2), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 7})
    table = np.zeros((x.shape[1], 2))
    table[kept] = found.x[:-2].reshape(-1, 2) * scale[:, None]
    table[0] = 0
    return table, found.x[-2:]
