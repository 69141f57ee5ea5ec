"""Removal effects in a first-order Markov chain of touches, in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_AT_ONCE = 256  # columns of the inverse that are held at a time


def removal_effects(*, steps: Counts, starts: Counts, converted: Counts, lost: Counts) -> Floats:
    """The share of conversions that the chain loses when a moment leads nowhere instead (Anderl et al. 2016), for each moment (k,).

    `steps` (rows, 3): from, to, how often; `starts`, `converted`, `lost` (k,): paths that begin with a moment, and that end with it in a
    conversion or in nothing. From counts to probabilities by rows: Q between moments, r into conversion, s from the start.

    Removing i loses exactly the walks that convert after a visit of i, so with N = (I - Q)⁻¹, b = N·r the chance of converting from each
    moment and a = s'N the expected visits, P(visit i) = a_i / N_ii and the effect is a_i·b_i / (N_ii·s'b). One factorisation of I - Q
    gives all three; nothing is simulated and no chain is solved twice. Touches of one moment in a row change nothing. Without a conversion
    all effects are 0.
    """
    moments = len(starts)
    if not moments or not converted.sum():
        return np.zeros(moments)
    source, target, times = steps.T
    left = np.bincount(source, weights=times, minlength=moments) + converted + lost
    q = sparse.csc_matrix((times / left[source], (source, target)), shape=(moments, moments))
    factors = splu((sparse.identity(moments, format="csc") - q).tocsc())
    converts: Floats = factors.solve(converted / left)
    visits: Floats = factors.solve(starts / starts.sum(), trans="T")  # type: ignore[call-overload]  # the stubs do not know it
    met = visits / _inverse_diagonal(factors, moments)
    return np.asarray(met * converts / (starts / starts.sum() @ converts), dtype=np.float64)


def markov(effects: Floats, happenings: int) -> Floats:
    """Credit in proportion to the removal effects (k,), in happenings; effects overlap, so they are scaled to sum to all."""
    total = effects.sum()
    return effects * (happenings / total) if total > 0 else np.zeros(len(effects))


def _inverse_diagonal(factors: SuperLU, moments: int) -> Floats:
    """The diagonal of (I - Q)⁻¹, a block of its columns at a time."""
    diagonal = np.empty(moments)
    for start in range(0, moments, _AT_ONCE):
        columns = np.arange(start, min(start + _AT_ONCE, moments))
        unit = np.zeros((moments, len(columns)))
        unit[columns, np.arange(len(columns))] = 1.0
        diagonal[columns] = factors.solve(unit)[columns, np.arange(len(columns))]
    return diagonal
