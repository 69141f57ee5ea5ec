"""Every fact of a random company of 200 people equals the one that plain Python counts by its definition."""

from __future__ import annotations

from pathlib import Path

import pytest

import momot
from momot.build import Build
from momot.journeys.contract import Journey
from momot.vocabulary import FACTS
from tests.journeys import companies, told
from tests.journeys.followed import dicts, interactions, lived


def document(built: Build) -> Journey:
    return Journey.from_json((built.folder / "journey.json").read_bytes())


@pytest.mark.parametrize(
    ("seed", "zone", "more"),
    [
        (0, "Europe/Tallinn", ""),
        (1, "America/Sao_Paulo", ""),
        (2, "Australia/Lord_Howe", '[observation]\nto = 2024-06-15\n'),
        (3, "Asia/Kathmandu", '[observation]\nfrom = 2024-03-01\nto = 2024-09-01\n'),
    ],
)  # fmt: skip
def test_facts_equal_a_brute_force_count(seed: int, zone: str, more: str, tmp_path: Path) -> None:
    companies.write(tmp_path, seed=seed, zone=zone, more=more)
    built = momot.build(momot.open(tmp_path))
    people = {row["person_id"]: row | {"cost": row["acquisition_cost_minor"]} for row in dicts(built, "SELECT * FROM people")}
    expected = told.tell(
        lived(interactions(built), zone), people, dicts(built, "SELECT * FROM opinions"), dicts(built, "SELECT * FROM subjects"), zone
    )
    found = {(fact.id, fact.group, fact.next): fact for fact in document(built).facts}
    assert {key for key, fact in found.items() if fact.absent is None} == set(expected)
    for key, (value, low, high, n) in expected.items():
        fact = found[key]
        assert fact.value == pytest.approx(value, rel=1e-9, abs=1e-12), key
        assert fact.n == n, key
        for mine, other in ((fact.low, low), (fact.high, high)):
            assert mine is None if other is None else mine == pytest.approx(other, rel=1e-6, abs=1e-9), key
    if seed == 0:
        assert {key[0] for key in expected} == set(FACTS)  # this company has all of them to tell


def test_employees_are_left_out_and_counted(tmp_path: Path) -> None:
    companies.write(tmp_path, seed=5)
    built = momot.build(momot.open(tmp_path))
    found = document(built)
    staff = dicts(built, "SELECT count(*) AS n FROM people WHERE is_employee")[0]["n"]
    others = dicts(built, "SELECT count(DISTINCT person_id) AS n FROM journeys JOIN people USING (person_id) WHERE NOT is_employee")[0]["n"]
    assert staff > 0
    assert (found.employees, found.people) == (staff, others)


ALIKE = """
name = "Alike"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "what"}
channel = "web"
person = "who"
at = "at"
"""


def test_where_everybody_has_the_same_no_interval_has_no_width(tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text(ALIKE, encoding="utf-8")
    lives = "".join(f"p{n},2024-01-01 10:00:01,search\np{n},2024-01-02 10:00:00,purchase\n" for n in range(20))
    (tmp_path / "log.csv").write_text("who,at,what\n" + lives, encoding="utf-8")
    found = momot.journey(momot.open(tmp_path))
    before, sources, research = (found[name] for name in ("before_contact_share", "sources_consulted", "research_share"))
    assert (before.value, before.method) == (1.0, "wilson")
    assert before.high == pytest.approx(1.0)
    assert before.low == research.low == pytest.approx(0.8389, abs=1e-4)
    assert (sources.value, sources.low, sources.high) == (1.0, None, None)
    assert found["repurchase_share"].value == 0.0
    assert found["repurchase_share"].high == pytest.approx(0.1611, abs=1e-4)
    assert found["repurchase_days"].absent.rule == "not_reached"
