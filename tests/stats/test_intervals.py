"""Tail probabilities, intervals and joint tests against scipy.stats and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from momot.stats.intervals import chi_square_tail, f_tail, interval, joint_p, t_quantile, two_sided_p


@given(t=st.floats(-30, 30), df=st.floats(1, 1e6))
def test_t_tails_equal_scipy(t: float, df: float) -> None:
    assert two_sided_p(t, df) == pytest.approx(2 * scipy.stats.t.sf(abs(t), df), rel=1e-9, abs=1e-300)


@given(f=st.floats(0, 100), df1=st.integers(1, 30), df2=st.floats(1, 1e6))
def test_f_tails_equal_scipy(f: float, df1: int, df2: float) -> None:
    assert f_tail(f, df1, df2) == pytest.approx(scipy.stats.f.sf(f, df1, df2), rel=1e-8, abs=1e-300)


@given(x=st.floats(0, 500), df=st.integers(1, 100))
def test_chi_square_tails_equal_scipy(x: float, df: int) -> None:
    assert chi_square_tail(x, df) == pytest.approx(scipy.stats.chi2.sf(x, df), rel=1e-8, abs=1e-300)


def test_quantiles_and_the_normal_limit() -> None:
    assert t_quantile(0.975, 10) == pytest.approx(scipy.stats.t.ppf(0.975, 10), rel=1e-12)
    assert t_quantile(0.975, np.inf) == pytest.approx(1.959963985, rel=1e-7)
    assert two_sided_p(1.959963985, np.inf) == pytest.approx(0.05, rel=1e-6)


def test_interval_by_hand() -> None:
    found = interval(2.0, 0.5, 20)
    assert (found.low, found.high) == pytest.approx((2 - 2.085963 * 0.5, 2 + 2.085963 * 0.5), rel=1e-6)
    assert found.p_value == pytest.approx(scipy.stats.t.sf(4, 20) * 2)


def test_an_outcome_without_noise_is_a_point() -> None:
    assert interval(1.0, 0.0, 5).p_value == 0.0
    assert interval(0.0, 0.0, 5).p_value == 1.0


def test_one_contrast_jointly_is_its_own_test() -> None:
    assert joint_p(np.array([1.3]), np.array([[0.25]]), 17) == pytest.approx(two_sided_p(1.3 / 0.5, 17), rel=1e-9)


def test_contrasts_that_are_sums_of_each_other_count_once() -> None:
    covariance = np.array([[0.3, 0.1], [0.1, 0.2]])
    estimates = np.array([0.9, -0.4])
    add = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]])
    assert joint_p(add @ estimates, add @ covariance @ add.T, 40) == pytest.approx(joint_p(estimates, covariance, 40), rel=1e-8)


def test_joint_test_is_hotellings() -> None:
    covariance = np.array([[0.3, 0.1], [0.1, 0.2]])
    estimates = np.array([0.9, -0.4])
    squared = estimates @ np.linalg.inv(covariance) @ estimates
    assert joint_p(estimates, covariance, 40) == pytest.approx(scipy.stats.f.sf(squared * 39 / (40 * 2), 2, 39), rel=1e-9)


def test_no_variance_at_all() -> None:
    assert joint_p(np.zeros(2), np.zeros((2, 2)), 10) == 1.0
    assert joint_p(np.ones(2), np.zeros((2, 2)), 10) == 0.0
