"""The rules of credit against hand-worked and published examples, exact absorption and brute force over permutations."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.credit.heuristics import first_touch, last_touch, linear_touch
from momot.credit.markov import markov, removal_effects
from momot.credit.shapley import shapley

Counts = npt.NDArray[np.int64]
Paths = list[tuple[tuple[int, ...], bool]]


def chain(paths: Paths, moments: int) -> dict[str, Counts]:
    """Counts of a list of paths."""
    steps = Counter(pair for path, _ in paths for pair in itertools.pairwise(path))
    sums = {name: np.zeros(moments, dtype=np.int64) for name in ("starts", "converted", "lost")}
    for path, leads in paths:
        sums["starts"][path[0]] += 1
        sums["converted" if leads else "lost"][path[-1]] += 1
    return {"steps": np.array([(*pair, n) for pair, n in sorted(steps.items())], dtype=np.int64).reshape(-1, 3), **sums}


def absorbed(counts: dict[str, Counts], without: int | None) -> float:
    """The chance of converting by the fundamental matrix of the whole chain, where a moment is nothing (Kemeny & Snell 1960)."""
    k = len(counts["starts"])
    transitions = np.zeros((k + 1, k + 2))  # rows: start, moments; columns: moments, conversion, nothing
    transitions[0, :k] = counts["starts"]
    for source, target, times in counts["steps"].tolist():
        transitions[source + 1, target] += times
    transitions[1:, k], transitions[1:, k + 1] = counts["converted"], counts["lost"]
    sums = transitions.sum(axis=1, keepdims=True)
    transitions = np.divide(transitions, sums, out=np.zeros_like(transitions), where=sums > 0)
    if without is not None:
        transitions[:, k + 1] += transitions[:, without]
        transitions[:, without] = 0.0
    inner = np.zeros((k + 1, k + 1))
    inner[:, 1:] = transitions[:, :k]
    fundamental = np.linalg.inv(np.eye(k + 1) - inner)
    return float((fundamental @ transitions[:, k])[0])


def test_the_example_everybody_learns_it_from() -> None:
    # Bryl (2016), Attribution model with R, part 1: C1 > C2 > C3 buys, C1 does not, C2 > C3 does not.
    paths: Paths = [((0, 1, 2), True), ((0,), False), ((1, 2), False)]
    effects = removal_effects(**chain(paths, 3))
    assert absorbed(chain(paths, 3), None) == pytest.approx(1 / 3)
    np.testing.assert_allclose(effects, [0.5, 1.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(markov(effects, 1), [0.2, 0.4, 0.4], atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_removal_effects_equal_exact_absorption(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moments = int(rng.integers(1, 25))
    paths: Paths = [(tuple(rng.integers(0, moments, rng.integers(1, 12)).tolist()), bool(rng.random() < 0.3)) for _ in range(60)]
    paths += [((moment,), False) for moment in range(moments)]
    counts = chain(paths, moments)
    whole = absorbed(counts, None)
    expected = [1 - absorbed(counts, moment) / whole for moment in range(moments)]
    np.testing.assert_allclose(removal_effects(**counts), expected, atol=1e-10)


def test_meeting_it_twice_in_a_row_changes_no_removal_effect() -> None:
    paths: Paths = [((0, 1, 1, 2), True), ((0, 0, 0), False), ((1, 2, 2, 1, 0), True), ((2,), False)]
    collapsed: Paths = [(tuple(key for key, _ in itertools.groupby(path)), leads) for path, leads in paths]
    np.testing.assert_allclose(removal_effects(**chain(paths, 3)), removal_effects(**chain(collapsed, 3)), atol=1e-12)


def test_more_moments_than_are_solved_at_once() -> None:
    moments = 300
    paths: Paths = [((moment, (moment + 1) % moments), moment % 2 == 0) for moment in range(moments)]
    counts = chain(paths, moments)
    effects = removal_effects(**counts)
    assert effects[7] == pytest.approx(1 - absorbed(counts, 7) / absorbed(counts, None), abs=1e-10)


def test_nothing_to_share_is_nothing() -> None:
    empty = chain([], 0)
    assert removal_effects(**empty).tolist() == []
    nobody = removal_effects(**chain([((0, 1), False)], 2))
    assert markov(nobody, 0).tolist() == [0.0, 0.0]
    assert linear_touch(np.zeros((0, 3), dtype=np.int64), moments=2).tolist() == [0.0, 0.0]


def test_first_last_and_linear_by_hand() -> None:
    # a b b -> 1, b c -> 1
    assert first_touch(np.array([1, 1, 0])).tolist() == [1, 1, 0]
    assert last_touch(np.array([0, 1, 1])).tolist() == [0, 1, 1]
    linear = linear_touch(np.array([[0, 3, 1], [1, 3, 2], [1, 2, 1], [2, 2, 1]]), moments=3)
    np.testing.assert_allclose(linear, [1 / 3, 2 / 3 + 1 / 2, 1 / 2])


def by_permutations(sets: Counter[frozenset[int]], players: int) -> list[float]:
    """Mean marginal contribution over all orders in which the players come in."""

    def worth(coalition: set[int]) -> int:
        return sum(n for members, n in sets.items() if members <= coalition)

    value = [0.0] * players
    for order in itertools.permutations(range(players)):
        inside: set[int] = set()
        for player in order:
            before = worth(inside)
            inside.add(player)
            value[player] += (worth(inside) - before) / math.factorial(players)
    return value


@settings(max_examples=20)
@given(st.lists(st.tuples(st.frozensets(st.integers(0, 4), min_size=1), st.integers(1, 50)), min_size=1, max_size=8))
def test_shapley_equals_all_permutations(listed: list[tuple[frozenset[int], int]]) -> None:
    sets: Counter[frozenset[int]] = Counter()
    for members, times in listed:
        sets[members] += times
    by_size: Counter[tuple[int, int]] = Counter()
    for members, times in sets.items():
        for player in members:
            by_size[player, len(members)] += times
    counts = np.array([(*key, n) for key, n in sorted(by_size.items())], dtype=np.int64)
    found = shapley(counts, moments=5)
    np.testing.assert_allclose(found, by_permutations(sets, 5), atol=1e-10)
    assert found.sum() == pytest.approx(sets.total())  # efficiency
    for player in set(range(5)) - set().union(*sets):
        assert found[player] == 0.0  # who adds nothing gets nothing
