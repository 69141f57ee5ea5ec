"""Cluster scores equal statsmodels' cluster-robust covariance, but for the small-sample factor, which is stated."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from momot.stats.scores import Scores, cluster_scores, no_scores


def scored(*, seed: int, sizes: np.ndarray, weighted: bool) -> tuple[Scores, np.ndarray, int]:
    """Scores of a regression on a constant and two columns, with statsmodels' covariance of the same."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    n = len(cluster)
    x = sm.add_constant(rng.normal(size=(n, 2)) + rng.normal(size=(len(sizes), 2))[cluster])
    y = x @ [1.0, 0.5, 0.0] + rng.normal(size=len(sizes))[cluster] + rng.normal(size=n)
    weight = rng.exponential(size=n) + 0.1 if weighted else None
    fit = sm.WLS(y, x, weights=1.0 if weight is None else weight).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    w = np.ones(n) if weight is None else weight
    leverage = x @ np.linalg.inv(x.T @ (w[:, None] * x))
    error = np.repeat(fit.resid[:, None], 3, axis=1)
    starts = np.flatnonzero(np.r_[True, cluster[1:] != cluster[:-1]])
    return cluster_scores(leverage=leverage, error=error, weight=weight, starts=starts), np.asarray(fit.cov_params()), n


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sizes", [np.full(60, 1), np.full(40, 5), np.arange(1, 41)], ids=["alone", "equal", "unequal"])
def test_meat_equals_statsmodels(sizes: np.ndarray, weighted: bool) -> None:
    scores, expected, n = scored(seed=4, sizes=sizes, weighted=weighted)
    groups = len(sizes)
    factor = groups / (groups - 1) * (n - 1) / (n - 3)  # statsmodels' CR1
    np.testing.assert_allclose(scores.meat * factor, expected, rtol=1e-8, atol=1e-12)
    assert scores.clusters == groups


def test_batches_of_whole_clusters_add_up() -> None:
    rng = np.random.default_rng(0)
    leverage, error, weight = rng.normal(size=(30, 2)), rng.normal(size=(30, 2)), rng.exponential(size=30)
    starts = np.array([0, 4, 5, 12, 20])
    whole = cluster_scores(leverage=leverage, error=error, weight=weight, starts=starts)
    first = cluster_scores(leverage=leverage[:12], error=error[:12], weight=weight[:12], starts=starts[:3])
    second = cluster_scores(leverage=leverage[12:], error=error[12:], weight=weight[12:], starts=starts[3:] - 12)
    merged = no_scores(2) + first + second
    np.testing.assert_allclose(merged.covariance, whole.covariance, rtol=1e-12)
    np.testing.assert_allclose(merged.degrees_of_freedom, whole.degrees_of_freedom, rtol=1e-12)


def test_effective_clusters_count_those_that_speak() -> None:
    """20 exposed among 10,000: the difference of two means rests on 20, and its factor is that of a variance of 20."""
    exposed = np.r_[np.ones(20), np.zeros(9_980)]
    leverage = ((exposed - exposed.mean()) / (20 * (1 - 20 / 10_000)))[:, None]
    scores = cluster_scores(leverage=leverage, error=np.ones((10_000, 1)), weight=None, starts=np.arange(10_000))
    assert scores.effective[0] == pytest.approx(20, rel=0.01)
    assert scores.degrees_of_freedom[0] == pytest.approx(19, rel=0.01)
    assert scores.covariance[0, 0] / scores.meat[0, 0] == pytest.approx(20 / 19, rel=0.01)


def test_all_alike_are_all_effective() -> None:
    sign = np.where(np.arange(100) % 2, 1.0, -1.0)[:, None]
    scores = cluster_scores(leverage=sign, error=sign, weight=None, starts=np.arange(100))
    assert scores.effective[0] == pytest.approx(100)
    assert scores.degrees_of_freedom[0] == pytest.approx(99)
