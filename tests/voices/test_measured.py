"""What labels say of a reading: figures by hand, intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest

from momot.voices.measured import measured


def test_figures_are_those_of_the_definition() -> None:
    labels, before = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 0, 0])
    found = measured(labels, before, labels, ("negative", "neutral", "positive"))
    assert found.macro_f1_before == pytest.approx((2 * 2 / (3 + 4) + 2 * 1 / (2 + 2) + 0) / 3)
    assert found.macro_f1 == found.accuracy == 1.0
    assert found.gain == pytest.approx(1 - found.macro_f1_before)
    assert found.accuracy_before == pytest.approx(3 / 6)


def test_only_classes_that_occur_count() -> None:
    labels = np.array([0, 2, 0, 2])
    found = measured(labels, np.array([0, 2, 2, 2]), labels, ("negative", "neutral", "positive"))
    assert found.classes == ("negative", "positive")
    assert found.macro_f1_before == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_intervals_hold_the_figures_of_all_texts() -> None:
    """200 draws of 150 texts from a reading that is right in .8 and one that is right in .7: 99 % binomial band around .95.

    The bootstrap of a share of 150 texts covers a little less than it says, hence .90 as the lower end.
    """
    random = np.random.default_rng(3)
    held = {"macro_f1": [], "gain": []}
    for _ in range(200):
        labels = random.integers(0, 2, 150)
        before, after = (np.where(random.random(150) < right, labels, 1 - labels) for right in (0.7, 0.8))
        found = measured(labels, before, after, ("other", "suggestion"))
        held["macro_f1"].append(found.macro_f1_low <= 0.8 <= found.macro_f1_high)
        held["gain"].append(found.gain_low <= 0.1 <= found.gain_high)
    for name, covered in held.items():
        assert 0.90 <= np.mean(covered) <= 0.99, name
