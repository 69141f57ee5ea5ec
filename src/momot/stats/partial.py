"""Cross-fitted partialling out from sums alone (EFFECTS.md 3 d).

Frisch-Waugh-Lovell: the coefficients of E in a regression of Y on E and N are those of the residual of Y on the residual of E, both given
N. Cross-fitting (Chernozhukov et al. 2018) takes the residual of each row with nuisance coefficients from the other folds. With a linear
nuisance that costs nothing: the other folds' Gram matrix is the total minus the fold's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.linear import COLLINEAR, coefficients, full_rank, independent, inverse_root, pseudo_inverse
from momot.stats.sums import Sums, centred

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


HELD = 1e-4
"""Share of its own variation below which a column adds nothing to what is held already: L holds it, and what is left of it is rounding."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Partialled-out coefficients of q exposure columns.

    `theta` (q,): effect per unit of each column. `bread` (q, q): pseudo-inverse of `residual`. `residual`, `raw` (q, q): sums of squares
    and products of the exposure columns about their means, after and before the nuisance was taken out. `identified` (q, q): projector
    onto the contrasts that the data can tell. `offset` (q + 1,): weighted means of the residuals, exposures then outcome. `unexplained`:
    sum of squares of the outcome that neither exposures nor nuisance explain.
    """

    theta: Floats
    bread: Floats
    residual: Floats
    raw: Floats
    identified: Floats
    offset: Floats
    unexplained: float

    def information(self, contrast: Floats) -> float:
        """Sum of squares of a contrast's own variable (q,), given the other columns and the nuisance; 0 where it has none."""
        inverse = float(contrast @ self.bread @ contrast)
        return 1.0 / inverse if inverse > 0 else 0.0

    def retained(self, contrast: Floats) -> float:
        """Share, 0-1, of the information about a contrast (q,) that is left once the nuisance is held: 1 - R² for a single column.

        0 where the contrast is not identified at all.
        """
        if np.linalg.norm(self.identified @ contrast - contrast) > 1e-6 * np.linalg.norm(contrast):
            return 0.0
        before = float(contrast @ pseudo_inverse(self.raw, np.diag(self.raw))[0] @ contrast)
        after = float(contrast @ self.bread @ contrast)
        return min(1.0, before / after) if after > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Together:
    """By fold: the inverse (r - 1, r - 1) of the residual moments of all columns but the outcome, the outcome's slopes (r - 1,) on them."""

    inverse: tuple[Floats, ...]
    slopes: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What is left of `columns` (r,) once the columns that every equation holds (L) are taken out, by fold.

    `maps` (folds, all columns, 1 + r) take a row z to [1, residuals]; the map of fold f is estimated on all rows outside f, or with one
    fold on all rows. `training`, `own` (folds, 1 + r, 1 + r) are the moments of these residuals over the rows the map was estimated on, and
    over the fold's own rows. `before` (r, r): sums of squares and products of the columns about their means, nothing held. Slopes only: the
    mean of the residuals is taken out over all rows afterwards, so that without nuisance columns the estimate is exactly the difference in
    means.
    """

    columns: Indices
    maps: Floats
    training: Floats
    own: Floats
    before: Floats

    def residual_maps(self, *, nuisance: Indices, targets: Indices) -> Floats:
        """Maps (folds, 1 + r, 1 + targets) from [1, residuals] to [1, residuals of the targets given the nuisance too].

        `nuisance` and `targets` are column numbers of z, all among `columns`. This is (Frisch-Waugh-Lovell) the same as taking out L and
        the nuisance at once, but the large L is factorised once and not for each exposure.
        """
        others, wanted = 1 + self._places(nuisance), 1 + self._places(targets)
        maps = _selecting(len(self.maps), 1 + len(self.columns), wanted)
        for fold, moments in enumerate(self.training):
            about = centred(moments)
            scale = np.diag(self.before)[others - 1] * (moments[0, 0] / self.own[:, 0, 0].sum())
            slopes = coefficients(about[np.ix_(others, others)], about[np.ix_(others, wanted)], scale, HELD)
            maps[fold][np.ix_(others, np.arange(1, 1 + len(wanted)))] = -slopes
        return maps

    def beside_all_others(self, targets: Indices, together: Together) -> Floats:
        """The same as `residual_maps` with every other column but the last of `targets` as nuisance, from what they have in common.

        The inverse of a part of a matrix follows from the inverse of the whole: all exposures are solved at the price of one.
        """
        own, outcome = 1 + self._places(targets[:-1]), 1 + int(self._places(targets[-1:])[0])
        everything = np.delete(np.arange(1, 1 + len(self.columns)), outcome - 1)
        mine = np.searchsorted(everything, own)
        others = np.delete(np.arange(len(everything)), mine)
        maps = _selecting(len(self.maps), 1 + len(self.columns), np.append(own, outcome))
        for fold, (inverse, slopes) in enumerate(zip(together.inverse, together.slopes, strict=True)):
            inside = np.linalg.solve(inverse[np.ix_(mine, mine)], inverse[np.ix_(mine, others)])  # (own, others)
            maps[fold][np.ix_(everything[others], np.arange(1, 1 + len(mine)))] = inside.T
            maps[fold][everything[others], -1] = -(slopes[others] - inside.T @ slopes[mine])
        return maps

    def together(self, outcome: int) -> Together | None:
        """What the equations of all columns but `outcome` have in common; None where one of them follows from the others."""
        last = int(self._places(np.array([outcome]))[0])
        everything = np.delete(np.arange(len(self.columns)), last) + 1
        inverses, slopes = [], []
        for moments in self.training:
            about = centred(moments)
            scale = inverse_root(np.diag(self.before)[everything - 1] * (moments[0, 0] / self.own[:, 0, 0].sum()))
            scaled = about[np.ix_(everything, everything)] * np.outer(scale, scale)
            if not full_rank(scaled, HELD):
                return None
            inverse = np.linalg.inv(scaled) * np.outer(scale, scale)
            inverses.append(inverse)
            slopes.append(inverse @ about[everything, last + 1])
        return Together(tuple(inverses), tuple(slopes))

    def raw(self, targets: Indices) -> Floats:
        """Sums of squares and products of some columns before anything is held, for `solve`."""
        places = self._places(targets)
        return self.before[np.ix_(places, places)]

    def _places(self, columns: Indices) -> Indices:
        return np.asarray(np.searchsorted(self.columns, columns), dtype=np.intp)


def given(folds: Sums, *, base: Indices, columns: Indices) -> Given:
    """Take the base columns out of `columns` (ascending), fold by fold."""
    total, count = folds.total, len(folds.rows)
    about = centred(total)
    base = base[independent(about[np.ix_(base, base)], np.diag(about)[base])[0]]  # found once, not in every fold
    maps = _selecting(count, len(total), columns)
    training, own = np.empty((2, count, 1 + len(columns), 1 + len(columns)))
    for fold, gram in enumerate(folds.gram):
        rest = total - gram if count > 1 else total
        others = centred(rest)
        scale = np.diag(about)[base] * (rest[0, 0] / total[0, 0])
        slopes = coefficients(others[np.ix_(base, base)], others[np.ix_(base, columns)], scale)
        maps[fold][np.ix_(base, np.arange(1, 1 + len(columns)))] = -slopes
        training[fold] = maps[fold].T @ (rest @ maps[fold])
        own[fold] = maps[fold].T @ (gram @ maps[fold])
    return Given(columns, maps, training, own, about[np.ix_(columns, columns)])


def _selecting(folds: int, columns: int, targets: Indices) -> Floats:
    """Maps (folds, columns, 1 + targets) that only pick the constant and the targets."""
    maps = np.zeros((folds, columns, 1 + len(targets)))
    maps[:, 0, 0] = 1.0
    maps[:, targets, np.arange(1, 1 + len(targets))] = 1.0
    return maps


def residual_moments(sums: Sums, maps: Floats, fold_of: Integers) -> Floats:
    """Second moments (groups, m, m) of [1, residuals] in each group, the map of group g being `maps[fold_of[g]]`."""
    return moments_of(sums.gram, maps[fold_of])


def moments_of(gram: Floats, maps: Floats) -> Floats:
    """M'GM for each of several Gram matrices (groups, columns, columns) and maps (groups, columns, m)."""
    return np.stack([one.T @ (sums @ one) for sums, one in zip(gram, maps, strict=True)])


def solve(moments: Floats, raw: Floats) -> Partial:
    """Coefficients from the residual moments (m, m) of [1, E (q), Y] and the centred sums of squares of E before residualising (q, q)."""
    about = centred(moments)[1:, 1:]
    offset = moments[0, 1:] / moments[0, 0]
    residual, cross = about[:-1, :-1], about[:-1, -1]
    bread, identified = pseudo_inverse(residual, np.diag(raw))
    theta = bread @ cross
    return Partial(theta, bread, residual, raw, identified, offset, max(float(about[-1, -1] - theta @ cross), 0.0))


def delete_one(moments: Floats, raw: Floats) -> Floats:
    """Coefficients (groups, q) with each group of rows left out of the last step; the nuisance coefficients stay as they are."""
    rest = moments.sum(axis=0) - moments
    weight = np.maximum(rest[:, 0, 0], 1e-300)
    about = rest - rest[:, 0, :, None] * rest[:, 0, None, :] / weight[:, None, None]
    unit = inverse_root(np.diag(raw))
    values, vectors = np.linalg.eigh(about[:, 1:-1, 1:-1] * np.outer(unit, unit))
    kept = np.divide(1.0, values, out=np.zeros_like(values), where=values > COLLINEAR)
    return np.asarray(unit * np.einsum("gij,gj,gkj,gk->gi", vectors, kept, vectors, unit * about[:, 1:-1, -1]))


def delete_one_whole(sums: Sums, *, columns: Indices, outcome: int, wanted: Indices) -> Floats:
    """Coefficients (groups, wanted) of the regression on all of `columns` with each group of rows left out, of the nuisance too.

    What the nuisance coefficients owe to chance is then part of the error (the jackknife CV3 of MacKinnon, Nielsen & Webb 2023). `wanted`
    are among `columns`; columns that the others explain get 0.
    """
    total = sums.total
    places = np.searchsorted(columns, wanted)
    scale = np.diag(centred(total))[columns]
    found = np.empty((len(sums.gram), len(wanted)))
    for group, gram in enumerate(sums.gram):
        about = centred(total - gram)
        found[group] = coefficients(about[np.ix_(columns, columns)], about[columns, outcome][:, None], scale)[places, 0]
    return found


def delete_one_each(total: Floats, grams: Iterable[Floats], crosses: Floats, wanted: Indices) -> tuple[Floats, Floats, Flags]:
    """Coefficients of several outcomes on the same columns, on all rows (wanted, outcomes) and without each (groups, …).

    `total` (columns, columns) and `grams` are Gram matrices, the constant first, `crosses` (groups, columns, outcomes). The last says which
    of `wanted` the other columns do not explain; the coefficients of those that they do are 0.
    """
    everything = crosses.sum(axis=0)
    about = centred(total)
    base = independent(about, np.diag(about))[0]
    scale, places = np.diag(about)[base], np.searchsorted(base, wanted)
    alone = np.isin(wanted, base)
    places = np.where(alone, places, 0)

    def solved(gram: Floats, cross: Floats) -> Floats:
        weight = max(float(gram[0, 0]), 1e-300)
        aims = (cross - np.outer(gram[0], cross[0]) / weight)[base]
        return coefficients(centred(gram)[np.ix_(base, base)], aims, scale)[places] * alone[:, None]

    left_out = np.stack([solved(total - gram, everything - cross) for gram, cross in zip(grams, crosses, strict=True)])
    return solved(total, everything), left_out, alone


def jackknife(estimates: Floats, whole: Floats | None = None) -> Floats:
    """Covariance (k, k) of k estimates from their values with one of B groups of clusters left out, (B, k); t has B - 1 degrees of freedom.

    Delete-one-group jackknife (Tukey 1958; Cameron & Miller 2015 on clusters) about the estimates `whole` (k,) of all groups (CV3 of
    MacKinnon, Nielsen & Webb 2023), or where there are none about the mean.
    """
    groups = len(estimates)
    about = estimates - (estimates.mean(axis=0) if whole is None else whole)
    return np.asarray((groups - 1) / groups * about.T @ about)
