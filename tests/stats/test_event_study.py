"""A series around a date: its change, its drift, its shocks, from sums that one can check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.event_study import LEAST_BEFORE, LEAST_CONTINUED, plan, read

DAYS = np.arange(-12, 8) * 7.0 + 3.5
SIZE = np.full(20, 50.0)
DF = np.full(21, 200.0)


def test_the_change_is_the_mean_after_minus_the_mean_before_weighted_by_units() -> None:
    about = plan(np.array([-10.0, -5.0, 5.0, 10.0]), np.array([1.0, 3.0, 1.0, 1.0]), continued=False)
    np.testing.assert_allclose(about.level, [-0.25, -0.75, 0.5, 0.5])
    assert about.reach == pytest.approx(7.5 - (-6.25))
    study = read(np.array([0.0, 4.0, 5.0, 7.0]), np.eye(4), np.full(5, 50.0), about)
    assert study.effect.estimate == pytest.approx(3.0)
    assert study.effect.standard_error == pytest.approx(np.sqrt(0.25**2 + 0.75**2 + 0.5))
    assert [period.estimate for period in study.periods] == pytest.approx([-3.0, 1.0, 2.0, 4.0])
    assert study.drift is None  # two periods before tell nothing of a drift


def test_a_straight_line_is_all_drift_and_no_shock() -> None:
    about = plan(DAYS, SIZE, continued=False)
    study = read(0.01 * DAYS, 1e-6 * np.eye(20), DF, about)
    assert study.shock == 0.0
    assert study.drift is not None
    assert study.drift.estimate == pytest.approx(study.effect.estimate)  # gone on, the drift is the whole change
    continued = read(0.01 * DAYS, 1e-6 * np.eye(20), DF, plan(DAYS, SIZE, continued=True))
    assert continued.effect.estimate == pytest.approx(0.0, abs=1e-12)
    assert continued.missed == 0.0


def test_shocks_of_whole_periods_are_measured_and_widen_the_interval() -> None:
    random = np.random.default_rng(0)
    about = plan(DAYS, SIZE, continued=False)
    shocks = [read(random.normal(size=20) * 0.5, 0.01 * np.eye(20), DF, about).shock for _ in range(400)]
    assert np.mean(np.square(shocks)) == pytest.approx(0.25 - 0.01, rel=0.1)
    still = read(np.zeros(20), 0.01 * np.eye(20), DF, about)
    assert still.shock == 0.0
    struck = read(np.where(np.arange(20) % 2, 0.5, -0.5), 0.01 * np.eye(20), DF, about)
    assert struck.effect.standard_error > 3 * still.effect.standard_error


def test_a_continued_line_that_turned_before_is_trusted_less() -> None:
    about = plan(DAYS, SIZE, continued=True)
    bent = read(np.abs(DAYS + 40) / 40, 1e-4 * np.eye(20), DF, about)
    straight = read(DAYS / 40, 1e-4 * np.eye(20), DF, about)
    assert bent.missed > 0.5
    assert bent.effect.standard_error > 10 * straight.effect.standard_error


def test_the_last_period_before_shows_an_early_start() -> None:
    series = np.zeros(20)
    series[11] = 1.0
    study = read(series, 0.01 * np.eye(20), DF, plan(DAYS, SIZE, continued=False))
    assert study.anticipation is not None
    assert study.anticipation.estimate == pytest.approx(1.0)


@pytest.mark.parametrize(("before", "after", "continued"), [(0, 3, False), (3, 0, False), (LEAST_CONTINUED - 1, 3, True)])
def test_too_few_periods_are_refused(before: int, after: int, continued: bool) -> None:
    with pytest.raises(ValueError, match="periods before"):
        plan(np.arange(-before, after) + 0.5, np.ones(before + after), continued=continued)


def test_the_drift_that_could_have_shown_is_half_of_its_interval() -> None:
    study = read(np.zeros(20), 0.01 * np.eye(20), DF, plan(DAYS, SIZE, continued=False))
    assert study.drift is not None
    assert study.detectable_drift == pytest.approx((study.drift.high - study.drift.low) / 2)
    assert LEAST_BEFORE == 4
