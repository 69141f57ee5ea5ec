"""Was it repaired: what the second touch of a pair does to those whom the first let down, and whether that makes up for it.

The paradox of service recovery (de Matos, Henrique & Rossi 2007) asks whether the repaired end up above those who were never let down:
what the repair brings and what the letdown had cost are estimated apart, each adjusted for what was known before its own touch, and added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.designs.pairs import PairRows
from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.stats.intervals import Interval, interval
from momot.vocabulary.records import Check


@dataclass(frozen=True, slots=True)
class PairEstimate:
    """One pair and question.

    `well`, `badly`: met so that day against not met, among those let down; `met`: met at all, where nothing records how it goes;
    `apart`: well against badly; `deficit`: let down against not, both without the second touch; `beside`: let down and met well (met),
    against never let down. None where too few allow it.
    """

    rows: PairRows
    well: ContrastEstimate | None
    badly: ContrastEstimate | None
    met: ContrastEstimate | None
    apart: Interval | None
    deficit: ContrastEstimate | None
    beside: Interval | None
    checks: tuple[Check, ...]
    let_down: int  # days at risk of those let down

    @property
    def repaired(self) -> ContrastEstimate | None:
        """What those have who may be repaired: met well, or met at all where nothing records how it goes."""
        return self.well or self.met


def estimate_pair(rows: PairRows, *, seed: int = 0, unit: str = "units of the outcome") -> PairEstimate:
    """Estimate one pair."""
    repair = None if rows.repair is None else estimate(rows.repair, seed=seed, unit=unit)
    never = None if rows.never is None else estimate(rows.never, seed=seed, unit=unit)
    well, badly, met, deficit = _of_level(repair, "well"), _of_level(repair, "badly"), _presence(repair), _presence(never)
    repaired, beside = well or met, None
    if repaired is not None and deficit is not None and never is not None:
        error = float(np.hypot(repaired.standard_error, deficit.standard_error))  # who is let down and not repaired is in both, with signs
        beside = interval(repaired.estimate + deficit.estimate, error, never.degrees_of_freedom)  # that cancel: their sum varies less
    return PairEstimate(
        rows,
        well,
        badly,
        met,
        _apart(repair, well, badly),
        deficit,
        beside,
        () if repair is None else repair.exposures[0].checks,
        0 if rows.repair is None else rows.repair.units,
    )


def _presence(estimates: Estimates | None) -> ContrastEstimate | None:
    if estimates is None:
        return None
    return next((one for one in estimates.exposures[0].contrasts if one.contrast == "presence"), None)


def _of_level(estimates: Estimates | None, level: str) -> ContrastEstimate | None:
    if estimates is None:
        return None
    return next((one for one in estimates.exposures[0].contrasts if one.level == level and one.reference == "not met"), None)


def _apart(estimates: Estimates | None, well: ContrastEstimate | None, badly: ContrastEstimate | None) -> Interval | None:
    """Well against badly, from the joint covariance of both against not met."""
    if estimates is None or well is None or badly is None:
        return None
    contrasts = estimates.exposures[0].contrasts
    one, other = contrasts.index(well), contrasts.index(badly)
    covariance = estimates.covariance
    variance = covariance[one, one] + covariance[other, other] - 2 * covariance[one, other]
    return interval(well.estimate - badly.estimate, float(np.sqrt(max(variance, 0.0))), estimates.degrees_of_freedom)
