"""What an experiment's answers deserve beside their intervals: what history saved, whether a dose is a line, who was merely lucky."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from momot.effects.equation import Equation
from momot.effects.estimates import ContrastEstimate
from momot.stats.intervals import chi_square_tail
from momot.stats.sums import Sums, centred
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]

DEPARTS = 0.01
FLATTERED = 0.5
"""Standard errors by which the largest of several is pulled back from where on it is worth a look."""


def variance_reduction(folds: Sums, equation: Equation) -> Check | None:
    """The share of the outcome's variance that what was known before the assignment takes away (CUPED; Deng et al. 2013).

    Out of fold, so that a rich history does not explain its own noise; None where nothing was known.
    """
    if not len(equation.nuisance):
        return None
    total = centred(folds.total)[-1, -1]
    left = explained_left(folds, equation.maps[:, :, -1])
    if total <= 0:
        return None
    share = max(0.0, 1.0 - left / float(total))
    saved = f", as {1 / max(1 - share, 1e-9) - 1:.0%} more people would" if share >= 0.005 else ""
    return Check(
        name="variance_reduction",
        status="pass",
        value=share,
        message=f"What was known before the assignment takes {share:.0%} of the outcome's variance away{saved}.",
    )


def explained_left(folds: Sums, maps: Floats) -> float:
    """Sum of squares about the mean of one residual, its map (folds, columns) being that of the fold a row is in."""
    second = float(np.einsum("fi,fij,fj->", maps, folds.gram, maps))
    first = float(np.einsum("fi,fi->", maps, folds.gram[:, 0]))
    return second - first**2 / float(folds.gram[:, 0, 0].sum())


def linearity(contrasts: tuple[ContrastEstimate, ...], covariance: Floats, dose: dict[str, float]) -> Check | None:
    """Whether the levels of a dose lie on a line through the lowest (generalised least squares); None where no trend was told.

    `covariance` (k, k) is that of the `contrasts`, `dose` the amount at each label.
    """
    levels = [number for number, contrast in enumerate(contrasts) if contrast.contrast == "level" and contrast.level in dose]
    trend = next((contrast for contrast in contrasts if contrast.contrast == "trend"), None)
    if trend is None or len(levels) < 2 or trend.reference not in dose:
        return None
    away = np.array([dose[str(contrasts[number].level)] - dose[trend.reference] for number in levels])
    seen = np.array([contrasts[number].estimate for number in levels])
    precision = np.linalg.pinv(covariance[np.ix_(levels, levels)], hermitian=True)
    slope = float(away @ precision @ seen) / max(float(away @ precision @ away), 1e-300)
    rest = seen - slope * away
    p = chi_square_tail(float(rest @ precision @ rest), len(levels) - 1)
    if p >= DEPARTS:
        message = f"The levels are not seen to depart from a line (p = {p:.2g})."
        return Check(name="linearity", status="pass", value=p, limit=DEPARTS, message=message)
    return Check(
        name="linearity",
        status="review",
        value=p,
        limit=DEPARTS,
        message=f"The levels depart from a line (p = {p:.2g}): what one step brings depends on where it starts.",
        fix="Read the levels, where a threshold shows; the line only says what a step brings on average.",
    )
