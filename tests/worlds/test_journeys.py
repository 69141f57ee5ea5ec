"""Journeys as folders: the same for the same seed, readable by momot's own project file, with exactly nothing where nothing was planted."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import momot
from momot import project
from momot.worlds import WORLDS, make

SMALL = {"people": 300, "weeks": 12, "touchpoints": 12}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make("shop", tmp_path_factory.mktemp("shop"), **SMALL)


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def test_same_seed_same_bytes_other_seed_other_touches(tmp_path: Path) -> None:
    one, again, other = (make("shop", tmp_path / name, **SMALL, seed=seed) for name, seed in [("a", 7), ("b", 7), ("c", 8)])
    files = sorted(path.name for path in one.iterdir())
    assert all((one / name).read_bytes() == (again / name).read_bytes() for name in files)
    assert (one / "touches.parquet").read_bytes() != (other / "touches.parquet").read_bytes()


def test_its_project_file_maps_every_file_but_what_is_hidden(folder: Path) -> None:
    text = (folder / "momot.toml").read_text(encoding="utf-8")
    project.load(folder)
    assert {path.name for path in folder.glob("*.parquet") if f'"{path.name}"' not in text} == {"hidden.parquet"}


def test_every_row_is_kept_by_a_build(folder: Path) -> None:
    built = momot.build(momot.open(folder))
    assert all(block.kept == block.read for block in built.manifest.blocks)


def test_nulls_are_exactly_nothing_and_the_others_are_something(truth: dict) -> None:
    nulls = [row for row in truth["effects"] if row["null"]]
    assert nulls
    assert {row["effect"] for row in nulls} == {0.0}
    presence = [row for row in truth["effects"] if not row["null"] and row["outcome"] == "purchase"]
    assert all(any(row["effect"] for row in presence if row["moment"] == moment) for moment in {row["moment"] for row in presence})


def test_touches_keep_to_the_day_and_scores_to_the_evening_before(folder: Path) -> None:
    hours = {at.hour for at in pq.read_table(folder / "touches.parquet")["at"].to_pylist()}
    assert hours <= set(range(7, 23))
    assert {(at.hour, at.minute) for at in pq.read_table(folder / "scores.parquet")["at"].to_pylist()} == {(23, 30)}


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("shoq", {}, "there are .*shop"),
        ("shop", {"people": 10}, "too small"),
        ("shop", {"hidden": 2.0}, "between 0 and 1"),
        ("orders", {"true": 3}, "own"),
        ("orders", {"pace": 2.0}, "own"),
        ("shop", {"pace": 0.0}, "at most 5"),
        ("shop", {"touchpoints": 8, "controls": 40}, "can't be controls"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, name: str, options: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(name, tmp_path, **options)


@pytest.mark.parametrize("name", sorted(set(WORLDS) - {"orders", "shop"}))
def test_every_world_is_a_folder_that_builds_and_has_a_truth(tmp_path: Path, name: str) -> None:
    folder = make(name, tmp_path, people=300, weeks=10, touchpoints=None if name == "few" else 14, seed=3)
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert (told["schema"], told["world"]) == ("momot.truth/2", name)
    assert {row["outcome"] for row in told["effects"]} == set(told["outcomes"])
    assert bool([row for row in told["effects"] if row["effect"]]) == (name != "null")
    assert {row["moment"] for row in told["effects"] if row["effect"]} <= {
        row["moment"] for row in told["labels"] if row["label"] != "null"
    }
    built = momot.build(momot.open(folder))
    assert all(block.kept == block.read for block in built.manifest.blocks)


def test_one_segment_alone_and_opposite_signs_are_told_by_segment(tmp_path: Path) -> None:
    told = json.loads((make("segments", tmp_path, people=400, weeks=12, touchpoints=12) / "truth.json").read_text(encoding="utf-8"))
    rows = [row for row in told["effects"] if row["outcome"] == "purchase" and row["contrast"] == "presence" and row["days"] == [0, 30]]
    by = {(row["moment"], row.get("segment")): row["effect"] for row in rows}
    signs = {moment: {segment for (name, segment), effect in by.items() if name == moment and segment and effect} for moment, _ in by}
    assert any(regions == {"region=south"} for regions in signs.values())
    assert any(by[moment, "region=north"] * by[moment, "region=south"] < 0 for moment in signs)
    assert {row["moment"] for row in rows if not row["null"]} >= {moment for moment, regions in signs.items() if regions}


def test_declared_controls_change_nothing(tmp_path: Path) -> None:
    folder = make("shop", tmp_path, people=300, weeks=10, touchpoints=12, controls=4)
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert len(told["controls"]) == 4
    assert {row["effect"] for row in told["effects"] if row["moment"] in told["controls"]} == {0.0}
    declared = tomllib.loads((folder / "momot.toml").read_text(encoding="utf-8"))["controls"]["touchpoints"]
    assert {moment.split("@")[0] for moment in told["controls"]} == set(declared)


def test_a_faster_pace_brings_more_touches(tmp_path: Path) -> None:
    slow, fast = (make("shop", tmp_path / str(pace), **SMALL, pace=pace) for pace in (1.0, 3.0))
    assert pq.read_table(fast / "touches.parquet").num_rows > 2 * pq.read_table(slow / "touches.parquet").num_rows


def test_windows_are_told_where_wanted(tmp_path: Path) -> None:
    told = json.loads(
        (make("shop", tmp_path, people=300, weeks=16, touchpoints=10, lasting=True) / "truth.json").read_text(encoding="utf-8")
    )
    windows = {tuple(row["days"]) for row in told["effects"] if not row["null"] and row["outcome"] == "purchase"}
    assert windows == {(0, 7), (0, 14), (0, 30), *((week, week + 7) for week in range(0, 70, 7))}


def test_the_page_lists_every_world_with_its_sentence() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "library.md").read_text(encoding="utf-8")
    for name, sentence in WORLDS.items():
        assert f"| `{name}` | {sentence} |" in page
