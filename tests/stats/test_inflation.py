"""What inflates all tests is taken off; honest tests stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from momot.stats.inflation import deflated, inflation


def p_of(z: np.ndarray) -> np.ndarray:
    return 2 * ndtr(-np.abs(z))


def test_honest_p_values_stay() -> None:
    p = (np.arange(99) + 0.5) / 99
    assert inflation(p) == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(deflated(p), p, atol=0.005)


def test_an_inflation_is_measured_and_taken_off() -> None:
    """Twice the spread in 2,000 tests, a tenth of them with effects of their own: lambda is 4 + what the effects add to the median."""
    rng = np.random.default_rng(1)
    z = 2 * rng.normal(size=2_000)
    z[:200] += 12
    p = p_of(z)
    assert 3.6 < inflation(p) < 6
    kept = deflated(p)
    assert np.mean(kept[200:] <= 0.05) <= 0.06
    assert np.mean(kept[:200] <= 0.001) > 0.9


def test_missing_tests_stay_missing() -> None:
    found = deflated(np.array([0.5, np.nan, 0.01]))
    assert np.isnan(found[1])
    assert inflation(np.array([np.nan])) == 1.0
