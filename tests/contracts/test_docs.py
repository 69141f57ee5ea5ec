"""The documentation says what is true: links lead somewhere, its configuration is complete, every closed word and layer is on its page."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from momot import project, vocabulary
from tests.contracts.docs_pages import DOCS, PAGES, ROOT, anchors, blocks, links, name, section


def test_every_page_is_there() -> None:
    assert [name(page) for page in PAGES if not page.is_file()] == []


def test_the_files_that_agents_are_sent_to_exist() -> None:
    text = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+/[\w/.-]*)`", text)) | set(re.findall(r"^  ([a-z_]+/|[a-z_]+\.py) ", text, re.MULTILINE))
    named -= {"docs/decisions/NNNN-title.md"}  # the shape of a name
    assert len(named) > 20
    assert [path for path in named if not any((base / path).exists() for base in (ROOT, ROOT / "src" / "momot", ROOT / "tests"))] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} does not exist"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def nav(entries: object) -> list[str]:
    if isinstance(entries, str):
        return [entries]
    values = entries.values() if isinstance(entries, dict) else entries
    return [page for value in values for page in nav(value)]


def test_the_navigation_holds_every_page_once() -> None:
    config = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    listed = nav(config["nav"])
    there = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    decisions = {page for page in there if page.startswith("decisions/0")}  # listed by their index
    assert sorted(listed) == sorted(there - decisions)


def test_built_pages_fetch_nothing_from_elsewhere() -> None:
    config = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    assert config["theme"]["font"] is False
    assert "extra_javascript" not in config
    assert "analytics" not in config.get("extra", {})
    assert all(block.language != "mermaid" for page in PAGES for block in blocks(page)), "diagrams would load a script"


WORDS = {
    "Stages": vocabulary.STAGES,
    "Channels": vocabulary.CHANNELS,
    "Qualities": vocabulary.QUALITIES,
    "Verdicts": vocabulary.VERDICTS,
    "Labels": vocabulary.LABELS,
    "Contrasts": vocabulary.CONTRASTS,
    "Checks": (*vocabulary.CHECKS, "pass", "review", "fail", "skipped"),
    "Rules of refusal": vocabulary.RULES,
    "Rules of unanswerable questions": vocabulary.UNANSWERABLE,
    "Readings of credit": vocabulary.CREDIT_READINGS,
    "Why there is no credit": vocabulary.CREDIT_ABSENT_RULES,
    "Verdicts on a cost": vocabulary.COST_VERDICTS,
    "Codes of rejected rows": vocabulary.REJECTIONS,
}


@pytest.mark.parametrize("heading", WORDS)
def test_the_page_of_words_lists_exactly_the_closed_words(heading: str) -> None:
    listed = re.findall(r"(?:^\| |^|, |and |is |or )`([^`]+)`", section(DOCS / "reference" / "words.md", heading), re.MULTILINE)
    assert set(listed) == set(WORDS[heading])


def test_the_page_of_the_architecture_lists_the_layers_of_the_linter() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    linted = [sorted(re.findall(r"\w+", layer)) for layer in layers]
    page = section(DOCS / "explanation" / "architecture.md", "Layers")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert [sorted(re.findall(r"`(\w+)`", row)) for row in rows] == linted


# The reference and the mapping page show fragments; tests/project holds them to the grammar.
WITH_PROJECT = [page for page in PAGES if blocks(page, "toml") and page.name.startswith("ask-")]
TUTORIAL = DOCS / "tutorials" / "from-raw-files-to-a-finding.md"


def test_the_tutorial_quotes_the_project_file_of_the_shop() -> None:
    shop = tomllib.loads(resources.files("momot.worlds.orders").joinpath("shop.toml").read_text(encoding="utf-8"))
    quoted = [tomllib.loads(block.text) for block in blocks(TUTORIAL, "toml")]
    assert quoted
    assert all(one in shop[name] for quote in quoted for name, listed in quote.items() for one in listed)


@pytest.mark.parametrize("page", WITH_PROJECT, ids=name)
def test_the_project_file_of_a_page_loads(page: Path, tmp_path: Path) -> None:
    """All TOML blocks of one page together are a project file."""
    text = "\n".join(block.text for block in blocks(page, "toml"))
    header = "" if re.search(r"^name = ", text, re.MULTILINE) else 'name = "Docs"\n'
    (tmp_path / "momot.toml").write_text(header + text, encoding="utf-8")
    loaded = project.load(tmp_path)
    assert loaded.interactions or loaded.wide or loaded.subjects
