"""A share corrected for errors of reading: the formula by hand, and intervals that hold in settings that were not measured."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.shares import Rate, corrected_share


def test_rogan_and_gladen_by_hand() -> None:
    share, low, high = corrected_share(0.35, 0.01, Rate(0.8, 0.0, 10), Rate(0.2, 0.0, 10))
    assert share == pytest.approx((0.35 - 0.2) / 0.6)
    assert high - share == pytest.approx(share - low) == pytest.approx(2.2622 * 0.01 / 0.6, rel=1e-3)


def test_a_reading_that_hardly_tells_corrects_nothing() -> None:
    assert corrected_share(0.5, 0.01, Rate(0.55, 0.1, 10), Rate(0.45, 0.1, 10)) is None
    assert corrected_share(0.5, 0.01, Rate(0.9, 0.1, 2), Rate(0.1, 0.1, 2)) is None


def test_it_stays_a_share() -> None:
    share, low, high = corrected_share(0.02, 0.01, Rate(0.8, 0.05, 10), Rate(0.1, 0.05, 10))
    assert (share, low) == (0.0, 0.0)
    assert 0 < high < 0.2


@pytest.mark.parametrize("true", [0.1, 0.35, 0.7])
def test_it_holds_in_a_setting_that_was_not_measured(true: float) -> None:
    """1,000 times: rates measured in eight settings, 500 texts read in another. At least 95 %, less a 99 % binomial bound."""
    random = np.random.default_rng(4)
    held = 0
    for _ in range(1_000):
        found, false = random.normal(0.8, 0.08, 9), random.normal(0.15, 0.06, 9)
        rates = [Rate(float(one[:8].mean()), float(one[:8].std(ddof=1)), 8) for one in (found, false)]
        negative = random.random(500) < true
        read = random.random(500) < np.where(negative, np.clip(found[8], 0, 1), np.clip(false[8], 0, 1))
        share = read.mean()
        _, low, high = corrected_share(float(share), float(np.sqrt(share * (1 - share) / 500)), *rates)
        held += low <= true <= high
    assert held / 1_000 >= 0.95 - 2.33 * np.sqrt(0.95 * 0.05 / 1_000)
