"""At stake: reach a month times effect, the interval from the joint covariance."""

from __future__ import annotations

import numpy as np
import pytest

from momot.effects.estimate import estimate
from momot.testing.frames import PRESENCE, QUALITY, Exposed, frame_of

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
