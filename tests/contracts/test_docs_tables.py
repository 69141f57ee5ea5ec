"""The page of tables lists exactly the columns that a real build writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import momot
from momot.build import Build
from momot.worlds import shop
from tests.contracts.docs_pages import DOCS, section

PAGE = DOCS / "reference" / "tables.md"
PATTERNED = ("before", "condition", "segment", "outcome", "touchpoint", "never", "other")
WIDE = """
name = "Wide"
[[surveys]]
from = "answers.csv"
person = "who"
at = "day"
period = "wave"
weight = "w"
scale = [1, 5]
never_used = [6]
touchpoints = {"staff.help" = "help"}
conditions = {"trip.abroad" = "abroad"}
before = ["age"]
segments = ["age"]
outcomes = ["overall"]

[[experiments]]
from = "trial.csv"
assignment = "arm"
control = "none"
arms = {mail = "email.offer"}
outcomes = ["bought"]

[[experiments]]
from = "trial.csv"
dose = "discount"
outcomes = ["bought"]
"""


def written(build: Build) -> dict[str, set[str]]:
    """Table → columns, names of the project's own replaced: `before.age` → `before.<name>`. Wide tables are one: `wide`."""
    found: dict[str, set[str]] = {}
    with build.connect() as connection:
        for (table,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            columns = {row[0] for row in connection.execute(f'DESCRIBE "{table}"').fetchall()}
            generic = {re.sub(rf"^({'|'.join(PATTERNED)})\..*", r"\1.<name>", column) for column in columns}
            found.setdefault(table.split("/")[0], set()).update(generic)
    return found


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    orders = shop(tmp_path_factory.mktemp("tables") / "shop", orders=1500)
    wide = tmp_path_factory.mktemp("wide")
    (wide / "momot.toml").write_text(WIDE, encoding="utf-8")
    answers = [
        f"p{row},2024-03-{row % 28 + 1:02d},w{row % 2},1.5,{row % 6 + 1},{row % 2},{20 + row % 40},{row % 5 + 1},x{row}"
        for row in range(200)
    ]
    (wide / "answers.csv").write_text("who,day,wave,w,help,abroad,age,overall,left_over\n" + "\n".join(answers) + "\n", encoding="utf-8")
    trial = [f"{('none', 'mail')[row % 2]},{row % 3},{row % 7 % 2}" for row in range(200)]
    (wide / "trial.csv").write_text("arm,discount,bought\n" + "\n".join(trial) + "\n", encoding="utf-8")
    merged = written(momot.build(momot.open(orders)))
    for table, columns in written(momot.build(momot.open(wide))).items():
        merged.setdefault(table, set()).update(columns)
    return merged


def documented(table: str) -> set[str]:
    """First cells of the rows of the table's section; one cell may name several columns."""
    rows = re.findall(r"^\| *(`[^|]+) *\|", section(PAGE, table), re.MULTILINE)
    return {re.sub(r"\.<\w+>$", ".<name>", column.strip('"')) for row in rows for column in re.findall(r"`([^`]+)`", row)}


TABLES = (
    "interactions",
    "subjects",
    "opinions",
    "said",
    "texts",
    "people",
    "identity",
    "journeys",
    "moments",
    "touchpoints",
    "levels",
    "activities",
    "channels",
    "facts",
    "rejected",
    "wide",
)


@pytest.mark.parametrize("table", TABLES)
def test_the_page_lists_exactly_the_columns_of_a_table(table: str, tables: dict[str, set[str]]) -> None:
    assert documented(table) >= tables[table], "written, not documented"
    never_here = {"before.<name>", "condition.<name>", "segment.<name>", "other.<name>"}  # in tables whose project names none
    assert documented(table) - tables[table] <= never_here, "documented, not written"


def test_every_table_has_a_section(tables: dict[str, set[str]]) -> None:
    assert set(tables) == set(TABLES)


def test_the_files_of_a_build_are_named_on_the_page(tmp_path: Path) -> None:
    build = momot.build(momot.open(shop(tmp_path / "shop", orders=300)))
    text = PAGE.read_text(encoding="utf-8")
    names = {path.relative_to(build.folder).parts[0].split(".")[0] for path in build.folder.rglob("*.parquet")}
    assert all(f"`{name}" in text or f"## {name}" in text for name in names), names
