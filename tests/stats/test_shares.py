"""Shares against published numbers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from momot.stats.shares import clustered_share_difference, sample_ratio_p, share_difference, wilson


def test_sample_ratio_of_cookie_cats() -> None:
    """44,700 against 45,489 players: p = .0087, as published."""
    assert sample_ratio_p([44_700, 45_489]) == pytest.approx(0.0086, abs=2e-4)
    assert sample_ratio_p([44_700, 45_489]) == pytest.approx(scipy.stats.chisquare([44_700, 45_489]).pvalue, rel=1e-9)


def test_planned_shares_need_not_be_equal() -> None:
    assert sample_ratio_p([900, 100], [9, 1]) == 1.0
    assert sample_ratio_p([850, 150], [9, 1]) < 1e-6
    with pytest.raises(ValueError, match="2 arms"):
        sample_ratio_p([1, 2], [1.0])


def test_difference_of_two_shares_by_hand() -> None:
    """Newcombe (1998): 56/70 against 48/80, Wald interval .0575 to .3425."""
    found = share_difference(56, 70, 48, 80)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.2, 0.0575, 0.3425), abs=5e-5)


def test_wilson_equals_the_published_intervals() -> None:
    """Newcombe (1998): 81/263 gives .2553 to .3662, 15/148 .0624 to .1605, 0/20 0 to .1611."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_shares_of_persons_who_come_often_are_no_surer_than_their_number() -> None:
    random = np.random.default_rng(0)
    person = np.repeat(np.arange(100), 2)
    group = np.tile([0, 1], 100)
    n = np.ones(200)
    bad = (random.random(200) < np.where(group == 1, 0.2, 0.5)).astype(np.float64)
    once = clustered_share_difference(bad, n, group, person)
    often = clustered_share_difference(bad * 10, n * 10, group, person)
    assert once is not None
    assert often is not None
    assert once == pytest.approx(often)
    assert once[2].estimate == pytest.approx(once[1] - once[0])
    alone = clustered_share_difference(bad, n, group, np.arange(200))
    simple = share_difference(int(bad[group == 1].sum()), 100, int(bad[group == 0].sum()), 100)
    assert alone is not None
    assert alone[2].standard_error == pytest.approx(simple.standard_error, rel=0.01)


def test_a_share_needs_both_groups() -> None:
    assert clustered_share_difference(np.ones(3), np.ones(3), np.zeros(3, dtype=np.int64), np.arange(3)) is None
