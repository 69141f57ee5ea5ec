"""The reference page and the grammar say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from momot.project import parse
from momot.project.grammar import BLOCKS, TABLE_FILE, TOP, WIDE_OUTCOME
from momot.project.profile import ROWS
from momot.project.stages import default_rules
from momot.vocabulary import CHANNELS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "project-file.md").read_text(encoding="utf-8")
SECTIONS = {
    "## Top of the file": TOP,
    "## `[tables]`": TABLE_FILE.keys,
    "### An outcome as a table": WIDE_OUTCOME.keys,
    **{f"## `{block.header}`": block.keys for block in BLOCKS},
}


def _rows(heading: str) -> list[tuple[str, bool, str]]:
    after = PAGE.split(f"\n{heading}\n")[1]
    section = re.split(r"\n##+ ", after)[0]
    return [
        (key, bool(required), text.strip())
        for key, required, text in re.findall(r"^\| `(\w+)`( \(required\))? \| .*? \| (.*) \|$", section, re.M)
    ]


@pytest.mark.parametrize("heading", SECTIONS)
def test_each_block_documents_its_keys_as_the_grammar_has_them(heading):
    assert _rows(heading) == [(key.name, key.required, key.help) for key in SECTIONS[heading]]


def test_the_page_has_no_section_for_a_block_that_does_not_exist():
    assert set(re.findall(r"^## `.*`$", PAGE, re.M)) == {heading for heading in SECTIONS if heading.startswith("## `")}


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_is_named(channel):
    assert f"`{channel}`" in PAGE


def test_the_page_names_the_file_of_the_default_rules():
    assert "src/momot/vocabulary/stage_rules.toml" in PAGE
    assert default_rules()


HOW_TO = (Path(__file__).parents[2] / "docs" / "how-to" / "map-your-files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(len(re.findall(r"```toml\n", HOW_TO))))
def test_what_the_guide_shows_is_a_project_file(number):
    shown = re.findall(r"```toml\n(.*?)```", HOW_TO, re.S)[number]
    assert parse(f'name = "Guide"\n{shown}').tables or "[[interactions]]" in shown


def test_the_guide_says_how_many_rows_are_profiled():
    assert f"up to {ROWS:,} rows" in HOW_TO
