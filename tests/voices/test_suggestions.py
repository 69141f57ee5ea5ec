"""How well suggestions are found without any label, on sentences written for this test.

When the sets were written, before any cue was added for what they showed, F1 was: forum .80, hotel .90, vi .89, et .93, cs .75, id .78,
th .82; and .22 and .64 on the second sets in English, which were written to be hard. The third sets were written when the cues stood: .87
and .90. The bounds below keep what is found now; a set that has been looked at proves no more than that nothing got lost.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from momot.voices.intent import load_intents

HELD = Path(__file__).parent / "held"
BOUNDS = {
    "forum": 0.9,
    "hotel": 0.9,
    "forum2": 0.85,
    "hotel2": 0.85,
    "forum3": 0.85,
    "hotel3": 0.85,
    "vi": 0.9,
    "et": 0.9,
    "cs": 0.9,
    "id": 0.9,
    "th": 0.9,
}


def rows(name: str) -> list[tuple[str, bool]]:
    lines = [line for file in sorted(HELD.glob("suggestions*.txt")) for line in file.read_text("utf-8").splitlines() if line[0] != "#"]
    return [(text, mark == "1") for set_, mark, text in (line.split(" ", 2) for line in lines) if set_ == name]


@pytest.mark.parametrize("name", list(BOUNDS))
def test_suggestions_are_found_without_labels(name):
    held = rows(name)
    assert len(held) >= 60
    language = "en" if name[:5] in ("forum", "hotel") else name
    read = load_intents().read([text for text, _ in held], [language] * len(held), np.zeros(len(held), dtype=np.float32))
    found, true = read.suggestion >= 0.5, np.array([mark for _, mark in held])
    f1 = 2 * (found & true).sum() / (found.sum() + true.sum())
    assert f1 >= BOUNDS[name]
