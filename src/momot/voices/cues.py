"""Words by which people suggest, ask, press, complain and praise, per language, found in a text in one pass over its words.

The words themselves lie in cues.toml, so that adding a language is adding a table. A cue is looked up by its first word; languages that
are written without spaces are searched for the letters as they stand.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

KINDS: Final = (
    "suggestion",
    "maybe_suggestion",
    "not_suggestion",
    "request",
    "question",
    "not_question",
    "urgent",
    "maybe_urgent",
    "complaint",
    "praise",
)
FALLBACK: Final = "en"
ALIKE: Final = {"ms": "id", "sk": "cs", "gl": "pt", "be": "ru", "nn": "no", "nb": "no"}
"""Languages without a table of their own that are read by the table of one that shares many words."""
UNSPACED: Final = frozenset({"th", "ja", "zh", "ko", "hi"})
"""Searched for letters: no spaces, endings glued to words, or vowels that are marks."""
_GAP: Final = "…"
_REACH: Final = 4
_STEM: Final = 3
_TOKEN: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[.!?;,:\n…؟¿。！？]")
_PART: Final = re.compile(r"[\w*|'-]+|[.!?;,:¿…]")
_ENDS: Final = frozenset(".!?;:\n…؟。！？")
_PAUSES: Final = _ENDS | {",", "¿"}
_JOINS: Final = frozenset({"but", "so", "just", "also", "please", "definitely", "always"})
"""Words that may stand before an imperative."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue.

    number: within its language; parts: of each the words it may be, "*" being any piece, or a gap; opening: only where a sentence or a part
    of one begins.
    """

    number: int
    kind: str
    parts: tuple[tuple[str, ...], ...]
    opening: bool


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one language. words and stems: by the first word or its first letters; letters: of unspaced languages, by kind."""

    words: Mapping[str, tuple[Cue, ...]]
    stems: Mapping[str, tuple[Cue, ...]]
    letters: tuple[tuple[str, tuple[str, ...]], ...]

    def found(self, text: str) -> dict[str, int]:
        """How many different cues of each kind a normalised text holds; kinds without one are left out."""
        lowered = text.lower().replace("’", "'")
        if self.letters:
            counted = {kind: sum(cue in lowered for cue in held) for kind, held in self.letters}
            return {kind: count for kind, count in counted.items() if count}
        tokens = _TOKEN.findall(lowered)
        seen: dict[int, str] = {}
        before = "."
        for place, token in enumerate(tokens):
            for cue in (*self.words.get(token, ()), *self.stems.get(token[:_STEM], ())):
                if cue.number in seen or (cue.opening and not _opens(cue.kind, before)):
                    continue
                if (len(cue.parts) == 1 and token in cue.parts[0]) or _holds(cue, tokens, place):
                    seen[cue.number] = cue.kind
            before = token
        counts: dict[str, int] = {}
        for kind in seen.values():
            counts[kind] = counts.get(kind, 0) + 1
        return counts


def cues(language: str) -> Cues:
    """The cues of a language, of one that is alike, or of English."""
    held = _tables()
    return held.get(language) or held.get(ALIKE.get(language, "")) or held[FALLBACK]


def languages_with_cues() -> tuple[str, ...]:
    """Languages that have a table of their own."""
    return tuple(sorted(_tables()))


def cues_fingerprint() -> str:
    """Another one where a cue is."""
    return hashlib.sha256(_source()).hexdigest()[:16]


def _opens(kind: str, before: str) -> bool:
    return before in _ENDS if kind == "question" else before in _PAUSES or before in _JOINS


def _holds(cue: Cue, tokens: Sequence[str], place: int) -> bool:
    at, count = place, len(tokens)
    reach = 0
    for part in cue.parts:
        if part == (_GAP,):
            reach = _REACH
            continue
        while at < count and not _is(tokens[at], part):
            if not reach or tokens[at] in _ENDS:
                return False
            at += 1
            reach -= 1
        if at >= count:
            return False
        at += 1
        reach = 0
    return not reach or (at < count and tokens[at] not in _ENDS)


def _is(token: str, part: tuple[str, ...]) -> bool:
    if token in part:
        return True
    for written in part:
        before, star, after = written.partition("*")
        if star and token.startswith(before) and token.endswith(after):
            return True
    return False


def _made(language: str, table: Mapping[str, Sequence[str]]) -> Cues:
    if language in UNSPACED:
        stripped = {kind: tuple(dict.fromkeys(cue.replace(_GAP, "").strip() for cue in table.get(kind, ()))) for kind in KINDS}
        return Cues({}, {}, tuple((kind, held) for kind, held in stripped.items() if held))
    words: dict[str, list[Cue]] = {}
    stems: dict[str, list[Cue]] = {}
    number = 0
    for kind in KINDS:
        for written in dict.fromkeys(table.get(kind, ())):
            parts = tuple(tuple(part.split("|")) for part in _PART.findall(written))
            cue = Cue(number, kind, parts, written.startswith("^"))
            number += 1
            for first in parts[0]:
                held, key = (stems, first[:_STEM]) if "*" in first else (words, first)
                held.setdefault(key, []).append(cue)
    return Cues({key: tuple(held) for key, held in words.items()}, {key: tuple(held) for key, held in stems.items()}, ())


@lru_cache(maxsize=1)
def _source() -> bytes:
    return (resources.files("momot.voices") / "cues.toml").read_bytes()


@lru_cache(maxsize=1)
def _tables() -> dict[str, Cues]:
    return {language: _made(language, table) for language, table in tomllib.loads(_source().decode("utf-8")).items()}
