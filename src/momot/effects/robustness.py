"""The robustness value of a contrast from the sums that its estimate comes from (EFFECTS.md 3 g)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from momot.effects.equation import Equation
from momot.effects.estimates import ExposureEstimate
from momot.effects.panel_solve import Coded
from momot.stats.intervals import Interval
from momot.stats.linear import coefficients, pseudo_inverse
from momot.stats.sensitivity import Robustness, Strength
from momot.stats.sums import centred

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def robustness(equation: Equation, vector: Floats, found: Interval) -> Robustness | None:
    """What a hidden cause could make of one contrast, `vector` (columns,) on the exposure's own columns.

    `found` is its interval. None where nothing of the outcome or of the contrast's variable is left.
    """
    solution = equation.solution
    information = solution.information(vector)
    if not information > 0 or equation.exact:
        return None
    return Robustness(
        estimate=found.estimate,
        reach=(found.high - found.low) / 2,
        scale=float(np.sqrt(solution.unexplained / information)),
        everything=_everything(equation, vector) if len(equation.nuisance) else None,
    )


def _everything(equation: Equation, vector: Floats) -> Strength:
    """All that is held against nothing held."""
    before = equation.before
    slopes = pseudo_inverse(before[:-1, :-1], np.diag(before)[:-1])[0] @ before[:-1, -1]
    alone = float(before[-1, -1] - slopes @ before[:-1, -1])
    return Strength(_explained(equation.solution.retained(vector)), _explained(equation.solution.unexplained / max(alone, 1e-300)))


def with_activity(found: Sequence[ExposureEstimate], coded: Coded, equations: Sequence[Equation]) -> tuple[ExposureEstimate, ...]:
    """The estimates of a panel with the benchmark "as strong as all activity": one more solve of the same sums, without that block of L."""
    known = coded.layout.without("activity", "today")
    if len(known) == len(coded.layout.without()):
        return tuple(found)
    own = [coded.columns.of_exposure(position) for position in range(len(coded.columns.exposures))]
    base = np.sort(np.concatenate([known, *own]))
    about = centred(coded.sums.total)
    gram, scale = about[np.ix_(base, base)], np.diag(about)[base]
    cross = about[base, coded.outcome]
    wanted = np.searchsorted(base, np.concatenate([np.empty(0, dtype=np.intp), *own]))
    units = np.eye(len(base))[:, wanted]
    solved = coefficients(gram, np.column_stack([cross, units]), scale)
    unexplained = float(about[coded.outcome, coded.outcome] - cross @ solved[:, 0])
    inverse = solved[wanted, 1:]
    return tuple(_with_activity(one, equation, inverse, wanted, base, unexplained) for one, equation in zip(found, equations, strict=True))


def _with_activity(
    one: ExposureEstimate, equation: Equation, inverse: Floats, wanted: Indices, base: Indices, unexplained: float
) -> ExposureEstimate:
    """`inverse` (columns of all exposures squared): that of the moments without activity; `unexplained`: what they leave of the outcome."""
    mine = np.searchsorted(base[wanted], equation.targets[:-1])
    contrasts = []
    for contrast, planned in zip(one.contrasts, equation.tested, strict=True):
        before = float(planned.vector @ inverse[np.ix_(mine, mine)] @ planned.vector)
        if contrast.robustness is not None and before > 0:
            activity = Strength(
                _explained(equation.solution.information(planned.vector) * before),
                _explained(equation.solution.unexplained / max(unexplained, 1e-300)),
            )
            contrasts.append(replace(contrast, robustness=replace(contrast.robustness, activity=activity)))
        else:
            contrasts.append(contrast)
    return replace(one, contrasts=tuple(contrasts))


def _explained(left: float) -> float:
    """1 less the share that is left. Cross-fitted, more can be left than there was: that explains nothing."""
    return float(np.clip(1.0 - left, 0.0, 1.0))
