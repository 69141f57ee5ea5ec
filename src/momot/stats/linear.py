"""Symmetric solves that survive collinear, constant and empty columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dpotrf, dpotrs, dpstrf

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

COLLINEAR = 1e-8
"""Share of its own variation below which a column counts as explained by the others."""


def independent(gram: Floats, scale: Floats, tolerance: float = COLLINEAR) -> tuple[Indices, Floats]:
    """A set of linearly independent columns of a Gram matrix: their positions (rank,), and their scaled Gram matrix (rank, rank).

    `scale` (columns,) are the sums of squares that count as full variation of each column, usually those of all rows: a column that hardly
    varies in a part of the rows is then dropped there instead of being blown up.
    """
    unit = inverse_root(scale)
    scaled = gram * np.outer(unit, unit)
    if full_rank(scaled, tolerance):  # the usual case, ten times faster than looking for the pivots
        return np.arange(len(gram), dtype=np.intp), scaled
    if np.diag(scaled).max(initial=0.0) <= tolerance:  # the factorisation looks at the tolerance from its second pivot on only
        return np.empty(0, dtype=np.intp), np.empty((0, 0))
    _, pivot, rank, _ = dpstrf(scaled, tol=tolerance, lower=0)
    chosen = np.sort(np.asarray(pivot[:rank] - 1, dtype=np.intp))
    return chosen, scaled[np.ix_(chosen, chosen)]


def full_rank(scaled: Floats, tolerance: float = COLLINEAR) -> bool:
    """Whether each column keeps more than `tolerance` of its variation given those before it."""
    try:
        return bool(np.all(np.diag(np.linalg.cholesky(scaled)) ** 2 > tolerance))
    except np.linalg.LinAlgError:
        return False


def coefficients(gram: Floats, cross: Floats, scale: Floats, tolerance: float = COLLINEAR) -> Floats:
    """Regression coefficients (columns, targets) from a Gram matrix (columns, columns) and cross products (columns, targets).

    Columns that the others explain, but for `tolerance` of their variation, get 0: the fitted values are those of the full set.
    """
    unit = inverse_root(scale)
    scaled = np.outer(unit, unit)
    scaled *= gram
    factor, failed = dpotrf(scaled.T, lower=1, overwrite_a=1)
    if not failed and len(factor) and np.all(np.diag(factor) ** 2 > tolerance):  # the usual case: factorised once, not twice
        return np.asarray(unit[:, None] * dpotrs(factor, unit[:, None] * cross, lower=1)[0])
    result = np.zeros_like(cross)
    chosen, scaled = independent(gram, scale, tolerance)
    if len(chosen):
        result[chosen] = unit[chosen, None] * np.linalg.solve(scaled, unit[chosen, None] * cross[chosen])
    return result


def pseudo_inverse(matrix: Floats, scale: Floats, tolerance: float = COLLINEAR) -> tuple[Floats, Floats]:
    """Pseudo-inverse (q, q) of a symmetric matrix after scaling by `scale` (q,), and the projector (q, q) onto what it can identify.

    A contrast c is identified where `projector @ c == c`. Directions with less than `tolerance` of full variation count as not there.
    """
    unit = inverse_root(scale)
    values, vectors = np.linalg.eigh(matrix * np.outer(unit, unit))
    kept = values > tolerance
    basis = vectors[:, kept]
    inverse = (basis / values[kept]) @ basis.T
    back = np.divide(1.0, unit, out=np.zeros_like(unit), where=unit > 0)
    return inverse * np.outer(unit, unit), (back[:, None] * (basis @ basis.T)) * unit[None, :]


def inverse_root(scale: Floats) -> Floats:
    """1 / √scale, 0 where it is 0."""
    return np.divide(1.0, np.sqrt(np.maximum(scale, 0.0)), out=np.zeros_like(scale), where=scale > 0)
