"""Training and earnings (LaLonde 1986; Dehejia & Wahba 1999): the lottery, and the same trainees beside people from a survey."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import momot

KNOWN = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]


@pytest.fixture(scope="module")
def people(shared_data: Callable[[str], Path]) -> dict[str, pd.DataFrame]:
    """185 trainees with 260 drawn by lot to go without, or with 15,992 of a survey."""
    read = {name: pd.read_stata(shared_data("lalonde") / f"{name}_mixtape.dta") for name in ("nsw", "cps")}
    trainees = read["nsw"][read["nsw"].treat == 1]
    tables = {"lottery": read["nsw"], "survey": pd.concat([trainees, read["cps"]])}
    return {
        name: table[[*KNOWN, "re78"]].astype(float).assign(arm=table.treat.map({0: "none", 1: "training"}))
        for name, table in tables.items()
    }


def asked(table: pd.DataFrame, *, before: list[str], shares: list[int] | None = None) -> momot.Findings:
    block = {
        "from": "trainees",
        "assignment": "arm",
        "control": "none",
        "arms": {"training": "training"},
        "before": before,
        "outcomes": {"re78": {"value": "re78", "unit": "USD", "better": "higher"}},
    }
    if shares:
        block["shares"] = shares
    return momot.find_moments(momot.from_tables(tables={"trainees": table}, blocks={"experiments": [block]}))


def test_the_lottery_gives_1794_dollars(people: dict[str, pd.DataFrame]) -> None:
    found = asked(people["lottery"], before=[], shares=[260, 185])
    effect = found["training"].effect("arm")
    assert effect.estimate == pytest.approx(1_794.34, abs=0.01)
    assert effect.low > 0
    assert (found["training"].evidence, found["training"].verdict) == ("A", "likely")  # under 200 trainees: below `moment`


def test_what_was_known_before_moves_it_little(people: dict[str, pd.DataFrame]) -> None:
    found = asked(people["lottery"], before=KNOWN, shares=[260, 185])
    assert found["training"].effect("arm").estimate == pytest.approx(1_676, abs=150)  # 1,676 by least squares (Dehejia & Wahba 1999)
    assert found["training"].evidence == "A"


def test_the_naive_8498_is_no_more_than_an_association_and_flagged(people: dict[str, pd.DataFrame]) -> None:
    found = asked(people["survey"], before=[])
    assert found["training"].effect("arm").estimate == pytest.approx(-8_497.52, abs=0.01)
    assert (found["training"].evidence, found["training"].verdict) == ("C", "association")
    assert [check.status for check in found["training"].question.checks if check.name == "sample_ratio"] == ["fail"]


def test_people_who_were_not_alike_before_were_not_drawn_by_lot(people: dict[str, pd.DataFrame]) -> None:
    """Even where the split is declared as planned. What was known before takes the loss of 8,498 away."""
    found = asked(people["survey"], before=KNOWN, shares=[15_992, 185])
    moment = found["training"]
    assert moment.evidence == "B"
    assert [check.status for check in moment.checks if check.name == "balance"] == ["fail"]
    effect = moment.effect("arm")
    assert effect.low < 1_794 < effect.high
