"""All rules side by side for one happening."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.credit.heuristics import first_touch, last_touch, linear_touch
from momot.credit.markov import markov, removal_effects
from momot.credit.paths import PathSums
from momot.credit.shapley import shapley

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shared:
    """Credit of each moment by each rule, in happenings, (k,) each; every rule shares out `sums.credited`."""

    sums: PathSums
    first: Floats
    last: Floats
    linear: Floats
    markov: Floats
    shapley: Floats


def share(sums: PathSums) -> Shared:
    """Share the happenings of `sums` by every rule."""
    moments = len(sums.moments)
    effects = removal_effects(steps=sums.steps, starts=sums.starts, converted=sums.converted, lost=sums.lost)
    return Shared(
        sums=sums,
        first=first_touch(sums.first),
        last=last_touch(sums.converted),
        linear=linear_touch(sums.by_length, moments=moments),
        markov=markov(effects, sums.credited),
        shapley=shapley(sums.by_size, moments=moments),
    )
