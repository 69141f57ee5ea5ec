"""The robustness value of a contrast from the sums that its estimate comes from (EFFECTS.md 3 g)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from momot.effects.equation import Equation
from momot.stats.intervals import Interval
from momot.stats.linear import pseudo_inverse
from momot.stats.sensitivity import Robustness, Strength

Floats = npt.NDArray[np.float64]

NOTHING = 1e-10
"""Share of the outcome's variation under which none is left: what fits exactly has no hidden causes, or is the outcome itself."""


def robustness(equation: Equation, vector: Floats, found: Interval, *, without: Equation | None = None) -> Robustness | None:
    """What a hidden cause could make of one contrast, `vector` (columns,) on the exposure's own columns.

    `found` is its interval. `without` is the same exposure solved without what people did before, for the benchmark of that. None where
    nothing of the outcome or of the contrast's variable is left.
    """
    solution = equation.solution
    information = solution.information(vector)
    if not information > 0 or solution.unexplained <= NOTHING * equation.before[-1, -1]:
        return None
    return Robustness(
        estimate=found.estimate,
        reach=(found.high - found.low) / 2,
        scale=float(np.sqrt(solution.unexplained / information)),
        everything=_everything(equation, vector) if len(equation.nuisance) else None,
        history=_added(equation, without, vector) if without is not None else None,
    )


def _everything(equation: Equation, vector: Floats) -> Strength:
    """All that is held against nothing held."""
    before = equation.before
    slopes = pseudo_inverse(before[:-1, :-1], np.diag(before)[:-1])[0] @ before[:-1, -1]
    alone = float(before[-1, -1] - slopes @ before[:-1, -1])
    return Strength(_explained(equation.solution.retained(vector)), _explained(equation.solution.unexplained / max(alone, 1e-300)))


def _added(equation: Equation, without: Equation, vector: Floats) -> Strength | None:
    """What a block of columns adds to the others; None where the contrast needs it to be told."""
    bare = without.solution
    if bare.retained(vector) <= 0:
        return None
    return Strength(
        _explained(equation.solution.information(vector) / bare.information(vector)),
        _explained(equation.solution.unexplained / max(bare.unexplained, 1e-300)),
    )


def _explained(left: float) -> float:
    """1 less the share that is left. Cross-fitted, more can be left than there was: that explains nothing."""
    return float(np.clip(1.0 - left, 0.0, 1.0))
