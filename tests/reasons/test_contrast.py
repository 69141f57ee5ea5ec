"""The contrast of two sides: exact where it can be, calm where nothing is said more."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from momot.reasons.contrast import Mentions, contrast


def mentions(side, other, of_side, of_other, longer=0.0) -> Mentions:
    side = np.asarray(side, dtype=np.float64)
    full = np.ones(len(side))
    return Mentions(
        side, np.asarray(other, dtype=np.float64), of_side * full, of_other * full, np.zeros(len(side), dtype=np.int64), longer * full
    )


def test_log_odds_are_those_of_monroe_colaresi_and_quinn() -> None:
    """Their δ with a prior of 20 people on each side: counts plus 20 times the common share."""
    found = contrast(mentions([30], [10], 400, 500))
    share = 20 * 40 / 900
    expected = np.log((30 + share) / (370 + 20 - share)) - np.log((10 + share) / (490 + 20 - share))
    error = np.sqrt(1 / (30 + share) + 1 / (390 - share) + 1 / (10 + share) + 1 / (510 - share))
    assert found.log_odds[0] == pytest.approx(expected)
    assert found.z[0] == pytest.approx(expected / error)


@pytest.mark.parametrize(
    ("side", "other", "of_side", "of_other"),
    [(4, 1, 50, 450), (5, 0, 100, 900), (30, 10, 500, 500), (3, 40, 60, 900), (200, 100, 400, 500)],
)
def test_p_is_close_to_the_exact_mid_p(side, other, of_side, of_other) -> None:
    law = scipy.stats.hypergeom(of_side + of_other, of_side, side + other)
    exact = law.sf(side - 1) - 0.5 * law.pmf(side)
    assert contrast(mentions([side], [other], of_side, of_other)).p[0] == pytest.approx(exact, rel=0.35, abs=1e-7)


def test_five_people_of_a_small_side_are_no_sure_thing() -> None:
    """4 of 5 sayers on a side of a tenth of the people: a normal law says 1e-7, the exact tail 5e-4."""
    assert contrast(mentions([4], [1], 100, 900)).p[0] > 1e-4


def test_who_writes_more_says_more_of_everything() -> None:
    """Rates of 300 phrases 1.6 times as high on one side, by length alone: p-values are as they should be, for common phrases too."""
    random = np.random.default_rng(0)
    rate = np.exp(random.uniform(np.log(0.01), np.log(0.8), 300))
    side = random.binomial(1_000, -np.expm1(-1.6 * rate))
    other = random.binomial(1_200, -np.expm1(-rate))
    found = contrast(mentions(side, other, 1_000, 1_200, longer=np.log(1.6)))
    assert 0.005 <= np.mean(found.p < 0.05) <= 0.10
    assert np.mean(contrast(mentions(side, other, 1_000, 1_200)).p < 0.05) > 0.5


def test_a_phrase_of_everybody_and_of_nobody_warns_of_nothing() -> None:
    found = contrast(mentions([0, 50, 50], [0, 60, 0], 50, 60))
    assert np.isfinite(found.log_odds).all()
    assert (found.p[:2] == 1).all() or (found.p[:2] > 0.3).all()
