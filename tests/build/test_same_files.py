"""The files of a build do not depend on how much of the machine it may use: byte by byte, Parquet's row groups included."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

import momot
from momot.build import interaction_parts

ROWS = 260_000  # more than two row groups of the largest part
PROJECT = """name = "Shop"
[[interactions]]
from = "events.parquet"
activity = {sql = "what"}
touchpoint = {sql = "what"}
person = "who"
at = "at"
value = "value"
[people]
from = "people.parquet"
person = "who"
"""


def test_threads_and_memory_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interaction_parts, "_PART_ROWS", ROWS // 2)
    source = tmp_path / "source"
    source.mkdir()
    duckdb.execute(
        f"""COPY (SELECT 'p' || (hash(range) % 9000) AS who,
        ['page', 'order_placed', 'support.call'][(1 + hash(range + 1) % 3)::INTEGER] AS what,
        TIMESTAMP '2024-01-01' + to_seconds((hash(range + 2) % 7776000)::BIGINT) AS at, (hash(range + 3) % 100) / 10.0 AS value
        FROM range({ROWS})) TO '{source}/events.parquet'"""
    )
    duckdb.execute(f"COPY (SELECT 'p' || range AS who FROM range(9000)) TO '{source}/people.parquet'")
    (source / "momot.toml").write_text(PROJECT, encoding="utf-8")
    machines = ({"threads": 1}, {"threads": 2}, {"threads": 2, "memory_limit": "200MB", "spill": tmp_path / "spill"})
    made = []
    for number, machine in enumerate(machines):
        folder = tmp_path / str(number)
        shutil.copytree(source, folder)
        home = momot.build(momot.open(folder, **machine)).folder.parent
        made.append({str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()})
    assert sum("/interactions/part=" in name for name in made[0]) == 2
    assert [name for name in made[0] if made[1][name] != made[0][name]] == []
    assert [name for name in made[0] if made[2][name] != made[0][name]] == []
