"""Differences of small shares against published numbers and scipy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from momot.stats.contingency import design_effect, fisher_mid_p, newcombe


@pytest.mark.parametrize(
    ("table", "published"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ],
)
def test_interval_of_a_difference_equals_the_published_ones(table, published) -> None:
    """Newcombe (1998), table II, method 10."""
    assert newcombe(*table) == pytest.approx(published, abs=2e-4)


def test_mid_p_is_fishers_less_half_of_the_tables_as_probable() -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        n, m = (int(drawn) for drawn in random.integers(1, 60, 2))
        a, b = int(random.integers(0, n + 1)), int(random.integers(0, m + 1))
        exact = scipy.stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
        assert fisher_mid_p(a, n, b, m) <= exact + 1e-9
        single = scipy.stats.hypergeom(n + m, a + b, n).pmf(a)
        assert fisher_mid_p(a, n, b, m) >= exact - single - 1e-9 or a + b in (0, n + m)


def test_mid_p_rejects_a_true_null_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(2)
    draws = [fisher_mid_p(int(random.binomial(40, 0.2)), 40, int(random.binomial(300, 0.2)), 300) for _ in range(2_000)]
    assert 0.03 <= float(np.mean(np.array(draws) < 0.05)) <= 0.065


def test_nothing_said_at_all_tells_nothing() -> None:
    assert fisher_mid_p(0, 10, 0, 20) == 1.0
    assert fisher_mid_p(10, 10, 20, 20) == 1.0


def test_answers_that_repeat_themselves_are_worth_one() -> None:
    random = np.random.default_rng(3)
    yes = (random.random(400) < 0.3).astype(np.float64)
    assert design_effect(yes, np.ones(400)) == pytest.approx(1.0, abs=0.01)
    assert design_effect(5 * yes, np.full(400, 5.0)) == pytest.approx(5.0, abs=0.05)
    assert design_effect(np.zeros(10), np.ones(10)) == 1.0
