"""Shrunken effects: a published example, the winner's curse undone in draws with known truth, the ends of what data can say."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.shrinkage import shrink

SCHOOLS = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])


def test_the_eight_schools_of_rubin() -> None:
    """Rubin (1981), with a flat prior on the spread; posterior means as of long runs of Gibbs sampling (Gelman et al. 2013, 5.5)."""
    found = shrink(SCHOOLS, np.diag(ERRORS**2))
    assert found is not None
    assert found.estimates == pytest.approx([11.4, 7.9, 6.1, 7.7, 5.1, 6.1, 10.6, 8.4], abs=0.5)
    assert found.mean == pytest.approx(8.0, abs=0.3)
    assert found.spread == pytest.approx(6.6, abs=0.6)
    assert found.low[0] == pytest.approx(-4.5, abs=2.5)


def test_the_largest_of_several_is_no_longer_flattered() -> None:
    """300 draws of six segments: the raw largest is too large by a standard error and its interval covers .86, the shrunken one covers."""
    rng = np.random.default_rng(5)
    truth = rng.normal(0.3, 0.2, (300, 6))
    seen = truth + rng.normal(0, 0.3, truth.shape)
    raw, mild, covered = [], [], []
    for true, estimate in zip(truth, seen, strict=True):
        found = shrink(estimate, 0.09 * np.eye(6))
        assert found is not None
        best = int(np.argmax(estimate))
        raw.append(estimate[best] - true[best])
        mild.append(found.estimates[best] - true[best])
        covered.append(found.low[best] <= true[best] <= found.high[best])
    assert np.mean(raw) > 0.25
    assert abs(np.mean(mild)) < 0.4 * np.mean(raw)
    assert np.mean(covered) > 0.92


def test_a_shared_control_moves_all_arms_and_is_not_taken_for_a_difference() -> None:
    """Errors that all arms share say nothing of how arms differ: the arms are pulled together as if the shared part were known."""
    arms = np.array([0.5, 0.7, 0.6])
    shared = shrink(arms, 0.01 * np.eye(3) + 0.25)
    alone = shrink(arms, 0.01 * np.eye(3))
    assert shared is not None
    assert alone is not None
    assert shared.estimates == pytest.approx(alone.estimates, abs=2e-3)
    assert shared.high[0] - shared.low[0] > 1.9


def test_what_is_surely_different_stays_and_what_cannot_be_pooled_is_nothing() -> None:
    far = shrink(np.array([0.0, 5.0]), 0.01 * np.eye(2))
    assert far is not None
    assert far.estimates == pytest.approx([0.0, 5.0], abs=0.05)
    assert shrink(np.array([1.0]), np.eye(1)) is None
    assert shrink(np.array([1.0, 2.0]), np.zeros((2, 2))) is None
