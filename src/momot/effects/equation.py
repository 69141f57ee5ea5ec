"""One exposure's equation, solved: what the estimators, the gates and the covariance all speak about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.effects.contrasts import Coding, Planned
from momot.effects.counts import Counts
from momot.stats import partial

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

MIN_RETAINED = 0.1
"""Share of a contrast's own variation under which it cannot be told apart from what is held."""

NOTHING = 1e-10
"""Share of the outcome's variation under which none is left."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One exposure's equation: positions of its own columns and of what is held, the maps that residualise, the solution, what it can tell.

    `maps` (folds, all columns, 1 + targets) take rows to residuals, `beside` those that start from the residuals given L alone.

    `before` (targets, targets) are the sums of squares and products of its own columns and the outcome about their means, nothing held.

    `tested` are the contrasts shown, with the share of their variation `retained`; `left_out` those that what is held explains; `met_tests`
    the contrasts between met states that can be told.
    """

    exposure: int
    coding: Coding
    counts: Counts
    targets: Indices
    nuisance: Indices
    maps: Floats
    beside: Floats
    solution: partial.Partial
    before: Floats
    tested: tuple[Planned, ...]
    retained: tuple[float, ...]
    left_out: tuple[tuple[Planned, float], ...]
    met_tests: tuple[Floats, ...]

    @property
    def exact(self) -> bool:
        """Whether exposure and L leave nothing of the outcome: then nothing tells how sure a difference is, and none is told."""
        return fits_exactly(self.solution, self.before)

    @property
    def vectors(self) -> Floats:
        """All contrasts that pass 2 scores, (contrasts, columns of the exposure): those shown, then those between met states."""
        every = [planned.vector for planned in self.tested] + list(self.met_tests)
        return np.array(every, dtype=np.float64).reshape(len(every), len(self.targets) - 1)


def fits_exactly(solution: partial.Partial, before: Floats) -> bool:
    """Whether nothing of the outcome is left; `before` are the moments of own columns and outcome with nothing held."""
    return bool(solution.unexplained <= NOTHING * before[-1, -1])


def form(
    exposure: int,
    coding: Coding,
    counts: Counts,
    given: partial.Given,
    *,
    own: Indices,
    also: Indices,
    outcome: int,
    covariates: Indices,
    together: partial.Together | None = None,
) -> Equation:
    """Solve one exposure given L and what it is held against, and keep the contrasts that the data can tell.

    `own`, `also` and `outcome` are columns of the exposure, of the exposures held and of the outcome, `covariates` those of L. `together`:
    what all equations have in common where each holds every other exposure.
    """
    targets = np.append(own, outcome)
    maps = given.beside_all_others(targets, together) if together else given.residual_maps(nuisance=also, targets=targets)
    solution = partial.solve(partial.moments_of(given.own, maps).sum(axis=0), given.raw(own))
    before = given.raw(targets)
    exact = fits_exactly(solution, before)
    allowed = [planned for planned in coding.contrasts if not exact and counts.measured((*planned.states, *planned.reference_states))]
    retained = [solution.retained(planned.vector) for planned in allowed]
    told = [share >= MIN_RETAINED for share in retained]
    return Equation(
        exposure=exposure,
        coding=coding,
        counts=counts,
        targets=targets,
        nuisance=np.concatenate([covariates, also]),
        maps=given.maps @ maps,
        beside=maps,
        solution=solution,
        before=before,
        tested=tuple(planned for planned, ok in zip(allowed, told, strict=True) if ok),
        retained=tuple(share for share, ok in zip(retained, told, strict=True) if ok),
        left_out=tuple((planned, share) for planned, share, ok in zip(allowed, retained, told, strict=True) if not ok),
        met_tests=tuple(vector for vector in coding.met_tests if any(told) and solution.retained(vector) >= MIN_RETAINED),
    )
