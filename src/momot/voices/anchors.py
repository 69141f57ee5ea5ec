"""Anchors: sentences of our own with known valence and intent, in many languages, to fit a head on vectors of any encoder.

They were written for momot (training/voices/anchors) and are under Apache-2.0 like the code.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Intent = Literal["praise", "complaint", "question", "suggestion", "request", "other"]

# what a valence is worth as negative, neutral, positive: nobody is quite sure of any label
SOFT: Final = {1.0: (0.02, 0.06, 0.92), -1.0: (0.92, 0.06, 0.02), 0.0: (0.05, 0.90, 0.05), -0.3: (0.50, 0.44, 0.06)}


class Anchor(msgspec.Struct, frozen=True):
    """One sentence. valence: −1, −0.3 (something is wanting), 0 or 1; suggestion and urgency: 0-1; language: ISO 639-1."""

    text: str
    language: str
    valence: float
    intent: Intent
    suggestion: float = 0.0
    urgency: float = 0.0


@lru_cache(maxsize=1)
def load_anchors() -> tuple[Anchor, ...]:
    """All anchors of the package, in the order of its file."""
    file = resources.files("momot.voices") / "weights" / "anchors.jsonl"
    return tuple(msgspec.json.decode(line, type=Anchor) for line in file.read_bytes().splitlines() if line.strip())


def soft_labels(anchors: tuple[Anchor, ...]) -> NDArray[np.float64]:
    """Probabilities of negative, neutral, positive to fit to, shape (n, 3)."""
    return np.array([SOFT[anchor.valence] for anchor in anchors], dtype=np.float64).reshape(-1, 3)
