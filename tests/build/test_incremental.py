"""Building again: nothing changed costs nothing, one changed source changes only what depends on it, and ids stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from momot.build import Build, build, open_build
from momot.project import load
from tests.build.test_build import FILES, ORDER_ROWS, ORDERS, REVIEW_ROWS, WIDE, WIDE_FILES


def inodes(made: Build) -> dict[str, int]:
    return {path.relative_to(made.folder).as_posix(): path.stat().st_ino for path in made.folder.rglob("*.parquet")}


def same_files(first: dict[str, int], second: dict[str, int]) -> set[str]:
    return {name for name, inode in second.items() if first.get(name) == inode}


def test_nothing_changed_is_said_and_the_build_is_kept(make: Any) -> None:
    first = make(ORDERS, FILES)
    said: list[str] = []
    second = make(ORDERS, {}, said=said)
    assert said == ["nothing changed"]
    assert (first.fresh, second.fresh) == (True, False)
    assert second.folder == first.folder
    assert inodes(second) == inodes(first)


def test_a_touched_file_with_the_same_bytes_is_no_change(make: Any) -> None:
    make(ORDERS, FILES)
    assert not make(ORDERS, FILES).fresh


def test_one_changed_source_leaves_the_tables_of_the_others_alone(make: Any) -> None:
    before = inodes(make(ORDERS, FILES))
    said: list[str] = []
    second = make(ORDERS, {"reviews.csv": REVIEW_ROWS + "r5,o3,2018-03-01 10:00:00,2018-02-28,4,fine\n"}, said=said)
    kept = same_files(before, inodes(second))
    assert {"subjects.parquet", "interactions/part=00/interactions.parquet", "facts.parquet", "levels.parquet"} <= kept
    assert not {"opinions.parquet", "texts.parquet"} & kept
    assert not any(line.startswith(("interactions", "subjects")) for line in said)
    assert {path.name for path in second.folder.parent.iterdir()} == {"manifest.json", "sources", second.folder.name}


def test_an_edited_block_is_made_again_and_its_rejections_with_it(make: Any, query: Any) -> None:
    make(WIDE, WIDE_FILES)
    before = inodes(open_build(Path(make(WIDE, {}).folder.parent.parent)))
    second = make(WIDE.replace("scale = [1, 5]\n", "scale = [1, 5]\nwhere = \"who <> 'd'\"\n"), {})
    kept = same_files(before, inodes(second))
    assert "wide/experiment-1.parquet" in kept
    assert "wide/survey-1.parquet" not in kept
    assert query(second, "SELECT block, code FROM rejected ORDER BY ALL") == [
        ("[[experiments]] 1", "no_assignment"),
        ("[[experiments]] 1", "unknown_arm"),
    ]


def test_a_moved_project_builds_on_from_what_it_has(make: Any) -> None:
    home = make(ORDERS, FILES).folder.parent.parent
    moved = home.rename(home.with_name("moved"))
    (moved / "momot.toml").write_text('name = "Shop"\n' + ORDERS.replace("price > 10", "price > 20"), encoding="utf-8")
    staged = {path.stat().st_ino for path in (moved / ".momot" / "sources").iterdir()}
    assert build(load(moved), folder=moved).fresh
    assert {path.stat().st_ino for path in (moved / ".momot" / "sources").iterdir()} == staged


def test_new_people_get_new_ids_and_everybody_else_keeps_theirs(make: Any, query: Any) -> None:
    first = dict(query(make(ORDERS, FILES), "SELECT person, person_id FROM people"))
    second = make(ORDERS, {"orders.csv": ORDER_ROWS + "o5,aaa,2018-03-02 00:00:00,2018-03-03 00:00:00,0,1,1,delivered\n"})
    now = dict(query(second, "SELECT person, person_id FROM people"))
    assert {person: now[person] for person in first} == first
    assert now["aaa"] > max(first.values())
    third = make(ORDERS, FILES)
    assert dict(query(third, "SELECT person, person_id FROM people")) == first  # who has no row any more is in no table
    assert (
        dict(query(make(ORDERS, {"orders.csv": ORDER_ROWS + "o5,aaa,2018-03-02,,,1,1,x\n"}), "SELECT person, person_id FROM people"))["aaa"]
        == now["aaa"]
    )


def test_the_same_input_gives_the_same_bytes(make: Any, tmp_path: Path) -> None:
    first = make(ORDERS + WIDE, FILES | WIDE_FILES)
    files = {path.relative_to(first.folder): path.read_bytes() for path in first.folder.rglob("*.parquet")}
    (first.folder.parent.parent / ".momot").rename(tmp_path / "away")
    second = make(ORDERS + WIDE, {})
    assert second.manifest.build == first.manifest.build
    assert {path.relative_to(second.folder): path.read_bytes() for path in second.folder.rglob("*.parquet")} == files


def test_staged_sources_that_no_block_reads_any_more_are_removed(make: Any) -> None:
    made = make(ORDERS, FILES)
    sources = made.folder.parent / "sources"
    before = {path.stem for path in sources.iterdir()}
    make(ORDERS, {"reviews.csv": REVIEW_ROWS.replace("great", "good")})
    after = {path.stem for path in sources.iterdir()}
    assert len(after) == len(before) == 2
    assert len(before & after) == 1
