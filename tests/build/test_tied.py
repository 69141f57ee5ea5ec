"""Ties to persons, as arrays and tables, against a union-find by hand."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.build.components import smallest_members
from momot.build.dictionary import load
from momot.build.engines import SHARED, DuckBuilder
from momot.build.tied import TIES, leave_out, name_persons
from momot.engine import connect, execute, rows
from tests.build.test_identity import SPACES, Row, named, people, shared

PAIRS = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=40)


def union_find(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """By hand: each id, and the smallest that it is tied to."""
    parent: dict[int, int] = {}

    def root(one: int) -> int:
        while parent.setdefault(one, one) != one:
            one = parent[one]
        return one

    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return {one: root(one) for one in parent}


@given(pairs=PAIRS, flip=st.booleans())
def test_each_id_is_named_by_the_smallest_it_is_tied_to(pairs: list[tuple[int, int]], flip: bool) -> None:
    first, second = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    ids, smallest = smallest_members(*((second[::-1], first[::-1]) if flip else (first, second)))
    assert dict(zip(ids.tolist(), smallest.tolist(), strict=True)) == union_find(pairs)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return connect()


IDS = st.sampled_from(["", "1", "2", "3", "4", "5", "6"])


@settings(deadline=None, max_examples=60)
@given(rows_=st.lists(st.tuples(IDS, IDS, IDS), min_size=1, max_size=40).filter(lambda rows: any(map(named, rows))), most=st.integers(1, 3))
def test_persons_are_the_components_without_the_shared_ids(connection: duckdb.DuckDBPyConnection, rows_: list[Row], most: int) -> None:
    keys = sorted({key for row in rows_ for key in named(row)})
    numbers = {key: number for number, key in enumerate(keys, 1)}
    engine = DuckBuilder(connection)
    load(engine, None)
    connection.executemany("INSERT INTO person_ids VALUES (?, ?, 0, 0)", [[key, number] for key, number in numbers.items()])
    execute(connection, f"CREATE OR REPLACE TEMP TABLE {TIES} (stronger INT, weaker INT, stronger_rank INT, weaker_rank INT)")
    ties = {pair for row in rows_ for pair in combinations(named(row), 2)}
    for one, other in ties:
        spaces = [SPACES.index(key.split(":")[0]) for key in (one, other)]
        execute(connection, f"INSERT INTO {TIES} VALUES (?, ?, ?, ?)", [numbers[one], numbers[other], *spaces])
    out = shared(rows_, most)
    assert leave_out(engine, most) == bool(out)
    assert {key for (key,) in rows(connection, f"SELECT key FROM {SHARED}")} == out
    name_persons(engine)
    groups: dict[int, set[str]] = defaultdict(set)
    for key, person in rows(connection, "SELECT key, person_id FROM person_ids WHERE person_id IS NOT NULL"):
        groups[person].add(key)
    assert {frozenset(group) for group in groups.values()} == people(rows_, most)
    assert all(person == min(numbers[key] for key in group) for person, group in groups.items())
