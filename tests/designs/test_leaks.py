"""Leaks are refused and honest causes are kept, by measurement: the columns have no telling names."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.columns import Column
from momot.designs.leaks import Suspect, Times, refuse

DRAWS = 40
UNITS = 4_000


def binary_outcome(rng: np.random.Generator, base: float) -> np.ndarray:
    return (rng.random(UNITS) < base).astype(np.float64)


def stars(rng: np.random.Generator) -> np.ndarray:
    return rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], size=UNITS, p=[0.12, 0.04, 0.08, 0.2, 0.56])


def money(rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(UNITS) < 0.05, rng.lognormal(4, 1, UNITS), 0.0)


OUTCOMES = {
    "rare": lambda rng: binary_outcome(rng, 0.03),
    "even": lambda rng: binary_outcome(rng, 0.45),
    "common": lambda rng: binary_outcome(rng, 0.9),
    "stars": stars,
    "money": money,
}


def flipped(rng: np.random.Generator, outcome: np.ndarray) -> np.ndarray:
    copy = outcome.copy()
    wrong = rng.random(UNITS) < 0.02
    if len(np.unique(outcome)) == 2:
        copy[wrong] = 1 - copy[wrong]
    else:
        copy[wrong] = rng.choice(outcome, size=int(wrong.sum()))
    return copy


def filled_after(rng: np.random.Generator, outcome: np.ndarray) -> np.ndarray:
    happened = outcome >= np.quantile(outcome, 0.97) if len(np.unique(outcome)) > 2 else outcome == 1
    return np.where(happened, rng.integers(0, 5, UNITS).astype(np.float64), np.nan)


def refused(
    values: np.ndarray, outcome: np.ndarray, *, kind: str = "number", times: Times | None = None, mapped: bool = False
) -> list[str]:
    column = Column("c7", kind, values, None)  # type: ignore[arg-type]
    return [
        found.rule
        for found in refuse([Suspect("[[snapshots]] 1", column, mapped=mapped, undatable=True)], outcome=outcome, question="y", times=times)
    ]


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("plant", [flipped, filled_after])
def test_a_planted_leak_is_refused_in_at_least_38_of_40_draws(kind, plant):
    hits = 0
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        outcome = OUTCOMES[kind](rng)
        hits += bool(refused(plant(rng, outcome), outcome))
    assert hits >= 0.95 * DRAWS


@pytest.mark.parametrize("base", [0.05, 0.3, 0.6])
@pytest.mark.parametrize("form", ["binary", "dose"])
def test_a_strong_honest_cause_is_kept_in_at_least_38_of_40_draws(base, form):
    wrong = 0
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        cause = (rng.random(UNITS) < 0.3).astype(np.float64) if form == "binary" else rng.gamma(2.0, 2.0, UNITS).round()
        push = cause if form == "binary" else cause / cause.max()
        outcome = (rng.random(UNITS) < np.clip(base + (0.95 - base) * 0.9 * push, 0, 1)).astype(np.float64)
        wrong += bool(refused(cause, outcome))
    assert wrong <= 0.05 * DRAWS


def test_a_strong_honest_cause_of_stars_is_kept():
    wrong = 0
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        late = rng.random(UNITS) < 0.1
        outcome = np.where(late, rng.choice([1.0, 2, 3, 4, 5], UNITS, p=[0.6, 0.15, 0.1, 0.1, 0.05]), stars(rng))
        wrong += bool(refused(late.astype(np.float64), outcome))
    assert wrong <= 0.05 * DRAWS


def test_a_date_after_the_outcome_is_refused_and_one_before_it_is_not():
    rng = np.random.default_rng(1)
    outcome = binary_outcome(rng, 0.4)
    settled = rng.uniform(19_000, 19_400, UNITS)
    times = Times(outcome_at=settled)
    assert refused(settled + rng.uniform(0.1, 5, UNITS), outcome, kind="time", times=times) == ["dated_after_outcome"]
    assert refused(settled - rng.uniform(0.1, 5, UNITS), outcome, kind="time", times=times) == []


def test_a_date_that_nothing_can_place_is_refused():
    rng = np.random.default_rng(2)
    assert refused(rng.uniform(19_000, 19_400, UNITS), binary_outcome(rng, 0.4), kind="time") == ["undated"]


def test_the_time_until_something_later_is_refused():
    rng = np.random.default_rng(3)
    started = rng.uniform(19_000, 19_400, UNITS)
    settled = started + rng.gamma(2, 5, UNITS)
    times = Times(outcome_at=settled, started_at=started)
    hours = np.round((settled - started) * 24)
    assert refused(hours, binary_outcome(rng, 0.4), times=times) == ["measured_at_end"]
    assert refused(rng.permutation(hours), binary_outcome(rng, 0.4), times=times) == []


def test_the_same_attitude_asked_twice_is_refused_and_a_correlated_rating_is_not():
    rng = np.random.default_rng(4)
    attitude = rng.normal(size=UNITS)
    overall = np.clip(np.round(attitude * 1.2 + 3), 1, 5)
    twin = np.clip(np.round(attitude * 1.2 + rng.normal(size=UNITS) * 0.2 + 3), 1, 5)
    related = np.clip(np.round(attitude * 0.8 + rng.normal(size=UNITS) * 0.9 + 3), 1, 5)
    assert refused(twin, overall) in (["repeats_outcome"], ["separates_outcome"])
    assert refused(related, overall) == []


@pytest.mark.parametrize(("share", "rule"), [(0.995, "nearly_empty"), (0.5, None)])
def test_an_almost_empty_column_is_refused_where_it_is_mapped(share, rule):
    rng = np.random.default_rng(5)
    values = np.where(rng.random(UNITS) < share, np.nan, rng.normal(size=UNITS).round())
    outcome = binary_outcome(rng, 0.4)
    assert refused(values, outcome, mapped=True) == ([rule] if rule else [])
    assert refused(values, outcome, mapped=False) == []


def test_identifiers_are_not_taken_for_leaks():
    rng = np.random.default_rng(6)
    outcome = binary_outcome(rng, 0.3)
    assert refused(rng.permutation(UNITS).astype(np.float64), outcome) == []
    assert refused(rng.permutation(UNITS).astype(np.float64), outcome, kind="category") == []
