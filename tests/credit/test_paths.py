"""Paths from SQL equal those that plain Python walks, for rows in any order."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.credit import CreditSource, PathSums, gather, share, source_of
from momot.engine import DuckEngine, opened
from momot.project.schema import Outcome
from tests.credit.lives import BUY, DAY, Row, counted, paths_by_hand, tables

SOURCE = CreditSource("purchase", BUY, None, "person", None, None)


def named(sums: PathSums) -> dict[str, Counter[object]]:
    """The counts by name, zeros left out."""
    names = sums.moments
    found: dict[str, Counter[object]] = {
        key: Counter({name: int(n) for name, n in zip(names, getattr(sums, key), strict=True) if n})
        for key in ("starts", "converted", "lost", "first")
    }
    found["steps"] = Counter({(names[a], names[b]): n for a, b, n in sums.steps.tolist()})
    for key in ("by_length", "by_size"):
        found[key] = Counter({(names[a], b): n for a, b, n in getattr(sums, key).tolist()})
    return found


def gathered(rows: list[Row], source: CreditSource = SOURCE, *, employees: tuple[int, ...] = ()) -> PathSums:
    with opened(tables(rows, employees=employees)) as connection:
        return gather(source, DuckEngine(connection))


def test_a_path_by_hand() -> None:
    rows = [
        Row(1, 0, 0, 0), Row(2, 0, 1 * DAY, 1), Row(3, 0, 2 * DAY, 2, BUY),  # ad, mail, bought
        Row(4, 0, 2 * DAY, 2), Row(5, 0, 9 * DAY, 2, BUY), Row(6, 0, 9 * DAY, 2, BUY),  # a touch at that instant is after it; two lines
        Row(7, 0, 10 * DAY, 0),  # leads nowhere
        Row(8, 1, 0, 1), Row(9, 1, 1, 1),  # never buys
        Row(10, 2, 5, 0, BUY),  # buys out of nowhere
    ]  # fmt: skip
    sums = gathered(rows)
    assert (sums.happenings, sums.credited, int(sums.lost.sum())) == (3, 2, 2)
    found = named(sums)
    assert found["converted"] == {"mail": 1, "site": 1}
    assert found["lost"] == {"ad": 1, "mail": 1}
    assert found["steps"] == {("ad", "mail"): 1, ("mail", "mail"): 1}
    week = gathered(rows, replace(SOURCE, look_back_days=6.0))
    assert named(week)["converted"] == {"mail": 1}  # the site stands 7 days before the second purchase
    assert named(week)["lost"] == {"site": 1, "ad": 1, "mail": 1}


def random_rows(rng: random.Random, count: int) -> list[Row]:
    return [
        Row(
            number, rng.randrange(6), rng.choice((0, 1, 2, 5, 9, 30)) * DAY // 2, rng.randrange(4), rng.choice((1, 1, BUY)),
            rng.choice((-1, 1, None)), rng.choice((None, 0, 1)),
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("look_back", [None, 3.0])
@pytest.mark.parametrize(("quality", "by_account"), [(None, False), (1, False), (None, True)])
def test_paths_equal_those_walked_by_hand(look_back: float | None, quality: int | None, by_account: bool) -> None:
    for seed in range(3):
        rows = random_rows(random.Random(seed), 120)
        source = replace(SOURCE, look_back_days=look_back, quality=quality, per="account" if by_account else "person")
        sums = gathered(rows, source)
        paths, happenings = paths_by_hand(rows, look_back=look_back, quality=quality, by_account=by_account)
        assert sums.happenings == happenings
        expected = counted(paths)
        assert named(sums) == {key: expected[key] for key in named(sums)}


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seed: int, order: random.Random) -> None:
    rows = random_rows(random.Random(seed), 40)
    shuffled = rows.copy()
    order.shuffle(shuffled)
    first, second = share(gathered(rows)), share(gathered(shuffled))
    for name in ("first", "last", "linear", "markov", "shapley"):
        one, other = getattr(first, name), getattr(second, name)
        assert one.tolist() == other.tolist()  # to the last bit
        assert one.sum() == pytest.approx(first.sums.credited)
        assert (one >= 0).all()


def test_many_rows_stay_in_their_order() -> None:
    with opened(tables([])) as connection:
        connection.execute(
            "INSERT INTO journeys SELECT range, hash(range, 1) % 15000, hash(range, 2) % 1000, hash(range, 3) % 4, "
            f"CASE WHEN hash(range, 4) % 9 = 0 THEN {BUY} ELSE 1 END, NULL, NULL FROM range(150000)"
        )
        connection.execute("INSERT INTO people SELECT range, false, NULL, NULL, NULL, NULL FROM range(1, 15000)")
        sums = gather(SOURCE, DuckEngine(connection))
        rows = [
            Row(*r)
            for r in connection.execute("SELECT interaction_id, person_id, happened_at, moment_id, activity_id FROM journeys").fetchall()
        ]
    paths, happenings = paths_by_hand(rows, look_back=None)
    assert sums.happenings == happenings
    expected = counted(paths)
    assert named(sums) == {key: expected[key] for key in named(sums)}


def test_employees_and_times_before_eligibility_are_left_out() -> None:
    rows = [Row(1, 0, 0, 0), Row(2, 0, 1, 1, BUY), Row(3, 0, 2, 2), Row(4, 0, 3, 1, BUY), Row(5, 1, 0, 0), Row(6, 1, 1, 0, BUY)]
    assert gathered(rows, employees=(1,)).happenings == 2
    again = gathered(rows, replace(SOURCE, eligible=BUY))
    assert (again.happenings, again.moments) == (1, ("site",))


@pytest.mark.parametrize(
    ("outcome", "rule"),
    [
        (Outcome(name="o", opinion="nps"), "no_happening"),
        (Outcome(name="o", from_="x", value="y"), "no_happening"),
        (Outcome(name="o", activity="bought", absent=True), "absence"),
        (Outcome(name="o", activity="bought", value=True), "amount"),
        (Outcome(name="o", activity="returned"), "never"),
        (Outcome(name="o", activity="bought", eligible="returned"), "never"),
    ],
)
def test_what_is_no_happening_is_not_credited(outcome: Outcome, rule: str) -> None:
    with opened(tables([])) as connection:
        found = source_of(outcome, DuckEngine(connection))
    assert isinstance(found, tuple)
    assert found[0] == rule


def test_a_happening_is_followed_for_as_long_as_its_effect() -> None:
    with opened(tables([])) as connection:
        found = source_of(Outcome(name="o", activity="bought", quality="good", per="account", within_days=30.0), DuckEngine(connection))
    assert found == CreditSource("o", BUY, 1, "account", None, 30.0)
