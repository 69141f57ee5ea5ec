"""The code on the pages is real.

Python blocks run; shell blocks name commands and options that exist; README and tutorial print what they say they print. A Python block
that cannot run is preceded by `<!-- no-run: why -->`. A `text` block that follows a shell block is compared with what its commands print;
`UPDATE_DOCS=1 make test ARGS="-k prints_what"` writes it anew.
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import momot
from momot import cli
from momot.cli.commands import momot as commands
from tests.contracts.docs_pages import DOCS, PAGES, ROOT, Block, blocks, name

TOLD_BY = ("sh", "python", "text")
LOG = DOCS / "tutorials" / "from-an-event-log-to-a-finding.md"
PYTHON = [page for page in PAGES if blocks(page, "python") and page != LOG]
SHELL = [block for page in PAGES for block in blocks(page, "sh", "shell", "bash", "console")]
TOLD = [page for page in (ROOT / "README.md", DOCS / "tutorials" / "from-raw-files-to-a-finding.md") if page.is_file()]


@pytest.fixture(scope="module")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop, built; made once for each worker."""
    home = tmp_path_factory.mktemp("docs") / "demo-shop"
    momot.demo(home)
    return home


@pytest.fixture
def here(demo_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current folder with `demo-shop/` in it."""
    shutil.copytree(demo_shop, tmp_path / "demo-shop")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PYTHON, ids=name)
def test_python_blocks_run(page: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The blocks of a page share their names, as they do for its reader; a `text` block after one is what it prints."""
    names: dict[str, object] = {}
    told = blocks(page, *TOLD_BY)
    for number, block in enumerate(told):
        if block.language == "python" and block.no_run is None:
            capsys.readouterr()
            exec(compile(block.text, str(block), "exec"), names)
            compare(page, number + 1, capsys.readouterr().out)


def command_lines(block: Block) -> list[list[str]]:
    """The `momot …` and `make …` lines of a shell block as words, without comments, prompts and redirections."""
    found = []
    for line in re.sub(r"\\\n", " ", block.text).splitlines():
        for part in re.split(r"\s(?:&&|\||;)\s", line.strip().removeprefix("$ ")):
            words = shlex.split(part, comments=True)
            if words and Path(words[0]).name == "momot":
                end = next((place for place, word in enumerate(words) if word.startswith((">", "2>"))), len(words))
                found.append(words[1:end])
    return found


@pytest.mark.parametrize("block", [block for block in SHELL if command_lines(block)], ids=str)
def test_commands_in_shell_blocks_exist_with_their_options(block: Block) -> None:
    for words in command_lines(block):
        if words and words[0].startswith("-"):
            assert words[0] in {"--help", "-h", "--version"}
            continue
        command = commands.commands[words[0]]
        if "--help" in words or "-h" in words:
            continue
        parser = command.make_parser(click.Context(command, info_name=words[0]))
        parser.parse_args(words[1:])  # raises where an option does not exist


@pytest.mark.parametrize("page", TOLD, ids=name)
def test_a_page_prints_what_it_says_it_prints(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands are run in the order of the page, beside the raw shop; `make demo` runs `momot demo` in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    momot.worlds.shop(tmp_path / "demo-shop")
    compared = 0
    told = blocks(page, *TOLD_BY)
    for number, (block, following) in enumerate(itertools.pairwise(told)):
        if block.language != "sh" or following.language != "text":
            continue
        printed = ""
        for words in [["demo", "demo-shop"]] if "make demo" in block.text else command_lines(block):
            capsys.readouterr()
            code = cli.run(words)
            output = capsys.readouterr()
            assert code in (0, 1), output.err
            printed += output.out
        compare(page, number + 1, printed)
        compared += 1
    assert compared


def test_the_tutorial_on_an_event_log_prints_what_it_says_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From an empty folder, Python and commands in the order of the page; what it quotes of the project file is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    names: dict[str, object] = {}
    told = blocks(LOG, *TOLD_BY)
    for number, block in enumerate(told):
        capsys.readouterr()
        if block.language == "python":
            exec(compile(block.text, str(block), "exec"), names)
        elif block.language == "sh" and number + 1 < len(told) and told[number + 1].language == "text":
            assert [cli.run(words) for words in command_lines(block)] == [0]
        else:
            continue
        compare(LOG, number + 1, capsys.readouterr().out)
    project = tomllib.loads((tmp_path / "web-shop" / "momot.toml").read_text(encoding="utf-8"))
    for quoted in (tomllib.loads(block.text) for block in blocks(LOG, "toml")):
        for key, value in quoted.items():
            wanted, there = (value, project[key]) if isinstance(value, list) else (value.items(), project[key].items())
            assert all(one in there for one in wanted), f"[{key}] of the page is not in the project file"


def compare(page: Path, number: int, printed: str) -> None:
    """Hold the block with this number, if it is one of text, to what was printed; or write it anew."""
    told = blocks(page, *TOLD_BY)
    if number >= len(told) or told[number].language != "text":
        return
    if os.environ.get("UPDATE_DOCS"):
        rewrite(page, number, tidy(printed))
    else:
        assert tidy(printed) == tidy(told[number].text), f"{told[number]}: UPDATE_DOCS=1 writes it anew"


def rewrite(page: Path, number: int, text: str) -> None:
    """Put `text` into the block with this number."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = blocks(page, *TOLD_BY)[number].line
    page.write_text("\n".join([*lines[:start], *text.splitlines(), *lines[lines.index("```", start) :]]) + "\n", encoding="utf-8")


def tidy(text: str) -> str:
    """Without spaces at the ends of lines and empty lines around."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
