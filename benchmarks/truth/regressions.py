"""Two regressions that rivals use, with errors by cluster: least squares, and logistic by iterated weights (McCullagh & Nelder 1989)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.truth.records import Floats, Integers

_STEPS, _SETTLED, _RIDGE = 30, 1e-8, 1e-6


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients (k,) and their covariance (k, k)."""

    coefficients: Floats
    covariance: Floats


def least_squares(columns: Floats, outcome: Floats, cluster: Integers) -> Fit:
    """Ordinary least squares of `outcome` (n,) on `columns` (n, k)."""
    bread: Floats = np.linalg.pinv(columns.T @ columns).astype(np.float64)
    beta = bread @ (columns.T @ outcome)
    return Fit(beta, _sandwich(bread, columns * (outcome - columns @ beta)[:, None], cluster))


def logistic(columns: Floats, outcome: Floats, cluster: Integers) -> Fit:
    """Logistic regression of `outcome` (n,), 0 or 1. The weakest ridge keeps it finite where a column separates the outcome."""
    beta = np.zeros(columns.shape[1])
    ridge = _RIDGE * len(outcome) * np.eye(columns.shape[1])
    bread: Floats = np.eye(columns.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
        bread = np.asarray(np.linalg.inv((columns * (chance * (1 - chance))[:, None]).T @ columns + ridge), dtype=np.float64)
        step = bread @ (columns.T @ (outcome - chance) - ridge @ beta)
        beta = beta + step
        if float(np.abs(step).max()) < _SETTLED:
            break
    chance = 1 / (1 + np.exp(-np.clip(columns @ beta, -30, 30)))
    return Fit(beta, _sandwich(bread, columns * (outcome - chance)[:, None], cluster))


def _sandwich(bread: Floats, scores: Floats, cluster: Integers) -> Floats:
    _, code = np.unique(cluster, return_inverse=True)
    summed = np.zeros((int(code.max()) + 1 if len(code) else 0, scores.shape[1]))
    np.add.at(summed, code, scores)
    return np.asarray(bread @ (summed.T @ summed) @ bread)
