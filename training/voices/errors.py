"""How often each tier reads as negative what is negative, and what is not, set by set of texts that were never trained on."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sources import NEGATIVE, Row

from momot.voices.reader import ABSTAIN, DOUBTFUL

LEAST = 40
"""Negative texts, and others, that a set needs to be told from."""


def write_errors(rows: list[Row], fast: NDArray[np.float32], semantic: NDArray[np.float32], file: Path) -> None:
    """Write errors.json: by tier the mean and standard deviation over sets of both rates, each set counting once.

    A set is a source and language. `fast`, `semantic`: probabilities (n, 3). Only texts count whose polarity the tier would tell.
    """
    cascade = np.where(fast.max(axis=1, keepdims=True) < DOUBTFUL, semantic, fast)
    told = {"fast": fast, "semantic": semantic, "cascade": cascade}
    file.write_text(json.dumps({tier: _of_tier(rows, scores) for tier, scores in told.items()}, indent=1) + "\n", "utf-8")


def _of_tier(rows: list[Row], scores: NDArray[np.float32]) -> dict[str, object]:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[row.source, row.language].append(index)
    rates = []
    for members in groups.values():
        at = np.array([index for index in members if scores[index].max() >= ABSTAIN], dtype=np.int64)
        true = np.array([rows[index].label == NEGATIVE for index in at], dtype=bool)
        if min(true.sum(), (~true).sum()) >= LEAST:
            read = scores[at].argmax(axis=1) == NEGATIVE
            rates.append((read[true].mean(), read[~true].mean()))
    found, false = np.array(rates).T
    return {"sets": len(rates), "found": _over(found), "false": _over(false)}


def _over(rates: NDArray[np.float64]) -> list[float]:
    return [round(float(rates.mean()), 4), round(float(rates.std(ddof=1)), 4)]
