"""The journeys of a random company equal those that plain Python follows row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

import momot
from tests.journeys import companies
from tests.journeys.followed import dicts, interactions, lived

ZONES = ("Europe/Tallinn", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe")


@pytest.mark.parametrize("zone", ZONES)
def test_journeys_equal_those_followed_row_by_row(zone: str, tmp_path: Path) -> None:
    companies.write(tmp_path, seed=ZONES.index(zone), zone=zone)
    built = momot.build(momot.open(tmp_path))
    columns = "interaction_id, person_id, day, moment, purchase, occurrence, session, cycle"
    found = dicts(built, f"SELECT {columns} FROM journeys JOIN moments USING (moment_id)")
    rows = interactions(built)
    followed = [{name: row[name] for name in columns.split(", ")} for row in lived(rows, zone)]
    assert found == followed
    order = [(row["person_id"], row["happened_at"], row["interaction_id"]) for row in dicts(built, "SELECT * FROM journeys")]
    assert order == sorted(order)
    assert len(rows) < len(dicts(built, "SELECT * FROM interactions"))  # copies are there, and left out


def test_moments_are_numbered_by_name_and_each_is_met(tmp_path: Path) -> None:
    companies.write(tmp_path, seed=9)
    built = momot.build(momot.open(tmp_path))
    moments = dicts(built, "SELECT * FROM moments")
    assert [moment["moment_id"] for moment in moments] == list(range(len(moments)))
    assert [moment["moment"] for moment in moments] == sorted(moment["moment"] for moment in moments)
    assert {row["moment_id"] for row in dicts(built, "SELECT moment_id FROM journeys")} == set(range(len(moments)))
    assert {"support.call@zmot", "support.call@smot"} <= {moment["moment"] for moment in moments}
    assert all(moment["channel"] for moment in moments)


def test_unchanged_journeys_are_taken_over_and_changed_rules_are_not(tmp_path: Path) -> None:
    companies.write(tmp_path, seed=3)
    first = momot.build(momot.open(tmp_path))
    keys = {table.name: table.key for table in first.manifest.tables}
    inode = (first.folder / "journeys/part=00/journeys.parquet").stat().st_ino
    companies.write(tmp_path, seed=3, more='[outcomes.again]\nactivity = "order_placed"\nwithin = "30 days"\n')
    second = momot.build(momot.open(tmp_path))
    assert second.folder != first.folder
    assert (second.folder / "journeys/part=00/journeys.parquet").stat().st_ino == inode
    companies.write(tmp_path, seed=3, more='[journeys]\npurchase = ["order_returned"]\nsession_gap = "10 minutes"\n')
    third = momot.build(momot.open(tmp_path))
    assert {table.name: table.key for table in third.manifest.tables}["journeys"] != keys["journeys"]
    assert {
        row["activity"] for row in dicts(third, "SELECT activity FROM journeys JOIN activities USING (activity_id) WHERE purchase")
    } == {"order_returned"}


def test_a_build_without_journeys_is_no_answer_for_one_with_them(tmp_path: Path) -> None:
    from momot.build import build
    from momot.project import load

    companies.write(tmp_path, seed=4)
    assert build(load(tmp_path), folder=tmp_path).manifest.table("journeys") is None
    assert momot.build(momot.open(tmp_path)).manifest.table("journeys") is not None


DESK = """
name = "Desk"
[[interactions]]
from = "log.csv"
activity = "call_answered"
touchpoint = "support.call"
channel = "phone"
person = "who"
at = "at"

[[interactions]]
from = "log.csv"
where = "who = 'nobody'"
activity = "chatted"
touchpoint = "support.chat"
channel = "chat"
person = "who"
at = "at"
"""


def test_without_a_purchase_nobody_stands_before_the_first_one(tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text(DESK, encoding="utf-8")
    (tmp_path / "log.csv").write_text("who,at\na,2024-01-01\nb,2024-01-02\n", encoding="utf-8")
    built = momot.build(momot.open(tmp_path))
    moments = dicts(built, "SELECT moment, channel FROM moments")
    assert moments == [{"moment": "support.call@smot", "channel": "phone"}, {"moment": "support.chat@smot", "channel": None}]
    assert [row["cycle"] for row in dicts(built, "SELECT cycle FROM journeys")] == [0, 0]


AFTER = """
name = "Shop"
stages = [
  {touchpoint = "site", when = "after_purchase_days(2)", stage = "umot"},
  {touchpoint = "site", when = "after_purchase_days(10)", stage = "smot"},
  {touchpoint = "site", when = "repeat", stage = "fmot"},
  {touchpoint = "site", when = "first", stage = "stimulus"},
]
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "what"}
person = "who"
at = "at"
"""


def test_a_stage_that_holds_some_days_after_a_purchase(tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text(AFTER, encoding="utf-8")
    days = ["01 site", "02 purchase", "02 site", "04 site", "05 site", "12 site", "13 site", "14 purchase", "15 site"]
    (tmp_path / "log.csv").write_text("who,at,what\n" + "".join(f"a,2024-01-{day[:2]},{day[3:]}\n" for day in days), encoding="utf-8")
    built = momot.build(momot.open(tmp_path))
    rows = dicts(built, "SELECT m.stage, day FROM journeys JOIN moments m USING (moment_id) WHERE touchpoint = 'site'")
    assert [row["stage"] for row in rows] == ["stimulus", "stimulus", "umot", "smot", "smot", "fmot", "umot"]
