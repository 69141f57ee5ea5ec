"""Overlap counts the exposed without counterpart, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.overlap import without_counterpart


def binned(score: np.ndarray) -> np.ndarray:
    return np.histogram(np.clip(score, -6, 6), bins=512, range=(-6, 6))[0].astype(float)


def test_the_same_distribution_overlaps_whatever_the_sizes() -> None:
    rng = np.random.default_rng(0)
    for exposed, reference in ((60, 60), (50_000, 200), (200, 50_000), (5_000, 5_000)):
        assert without_counterpart(binned(rng.normal(size=exposed)), binned(rng.normal(size=reference))) == 0.0


def test_ordinary_confounding_is_no_lack_of_overlap() -> None:
    rng = np.random.default_rng(1)
    assert without_counterpart(binned(rng.normal(0.7, 1, 4_000)), binned(rng.normal(0, 1, 4_000))) < 0.05


def test_a_group_of_its_own_is_counted() -> None:
    """A third of the exposed lie where no reference is."""
    rng = np.random.default_rng(2)
    exposed = np.r_[rng.normal(size=2_000), rng.normal(5, 0.3, size=1_000)]
    assert without_counterpart(binned(exposed), binned(rng.normal(size=3_000))) == pytest.approx(1 / 3, abs=0.06)


def test_complete_separation() -> None:
    rng = np.random.default_rng(3)
    assert without_counterpart(binned(rng.normal(4, 0.2, 1_000)), binned(rng.normal(-2, 0.2, 1_000))) >= 0.9


def test_too_few_to_say() -> None:
    assert without_counterpart(np.array([3.0, 0.0]), np.array([0.0, 500.0])) == 0.0


def test_of_a_rare_exposure_those_likelier_than_others_still_have_their_like() -> None:
    """One in fifty is exposed. Up to fifteen times as likely as others is no certainty; where nobody else is, it is."""
    rng = np.random.default_rng(5)
    reference = binned(rng.normal(size=98_000))
    apart = binned(rng.normal(2.5, 1, size=2_000))
    assert without_counterpart(apart, reference) > 0.5
    assert without_counterpart(apart, reference, rare=True) < 0.3
    alone = binned(np.r_[rng.normal(size=1_000), rng.normal(5.5, 0.2, size=1_000)])
    assert without_counterpart(alone, reference, rare=True) == pytest.approx(0.5, abs=0.06)
    few = binned(rng.normal(size=300))  # of a rare reference density alone counts
    assert without_counterpart(binned(rng.normal(size=5_000)), few, rare=True) == 0.0
