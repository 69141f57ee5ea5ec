"""Time lines against a loop over every pair of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.stats.timeline import Line, bounds, decayed, latest, window_sum


@st.composite
def lines(draw: st.DrawFn) -> Line:
    days = draw(st.lists(st.sets(st.integers(-30, 400), min_size=1, max_size=25), min_size=1, max_size=6))
    unit = np.concatenate([np.full(len(one), number) for number, one in enumerate(days)]).astype(np.int64)
    return Line.of(unit, np.concatenate([sorted(one) for one in days]).astype(np.int64))


def earlier(line: Line, row: int) -> np.ndarray:
    return np.flatnonzero((line.unit == line.unit[row]) & (line.day < line.day[row]))


@settings(max_examples=60, deadline=None)
@given(lines(), st.sampled_from([1.0, 7.0, 28.0]))
def test_a_decayed_sum_is_the_sum_over_all_earlier_rows(line: Line, half_life: float) -> None:
    value = np.linspace(-1, 2, len(line))
    found = decayed(line, value, half_life)
    for row in range(len(line)):
        before = earlier(line, row)
        expected = value[row] + float(np.sum(value[before] * 2.0 ** (-(line.day[row] - line.day[before]) / half_life)))
        assert found[row] == pytest.approx(expected, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(lines(), st.integers(-60, 60), st.integers(0, 40))
def test_a_window_holds_the_rows_of_the_unit_whose_day_lies_in_it(line: Line, low: int, width: int) -> None:
    value = np.arange(1.0, len(line) + 1)
    found = window_sum(value, bounds(line, low, low + width))
    for row in range(len(line)):
        ahead = line.day - line.day[row]
        inside = (line.unit == line.unit[row]) & (ahead >= low) & (ahead <= low + width)
        assert found[row] == pytest.approx(float(value[inside].sum()))


def test_a_window_longer_than_the_records_never_reaches_another_unit() -> None:
    line = Line.of(np.array([0, 0, 1]), np.array([0, 9, 4]))
    assert window_sum(np.ones(3), bounds(line, -1_000_000, 1_000_000)).tolist() == [2, 2, 1]


@settings(max_examples=60, deadline=None)
@given(lines(), st.randoms(use_true_random=False))
def test_the_last_flagged_row_before_each_row(line: Line, random: object) -> None:
    flags = np.array([random.random() < 0.4 for _ in range(len(line))])  # type: ignore[attr-defined]
    marked = np.flatnonzero(flags)
    found = latest(line, marked)
    told = {row: (marked[nth], days) for row, nth, days in zip(found.rows, found.nth, found.days, strict=True)}
    for row in range(len(line)):
        before = [one for one in earlier(line, row) if flags[one]]
        assert told.get(row) == ((max(before), line.day[row] - line.day[max(before)]) if before else None)


def test_rows_in_another_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in the order of unit and day"):
        Line.of(np.array([0, 0]), np.array([3, 3]))
