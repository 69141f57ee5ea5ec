"""Markov attribution: what share of conversions is lost where a moment leads nowhere, exactly (Anderl et al. 2016).

A chain of the first order over the moments; absorbing ends are the conversion and nothing. A removed moment's arrivals end in nothing. The
chance of converting is the solution of one linear system, not a simulation.
"""

from __future__ import annotations

import numpy as np

from benchmarks.truth.paths import Paths
from benchmarks.truth.records import Floats


def removal_effects(paths: Paths) -> dict[str, float]:
    """The removal effect of each moment that is in any path."""
    step, wins, begin = _chain(paths)
    whole = float(begin @ _reaching(step, wins))
    found = {}
    for place in np.unique(paths.moment).tolist():
        kept = np.delete(np.arange(len(wins)), place)
        left = float(begin[kept] @ _reaching(step[np.ix_(kept, kept)], wins[kept]))
        found[paths.names[place]] = 1 - left / whole if whole > 0 else 0.0
    return found


def _chain(paths: Paths) -> tuple[Floats, Floats, Floats]:
    """Chances from moment to moment (k, k), from moment to conversion (k,), and of each moment to begin a path (k,)."""
    count = len(paths.names)
    firsts, lasts = paths.starts[:-1], paths.starts[1:] - 1
    within = np.ones(len(paths.moment), dtype=bool)
    within[lasts] = False
    pairs = np.flatnonzero(within)
    moves = np.bincount(paths.moment[pairs] * count + paths.moment[pairs + 1], minlength=count * count).reshape(count, count)
    won = np.bincount(paths.moment[lasts], weights=paths.converted, minlength=count)
    total = np.maximum(np.bincount(paths.moment, minlength=count), 1)
    begin = np.bincount(paths.moment[firsts], minlength=count) / max(len(firsts), 1)
    return moves / total[:, None], won / total, begin


def _reaching(step: Floats, wins: Floats) -> Floats:
    """The chance to convert from each moment."""
    return np.asarray(np.linalg.solve(np.eye(len(wins)) - step, wins))
