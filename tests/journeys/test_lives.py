"""What the facts need of each person is kept: after a day, facts are those of a build from nothing, though few persons were looked at."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import momot
from momot.journeys import document
from momot.journeys.lives import Before
from tests.journeys import companies

ZONE = "Europe/Tallinn"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """How many persons each build looked at for its facts, in the order of builds; None: all of them."""
    found: list[int | None] = []
    measure = document.measure

    def spied(engine: Any, sources: Any, *, bought: bool, before: Before | None = None) -> Any:
        found.append(None if before is None else engine.row(f"SELECT count(person_id) FROM {before.opened}")[0])
        return measure(engine, sources, bought=bought, before=before)

    monkeypatch.setattr(document, "measure", spied)
    return found


def facts(folder: Path) -> dict[str, Any]:
    built = momot.build(momot.open(folder))
    return {name: value for name, value in json.loads((built.folder / "journey.json").read_text()).items() if name != "build"}


def from_nothing(folder: Path, other: Path) -> dict[str, Any]:
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns(".momot"))
    return facts(other)


Rows = list[dict[str, str]]


def changed(folder: Path, name: str, change: Callable[[Rows], Rows]) -> None:
    """Write a file of the company anew with other rows."""
    path = folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = change(list(csv.DictReader(file)))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def without_the_last(rows: Rows) -> Rows:
    """The records of all end earlier, and three persons have a row less."""
    return sorted(rows, key=lambda row: row["at"])[:-3]


def known_otherwise(rows: Rows) -> Rows:
    """Two customers become employees, one employee a customer, and winning two more cost something else."""
    staff = next(row for row in rows if row["staff"] == "yes")
    others = [row for row in rows if row["staff"] == "no"]
    others[0]["staff"] = others[1]["staff"] = "yes"
    staff["staff"] = "no"
    others[2]["cost"] = others[3]["cost"] = "7"
    return rows


def test_whoever_is_known_otherwise_is_looked_at_again_and_nobody_else(tmp_path: Path, opened: list[int | None]) -> None:
    companies.write(tmp_path / "a", seed=7, zone=ZONE)
    before = facts(tmp_path / "a")
    changed(tmp_path / "a", "people", known_otherwise)
    now = facts(tmp_path / "a")
    assert opened == [None, 5]
    assert now == from_nothing(tmp_path / "a", tmp_path / "b") != before


def test_a_day_looks_at_those_it_touches_and_at_those_known_otherwise(tmp_path: Path, opened: list[int | None]) -> None:
    companies.write(tmp_path / "a", seed=8, zone=ZONE)
    facts(tmp_path / "a")
    changed(tmp_path / "a", "events", without_the_last)
    shorter = facts(tmp_path / "a")
    assert shorter == from_nothing(tmp_path / "a", tmp_path / "b")
    assert opened[1] is not None
    assert 1 <= opened[1] <= 3
    changed(tmp_path / "a", "people", known_otherwise)
    changed(tmp_path / "a", "events", without_the_last)
    now = facts(tmp_path / "a")
    assert now == from_nothing(tmp_path / "a", tmp_path / "c") != shorter
    assert opened[3] is not None
    assert 5 < opened[3] <= 8


def test_opinions_alone_open_nobody_and_still_end_the_records_later(tmp_path: Path, opened: list[int | None]) -> None:
    companies.write(tmp_path / "a", seed=9, zone=ZONE)
    facts(tmp_path / "a")
    changed(tmp_path / "a", "opinions", lambda rows: [*rows, rows[0] | {"at": "2026-01-01T10:00:00+00:00"}])
    now = facts(tmp_path / "a")
    assert opened == [None, 0]
    assert now == from_nothing(tmp_path / "a", tmp_path / "b")
    assert now["to"] == "2026-01-01"


def test_what_is_kept_holds_whoever_bounds_when_somebody_was_seen(tmp_path: Path, opened: list[int | None]) -> None:
    bounds = "[observation]\nto = 2024-06-15\n"
    companies.write(tmp_path / "a", seed=10, zone=ZONE, more=bounds)
    facts(tmp_path / "a")
    changed(tmp_path / "a", "events", lambda rows: rows[3:])
    now = facts(tmp_path / "a")
    assert now == from_nothing(tmp_path / "a", tmp_path / "b")
    assert opened[1] is not None
    assert 1 <= opened[1] <= 3
