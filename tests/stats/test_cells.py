"""Adjusted cell means are a regression on dummies, with errors clustered by person; checked against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from momot.stats import cells as module
from momot.stats.cells import adjust, contrast

CELLS = 6
WEIGHTS = np.array([[1, -1, 0, 0, -1, 1.0], [0, 0, 1, -1, 0, 0]])


def data(seed: int = 0, rows: int = 2400, people: int = 240) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    person = np.sort(random.integers(0, people, rows))
    cell = random.integers(0, CELLS, rows)
    known = random.normal(size=(rows, 2)) + (cell[:, None] == 2)
    outcome = 0.3 * cell + known @ [0.5, -0.2] + random.normal(size=people)[person] + random.normal(size=rows)
    return outcome, cell, person, known


def starts(person: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.r_[True, person[1:] != person[:-1]])


def test_estimates_and_errors_are_those_of_a_clustered_regression() -> None:
    outcome, cell, person, known = data()
    adjusted = adjust(outcome, cell, CELLS, lambda rows: known[rows])
    found = contrast(adjusted, WEIGHTS, outcome=outcome, cell=cell, starts=starts(person), covariates=lambda rows: known[rows])
    fit = sm.OLS(outcome, np.column_stack([np.eye(CELLS)[cell], known])).fit(cov_type="cluster", cov_kwds={"groups": person})
    wide = np.column_stack([WEIGHTS, np.zeros((2, 2))])
    np.testing.assert_allclose(found.estimate, wide @ fit.params, rtol=1e-9)
    # HC2 within cells and the effective number of clusters make errors a little larger than statsmodels' CR1
    ratio = np.sqrt(np.diag(found.covariance) / np.diag(wide @ fit.cov_params() @ wide.T))
    assert np.all((ratio > 0.99) & (ratio < 1.02))
    np.testing.assert_allclose(adjusted.slopes, fit.params[CELLS:], rtol=1e-9)


def test_without_covariates_cells_are_plain_means_and_an_empty_cell_has_none() -> None:
    adjusted = adjust(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 2]), 3)
    assert adjusted.units.tolist() == [2, 0, 1]
    np.testing.assert_array_equal(adjusted.mean, [2.0, np.nan, 5.0])
    np.testing.assert_array_equal(adjusted.mean_or_zero, [2.0, 0.0, 5.0])


def test_the_size_of_a_block_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, cell, person, known = data(rows=500, people=60)

    def once() -> tuple[np.ndarray, np.ndarray]:
        adjusted = adjust(outcome, cell, CELLS, lambda rows: known[rows])
        found = contrast(adjusted, WEIGHTS, outcome=outcome, cell=cell, starts=starts(person), covariates=lambda rows: known[rows])
        return found.estimate, found.covariance

    whole = once()
    monkeypatch.setattr(module, "ROWS", 7)
    for one, other in zip(whole, once(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_a_covariate_that_does_not_vary_within_cells_is_dropped() -> None:
    outcome, cell, _, _ = data(rows=300, people=50)
    column = (cell * 1.0)[:, None]
    adjusted = adjust(outcome, cell, CELLS, lambda rows: column[rows])
    assert np.all(np.isfinite(adjusted.mean))
    np.testing.assert_allclose(adjusted.mean, adjusted.raw)
