"""One exposure's equation, solved: what the estimator, the gates and the covariance all speak about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.effects.contrasts import Coding, Planned
from momot.effects.counts import Counts
from momot.stats import partial

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Equation:
    """One exposure's equation: positions of its own columns and of what is held, the maps that residualise, the solution, what it can tell.

    `tested` are the contrasts shown, with the share of their variation `retained`; `left_out` those that what is held explains; `met_tests`
    the contrasts between met states that can be told.
    """

    exposure: int
    coding: Coding
    counts: Counts
    targets: Indices
    nuisance: Indices
    maps: Floats
    solution: partial.Partial
    tested: tuple[Planned, ...]
    retained: tuple[float, ...]
    left_out: tuple[tuple[Planned, float], ...]
    met_tests: tuple[Floats, ...]

    @property
    def vectors(self) -> Floats:
        """All contrasts that pass 2 scores, (contrasts, columns of the exposure): those shown, then those between met states."""
        every = [planned.vector for planned in self.tested] + list(self.met_tests)
        return np.array(every, dtype=np.float64).reshape(len(every), len(self.targets) - 1)
