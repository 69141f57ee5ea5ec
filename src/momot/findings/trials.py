"""What stands beside the numbers of an experiment: the largest of several pulled back to what chance leaves, a dose held to a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from momot.effects.experiment import FLATTERED, linearity
from momot.effects.segments import Segments
from momot.stats.shrinkage import Shrunken, shrink
from momot.vocabulary.records import Check

if TYPE_CHECKING:
    from momot.findings.answer import Answered

Pulled = tuple[float, float, float]
"""A shrunken estimate with its 95 % interval."""
Placed = dict[tuple[int, int], Pulled]
"""By position of the exposure and of its contrast."""


def positions(entry: Answered) -> dict[tuple[int, int], int]:
    """Where each contrast of each exposure stands in the joint covariance."""
    every = [(at, number) for at, exposure in enumerate(entry.estimates.exposures) for number, _ in enumerate(exposure.contrasts)]
    return {key: place for place, key in enumerate(every)}


def shrunken_arms(entry: Answered) -> Placed:
    """The arms of one experiment against their control, shrunken together: they share its chance."""
    found = _arms(entry)
    if found is None:
        return {}
    keys, pulled = found
    return dict(zip(keys, _each(pulled), strict=True))


def _arms(entry: Answered) -> tuple[list[tuple[int, int]], Shrunken] | None:
    if entry.designed.frame.design != "experiment":
        return None
    exposures, where = entry.estimates.exposures, positions(entry)
    keys = [key for key in where if exposures[key[0]].contrasts[key[1]].contrast == "arm"]
    places = [where[key] for key in keys]
    estimates = np.array([exposures[at].contrasts[number].estimate for at, number in keys])
    pulled = shrink(estimates, entry.estimates.covariance[np.ix_(places, places)]) if len(keys) > 1 else None
    return None if pulled is None else (keys, pulled)


def shrunken_segments(segments: Segments) -> dict[tuple[str, int, int], Pulled]:
    """By value of the segment, exposure and contrast: the effect within it, shrunken over the values, whose people differ."""
    found: dict[tuple[str, int, int], Pulled] = {}
    for (exposure, *name), _ in segments.differences.items():
        members = [
            (value, at, number, contrast)
            for value, estimates in segments.by_value.items()
            for at, one in enumerate(estimates.exposures)
            for number, contrast in enumerate(one.contrasts)
            if [one.exposure, contrast.contrast, contrast.level, contrast.reference] == [exposure, *name]
        ]
        errors = np.array([contrast.standard_error for *_, contrast in members])
        pulled = shrink(np.array([contrast.estimate for *_, contrast in members]), np.diag(errors**2))
        if pulled is not None:
            found |= {(value, at, number): one for (value, at, number, _), one in zip(members, _each(pulled), strict=True)}
    return found


def trial_checks(entry: Answered) -> dict[int, tuple[Check, ...]]:
    """By exposure, what an experiment's own checks say of it: of the largest arm that it was chosen, of a dose whether it is a line."""
    found: dict[int, tuple[Check, ...]] = {}
    frame, where = entry.designed.frame, positions(entry)
    for at, estimate in enumerate(entry.estimates.exposures):
        exposure = frame.exposures[estimate.exposure]
        if exposure.dose is not None:
            places = [where[at, number] for number in range(len(estimate.contrasts))]
            doses = {state.label: amount for state, amount in zip(exposure.states, exposure.dose, strict=True) if np.isfinite(amount)}
            line = linearity(estimate.contrasts, entry.estimates.covariance[np.ix_(places, places)], doses)
            if line is not None:
                found[estimate.exposure] = (line,)
    arms = _arms(entry)
    if arms is not None:
        at, check = _winner(entry, *arms)
        found[at] = (*found.get(at, ()), check)
    return found


def _winner(entry: Answered, keys: Sequence[tuple[int, int]], pulled: Shrunken) -> tuple[int, Check]:
    """The arm with the largest effect, and how much of it is the luck of having been chosen."""
    exposures = entry.estimates.exposures
    best = max(range(len(keys)), key=lambda number: abs(exposures[keys[number][0]].contrasts[keys[number][1]].estimate))
    at, number = keys[best]
    raw = exposures[at].contrasts[number]
    back = abs(raw.estimate - float(pulled.estimates[best])) / raw.standard_error
    middle, low, high = _each(pulled)[best]
    flattered = back >= FLATTERED
    return exposures[at].exposure, Check(
        name="winner",
        status="review" if flattered else "pass",
        value=middle,
        limit=raw.estimate,
        message=f"The largest of {len(keys)} arms is flattered by being chosen: {raw.estimate:+.3g} is {middle:+.3g} ({low:+.3g} to "
        f"{high:+.3g}) once shrunken towards the mean of the arms.",
        fix="Plan with the shrunken number; a second trial of this arm alone gives an honest one." if flattered else None,
    )


def _each(pulled: Shrunken) -> list[Pulled]:
    return list(zip(pulled.estimates.tolist(), pulled.low.tolist(), pulled.high.tolist(), strict=True))
