"""The page on reading findings tells what to do about every check and every verdict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from momot.findings.labels import VERDICT_WORDS
from momot.vocabulary import CheckName

PAGE = "docs/how-to/read-a-finding.md"


def test_every_check_has_its_row_with_what_to_do(root: Path) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", (root / PAGE).read_text(encoding="utf-8"), re.M))
    assert list(rows) == list(get_args(CheckName))
    assert all(len(action) > 5 for action in rows.values())


def test_every_verdict_is_told(root: Path) -> None:
    text = (root / PAGE).read_text(encoding="utf-8")
    for words in VERDICT_WORDS.values():
        assert f"| {words} |" in text
