"""The sentences and phrases that were written for momot: anchors and phrases to train on, held and parallel ones to measure on.

A line of anchors, held and parallel is a mark and a sentence: + praise, - complaint, -! urgent complaint, 0 neither, ? question,
s suggestion, r request. A line of phrases is a mark and phrases between commas. One file a language.
"""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
MARKS = {
    "+": (1.0, "praise", 0.0, 0.0),
    "-": (-1.0, "complaint", 0.0, 0.2),
    "-!": (-1.0, "complaint", 0.0, 1.0),
    "0": (0.0, "other", 0.0, 0.0),
    "?": (0.0, "question", 0.0, 0.1),
    "s": (-0.3, "suggestion", 1.0, 0.1),
    "r": (0.0, "request", 0.1, 0.4),
}
UNSPACED = frozenset({"th", "ja", "zh"})
MARKED = frozenset({"vi", "cs", "et"})  # languages that people also type without their diacritics


class Written(NamedTuple):
    """One sentence of ours. valence: −1, −0.3, 0 or 1."""

    text: str
    language: str
    valence: float
    intent: str
    suggestion: float
    urgency: float


def sentences(folder: str) -> list[Written]:
    """All sentences of a folder (anchors, held, parallel), by language and in the order of the files."""
    return [
        Written(text, path.stem, *MARKS[mark])
        for path in sorted((HERE / folder).glob("*.txt"))
        for mark, text in (line.split(" ", 1) for line in path.read_text("utf-8").splitlines() if line.strip())
    ]


def phrases() -> list[tuple[str, str, float]]:
    """Phrases with language and valence."""
    return [
        (phrase.strip(), path.stem, MARKS[mark][0])
        for path in sorted((HERE / "phrases").glob("*.txt"))
        for mark, line in (line.split(" ", 1) for line in path.read_text("utf-8").splitlines() if line.strip())
        for phrase in line.split(", ")
    ]


def mixed(times: int, seed: int) -> list[tuple[str, str, float]]:
    """Phrases and sentences joined with others of their language and valence, as people string them together."""
    rng, told, said = random.Random(seed), phrases(), [row for row in sentences("anchors") if row.valence in (1.0, -1.0, 0.0)]  # noqa: S311
    by_phrase: dict[tuple[str, float], list[str]] = {}
    by_sentence: dict[tuple[str, float], list[str]] = {}
    for text, language, valence in told:
        by_phrase.setdefault((language, valence), []).append(text)
    for row in said:
        by_sentence.setdefault((row.language, row.valence), []).append(row.text)
    found = []
    for text, language, valence in told:
        for _ in range(times):
            joint = " " if language in UNSPACED else rng.choice([", ", ". ", " , ", "! ", " "])
            kind = rng.random()
            if kind < 0.35:
                parts = [text, rng.choice(by_phrase[language, valence])]
            elif kind < 0.55:
                parts = [text, rng.choice(by_phrase[language, valence]), rng.choice(by_phrase[language, valence])]
            else:
                parts = [text, rng.choice(by_sentence[language, valence])][:: 1 if kind < 0.8 else -1]
            line = joint.join(parts)
            line = line[0].upper() + line[1:] if rng.random() < 0.3 else line
            line += rng.choice([".", "!", "...", " .", "!!"]) if rng.random() < 0.3 and language not in UNSPACED else ""
            found.append((line, language, valence))
    for row in said:
        for _ in range(2):
            found.append((f"{row.text} {rng.choice(by_sentence[row.language, row.valence])}", row.language, row.valence))
        if row.valence:
            found.append((f"{rng.choice(by_sentence[row.language, 0.0])} {row.text}", row.language, row.valence))
    return found


def bare(text: str) -> str:
    """Without diacritics, as on a phone without the right keyboard."""
    spread = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))
