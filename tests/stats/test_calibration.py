"""Systematic error is told from the estimates themselves, and calibrated intervals hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.stats.calibration import Estimated, Law, majority, of_controls, two_groups

SIGNS = np.array([0.0, -1.0, 1.0])  # presence, break, make


def drawn(
    rng: np.random.Generator, *, touchpoints: int, true: int, spread: float, location: float = 0.5, slope: float = 0.0
) -> tuple[Estimated, np.ndarray]:
    """Estimates in three columns; `true` touchpoints change most of them, each of all others only looks as if."""
    touchpoint, column = np.repeat(np.arange(touchpoints), 3), np.tile(np.arange(3), touchpoints)
    error = np.exp(rng.normal(0, 0.3, 3 * touchpoints))
    size = np.abs(rng.normal(0, 6, 3 * touchpoints)) * (rng.random(3 * touchpoints) < 0.7) * (touchpoint < true)
    effect = size * np.where(SIGNS[column] == 0, rng.choice([-1, 1], 3 * touchpoints), SIGNS[column])
    moved = rng.normal(0, 2, touchpoints)[touchpoint] * (column == 0)
    noise = rng.normal(0, 1, 3 * touchpoints) * np.hypot(error, spread)
    estimated = Estimated(
        touchpoint=touchpoint,
        column=column,
        estimate=effect + location + slope * moved + noise,
        error=error,
        direction=SIGNS[column],
        moved=moved,
        graded=np.array([slope != 0, False, False]),
        known=np.zeros(touchpoints, dtype=np.bool_),
        speaks=np.ones(3 * touchpoints, dtype=np.bool_),
    )
    return estimated, effect


def covered(estimated: Estimated, effect: np.ndarray, laws: tuple[Law, ...]) -> np.ndarray:
    told = [
        laws[column].calibrated(estimate, error, 99.0, moved=moved)
        for column, estimate, error, moved in zip(estimated.column, estimated.estimate, estimated.error, estimated.moved, strict=True)
    ]
    return np.array([one.low <= truth <= one.high for one, truth in zip(told, effect, strict=True)])


@pytest.mark.parametrize(
    ("touchpoints", "true", "spread", "slope"), [(40, 8, 1.0, 0.0), (40, 0, 3.0, 0.0), (60, 30, 1.0, 0.0), (40, 8, 1.0, 0.8)]
)
def test_calibrated_intervals_hold(touchpoints: int, true: int, spread: float, slope: float) -> None:
    rng = np.random.default_rng(touchpoints + true)
    held = []
    for _ in range(8):
        estimated, effect = drawn(rng, touchpoints=touchpoints, true=true, spread=spread, slope=slope)
        held += covered(estimated, effect, two_groups(estimated).laws).tolist()
    assert 0.93 <= np.mean(held) <= 0.985  # 960 or more intervals, those of one draw share their law


def test_uncalibrated_intervals_do_not_hold_here() -> None:
    estimated, effect = drawn(np.random.default_rng(0), touchpoints=40, true=0, spread=3.0)
    nothing = (Law(0.0, 0.0, 1e9, 0.0),) * 3
    assert np.mean(covered(estimated, effect, nothing)) < 0.7


def test_true_effects_do_not_pass_for_systematic_error() -> None:
    rng = np.random.default_rng(5)
    joint, simple = [], []
    for _ in range(10):
        estimated, _ = drawn(rng, touchpoints=60, true=30, spread=0.5)
        joint.append([law.spread for law in two_groups(estimated).laws])
        simple.append([law.spread for law in majority(estimated).laws])
    assert np.mean(joint) < 0.9
    assert np.mean(simple) > 1.3


def test_no_spread_is_no_false_precision() -> None:
    rng = np.random.default_rng(6)
    spreads = [[law.spread for law in two_groups(drawn(rng, touchpoints=40, true=8, spread=0.0)[0]).laws] for _ in range(10)]
    assert np.mean(spreads) < 0.4
    law = two_groups(drawn(rng, touchpoints=40, true=8, spread=0.0)[0]).laws[0]
    assert law.variance(0.0) > law.spread**2


def test_three_controls_say_little_and_the_interval_says_so() -> None:
    rng = np.random.default_rng(7)
    held, widths = [], []
    for _ in range(300):
        estimated, effect = drawn(rng, touchpoints=6, true=2, spread=1.0)
        known = np.arange(6) >= 3
        laws = of_controls(replace(estimated, known=known)).laws
        rest = ~known[estimated.touchpoint]
        held += covered(estimated, effect, laws)[rest].tolist()
        widths.append(laws[0].freedom(1.0, 99.0))
    assert np.mean(held) >= 0.9
    assert np.median(widths) < 20


def test_a_touchpoint_declared_to_change_nothing_counts_as_such() -> None:
    estimated, _ = drawn(np.random.default_rng(8), touchpoints=40, true=8, spread=0.5)
    known = np.zeros(40, dtype=np.bool_)
    known[0] = True
    nulls = two_groups(replace(estimated, known=known))
    assert nulls.nothing[0] == 1.0
    assert nulls.false(0, [0, 1]) == 1.0


def test_the_local_false_discovery_rate_tells_true_from_false() -> None:
    estimated, effect = drawn(np.random.default_rng(9), touchpoints=40, true=16, spread=0.5)
    nulls = two_groups(estimated)
    rates = np.array([nulls.false(touchpoint, np.flatnonzero(estimated.touchpoint == touchpoint).tolist()) for touchpoint in range(40)])
    strength = np.abs(effect) / estimated.error
    large = np.array([strength[estimated.touchpoint == touchpoint].max() > 7 for touchpoint in range(40)])
    assert large.sum() >= 3
    assert rates[large].max() < 0.1
    assert np.median(rates[16:]) > 0.8


def test_the_unit_changes_nothing() -> None:
    estimated, _ = drawn(np.random.default_rng(10), touchpoints=30, true=5, spread=1.0)
    small = replace(estimated, estimate=estimated.estimate * 1e-4, error=estimated.error * 1e-4)
    for one, other in zip(two_groups(estimated).laws, two_groups(small).laws, strict=True):
        assert other.location * 1e4 == pytest.approx(one.location, rel=1e-3, abs=1e-4)
        assert other.spread * 1e4 == pytest.approx(one.spread, rel=1e-2, abs=1e-2)


def test_the_order_of_the_estimates_changes_nothing() -> None:
    estimated, _ = drawn(np.random.default_rng(11), touchpoints=30, true=5, spread=1.0)
    order = np.random.default_rng(12).permutation(len(estimated.estimate))
    parts = ("touchpoint", "column", "estimate", "error", "direction", "moved", "speaks")
    shuffled = replace(estimated, **{name: getattr(estimated, name)[order] for name in parts})
    for one, other in zip(two_groups(estimated).laws, two_groups(shuffled).laws, strict=True):
        assert (other.location, other.spread) == pytest.approx((one.location, one.spread), rel=1e-6, abs=1e-6)


def test_a_column_without_estimates_has_no_law() -> None:
    estimated, _ = drawn(np.random.default_rng(13), touchpoints=20, true=2, spread=0.5)
    some = estimated.column != 2
    parts = ("touchpoint", "column", "estimate", "error", "direction", "moved", "speaks")
    fewer = replace(estimated, **{name: getattr(estimated, name)[some] for name in parts})
    for found in (two_groups(fewer), majority(fewer), of_controls(fewer)):
        assert found.laws[2].spread == float("inf")
