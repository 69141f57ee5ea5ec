"""How often a tier errs is known where it was measured, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.voices.errors import negative_rates
from momot.voices.reader import TIERS, reader
from momot.voices.tuned import Fitted, Head


@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_finds_what_is_negative_more_often_than_what_is_not(tier: str) -> None:
    found, false = negative_rates(tier)
    assert found.settings == false.settings >= 10
    assert 0.7 < found.mean < 1
    assert 0 < false.mean < 0.35
    assert min(found.sd, false.sd) > 0


def _head(classes: int) -> Head:
    return Head(tuple(range(classes)), np.eye(classes), np.zeros((1 << 14, classes)), np.zeros(classes), np.ones(1 << 14), 0)


def test_labels_of_polarity_make_other_errors_and_labels_of_suggestions_do_not() -> None:
    plain, _ = reader("fast")
    assert plain.negative_rates == negative_rates("fast")
    assert replace(plain, tuned=Fitted({"suggestion.plain": _head(2)})).negative_rates == negative_rates("fast")
    assert replace(plain, tuned=Fitted({"valence.plain": _head(3)})).negative_rates is None
