"""Shrunken estimates: what the largest of several effects is likely to be once chosen for being the largest (the winner's curse).

Effects of several segments or arms are taken as draws of one normal law whose spread is itself unknown: each is pulled towards their mean
by as much as chance explains of how they differ (Efron & Morris 1975; Rubin 1981). Uncertainty about the spread is integrated over, so
that with few effects the intervals stay wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.intervals import t_quantile

Floats = npt.NDArray[np.float64]

GRID = 200
WIDEST = 20.0
"""The largest spread looked at, in typical standard errors or ranges of the estimates, whichever is larger."""


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Posterior of k effects: means and 95 % intervals (k,), the common `mean` and the posterior mean of their `spread`."""

    estimates: Floats
    low: Floats
    high: Floats
    mean: float
    spread: float


def shrink(estimates: Floats, covariance: Floats) -> Shrunken | None:
    """Pull k estimates (k,) with their covariance (k, k) towards their common mean; None with fewer than two or without noise.

    Normal means, normal errors, a flat prior on the common mean; the spread has a flat prior from three effects on and a half-Cauchy with
    the typical standard error as scale with two, for which a flat one is improper (Gelman 2006). Arms that share a control have a
    covariance; segments of different people have a diagonal one.
    """
    count = len(estimates)
    variances = np.diag(covariance)
    if count < 2 or not np.all(np.isfinite(estimates)) or not np.all(variances > 0):
        return None
    typical = float(np.sqrt(variances.mean()))
    widest = WIDEST * max(typical, float(np.ptp(estimates)))
    spreads = widest * np.linspace(0.0, 1.0, GRID) ** 3
    squared = spreads[:, None, None] ** 2
    precision = np.linalg.inv(covariance + squared * np.eye(count))  # (grid, k, k)
    sums = precision.sum(axis=1)
    total = sums.sum(axis=1)
    centres = sums @ estimates / total
    away = estimates - centres[:, None]
    believed = squared * precision  # the share of each deviation that is no chance
    means = centres[:, None] + np.einsum("gij,gj->gi", believed, away)
    left = squared[:, 0] * (1.0 - np.einsum("gii->gi", believed))
    seconds = left + (1.0 - believed.sum(axis=2)) ** 2 / total[:, None] + means**2
    misfit = np.einsum("gi,gij,gj->g", away, precision, away)
    log_weight = 0.5 * (np.linalg.slogdet(precision)[1] - np.log(total) - misfit)
    if count == 2:
        log_weight -= np.log1p((spreads / typical) ** 2)
    steps = np.gradient(spreads)
    weight = np.exp(log_weight - log_weight.max()) * steps
    weight /= weight.sum()
    middle = weight @ means
    reach = t_quantile(0.975, float("inf")) * np.sqrt(np.maximum(weight @ seconds - middle**2, 0.0))
    return Shrunken(middle, middle - reach, middle + reach, float(weight @ centres), float(weight @ spreads))
