"""Funnel, paths, cohorts and time line of a random company equal those that plain Python counts."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import momot
from momot.build import Build
from momot.engine import step
from momot.errors import QuestionError
from momot.journeys.cohorts import cohorts_of
from momot.journeys.funnel import funnel_of
from momot.journeys.lives import watch
from momot.journeys.paths import DEPTH, NODES, paths_of
from momot.journeys.timeline import timeline_of
from tests.journeys import companies
from tests.journeys.followed import dicts as fetched
from tests.journeys.followed import interactions, lived

ZONE = "America/Sao_Paulo"
OBSERVED = "[observation]\nfrom = 2024-03-01\nto = 2024-09-10\n"
Lives = dict[int, list[dict[str, Any]]]


@pytest.fixture(scope="module", params=["", OBSERVED], ids=["all", "observed"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Lives, dict[int, int]]:
    """A build; its journeys by person, employees and what was not observed left out; when the observation of each ends."""
    folder = tmp_path_factory.mktemp("company")
    companies.write(folder, seed=11, zone=ZONE, more=request.param)
    built = momot.build(momot.open(folder))
    people = {row["person_id"]: row for row in fetched(built, "SELECT * FROM people")}
    found = lived(interactions(built), ZONE)
    end = max([row["happened_at"] for row in found] + [row["given_at"] for row in fetched(built, "SELECT * FROM opinions")])
    ends = {person: min(end, (one["observed_to"] or end + 1) - 1) for person, one in people.items()}
    lives: Lives = defaultdict(list)
    for row in found:
        one = people[row["person_id"]]
        if not one["is_employee"] and (one["observed_from"] or 0) <= row["happened_at"] <= ends[row["person_id"]]:
            lives[row["person_id"]].append(row)
    return built, lives, ends


@pytest.mark.parametrize("steps", [(), ("product.page", "price.*", "purchase"), ("zmot", "order_placed", "umot", "support.call@smot")])
def test_a_funnel_counts_who_goes_through_the_steps_in_order(company: tuple[Build, Lives, dict[int, int]], steps: tuple[str, ...]) -> None:
    built, lives, _ = company
    found = funnel_of(built, steps)
    assert found.people == len(lives)
    names = steps or ("stimulus", "zmot", "fmot", "smot", "umot")
    tests = {
        "price.*": lambda row: row["touchpoint"].startswith("price."), "purchase": lambda row: row["purchase"],
        "order_placed": lambda row: row["activity"] == "order_placed",
    }  # fmt: skip
    waits: list[list[float]] = [[] for _ in names]
    for own in lives.values():
        place, reached = -1, None
        for number, name in enumerate(names):
            holds = tests.get(name, lambda row, name=name: name in (row["stage"], row["touchpoint"], row["moment"]))
            place = next((at for at, row in enumerate(own) if at > place and holds(row)), -1)
            if place < 0:
                break
            at = own[place]["happened_at"]
            waits[number].append(0.0 if reached is None else (at - reached) / 86_400e6)
            reached = at
    assert [one.people for one in found.steps] == [len(people) for people in waits]
    for one, own, before in zip(found.steps[1:], waits[1:], waits, strict=False):
        assert one.onward == len(own) / len(before)
        assert one.share == len(own) / len(waits[0])
        assert one.days == pytest.approx(float(np.median(own)))
    assert found.steps[0].met >= found.steps[0].people


def test_paths_count_what_directly_follows_what(company: tuple[Build, Lives, dict[int, int]]) -> None:
    built, lives, _ = company
    found = paths_of(built, None)
    expected: Counter[tuple[str, str]] = Counter()
    for own in lives.values():
        names = ["(start)", *(row["moment"] for row in own), "(end)"]
        expected.update(itertools.pairwise(names))
    assert {(edge.from_, edge.to): edge.times for edge in found.edges} == expected
    assert found.times == len(lives)


def test_the_steps_around_a_moment_are_at_most_eight_and_the_rest(company: tuple[Build, Lives, dict[int, int]]) -> None:
    built, lives, _ = company
    found = paths_of(built, "checkout.order")
    assert found.moment == "checkout.order@fmot"
    for number in (*range(-DEPTH, 0), *range(1, DEPTH + 1)):
        expected: Counter[str] = Counter()
        for own in lives.values():
            for place, row in enumerate(own):
                if row["moment"] == found.moment:
                    at = place + number
                    expected[own[at]["moment"] if 0 <= at < len(own) else "(start)" if at < 0 else "(end)"] += 1
        here = [flow for flow in found.flows if flow.step == number]
        assert len(here) <= NODES
        named = [flow for flow in here if not flow.moment.endswith("others)")]
        assert all(flow.times == expected[flow.moment] for flow in named)
        assert sum(flow.times for flow in here) == expected.total() == found.times
        assert sum(flow.share for flow in here) == pytest.approx(1)
        assert min(flow.times for flow in named) >= max(
            (n for name, n in expected.items() if name not in {f.moment for f in named}), default=0
        )


def test_all_forms_of_the_directly_follows_step_agree(company: tuple[Build, Lives, dict[int, int]]) -> None:
    built, _, _ = company
    bounds = "NULL::BIGINT AS observed_from, NULL::BIGINT AS observed_to, 0 AS acquisition_cost_minor"
    everybody = f"(SELECT person_id, false AS is_employee, {bounds} FROM people)"
    with built.engine() as engine:
        for people, names in (("people", ["follows_streamed"]), (everybody, ["follows_streamed", "follows_whole"])):
            watch(engine, journeys="journeys", people=people, opinions="opinions")
            steps = [step("momot.journeys", name, journeys="journeys") for name in names]
            forms = [sorted(engine.rows(text)) for one in steps for text in (one, one.on("spark"))]
            assert all(form == forms[0] for form in forms)
            assert forms[0]


def test_cohorts_count_who_buys_again_in_which_month(company: tuple[Build, Lives, dict[int, int]]) -> None:
    built, lives, ends = company

    def month(day: int) -> int:
        there = date(1970, 1, 1) + timedelta(days=day)
        return there.year * 12 + there.month - 1

    expected: dict[int, list[tuple[Counter[int], int]]] = defaultdict(list)
    for person, own in lives.items():
        bought = Counter(month(row["day"]) for row in own if row["purchase"])
        if bought:
            bought[min(bought)] -= 1
            last = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ends[person])
            expected[min(bought)].append(
                (bought, month((last.astimezone(companies.ZoneInfo(ZONE)).date() - date(1970, 1, 1)).days + 1) - 1)
            )
    found = cohorts_of(built)
    assert [cohort.month for cohort in found.cohorts] == [f"{first // 12}-{first % 12 + 1:02d}" for first in sorted(expected)]
    for cohort, (first, people) in zip(found.cohorts, sorted(expected.items()), strict=True):
        assert cohort.size == len(people)
        cells = {}
        for since in range(40):
            whole = [bought for bought, until in people if until >= first + since]
            if whole:
                cells[since] = (len(whole), sum(bought[first + since] > 0 for bought in whole))
        assert {cell.since: (cell.n, cell.count) for cell in cohort.cells} == cells


def test_a_time_line_has_everything_of_a_person_in_local_time(company: tuple[Build, Lives, dict[int, int]]) -> None:
    built, lives, _ = company
    number, _ = max(lives.items(), key=lambda one: len(one[1]))
    (name,) = (row["person"] for row in fetched(built, f"SELECT person FROM people WHERE person_id = {number}"))
    found = timeline_of(built, name, minor=100)
    shown = [event for event in found.events if event.kind == "interaction"]
    everything = [row for row in lived(interactions(built), ZONE) if row["person_id"] == number]
    assert [(event.moment, event.session, event.cycle, event.purchase) for event in shown] == [
        (row["moment"], row["session"], row["cycle"], row["purchase"]) for row in everything
    ]
    assert [datetime.fromisoformat(event.at).timestamp() for event in shown] == [row["happened_at"] / 1e6 for row in everything]
    assert all(datetime.fromisoformat(event.at).utcoffset() == timedelta(hours=-3) for event in shown)
    assert found.ids == (name,)
    assert [event.at for event in found.events] == sorted(event.at for event in found.events)
    assert sum(event.value or 0 for event in shown) == pytest.approx(sum((row["value_minor"] or 0) for row in everything) / 100)


def test_what_is_not_there_is_named_with_the_nearest(company: tuple[Build, Lives, dict[int, int]]) -> None:
    built, _, _ = company
    with pytest.raises(QuestionError, match=r"'p01'.*Did you mean 'p01\d'"):
        timeline_of(built, "p01", minor=100)
    with pytest.raises(QuestionError, match=r"'checkout.oder'.*Did you mean 'checkout.order'"):
        paths_of(built, "checkout.oder")
    with pytest.raises(QuestionError, match=r"'support.call' is 2 moments: support.call@smot, support.call@zmot"):
        paths_of(built, "support.call")
    with pytest.raises(QuestionError, match=r"'prise.page'.*Did you mean 'price.page'"):
        funnel_of(built, ["prise.page"])
