"""Words of pages: times as people read them, and messages of lower layers without the paths of the machine, in the reader's language.

A lower layer writes English. What carries its pattern (`Message`) or is recognised by one is said anew; the rest stays English, and is
marked so for whoever has the page read aloud or translated.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from momot.errors import MomotError
from momot.findings.labels import printable
from momot.findings.numbers import percent
from momot.findings.sentences import sentence
from momot.findings.told import marked
from momot.findings.told_patterns import PATTERNS
from momot.language import ENGLISH, Language, Message

LONGEST_TEXT = 600
WORKING: tuple[str, ...] = (
    "starting",
    "Stopped. The previous build and runs are as they were.",
    "It was stopped from outside, or the machine went down. The previous build and runs are as they were.",
    "An error of momot itself: {name}.",
    "looking at the people and episodes asked about",
    "looking at every question",
    "looking at interactions {n}",
    "interactions {n}",
    "interactions {n}, what is new",
    "subjects {n}",
    "opinions {n}",
    "texts {n}",
    "outcome {name}",
    "reading {name}",
    "running [tables] {name}",
    "tying ids",
    "journeys",
    "journeys, part {n}",
    "facts of the journeys",
    "ordering the parts",
    "ordering part {n}",
    "ordering what is new in part {n}",
    "nothing changed",
    "built {n} rows",
    "{name}: credit",
    "did it work: {n} changes",
    "{name}: panel design",
    "{name}: episode design",
    "{name}: survey design",
    "{name}: snapshot design",
    "{name}: experiment design",
)
"""What a job says of itself, in its file: how far it is, and how it ended."""
KNOWN = (*WORKING, *PATTERNS)


def when(instant: str | None, language: Language = ENGLISH) -> str:
    """`2026-11-28 14:05 UTC`, the day as the language writes it; nothing where there is none."""
    if not instant:
        return ""
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return printable(instant, 40)
    return f"{language.day(at.date().isoformat())} {at:%H:%M} UTC"


def said(text: str, language: Language) -> str:
    """A sentence of the findings, as much of it as there is room for."""
    return marked(printable(sentence(text), LONGEST_TEXT), language, KNOWN)


def failure(error: MomotError, language: Language, home: Path) -> str:
    """What went wrong, for a page; markup where it stays English."""
    message = error.args[0] if error.args else ""
    if isinstance(message, Message):
        return message.said(language)
    return said(without_paths(str(error), home).removeprefix("momot.toml: "), language)


def share_ends(low: float, high: float, language: Language) -> str:
    """The interval of a share in per cent: `17 % to 21 %`."""
    return language.say("{low} to {high}", low=percent(low, language=language), high=percent(high, language=language))


def without_paths(text: str, home: Path) -> str:
    """A message that names files of the project as the project does: where it lies on the machine is nobody's business."""
    for folder in (home, home.absolute()):
        if str(folder) not in (".", "/", ""):
            text = text.replace(f"{folder}/", "").replace(str(folder), "the project")
    return text
