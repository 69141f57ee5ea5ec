"""Logistic regression by Newton's method, drawn a little to the mean so that separated groups keep finite odds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 25
CLOSE = 1e-8
RIDGE = 1.0
"""Penalty on the squared coefficient of a column with standard deviation 1: the weight of one row (Le Cessie & van Houwelingen 1992)."""
LEAST = 1e-4
"""No chance is told to be smaller, or larger than 1 less it."""


def fit(block: Floats, outcome: Floats, weight: Floats) -> Floats:
    """Coefficients (columns,) of `outcome` (n,), 0 or 1, on the columns of `block` (n, columns); the first is 1 and is not drawn."""
    mean = np.average(block, axis=0, weights=weight)
    spread = np.sqrt(np.average((block - mean) ** 2, axis=0, weights=weight))
    scale = np.where(spread > 0, spread, 1.0)
    scaled = (block - mean) / scale
    scaled[:, 0] = 1.0
    penalty = np.full(block.shape[1], RIDGE)
    penalty[0] = 0.0
    share = float(np.clip(np.average(outcome, weights=weight), LEAST, 1 - LEAST))
    found = np.zeros(block.shape[1])
    found[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        chance = predict(scaled, found)
        curved = scaled * (weight * chance * (1 - chance))[:, None]
        slope = scaled.T @ (weight * (outcome - chance)) - penalty * found
        move = np.linalg.solve(scaled.T @ curved + np.diag(penalty + 1e-9), slope)
        found += move
        if float(np.abs(move).max()) < CLOSE:
            break
    result = found / scale
    result[0] = found[0] - float(np.sum(found[1:] * mean[1:] / scale[1:]))
    return np.asarray(result)


def predict(block: Floats, coefficients: Floats) -> Floats:
    """Chances (n,) of rows (n, columns)."""
    return np.asarray(np.clip(1.0 / (1.0 + np.exp(-np.clip(block @ coefficients, -30, 30))), LEAST, 1 - LEAST))
