"""Findings that can't be told apart share a group; those that can, don't."""

from __future__ import annotations

import numpy as np
import pytest

from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate, Estimates, ExposureEstimate
from momot.effects.ties import bound_nearest_zero, strengths, tied_groups
from momot.testing.frames import Exposed, frame_of


def contrast(estimate: float, error: float) -> ContrastEstimate:
    low, high = estimate - 1.96 * error, estimate + 1.96 * error
    return ContrastEstimate("presence", "met", "not met", 500, 500, 0.0, 0.0, estimate, error, low, high, 0.01, False)


def estimates(values: list[float], error: float, correlation: float = 0.0) -> Estimates:
    exposures = tuple(
        ExposureEstimate(i, (contrast(value, error),), 0.01, None, 0.9, 0.1, (), None, 500, ()) for i, value in enumerate(values)
    )
    k = len(values)
    return Estimates(exposures, error**2 * (np.eye(k) * (1 - correlation) + correlation), 0.0, 1_000.0)


def test_bound_nearest_zero() -> None:
    assert bound_nearest_zero(contrast(1.0, 0.1)) == pytest.approx(0.804)
    assert bound_nearest_zero(contrast(-1.0, 0.1)) == pytest.approx(0.804)
    assert bound_nearest_zero(contrast(-0.1, 0.1)) < 0


def test_groups_begin_where_an_effect_differs_from_the_first_of_the_group() -> None:
    found = tied_groups(estimates([0.1, -1.0, 0.95, 0.5, -0.45], 0.1))
    assert found == {1: 1, 2: 1, 3: 2, 4: 2, 0: 3}


def test_a_long_chain_of_neighbours_is_not_one_group() -> None:
    groups = tied_groups(estimates([1.0, 0.8, 0.6, 0.4, 0.2], 0.1))
    assert groups[0] == groups[1]
    assert groups[0] != groups[2]


def test_errors_in_common_don_t_hide_a_difference() -> None:
    """Halo moves both ratings together; their difference is known better than either."""
    assert tied_groups(estimates([1.0, 0.8], 0.1)) == {0: 1, 1: 1}
    assert tied_groups(estimates([1.0, 0.8], 0.1, correlation=0.9)) == {0: 1, 1: 2}


def test_only_those_asked_for_are_ranked() -> None:
    assert tied_groups(estimates([0.1, -1.0, 0.95], 0.1), [0, 2]) == {2: 1, 0: 2}


def test_equal_effects_are_tied_and_the_strongest_contrast_counts() -> None:
    rng = np.random.default_rng(2)
    a, b, c = (rng.integers(0, 2, 4_000) for _ in range(3))
    found = estimate(frame_of(0.5 * a - 0.5 * b + rng.normal(size=4_000), {"a": Exposed(a), "b": Exposed(b), "c": Exposed(c)}))
    groups = tied_groups(found)
    assert groups[0] == groups[1] == 1
    assert groups[2] == 2
    assert strengths(found)[-1].exposure == 2
