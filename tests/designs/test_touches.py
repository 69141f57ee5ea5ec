"""Which touchpoint comes first is a fact of the times, not of names or of the order in the file."""

from __future__ import annotations

import numpy as np

from momot.designs.touches import precedes

STARTED = np.zeros(100)


def test_what_comes_first_in_most_episodes_precedes():
    first, second = np.arange(100.0), np.arange(100.0) + 1
    second[:10] -= 5
    assert precedes(first, second, started_at=STARTED)
    assert not precedes(second, first, started_at=STARTED)


def test_ties_do_not_count_where_others_differ():
    promise = np.arange(100.0)
    parcel = promise.copy()
    parcel[90:] += 3
    assert precedes(promise, parcel, started_at=STARTED)
    assert not precedes(parcel, promise, started_at=STARTED)


def test_touches_always_at_the_same_time_hold_one_another():
    at = np.arange(100.0)
    assert precedes(at, at.copy(), started_at=STARTED)


def test_touches_in_no_clear_order_hold_one_another():
    rng = np.random.default_rng(3)
    first, second = rng.uniform(0, 20, 1000), rng.uniform(0, 20, 1000)
    assert precedes(first, second, started_at=STARTED)
    assert precedes(second, first, started_at=STARTED)


def test_touches_that_never_meet_are_ordered_by_the_time_since_the_start():
    early, late = np.full(100, np.nan), np.full(100, np.nan)
    early[:50], late[50:] = 1.0, 2.0
    assert precedes(early, late, started_at=STARTED)
    assert not precedes(late, early, started_at=STARTED)
