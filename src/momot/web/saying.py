"""Words of pages: times as people read them, and messages without the paths of the machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from momot.findings.labels import printable
from momot.findings.sentences import sentence
from momot.language import ENGLISH, Language

LONGEST_TEXT = 600


def when(instant: str | None, language: Language = ENGLISH) -> str:
    """`2026-11-28 14:05 UTC`, the day as the language writes it; nothing where there is none."""
    if not instant:
        return ""
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return printable(instant, 40)
    return f"{language.day(at.date().isoformat())} {at:%H:%M} UTC"


def said(text: str) -> str:
    """A sentence of the findings, as much of it as there is room for."""
    return printable(sentence(text), LONGEST_TEXT)


def without_paths(text: str, home: Path) -> str:
    """A message that names files of the project as the project does: where it lies on the machine is nobody's business."""
    for folder in (home, home.absolute()):
        if str(folder) not in (".", "/", ""):
            text = text.replace(f"{folder}/", "").replace(str(folder), "the project")
    return text
