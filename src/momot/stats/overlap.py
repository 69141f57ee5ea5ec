"""Do the exposed have anybody to be compared with? Overlap of two groups along a propensity score (Crump et al. 2009)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

THIN = 0.1
"""Density of the reference, relative to that of the exposed, below which a stretch of the score counts as without counterpart."""
BINS = 20
PER_BIN = 15


def without_counterpart(exposed: Floats, reference: Floats, *, rare: bool = False) -> float:
    """Share, 0-1, of the exposed who lie where the reference group is hardly found.

    `exposed`, `reference`: counts over the same fine bins of the score. They are joined to at most 20 stretches with as many exposed in
    each, fewer where either group is small, and a stretch counts where the reference has less than a tenth of the exposed's density
    there. Group sizes don't matter: 5 % not exposed at random are as good a comparison as 50 %. 0 with complete overlap, 1 with none.

    With `rare` a stretch counts only if there also is less than a tenth as much of the reference as of the exposed. Where one in fifty is
    exposed, those who are so ten times as likely as others still have four alike who are not.
    """
    total, total_reference = exposed.sum(), reference.sum()
    stretches = int(min(BINS, total // PER_BIN, total_reference // PER_BIN))
    if stretches < 2:
        return 0.0
    share = np.cumsum(exposed) / total
    stretch = np.minimum((share * stretches - 1e-9).astype(np.int64), stretches - 1)
    mine = np.bincount(stretch, weights=exposed, minlength=stretches) / total
    theirs = np.bincount(stretch, weights=reference, minlength=stretches) / (min(total, total_reference) if rare else total_reference)
    return float(mine[theirs < THIN * mine].sum())
