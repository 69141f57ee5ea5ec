"""Ways as states: the worst quality of a period, the highest level, bands of a count."""

from __future__ import annotations

import numpy as np

from momot.designs.ways import NO_LEVEL, NO_QUALITY, Way, counted, painted


def codes(ways: list[Way], met: list[set[int]], levels: tuple[tuple[str, float | None, float | None], ...] = ()) -> list[str]:
    """The label of each unit; `met` says which of the ways each met."""
    plan = painted(ways, levels)
    found = plan.codes(lambda way: np.array([ways.index(way) in one for one in met]), len(met))
    return [plan.states[code].label for code in found]


def test_bad_hides_good_and_good_hides_neutral() -> None:
    ways = [Way(0, NO_LEVEL, 9), Way(-1, NO_LEVEL, 9), Way(1, NO_LEVEL, 9), Way(NO_QUALITY, NO_LEVEL, 9)]
    assert codes(ways, [set(), {0}, {0, 2}, {0, 1, 2}, {3}, {0, 3}]) == ["not met", "neutral", "good", "bad", "unknown", "neutral"]


def test_without_any_quality_it_is_met_or_not() -> None:
    assert codes([Way(NO_QUALITY, NO_LEVEL, 5)], [set(), {0}]) == ["not met", "met"]


def test_the_highest_level_counts_and_levels_nobody_reached_are_no_states() -> None:
    levels = (("low", None, None), ("middle", None, None), ("high", None, None))
    ways = [Way(NO_QUALITY, 0, 5), Way(NO_QUALITY, 2, 5), Way(NO_QUALITY, NO_LEVEL, 5)]
    assert codes(ways, [set(), {0}, {0, 1}, {2}], levels) == ["not met", "low", "high", "unknown"]
    assert [state.label for state in painted(ways, levels).states] == ["low", "high", "unknown", "not met"]


def test_bands_of_a_count_and_what_lies_outside_them() -> None:
    states, found = counted((("0", 0, 0), ("1-2", 1, 2)), np.array([0.0, 1.0, 2.0, 3.0]))
    assert [states[code].label for code in found] == ["0", "1-2", "1-2", "outside the levels"]
    assert [state.role for state in states] == ["absent", "level", "unknown"]
