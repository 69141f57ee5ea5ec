"""For whom: the same estimator within each value of a segment (EFFECTS.md 1.8). Segments chosen after the fact are for their own FDR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Frame
from momot.effects.contrasts import MIN_UNITS
from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.stats.intervals import chi_square_tail
from momot.vocabulary import Contrast

Indices = npt.NDArray[np.intp]

Key = tuple[int, Contrast, str | None, str]
"""A contrast across segments: position of the exposure, contrast, level, reference."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Estimates by segment value, and for each contrast that at least two values have, the p-value that its effect is the same in all."""

    by_value: dict[str, Estimates]
    differences: dict[Key, float]


def take(frame: Frame, rows: Indices) -> Frame:
    """The frame of some rows, ascending; nothing else changes."""
    return replace(
        frame,
        outcome=frame.outcome[rows],
        weight=None if frame.weight is None else frame.weight[rows],
        cluster=frame.cluster[rows],
        bucket=frame.bucket[rows],
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
        if len(chosen) >= 2 * MIN_UNITS
    }
    return Segments(by_value, differences(by_value))


def differences(by_value: dict[str, Estimates]) -> dict[Key, float]:
    """Cochran's test of homogeneity (1954) for each contrast over the segments that have it; segments are taken as independent."""
    found: dict[Key, list[ContrastEstimate]] = {}
    for estimates in by_value.values():
        for exposure in estimates.exposures:
            for contrast in exposure.contrasts:
                found.setdefault((exposure.exposure, contrast.contrast, contrast.level, contrast.reference), []).append(contrast)
    return {key: _homogeneity_p(contrasts) for key, contrasts in found.items() if len(contrasts) > 1}


def _homogeneity_p(contrasts: list[ContrastEstimate]) -> float:
    estimates = np.array([contrast.estimate for contrast in contrasts])
    precision = 1.0 / np.maximum(np.array([contrast.standard_error for contrast in contrasts]), 1e-150) ** 2
    common = float(np.average(estimates, weights=precision))
    return chi_square_tail(float(np.sum(precision * (estimates - common) ** 2)), len(contrasts) - 1)
