"""Findings that can't be told apart are a tied group, not a ranking (EFFECTS.md 3 i)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from momot.effects.estimates import ContrastEstimate, Estimates, ExposureEstimate
from momot.stats.intervals import two_sided_p

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong one exposure is, by its strongest contrast.

    `position` is its place in the covariance, `estimate` is signed, `bound` is what findings are ranked by.

    `bound` is the end of the 95 % interval nearest zero, as a size; negative by how far the interval crosses zero.
    """

    exposure: int
    position: int
    estimate: float
    bound: float


def bound_nearest_zero(contrast: ContrastEstimate) -> float:
    """Size of the end of the interval that is nearest zero, below 0 where the interval holds zero."""
    return contrast.low if contrast.estimate >= 0 else -contrast.high


def strengths(estimates: Estimates) -> tuple[Strength, ...]:
    """The strongest contrast of every exposure that has one, strongest exposure first. Ranked by the bound, not by the point."""
    found: list[Strength] = []
    start = 0
    for exposure in estimates.exposures:
        if exposure.contrasts:
            found.append(_strongest(exposure, start))
        start += len(exposure.contrasts)
    return tuple(sorted(found, key=lambda strength: (-strength.bound, strength.exposure)))


def _strongest(exposure: ExposureEstimate, start: int) -> Strength:
    best = max(range(len(exposure.contrasts)), key=lambda i: bound_nearest_zero(exposure.contrasts[i]))
    contrast = exposure.contrasts[best]
    return Strength(exposure.exposure, start + best, contrast.estimate, bound_nearest_zero(contrast))


def tied_groups(estimates: Estimates, exposures: Sequence[int] | None = None) -> dict[int, int]:
    """Number of the tied group (1, 2, …) of each exposure, strongest group first.

    `exposures` limits the ranking to those; by default all that have contrasts. Going down it, an exposure joins the group as long as its
    size does not differ significantly (5 %, joint covariance) from that of the group's first. So no member differs from the first, and a
    long chain of neighbours is not one group.
    """
    wanted = None if exposures is None else set(exposures)
    groups: dict[int, int] = {}
    first: Strength | None = None
    for strength in strengths(estimates):
        if wanted is not None and strength.exposure not in wanted:
            continue
        if first is None or _differ(first, strength, estimates):
            first = strength
        groups[strength.exposure] = max(groups.values(), default=0) + (first is strength)
    return groups


def _differ(one: Strength, other: Strength, estimates: Estimates) -> bool:
    """Whether the sizes of two effects differ at 5 %."""
    signs = np.sign([one.estimate, other.estimate])
    chosen = np.ix_([one.position, other.position], [one.position, other.position])
    variance = float(np.array([signs[0], -signs[1]]) @ estimates.covariance[chosen] @ np.array([signs[0], -signs[1]]))
    difference = abs(one.estimate) - abs(other.estimate)
    if variance <= 0:
        return difference != 0
    return two_sided_p(difference / float(np.sqrt(variance)), estimates.degrees_of_freedom) < SIGNIFICANT
