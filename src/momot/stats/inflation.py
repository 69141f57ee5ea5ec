"""Tests that are all a little too sure: what inflates most of them is taken off all of them (genomic control, Devlin & Roeder 1999)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]

MIDDLE = 0.4549364231195725
"""Median of chi² with one degree of freedom."""
SMALLEST = 1e-300


def inflation(p: Floats) -> float:
    """How many times larger the median squared z-value of the p-values is than chance makes it; never under 1.

    With more than half of the hypotheses true, the median is that of the null whatever the others do.
    """
    known = p[np.isfinite(p)]
    if not len(known):
        return 1.0
    return max(float(np.median(ndtri(np.maximum(known, SMALLEST) / 2) ** 2)) / MIDDLE, 1.0)


def deflated(p: Floats) -> Floats:
    """The p-values once every z-value is divided by the square root of the inflation that they show together, (n,)."""
    scale = np.sqrt(inflation(p))
    return np.asarray(np.where(np.isfinite(p), 2 * ndtr(ndtri(np.maximum(p, SMALLEST) / 2) / scale), p))
