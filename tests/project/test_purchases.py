from __future__ import annotations

from pathlib import Path

import pytest

from momot.project.fact_words import told_by
from momot.project.purchases import default_purchases, purchases_of
from momot.vocabulary import CHANNELS

HERE = Path(__file__).parent


def golden(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", golden("purchases.txt"))
def test_purchases_agree_with_the_golden_projects(line: str) -> None:
    activities, purchases = (part.split(", ") for part in line.split(" -> "))
    assert purchases_of(activities) == tuple(sorted(set(purchases) - {"-"}))


def test_what_the_project_names_is_a_purchase_whatever_it_is_called() -> None:
    assert purchases_of(["order_placed", "stepped_in", "order_cancelled"], ["stepped_in", "order_cancelled"]) == (
        "order_cancelled",
        "stepped_in",
    )
    assert purchases_of(["order_placed"], ["gone"]) == ()


def test_no_pattern_stands_in_two_groups() -> None:
    patterns = [pattern for group in default_purchases().groups for pattern in group]
    assert len(patterns) == len(set(patterns))


@pytest.mark.parametrize("line", golden("fact_words.txt"))
def test_what_an_interaction_is_agrees_with_the_golden_lines(line: str) -> None:
    touchpoint, activity, channel, expected = (part.strip() for part in line.split("|"))
    assert channel in CHANNELS
    told = told_by(touchpoint, activity, channel)
    assert {name for name in told.__struct_fields__ if getattr(told, name)} == set(expected.split(", ")) - {"-"}
