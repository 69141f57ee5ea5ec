"""Units around a dated change, from tables small enough to count by hand or large enough to count by plain Python."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

import momot
from momot.designs import asks
from momot.designs.changes import ChangeDesigned, design_changes

FIRST = dt.datetime(2024, 1, 1)  # noqa: DTZ001  local times
ON = dt.date(2024, 5, 6)
Rows = list[dict[str, Any]]


def designed(project: momot.Project) -> list[ChangeDesigned]:
    with momot.build(project).engine() as engine:
        return list(design_changes(asks(project.file), project.file, engine))


def company(days: int = 250, seed: int = 0, people: int = 120) -> Rows:
    """Everybody buys now and then, half of the purchases with a call; persons 0 and 1 work here."""
    random = np.random.default_rng(seed)
    rows: Rows = []
    for number in range(people * 20):
        person = int(random.integers(people))
        at = FIRST + dt.timedelta(days=float(random.uniform(0, days)))
        order = f"O{number}"
        rows.append({"person": f"P{person}", "order": order, "at": at, "activity": "bought", "touchpoint": "shop", "quality": None})
        if random.random() < 0.5:
            quality = "bad" if random.random() < (0.2 if at.date() >= ON else 0.5) else "good"
            later = at + dt.timedelta(hours=3)
            call = {"person": f"P{person}", "order": order, "at": later, "activity": "called", "touchpoint": "call", "quality": quality}
            rows.append(call)
    return sorted(rows, key=lambda row: (row["person"], row["at"]))


def followed(rows: Rows, **more: Any) -> momot.Project:
    people = [{"person": f"P{number}", "employee": number < 2, "team": "ab"[number % 2]} for number in range(120)]
    changes = [{"on": ON, "touchpoint": "call", "what": "new script"}, *more.pop("changes", [])]
    return momot.from_tables(
        interactions=rows,
        people=people,
        outcomes={"again": {"activity": "bought", "within": "10 days", "per": "person", **more.pop("outcome", {})}},
        blocks={"changes": changes},
        **more,
    )


def test_person_weeks_are_those_that_plain_python_counts() -> None:
    rows = company()
    (found,) = designed(followed(rows))
    frame = found.frame
    assert frame is not None
    assert (found.design, frame.period_days, frame.wait_days) == ("panel", 7, 17)
    noon = dt.datetime.combine(ON, dt.time())
    weeks: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        if row["person"] not in ("P0", "P1"):
            weeks.setdefault((row["person"], (row["at"] - noon) // dt.timedelta(7)), []).append(row)
    end = max(row["at"] for row in rows)
    expected = []
    for (person, week), own in weeks.items():
        ends = noon + dt.timedelta(7) * (week + 1)
        until = ends + dt.timedelta(10)
        again = any(r["person"] == person and r["activity"] == "bought" and ends <= r["at"] < until for r in rows)
        if until <= (noon if week < 0 else end):
            expected.append((week >= 0, any(r["touchpoint"] == "call" for r in own), float(again)))
    counted = sorted(zip(frame.after.tolist(), frame.met.tolist(), frame.outcome.tolist(), strict=True))
    # periods are whole, so that a few weeks at the outer ends take no part
    assert 0 <= len(expected) - len(counted) <= 2 * 120
    inside = sorted(one for one in expected)
    for side in ((False, False), (False, True), (True, False), (True, True)):
        mean = np.mean([y for after, met, y in counted if (after, met) == side])
        assert abs(mean - np.mean([y for after, met, y in inside if (after, met) == side])) < 0.05
    assert {one.name for one in frame.covariates} == {"tenure", "activity before", "activity lately", "met before", "team"}
    assert np.all(np.diff(frame.cluster) >= 0)


def test_how_the_touchpoint_went_is_counted_on_both_sides_without_employees() -> None:
    rows = company()
    (found,) = designed(followed(rows))
    assert found.touches is not None
    calls = [row for row in rows if row["touchpoint"] == "call" and row["person"] not in ("P0", "P1")]
    near = [row for row in calls if abs((row["at"].date() - ON).days) < 182]
    assert found.touches.happened.sum() == len(near)
    bad = [row for row in near if row["quality"] == "bad" and row["at"].date() >= ON]
    assert found.touches.bad[found.touches.after == 1].sum() == len(bad)


def test_only_the_eligible_and_those_under_observation_are_asked() -> None:
    rows = company()
    everybody, eligible = (designed(followed(rows, outcome=outcome))[0].frame for outcome in ({}, {"eligible": "called"}))
    assert everybody is not None
    assert eligible is not None
    assert 0 < len(eligible.outcome) < len(everybody.outcome)


def test_churn_is_the_other_side_of_coming_back() -> None:
    rows = company()
    back, gone = (designed(followed(rows, outcome=outcome))[0].frame for outcome in ({}, {"absent": True}))
    assert back is not None
    assert gone is not None
    np.testing.assert_array_equal(gone.outcome, 1 - back.outcome)


def test_windows_end_at_the_next_change_of_the_same_touchpoint_and_others_are_named() -> None:
    rows = company()
    later = ON + dt.timedelta(40)
    changes = [{"on": later, "touchpoint": "call", "what": "second script"}, {"on": later, "touchpoint": "shop", "what": "new till"}]
    first, second, _ = designed(followed(rows, changes=changes))
    assert first.frame is not None
    assert dt.date.fromisoformat(first.last or "") < later
    assert second.frame is not None
    assert dt.date.fromisoformat(second.first or "") >= ON
    assert not any(check.name == "overlap" for check in first.frame.checks)
    (overlap,) = [check for check in second.frame.checks if check.name == "overlap"]
    assert "new till (shop," in overlap.message


def test_what_cannot_be_asked_says_why() -> None:
    rows = company()

    def why(**more: Any) -> str:
        (found, *_) = designed(followed(rows, **more))
        assert found.frame is None
        assert found.failed is not None
        return found.failed.message

    assert "says no `within`" in why(outcome={"within": None})
    project = followed(rows)
    never = momot.from_tables(
        interactions=rows, outcomes={"again": {"activity": "bought", "within": "10 days", "per": "person"}},
        columns={"interactions": {"touchpoint": {"sql": "touchpoint"}}},
        blocks={"changes": [{"on": ON, "touchpoint": "chat", "what": "x"}]},
    )  # fmt: skip
    assert designed(never)[0].failed is not None
    assert "Nobody ever met 'chat'" in (designed(never)[0].failed or project).message  # type: ignore[union-attr]


def test_a_change_near_the_end_says_when_to_ask_again() -> None:
    (found,) = designed(followed(company(days=133)))
    assert found.frame is None
    assert found.failed is not None
    assert "What can be compared ends on 2024-05-1" in found.failed.message
    assert found.failed.fix is not None
    assert "Ask again from 2024-06-" in found.failed.fix


def test_episodes_are_met_before_their_outcome_and_slow_ones_left_out_on_both_sides() -> None:
    rows = company()
    random = np.random.default_rng(1)
    orders = {row["order"]: row for row in rows if row["touchpoint"] == "shop"}
    subjects = [{"order": order, "person": row["person"], "start": row["at"]} for order, row in orders.items()]
    opinions = [
        {"order": order, "at": row["at"] + dt.timedelta(days=float(random.exponential(3))), "value": int(random.integers(1, 6))}
        for order, row in orders.items()
    ]
    project = momot.from_tables(
        interactions=rows, subjects=subjects, opinions=opinions, columns={"subject": "order"},
        people=[{"person": f"P{number}", "employee": number < 2} for number in range(120)],
        outcomes={"stars": {"opinion": "stars"}}, blocks={"changes": [{"on": ON, "touchpoint": "call", "what": "new script"}]},
    )  # fmt: skip
    (found,) = designed(project)
    frame = found.frame
    assert frame is not None
    assert found.design == "episode"
    given = {opinion["order"]: opinion["at"] for opinion in opinions}
    called = {row["order"] for row in rows if row["touchpoint"] == "call" and row["at"] < given[row["order"]]}
    wait = dt.timedelta(frame.wait_days)
    noon = dt.datetime.combine(ON, dt.time())
    inside = [
        (order in called, row["at"] >= noon)
        for order, row in orders.items()
        if row["person"] not in ("P0", "P1")
        and given[order] - row["at"] <= wait
        and (
            dt.date.fromisoformat(found.first or "") <= row["at"].date() < (noon - wait).date()
            or noon.date() <= row["at"].date() <= dt.date.fromisoformat(found.last or "")
        )
    ]
    counted = list(zip(frame.met.tolist(), frame.after.tolist(), strict=True))
    assert sorted(counted) == sorted(inside)
