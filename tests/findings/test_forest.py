"""The forest model: sides, solid or hollow, one axis that holds everything decisive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.findings import Findings
from momot.findings.contract import Effect
from momot.findings.forest import domain, ends, forest, row, side, solid, tick_step
from tests.findings import documents
from tests.findings.documents import ALL


@pytest.mark.parametrize(
    ("contrast", "estimate", "better", "expected"),
    [
        ("break", 0.3, "higher", "badly"),
        ("bad-good", -2.0, "higher", "badly"),
        ("make", -0.1, "higher", "well"),
        ("presence", 0.3, "higher", "well"),
        ("presence", 0.3, "lower", "badly"),
        ("arm", -0.3, "lower", "well"),
        ("level", -0.3, "higher", "badly"),
    ],
)
def test_a_break_stands_left_and_the_rest_by_direction(contrast: str, estimate: float, better: str, expected: str) -> None:
    assert side(documents.effect("a", contrast, estimate, 0.1), better) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("estimate", "half", "expected"), [(0.3, 0.1, True), (0.3, 0.25, False), (-0.3, 0.1, True), (-0.15, 0.06, False), (0.0, 0.01, False)]
)
def test_solid_means_outside_what_is_too_small_to_matter(estimate: float, half: float, expected: bool) -> None:
    assert solid(documents.effect("a", "make", estimate, half), documents.question(smallest_effect=0.1)) is expected


def test_without_a_smallest_effect_zero_decides() -> None:
    assert solid(documents.effect("a", "make", 0.05, 0.01), documents.question(smallest_effect=None))


@pytest.mark.parametrize("name", ALL)
def test_rows_hold_every_moment_and_the_axis_every_decisive_interval(name: str) -> None:
    findings = Findings(ALL[name]())
    for question in findings.questions:
        drawn = forest(findings, question)
        assert [r.moment for r in drawn.rows] == list(findings.question(question.id))
        assert drawn.low < 0 < drawn.high
        for r in drawn.decisive:
            assert all(drawn.low <= line.effect.low <= line.effect.high <= drawn.high for line in r.lines)
            assert len({line.side for line in ends(r)}) == len(ends(r))


def test_a_quality_moment_is_one_row_and_levels_are_several() -> None:
    assert row(Findings(documents.episode())["support.first_reply"]).below == ()
    levels = row(Findings(documents.incidents())["support.reassignment"])
    assert levels.top == ()
    assert [line.effect.level for line in levels.lines] == ["1", "2", "3", "4+"]
    assert [line.effect.level for line in ends(levels)] == ["4+"]


def effects() -> st.SearchStrategy[list[Effect]]:
    one = st.builds(lambda estimate, half: documents.effect("a", "make", estimate, half), st.floats(-100, 100), st.floats(0, 100))
    return st.lists(one, max_size=20)


@given(effects(), st.none() | st.floats(1e-3, 10), st.booleans())
def test_every_axis_has_zero_inside(found: list[Effect], band: float | None, keep_all: bool) -> None:
    low, high = domain(found, band, keep_all=keep_all)
    assert low < 0 < high
    if keep_all:
        assert all(low <= effect.low and effect.high <= high for effect in found)


@given(st.floats(1e-6, 1e6), st.integers(1, 20))
def test_steps_are_round_and_few(span: float, most: int) -> None:
    step = tick_step(0.0, span, most)
    assert span / step <= most * (1 + 1e-6)
    assert f"{step:.0e}"[0] in "125"


def test_a_quality_stands_beside_the_name_and_its_levels_below() -> None:
    effects = [
        documents.effect("a@smot", "bad-good", -2.2, 0.2, level="bad"),
        documents.effect("a@smot", "level", -2.6, 0.2, level="missing", reference="on time"),
        documents.effect("a@smot", "level", -0.5, 0.2, level="late", reference="on time"),
    ]
    found = row(Findings(documents.document([documents.question()], [documents.finding("a")], effects))["a"])
    assert [line.effect.contrast for line in found.top] == ["bad-good"]
    assert [line.effect.level for line in found.below] == ["missing", "late"]
    assert ends(found) == found.top


def test_break_and_make_leave_their_difference_to_the_list_of_all_estimates() -> None:
    effects = [documents.effect("a@smot", contrast, size, 0.1, reference="neutral") for contrast, size in (("break", -1.0), ("make", 0.5))]
    effects.append(documents.effect("a@smot", "bad-good", -1.5, 0.1))
    moment = Findings(documents.document([documents.question()], [documents.finding("a")], effects))["a"]
    assert [line.effect.contrast for line in row(moment).lines] == ["break", "make"]
    assert len(moment.main_effects) == 3


def test_single_ratings_are_left_to_the_list_where_bad_and_good_stand_around_neutral() -> None:
    effects = [documents.effect("a@smot", contrast, size, 0.1, reference="neutral") for contrast, size in (("break", -0.2), ("make", 0.2))]
    effects += [documents.effect("a@smot", "level", 0.1 * i, 0.3, level=str(i), reference="3") for i in (-2, -1, 1, 2)]
    moment = Findings(documents.document([documents.question()], [documents.finding("a")], effects))["a"]
    assert [line.effect.contrast for line in row(moment).lines] == ["break", "make"]
    assert len(moment.main_effects) == 6
