"""Findings: by name, in order, and as JSON, CSV and Arrow without losing a number."""

from __future__ import annotations

import csv
import dataclasses
import io
import math

import msgspec
import pytest

from momot.errors import DataError, QuestionError
from momot.findings import Findings
from momot.findings.contract import Document
from tests.findings import documents
from tests.findings.documents import ALL


@pytest.fixture
def shop() -> Findings:
    return Findings(documents.episode())


def test_a_bare_touchpoint_finds_its_moment_where_it_is_unique(shop: Findings) -> None:
    assert shop["delivery.promise"] is shop["delivery.promise@smot"]
    assert shop["basket.sellers"].kind == "condition"


def test_an_unknown_moment_names_the_nearest(shop: Findings) -> None:
    with pytest.raises(QuestionError, match=r"Did you mean 'delivery\.promise'"):
        shop["delivery.promis"]


def test_one_touchpoint_at_two_stages_asks_which() -> None:
    found = [documents.finding("support.call", stage=stage) for stage in ("zmot", "smot")]
    both = Findings(documents.document([documents.question()], found, []))
    with pytest.raises(QuestionError, match=r"support\.call@zmot, support\.call@smot"):
        both["support.call"]
    assert both["support.call@zmot"].stage == "zmot"


def test_several_questions_are_told_apart() -> None:
    mails = Findings(documents.experiment())
    with pytest.raises(QuestionError, match=r'findings\.question\("visit"\)\["email\.mens"\]'):
        mails["email.mens"]
    assert mails.question("spend")["email.mens"].effect("arm").estimate == 0.77
    with pytest.raises(QuestionError, match="Did you mean 'spend'"):
        mails.question("spent")


def test_a_question_that_can_not_be_answered_says_why(shop: Findings) -> None:
    with pytest.raises(QuestionError, match="bought a second time"):
        shop.question("repurchase")


def test_an_effect_carries_reference_and_interval(shop: Findings) -> None:
    effect = shop["delivery.promise"].effect("bad-good")
    assert effect.reference == "good"
    assert effect.interval == pytest.approx((-2.358, -2.048))
    assert shop["delivery.promise"].effect("bad-good", segment="customer_state = SP").n == 131


def test_an_effect_that_was_not_estimated_names_what_there_is(shop: Findings) -> None:
    with pytest.raises(QuestionError, match="There is: 'bad-good' level='bad'"):
        shop["delivery.promise"].effect("make")
    with pytest.raises(QuestionError, match="nothing was estimated"):
        shop["checkout.order"].effect("presence")
    with pytest.raises(QuestionError, match="choose one of '1', '2', '3', '4\\+'"):
        Findings(documents.incidents())["support.reassignment"].effect("level")


def test_calibrated_effects_are_taken_before_raw_ones() -> None:
    raw = documents.effect("a@smot", "break", -1.0, 0.1)
    calibrated = msgspec.structs.replace(raw, estimate=-0.8, calibrated=True)
    for order in ([raw, calibrated], [calibrated, raw]):
        moment = Findings(documents.document([documents.question()], [documents.finding("a")], order))["a"]
        assert moment.effect("break").calibrated
        assert [one.calibrated for one in moment.main_effects] == [True]


def test_iteration_is_by_rank_and_holds_everything_tested() -> None:
    shop = Findings(documents.several())
    ranks = [moment.rank for moment in shop.question("repurchase")]
    assert ranks == [*range(1, 11), *[None] * 15]
    assert len(shop) == len(shop.document.findings) == 36


def test_findings_are_frozen(shop: Findings) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        shop.document = documents.quiet()  # type: ignore[misc]
    with pytest.raises(AttributeError):
        shop["delivery.promise"].finding.verdict = "moment"  # type: ignore[misc]


@pytest.mark.parametrize("name", ALL)
def test_json_there_and_back_is_the_same(name: str) -> None:
    findings = Findings(ALL[name]())
    assert Findings.from_json(findings.to_json()) == findings
    assert Findings.from_json(findings.to_json(indent=2)).document == findings.document


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "momot.findings/2"}', "\udcff", "null"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"momot\.findings/1"):
        Findings.from_json(text.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("name", ALL)
def test_csv_and_arrow_are_exactly_the_table_of_effects(name: str) -> None:
    findings = Findings(ALL[name]())
    rows = list(csv.DictReader(io.StringIO(findings.to_csv(), newline="")))
    table = findings.to_arrow()
    assert len(rows) == table.num_rows == len(findings.document.effects)
    assert table.column_names == findings.to_csv().split("\n", 1)[0].split(",")
    for row, column, effect in zip(rows, table.to_pylist(), findings.document.effects, strict=True):
        assert float(row["estimate"]) == column["estimate"] == effect.estimate
        assert (row["moment"], row["reference"]) == (effect.moment, effect.reference)
        assert row["calibrated"] == str(effect.calibrated).lower()
        assert (row["days_from"] or None, column["days_from"]) == (
            (None, None) if effect.days is None else (repr(effect.days[0]), effect.days[0])
        )


def test_every_field_of_an_effect_is_in_the_csv() -> None:
    names = set(documents.effect("a", "arm", 1, 1).__struct_fields__)
    header = set(Findings(documents.quiet()).to_csv().split("\n", 1)[0].split(","))
    assert header == names - {"days"} | {"days_from", "days_to"}


@pytest.mark.parametrize("broken", ["estimate", "low", "high", "mean"])
def test_an_estimate_that_is_not_a_number_is_an_absent_row(broken: str) -> None:
    effect = msgspec.structs.replace(documents.effect("a@smot", "break", -1.0, 0.1), **{broken: math.nan})
    findings = Findings(documents.document([documents.question()], [documents.finding("a")], [effect]))
    assert findings.document.effects == ()
    assert msgspec.json.decode(findings.to_json(), type=Document) == findings.document


def test_an_amount_at_stake_without_interval_is_left_out() -> None:
    stake = documents.AtStake(estimate=1.0, low=-math.inf, high=2.0, unit="stars a month")
    findings = Findings(documents.document([documents.question()], [documents.finding("a", at_stake=stake)], []))
    assert findings["a"].at_stake is None


def test_the_notebook_gets_the_forest_and_its_own_style(shop: Findings) -> None:
    markup = shop._repr_html_()
    assert "<svg" in markup
    assert "delivery.promise" in markup
    scope = markup.split('class="', 1)[1].split('"', 1)[0]
    rules = markup.split("<style>", 1)[1].split("</style>", 1)[0]
    assert all(scope in rule for rule in rules.splitlines() if rule)
