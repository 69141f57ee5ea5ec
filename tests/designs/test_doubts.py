"""Codes that nobody declared and values that were filled in are said; ordinary values are not."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.columns import Column
from momot.designs.doubts import doubts

RNG = np.random.default_rng(0)
AGES = RNG.integers(18, 80, 1_000).astype(np.float64)


def number(values):
    return Column("c3", "number", np.asarray(values, dtype=np.float64))


def with_code(values, code, share=0.05):
    return np.where(RNG.random(len(values)) < share, code, values)


@pytest.mark.parametrize("code", [-999, -99, -1, 9999, 99999])
def test_a_number_far_from_all_others_that_recurs_is_a_code(code):
    (check,) = doubts(number(with_code(AGES, code)))
    assert (check.name, check.status) == ("sentinels", "review")
    assert f"{code:g}" in check.message


@pytest.mark.parametrize(
    "values",
    [
        AGES,
        RNG.normal(size=1_000).round(2),
        RNG.lognormal(3, 2, 1_000).round(2),
        RNG.poisson(3, 1_000),
        np.where(RNG.random(1_000) < 0.5, 0, AGES),
    ],
)
def test_ordinary_numbers_are_not_doubted(values):
    assert doubts(number(values)) == ()


def test_a_mark_among_words_is_a_code():
    (check,) = doubts(Column("c3", "category", RNG.integers(0, 3, 500).astype(np.float64), ("?", "north", "south")))
    assert check.name == "sentinels"
    assert doubts(Column("c3", "category", RNG.integers(0, 3, 500).astype(np.float64), ("1-3", "north", "south"))) == ()


def test_one_value_for_nearly_everybody_may_have_been_filled_in():
    (check,) = doubts(number(with_code(AGES, 42.5, share=0.95)))
    assert check.name == "coverage"
