"""What rose and fell, and spikes: truths with their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from momot.reasons.trends import DAY, halves, risen, spikes

BEGIN = 16_436 * DAY  # 1 January 2015, a Thursday


def said(seed: int, *, days: int = 100, a_day: int = 20, shares: dict[str, tuple[float, float]]):
    """Texts of so many people a day, each a stranger; each theme's share moves from the first to the second half."""
    random = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), random.poisson(a_day, days))
    late = day >= days // 2
    themes = {
        name: np.flatnonzero(random.random(len(day)) < np.where(late, after, before)).astype(np.int64)
        for name, (before, after) in shares.items()
    }
    return themes, np.arange(len(day), dtype=np.int64), BEGIN + day * DAY + random.integers(0, DAY, len(day))


def test_a_theme_that_rose_is_told_with_an_interval_that_holds_the_truth() -> None:
    held = 0
    for seed in range(40):
        themes, persons, at = said(seed, shares={"cap": (0.02, 0.08), "price": (0.1, 0.1), "line": (0.2, 0.1)})
        found = {shift.theme: shift for shift in risen(themes, persons=persons, at=at)}
        assert (found["cap"].moved, found["line"].moved) == ("rose", "fell")
        held += found["cap"].low <= 0.06 <= found["cap"].high
    assert held >= 34  # 99 % band of a coverage of .95


def test_what_did_not_move_is_told_to_have_moved_in_few_worlds() -> None:
    """50 themes that stay as common: at q .05 at most 6 of 40 worlds show any."""
    shown = 0
    for seed in range(40):
        themes, persons, at = said(seed, a_day=8, shares={str(one): (0.03, 0.03) for one in range(50)})
        shown += any(shift.moved for shift in risen(themes, persons=persons, at=at))
    assert shown <= 6


def test_one_person_who_complains_daily_is_one_person() -> None:
    themes, persons, at = said(0, shares={"cap": (0.02, 0.02)})
    late = np.flatnonzero(at >= halves(at)[1][0])[:200]
    persons[late] = persons[late[0]]
    themes["cap"] = np.union1d(themes["cap"], late)
    assert risen(themes, persons=persons, at=at)[0].moved is None


def test_too_few_people_tell_nothing() -> None:
    nobody = np.empty(0, dtype=np.int64)
    assert risen({"cap": nobody}, persons=nobody, at=nobody) == ()
    assert risen({"cap": nobody}, persons=np.arange(5), at=BEGIN + np.arange(5) * DAY) == ()
    assert spikes({"cap": nobody}, persons=nobody, at=nobody).step is None


@pytest.mark.parametrize("a_day", [1, 8, 40])
def test_spikes_are_rare_where_there_are_none(a_day) -> None:
    shown = 0
    for seed in range(30):
        themes, persons, at = said(seed, a_day=a_day, shares={str(one): (0.1, 0.1) for one in range(5)})
        shown += bool(spikes(themes, persons=persons, at=at).spikes)
    assert shown <= 4


def test_two_days_of_one_theme_are_one_spike_of_that_theme() -> None:
    themes, _, at = said(3, shares={"cap": (0.05, 0.05), "price": (0.1, 0.1)})
    news = BEGIN + 40 * DAY + np.arange(80, dtype=np.int64) * DAY // 40
    themes["cap"] = np.concatenate([themes["cap"], len(at) + np.arange(80)])
    found = spikes(themes, persons=np.arange(len(at) + 80), at=np.concatenate([at, news]))
    assert found.step == "day"
    assert [(spike.theme, spike.from_, spike.to) for spike in found.spikes] == [
        (None, "2015-02-10", "2015-02-11"),
        ("cap", "2015-02-10", "2015-02-11"),
    ]
    assert found.spikes[1].share > 5 * found.spikes[1].share_usual


def test_weeks_begin_on_mondays() -> None:
    themes, _, at = said(1, days=200, a_day=1, shares={"cap": (0.3, 0.3)})
    monday = BEGIN + 60 * DAY + np.arange(60, dtype=np.int64) * DAY // 30  # 2 and 3 March 2015
    themes["cap"] = np.concatenate([themes["cap"], len(at) + np.arange(60)])
    found = spikes(themes, persons=np.arange(len(at) + 60), at=np.concatenate([at, monday]))
    assert found.step == "week"
    assert {(spike.from_, spike.to) for spike in found.spikes} == {("2015-03-02", "2015-03-08")}
