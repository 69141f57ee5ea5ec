"""The numeric table of one dated change and one outcome: what the design of changes hands to `effects`.

Grain: one row a unit (an episode, or a person in a period), ordered by cluster. Nothing in L was known later than the unit's start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Covariate, Floats, Integers
from momot.vocabulary import DesignName
from momot.vocabulary.records import Check

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ChangeFrame:
    """Units before and after one date, by whether they met the touchpoint that changed.

    `period` (n,) counts from the date: 0, 1, … after, -1, -2, … before, each `period_days` long; between period -1 and the date lie
    `wait_days` without units, since outcomes that began then were settled after it.
    """

    outcome: Floats  # (n,), no NaN
    met: Flags  # (n,)
    period: Integers  # (n,)
    cluster: Integers  # (n,) ascending
    covariates: tuple[Covariate, ...]
    design: DesignName
    period_days: int
    wait_days: int
    checks: tuple[Check, ...] = ()  # found while the design was made: time order, other changes near by

    @property
    def after(self) -> Flags:
        """Units that began on or after the date, (n,)."""
        return np.asarray(self.period >= 0)

    @property
    def starts(self) -> Integers:
        """First row of each cluster, (clusters,)."""
        return np.flatnonzero(np.r_[True, self.cluster[1:] != self.cluster[:-1]]) if len(self.cluster) else np.zeros(0, dtype=np.int64)

    def days(self, periods: Floats | Integers) -> Floats:
        """Days from the change to the middle of each of `periods`; negative is before."""
        middle = (np.asarray(periods, dtype=np.float64) + 0.5) * self.period_days
        return np.asarray(np.where(np.asarray(periods) < 0, middle - self.wait_days, middle))

    def some(self, rows: Integers) -> ChangeFrame:
        """The frame of some of its rows, ascending."""
        covariates = tuple(replace(one, values=one.values[rows]) for one in self.covariates)
        own = {name: getattr(self, name)[rows] for name in ("outcome", "met", "period", "cluster")}
        return replace(self, **own, covariates=covariates)


@dataclass(frozen=True, slots=True)
class Touches:
    """How the touchpoint went, by person and side of the date: touches with a quality, those that went badly or well, (n,) each."""

    person: Integers
    after: Integers
    happened: Floats
    bad: Floats
    good: Floats
