"""The same regression without calibration: momot's raw estimates, found by their p-values alone.

What is left where systematic error is not estimated: each moment's presence and each of its contrasts between ways of having met it, at
momot's own false discovery rate (Benjamini & Hochberg 1995), by outcome and over the whole run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.truth.answers import DISCOVERY_RATE, Answer, Said, raw_effects
from benchmarks.truth.truths import Contrast, Moment
from momot.stats.discovery import q_values

METHOD = "same regression, uncalibrated"


def uncalibrated(document: dict[str, Any]) -> Answer:
    """Its answer on every outcome of the findings."""
    rows = raw_effects(document)
    effects = {key: Said(row["estimate"], row["low"], row["high"]) for key, row in rows.items()}
    tests: dict[tuple[Moment, bool], list[float]] = {}
    for key, row in rows.items():
        if _tested(key, rows):
            tests.setdefault((key[:2], key[2] == "presence"), []).append(row["p_value"])
    keys = sorted(tests)
    p = np.array([min(1.0, min(tests[key]) * len(tests[key])) for key in keys])  # Bonferroni within a moment
    q = q_values(p, [moment[0] for moment, _ in keys])
    found = frozenset(moment for (moment, _), value in zip(keys, q.tolist(), strict=True) if value <= DISCOVERY_RATE)
    outcomes = frozenset(question["outcome"] for question in document["questions"])
    return Answer(METHOD, outcomes, frozenset(moment for moment, _ in keys), found, effects)


def _tested(key: Contrast, rows: dict[Contrast, dict[str, Any]]) -> bool:
    """Presence, and of how it went what compares two ways of having met it; bad against good only where neither has a neutral beside it."""
    outcome, moment, contrast, _, reference = key
    if contrast != "bad-good":
        return contrast == "presence" or reference != "not met"
    return not any(other[:2] == (outcome, moment) and other[2] in ("break", "make") and other[4] != "not met" for other in rows)
