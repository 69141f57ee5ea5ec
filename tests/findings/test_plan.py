"""The plan of a trial: numbers held to textbook formulas, words to the evidence, the block to the loader, the contract to its page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import msgspec
import numpy as np
import pyarrow as pa
import pytest

import momot
from momot.errors import QuestionError
from momot.findings.plan import CSV_COLUMNS, InTime, Plan, Proposal, schema_text
from momot.findings.plan_lines import plan_text
from momot.project import load
from tests.contracts.docs_pages import section

START = datetime(2024, 3, 1, tzinfo=UTC)
PAGE = "plan.md"


@pytest.fixture(scope="module")
def orders() -> momot.Project:
    """1,500 orders of as many people over a year: a third of the parcels are late, and cost 0.3 (of 1) in the share who are content."""
    rng = np.random.default_rng(8)
    late, big = rng.random(1_500) < 0.3, rng.random(1_500)
    content = rng.random(1_500) < 0.5 + 0.3 * big - 0.3 * late
    at = [START + timedelta(days=float(day)) for day in rng.uniform(0, 365, 1_500)]
    one = [f"o{n}" for n in range(1_500)]
    parcels = {"person": one, "subject": one, "at": at, "touchpoint": ["delivery.parcel"] * 1_500, "cost": [4.5] * 1_500}
    parcels["quality"] = np.where(late, "bad", "good").tolist()
    answers = {"person": one, "subject": one, "at": [day + timedelta(days=5) for day in at], "value": content.astype(float).tolist()}
    answers["instrument"] = ["content"] * 1_500
    subjects = {"subject": one, "person": one, "start": [day - timedelta(days=2) for day in at], "big": big.tolist()}
    return momot.from_tables(
        interactions=pa.table(parcels),
        opinions=pa.table(answers),
        subjects=pa.table(subjects),
        columns={"subjects": {"before": ["big"]}},
        outcomes={"content": {"opinion": "content", "unit": "share", "per": "subject"}},
        currency="EUR",
    )


@pytest.fixture(scope="module")
def planned(orders: momot.Project) -> Plan:
    return momot.plan(orders, "delivery.parcel", effect=0.2)


def test_the_size_is_that_of_the_textbook(planned: Plan) -> None:
    """Half of the arm would be late by p = .3: 0.2 per late parcel is .06 between the arms. n = (1.96 + .84)² · 2 · variance / .06²."""
    (one,) = planned.proposals
    assert (one.action, one.arms, one.randomise) == ("improve", ("as usual", "improved"), "person")
    assert one.changed_share == pytest.approx(0.3, abs=0.03)
    assert one.effect_of_arms == pytest.approx(0.2 * one.changed_share)
    by_hand = (1.96 + 0.8416) ** 2 * 2 * one.deviation**2 / one.effect_of_arms**2
    assert one.per_arm == pytest.approx(by_hand, rel=0.04)  # the improved arm is a little nearer to 1, and varies less
    assert one.deviation**2 == pytest.approx(one.mean * (1 - one.mean) * (1 - one.explained), rel=0.01)
    assert one.power == pytest.approx(0.8, abs=0.005)
    assert one.months == pytest.approx(one.units / one.reach_per_month)
    assert one.reach_per_month == pytest.approx(1_500 / 12, rel=0.05)
    assert one.cost == pytest.approx(4.5 * one.units)
    assert one.at_stake == 0.0
    year = one.in_time[-1]
    assert (year.months, year.units) == (12.0, pytest.approx(1_500, rel=0.05))


def test_half_the_effect_takes_four_times_as_many_and_power_costs(orders: momot.Project, planned: Plan) -> None:
    (half,) = momot.plan(orders, "delivery.parcel@smot", effect=0.1).proposals
    (sure,) = momot.plan(orders, "delivery.parcel", effect=0.2, power=0.95).proposals
    assert half.per_arm / planned.proposals[0].per_arm == pytest.approx(4, rel=0.1)
    assert sure.per_arm / planned.proposals[0].per_arm == pytest.approx((1.96 + 1.645) ** 2 / (1.96 + 0.8416) ** 2, rel=0.02)


def test_without_an_effect_the_interval_says_what_to_find(orders: momot.Project) -> None:
    (one,) = momot.plan(orders, "delivery.parcel").proposals
    effect = momot.find_moments(orders)["delivery.parcel"].effect("bad-good")
    assert (one.effect_from, one.effect) == ("interval", pytest.approx(-effect.high))
    assert any("the smallest that is likely" in note for note in one.notes)


def test_the_block_reads_the_result_back(planned: Plan, tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text('name = "trial"\n' + planned.proposals[0].block, encoding="utf-8")
    (block,) = load(tmp_path).wide
    assert (block.kind, block.control, block.arms) == ("experiment", "as usual", {"improved": "delivery.parcel"})
    assert [outcome.name for outcome in block.outcomes] == ["content"]


def test_it_prints_itself_and_keeps_its_contract(planned: Plan, root: Path) -> None:
    assert msgspec.json.decode(planned.to_json(), type=Plan) == planned
    published = (root / "docs" / "reference" / "plan.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "python -m momot.findings.plan > docs/reference/plan.schema.json"
    jsonschema.validate(json.loads(planned.to_json()), json.loads(published), cls=jsonschema.Draft202012Validator)
    head, *rows = planned.to_csv().splitlines()
    assert head == ",".join(CSV_COLUMNS)
    assert len(rows) == 1
    (row,) = planned.to_arrow().to_pylist()
    assert row == json.loads(planned.to_json())["proposals"][0]
    text = plan_text(planned, width=80)
    assert "Make it go well: delivery.parcel@smot, content" in text
    assert "[[experiments]]" in text
    assert all(len(line) <= 80 for line in text.split("To read it back")[0].splitlines())
    assert "\u2026" not in plan_text(planned, encoding="ascii")


@pytest.mark.parametrize("struct", [Plan, Proposal, InTime])
def test_the_page_documents_exactly_the_fields(struct: type[msgspec.Struct], root: Path) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section(root / "docs" / "reference" / PAGE, struct.__name__), re.MULTILINE)
    assert listed == [field.encode_name for field in msgspec.structs.fields(struct)]


def test_names_and_numbers_that_are_none_are_said(orders: momot.Project) -> None:
    with pytest.raises(QuestionError, match=r"Did you mean 'delivery\.parcel'"):
        momot.plan(orders, "delivery.parcl")
    with pytest.raises(QuestionError, match="an effect above 0"):
        momot.plan(orders, "delivery.parcel", effect=-0.1)


def test_people_who_share_an_account_are_randomised_together() -> None:
    """A call withheld from one of an account's three persons reaches the others: accounts are randomised, and of them there are fewer."""
    rng = np.random.default_rng(3)
    rows: dict[str, list[object]] = {"person": [], "account": [], "at": [], "touchpoint": [], "activity": []}
    for who in range(240):
        day = float(rng.integers(0, 30))
        while day < 150:
            what = str(rng.choice(["order_placed", "service.call", "ads.banner"], p=[0.4, 0.3, 0.3]))
            for name, value in (
                ("person", f"p{who}"),
                ("account", f"a{who // 3}"),
                ("at", START + timedelta(days=day)),
                ("touchpoint", what),
                ("activity", what),
            ):
                rows[name].append(value)
            day += float(rng.uniform(0.5, 12))
    outcomes = {"purchase": {"activity": "order_placed", "within": "14 days", "per": "person", "smallest_effect": 0.05}}
    plan = momot.plan(momot.from_tables(interactions=pa.table(rows), outcomes=outcomes), "service.call")
    one = plan.proposals[0]
    assert (one.action, one.randomise, one.follow_up_days) == ("withhold", "account", 14.0)
    assert 2.5 < one.people_a_unit <= 3.0
    assert one.people == pytest.approx(one.units * one.people_a_unit, abs=1)
    assert one.effect_from == "smallest_effect" or one.effect > 0.05
    assert 'person = "account"' in one.block
    assert any("accounts are randomised" in note for note in one.notes)
    if one.verdict == "not identifiable":
        assert one.at_stake is None
        assert any("cannot tell" in note for note in one.notes)
