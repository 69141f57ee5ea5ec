"""Surges of counts: found where planted, rare where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.discovery import benjamini_hochberg
from momot.stats.surges import surges


def series(seed: int, *, days: int = 120, mean: float = 12.0, dispersion: float = 2.5) -> tuple[np.ndarray, np.ndarray]:
    """Counts of a company that is busier on Mondays and grows, and varies more than Poisson's law says."""
    random = np.random.default_rng(seed)
    phase = np.arange(days) % 7
    expected = mean * np.linspace(0.7, 1.3, days) * np.array([1.6, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6])[phase]
    shape = expected / (dispersion - 1)
    return random.negative_binomial(shape, 1 / dispersion).astype(np.float64), phase


@pytest.mark.parametrize("mean", [0.4, 1.0, 3.0, 12.0, 200.0])
def test_no_surge_is_found_where_there_is_none(mean) -> None:
    """Of 60 series without any, at most 8 (13 %) show one of five and more at a false discovery rate of 5 %."""
    shown = 0
    for seed in range(60):
        counts, phase = series(seed, mean=mean)
        shown += bool(np.any((benjamini_hochberg(surges(counts, phase).p) < 0.05) & (counts >= 5)))
    assert shown <= 8


def test_a_planted_surge_of_two_days_is_found_and_moves_no_neighbour() -> None:
    for seed in range(20):
        counts, phase = series(seed)
        counts[60:62] += 60
        found = benjamini_hochberg(surges(counts, phase).p) < 0.05
        assert found[60:62].all()
        assert found.sum() <= 3


def test_the_usual_is_near_the_truth() -> None:
    found = [surges(*series(seed, dispersion=1.5)).expected.mean() for seed in range(30)]
    assert float(np.mean(found)) == pytest.approx(12.0, rel=0.05)


def test_too_few_periods_tell_nothing() -> None:
    found = surges(np.array([1.0, 50.0, 2.0]))
    assert np.isnan(found.p).all()


def test_all_zero_is_no_surge_and_no_warning() -> None:
    assert (surges(np.zeros(30)).p == 1).all()
