"""From a frame's rows to a numeric design z = [1, L, E, Y], block by block.

Every variable is either a code that picks a row of a small table of centred dummies, or one clipped and scaled number; a block of rows is
filled by table look-ups, so that memory is one block however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Covariate, Frame
from momot.effects.contrasts import Coding

Floats = npt.NDArray[np.float64]
Small = npt.NDArray[np.uint8] | npt.NDArray[np.int16]
Indices = npt.NDArray[np.intp]

MIN_CATEGORY_UNITS = 30
MIN_CATEGORY_SHARE = 0.01
MAX_CATEGORIES = 40
FEW_VALUES = 10
CLIP = 5.0
"""Standard deviations at which the linear term of a number ends; beyond it, the top decile's dummy takes over. One price of a million must
not decide the slope for everybody."""
RESOLUTIONS = (10, 5, 3, 1)
CLUSTERS_PER_COLUMN = 40
"""Numbers are cut more coarsely until there are at least this many effective clusters a column of L. Too fine cuts cost more in noise
than they save in bias: 60 clusters with 20 columns gave half-widths 14 % too small and 25 % more spread than linear terms."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a raw value becomes a code: by the upper `edges` of groups, by position among the distinct values `edges`, or as it is.

    `group` (raw codes,) pools rare codes; the last raw code is that of a missing value.
    """

    group: Small
    edges: Floats | None = None

    def codes(self, values: Floats) -> Small:
        """The code of each value (n,). A value that was not there when the cut was made falls to its nearest neighbour, or to the pool."""
        missing = len(self.group) - 1
        if self.edges is None:
            raw = np.where(np.isnan(values), missing, values).astype(np.int64)
            return self.group[np.minimum(raw, missing)]
        raw = np.minimum(np.searchsorted(self.edges, values), missing - 1)
        raw[np.isnan(values)] = missing
        return self.group[raw]


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the design and the columns it fills.

    With `table` (codes, width): row `codes[i]` of it. Without: (number - centre) / scale, clipped, 0 where missing. `name` is the
    covariate's, or the exposure's moment. `cut` turns values that come later into codes.
    """

    name: str
    first: int
    width: int
    codes: Small | None = None
    table: Floats | None = None
    numbers: Floats | None = None
    centre: float = 0.0
    scale: float = 1.0
    cut: Cut | None = None

    def fill(self, block: Floats, rows: Indices | slice) -> None:
        """Write the columns of these rows into `block` (rows, columns of the design)."""
        if self.table is not None and self.codes is not None:
            block[:, self.first : self.first + self.width] = self.table[self.codes[rows]]
        elif self.numbers is not None:
            block[:, self.first] = scaled(self.numbers[rows], self.centre, self.scale)

    def fill_from(self, columns: Floats, values: Floats) -> None:
        """Write `columns` (columns of the design, rows) of rows that were not in the frame it was laid out on, from raw `values`."""
        if self.table is not None and self.cut is not None:
            filled = columns[self.first : self.first + self.width]
            np.take(self.table.T, self.cut.codes(values), axis=1, out=filled, mode="clip")  # no other mode writes straight into `out`
        else:
            columns[self.first] = scaled(values, self.centre, self.scale)


@dataclass(frozen=True, slots=True)
class Columns:
    """The layout of z: column 0 is 1, then `covariates`, then `exposures`, then `finer`, then the outcome.

    There is one variable an exposure, in the order of the frame; `finer` is what is held for others beside its bands. `outcome_mean` is the
    weighted mean that was taken out of the outcome.
    """

    count: int
    covariates: tuple[Variable, ...]
    exposures: tuple[Variable, ...]
    finer: tuple[tuple[Variable, ...], ...]
    outcome: Floats
    outcome_mean: float

    def block(self, rows: Indices | slice) -> Floats:
        """The design of some rows, (rows, count), float64."""
        outcome = self.outcome[rows]
        block = np.empty((len(outcome), self.count))
        block[:, 0] = 1.0
        for variable in (*self.covariates, *self.exposures, *(variable for finer in self.finer for variable in finer)):
            variable.fill(block, rows)
        block[:, -1] = outcome - self.outcome_mean
        return block

    def of_exposure(self, exposure: int) -> Indices:
        """Positions of an exposure's columns."""
        return _span(self.exposures[exposure])

    def of_held(self, exposure: int) -> Indices:
        """Positions of the columns that hold an exposure in the equation of another."""
        return np.concatenate([_span(variable) for variable in (self.exposures[exposure], *self.finer[exposure])])

    def of_covariates(self) -> Indices:
        """Positions of all columns of L."""
        return np.concatenate([_span(variable) for variable in self.covariates]) if self.covariates else np.empty(0, dtype=np.intp)


def _span(variable: Variable) -> Indices:
    return np.arange(variable.first, variable.first + variable.width, dtype=np.intp)


def scaled(values: Floats, centre: float, scale: float) -> Floats:
    """(values - centre) / scale, clipped at ± 5, 0 where missing or infinite."""
    result = np.clip((values - centre) / scale, -CLIP, CLIP)
    result[~np.isfinite(values)] = 0.0
    return result


def plan(frame: Frame, codings: tuple[Coding, ...], *, effective_clusters: float) -> Columns:
    """Lay out the design of a frame whose exposures have been coded; `effective_clusters` decides how fine numbers are cut."""
    weight = frame.weight
    known = (*frame.covariates, *(exposure.finer for exposure in frame.exposures if exposure.finer is not None))
    wanted = resolution(known, effective_clusters)
    covariates = [variable for variables in lay_out(frame.covariates, weight, bins=wanted) for variable in variables]
    first = 1 + sum(variable.width for variable in covariates)
    exposures: list[Variable] = []
    for exposure, coding in zip(frame.exposures, codings, strict=True):
        table = np.zeros((len(exposure.states), len(coding.columns)))
        for column, states in enumerate(coding.columns):
            table[list(states), column] = 1.0
        exposures.append(_dummies(exposure.moment, exposure.codes, table, weight, first))
        first += len(coding.columns)
    finer: list[tuple[Variable, ...]] = []
    for exposure in frame.exposures:
        variables = expand(exposure.finer, weight, bins=wanted, first=first) if exposure.finer is not None else ()
        finer.append(variables)
        first += sum(variable.width for variable in variables)
    mean = float(np.average(frame.outcome, weights=weight)) if frame.units else 0.0
    return Columns(first + 1, tuple(covariates), tuple(exposures), tuple(finer), frame.outcome, mean)


def resolution(covariates: Iterable[Covariate], effective_clusters: float) -> int:
    """Into how many groups numbers are cut, so that there are enough effective clusters a column of L."""
    known = tuple(covariates)
    return next((bins for bins in RESOLUTIONS if _width(known, bins) <= effective_clusters / CLUSTERS_PER_COLUMN), 1)


def _width(covariates: tuple[Covariate, ...], bins: int) -> int:
    """Upper bound of the columns of L at a resolution."""
    return sum(min(len(c.categories), MAX_CATEGORIES) if c.categories is not None else 1 if c.smooth else bins + 1 for c in covariates)


def lay_out(covariates: Sequence[Covariate], weight: Floats | None, *, bins: int, first: int = 1) -> tuple[tuple[Variable, ...], ...]:
    """The variables of each covariate, from column `first` on."""
    found: list[tuple[Variable, ...]] = []
    for covariate in covariates:
        found.append(expand(covariate, weight, bins=bins, first=first))
        first += sum(variable.width for variable in found[-1])
    return tuple(found)


def expand(covariate: Covariate, weight: Floats | None, *, bins: int, first: int) -> tuple[Variable, ...]:
    """The variables of one covariate, none where it does not vary.

    Categories, and numbers with at most 10 distinct values: a dummy each but the most common, those under 30 units or 1 % pooled. Other
    numbers: a clipped linear term and, unless that is enough, dummies of `bins` quantile groups and a dummy for missing.
    """
    values = covariate.values
    if covariate.categories is not None:
        missing = len(covariate.categories)
        codes = np.where(np.isnan(values), missing, values).astype(np.int64)
        return _categories(covariate.name, codes, weight, first, None, missing)
    finite = np.isfinite(values)
    order = np.sort(values[finite])
    if not len(order):
        return ()
    distinct = order[np.r_[True, order[1:] != order[:-1]]]
    if covariate.smooth:
        return _linear(covariate.name, values, finite, weight, first) if len(distinct) > 1 else ()
    if len(distinct) <= FEW_VALUES:
        codes = np.where(finite, np.searchsorted(distinct, np.where(finite, values, distinct[0])), len(distinct))
        return _categories(covariate.name, codes, weight, first, distinct, len(distinct))
    return (*_linear(covariate.name, values, finite, weight, first), *_quantiles(covariate.name, values, finite, weight, bins, first + 1))


def _categories(
    name: str, codes: npt.NDArray[np.int64], weight: Floats | None, first: int, distinct: Floats | None, missing: int
) -> tuple[Variable, ...]:
    units = np.bincount(codes, minlength=missing + 1)
    least = max(MIN_CATEGORY_UNITS, MIN_CATEGORY_SHARE * units.sum())
    order = np.argsort(-units, kind="stable")
    kept = [int(code) for code in order[:MAX_CATEGORIES] if units[code] >= least]
    if not kept:
        return ()  # so many categories that each names a handful of units
    group = np.full(len(units), len(kept), dtype=np.int16)  # the pool of all others
    group[kept] = np.arange(len(kept), dtype=np.int16)
    groups = len(kept) + bool(units.sum() > units[kept].sum())
    if groups == 1:
        return ()
    group = np.minimum(group, groups - 1).astype(np.int16)  # without a pool, what was never seen counts as the rarest
    return (replace(_dummies(name, group[codes], np.eye(groups)[:, 1:], weight, first), cut=Cut(group, distinct)),)


def _linear(name: str, values: Floats, finite: npt.NDArray[np.bool_], weight: Floats | None, first: int) -> tuple[Variable, ...]:
    known, w = values[finite], None if weight is None else weight[finite]
    middle = float(np.average(known, weights=w))
    spread = float(np.sqrt(np.average((known - middle) ** 2, weights=w)))
    numbers = scaled(values, middle, spread)
    centre = float(np.average(numbers, weights=weight))  # what clipping and missing values leave of the mean
    return (Variable(name, first, 1, numbers=values, centre=middle + centre * spread, scale=spread),)


def _quantiles(
    name: str, values: Floats, finite: npt.NDArray[np.bool_], weight: Floats | None, bins: int, first: int
) -> tuple[Variable, ...]:
    edges = quantile_edges(values[finite], None if weight is None else weight[finite], bins)
    missing = len(edges) + 1
    cut = Cut(np.arange(missing + 1, dtype=np.int16), edges)
    codes = cut.codes(np.where(finite, values, np.nan))
    present = np.unique(codes)
    table = np.zeros((missing + 1, max(len(present) - 1, 0)))
    table[present[1:], np.arange(len(present) - 1)] = 1.0
    return (replace(_dummies(name, codes, table, weight, first), cut=cut),) if table.shape[1] else ()


def quantile_edges(values: Floats, weight: Floats | None, bins: int) -> Floats:
    """Upper edges, ascending and distinct, of all but the last of `bins` groups of about equal weight."""
    order = None if weight is None else np.argsort(values, kind="stable")
    ascending = np.sort(values) if order is None else values[order]
    reached = np.arange(1.0, len(values) + 1) if order is None or weight is None else np.cumsum(weight[order])
    wanted = reached[-1] * np.arange(1, bins) / bins
    edges = np.unique(ascending[np.searchsorted(reached, wanted * (1 - 1e-12))])
    return np.asarray(edges[edges < ascending[-1]])


def _dummies(name: str, codes: npt.NDArray[np.integer], table: Floats, weight: Floats | None, first: int) -> Variable:
    """A variable whose table has been centred on the weighted share of each column."""
    weights = np.bincount(codes, weights=weight, minlength=len(table)).astype(np.float64)
    centred = table - (weights @ table) / weights.sum()
    small: Small = codes.astype(np.uint8) if len(table) <= 256 else codes.astype(np.int16)
    return Variable(name, first, table.shape[1], codes=small, table=np.ascontiguousarray(centred))
