"""At stake: reach a month times effect, the interval from the joint covariance."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.frame import Exposure, State
from momot.effects.counts import Counts
from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate
from momot.effects.stake import a_month, of_factors
from momot.testing.frames import PRESENCE, QUALITY, Exposed, frame_of
from momot.vocabulary import Contrast

N = 4_000


def test_presence_is_reach_a_month_times_effect(rng: np.random.Generator) -> None:
    met = (rng.random(N) < 0.25).astype(int)
    found = estimate(frame_of(0.5 * met + rng.normal(size=N), {"t": Exposed(met, PRESENCE)}, months=8.0), unit="stars").exposures[0]
    contrast, stake = found.contrasts[0], found.at_stake
    assert stake is not None
    assert stake.unit == "stars a month"
    assert stake.estimate == pytest.approx(met.sum() / 8 * contrast.estimate)
    assert (stake.high - stake.low) / 2 == pytest.approx(1.95996 * met.sum() / 8 * contrast.standard_error, rel=1e-4)


def test_quality_is_avoidable_loss_plus_upside_by_the_delta_method(rng: np.random.Generator) -> None:
    quality = rng.choice(4, N, p=[0.1, 0.3, 0.4, 0.2])
    y = -1.0 * (quality == 1) + 0.4 * (quality == 3) + rng.normal(size=N)
    found = estimate(frame_of(y, {"t": Exposed(quality, QUALITY, "quality")}, months=2.0))
    stake, (bad, good, _) = found.exposures[0].at_stake, found.exposures[0].contrasts
    units = np.array([-(quality == 1).sum(), (quality == 2).sum(), 0.0]) / 2
    assert stake is not None
    assert stake.estimate == pytest.approx(units[0] * bad.estimate + units[1] * good.estimate)
    assert stake.estimate > 0
    error = np.sqrt(units @ found.covariance @ units)
    assert (stake.high - stake.low) / 2 == pytest.approx(1.95996 * error, rel=1e-4)
    truth = (0.3 * 1.0 + 0.4 * 0.4) * N / 2
    assert stake.low < truth < stake.high


def test_without_neutral_bad_is_compared_with_good_and_not_with_absent(rng: np.random.Generator) -> None:
    quality = rng.choice([0, 1, 3], N, p=[0.5, 0.2, 0.3])
    found = estimate(frame_of(rng.normal(size=N), {"t": Exposed(quality, QUALITY, "quality")}, months=1.0)).exposures[0]
    assert found.at_stake is not None
    assert found.at_stake.estimate == pytest.approx(-(quality == 1).sum() * found.contrasts[2].estimate)


def test_without_time_nothing_is_at_stake(rng: np.random.Generator) -> None:
    met = np.arange(N) % 2
    assert estimate(frame_of(rng.normal(size=N), {"t": Exposed(met)})).exposures[0].at_stake is None


def test_a_touchpoint_with_levels_counts_nobody_twice() -> None:
    """A panel asks of levels and of having met it at all: what is at stake is that of the levels, not of both added up."""
    levels = tuple(State(label, role) for label, role in (("not met", "absent"), ("1", "level"), ("2-", "level")))
    contrasts = [made("level", "1", 0.2, (1,)), made("level", "2-", 0.4, (2,)), made("presence", "met", 0.3, (1, 2))]
    exposure = Exposure("t", None, "interaction", "level", levels, np.zeros(0, dtype=np.int16), (), "B")
    counts = counted([500, 100, 50])
    estimates = np.array([one.estimate for one in contrasts])
    both = of_factors(a_month(exposure, contrasts, counts, 10.0), estimates, np.eye(3), "shares a month")
    met = of_factors(a_month(exposure, contrasts, counts, 10.0, of_presence=True), estimates, np.eye(3), "shares a month")
    assert both is not None
    assert met is not None
    assert both.estimate == pytest.approx(10 * 0.2 + 5 * 0.4)
    assert met.estimate == pytest.approx(15 * 0.3)
    assert (met.high - met.low) / 2 == pytest.approx(1.95996 * 15, rel=1e-4)


def test_days_within_one_horizon_are_one_person() -> None:
    """100 bad days, two of them in each horizon of a person: 50 people, who buy once or not at all."""
    exposure = Exposure("t", None, "interaction", "quality", QUALITY, np.zeros(0, dtype=np.int16), (), "B", repeats=(1.0, 2.0, 1.0, 1.0))
    contrasts = [made("break", "bad", -0.1, (1,))]
    assert a_month(exposure, contrasts, counted([500, 100, 80, 90]), 10.0) == (-5.0,)


def made(contrast: Contrast, level: str, estimate: float, states: tuple[int, ...]) -> ContrastEstimate:
    return ContrastEstimate(
        contrast, level, "not met", 1, 1, 0.0, 0.0, estimate, 1.0, -1.0, 1.0, 0.5, contrast != "presence", states=states
    )


def counted(units: list[int]) -> Counts:
    whole, real = np.array(units), np.array(units, dtype=np.float64)
    return Counts(whole, whole, real, real, real, real, whole, whole)
