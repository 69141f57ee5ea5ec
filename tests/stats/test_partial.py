"""Partialling out from sums equals regressions on rows."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from momot.stats import partial
from momot.stats.sums import Sums, accumulate, centred

N, FOLDS = 400, 5


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    """[1, three nuisance columns, two exposures, outcome], centred."""
    rng = np.random.default_rng(11)
    nuisance = rng.normal(size=(N, 3))
    exposures = nuisance @ rng.normal(size=(3, 2)) + rng.normal(size=(N, 2))
    outcome = nuisance.sum(axis=1) + exposures @ [0.7, -0.3] + rng.normal(size=N)
    z = np.column_stack([np.ones(N), nuisance, exposures, outcome])
    z[:, 1:] -= z[:, 1:].mean(axis=0)
    return z


def sums(z: np.ndarray, groups: np.ndarray, weight: np.ndarray | None = None) -> Sums:
    blocks = ((g, z[groups == g], None if weight is None else weight[groups == g]) for g in range(groups.max() + 1))
    return accumulate(blocks, groups=int(groups.max()) + 1, columns=z.shape[1])


NUISANCE, TARGETS = np.array([1, 2, 3]), np.array([4, 5, 6])


def solved(folds: Sums, nuisance: np.ndarray = NUISANCE) -> partial.Partial:
    found = partial.given(folds, base=nuisance, columns=TARGETS)
    return partial.solve(found.own.sum(axis=0), found.raw(TARGETS[:-1]))


def test_one_fold_is_ordinary_least_squares(z: np.ndarray) -> None:
    weight = np.random.default_rng(3).exponential(size=N) + 0.2
    fit = sm.WLS(z[:, 6], z[:, :6], weights=weight).fit()
    np.testing.assert_allclose(solved(sums(z, np.zeros(N, dtype=int), weight)).theta, fit.params[4:6], rtol=1e-9)


def test_folds_equal_regressions_that_leave_the_fold_out(z: np.ndarray) -> None:
    fold = np.arange(N) % FOLDS
    residuals = np.empty((N, 3))
    for f in range(FOLDS):
        slopes = sm.OLS(z[fold != f][:, TARGETS], z[fold != f][:, :4]).fit().params[1:]
        residuals[fold == f] = z[fold == f][:, TARGETS] - z[fold == f][:, NUISANCE] @ slopes
    expected = sm.OLS(residuals[:, 2], sm.add_constant(residuals[:, :2])).fit().params[1:]
    np.testing.assert_allclose(solved(sums(z, fold)).theta, expected, rtol=1e-9)


def test_without_nuisance_it_is_exactly_the_regression_on_the_exposures(z: np.ndarray) -> None:
    fit = sm.OLS(z[:, 6], sm.add_constant(z[:, 4:6])).fit()
    for folds in (1, FOLDS):
        np.testing.assert_allclose(solved(sums(z, np.arange(N) % folds), np.empty(0, dtype=int)).theta, fit.params[1:], rtol=1e-10)


def test_retained_is_one_minus_r_squared_of_a_single_column(z: np.ndarray) -> None:
    r_squared = sm.OLS(z[:, 4], z[:, :4]).fit().rsquared
    folds = sums(z, np.zeros(N, dtype=int))
    targets = np.array([4, 6])
    found = partial.given(folds, base=NUISANCE, columns=targets)
    one = partial.solve(found.own[0], found.raw(targets[:1]))
    assert one.retained(np.array([1.0])) == pytest.approx(1 - r_squared, rel=1e-9)


def test_an_exposure_that_is_held_already_retains_nothing(z: np.ndarray) -> None:
    twin = z.copy()
    twin[:, 5] = twin[:, 1] - 2 * twin[:, 2]
    found = solved(sums(twin, np.arange(N) % FOLDS))
    assert found.retained(np.array([0.0, 1.0])) == 0.0
    assert found.retained(np.array([1.0, -1.0])) == 0.0
    assert found.retained(np.array([1.0, 0.0])) > 0.1
    assert np.all(np.abs(found.theta) < 10)


def test_taking_out_in_two_steps_is_taking_out_at_once(z: np.ndarray) -> None:
    """First L for all exposures together, then what each is held against."""
    folds = sums(z, np.arange(N) % FOLDS)
    at_once = partial.given(folds, base=np.array([1, 2, 3, 5]), columns=np.array([4, 6]))
    first = partial.given(folds, base=NUISANCE, columns=TARGETS)
    then = first.residual_maps(nuisance=np.array([5]), targets=np.array([4, 6]))
    np.testing.assert_allclose(first.maps @ then, at_once.maps, atol=1e-12)
    np.testing.assert_allclose(partial.moments_of(first.own, then), at_once.own, atol=1e-9)


def test_delete_one_equals_leaving_the_rows_out(z: np.ndarray) -> None:
    """Brute force on rows: nuisance as it is, the last regression without one bucket."""
    bucket, fold_of = np.arange(N) % 20, np.arange(20) % FOLDS
    buckets = sums(z, bucket)
    folds = buckets.merged(fold_of, FOLDS)
    maps = partial.given(folds, base=NUISANCE, columns=TARGETS).maps
    moments = partial.residual_moments(buckets, maps, fold_of)
    left_out = partial.delete_one(moments, centred(folds.total)[4:6, 4:6])
    residuals = np.einsum("ij,ijk->ik", z, maps[fold_of[bucket]])[:, 1:]
    for b in (0, 7, 19):
        rest = residuals[bucket != b]
        np.testing.assert_allclose(left_out[b], sm.OLS(rest[:, 2], sm.add_constant(rest[:, :2])).fit().params[1:], rtol=1e-8)


def test_jackknife_of_a_mean_is_its_textbook_variance() -> None:
    x = np.random.default_rng(9).normal(size=50)
    left_out = (x.sum() - x)[:, None] / 49
    assert partial.jackknife(left_out)[0, 0] == pytest.approx(x.var(ddof=1) / 50, rel=1e-12)


def worlds(seed: int) -> tuple[np.ndarray, np.ndarray, Sums]:
    """Rows [1, 3 of L, 5 of E, y], the group of each, and their sums in 12 groups."""
    rng = np.random.default_rng(seed)
    n = 3_000
    known = rng.normal(size=(n, 3))
    exposed = (rng.random((n, 5)) < 0.3 + 0.1 * (known[:, :1] > 0)).astype(np.float64)
    exposed[:, 1] *= exposed[:, 0]
    z = np.column_stack([np.ones(n), known, exposed, known[:, 0] + exposed @ np.arange(5) + rng.normal(size=n)])
    group = rng.integers(0, 12, n)
    return z, group, Sums(np.stack([z[group == g].T @ z[group == g] for g in range(12)]), np.bincount(group))


def test_all_equations_at_once_are_each_equation_alone() -> None:
    *_, sums = worlds(3)
    given = partial.given(sums.merged(np.arange(12) // 3, 4), base=np.arange(1, 4), columns=np.arange(4, 10))
    together = given.together(9)
    assert together is not None
    for own in ([4], [5, 6], [8]):
        targets = np.append(own, 9)
        alone = given.residual_maps(nuisance=np.setdiff1d(np.arange(4, 9), own), targets=targets)
        np.testing.assert_allclose(given.beside_all_others(targets, together), alone, atol=1e-12)


def test_columns_that_follow_from_one_another_have_nothing_in_common_to_solve() -> None:
    z, *_ = worlds(4)
    z[:, 5] = z[:, 4]
    given = partial.given(Sums((z.T @ z)[None], np.array([len(z)])), base=np.arange(1, 4), columns=np.arange(4, 10))
    assert given.together(9) is None


def test_leaving_a_group_out_of_everything_is_the_regression_on_the_others() -> None:
    z, group, sums = worlds(5)
    found = partial.delete_one_whole(sums, columns=np.arange(1, 9), outcome=9, wanted=np.array([4, 7]))
    for number in (0, 7):
        kept = z[group != number]
        direct = np.linalg.lstsq(kept[:, :9], kept[:, 9], rcond=None)[0]
        np.testing.assert_allclose(found[number], direct[[4, 7]], atol=1e-10)


def test_what_is_left_of_a_column_that_is_held_already_is_not_held_again() -> None:
    """A dummy that L knows but for rounding would multiply that rounding by a million."""
    z, *_ = worlds(6)
    z[:, 4] = z[:, 1] + 1e-9 * np.random.default_rng(0).normal(size=len(z))
    given = partial.given(Sums((z.T @ z)[None], np.array([len(z)])), base=np.arange(1, 4), columns=np.arange(4, 10))
    maps = given.residual_maps(nuisance=np.array([4]), targets=np.array([6, 9]))
    assert np.abs(maps[0][1]).max() == 0.0
