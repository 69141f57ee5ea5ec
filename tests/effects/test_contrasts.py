"""References and contrasts follow from the counts by the documented rules."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.frame import Exposure, State
from momot.effects.contrasts import Coding, code
from momot.testing.frames import ARMS, PRESENCE, QUALITY, STARS


def coded(coding: str, states: tuple[State, ...], units: list[int], clusters: list[int] | None = None) -> Coding:
    exposure = Exposure("t", "smot", "interaction", coding, states, np.zeros(0, dtype=np.int16), (), "B")  # type: ignore[arg-type]
    counts = np.array(units)
    return code(exposure, counts, counts if clusters is None else np.array(clusters), counts.astype(float))


def names(found: Coding) -> list[tuple[str, str | None, str, bool]]:
    return [(c.contrast, c.level, c.reference, c.between_met) for c in found.contrasts]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        pytest.param(
            [500, 200, 30, 300],
            [("break", "bad", "neutral", True), ("make", "good", "neutral", True), ("bad-good", "bad", "good", True)],
            id="neutral",
        ),
        pytest.param(
            [500, 200, 29, 300],
            [("break", "bad", "not met", False), ("make", "good", "not met", False), ("bad-good", "bad", "good", True)],
            id="absent",
        ),
        pytest.param([18, 363, 0, 3591], [("bad-good", "bad", "good", True)], id="18 of 3,972 absent are no reference"),
        pytest.param([60, 363, 0, 3591], [("bad-good", "bad", "good", True)], id="1.5 % absent are none either"),
        pytest.param([500, 200, 0, 12], [("break", "bad", "not met", False)], id="too few good"),
        pytest.param([40, 2000, 0, 12], [("break", "bad", "not met", False)], id="few absent are better than nothing"),
        pytest.param([5, 2000, 0, 12], [], id="nothing to compare with"),
        pytest.param([1000, 29, 29, 29], [], id="nobody met it"),
    ],
)
def test_reference_of_a_quality(units: list[int], expected: list[tuple[str, str, str, bool]]) -> None:
    assert names(coded("quality", QUALITY, units)) == expected


def test_support_needs_clusters_too() -> None:
    assert names(coded("presence", PRESENCE, [500, 100], [400, 9])) == []
    assert names(coded("presence", PRESENCE, [500, 100], [400, 10])) == [("presence", "met", "not met", False)]


def test_a_state_without_support_keeps_a_column_and_has_no_contrast() -> None:
    found = coded("quality", QUALITY, [500, 12, 100, 300])
    assert names(found) == [("make", "good", "neutral", True)]
    assert found.columns == ((0,), (1,), (3,))
    assert found.supported == (True, False, True, True)


def test_unknown_blank_and_never_used_adjust_and_are_never_tested() -> None:
    states = (*QUALITY, State("not recorded", "unknown"), State("blank", "blank"), State("never used", "never_used"))
    found = coded("quality", states, [500, 100, 100, 100, 400, 400, 400])
    assert {c.level for c in found.contrasts} == {"bad", "good"}
    assert {(4,), (5,), (6,)} <= set(found.columns)


def test_rating_levels_and_their_pools() -> None:
    """Pools weigh levels by their units: bad = (100·θ1 + 300·θ2) / 400; the neutral level is the reference."""
    found = coded("rating", STARS, [100, 300, 200, 300, 100])
    assert found.reference == (2,)
    assert names(found) == [
        ("break", "bad", "neutral", True),
        ("make", "good", "neutral", True),
        ("bad-good", "bad", "good", True),
        *(("level", level, "3", True) for level in ("1", "2", "4", "5")),
    ]
    np.testing.assert_allclose(found.contrasts[0].vector, [0.25, 0.75, 0, 0])
    np.testing.assert_allclose(found.contrasts[2].vector, [0.25, 0.75, -0.75, -0.25])


def test_rating_without_neutral_compares_bad_with_good() -> None:
    found = coded("rating", STARS, [100, 300, 5, 300, 100])
    assert names(found)[0] == ("bad-good", "bad", "good", True)
    assert {c.contrast for c in found.contrasts} == {"bad-good", "level"}


def test_rare_levels_are_pooled_by_role() -> None:
    """12 and 20 bad ratings are too few each, but 32 together can be compared."""
    found = coded("rating", STARS, [12, 20, 200, 300, 100])
    assert (0, 1) in found.columns
    assert names(found)[0] == ("break", "bad", "neutral", True)
    assert [c.level for c in found.contrasts if c.contrast == "level"] == ["4", "5"]


LEVELS = (State("none", "absent"), State("1", "level"), State("2", "level"), State("3+", "level"))


def test_levels_refer_to_the_first_that_has_support() -> None:
    assert [(c.level, c.reference) for c in coded("level", LEVELS, [500, 100, 60, 40]).contrasts] == [
        ("1", "none"),
        ("2", "none"),
        ("3+", "none"),
    ]
    assert [(c.level, c.reference) for c in coded("level", LEVELS, [31, 1000, 60, 40]).contrasts] == [
        ("none", "1"),
        ("2", "1"),
        ("3+", "1"),
    ]
    assert [(c.level, c.reference) for c in coded("level", LEVELS, [0, 29, 60, 40]).contrasts] == [("3+", "2")]


def test_levels_are_tested_between_met_states_alone_too() -> None:
    found = coded("level", LEVELS, [500, 100, 60, 40])
    assert [c.between_met for c in found.contrasts] == [False, False, False]
    np.testing.assert_allclose(np.array(found.met_tests), [[-1, 1, 0], [-1, 0, 1]])


def test_categories_refer_to_the_most_common() -> None:
    cities = tuple(State(name, "level") for name in "abc")
    found = coded("category", cities, [100, 400, 50])
    assert [(c.level, c.reference, c.between_met) for c in found.contrasts] == [("a", "b", True), ("c", "b", True)]


def test_five_hundred_rare_categories_take_one_column() -> None:
    cities = tuple(State(f"city {i}", "level") for i in range(502))
    found = coded("category", cities, [3000, 1000] + [3] * 500)
    assert len(found.columns) == 2
    assert [c.level for c in found.contrasts] == ["city 1"]


def test_arms_refer_to_the_control_even_where_it_is_small() -> None:
    found = coded("arm", ARMS, [50, 100_000])
    assert names(found) == [("arm", "offer", "control", False)]
    assert found.met_tests == ()


def test_without_a_control_nothing_is_tested_but_columns_still_adjust() -> None:
    found = coded("arm", (State("a", "arm"), State("b", "arm")), [500, 600])
    assert found.contrasts == ()
    assert found.columns == ((0,),)
