"""What is read from texts, as columns. Grain: one entry a text, in the order given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

POLARITIES = ("negative", "neutral", "positive")
NEGATIVE, NEUTRAL, POSITIVE = range(3)

SCHEMA = pa.schema(
    [
        ("text_id", pa.int64()),
        ("language", pa.string()),
        ("valence", pa.float32()),
        ("polarity", pa.int8()),
        ("abstains", pa.bool_()),
        ("confidence", pa.float32()),
        ("intent", pa.string()),
        ("suggestion", pa.float32()),
        ("urgency", pa.float32()),
        ("semantic", pa.bool_()),
    ]
)
"""Of the columns kept by text, `polarity` as −1, 0, 1."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of one length. `polarity` is an index into `POLARITIES`, the likeliest; where `abstains`, it is too doubtful to be told."""

    language: Sequence[str]  # ISO 639-1, "und" where it can't be told
    scores: NDArray[np.float32]  # (n, 3): probabilities of POLARITIES
    confidence: NDArray[np.float32]  # that the polarity is right
    abstains: NDArray[np.bool_]
    intent: Sequence[str]  # one of `intent.INTENTS`
    suggestion: NDArray[np.float32]  # 0 to 1
    urgency: NDArray[np.float32]  # 0 to 1
    semantic: NDArray[np.bool_]  # whether the semantic tier read it

    @property
    def valence(self) -> NDArray[np.float32]:
        """From −1 to 1: the probability of positive less that of negative."""
        return self.scores[:, POSITIVE] - self.scores[:, NEGATIVE]

    @property
    def polarity(self) -> NDArray[np.intp]:
        """The likeliest polarity."""
        return np.asarray(np.argmax(self.scores, axis=1), dtype=np.intp)

    def __len__(self) -> int:
        return len(self.language)

    def arrow(self, text_ids: Sequence[int]) -> pa.RecordBatch:
        """The columns in `SCHEMA`, one row a text."""
        values = [
            pa.array(text_ids, pa.int64()),
            pa.array(self.language, pa.string()),
            pa.array(self.valence, pa.float32()),
            pa.array((self.polarity - 1).astype(np.int8)),
            pa.array(self.abstains),
            pa.array(self.confidence, pa.float32()),
            pa.array(self.intent, pa.string()),
            pa.array(self.suggestion, pa.float32()),
            pa.array(self.urgency, pa.float32()),
            pa.array(self.semantic),
        ]
        return pa.RecordBatch.from_arrays(values, schema=SCHEMA)
