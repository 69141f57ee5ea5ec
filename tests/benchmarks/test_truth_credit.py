"""Paths and the Markov rival on touches that one can follow by hand; removal effects against a walk through every path of the chain."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.truth.markov import removal_effects
from benchmarks.truth.paths import Paths, paths_of
from benchmarks.truth.records import Drivers, Records
from benchmarks.truth.rivals import markov

NAMES = ("ad", "mail", "call")


def listed(paths: Paths) -> list[tuple[list[int], bool]]:
    spans = zip(paths.starts[:-1], paths.starts[1:], paths.converted, strict=True)
    return [(paths.moment[start:end].tolist(), bool(won)) for start, end, won in spans]


def test_touches_are_cut_at_each_purchase_and_what_comes_after_the_last_one_is_no_conversion() -> None:
    person = np.array([0, 0, 0, 0, 2, 2])
    at = np.array([1, 5, 6, 9, 3, 4])
    paths = paths_of(NAMES, np.array([0, 1, 1, 2, 2, 0]), person, at, of=np.array([0, 1, 0]), happened=np.array([6, 1, 2]))
    # person 0 buys at 2 and 6 (the touch of the same time is before it), person 1 without any touch, person 2 never
    assert listed(paths) == [([0], True), ([1, 1], True), ([2], False), ([2, 0], False)]


def test_no_purchase_at_all_leaves_one_path_a_person() -> None:
    nothing = np.array([], dtype=np.int64)
    paths = paths_of(NAMES, np.array([0, 1]), np.array([3, 3]), np.array([1, 2]), of=nothing, happened=nothing)
    assert listed(paths) == [([0, 1], False)]


def walked(paths: Paths, without: int | None, steps: int = 400) -> float:
    """The chance to convert, pushing chances through the chain step by step; `without` leads nowhere."""
    moves = {(a, b): 0.0 for a in [*range(3), "start"] for b in [*range(3), "won", "lost"]}
    for moments, won in listed(paths):
        for a, b in zip(["start", *moments], [*moments, "won" if won else "lost"], strict=True):
            moves[a, b] += 1
    at, won = {"start": 1.0}, 0.0
    for _ in range(steps):
        then: dict[object, float] = {}
        for a, mass in at.items():
            total = sum(count for (left, _), count in moves.items() if left == a)
            for (left, b), count in moves.items():
                if left == a and count and b != without:
                    if b == "won":
                        won += mass * count / total
                    elif b != "lost":
                        then[b] = then.get(b, 0.0) + mass * count / total
        at = then
    return won


def test_removal_effects_equal_a_walk_through_the_chain() -> None:
    random = np.random.default_rng(4)
    lengths = random.integers(1, 6, 60)
    moment = random.integers(0, 3, int(lengths.sum()))
    paths = Paths(NAMES, moment, np.append(0, np.cumsum(lengths)), random.random(60) < 0.4)
    whole = walked(paths, None)
    assert removal_effects(paths) == {name: pytest.approx(1 - walked(paths, place) / whole, abs=1e-9) for place, name in enumerate(NAMES)}


def test_markov_is_told_how_many_and_silent_where_nothing_happens() -> None:
    nobody = Drivers(np.zeros((0, 0)), (), np.zeros(0), np.zeros(0, dtype=np.int64))
    paths = Paths(NAMES, np.array([0, 1, 2, 2]), np.array([0, 1, 3, 4]), np.array([False, True, False]))
    answer = markov(Records("purchase", {}, nobody, {}, paths), 1)
    assert answer is not None
    assert answer.found <= {("purchase", "mail"), ("purchase", "call")}
    assert len(answer.found) == 1
    assert markov(Records("opinion", {}, nobody, None), 1) is None
