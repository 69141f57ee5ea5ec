"""The answer of a regression that sees everything, hidden traits too: what could be had at best from as many people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import ndtr

from benchmarks.truth.answers import DISCOVERY_RATE, Answer, Said
from benchmarks.truth.rivals import WIDE
from benchmarks.truth.truths import Contrast, Moment
from momot.stats.discovery import benjamini_hochberg

METHOD = "sees everything"
HIDDEN = "hidden.parquet"


def oracle_answers(folder: Path) -> dict[str, Answer]:
    """Its answer on each outcome, of a world that shows what it hides; none of another."""
    if not (folder / HIDDEN).exists():
        return {}
    from momot.worlds.oracle import regress

    effects: dict[str, dict[Contrast, Said]] = {}
    for seen in regress(folder):
        key = (seen.outcome, seen.moment, seen.contrast, seen.level, seen.reference)
        effects.setdefault(seen.outcome, {})[key] = Said(seen.estimate, seen.low, seen.high)
    return {outcome: _answer(outcome, said) for outcome, said in effects.items()}


def _answer(outcome: str, effects: dict[Contrast, Said]) -> Answer:
    """Found: having met it at all, or badly against well, at the discovery rate of momot over all moments."""
    least: dict[Moment, list[float]] = {}
    for (_, moment, contrast, _, _), said in effects.items():
        if contrast in ("presence", "bad-good"):
            error = (said.high - said.low) / (2 * WIDE)
            least.setdefault((outcome, moment), []).append(float(2 * ndtr(-abs(said.estimate) / error)) if error > 0 else 1.0)
    moments = sorted(least)
    q = benjamini_hochberg(np.array([min(1.0, min(least[moment]) * len(least[moment])) for moment in moments]))
    found = frozenset(moment for moment, value in zip(moments, q.tolist(), strict=True) if value <= DISCOVERY_RATE)
    return Answer(METHOD, frozenset({outcome}), frozenset(moments), found, effects)
