"""From solved equations and the joint covariance of their contrasts to what the estimators answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Frame
from momot.effects import stake
from momot.effects.contrasts import Planned
from momot.effects.equation import Equation
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.effects.robustness import robustness
from momot.stats.intervals import interval, joint_p
from momot.stats.leverage import Leverage
from momot.stats.power import detectable_effect
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

Checker = Callable[[Equation, tuple[ContrastEstimate, ...]], tuple[Check, ...]]


def answers(
    frame: Frame,
    equations: Sequence[Equation],
    *,
    covariance: Floats,
    freedom: Floats,
    people: Sequence[int],
    single: Leverage,
    check: Checker,
    unit: str,
) -> tuple[tuple[ExposureEstimate, ...], Indices]:
    """One answer an equation, and which rows of the covariance belong to the contrasts shown.

    `covariance` (k, k) and `freedom` (k,) are over the contrasts of all equations: of each those shown, then those between met states.
    `single` (k) is how much one cluster carries of each; `people` says how many met each exposure.
    """
    found: list[ExposureEstimate] = []
    shown: list[int] = []
    start = 0
    for number, equation in enumerate(equations):
        width = len(equation.tested) + len(equation.met_tests)
        own = np.arange(start, start + len(equation.tested))
        met = np.arange(start + len(equation.tested), start + width)
        start += width
        shown += own.tolist()
        contrasts = tuple(
            _contrast(frame, equation, planned, variance=covariance[i, i], df=freedom[i], single=single, place=int(i))
            for i, planned in zip(own, equation.tested, strict=True)
        )
        exposure = frame.exposures[number]
        mine = covariance[np.ix_(own, own)]
        reach = stake.a_month(exposure, contrasts, equation.counts, frame.months)
        at_all = stake.a_month(exposure, contrasts, equation.counts, frame.months, of_presence=True)
        estimates = np.array([contrast.estimate for contrast in contrasts])
        detectable = max((detectable_effect(c.standard_error, freedom[i]) for i, c in zip(own, contrasts, strict=True)), default=None)
        found.append(
            ExposureEstimate(
                exposure=number,
                contrasts=contrasts,
                joint_p=_joint(np.array([c.estimate for c in contrasts]), covariance, freedom, own),
                between_met_p=_joint(np.array([v @ equation.solution.theta for v in equation.met_tests]), covariance, freedom, met),
                residual_share=min(equation.retained, default=None),
                detectable=detectable,
                held=held(frame, exposure, number),
                at_stake=stake.of_factors(reach, estimates, mine, f"{unit} a month"),
                at_stake_presence=stake.of_factors(at_all, estimates, mine, f"{unit} a month"),
                factors=(reach, at_all),
                people=people[number],
                checks=check(equation, contrasts),
            )
        )
    return tuple(found), np.array(shown, dtype=np.intp)


def held(frame: Frame, exposure: Exposure, position: int) -> tuple[str, ...]:
    """Names of the covariates and moments that an exposure's equation is adjusted for."""
    known = dict.fromkeys(covariate.group or covariate.name for covariate in frame.covariates)
    return (*known, *(frame.exposures[i].moment for i in exposure.held if i != position))


def _contrast(
    frame: Frame, equation: Equation, planned: Planned, *, variance: float, df: float, single: Leverage, place: int
) -> ContrastEstimate:
    exposure, months = frame.exposures[equation.exposure], frame.months
    found = interval(float(planned.vector @ equation.solution.theta), float(np.sqrt(max(variance, 0.0))), float(df))
    return ContrastEstimate(
        contrast=planned.contrast,
        level=planned.level,
        reference=planned.reference,
        n=equation.counts.n(planned.states),
        n_reference=equation.counts.n(planned.reference_states),
        mean=equation.counts.mean(planned.states),
        mean_reference=equation.counts.mean(planned.reference_states),
        estimate=found.estimate,
        standard_error=found.standard_error,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        between_met=planned.between_met,
        robustness=None if exposure.evidence == "A" else robustness(equation, planned.vector, found),
        largest_share=float(single.share[place]),
        without_one=single.without(found.estimate, place),
        states=planned.states,
        per_month=stake.units_in(exposure, equation.counts, planned.states) / months if months else None,
        df=float(df),
    )


def _joint(estimates: Floats, covariance: Floats, freedom: Floats, at: Indices) -> float | None:
    return joint_p(estimates, covariance[np.ix_(at, at)], float(freedom[at].min())) if len(at) else None
