from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.errors import ProjectError
from momot.project import parse_levels


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [
        ("0", 0, 0), ("1-3", 1, 3),
        ("1–3", 1, 3), ("4-", 4, None), ("4+", 4, None), ("-2", None, 2), ("0.5-1.5", 0.5, 1.5), ("2 - 4", 2, 4),
        ("-5..-1", -5, -1), ("..-1", None, -1), ("3..", 3, None), ("-1..1", -1, 1),
    ],
)  # fmt: skip
def test_a_band_holds_both_its_ends(label, low, high):
    level = parse_levels([label, "100-"] if high is not None else ["-1", label])[0 if high is not None else 1]
    assert (level.label, level.low, level.high, level.value) == (label, low, high, None)


def test_anything_else_is_a_value_in_the_order_of_the_list():
    levels = parse_levels(["on time", "late but arrived", "still missing"])
    assert [(level.value, level.low) for level in levels] == [("on time", None), ("late but arrived", None), ("still missing", None)]


def test_numbers_may_be_written_without_quotes():
    assert [level.low for level in parse_levels([0, 1, 2])] == [0, 1, 2]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["0-1", "1-3"], "overlap or are out of order"),
        (["4-", "0"], "overlap or are out of order"),
        (["3", "1"], "overlap or are out of order"),
        (["0", "-3"], "overlap or are out of order"),
        (["3-1", "4"], "ends before it begins. Did you mean '1-3'?"),
        (["0", "many"], "mixes numbers and names: 'many'"),
        (["low", "low"], "names 'low' twice"),
        (["0"], "at least two"),
        ([], "at least two"),
        (["0", ""], "empty label"),
    ],
)
def test_levels_that_cannot_be_told_apart_are_refused(labels, message):
    with pytest.raises(ProjectError, match=message.replace("?", r"\?")):
        parse_levels(labels)


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=12, unique=True))
def test_ascending_bands_read_back_as_they_were_written(numbers):
    ends = sorted(numbers)[: len(numbers) // 2 * 2]
    bands = [(ends[i], ends[i + 1]) for i in range(0, len(ends), 2)]
    assert [(level.low, level.high) for level in parse_levels([f"{low}-{high}" for low, high in bands])] == bands
