"""Which days a dated change is judged by."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from momot.designs.change_window import MOST_AFTER, MOST_BEFORE, NOWHERE, Window, local_day, midnight, waiting_days, window
from momot.designs.columns import MICROS_A_DAY

ON = dt.date(2024, 6, 3)


def days_from(on: dt.date, *days: float) -> np.ndarray:
    return midnight(on, "UTC") + (np.array(days) * MICROS_A_DAY).astype(np.int64)


def opened(wait: int, first: float, last: float, *, units: int = 4000, unmet: float = 0.5, **options: bool) -> Window | None:
    random = np.random.default_rng(0)
    begun = days_from(ON, *random.uniform(first, last, units))
    return window(
        ON, "UTC", wait=wait, first_at=int(days_from(ON, first)[0]), end_at=int(days_from(ON, last)[0]), started_at=begun,
        met=random.random(units) > unmet, **options,
    )  # fmt: skip


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Auckland"])
def test_a_day_begins_at_local_midnight(zone: str) -> None:
    instant = midnight(ON, zone)
    assert local_day(instant, zone) == ON
    assert local_day(instant - 1, zone) == ON - dt.timedelta(1)


def test_a_midnight_that_the_clock_skipped_is_the_first_instant_of_its_day() -> None:
    day = dt.date(2018, 11, 4)  # São Paulo went from 00:00 to 01:00
    assert midnight(day, "America/Sao_Paulo") == 1_541_300_400_000_000
    assert local_day(midnight(day, "America/Sao_Paulo"), "America/Sao_Paulo") == day


def test_one_waits_until_nearly_all_outcomes_are_settled() -> None:
    started = np.zeros(100)
    settled = np.arange(1, 101) * 0.1 * MICROS_A_DAY
    assert waiting_days(started, settled) == 10
    assert waiting_days(started, np.full(100, np.nan)) == 0


def test_periods_end_where_outcomes_would_reach_over_the_date_or_the_end() -> None:
    found = opened(10, -200, 100)
    assert found is not None
    assert (found.days, found.wait) == (7, 10)
    assert local_day(int(found.edges_before[-1]), "UTC") == ON - dt.timedelta(10)
    assert found.edges_after[0] == midnight(ON, "UTC")
    assert local_day(int(found.edges_after[-1]), "UTC") <= ON + dt.timedelta(90)
    period = found.period_of(days_from(ON, -10.01, -10, -0.01, 0, 6.99, 7, -17.5, 95))
    assert period.tolist() == [-1, NOWHERE, NOWHERE, 0, 0, 1, -2, NOWHERE]


def test_no_more_than_a_year_before_and_half_a_year_after() -> None:
    found = opened(0, -900, 900, units=20_000)
    assert found is not None
    assert (len(found.edges_before) - 1, len(found.edges_after) - 1) == (MOST_BEFORE // 7, MOST_AFTER // 7)
    alone = opened(0, -900, 900, units=20_000, unmet=0.0, alone=True)
    assert alone is not None
    assert len(alone.edges_after) - 1 == 12


def test_periods_are_as_short_as_their_units_allow() -> None:
    assert [found.days if (found := opened(0, -200, 100, units=units)) else None for units in (4000, 700, 100)] == [7, 14, 28]
    short = opened(0, -20, 20)
    assert short is not None
    assert short.days == 1


def test_daylight_saving_moves_no_boundary() -> None:
    zone = "Europe/Prague"
    on = dt.date(2024, 4, 15)
    found = window(
        on, zone, wait=0, first_at=midnight(dt.date(2024, 1, 1), zone), end_at=midnight(dt.date(2024, 7, 1), zone),
        started_at=np.zeros(0, dtype=np.int64), met=np.zeros(0, dtype=np.bool_),
    )  # fmt: skip
    assert found is not None
    for edge in (*found.edges_before, *found.edges_after):
        assert midnight(local_day(int(edge), zone), zone) == edge


@pytest.mark.parametrize(("first", "last", "wait"), [(-100, 5, 10), (-5, 100, 10), (3, 100, 0), (-100, -3, 0)])
def test_without_a_day_on_either_side_there_is_no_window(first: float, last: float, wait: int) -> None:
    assert opened(wait, first, last) is None
