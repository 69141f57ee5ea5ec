"""A period chooses the occasions that are compared; what was known before them and what came of them is read from all records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

import momot
from momot.build import open_build
from momot.designs import asks, design
from momot.designs.panel_pilot import joined
from momot.designs.period import ALWAYS, Period
from momot.designs.pieces import Panel, Piece
from momot.errors import QuestionError
from momot.testing.pieces import rows_of
from tests.designs.conftest import Tiny
from tests.designs.test_episode import PROJECT, shop
from tests.designs.test_panel import DAYS, EPOCH, LOG, START, people

FIRST, LAST = (START + timedelta(days=40)).date(), (START + timedelta(days=69)).date()


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-13-01", None, "`since` is a date such as 2026-01-31, found '2026-13-01'"),
        (None, "yesterday", "`until` is a date such as 2026-01-31, found 'yesterday'"),
        ("2026-02-01", "2026-01-01", "ends on 2026-01-01, before it begins on 2026-02-01"),
        ("0001-01-01", None, "`since` lies between 1900-01-01 and 2100-12-31"),
    ],
)
def test_what_is_no_period_is_said(since: str | None, until: str | None, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        Period.of(since, until)


def test_a_period_is_of_local_days_both_included() -> None:
    one = Period.of("2026-03-29", date(2026, 3, 29))  # the day on which the clocks of Tallinn go forward: 23 hours
    text = one.instants_sql("x", "Europe/Tallinn")
    low, high = (int(word.strip("()")) for word in text.replace("x >= ", "").replace("x < ", "").split(" AND "))
    assert high - low == 23 * 3_600_000_000
    assert one.days == (date(2026, 3, 29).toordinal() - EPOCH,) * 2
    assert one.has("2026-03-29")
    assert not one.has("2026-03-30")
    assert not one.has("2026-03-28")
    assert not ALWAYS
    assert ALWAYS.instants_sql("x", "UTC") == ALWAYS.days_sql("d") == "true"
    assert ALWAYS.words == ""
    assert [Period.of("2026-01-01", None).words, Period.of(None, "2026-01-01").words] == ["since 2026-01-01", "until 2026-01-01"]


@pytest.fixture
def panels(tiny: Tiny) -> Iterator[tuple[Panel, Panel]]:
    """The panel of all records, and that of a month."""
    project = tiny.table("log", people(150)).project(LOG)
    with open_build(project.folder).engine() as engine:
        found = []
        for period in (ALWAYS, Period(FIRST, LAST)):
            (designed,) = design(asks(project.file), project.file, engine, period=period)
            found.append(designed.panel)  # type: ignore[union-attr]
        yield found[0], found[1]  # type: ignore[misc]


def dated(panel: Panel) -> tuple[Piece, dict[str, np.ndarray]]:  # type: ignore[type-arg]
    """The rows with the day of each, and the values of the panel's columns of L but for the calendar, by name."""
    parts = panel.pieces
    read = parts.sample("true", keep=True)  # type: ignore[attr-defined]
    piece = joined([one for one, _ in read])
    day = np.concatenate([one.day for one, _ in read])
    kept = np.concatenate([one.kept for one, _ in read])
    columns = {covariate.name: values for covariate, values in zip(read[0][1], piece.values, strict=True) if covariate.name != "week"}
    order = np.lexsort((day, piece.unit))
    order = order[kept[order]]
    shown = {name: values[order] for name, values in columns.items()}
    return piece.some(order), {**shown, "day": day[order].astype(np.float64)}


def test_rows_of_a_period_are_the_same_rows_with_their_whole_history_and_outcome(panels: tuple[Panel, Panel]) -> None:
    whole, inside = panels
    every, known = dated(whole)
    some, known_inside = dated(inside)
    first, last = FIRST.toordinal() - EPOCH, LAST.toordinal() - EPOCH
    chosen = (known["day"] >= first) & (known["day"] <= last)
    assert 0 < chosen.sum() < len(chosen)
    assert np.array_equal(every.unit[chosen], some.unit)
    assert {"tenure", "weekday"} <= set(known)
    assert set(known) == set(known_inside)
    for name, values in known.items():
        assert np.array_equal(values[chosen], known_inside[name], equal_nan=True), name
    assert np.array_equal(every.outcomes[chosen], some.outcomes)
    outcomes = np.uint64((1 << len(whole.outcomes)) - 1)  # the other bits are of windows, whose lengths follow the period's
    assert np.array_equal(every.measured[chosen] & outcomes, some.measured & outcomes)
    for codes, codes_inside in zip(every.codes, some.codes, strict=True):
        assert np.array_equal(codes[chosen], codes_inside)
    assert inside.span == (first, last)


def test_the_parts_of_a_period_have_the_rows_of_its_sample(panels: tuple[Panel, Panel]) -> None:
    _, inside = panels
    parts = inside.pieces
    many = joined(rows_of(replace(parts, plan=replace(parts.plan, parts=5))))  # type: ignore[type-var, attr-defined, arg-type]
    assert len(many) == len(dated(inside)[0])


def test_a_period_that_holds_everything_finds_what_no_period_finds(tiny: Tiny) -> None:
    project = tiny.table("log", people(400)).project(LOG)
    without = momot.find_moments(project)
    within = momot.find_moments(project, since=START.date(), until=START.date() + timedelta(DAYS))
    assert within.document.effects == without.document.effects
    assert within.document.period is not None
    assert without.document.period is None
    (question,), (asked,) = without.document.questions, within.document.questions
    assert [check.name for check in asked.checks if check not in question.checks] == ["period"]
    assert (asked.from_, asked.to, asked.people) == (question.from_, question.to, question.people)


def test_people_are_asked_about_days_of_the_period_only(tiny: Tiny) -> None:
    project = tiny.table("log", people(400)).project(LOG)
    found = momot.find_moments(project, since=FIRST.isoformat(), until=LAST.isoformat())
    (question,) = found.document.questions
    assert (question.from_, question.to) == (FIRST.isoformat(), LAST.isoformat())
    assert found.document.period == momot.findings.contract.Period(since=FIRST.isoformat(), until=LAST.isoformat())
    met = {row["who"] for row in people(400) if row["what"] == "ad" and FIRST <= row["at"].date() <= LAST}  # type: ignore[attr-defined]
    ad = next(moment for moment in found if moment.touchpoint == "t.ad")
    assert 0 < ad.reach.people <= len(met)


def test_episodes_of_a_period_are_those_that_began_in_it(tiny: Tiny) -> None:
    project = shop(tiny).project(PROJECT)
    found = momot.find_moments(project, since="2025-02-01", until="2025-03-31")
    (question,) = found.document.questions
    assert question.units == (31 + 28 + 31 - 31) * 24  # an order an hour
    (check,) = [one for one in question.checks if one.name == "period"]
    assert check.message == "1,416 of 3,000 episodes began in the period (2025-02-01 to 2025-03-31)."
    effect = found["delivery.promise"].effect("bad-good")
    total = -1.5 - 0.5 * (0.8 * 0.9 - 0.2 * 0.3)
    assert effect.low <= total <= effect.high
    assert question.to is not None
    assert question.to > "2025-03-31"


def test_a_period_without_episodes_can_not_be_answered_and_says_which_it_was(tiny: Tiny) -> None:
    project = shop(tiny, orders=200).project(PROJECT)
    found = momot.find_moments(project, since="2030-01-01")
    (closed,) = found.document.unanswerable
    assert closed.rule == "too_few_units"
    assert closed.reason.endswith("The period: since 2030-01-01.")


SURVEY = """
name = "survey"
[[surveys]]
from = "answers.csv"
scale = [1, 5]
touchpoints = { counter = "counter", website = "website" }
outcomes = { overall = "overall" }
"""


def answers(rows: int = 900) -> list[dict[str, object]]:
    rng = np.random.default_rng(5)
    found = []
    for number in range(rows):
        counter, website = (int(one) for one in rng.integers(1, 6, 2))
        overall = float(np.clip(round(counter * 0.7 + rng.normal() + 1), 1, 5))
        found.append({"on": date(2025, 1, 1) + timedelta(number % 90), "counter": counter, "website": website, "overall": overall})
    return found


def test_rows_of_a_survey_are_chosen_by_their_date_and_without_one_not_at_all(tiny: Tiny) -> None:
    tiny.table("answers", answers())
    dated_rows = momot.find_moments(tiny.project(SURVEY + 'at = "on"\n'), until="2025-01-30")
    assert dated_rows.document.questions[0].units == 300
    undated = momot.find_moments(tiny.project(SURVEY), until="2025-01-30")
    (closed,) = undated.document.unanswerable
    assert closed.rule == "no_dates"
    assert "says no `at`" in closed.reason
