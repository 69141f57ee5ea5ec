"""Two-stage least squares from residual moments: a hidden cause of which there are two noisy measures (arrays in, frozen numbers out).

Proximal causal inference (Tchetgen Tchetgen, Ying, Cui, Shi & Miao 2020), in its linear case. A hidden U drives exposure and outcome. W
measured it just before the exposure, Z measured it earlier and has to do with exposure and outcome through U alone. W as a plain covariate
leaves bias, because it is U and accidents; foretold by Z it is U's part alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.linear import coefficients, pseudo_inverse
from momot.stats.sums import Sums, centred

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns of z by what they are for: `known` (C), `exposures` (E), `measures` (W), `instruments` (Z), `outcome` (Y)."""

    known: Indices
    exposures: Indices
    measures: Indices
    instruments: Indices
    outcome: int

    @property
    def asked(self) -> Indices:
        """E, W, Z, Y in this order: the rows and columns of residual moments."""
        return np.concatenate([self.exposures, self.measures, self.instruments, [self.outcome]]).astype(np.intp)


@dataclass(frozen=True, slots=True)
class TwoStage:
    """Coefficients (E + W,) of the exposures and then the measures.

    `identified` (E + W, E + W): projector onto what the data can tell. `weights` (E + Z, E + W): what turns residuals of (E, Z) into the
    influence of a row on each coefficient, but for its error.
    """

    coefficients: Floats
    identified: Floats
    weights: Floats

    def tells(self, contrast: Floats) -> bool:
        """Whether a contrast (E + W,) is identified."""
        return bool(np.linalg.norm(self.identified @ contrast - contrast) <= 1e-6 * np.linalg.norm(contrast))


def residual_moments(gram: Floats, roles: Roles) -> Floats:
    """Moments of `roles.asked` about their means with C taken out, from one Gram matrix of z whose column 0 is 1."""
    about = centred(gram)
    asked, known = roles.asked, roles.known
    cross = about[np.ix_(known, asked)]
    return np.asarray(about[np.ix_(asked, asked)] - cross.T @ coefficients(about[np.ix_(known, known)], cross, np.diag(about)[known]))


def two_stage(moments: Floats, scale: Floats, roles: Roles) -> TwoStage:
    """(θ, β) = (R_JI R_II⁻¹ R_IJ)⁻¹ R_JI R_II⁻¹ R_IY with I = (E, Z), J = (E, W), R the residual moments.

    `scale` (of `asked`): the sums of squares that count as full variation, usually before C was taken out.
    """
    exposures, measures = len(roles.exposures), len(roles.measures)
    every = np.arange(len(moments) - 1)
    inside = np.delete(every, np.arange(exposures, exposures + measures))
    both = every[: exposures + measures]
    first = coefficients(moments[np.ix_(inside, inside)], moments[np.ix_(inside, both)], scale[inside])
    bread, identified = pseudo_inverse(moments[np.ix_(both, inside)] @ first, scale[both])
    return TwoStage(bread @ (first.T @ moments[inside, -1]), identified, first @ bread)


def first_stage(moments: Floats, scale: Floats, roles: Roles, *, units: int) -> float:
    """How well Z foretells W given C and E: F of the direction of W that it foretells worst (Cragg & Donald 1993).

    `units` count as rows: those of one unit are taken to say the same, so that this is rather too low. Under 10 the second stage leans
    towards plain regression and its intervals cover too little (Staiger & Stock 1997; Stock & Yogo 2005).
    """
    exposures, measures = len(roles.exposures), len(roles.measures)
    own, others = np.arange(exposures), np.arange(exposures, len(moments) - 1)
    cross = moments[np.ix_(own, others)]
    left = moments[np.ix_(others, others)] - cross.T @ coefficients(moments[np.ix_(own, own)], cross, scale[own])
    w, z = np.arange(measures), np.arange(measures, len(others))
    slopes = coefficients(left[np.ix_(z, z)], left[np.ix_(z, w)], scale[others][z])
    told = left[np.ix_(w, z)] @ slopes
    values, vectors = np.linalg.eigh(left[np.ix_(w, w)])
    if not len(z) or values[0] <= 1e-8 * values[-1]:
        return 0.0
    half = vectors / np.sqrt(values)
    share = float(np.clip(np.linalg.eigvalsh(half.T @ told @ half)[0], 0.0, 1.0 - 1e-12))
    instruments = int(np.linalg.matrix_rank(left[np.ix_(z, z)], hermitian=True))
    return share / (1.0 - share) * max(units - instruments - 1, 0) / max(instruments, 1)


def delete_one(sums: Sums, roles: Roles) -> Floats:
    """Coefficients (groups, E + W) with each group of rows left out, of C too."""
    total = sums.total
    scale = np.diag(centred(total))[roles.asked]
    found = np.empty((len(sums.gram), len(roles.exposures) + len(roles.measures)))
    for group, gram in enumerate(sums.gram):
        found[group] = two_stage(residual_moments(total - gram, roles), scale, roles).coefficients
    return found


def effective_groups(sums: Sums, roles: Roles, solution: TwoStage, contrasts: Floats) -> Floats:
    """(Σl)²/Σl² of each contrast (k, E + W), l a group's share of the information about it, (k,): how many groups speak."""
    total = sums.total
    about = centred(total)
    asked = np.concatenate([roles.exposures, roles.instruments]).astype(np.intp)
    slopes = coefficients(
        about[np.ix_(roles.known, roles.known)], about[np.ix_(roles.known, asked)], np.diag(about)[roles.known]
    )  # fmt: skip
    wanted = solution.weights @ contrasts.T
    directions = np.zeros((len(total), len(contrasts)))
    directions[asked] = wanted
    directions[roles.known] = -slopes @ wanted
    directions[0] = -(total[0] @ directions) / total[0, 0]
    leverage = np.stack([np.einsum("ik,ik->k", directions, gram @ directions) for gram in sums.gram])
    return np.asarray(leverage.sum(axis=0) ** 2 / np.maximum((leverage**2).sum(axis=0), 1e-300))
