"""Collinear columns are dropped, never blown up."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from momot.stats.linear import coefficients, independent, pseudo_inverse


def collinear(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Eight columns of rank five, of very different scales, one empty."""
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(80, 5)) * 10.0 ** rng.integers(-4, 5, size=5)
    x = np.column_stack([base, base[:, 0] + 1e4 * base[:, 1], 3 * base[:, 2], np.zeros(80)])
    return x - x.mean(axis=0), rng.normal(size=(80, 2))


@given(seed=st.integers(0, 10_000))
def test_fitted_values_are_those_of_the_full_set(seed: int) -> None:
    x, y = collinear(seed)
    gram = x.T @ x
    fitted = x @ coefficients(gram, x.T @ y, np.diag(gram))
    scaled = x / np.maximum(np.linalg.norm(x, axis=0), 1e-300)
    expected = scaled @ np.linalg.lstsq(scaled, y, rcond=1e-9)[0]
    np.testing.assert_allclose(fitted, expected, atol=1e-5)


def test_rank_counts_each_direction_once() -> None:
    x, _ = collinear(1)
    gram = x.T @ x
    chosen, scaled = independent(gram, np.diag(gram))
    assert len(chosen) == 5
    np.testing.assert_allclose(np.diag(scaled), 1.0)


def test_a_column_that_hardly_varies_here_counts_by_its_variation_elsewhere() -> None:
    x = np.column_stack([np.linspace(-1, 1, 50), np.r_[np.zeros(49), 1e-6]])
    gram = x.T @ x
    assert len(independent(gram, np.diag(gram))[0]) == 2
    assert independent(gram, np.array([gram[0, 0], 1.0]))[0].tolist() == [0]


def test_no_columns_have_no_coefficients() -> None:
    assert coefficients(np.zeros((0, 0)), np.zeros((0, 2)), np.zeros(0)).shape == (0, 2)


def test_pseudo_inverse_tells_what_is_identified() -> None:
    """x2 is a copy of x1: their sum is identified, their difference is not."""
    x = np.random.default_rng(5).normal(size=(60, 2))
    x = np.column_stack([x[:, 0], x[:, 0], 1e-3 * x[:, 1]])
    gram = x.T @ x
    inverse, identified = pseudo_inverse(gram, np.diag(gram))
    for contrast, told in (([1.0, 1.0, 0.0], True), ([1.0, -1.0, 0.0], False), ([0.0, 0.0, 1.0], True), ([1.0, 0.0, 0.0], False)):
        assert np.allclose(identified @ contrast, contrast) is told
    np.testing.assert_allclose(inverse[2, 2], np.linalg.inv(gram[1:, 1:])[1, 1], rtol=1e-6)


def test_a_single_column_that_hardly_varies_is_dropped_like_one_of_several() -> None:
    chosen, scaled = independent(np.array([[1e-13]]), np.array([1.0]))
    assert len(chosen) == 0
    assert scaled.shape == (0, 0)
    assert coefficients(np.array([[1e-13]]), np.array([[1e-10]]), np.array([1.0])).tolist() == [[0.0]]
