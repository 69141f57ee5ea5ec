"""Sensitivity against the example of Cinelli & Hazlett (2020, section 5): direct harm and attitudes to peace in Darfur."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.stats.sensitivity import (
    Robustness,
    Strength,
    adjusted_error,
    as_strong,
    bias,
    critical_f,
    partial_r2,
    robustness_value,
)

ESTIMATE, ERROR, T, DF = 0.09732, 0.02326, 4.18445, 783
FEMALE = Strength(exposure=0.0090810, outcome=0.1090311)
"""Partial R² of being female with harm and with peace given harm, solved from the bound printed for one times its strength."""
PUBLISHED = (  # times as strong as female, R² with exposure, with outcome, adjusted estimate, its error, its interval
    (1, 0.00916, 0.1246, 0.0752, 0.0219, 0.0323, 0.1182),
    (2, 0.01833, 0.2493, 0.0529, 0.0204, 0.0130, 0.0929),
    (3, 0.02749, 0.3741, 0.0304, 0.0187, -0.0063, 0.0670),
)


def test_robustness_values_are_those_published_for_darfur():
    f = T / np.sqrt(DF)
    assert partial_r2(T, DF) == pytest.approx(0.0219, abs=5e-5)
    assert robustness_value(f) == pytest.approx(0.139, abs=5e-4)
    assert robustness_value(f, critical=critical_f(DF)) == pytest.approx(0.0763, abs=5e-5)


@pytest.mark.parametrize(("times", "exposure", "outcome", "estimate", "error", "low", "high"), PUBLISHED)
def test_bounds_by_a_benchmark_are_those_published_for_darfur(times, exposure, outcome, estimate, error, low, high):
    strength = as_strong(FEMALE, times)
    assert strength is not None
    assert (strength.exposure, strength.outcome) == pytest.approx((exposure, outcome), abs=1e-4)
    moved = ESTIMATE - bias(ERROR * np.sqrt(DF), strength)
    wider = adjusted_error(ERROR, DF, strength)
    assert (moved, wider) == pytest.approx((estimate, error), abs=1e-4)
    assert (moved - 1.963 * wider, moved + 1.963 * wider) == pytest.approx((low, high), abs=2e-4)


def test_a_classical_interval_gives_the_value_of_the_interval():
    one = Robustness(ESTIMATE, reach=critical_f(DF) * ERROR * np.sqrt(DF), scale=ERROR * np.sqrt(DF))
    assert one.value == pytest.approx(0.139, abs=5e-4)
    assert one.value_of_interval == pytest.approx(0.076, abs=5e-4)


def test_a_wider_clustered_interval_is_reached_sooner_and_the_point_is_not():
    tight, wide = (Robustness(0.1, reach=reach, scale=0.5) for reach in (0.03, 0.09))
    assert tight.value == wide.value
    assert tight.value_of_interval > wide.value_of_interval > 0
    assert Robustness(0.1, reach=0.2, scale=0.5).value_of_interval == 0


def test_no_bound_without_a_benchmark_or_under_a_cause_that_decides_all_exposure():
    assert Robustness(0.1, 0.03, 0.5).bound(2.0) is None
    assert Robustness(0.1, 0.03, 0.5, everything=Strength(0.5, 0.1)).bound(2.0) is None
    assert as_strong(Strength(1.0, 0.1), 1.0) is None


def test_a_bound_is_the_adjusted_interval_on_the_side_of_zero():
    one = Robustness(ESTIMATE, reach=1.963 * ERROR, scale=ERROR * np.sqrt(DF), everything=FEMALE)
    found = one.bound(2.0, least=0.0)
    assert found is not None
    assert found.low == pytest.approx(0.0130, abs=2e-4)
    assert found.outside()
    assert not found.outside(0.02)


shares = st.floats(0.0, 0.4)


@given(estimate=st.floats(-1, 1), reach=st.floats(0.01, 1), scale=st.floats(0.01, 10), d=shares, y=shares, less=st.floats(0, 1))
def test_a_stronger_hidden_cause_never_narrows_the_bound(estimate, reach, scale, d, y, less):
    one = Robustness(estimate, reach, scale, everything=Strength(d, y))
    strong, weak = one.bound(1.5), one.bound(1.5 * less)
    if strong is None:
        return
    assert weak is not None
    assert strong.low <= weak.low + 1e-9 <= estimate - reach + 1e-8
    assert weak.high - 1e-9 <= strong.high


@given(f=st.floats(0, 50), critical=st.floats(0, 5))
def test_a_robustness_value_is_a_share_that_grows_with_the_effect(f, critical):
    value = robustness_value(f, critical=critical)
    assert 0 <= value < 1
    assert value <= robustness_value(f + 0.1, critical=critical) + 1e-9


@given(f=st.floats(0.001, 3))
def test_a_hidden_cause_as_strong_as_the_value_brings_the_estimate_to_zero(f):
    value = robustness_value(f)
    assert bias(1.0, Strength(value, value)) == pytest.approx(f, rel=1e-6)
