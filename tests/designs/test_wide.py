"""Surveys and snapshots: associations at most, blanks and codes apart, copies of a row told from chance."""

from __future__ import annotations

import numpy as np
import pytest

SURVEY = """
name = "survey"
[[surveys]]
from = "answers.csv"
person = "id"
outcomes = { overall = "overall" }
touchpoints = { "shop.staff" = "staff", "shop.price" = "price" }
scale = [1, 5]
missing = [0]
never_used = [6]
before = ["age"]
weight = "weight"
"""


def answers(*, seed=0, people=2_000):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        staff, price = rng.integers(1, 6), rng.integers(1, 6)
        overall = np.clip(round(3 + 0.6 * (staff - 3) + rng.normal() * 0.7), 1, 5)
        if rng.random() < 0.1:
            price = 6
        elif rng.random() < 0.1:
            price = 0
        rows.append(
            {
                "id": i,
                "staff": staff,
                "price": price,
                "overall": int(overall),
                "age": rng.integers(18, 80),
                "weight": rng.choice([0.5, 2.0]),
            }
        )
    return rows


def test_a_driver_is_an_association_and_what_drives_nothing_is_not(tiny):
    found = tiny.table("answers", answers()).find(SURVEY)
    assert found["shop.staff"].verdict == "association"
    assert found["shop.price"].verdict == "no evidence"
    assert {moment.evidence for moment in found} == {"C"}


def test_blank_and_never_used_are_no_ratings(tiny):
    rows = answers()
    found = tiny.table("answers", rows).find(SURVEY)
    rated = [row for row in rows if 1 <= row["price"] <= 5]
    levels = found["shop.price"].effect("level", level="1")
    assert levels.n == sum(row["price"] == 1 for row in rated)
    assert found["shop.price"].reach.people <= len(rated)


def test_weights_are_used(tiny):
    rows = answers()
    mean = np.average([row["overall"] for row in rows], weights=[row["weight"] for row in rows])
    assert tiny.table("answers", rows).find(SURVEY).questions[0].mean == pytest.approx(mean)


def test_codes_outside_the_scale_are_said_and_not_rated(tiny):
    found = tiny.table("answers", answers()).find(SURVEY.replace("never_used = [6]\n", ""))
    (check,) = [check for check in found["shop.price"].checks if check.name == "sentinels"]
    assert check.status == "review"
    assert "6" not in {effect.level for effect in found["shop.price"].main_effects}


SNAPSHOT = """
name = "base"
[[snapshots]]
from = "base.csv"
outcomes = { left = "left" }
touchpoints = { "support.plan" = "plan", "contact.calls" = "calls" }
before = ["tenure"]
"""


def base(*, seed=0, people=3_000):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(people):
        plan = rng.choice(["none", "basic", "full"])
        left = int(rng.random() < {"none": 0.5, "basic": 0.3, "full": 0.15}[plan])
        rows.append(
            {"plan": plan, "calls": rng.poisson(4), "tenure": round(rng.gamma(2, 12), 2), "left": left, "reason": "price" if left else ""}
        )
    return rows


def test_a_column_in_no_role_is_refused_where_it_gives_the_outcome_away(tiny):
    found = tiny.table("base", base()).find(SNAPSHOT)
    assert {refusal.column: refusal.rule for refusal in found.refused} == {"reason": "filled_after_outcome"}
    assert found["support.plan"].verdict == "association"
    assert found["contact.calls"].verdict == "no evidence"


def test_copied_rows_are_said_and_do_not_narrow_the_interval(tiny):
    rows = base()
    once = tiny.table("base", rows).find(SNAPSHOT)["support.plan"].effect("level", level="full")
    twice = tiny.table("base", rows * 2).find(SNAPSHOT)
    (check,) = [check for check in twice.questions[0].checks if check.name == "duplicates"]
    assert check.status == "review"
    assert check.value == pytest.approx(0.5, abs=0.01)  # a few more are alike by chance
    copied = twice["support.plan"].effect("level", level="full")
    assert copied.high - copied.low == pytest.approx(once.high - once.low, rel=0.05)


def test_people_who_happen_to_be_alike_are_not_copies(tiny):
    rows = [{**row, "calls": row["calls"] % 3, "tenure": int(row["tenure"] > 20)} for row in base()]
    (question,) = tiny.table("base", rows).find(SNAPSHOT).questions
    assert question.people == len(rows)


def test_a_column_beside_its_bands_makes_no_copies(tiny):
    rows = [{**row, "calls": row["calls"] % 3, "tenure": int(row["tenure"]) % 25} for row in base()]
    rows = [{**row, **{f"band_{width}": row["tenure"] // width for width in (2, 3, 5, 8, 12)}} for row in rows]
    (question,) = tiny.table("base", rows).find(SNAPSHOT).questions
    assert question.people == len(rows)


def test_one_value_for_nearly_everybody_is_said(tiny):
    rng = np.random.default_rng(1)
    rows = [{**row, "calls": 12.5 if rng.random() < 0.95 else round(rng.gamma(2, 3), 2)} for row in base()]
    found = tiny.table("base", rows).find(SNAPSHOT)
    (check,) = [check for check in found["contact.calls"].checks if check.name == "coverage"]
    assert check.status == "review"


@pytest.mark.parametrize(("change", "rule"), [({"left": 1}, "constant_outcome"), ({}, "too_few_units")])
def test_too_little_outcome_is_no_answer(tiny, change, rule):
    rows = [{**row, **change} for row in base(people=3_000 if change else 40)]
    (answer,) = tiny.table("base", rows).find(SNAPSHOT).unanswerable
    assert answer.rule == rule


@pytest.mark.parametrize("text", [SURVEY, SURVEY.replace("surveys", "snapshots")])
def test_answers_of_employees_are_left_out_and_counted(tiny, text):
    rows = answers()
    staff = [{"who": row["id"], "role": "employee" if row["id"] % 10 == 0 else "buyer"} for row in rows]
    tiny.table("answers", rows).table("people", staff)
    found = tiny.find(text + '[people]\nfrom = "people.csv"\nperson = "who"\nrole = "role"\n')
    (question,) = found.questions
    assert question.units == 1_800
    (counted,) = [check for check in question.checks if check.name == "employees"]
    assert (counted.status, counted.value, counted.message) == ("pass", 200.0, "200 rows of 200 employees are left out.")
