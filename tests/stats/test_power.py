"""What could have been found is found as often as stated."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.power import detectable_effect, power


@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_the_detectable_effect_is_detected_with_its_power(target: float) -> None:
    effect = detectable_effect(0.3, 60, power=target)
    drawn = np.random.default_rng(1).normal(effect, 0.3, size=40_000)
    critical = detectable_effect(0.3, 60)  # power .5: the half-width
    assert np.mean(np.abs(drawn) > critical) == pytest.approx(target, abs=0.015)
    assert power(effect, 0.3, 60) == pytest.approx(target, abs=0.002)


def test_no_effect_is_found_at_the_level_and_a_sure_one_always() -> None:
    assert power(0.0, 1.0, 1e9) == pytest.approx(0.05, abs=1e-6)
    assert power(1.0, 0.0, 10) == 1.0
