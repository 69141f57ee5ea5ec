"""How many units, clusters and people are in each state of an exposure, and the raw mean of the outcome there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Frame
from momot.effects.contrasts import MET
from momot.effects.rows import Rows

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """By state, each (states,): units, clusters, Σw, Σw², Σw·y, Σw·y². `people`: clusters that met it at all (conditions: see `count`)."""

    units: Integers
    clusters: Integers
    weight: Floats
    weight_squared: Floats
    outcome: Floats
    outcome_squared: Floats
    people: int

    def n(self, states: tuple[int, ...]) -> int:
        """Units in any of the states."""
        return int(self.units[list(states)].sum())

    def mean(self, states: tuple[int, ...]) -> float:
        """Weighted mean of the outcome among them."""
        chosen = list(states)
        return float(self.outcome[chosen].sum() / self.weight[chosen].sum())

    def mean_variance(self, states: tuple[int, ...]) -> float:
        """Variance of that mean were units independent, with Kish's effective size for weights (1965)."""
        chosen = list(states)
        weight = float(self.weight[chosen].sum())
        spread = float(self.outcome_squared[chosen].sum()) / weight - self.mean(states) ** 2
        return max(spread, 0.0) * float(self.weight_squared[chosen].sum()) / weight**2


def count(frame: Frame, exposure: Exposure, rows: Rows) -> Counts:
    """Count one exposure.

    People of an interaction or arm are the clusters in a met state; of a condition, where everybody is in some state, those outside the
    most common one and not blank.
    """
    states = len(exposure.states)
    weight = np.ones(frame.units) if frame.weight is None else frame.weight
    units = np.bincount(exposure.codes, minlength=states)
    seen = np.zeros((rows.clusters, states), dtype=np.bool_)
    seen[rows.cluster_of, exposure.codes] = True
    if exposure.kind == "condition":
        usual = _usual(exposure, units)
        met = [state.role in MET and position != usual for position, state in enumerate(exposure.states)]
    else:
        met = [state.role in MET for state in exposure.states]

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(exposure.codes, weights=values, minlength=states), dtype=np.float64)

    y = frame.outcome
    return Counts(
        units.astype(np.int64),
        seen.sum(axis=0),
        total(weight),
        total(weight**2),
        total(weight * y),
        total(weight * y**2),
        int(seen[:, met].any(axis=1).sum()),
    )


def _usual(exposure: Exposure, units: Integers) -> int | None:
    """The state that a condition's people are counted against: none where being absent is a state of its own."""
    if any(state.role == "absent" for state in exposure.states):
        return None
    return int(np.argmax(units))
