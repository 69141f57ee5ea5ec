"""A panel's contrasts with less of L held, and whom a touch is aimed at: points without errors, each from one more solve of the same sums.

How far an estimate moves when a part of the past is left out tells how much of it that part explained: the line of the graded null, and
the measure of a hidden cause "as strong as all activity" (EFFECTS.md 3 e, g).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from momot.effects.equation import Equation
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.effects.panel_checks import amount
from momot.effects.panel_solve import Coded
from momot.stats.linear import coefficients
from momot.stats.sums import centred
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

MUCH = 0.5
"""Share of the larger of two estimates by which they differ much."""


def slopes(coded: Coded, *, known: Indices) -> Floats:
    """Coefficients (columns,) of the outcome on some columns `known` of L and all exposures at once; 0 elsewhere."""
    total = centred(coded.sums.total)
    exposures = [coded.columns.of_exposure(position) for position in range(len(coded.columns.exposures))]
    base = np.sort(np.concatenate([known, *exposures]))
    found = np.zeros(len(total))
    found[base] = coefficients(total[np.ix_(base, base)], total[base, coded.outcome][:, None], np.diag(total)[base])[:, 0]
    return found


def refit(coded: Coded, equations: Sequence[Equation], *, known: Indices) -> tuple[Floats, ...]:
    """The contrasts tested of each exposure, (contrasts,), given other columns of L: what is told with more held can be told with less."""
    found = slopes(coded, known=known)
    return tuple(
        np.array([planned.vector @ found[equation.targets[:-1]] for planned in equation.tested], dtype=np.float64) for equation in equations
    )


def with_refits(found: Sequence[ExposureEstimate], coded: Coded, equations: Sequence[Equation]) -> tuple[ExposureEstimate, ...]:
    """The estimates beside what they are without activity, and without that of the same period alone."""
    held = set(coded.layout.about)
    without = refit(coded, equations, known=coded.layout.without("activity", "today")) if held & {"activity", "today"} else None
    earlier = refit(coded, equations, known=coded.layout.without("today")) if "today" in held else None
    return tuple(
        replace(
            one,
            contrasts=tuple(
                replace(
                    contrast,
                    without_activity=None if without is None else float(without[position][number]),
                    without_today=None if earlier is None else float(earlier[position][number]),
                )
                for number, contrast in enumerate(one.contrasts)
            ),
        )
        for position, one in enumerate(found)
    )


def same_period(contrasts: Sequence[ContrastEstimate], unit: str) -> tuple[Check, ...]:
    """What the effect is when nothing else that was done in the same period is held: a part of that may be its consequence.

    Of several contrasts the one that it moves most.
    """
    moved = [(abs(one.without_today - one.estimate), one, one.without_today) for one in contrasts if one.without_today is not None]
    if not moved:
        return ()
    far, one, without = max(moved, key=lambda pair: pair[0] / max(pair[1].standard_error, 1e-300))
    much = not one.low <= without <= one.high and far >= MUCH * max(abs(without), abs(one.estimate))
    message = (
        f"{amount(without, unit)} when what else was done at that time is not held, {amount(one.estimate, unit)} when it is "
        f"('{one.level}' against '{one.reference}')."
    )
    if not much:
        return (Check(name="same_period", status="pass", value=without, message=message),)
    reason = "It may lead to what was done, or only come with it."
    return (Check(name="same_period", status="review", value=without, limit=one.estimate, message=f"{message} {reason}"),)


def aimed(coded: Coded) -> tuple[float | None, ...]:
    """How steeply each exposure follows the outcome that was foretold before it, in standard deviations; None where nothing foretells it.

    The outcome foretold is the part of L, but for what else was done in the same period, in the regression of the outcome on L and all
    exposures. The number is its mean over the rows that met the touchpoint less that over all other rows, by its standard deviation over
    all rows; were it normal with one variance, the slope of the log odds of a touch per standard deviation. Above 0: those are touched
    who will have the outcome anyway; of churn, a touch aimed at people at risk.
    """
    known = coded.layout.without("today")
    if not len(known):
        return (None,) * len(coded.met_weight)
    weights = slopes(coded, known=coded.layout.without())[known]
    total = coded.sums.total
    spread = float(weights @ centred(total)[np.ix_(known, known)] @ weights / max(float(total[0, 0]), 1e-300))
    everything, met = float(total[0, known] @ weights), coded.met_known[:, known] @ weights
    found: list[float | None] = []
    for weight, mine in zip(coded.met_weight.tolist(), met.tolist(), strict=True):
        rest = float(total[0, 0]) - weight
        told = spread > 0 and weight > 0 and rest > 0
        found.append((mine / weight - (everything - mine) / rest) / float(np.sqrt(spread)) if told else None)
    return tuple(found)
