"""The estimator of frames that fit in memory: two passes over the rows, everything else small linear algebra (EFFECTS.md 3 a-d, h, i).

Pass 1 adds up Gram matrices by fold. From these come, for each exposure, the coefficients of its states given L and the exposures it is
held against. Pass 2 adds up each cluster's influence on every contrast: the joint covariance. No tables, no words beyond names and checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from momot.designs.frame import Frame
from momot.effects import columns as design
from momot.effects import gates
from momot.effects.answers import answers, held
from momot.effects.contrasts import Coding, Planned, code
from momot.effects.counts import Counts, count, people
from momot.effects.equation import Equation, form
from momot.effects.estimates import Estimates, ExposureEstimate
from momot.effects.rows import Rows, arrange
from momot.stats import partial
from momot.stats.scores import Scores, cluster_scores, no_scores
from momot.stats.sums import Sums, accumulate
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

SCORE_BINS = 512
SCORE_REACH = 6.0
LEAST_WEIGHT = 1e-12
"""A weight counts as this share of the mean weight at least: sums of what is still smaller are rounding."""


def estimate(frame: Frame, *, seed: int = 0, unit: str = "units of the outcome") -> Estimates:
    """Every contrast of every exposure of a frame, with its covariance and checks.

    `seed` deals buckets to folds; `unit` is that of the outcome, for `at_stake`. A frame without rows or with a constant outcome gives
    estimates without contrasts, never an error.
    """
    with threadpool_limits(
        limits=1, user_api="blas"
    ):  # blocks are small: a second thread costs more than it brings, and sums in another order
        return _estimate(frame, arrange(frame, seed=seed), unit)


def _estimate(frame: Frame, rows: Rows, unit: str) -> Estimates:
    beyond = gates.beyond_measure(frame.outcome)
    if beyond is not None:
        frame = replace(frame, outcome=np.zeros(frame.units))
    if frame.weight is not None and frame.units:
        frame = replace(frame, weight=np.maximum(frame.weight, LEAST_WEIGHT * frame.weight.mean()))
    counts = tuple(count(frame, exposure, rows) for exposure in frame.exposures)
    codings = tuple(code(exposure, c.units, c.clusters, c.weight) for exposure, c in zip(frame.exposures, counts, strict=True))
    if not frame.units or beyond is not None:
        return _nothing(frame, codings, counts, beyond)
    layout = design.plan(frame, codings, effective_clusters=rows.effective_clusters(frame.weight))
    folds = accumulate(_blocks(frame, layout, rows), groups=rows.folds, columns=layout.count)
    known = layout.of_covariates()
    given = partial.given(folds, base=known, columns=np.arange(1 + len(known), layout.count))
    equations = tuple(_equation(frame, layout, given, position, coding, counts[position]) for position, coding in enumerate(codings))
    scores, overlaps = _score(frame, layout, rows, folds, equations)
    return _answers(frame, layout, folds, rows, equations, scores, overlaps, unit)


def _blocks(frame: Frame, layout: design.Columns, rows: Rows) -> Iterator[tuple[int, Floats, Floats | None]]:
    for batch in rows.batches:
        yield batch.fold, layout.block(batch.rows), None if frame.weight is None else frame.weight[batch.rows]


def _equation(frame: Frame, layout: design.Columns, given: partial.Given, position: int, coding: Coding, counts: Counts) -> Equation:
    held = [layout.of_held(other) for other in frame.exposures[position].held if other != position]
    return form(
        position,
        coding,
        counts,
        given,
        own=layout.of_exposure(position),
        also=np.concatenate([np.empty(0, dtype=np.intp), *held]),
        outcome=layout.count - 1,
        covariates=layout.of_covariates(),
    )


@dataclass(frozen=True, slots=True)
class _Second:
    """What pass 2 multiplies each row with, by fold: leverage of each contrast, error of each equation, score of each tested column."""

    leverage: Floats  # (folds, columns, contrasts)
    error: Floats  # (folds, columns, equations)
    equation_of: Indices  # (contrasts,)
    inverse: Floats  # (contrasts,) one over the information about each
    propensity: Floats  # (folds, columns, tested columns)
    spread: Floats  # (tested columns,) standard deviation of the propensity score
    owner: tuple[tuple[int, int], ...]  # (equation, column within the exposure) of each tested column


def _second(layout: design.Columns, folds: Sums, equations: tuple[Equation, ...]) -> _Second:
    count = len(folds.rows)
    leverage, error, propensity, owner, equation_of, inverse, spread = [], [], [], [], [], [], []
    for number, equation in enumerate(equations):
        solution, own = equation.solution, equation.maps[:, :, 1:-1].copy()
        own[:, 0] -= solution.offset[:-1]
        outcome = equation.maps[:, :, -1].copy()
        outcome[:, 0] -= solution.offset[-1]
        vectors = equation.vectors
        leverage.append(own @ (solution.bread @ vectors.T))
        error.append(outcome - own @ solution.theta)
        equation_of += [number] * len(vectors)
        inverse += [float(vector @ solution.bread @ vector) for vector in vectors]
        for column in _tested_columns(equation) if len(equation.nuisance) else ():
            position = int(equation.targets[column])
            fitted = -equation.maps[:, :, 1 + column]
            fitted[:, position] += 1.0
            propensity.append(fitted)
            owner.append((number, column))
            spread.append(np.sqrt(max(_variance(folds, fitted), 1e-300)))
    empty = np.zeros((count, layout.count, 0))
    return _Second(
        np.concatenate([empty, *leverage], axis=2),
        np.stack(error, axis=2) if error else empty,
        np.array(equation_of, dtype=np.intp),
        np.array(inverse, dtype=np.float64),
        np.stack(propensity, axis=2) if propensity else empty,
        np.array(spread, dtype=np.float64),
        tuple(owner),
    )


def _tested_columns(equation: Equation) -> tuple[int, ...]:
    """Columns of supported states on the exposed side of a contrast shown."""
    states = {state for planned in equation.tested for state in planned.states if equation.coding.supported[state]}
    return tuple(column for column, members in enumerate(equation.coding.columns) if set(members) & states)


def _variance(folds: Sums, maps: Floats) -> float:
    """Variance over all rows of one linear score, (folds, columns)."""
    second = float(np.einsum("fi,fij,fj->", maps, folds.gram, maps))
    first = float(np.einsum("fi,fi->", maps, folds.gram[:, 0]))
    weight = float(folds.gram[:, 0, 0].sum())
    return second / weight - (first / weight) ** 2


def _score(
    frame: Frame, layout: design.Columns, rows: Rows, folds: Sums, equations: tuple[Equation, ...]
) -> tuple[Scores, dict[tuple[int, int], gates.Overlap]]:
    """Pass 2: cluster scores of all contrasts, and the overlap of each tested state with the reference along its propensity score."""
    second = _second(layout, folds, equations)
    scores = no_scores(len(second.equation_of))
    if not len(second.equation_of):
        return scores, {}
    histograms = np.zeros((len(second.owner), 3, SCORE_BINS))
    sides = [_sides(equations[number], column) for number, column in second.owner]
    mixtures = _mixtures(equations)
    for batch in rows.batches:
        block = layout.block(batch.rows)
        scores = scores + cluster_scores(
            leverage=block @ second.leverage[batch.fold],
            error=(block @ second.error[batch.fold])[:, second.equation_of],
            weight=None if frame.weight is None else frame.weight[batch.rows],
            starts=batch.starts,
            mixtures=[(run, table[frame.exposures[exposure].codes[batch.rows]]) for exposure, run, table in mixtures],
            inverse=second.inverse,
        )
        if second.owner:
            where = block @ (second.propensity[batch.fold] * (SCORE_BINS / (2 * SCORE_REACH) / second.spread))
            bins = np.clip(where + SCORE_BINS / 2, 0, SCORE_BINS - 1).astype(np.int64)
            for number, (equation, _) in enumerate(second.owner):
                side = sides[number][frame.exposures[equations[equation].exposure].codes[batch.rows]]
                histograms[number] += np.bincount(side * SCORE_BINS + bins[:, number], minlength=3 * SCORE_BINS).reshape(3, -1)
    return scores, {owner: gates.Overlap(h[0], h[1]) for owner, h in zip(second.owner, histograms, strict=True)}


def _mixtures(equations: tuple[Equation, ...]) -> list[tuple[int, slice, Floats]]:
    """What a row in each state adds to the influence on contrasts that pool states: (exposure, run of contrasts, (states, contrasts)).

    A pool is a mean of its states' effects in the shares that were met; another sample would have met other shares. Without this the pool
    of a mild and a grave state would look as certain as either.
    """
    found, start = [], 0
    for equation in equations:
        if any(len(planned.states) + len(planned.reference_states) > 2 for planned in equation.tested):
            table = np.stack([_shares_influence(equation, planned) for planned in equation.tested], axis=1)
            found.append((equation.exposure, slice(start, start + len(equation.tested)), table))
        start += len(equation.tested) + len(equation.met_tests)
    return found


def _shares_influence(equation: Equation, planned: Planned) -> Floats:
    """Influence of a unit of weight 1 in each state on one contrast through the shares of its pools, (states,)."""
    effect = np.zeros(len(equation.coding.supported))
    for column, members in enumerate(equation.coding.columns):
        effect[list(members)] = equation.solution.theta[column]
    influence = np.zeros(len(effect))
    for sign, states in ((1.0, list(planned.states)), (-1.0, list(planned.reference_states))):
        weight = equation.counts.weight[states]
        influence[states] += sign * (effect[states] - np.average(effect[states], weights=weight)) / weight.sum()
    return influence


def _sides(equation: Equation, column: int) -> Indices:
    """0 for the states of a column, 1 for those of the reference, 2 for the rest; (states,)."""
    side = np.full(len(equation.coding.supported), 2, dtype=np.intp)
    side[list(equation.coding.reference)] = 1
    side[list(equation.coding.columns[column])] = 0
    return side


def _answers(
    frame: Frame,
    layout: design.Columns,
    folds: Sums,
    rows: Rows,
    equations: tuple[Equation, ...],
    scores: Scores,
    overlaps: dict[tuple[int, int], gates.Overlap],
    unit: str,
) -> Estimates:
    """Put numbers to contrasts, tests and checks."""
    found, shown = answers(
        frame,
        equations,
        covariance=scores.covariance,
        freedom=scores.degrees_of_freedom,
        single=scores.single,
        people=[people(frame, frame.exposures[equation.exposure], equation.coding.reference, rows) for equation in equations],
        check=lambda equation, contrasts: gates.checks(
            frame,
            layout,
            folds,
            equation,
            contrasts,
            {column: overlap for (owner, column), overlap in overlaps.items() if owner == equation.exposure},
        ),
        unit=unit,
    )
    return Estimates(found, scores.covariance[np.ix_(shown, shown)], layout.outcome_mean, float(max(rows.clusters - 1, 1)))


def _nothing(frame: Frame, codings: tuple[Coding, ...], counts: tuple[Counts, ...], why: Check | None) -> Estimates:
    found = []
    for number, (exposure, coding, c) in enumerate(zip(frame.exposures, codings, counts, strict=True)):
        check = why or gates.support(frame, exposure, coding, c, ())
        found.append(ExposureEstimate(number, (), None, None, None, None, held(frame, exposure, number), None, 0, (check,)))
    return Estimates(tuple(found), np.zeros((0, 0)), float("nan"), 1.0)
