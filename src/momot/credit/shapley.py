"""Shapley value of the sets of moments that happenings came after, exact for any number of moments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from momot.credit.heuristics import split_evenly

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def shapley(by_size: Counts, *, moments: int) -> Floats:
    """The Shapley value (Shapley 1953) of the game whose worth v(S) is the number of happenings whose path met only moments of S.

    Written as v(S) = Σ_R n_R·[R ⊆ S], n_R happenings after exactly the set R, the game is a sum of unanimity games, in each of which the
    members of R share alike: φ_i = Σ_{R ∋ i} n_R / |R| (Zhao, Mahboobi & Bagheri 2018). So no coalition has to be enumerated, and none
    sampled. `by_size` (rows, 3): moment, size of the set, happenings after sets of that size which hold the moment. Returns happenings
    (moments,), which sum to all that have a path.
    """
    return split_evenly(by_size, parts=moments)
