"""Contrasts of cell means, adjusted for covariates, with errors clustered by person: before and after, met and not met, by period.

A regression on a dummy for every cell and on L is solved by taking the cells' means out first (Frisch-Waugh-Lovell), so that memory is one
block of rows and the sums of the cells, however many cells there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.leverage import no_leverage
from momot.stats.linear import coefficients
from momot.stats.scores import Scores, no_scores

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Blocks = Callable[[slice], Floats]

ROWS = 1 << 15


@dataclass(frozen=True, slots=True)
class Cells:
    """Adjusted means of the cells. `units`, `raw`, `mean` (cells,): rows, plain and adjusted means, NaN where a cell is empty.

    `slopes` (q,): coefficients of L within cells; `known` (cells, q): means of L, 0 where a cell is empty.
    """

    units: Integers
    raw: Floats
    mean: Floats
    slopes: Floats
    known: Floats

    @property
    def mean_or_zero(self) -> Floats:
        """Adjusted means (cells,), 0 where a cell is empty: for weights that are 0 there."""
        return np.where(self.units > 0, self.mean, 0.0)


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Estimates (k,), their covariance (k, k) clustered by person, and degrees of freedom of t for each (k,)."""

    estimate: Floats
    covariance: Floats
    degrees_of_freedom: Floats


def no_covariates(rows: slice) -> Floats:
    """L without a column."""
    return np.zeros((rows.stop - rows.start, 0))


def adjust(outcome: Floats, cell: Integers, cells: int, covariates: Blocks = no_covariates) -> Cells:
    """The means of `outcome` (n,) by `cell` (n,) of so many `cells`, adjusted for L: `covariates` gives its columns of a slice of rows.

    L should come centred and scaled. A column that does not vary within cells is dropped.
    """
    units = np.bincount(cell, minlength=cells)
    total = np.bincount(cell, weights=outcome, minlength=cells)
    known, square, cross = _sums(outcome, cell, cells, covariates)
    filled = np.maximum(units, 1)
    means = known / filled[:, None]
    within = square - (known.T @ means)
    slopes = coefficients(within, (cross - known.T @ (total / filled))[:, None], np.diag(square))[:, 0]
    raw = np.where(units > 0, total / filled, np.nan)
    return Cells(units.astype(np.int64), raw, raw - means @ slopes, slopes, means)


def _sums(outcome: Floats, cell: Integers, cells: int, covariates: Blocks) -> tuple[Floats, Floats, Floats]:
    """Sums of L by cell (cells, q), L'L (q, q), L'y (q,)."""
    columns = covariates(slice(0, 0)).shape[1]
    known, square, cross = np.zeros((cells, columns)), np.zeros((columns, columns)), np.zeros(columns)
    for start in range(0, len(outcome), ROWS) if columns else ():
        rows = slice(start, min(start + ROWS, len(outcome)))
        block = covariates(rows)
        for column in range(columns):
            known[:, column] += np.bincount(cell[rows], weights=block[:, column], minlength=cells)
        square += block.T @ block
        cross += block.T @ outcome[rows]
    return known, square, cross


def contrast(
    adjusted: Cells, weights: Floats, *, outcome: Floats, cell: Integers, starts: Integers, covariates: Blocks = no_covariates
) -> Contrasts:
    """Contrasts Σ weights·mean of adjusted cells; `weights` (k, cells) are 0 where a cell is empty.

    `starts` (clusters,) is the first row of each cluster, ascending: errors within it may be related in any way (Liang & Zeger 1986).
    Residuals are taken as if each row's cell had been fitted without it (HC2, MacKinnon & White 1985), since cells may be small.
    """
    filled = np.maximum(adjusted.units, 1)
    mean = adjusted.mean_or_zero
    within = _within(outcome, cell, adjusted, covariates)
    loads = coefficients(within, (weights @ adjusted.known).T, np.diag(within)) if len(within) else np.zeros((0, len(weights)))
    shrunk = np.sqrt(1.0 - np.minimum(1.0 / filled, 0.5))
    scores = no_scores(len(weights))
    for first, rows in _whole_clusters(starts, len(outcome)):
        block, own = covariates(rows), cell[rows]
        about = block - adjusted.known[own]
        error = (outcome[rows] - block @ adjusted.slopes - mean[own]) / shrunk[own]
        place = np.repeat(np.arange(len(first)), np.diff(np.append(first, rows.stop)))
        begins = first - rows.start
        influence = _by_cluster(error / filled[own], place, own, weights) - _added(error[:, None] * about, begins) @ loads
        leverage = _by_cluster(1.0 / filled[own], place, own, weights) - _added(about, begins) @ loads
        squared = leverage * leverage
        fourth = np.einsum("ij,ij->j", squared, squared)
        scores += Scores(influence.T @ influence, squared.sum(axis=0), fourth, len(first), no_leverage(influence.shape[1]))
    return Contrasts(weights @ mean, scores.covariance, scores.degrees_of_freedom)


def _by_cluster(values: Floats, place: Integers, cell: Integers, weights: Floats) -> Floats:
    """Σ weights·value of each cluster's rows, (clusters, k): the rows are summed by cluster and cell before they meet the contrasts."""
    cells = weights.shape[1]
    clusters = int(place[-1]) + 1
    summed = np.bincount(place * cells + cell, weights=values, minlength=clusters * cells).reshape(clusters, cells)
    return np.asarray(summed @ weights.T)


def _added(rows: Floats, begins: Integers) -> Floats:
    """Sums of rows by cluster, (clusters, columns)."""
    return np.add.reduceat(rows, begins, axis=0) if rows.shape[1] else np.zeros((len(begins), 0))


def _within(outcome: Floats, cell: Integers, adjusted: Cells, covariates: Blocks) -> Floats:
    """Sums of squares and products of L about the means of the cells, (q, q)."""
    square = np.zeros((len(adjusted.slopes), len(adjusted.slopes)))
    for start in range(0, len(outcome), ROWS) if len(square) else ():
        rows = slice(start, min(start + ROWS, len(outcome)))
        about = covariates(rows) - adjusted.known[cell[rows]]
        square += about.T @ about
    return square


def _whole_clusters(starts: Integers, rows: int) -> Iterator[tuple[Integers, slice]]:
    """Runs of whole clusters of about `ROWS` rows: their first rows, and the rows of all of them."""
    begin = 0
    while begin < len(starts):
        end = max(int(np.searchsorted(starts, starts[begin] + ROWS)), begin + 1)
        stop = rows if end >= len(starts) else int(starts[end])
        yield starts[begin:end], slice(int(starts[begin]), stop)
        begin = end
