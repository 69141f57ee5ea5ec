"""Shapley values by the package shapley-attribution (Monte Carlo, a learned chance of conversion; Zhao et al. 2018).

`python shapley.py PATHS.npz ANSWER.json`. Paths of equal sets of touches are what it learns from.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import numpy as np
from shapley_attribution import MonteCarloShapleyAttribution

ORDERS = 200  # of the touchpoints, drawn at random
MOST_PATHS = 20_000


def took() -> dict[str, float]:
    """CPU seconds of this program and the most memory that it held, in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def main(paths: str, answer: str) -> None:
    """Read the paths, learn, write the credit of each moment."""
    given = np.load(paths, allow_pickle=False)
    moment, starts, converted = given["moment"], given["starts"], given["converted"]
    count = len(converted)
    some = np.random.default_rng(0).permutation(count)[:MOST_PATHS] if count > MOST_PATHS else np.arange(count)
    journeys = [sorted(set(moment[starts[path] : starts[path + 1]].tolist())) for path in some]
    model = MonteCarloShapleyAttribution(n_iter=ORDERS, random_state=0).fit(journeys, converted[some])
    Path(answer).write_text(
        json.dumps({str(place): float(credit) for place, credit in model.get_attribution().items()} | {"took": took()}), encoding="utf-8"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
