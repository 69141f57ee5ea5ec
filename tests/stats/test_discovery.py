"""False discovery rates against the example of the paper."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from momot.stats.discovery import benjamini_hochberg, q_values

# Benjamini & Hochberg (1995), section 4: myocardial infarction, 15 hypotheses; four are rejected at q = .05.
PAPER = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]


def test_the_example_of_the_paper() -> None:
    q = benjamini_hochberg(np.array(PAPER))
    assert (q <= 0.05).sum() == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_equals_scipy(p: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(np.array(p)), scipy.stats.false_discovery_control(p), rtol=1e-9)


def test_untested_hypotheses_cost_nothing() -> None:
    with_gaps = benjamini_hochberg(np.array([0.01, np.nan, 0.04, np.nan]))
    np.testing.assert_allclose(with_gaps[[0, 2]], benjamini_hochberg(np.array([0.01, 0.04])))
    assert np.isnan(with_gaps[[1, 3]]).all()


def test_a_strong_outcome_does_not_pay_for_a_weak_one() -> None:
    """Nine strong effects on one outcome would carry p = .06 of another over 10 %; within its own outcome it fails."""
    p = np.array([1e-6] * 9 + [0.06, 0.5])
    groups = ["strong"] * 9 + ["weak"] * 2
    assert benjamini_hochberg(p)[9] <= 0.1
    assert q_values(p, groups)[9] == pytest.approx(0.12)
    assert np.all(q_values(p, groups) >= benjamini_hochberg(p))
