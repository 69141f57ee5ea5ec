"""Of a question with very many units whole persons are drawn: what comes to this machine is bounded, and what is found is still right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import momot
from momot import api
from momot.designs import drawn
from momot.designs.drawn import Drawn, draw
from momot.effects.estimate import estimate
from momot.engine import DuckEngine, connect
from momot.findings.contract import Effect
from momot.testing.frames import QUALITY, Exposed, frame_of
from momot.worlds import make
from tests.engine.wide import add_wide

MOST = 100
WIDE = 12
"""Rows that a unit may have: touchpoints met, stretches of days, happenings."""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> momot.Project:
    """Orders, answers, a survey, a trial and a dated change of some thousand people."""
    folder = tmp_path_factory.mktemp("orders")
    make("orders", folder, people=2_500)
    add_wide(folder, rows=2_000)
    project = momot.open(folder)
    momot.build(project)
    return project


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "MOST_UNITS", MOST)


def test_a_share_of_the_numbers_is_drawn_and_always_the_same_ones() -> None:
    with DuckEngine(connect()) as engine:
        engine.table("numbers", "SELECT unnest(range(-20000, 20000)) AS number")
        tenth = engine.rows(f"SELECT number FROM numbers WHERE {Drawn(40_000, 0.1).sql('number')}")
        half = engine.rows(f"SELECT number FROM numbers WHERE {Drawn(40_000, 0.5).sql('number')} ORDER BY number DESC")
    assert abs(len(tenth) / 40_000 - 0.1) < 0.005
    assert abs(len(half) / 40_000 - 0.5) < 0.008
    assert set(tenth) < set(half)
    assert draw(drawn.MOST_UNITS).sql("number") == "true"


def test_no_question_brings_more_than_is_drawn(orders: momot.Project, few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: dict[str, int] = {}

    def noted(name: str) -> Callable[..., object]:
        whole = getattr(DuckEngine, name)

        def collect(engine: DuckEngine, sql: str) -> object:
            found = whole(engine, sql)
            sizes[" ".join(sql.split())[:300]] = len(found)
            return found

        return collect

    for name in ("rows", "arrow"):
        monkeypatch.setattr(DuckEngine, name, noted(name))
    found = api.find_moments(orders, by=["channel", "cycle"])
    assert {question.design for question in found.document.questions} == {"episode", "survey", "snapshot", "experiment"}
    assert found.document.changes
    assert {sql: size for sql, size in sizes.items() if size > WIDE * MOST} == {}


def test_what_is_found_of_a_draw_is_what_is_found_of_all(orders: momot.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = api.find_moments(orders)
    monkeypatch.setattr(drawn, "MOST_UNITS", 1_200)
    some = api.find_moments(orders)
    told = {question.id: check for question in some.document.questions for check in question.checks if check.name == "drawn"}
    assert set(told) == {question.id for question in some.document.questions if question.id in told or question.design == "episode"}
    assert all(0.2 < (check.value or 0) < 1 for check in told.values())
    expected = {_name(effect): effect for effect in whole.document.effects}
    held = [effect.low <= expected[_name(effect)].estimate <= effect.high for effect in some.document.effects if _name(effect) in expected]
    assert len(held) > 20
    assert sum(held) >= 0.9 * len(held)
    months = {(one.question, one.moment): one.reach.per_month or 0 for one in whole.document.findings}
    for one in some.document.findings:
        all_of_it = months[one.question, one.moment]
        assert abs((one.reach.per_month or 0) - all_of_it) <= 4 * (2 * all_of_it) ** 0.5  # a count a month of a year, drawn


def _name(effect: Effect) -> tuple[str, str, str, str | None, bool]:
    return effect.question, effect.moment, effect.contrast, effect.level, effect.calibrated


@pytest.mark.slow
def test_intervals_of_a_draw_hold_the_truth() -> None:
    """Rows of a person share an error, and a draw of persons keeps them together: 95 % of the intervals hold, in 400 draws."""
    with DuckEngine(connect()) as engine:
        kept = {number for (number,) in engine.rows(f"SELECT range FROM range(600 * 400) WHERE {Drawn(600, 0.3).sql('range')}")}
    held = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        cluster, quality = rng.integers(0, 600, 4_000), rng.integers(1, 4, 4_000)
        outcome = 0.3 * (quality == 3) + rng.normal(size=600)[cluster] + rng.normal(size=4_000)
        person = cluster + 600 * seed
        drawn_rows = np.isin(person, list(kept))
        frame = frame_of(outcome[drawn_rows], {"parcel": Exposed(quality[drawn_rows], QUALITY, "quality")}, cluster=person[drawn_rows])
        (make,) = (one for one in estimate(frame).exposures[0].contrasts if one.contrast == "make")
        held += make.low <= 0.3 <= make.high
    assert 0.92 < held / 400 < 0.98
