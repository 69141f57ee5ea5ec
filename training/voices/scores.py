"""How good a tier is, per set and language: polarity accuracy and macro-F1 of three classes, with the number of texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sources import NEGATIVE, NEUTRAL, POSITIVE, Row


class Score(NamedTuple):
    """polarity: share right among texts that are negative or positive; f1: mean over the classes that the set has."""

    source: str
    language: str
    texts: int
    polar: int
    polarity: float | None
    f1: float


def scored(rows: list[Row], probabilities: NDArray[np.float32]) -> Iterator[Score]:
    """One score a set and language; probabilities: (n, 3)."""
    labels, best = np.array([row.label for row in rows]), probabilities.argmax(axis=1)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[row.source, row.language].append(index)
    for (source, language), members in sorted(groups.items()):
        at = np.array(members)
        polar = at[labels[at] != NEUTRAL]
        right = (probabilities[polar, POSITIVE] > probabilities[polar, NEGATIVE]) == (labels[polar] == POSITIVE)
        polarity = round(float(right.mean()), 3) if len(polar) else None
        yield Score(source, language, len(at), len(polar), polarity, round(macro_f1(labels[at], best[at]), 3))


def macro_f1(labels: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Mean F1 over the classes that occur in `labels`."""
    parts = []
    for label in np.unique(labels):
        right = int(((labels == label) & (found == label)).sum())
        parts.append(2 * right / max(int((labels == label).sum() + (found == label).sum()), 1))
    return float(np.mean(parts))
