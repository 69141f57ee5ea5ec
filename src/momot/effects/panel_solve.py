"""One outcome of a panel, solved: its sums in the columns of the codings, every exposure's equation, the jackknife over buckets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from momot.designs.frame import Exposure
from momot.designs.pieces import PanelQuestion
from momot.effects.columns import Columns, Variable
from momot.effects.contrasts import MET, Coding, Planned
from momot.effects.counts import Counts
from momot.effects.equation import Equation, form
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_layout import Layout
from momot.stats import partial
from momot.stats.intervals import interval
from momot.stats.leverage import Leverage, of_added
from momot.stats.sums import Sums

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Coded:
    """The sums of one outcome's rows with state columns turned into the columns of the codings: z = [1, L, E, outcome, probes].

    `sums` by bucket that has rows; `state_weight` the weight of each state in them; `columns` the layout that gates speak about; `into`
    (columns before, columns after) the map between the two. `probes` are columns by name; "trend" is how much more of it
    there was in the pre-period than in the one before that.
    """

    sums: Sums
    columns: Columns
    into: Floats
    outcome: int
    probes: dict[str, int]
    state_weight: tuple[Floats, ...]  # by exposure (buckets, states)
    met_weight: Floats  # (exposures,) of the rows that met each
    met_known: Floats  # (exposures, dense columns) weighted sums of 1 and L over them
    met_probes: dict[str, Floats]  # (exposures,) weighted number of them with the probe, by probe
    layout: Layout

    def of_kinds(self, *kinds: int) -> Indices:
        """Columns of L of some kinds."""
        return self.layout.of(*kinds)

    @classmethod
    def of(
        cls, gathered: Gathered, column: int, question: PanelQuestion, exposures: tuple[Exposure, ...], codings: tuple[Coding, ...]
    ) -> Coded:
        """Turn the sums of one outcome."""
        layout = gathered.layout
        present = gathered.buckets_of(column)
        width = sum(len(coding.columns) for coding in codings)
        names = [*question.probes, *(["trend"] if question.probes else [])]
        into = np.zeros((layout.count, layout.dense + width + 1 + len(names)))
        into[np.arange(layout.dense), np.arange(layout.dense)] = 1.0
        first, variables, places = layout.dense, [], []
        for position, (exposure, coding) in enumerate(zip(exposures, codings, strict=True)):
            mine = np.flatnonzero(layout.exposure_of == position)
            place = {int(layout.state[column_]): layout.dense + int(column_) for column_ in mine}
            for number, states in enumerate(coding.columns):
                for state in states:
                    if state in place:
                        into[place[state], first + number] += 1.0
                    else:  # not met: 1 less all the other states
                        into[0, first + number] += 1.0
                        into[list(place.values()), first + number] -= 1.0
            variables.append(Variable(exposure.moment, first, len(coding.columns)))
            first += len(coding.columns)
            places.append(place)
        into[layout.outcome(column), first] = 1.0
        for number, name in enumerate(names):
            for part, sign in (("pre_period", 1.0), ("earlier", -1.0)) if name == "trend" else ((name, 1.0),):
                into[layout.probe(question.probes[part]), first + 1 + number] = sign
        turn = csr_matrix(into.T)  # few of its entries are not 0
        gram, total = np.empty((len(present), turn.shape[0], turn.shape[0])), np.zeros((layout.count, layout.count))
        sums_of = np.empty((len(present), layout.count))
        for number, bucket in enumerate(present.tolist()):
            one = gathered.of_outcome(column, bucket)
            gram[number] = np.asarray(turn @ np.asarray(turn @ one).T)
            sums_of[number] = one[0]
            total += one
        weights = []
        for exposure, place, quiet in zip(exposures, places, layout.quiet, strict=True):
            table = np.zeros((len(present), len(exposure.states)))
            table[:, list(place)] = sums_of[:, list(place.values())]
            table[:, quiet] = sums_of[:, 0] - table.sum(axis=1)
            weights.append(table)
        columns = Columns(
            count=first + 1,
            covariates=layout.held,
            exposures=tuple(variables),
            finer=((),) * len(variables),
            outcome=np.zeros(0),
            outcome_mean=0.0,
        )
        probes = {name: first + 1 + number for number, name in enumerate(names)}
        met = np.zeros((len(exposures), layout.count))
        for column_, (position, state) in enumerate(zip(layout.exposure_of, layout.state, strict=True)):
            met[position, layout.dense + column_] = exposures[position].states[state].role in MET
        met_probes = {name: met @ total[:, layout.probe(where)] for name, where in question.probes.items()}
        sums = Sums(gram, gathered.rows_of(column)[present])
        known = met @ total[:, : layout.dense]
        return cls(sums, columns, into, first, probes, tuple(weights), known[:, 0], known, met_probes, layout)


@dataclass(frozen=True, slots=True)
class Told:
    """One contrast with its 95 % interval."""

    estimate: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Solved:
    """The equations of all exposures for one outcome column given some columns of L, and the jackknife over buckets."""

    equations: tuple[Equation, ...]
    folds: Sums
    covariance: Floats
    freedom: Floats
    groups: int
    single: Leverage  # how much one bucket carries of each contrast
    left_out: Floats  # (groups, contrasts) with each group left out, in the order of the covariance

    def told(self, position: int, planned: Planned) -> Told | None:
        """The contrast of one exposure, None where it could not be told."""
        start = sum(len(equation.vectors) for equation in self.equations[:position])
        for number, one in enumerate(self.equations[position].tested):
            if one.name == planned.name:
                estimate = float(one.vector @ self.equations[position].solution.theta)
                error = float(np.sqrt(max(self.covariance[start + number, start + number], 0.0)))
                found = interval(estimate, error, float(self.freedom[start + number]))
                return Told(estimate, found.low, found.high, found.p_value)
        return None

    @classmethod
    def of(cls, coded: Coded, counts: tuple[Counts, ...], codings: tuple[Coding, ...], *, known: Indices, outcome: int) -> Solved:
        """Solve for the column `outcome`, holding the columns `known` of L and every other exposure.

        All rows are one fold: L is linear and fixed, so joint least squares is unbiased given L, while coefficients of some hundred columns
        from other folds add noise to every residual that no jackknife sees (with a column for every three units twice the error printed).
        """
        fold_of = np.zeros(len(coded.sums.rows), dtype=np.intp)
        folds = coded.sums.merged(fold_of, 1)
        own = [coded.columns.of_exposure(position) for position in range(len(codings))]
        asked = np.append(np.concatenate([np.empty(0, dtype=np.intp), *own]), outcome).astype(np.intp)
        given = partial.given(folds, base=known, columns=asked)
        residuals = partial.residual_moments(coded.sums, given.maps, fold_of)
        together = given.together(outcome)
        base = np.sort(np.concatenate([known, asked[:-1]]))
        whole = partial.delete_one_whole(coded.sums, columns=base, outcome=outcome, wanted=asked[:-1]) if together else None
        equations, influences, leverages = [], [], []
        for position, coding in enumerate(codings):
            others = np.concatenate([np.empty(0, dtype=np.intp), *(columns for n, columns in enumerate(own) if n != position)])
            equation = form(
                position,
                coding,
                counts[position],
                given,
                own=own[position],
                also=others,
                outcome=outcome,
                covariates=known,
                together=together,
            )
            equations.append(equation)
            if len(equation.vectors):
                mine = None if whole is None else whole[:, np.searchsorted(asked[:-1], own[position])]
                values, leverage = _jackknife(equation, given, residuals, fold_of, coded.state_weight[position], mine)
                influences.append(values)
                leverages.append(leverage)
        empty = np.zeros((len(coded.sums.rows), 0))
        left_out = np.concatenate([empty, *influences], axis=1)
        told = np.array([vector @ one.solution.theta for one in equations for vector in one.vectors], dtype=np.float64)
        covariance = partial.jackknife(left_out, told)
        leverage = np.concatenate([empty, *leverages], axis=1)
        single = of_added(told - left_out, leverage / np.maximum(leverage.sum(axis=0), 1e-300))
        effective = leverage.sum(axis=0) ** 2 / np.maximum((leverage**2).sum(axis=0), 1e-300)
        groups = len(coded.sums.rows)
        return cls(tuple(equations), folds, covariance, np.clip(effective - 1.0, 1.0, max(groups - 1.0, 1.0)), groups, single, left_out)


def _jackknife(
    equation: Equation, given: partial.Given, residuals: Floats, fold_of: Indices, weight: Floats, whole: Floats | None
) -> tuple[Floats, Floats]:
    """All contrasts of an equation with one bucket left out, (buckets, contrasts), and each bucket's share of their information.

    `whole` (buckets, own columns): coefficients without the bucket, nuisance included; where columns follow from one another there are
    none, and the nuisance stays as it is. Contrasts that pool states are pooled anew: another sample would have met them in other shares.
    """
    moments = partial.moments_of(residuals, equation.beside[fold_of])
    theta = partial.delete_one(moments, given.raw(equation.targets[:-1])) if whole is None else whole
    rest = others_weight(weight)
    values = np.empty((len(theta), len(equation.vectors)))
    for number, planned in enumerate(equation.tested):
        values[:, number] = without_each(equation.coding, planned, theta, rest)
    for number, vector in enumerate(equation.met_tests, len(equation.tested)):
        values[:, number] = theta @ vector
    direction = equation.solution.bread @ equation.vectors.T
    leverage = np.einsum("qk,bqp,pk->bk", direction, moments[:, 1:-1, 1:-1], direction)
    return values, np.maximum(leverage, 0.0)


def others_weight(weight: Floats) -> Floats:
    """The weight of each state in all other buckets, (buckets, states), from that in each."""
    rest: Floats = np.maximum(weight.sum(axis=0) - weight, 0.0)
    return rest


def without_each(coding: Coding, planned: Planned, theta: Floats, rest: Floats) -> Floats:
    """A contrast (buckets,) from the coefficients (buckets, own columns) and weights of states (buckets, states) without each bucket."""
    if len(planned.states) + len(planned.reference_states) <= 2:
        return np.asarray(theta @ planned.vector)
    vectors = _pooled(coding, planned.states, rest) - _pooled(coding, planned.reference_states, rest)
    return np.asarray((theta * vectors).sum(axis=1))


def _pooled(coding: Coding, states: tuple[int, ...], weight: Floats) -> Floats:
    """The mean of some states as vectors on the columns (buckets, columns), by the weight of each state (buckets, states)."""
    of_column = np.array([[state in column for column in coding.columns] for state in states], dtype=np.float64)
    mine = weight[:, list(states)]
    return np.asarray(mine @ of_column / np.maximum(mine.sum(axis=1, keepdims=True), 1e-300))
