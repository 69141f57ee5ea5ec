"""Columns become states: ratings by level, snapshots by value or band, blanks and never-used apart."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.columns import Column
from momot.designs.states import of_column, rating, rating_role


def number(values, name="x"):
    return Column(name, "number", np.asarray(values, dtype=np.float64))


def roles(coded):
    return [(state.label, state.role) for state in coded.states]


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ((1, 5), "bad bad neutral good good"),
        ((1, 4), "bad bad good good"),
        ((0, 10), "bad bad bad bad bad neutral good good good good good"),
        ((1, 10), "bad bad bad bad neutral neutral good good good good"),
    ],
)
def test_levels_are_bad_below_the_middle_of_the_scale_and_good_above(scale, expected):
    assert [rating_role(level, scale) for level in range(scale[0], scale[1] + 1)] == expected.split()


def test_a_rating_keeps_blank_never_used_and_codes_outside_the_scale_apart():
    never = Column("x", "number", np.array([0, 0, 0, 1, 0.0]), boolean=True)
    coded = rating(number([1, 5, np.nan, np.nan, 9]), scale=(1, 5), never=never)
    assert roles(coded)[-2:] == [("blank", "blank"), ("never used", "never_used")]
    assert [coded.states[code].label for code in coded.codes] == ["1", "5", "blank", "never used", "blank"]
    assert coded.outside == 1


def test_a_boolean_is_met_or_not():
    coded = of_column(Column("x", "number", np.array([0, 1, 1.0]), boolean=True))
    assert coded.coding == "presence"
    assert [coded.states[code].role for code in coded.codes] == ["absent", "met", "met"]


def test_few_numbers_are_levels_in_order():
    coded = of_column(number([3, 1, 2, 1, np.nan]))
    assert coded.coding == "level"
    assert [coded.states[code].label for code in coded.codes] == ["3", "1", "2", "1", "blank"]


def test_many_numbers_are_bands_with_a_common_value_apart():
    rng = np.random.default_rng(0)
    values = np.where(rng.random(1000) < 0.5, 0.0, rng.gamma(2, 5, 1000))
    coded = of_column(number(values))
    assert coded.states[0].label == "0"
    assert (values[coded.codes == 0] == 0).all()
    sizes = np.bincount(coded.codes)[1:]
    assert len(sizes) == 4
    assert sizes.max() - sizes.min() <= 5
    tops = [values[coded.codes == code].max() for code in range(len(coded.states))]
    assert tops == sorted(tops)


def test_rare_names_are_pooled_and_not_tested():
    names = tuple(f"n{i:02d}" for i in range(30))
    values = np.repeat(np.arange(30.0), np.arange(1, 31))
    coded = of_column(Column("x", "category", values, names))
    assert coded.coding == "category"
    assert len(coded.states) == 13
    assert coded.states[12].role == "unknown"
