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

MIN_OUTCOMES = 50
MIN_EACH_SHARE = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """By state, each (states,): units, clusters, Σw, Σw², Σw·y, Σw·y², and how many units have an outcome of exactly 1 and of exactly 0."""

    units: Integers
    clusters: Integers
    weight: Floats
    weight_squared: Floats
    outcome: Floats
    outcome_squared: Floats
    ones: Integers
    zeros: Integers

    def n(self, states: tuple[int, ...]) -> int:
        """Units in any of the states."""
        return int(self.units[list(states)].sum())

    def mean(self, states: tuple[int, ...]) -> float:
        """Weighted mean of the outcome among them."""
        chosen = list(states)
        return float(self.outcome[chosen].sum() / self.weight[chosen].sum())

    def measured(self, states: tuple[int, ...]) -> bool:
        """Whether these states together have enough outcomes to compare: 50, and 20 of each kind where there are only 0 and 1."""
        chosen = list(states)
        units, ones, zeros = int(self.units[chosen].sum()), int(self.ones[chosen].sum()), int(self.zeros[chosen].sum())
        if units < MIN_OUTCOMES:
            return False
        return ones + zeros < units or min(ones, zeros) >= MIN_EACH_SHARE

    def mean_variance(self, states: tuple[int, ...]) -> float:
        """Variance of that mean were units independent, with Kish's effective size for weights (1965)."""
        chosen = list(states)
        weight = float(self.weight[chosen].sum())
        spread = float(self.outcome_squared[chosen].sum()) / weight - self.mean(states) ** 2
        return max(spread, 0.0) * float(self.weight_squared[chosen].sum()) / weight**2


def count(frame: Frame, exposure: Exposure, rows: Rows) -> Counts:
    """Count one exposure."""
    states = len(exposure.states)
    weight = np.ones(frame.units) if frame.weight is None else frame.weight

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(exposure.codes, weights=values, minlength=states), dtype=np.float64)

    y = frame.outcome
    return Counts(
        np.bincount(exposure.codes, minlength=states).astype(np.int64),
        _seen(exposure, rows).sum(axis=0),
        total(weight),
        total(weight**2),
        total(weight * y),
        total(weight * y**2),
        np.bincount(exposure.codes[y == 1.0], minlength=states).astype(np.int64),
        np.bincount(exposure.codes[y == 0.0], minlength=states).astype(np.int64),
    )


def people(frame: Frame, exposure: Exposure, reference: tuple[int, ...], rows: Rows) -> int:
    """Persons that met it. Where everybody is in some state (conditions, arms) those in another than the reference; never another arm."""
    everybody = exposure.kind in ("condition", "arm")
    usual = set(reference) if everybody else set()
    roles = MET - {"unknown"} if everybody else MET
    met = [state.role in roles and position not in usual for position, state in enumerate(exposure.states)]
    if frame.person is not None:
        return len(np.unique(frame.person[np.array(met)[exposure.codes]]))
    return int(_seen(exposure, rows)[:, met].any(axis=1).sum())


def _seen(exposure: Exposure, rows: Rows) -> npt.NDArray[np.bool_]:
    """Whether each cluster has a unit in each state, (clusters, states)."""
    seen = np.zeros((rows.clusters, len(exposure.states)), dtype=np.bool_)
    seen[rows.cluster_of, exposure.codes] = True
    return seen
