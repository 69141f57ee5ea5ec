"""Who is at risk, and how long: nothing that happens later may decide it."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

import momot

DAY = dt.datetime(2024, 1, 1, 12, 0, tzinfo=dt.UTC)
PROJECT = """
name = "risk"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "'shop.' || what"}
person = "who"
at = "happened"
[outcomes.again]
activity = "order_placed"
within = "30 days"
per = "person"
"""


def asked(folder: Path, rows: list[tuple[str, str, float]]) -> momot.Findings:
    lines = ["who,what,happened", *(f"{who},{what},{(DAY + dt.timedelta(days=day)).isoformat()}" for who, what, day in rows)]
    (folder / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "momot.toml").write_text(PROJECT, encoding="utf-8")
    return momot.find_moments(momot.open(folder))


def test_the_last_purchase_of_a_person_is_no_end_of_the_time_at_risk(tmp_path: Path) -> None:
    """Everybody buys at one constant rate and nobody leaves: the share who buy within 30 days is 1 - exp(-30 / 200)."""
    rng = random.Random(7)
    rows = []
    for person in range(1500):
        day = rng.random() * 30
        while day < 360:
            rows.append((f"p{person}", "order_placed", day))
            day += rng.expovariate(1 / 200)
    (question,) = asked(tmp_path, rows).questions
    assert question.people == 1500
    assert question.mean == pytest.approx(1 - 2.718281828 ** (-30 / 200), abs=0.008)  # four standard errors of 1,500 independent people


def test_who_cancels_for_good_is_no_longer_at_risk(tmp_path: Path) -> None:
    """The same, but half of the people leave on day 60, and buy nothing after: those at risk still buy at the constant rate."""
    rng = random.Random(8)
    rows = []
    for person in range(1500):
        day, end = rng.random() * 30, 60 if person % 2 else 360
        while day < end:
            rows.append((f"p{person}", "order_placed", day))
            day += rng.expovariate(1 / 200)
        if end == 60:
            rows.append((f"p{person}", "contract_ended", 60.0))
    (question,) = asked(tmp_path, rows).questions
    assert question.mean == pytest.approx(1 - 2.718281828 ** (-30 / 200), abs=0.012)
