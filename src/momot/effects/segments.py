"""For whom: the same estimator within each value of a segment (EFFECTS.md 1.8). Segments chosen after the fact are for their own FDR.

Whether an effect differs is tested with the joint covariance of its estimates: zero between different people, and bucket by bucket where
the same people, or persons of one account, stand on both sides (the channel of a touch, the first time and the loyalty loop).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Frame
from momot.effects.contrasts import MIN_UNITS
from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.stats.intervals import joint_p
from momot.vocabulary import Contrast

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

Key = tuple[int, Contrast, str | None, str]
"""A contrast across segments: position of the exposure, contrast, level, reference."""
LEAST_UNITS = 2 * MIN_UNITS
"""Units of a value that is estimated at all: 30 on either side of a contrast."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Estimates by segment value, and for each contrast that at least two values have, the p-value that its effect is the same in all.

    `left_out` are values with too few units. `of_touch`: the value is that of the touch, not of who was touched.
    """

    by_value: dict[str, Estimates]
    differences: dict[Key, float]
    left_out: tuple[str, ...] = ()
    of_touch: bool = False


def take(frame: Frame, rows: Indices) -> Frame:
    """The frame of some rows, ascending; nothing else changes."""
    return replace(
        frame,
        outcome=frame.outcome[rows],
        weight=None if frame.weight is None else frame.weight[rows],
        cluster=frame.cluster[rows],
        bucket=frame.bucket[rows],
        person=None if frame.person is None else frame.person[rows],
        covariates=tuple(replace(covariate, values=covariate.values[rows]) for covariate in frame.covariates),
        exposures=tuple(_some(exposure, rows) for exposure in frame.exposures),
    )


def _some(exposure: Exposure, rows: Indices) -> Exposure:
    finer = None if exposure.finer is None else replace(exposure.finer, values=exposure.finer.values[rows])
    return replace(exposure, codes=exposure.codes[rows], finer=finer)


def estimate_segments(frame: Frame, labels: Sequence[str | None], *, seed: int = 0, unit: str = "units of the outcome") -> Segments:
    """Estimate within each label; `labels` has one value a row, None where the segment is unknown (left out).

    A value with fewer than 60 units (30 on either side of any contrast) is left out; one in which nothing can be compared carries the
    failed checks.
    """
    rows: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        if label is not None:
            rows.setdefault(label, []).append(row)
    by_value = {
        label: estimate(take(frame, np.array(chosen, dtype=np.intp)), seed=seed, unit=unit)
        for label, chosen in sorted(rows.items())
        if len(chosen) >= LEAST_UNITS
    }
    return Segments(by_value, differences(by_value), tuple(sorted(set(rows) - set(by_value))))


def regrouped(estimates: Estimates, of: Sequence[int], labels: Sequence[str | None], exposures: int) -> Segments:
    """The parts of divided exposures as segments: part n is of exposure `of[n]` with the value `labels[n]`; `exposures` is their number.

    All parts come from one regression, so that their joint covariance is at hand.
    """
    by_value: dict[str, Estimates] = {}
    places: dict[str, list[int]] = {}
    starts = np.cumsum([0, *(len(one.contrasts) for one in estimates.exposures)])
    for value in sorted({label for label in labels if label is not None}):
        mine = {of[n]: n for n, label in enumerate(labels) if label == value}
        parts = [(position, mine[position]) for position in range(exposures) if position in mine]
        found = tuple(replace(estimates.exposures[number], exposure=position) for position, number in parts)
        at = [place for _, number in parts for place in range(int(starts[number]), int(starts[number + 1]))]
        by_value[value] = replace(estimates, exposures=found, covariance=estimates.covariance[np.ix_(at, at)], left_out=None)
        places[value] = at
    every = [place for at in places.values() for place in at]
    joint = estimates.covariance[np.ix_(every, every)]
    return Segments(by_value, differences(by_value, joint), of_touch=True)


def differences(by_value: Mapping[str, Estimates], joint: Floats | None = None) -> dict[Key, float]:
    """Test of homogeneity for each contrast over the values that have it: Wald's, with independent values Cochran's (1954).

    `joint` (k, k) is the covariance of all contrasts of all values in their order, where it is known; else it follows from what each value
    left out, or values are independent.
    """
    covariance = together(list(by_value.values())) if joint is None else joint
    found: dict[Key, list[tuple[int, ContrastEstimate]]] = {}
    place = 0
    for estimates in by_value.values():
        for exposure in estimates.exposures:
            for contrast in exposure.contrasts:
                key = (exposure.exposure, contrast.contrast, contrast.level, contrast.reference)
                found.setdefault(key, []).append((place, contrast))
                place += 1
    freedom = min((estimates.degrees_of_freedom for estimates in by_value.values()), default=1.0)
    return {key: _homogeneity_p(contrasts, covariance, freedom) for key, contrasts in found.items() if len(contrasts) > 1}


def together(several: Sequence[Estimates]) -> Floats:
    """The joint covariance (k, k) of all contrasts of several answers, in their order.

    Between two of them it is the jackknife's over the buckets that both have: people in the one and people in the other who share an
    account, or are the same, are left out together. Without buckets to leave out, 0.
    """
    sizes = [len(one.covariance) for one in several]
    ends = np.cumsum([0, *sizes])
    found = np.zeros((int(ends[-1]), int(ends[-1])))
    for number, one in enumerate(several):
        mine = slice(int(ends[number]), int(ends[number + 1]))
        found[mine, mine] = one.covariance
        for other in range(number + 1, len(several)):
            theirs = slice(int(ends[other]), int(ends[other + 1]))
            between = _between(one, several[other])
            found[mine, theirs] = between
            found[theirs, mine] = between.T
    return found


def _between(one: Estimates, other: Estimates) -> Floats:
    if one.left_out is None or other.left_out is None:
        return np.zeros((len(one.covariance), len(other.covariance)))
    _, mine, theirs = np.intersect1d(one.left_out.buckets, other.left_out.buckets, return_indices=True)
    about = [values - values.mean(axis=0) for values in (one.left_out.values, other.left_out.values)]
    groups = min(len(values) for values in about)
    return np.asarray((groups - 1) / max(groups, 1) * about[0][mine].T @ about[1][theirs])


def _homogeneity_p(contrasts: list[tuple[int, ContrastEstimate]], covariance: Floats, freedom: float) -> float:
    at = [place for place, _ in contrasts]
    estimates = np.array([contrast.estimate for _, contrast in contrasts])
    against_first = np.hstack([-np.ones((len(at) - 1, 1)), np.eye(len(at) - 1)])
    spread = against_first @ covariance[np.ix_(at, at)] @ against_first.T
    return joint_p(against_first @ estimates, spread, freedom)
