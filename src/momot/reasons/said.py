"""What was said, as the miner takes it. Grain: one entry a text that somebody said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SUGGESTS = 0.5
"""Of `Said.suggestion`, from which on a text suggests something."""


@dataclass(frozen=True, slots=True)
class Said:
    """Columns of one length. `texts` are normalised (`voices.normalise`); they are masked when they are quoted, not before."""

    texts: Sequence[str]
    languages: Sequence[str]  # ISO 639-1
    persons: NDArray[np.int64]  # who said it; whoever is not known is a person of their own
    at: NDArray[np.int64]  # microseconds UTC
    value: NDArray[np.float64]  # opinion given with it, or valence; NaN: not known
    side: NDArray[np.int8]  # −1 bad, 0 neither, 1 good
    suggestion: NDArray[np.float32]  # 0 to 1
    segments: Mapping[str, Sequence[str | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)
