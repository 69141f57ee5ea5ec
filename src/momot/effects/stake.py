"""What is at stake a month: reach a month times effect, by the delta method from the joint covariance (EFFECTS.md 1.4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure
from momot.effects.counts import Counts
from momot.effects.estimates import ContrastEstimate
from momot.stats.intervals import t_quantile
from momot.vocabulary.records import AtStake

Floats = npt.NDArray[np.float64]


def of_factors(factors: Sequence[float], estimates: Floats, covariance: Floats, unit: str) -> AtStake | None:
    """Σ factor·estimate with its 95 % interval; None where there are no factors.

    `covariance` (contrasts, contrasts) is that of the `estimates`, whichever they are: raw, or with systematic error in them.
    """
    reach = np.asarray(factors, dtype=np.float64)
    if not np.any(reach):
        return None
    middle = float(reach @ estimates)
    width = t_quantile(0.975, float("inf")) * float(np.sqrt(max(float(reach @ covariance @ reach), 0.0)))
    return AtStake(estimate=middle, low=middle - width, high=middle + width, unit=unit)


def a_month(
    exposure: Exposure, contrasts: Sequence[ContrastEstimate], counts: Counts, months: float | None, *, of_presence: bool = False
) -> tuple[float, ...]:
    """Units a month that each contrast is multiplied with, signed; empty without months or contrasts, and where all are 0.

    Qualities and ratings: what would be gained if every bad one went like the reference and every neutral one like a good one
    (avoidable loss + upside = -n_bad·break + n_neutral·make; where neutral is no reference, if every bad one had gone well,
    -n_bad·(bad - good)). Presence, levels and arms: what having been met or being at that level now adds, n·effect summed over contrasts.
    `of_presence`: of having met it at all, whatever the coding. Counts are those of the months that were seen, and taken as known.
    """
    if months is None or months <= 0 or not contrasts:
        return ()
    found = (_of_presence(exposure, contrasts, counts) if of_presence else factors(exposure, contrasts, counts)) / months
    return tuple(found.tolist()) if np.any(found) else ()


def units_in(exposure: Exposure, counts: Counts, states: Sequence[int]) -> float:
    """Units in some states; where an outcome can happen only once a horizon, a person's days within one count as one."""
    if exposure.repeats is None:
        return float(counts.units[list(states)].sum())
    return float(sum(counts.units[state] / max(exposure.repeats[state], 1.0) for state in states))


def factors(exposure: Exposure, contrasts: Sequence[ContrastEstimate], counts: Counts) -> Floats:
    """Units that each contrast is multiplied with, signed, (contrasts,)."""
    by_name = {c.contrast: i for i, c in enumerate(contrasts) if c.contrast not in ("level", "arm")}
    result = np.zeros(len(contrasts))
    if exposure.coding not in ("quality", "rating"):
        kinds = {"level", "arm"} if {"level", "arm"} & {c.contrast for c in contrasts} else {"presence"}  # what is met is at some level
        return np.array([_units(exposure, c, counts) if c.contrast in kinds else 0.0 for c in contrasts], dtype=np.float64)
    loss = next((by_name[name] for name in ("break", "bad-good") if name in by_name and contrasts[by_name[name]].between_met), None)
    loss = by_name.get("break") if loss is None else loss
    if loss is not None:
        result[loss] = -_units(exposure, contrasts[loss], counts)
    if "make" in by_name:
        neutral = [i for i, state in enumerate(exposure.states) if state.role == "neutral"]
        result[by_name["make"]] = units_in(exposure, counts, neutral)
    return result


def _of_presence(exposure: Exposure, contrasts: Sequence[ContrastEstimate], counts: Counts) -> Floats:
    return np.array([_units(exposure, c, counts) if c.contrast == "presence" else 0.0 for c in contrasts], dtype=np.float64)


def _units(exposure: Exposure, contrast: ContrastEstimate, counts: Counts) -> float:
    """Units on the exposed side of a contrast."""
    return units_in(exposure, counts, contrast.states)
