"""How far answering may mislead, against opinions that were cut for it."""

from __future__ import annotations

import numpy as np
import pytest

from momot.effects.answering import selection, trimmed
from momot.effects.contrasts import Planned
from momot.effects.counts import Counts
from tests.findings.test_lasting import contrast


def test_it_is_what_cutting_one_end_of_a_normal_law_moves_its_mean() -> None:
    rng = np.random.default_rng(0)
    opinions = np.sort(rng.normal(4.0, 1.2, size=400_000))
    kept = opinions[: int(len(opinions) * 0.30 / 0.40)]  # as many as answer on the other side
    assert trimmed(0.40, 0.30, 1.2) == pytest.approx(4.0 - kept.mean(), abs=0.01)
    assert trimmed(0.30, 0.40, 1.2) == trimmed(0.40, 0.30, 1.2)
    assert trimmed(0.3, 0.3, 1.2) == 0.0
    assert trimmed(0.3, 0.0, 1.2) == np.inf


def counts(weight: list[float]) -> Counts:
    weights = np.array(weight)
    units = weights.astype(np.int64)
    return Counts(units, units, weights, weights, 4.0 * weights, (16.0 + 1.0) * weights, units * 0, units * 0)


PLANNED = Planned("break", "bad", "neutral", np.zeros(1), (1,), (2,), True)


def test_it_wants_a_look_where_the_effect_could_be_nothing_else() -> None:
    tested = [PLANNED]
    alike = selection(np.array([0.0, 1000.0, 1000.0]), counts([0, 300, 301]), tested, [contrast("break", "bad", "neutral", -0.5)], "stars")
    assert alike is not None
    assert alike.status == "pass"
    assert "30.0% after 'bad'" in alike.message
    apart = selection(np.array([0.0, 1000.0, 1000.0]), counts([0, 600, 300]), tested, [contrast("break", "bad", "neutral", -0.5)], "stars")
    assert apart is not None
    assert apart.status == "review"
    assert apart.value > 0.5
    assert selection(np.zeros(3), counts([0, 1, 1]), tested, [contrast("break", "bad", "neutral", -0.5)], "stars") is None
