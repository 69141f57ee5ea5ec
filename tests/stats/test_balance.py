"""Balance: uniform under random assignment, alarmed when arms differ, equal to the textbook test with two arms."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from momot.stats.balance import balance_p
from momot.stats.sums import accumulate


def p_of(covariates: np.ndarray, arm: np.ndarray, arms: int = 2) -> float | None:
    dummies = (arm[:, None] == np.arange(1, arms)).astype(float)
    z = np.column_stack([np.ones(len(arm)), covariates, dummies])
    z[:, 1:] -= z[:, 1:].mean(axis=0)
    c = covariates.shape[1]
    gram = accumulate([(0, z, None)], groups=1, columns=z.shape[1]).total
    return balance_p(gram, covariates=np.arange(1, 1 + c), arms=np.arange(1 + c, z.shape[1]), rows=len(arm))


def test_two_arms_equal_the_f_test_of_the_regression_of_the_arm() -> None:
    rng = np.random.default_rng(2)
    x, arm = rng.normal(size=(300, 4)), rng.integers(0, 2, 300)
    assert p_of(x, arm) == pytest.approx(sm.OLS(arm, sm.add_constant(x)).fit().f_pvalue, rel=1e-8)


def test_random_assignment_alarms_as_often_as_stated() -> None:
    """400 assignments of three arms: p <= .1 in 10 %; the band is 99.9 % of the binomial."""
    rng = np.random.default_rng(3)
    x = rng.exponential(size=(400, 5))
    found = [p_of(x, rng.permutation(np.arange(400) % 3), 3) for _ in range(400)]
    assert 0.054 <= np.mean(np.array(found) <= 0.1) <= 0.153


def test_arms_that_differ_are_noticed_and_collinear_covariates_do_no_harm() -> None:
    rng = np.random.default_rng(4)
    arm = np.arange(600) % 3
    x = rng.normal(size=(600, 2)) + 0.3 * (arm == 2)[:, None]
    p = p_of(np.column_stack([x, x[:, 0] - x[:, 1], np.ones(600)]), arm, 3)
    assert p is not None
    assert p < 1e-3


def test_without_covariates_there_is_nothing_to_test() -> None:
    assert p_of(np.zeros((50, 0)), np.arange(50) % 2) is None
    assert p_of(np.ones((50, 2)), np.arange(50) % 2) is None
