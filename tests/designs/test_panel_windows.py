"""Which windows a panel has, and what is in them, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.panel_risk import Extent
from momot.designs.panel_windows import answered_in, counted_in, edges_of, on_rows, reached
from momot.stats.timeline import Line


def extent(days: int, *, step: int = 1) -> Extent:
    last = days // step - 1
    return Extent(units=1, interactions=1, periods=last + 1, touched=1, first=0, last=last, least_known=last, known=last, longest=last)


class _Asked:
    """As much of a source as the rule looks at."""

    def __init__(self, days: float) -> None:
        self.horizons = (days,)


@pytest.mark.parametrize(
    ("records", "horizon", "width", "count"),
    [
        (182, 30, 7, 10),  # half a year: ten weeks
        (730, 30, 7, 10),
        (730, 90, 14, 12),  # 18 days would not be whole weeks
        (90, 30, 4, 11),  # half of the records
        (30, 7, 1, 12),
        (18, 7, 1, 9),
    ],
)
def test_ten_weeks_or_half_of_the_records_in_whole_steps(records: int, horizon: float, width: int, count: int) -> None:
    edges = edges_of(extent(records), [_Asked(horizon)], step=1)  # type: ignore[list-item]
    assert set(np.diff(edges)) == {width}
    assert len(edges) - 1 == count
    assert edges[-1] <= records / 2


def test_records_that_are_too_short_have_none_and_weeks_stay_weeks() -> None:
    assert edges_of(extent(15), [_Asked(7)], step=1) == ()  # type: ignore[list-item]
    assert edges_of(extent(364, step=7), [_Asked(28)], step=7) == tuple(range(11))  # type: ignore[list-item]


def test_what_is_counted_and_answered_in_windows() -> None:
    line = Line.of(np.array([0, 0, 0, 1, 1]), np.array([0, 3, 9, 0, 4]))
    happened = np.array([1.0, 2.0, 1.0, 0.0, 5.0])
    ends = reached(line, (0, 4, 8, 12), np.arange(5))
    assert counted_in(happened, ends, whether=False).toarray().tolist() == [[2, 0, 1], [0, 1, 0], [0, 0, 0], [5, 0, 0], [0, 0, 0]]
    assert counted_in(happened, ends, whether=True).toarray().tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]
    some = counted_in(happened, reached(line, (0, 4, 8, 12), np.array([1, 3])), whether=False)
    assert on_rows(some, np.array([1, 3]), 5).toarray().tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0], [5, 0, 0], [0, 0, 0]]
    answers = np.array([2, 4, 11, 100])  # keys: the second unit begins at 100
    found = answered_in(np.array([0, 3, 9, 100]), answers, np.array([5.0, 1.0, 0.0, 3.0]), (0, 4, 8, 12))
    assert found.toarray().tolist() == [[5, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert np.diff(found.indptr).tolist() == [2, 2, 1, 0]  # an answer of 0 is an answer
