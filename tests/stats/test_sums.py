"""Sums are mergeable: partitions, order and buckets change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.stats.sums import accumulate, centred, empty


def rows(seed: int, n: int, columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, columns))
    z[:, 0] = 1.0
    return z, rng.exponential(size=n) + 0.1


@given(seed=st.integers(0, 10_000), n=st.integers(2, 60), cut=st.floats(0, 1))
def test_sums_of_two_parts_add_up_to_one_pass(seed: int, n: int, cut: float) -> None:
    z, w = rows(seed, n)
    at = int(cut * n)
    together = accumulate([(0, z, w)], groups=1, columns=4)
    parts = accumulate([(0, z[:at], w[:at])], groups=1, columns=4) + accumulate([(0, z[at:], w[at:])], groups=1, columns=4)
    np.testing.assert_allclose(parts.gram, together.gram, rtol=1e-12, atol=1e-12)
    assert parts.rows.tolist() == together.rows.tolist() == [n]


@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_is_irrelevant(seed: int) -> None:
    z, w = rows(seed, 40)
    order = np.random.default_rng(seed + 1).permutation(40)
    np.testing.assert_allclose(
        accumulate([(0, z[order], w[order])], groups=1, columns=4).gram, accumulate([(0, z, w)], groups=1, columns=4).gram, atol=1e-12
    )


def test_a_weight_of_three_is_three_rows() -> None:
    z, _ = rows(1, 10)
    once = accumulate([(0, z, np.full(10, 3.0))], groups=1, columns=4).gram
    np.testing.assert_allclose(once, accumulate([(0, np.repeat(z, 3, axis=0), None)], groups=1, columns=4).gram, rtol=1e-12)


def test_buckets_merge_to_folds() -> None:
    z, w = rows(2, 60)
    bucket = np.arange(60) % 6
    by_bucket = accumulate(((b, z[bucket == b], w[bucket == b]) for b in range(6)), groups=6, columns=4)
    into = np.array([0, 1, 0, 1, 0, 1])
    by_fold = accumulate(((f, z[into[bucket] == f], w[into[bucket] == f]) for f in range(2)), groups=2, columns=4)
    merged = by_bucket.merged(into, 2)
    np.testing.assert_allclose(merged.gram, by_fold.gram, rtol=1e-12, atol=1e-12)
    assert merged.rows.tolist() == by_fold.rows.tolist()
    np.testing.assert_allclose(by_bucket.total, by_fold.total, rtol=1e-12, atol=1e-12)


def test_centring_equals_the_weighted_covariance() -> None:
    z, w = rows(3, 50)
    about = centred(accumulate([(0, z, w)], groups=1, columns=4).total)
    np.testing.assert_allclose(about[1:, 1:] / w.sum(), np.cov(z[:, 1:].T, aweights=w, ddof=0), rtol=1e-12)
    np.testing.assert_allclose(about[0], 0.0, atol=1e-12)


def test_sums_of_nothing_change_nothing_and_shapes_must_agree() -> None:
    z, w = rows(4, 5)
    sums = accumulate([(1, z, w)], groups=2, columns=4)
    assert np.array_equal((sums + empty(2, 4)).gram, sums.gram)
    assert np.array_equal(centred(empty(1, 4).total), np.zeros((4, 4)))
    with pytest.raises(ValueError, match="different shapes"):
        sums + empty(3, 4)
