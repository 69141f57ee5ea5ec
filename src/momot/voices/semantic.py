"""The semantic tier: valence and suggestions from an encoder's vectors, pooled with the fast tier and the cues.

A head (softmax regression) on centred vectors gives one opinion, the fast tier another; they are pooled log-linearly (Genest & Zidek
1986) with weights found on held-out texts. For the encoder that the package was trained with the head is shipped; for any other it is
fitted at first use on the package's own anchors.

Whether a text suggests something is told by a second head, a logistic regression on the same vectors and what the cues say.

No sum runs over several texts, so a text's score depends neither on its batch nor on threads.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from momot.voices.anchors import load_anchors, soft_labels
from momot.voices.intent import load_intents

if TYPE_CHECKING:
    from momot.voices.encoder import Encoder

ON_ANCHORS: Final = {"head": 0.8, "fast": 0.7}  # how far each opinion counts where the head saw only anchors
_PENALTY: Final = 0.1  # strong: weaker ones fit the anchors better, and the texts of others worse
_PENALTY_OF_CUES: Final = 1e-3
_SUGGESTIONS_COUNT: Final = 15.0  # each as much as so many other sentences, which are thirty times as many
_LEAST: Final = 1e-6
_FITTED: dict[str, Semantic] = {}


class Pooling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `semantic.json` holds: how much head and fast tier count, what is added per class, and whose vectors the head reads."""

    encoder: str
    head: float
    fast: float
    bias: tuple[float, float, float]
    licence: str


@dataclass(frozen=True, slots=True)
class Semantic:
    """Heads on vectors. mean: (dim,); weights: (3, dim); intercept: (3,); fingerprint: of everything a score depends on.

    suggests: (dim + 2,), weights of the centred vector, of the cues' score, and an intercept.
    """

    mean: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: NDArray[np.float64]
    suggests: NDArray[np.float64]
    pooling: Pooling
    fingerprint: str

    @property
    def shipped(self) -> bool:
        """Whether it is the head that the package was measured with."""
        return self.fingerprint == _shipped().fingerprint

    def scores(self, vectors: NDArray[np.float32], fast: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of negative, neutral, positive, (n, 3), from vectors (n, dim) and the fast tier's (n, 3).

        A row of zeros, the vector of a blank text, leaves the fast tier's opinion as it is.
        """
        vectors, fast = np.asarray(vectors, dtype=np.float64), np.asarray(fast, dtype=np.float64)
        centred = vectors - self.mean
        # class by class along rows: no BLAS, whose sums depend on the shape of the batch
        logits = np.stack([(centred * row).sum(axis=1) for row in self.weights], axis=1) + self.intercept
        pooled = self.pooling.head * _log_softmax(logits) + self.pooling.fast * np.log(np.maximum(fast, _LEAST))
        pooled = pooled + np.array(self.pooling.bias)
        found = np.exp(_log_softmax(pooled))
        blank = ~vectors.any(axis=1)
        found[blank] = fast[blank]
        return found.astype(np.float32)

    def suggestions(self, vectors: NDArray[np.float32], cues: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far texts suggest something, 0-1, (n,), from vectors (n, dim) and the cues' scores (n,); a blank text keeps the cues'."""
        vectors, cues = np.asarray(vectors, dtype=np.float64), np.asarray(cues, dtype=np.float64)
        logits = ((vectors - self.mean) * self.suggests[:-2]).sum(axis=1) + cues * self.suggests[-2] + self.suggests[-1]
        return np.where(vectors.any(axis=1), 1 / (1 + np.exp(-logits)), cues).astype(np.float32)


def load_semantic(encoder: Encoder) -> Semantic:
    """The shipped head where `encoder` is the one it was trained for; else a head fitted, once a process, on the anchors."""
    shipped = _shipped()
    if encoder.fingerprint == shipped.pooling.encoder:
        return shipped
    if encoder.fingerprint not in _FITTED:
        _FITTED[encoder.fingerprint] = fitted(encoder)
    return _FITTED[encoder.fingerprint]


def fitted(encoder: Encoder) -> Semantic:
    """A head for any encoder, fitted on the anchors: some seconds of arithmetic, and as many texts to embed as there are anchors."""
    anchors = load_anchors()
    vectors = encoder.embed([anchor.text for anchor in anchors])
    mean, weights, intercept = regressed(vectors, soft_labels(anchors), np.ones(len(anchors)))
    suggests = suggesting(vectors, mean)
    pooling = Pooling(encoder.fingerprint, ON_ANCHORS["head"], ON_ANCHORS["fast"], (0.0, 0.0, 0.0), "Apache-2.0")
    told = b"".join(
        [encoder.fingerprint.encode(), mean.tobytes(), weights.tobytes(), intercept.tobytes(), suggests.tobytes(), repr(pooling).encode()]
    )
    return Semantic(mean, weights, intercept, suggests, pooling, "semantic-" + hashlib.sha256(told).hexdigest()[:16])


def regressed(
    vectors: NDArray[np.float32], soft: NDArray[np.float64], weight: NDArray[np.float64], *, penalty: float = _PENALTY
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Softmax regression on centred vectors with an L2 penalty, by L-BFGS: mean (dim,), weights (3, dim), intercept (3,).

    vectors: (n, dim); soft: (n, 3), the probabilities to fit; weight: (n,).
    """
    shares = weight / weight.sum()
    mean = (vectors * shares[:, None]).sum(axis=0, dtype=np.float64)
    spread = float(np.sqrt((((vectors - mean) ** 2).sum(axis=1) * shares).sum() / vectors.shape[1])) or 1.0
    x = (vectors - mean) / spread
    dim = x.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = flat[:-3].reshape(3, dim), flat[-3:]
        log = _log_softmax(x @ w.T + b)
        error = (np.exp(log) - soft) * shares[:, None]
        cost = -float((shares[:, None] * soft * log).sum()) + penalty / 2 * float((w * w).sum())
        return cost, np.concatenate([(error.T @ x + penalty * w).ravel(), error.sum(axis=0)])

    found = minimize(loss, np.zeros(3 * dim + 3), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return mean, found[:-3].reshape(3, dim) / spread, found[-3:]


def suggesting(vectors: NDArray[np.float32], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """The head of suggestions, (dim + 2,), fitted to the vectors of all anchors (n, dim), in their order, and what the cues say of each."""
    anchors = load_anchors()
    texts, spoken = [anchor.text for anchor in anchors], [anchor.language for anchor in anchors]
    cues = load_intents().read(texts, spoken, np.zeros(len(anchors), dtype=np.float32)).suggestion.astype(np.float64)
    labels = np.array([anchor.intent == "suggestion" for anchor in anchors], dtype=np.float64)
    shares = np.where(labels > 0, _SUGGESTIONS_COUNT, 1.0)
    shares /= shares.sum()
    centred = vectors - mean
    spread = float(np.sqrt((centred**2).mean())) or 1.0
    x = np.column_stack([centred / spread, cues])
    penalty = np.append(np.full(vectors.shape[1], _PENALTY), _PENALTY_OF_CUES)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = x @ flat[:-1] + flat[-1]
        error = shares * (1 / (1 + np.exp(-logits)) - labels)
        cost = float((shares * (np.logaddexp(0, logits) - labels * logits)).sum() + (penalty * flat[:-1] ** 2).sum() / 2)
        return cost, np.append(x.T @ error + penalty * flat[:-1], error.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return np.append(found[:-2] / spread, found[-2:])


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float64)


@lru_cache(maxsize=1)
def _shipped() -> Semantic:
    folder = resources.files("momot.voices") / "weights"
    described, packed = (folder / "semantic.json").read_bytes(), (folder / "semantic.npz").read_bytes()
    with (folder / "semantic.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        mean, weights, intercept, suggests = (
            np.asarray(arrays[name], dtype=np.float64) for name in ("mean", "weights", "intercept", "suggests")
        )
    fingerprint = "semantic-" + hashlib.sha256(described + packed).hexdigest()[:16]
    return Semantic(mean, weights, intercept, suggests, msgspec.json.decode(described, type=Pooling), fingerprint)
