"""What a name hints at: words of many languages, kept as data in `vocabulary/name_hints.toml`. A hint is never enough to fill a role."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from importlib import resources

_JOINED_ID = re.compile(r"(?<=[a-z]{3})id$")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name: split at capitals, digits and marks, in lower case, without accents; `userid` is "user", "id"."""
    spaced = _WORD_STARTS.sub(" ", name)
    plain = _plain(spaced)
    words = (word for word in re.split(r"[\W_]+", plain) if word)
    return tuple(part for word in words for part in _JOINED_ID.sub(" id", word).split())


def hints_at(name: str, role: str) -> bool:
    """Whether `name` holds a word of the role."""
    words = words_of(name)
    return any(_stands_in(stem, words, name) for stem in stems(role))


def count_hints(name: str, role: str) -> int:
    """How many words of `name` hint at the role; all of them do where this is the number of its words."""
    return sum(any(_matches(stem, word) for stem in stems(role) if " " not in stem) for word in words_of(name))


@functools.cache
def stems(role: str) -> tuple[str, ...]:
    """The words of a role, normalised as names are."""
    return tuple(dict.fromkeys(("=" if stem.startswith("=") else "") + _plain(stem.lstrip("=")) for stem in _vocabulary()[role]))


@functools.cache
def _vocabulary() -> dict[str, list[str]]:
    text = resources.files("momot.vocabulary").joinpath("name_hints.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))


def _plain(text: str) -> str:
    """Lower case without accents; scripts whose marks are letters (Thai) keep them."""
    if _UNSPACED.search(text):
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("đ", "d").replace("ł", "l").replace("ß", "ss").replace("ı", "i"))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _stands_in(stem: str, words: Sequence[str], name: str) -> bool:
    if _UNSPACED.search(stem):
        return stem in name.lower()
    parts = stem.lstrip("=").split()
    if len(parts) == 1:
        return any(_matches(stem, word) for word in words)
    return any(tuple(words[at : at + len(parts)]) == tuple(parts) for at in range(len(words) - len(parts) + 1))


def _matches(stem: str, word: str) -> bool:
    exact = stem.startswith("=")
    stem = stem.lstrip("=")
    return word == stem if exact or len(stem) <= 3 else word.startswith(stem)
