"""Rows of a panel: every touched period, a regular share of the others, weights that add up."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.landmarks import MOST_QUIET_ROWS, Units, landmarks, share_of_quiet


def units(first: list[int], last: list[int], interactions: list[int] | None = None) -> Units:
    count = len(first)
    numbers = np.arange(10, 10 + count, dtype=np.int64)
    one = np.zeros(count, dtype=np.int64)
    return Units(
        numbers,
        one.astype(np.int16),
        np.array(first),
        np.array(last),
        np.array(last),
        np.array(interactions or [1] * count),
        one + 1,
    )


def test_every_touched_period_is_a_row_of_weight_one_and_the_weights_add_up_to_all_periods() -> None:
    some = units([0] * 400, [199] * 400)
    rng = np.random.default_rng(1)
    touched = np.unique(rng.integers(0, 400 * 200, 3_000))
    found = landmarks(some, some.unit[touched // 200], touched % 200, every=12)
    assert (found.source >= 0).sum() == len(touched)
    assert set(found.weight[found.source >= 0]) == {1.0}
    assert found.weight.sum() == pytest.approx(400 * 200, rel=0.01)
    assert (np.diff(found.line.unit * 1_000 + found.line.day) > 0).all()


def test_quiet_rows_are_spread_over_weekdays_and_over_units() -> None:
    some = units([0] * 700, [363] * 700)
    found = landmarks(some, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), every=12)
    by_weekday = np.bincount(found.line.day % 7, minlength=7)
    assert by_weekday.min() > 0.97 * by_weekday.max()
    assert len(set(found.line.day[np.unique(found.owner, return_index=True)[1]].tolist())) == 12


def test_rows_outside_the_time_at_risk_are_history_only() -> None:
    some = units([5], [8])
    found = landmarks(some, np.array([10, 10, 10]), np.array([2, 6, 11]), every=1)
    assert found.line.day.tolist() == [2, 5, 6, 7, 8, 11]
    assert found.at_risk.tolist() == [False, True, True, True, True, False]


def test_a_unit_without_any_row_leaves_no_hole() -> None:
    some = units([0, 5, 0], [3, 4, 3])  # the second is never at risk
    found = landmarks(some, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), every=1)
    assert set(found.owner.tolist()) == {0, 2}
    assert set(found.line.unit.tolist()) == {0, 1}


def test_all_quiet_periods_are_taken_where_there_are_few_and_never_a_multiple_of_a_week_otherwise() -> None:
    assert share_of_quiet(10, 100) == 1
    every = share_of_quiet(7_000_000, 14_000_000)
    assert every % 7
    assert 7_000_000 / every <= MOST_QUIET_ROWS
