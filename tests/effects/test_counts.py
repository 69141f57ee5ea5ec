"""Units, people and raw means by state."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.frame import State
from momot.effects.counts import count, people
from momot.effects.rows import arrange
from momot.testing.frames import PRESENCE, QUALITY, Exposed, frame_of

#                            absent      bad      neutral   good
CODES = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, 3])
PERSON = np.array([1, 1, 2, 2, 3, 3, 4, 4, 4, 5])
OPINION = np.arange(10.0)


def test_units_people_and_means_by_state() -> None:
    frame = frame_of(OPINION, {"t": Exposed(CODES, QUALITY, "quality")}, cluster=PERSON, weight=np.arange(1.0, 11.0))
    rows = arrange(frame, seed=0)
    found = count(frame, frame.exposures[0], rows)
    assert found.units.tolist() == [3, 2, 1, 4]
    assert found.clusters.tolist() == [2, 2, 1, 2]
    assert found.n((1, 3)) == 6
    assert found.mean((3,)) == pytest.approx(np.average(OPINION[6:], weights=np.arange(7.0, 11.0)))
    assert people(frame, frame.exposures[0], (2,), rows) == 4  # 2, 3, 4 and 5: whoever met it, the reference too


def test_variance_of_a_mean_is_the_textbook_one_and_weights_cost_by_kish() -> None:
    frame = frame_of(OPINION, {"t": Exposed(CODES > 0, PRESENCE)})
    found = count(frame, frame.exposures[0], arrange(frame, seed=0))
    assert found.mean_variance((1,)) == pytest.approx(OPINION[3:].var() / 7)
    unequal = frame_of(OPINION, {"t": Exposed(CODES > 0, PRESENCE)}, weight=np.r_[np.ones(9), 1e6])
    assert count(unequal, unequal.exposures[0], arrange(unequal, seed=0)).mean_variance((1,)) < 1e-3


def test_people_of_a_condition_are_those_outside_its_reference() -> None:
    levels = (State("1", "level"), State("2", "level"), State("3", "level"), State("blank", "blank"))
    frame = frame_of(OPINION, {"t": Exposed(CODES, levels, "level", kind="condition")}, cluster=PERSON)
    rows = arrange(frame, seed=0)
    assert people(frame, frame.exposures[0], (0,), rows) == 2  # 2 and 3; who is blank is in no state
    assert people(frame, frame.exposures[0], (1,), rows) == 3
