"""The documentation as its tests see it: pages, fenced blocks, links and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in ("README.md", "AGENTS.md", "CHANGELOG.md", "benchmarks/README.md")))
NO_RUN = re.compile(r"<!-- no-run: (?P<reason>\S.*) -->")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it starts on, and why it is not run (None: it is)."""

    page: Path
    line: int
    language: str
    text: str
    no_run: str | None

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def name(page: Path) -> str:
    """Path of a page within the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[Block]:
    """Fenced blocks of a page in these languages (none given: all), in order."""
    found, lines = [], page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        fence = re.match(r"(?P<indent>\s*)```(?P<language>\w*)", lines[number])
        if fence:
            end = next(later for later in range(number + 1, len(lines)) if lines[later].strip() == "```")
            reason = NO_RUN.fullmatch(lines[number - 1].strip()) if number else None
            text = "\n".join(line.removeprefix(fence["indent"]) for line in lines[number + 1 : end])
            if not languages or fence["language"] in languages:
                found.append(Block(page, number + 1, fence["language"], text, reason["reason"] if reason else None))
            number = end
        number += 1
    return found


def prose(page: Path) -> str:
    """A page without its fenced blocks and code spans."""
    text = re.sub(r"^\s*```.*?^\s*```\s*$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def links(page: Path) -> list[str]:
    """Targets of the Markdown links of a page."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(page))


def anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page, as the Markdown processor makes them."""
    headings = re.findall(r"^#+ +(.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}


def section(page: Path, heading: str) -> str:
    """The text below the heading that begins with `heading`, up to the next heading of its depth. Fails where there is none."""
    found = re.search(
        rf"^(?P<depth>#+) +`?{re.escape(heading)}\b.*?$(?P<text>.*?)(?=^(?P=depth) |\Z)", page.read_text(encoding="utf-8"), re.M | re.S
    )
    assert found, f"{name(page)} has no section {heading!r}"
    return found["text"]
