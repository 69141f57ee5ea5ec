"""Cross-fitted partialling out from sums alone (EFFECTS.md 3 d).

Frisch-Waugh-Lovell: the coefficients of E in a regression of Y on E and N are those of the residual of Y on the residual of E, both given
N. Cross-fitting (Chernozhukov et al. 2018) takes the residual of each row with nuisance coefficients from the other folds. With a linear
nuisance that costs nothing: the other folds' Gram matrix is the total minus the fold's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.linear import coefficients, pseudo_inverse
from momot.stats.sums import Sums, centred

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Partial:
    """Partialled-out coefficients of q exposure columns.

    `theta` (q,): effect per unit of each column. `bread` (q, q): pseudo-inverse of `residual`. `residual`, `raw` (q, q): sums of squares
    and products of the exposure columns about their means, after and before the nuisance was taken out. `identified` (q, q): projector
    onto the contrasts that the data can tell. `offset` (q + 1,): weighted means of the residuals, exposures then outcome.
    """

    theta: Floats
    bread: Floats
    residual: Floats
    raw: Floats
    identified: Floats
    offset: Floats

    def retained(self, contrast: Floats) -> float:
        """Share, 0-1, of the information about a contrast (q,) that is left once the nuisance is held: 1 - R² for a single column.

        0 where the contrast is not identified at all.
        """
        if np.linalg.norm(self.identified @ contrast - contrast) > 1e-6 * np.linalg.norm(contrast):
            return 0.0
        before = float(contrast @ pseudo_inverse(self.raw, np.diag(self.raw))[0] @ contrast)
        after = float(contrast @ self.bread @ contrast)
        return min(1.0, before / after) if after > 0 else 0.0


def residual_maps(folds: Sums, *, nuisance: Indices, targets: Indices) -> Floats:
    """Linear maps (folds, columns, 1 + targets) from a row z to [1, residuals of the targets given the nuisance columns].

    The map of fold f is estimated on all rows outside f; with a single fold, on all rows. Slopes only: the mean of the residuals is taken
    out over all rows afterwards, so that without nuisance columns the estimate is exactly the difference in means.
    """
    count, columns, _ = folds.gram.shape
    maps = np.zeros((count, columns, 1 + len(targets)))
    maps[:, 0, 0] = 1.0
    maps[:, targets, np.arange(1, 1 + len(targets))] = 1.0
    if not len(nuisance):
        return maps
    total = folds.total
    scale = np.diag(centred(total))[nuisance]
    for fold in range(count):
        rest = centred(total - folds.gram[fold] if count > 1 else total)
        slopes = coefficients(rest[np.ix_(nuisance, nuisance)], rest[np.ix_(nuisance, targets)], scale * rest_share(folds, fold))
        maps[fold][np.ix_(nuisance, np.arange(1, 1 + len(targets)))] = -slopes
    return maps


def rest_share(folds: Sums, fold: int) -> float:
    """Share of the total weight that lies outside one fold; 1 with a single fold."""
    weights = folds.gram[:, 0, 0]
    return float(1.0 - weights[fold] / weights.sum()) if len(weights) > 1 else 1.0


def residual_moments(sums: Sums, maps: Floats, fold_of: Integers) -> Floats:
    """Second moments (groups, m, m) of [1, residuals] in each group, the map of group g being `maps[fold_of[g]]`."""
    used = maps[fold_of]
    return np.asarray(np.transpose(used, (0, 2, 1)) @ sums.gram @ used)


def solve(moments: Floats, raw: Floats) -> Partial:
    """Coefficients from the residual moments (m, m) of [1, E (q), Y] and the centred sums of squares of E before residualising (q, q)."""
    about = centred(moments)[1:, 1:]
    offset = moments[0, 1:] / moments[0, 0]
    residual, cross = about[:-1, :-1], about[:-1, -1]
    bread, identified = pseudo_inverse(residual, np.diag(raw))
    return Partial(bread @ cross, bread, residual, raw, identified, offset)


def delete_one(moments: Floats, raw: Floats) -> Floats:
    """Coefficients (groups, q) with each group of rows left out of the last step; the nuisance coefficients stay as they are."""
    total = moments.sum(axis=0)
    return np.stack([solve(total - one, raw).theta for one in moments])


def jackknife(estimates: Floats) -> Floats:
    """Covariance (k, k) of k estimates from their values with one of B groups of clusters left out, (B, k); t has B - 1 degrees of freedom.

    Delete-one-group jackknife (Tukey 1958; Cameron & Miller 2015 on clusters).
    """
    groups = len(estimates)
    about = estimates - estimates.mean(axis=0)
    return np.asarray((groups - 1) / groups * about.T @ about)
