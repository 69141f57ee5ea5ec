"""Candidate phrases: one to three words of a sentence, once a text, in the language they were said in."""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from momot.voices.normalise import sentences
from momot.voices.words import stop_words, words

LONGEST = 3
"""Words of a phrase."""
_BUCKETS = 1 << 22
_NUMBER = re.compile(r"[\d\W_]*")
_UNDIVIDED = ("th", "ja", "zh", "lo", "km", "my")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases that enough texts have. `texts[starts[i]:starts[i + 1]]` are the texts (sorted, each once) that have phrase i."""

    phrases: Sequence[str]
    languages: Sequence[str]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.phrases)

    def of(self, phrase: int) -> NDArray[np.int32]:
        """The texts that have it."""
        return self.texts[self.starts[phrase] : self.starts[phrase + 1]]


def phrases_of(texts: Sequence[str], languages: Sequence[str], *, least: int, ignore: Collection[str] = ()) -> Phrases:
    """The phrases that at least `least` texts have, by language. `ignore`: words that take no part.

    Two passes: the first counts hashes, so that phrases which few texts have are never held. A collision lets one of these through to the
    exact count of the second.
    """
    left_out = frozenset(word.lower() for word in ignore)
    counts = np.zeros(_BUCKETS, dtype=np.int32)
    for text, language in zip(texts, languages, strict=True):
        np.add.at(counts, [_bucket(language, phrase) for phrase in set(said_phrases(text, language, left_out))], 1)
    numbers: dict[tuple[str, str], int] = {}
    found: list[NDArray[np.int32]] = []
    places: list[NDArray[np.int32]] = []
    for place, (text, language) in enumerate(zip(texts, languages, strict=True)):
        here = [
            numbers.setdefault((language, phrase), len(numbers))
            for phrase in sorted(set(said_phrases(text, language, left_out)))
            if counts[_bucket(language, phrase)] >= least
        ]
        found.append(np.array(here, dtype=np.int32))
        places.append(np.full(len(here), place, dtype=np.int32))
    every = np.concatenate(found) if found else np.empty(0, dtype=np.int32)
    order = np.argsort(every, kind="stable")
    held = np.bincount(every, minlength=len(numbers))
    kept = np.flatnonzero(held >= least)
    sorted_places = (np.concatenate(places) if places else np.empty(0, dtype=np.int32))[order]
    ends = np.cumsum(held)
    listed = list(numbers)
    pieces = [sorted_places[ends[one] - held[one] : ends[one]] for one in kept]
    return Phrases(
        phrases=[listed[one][1] for one in kept],
        languages=[listed[one][0] for one in kept],
        starts=np.concatenate([[0], np.cumsum(held[kept])]).astype(np.int64),
        texts=np.concatenate(pieces) if pieces else np.empty(0, dtype=np.int32),
    )


def evaluative(language: str) -> frozenset[str]:
    """Words that only say good or bad, which is no reason; empty for a language without a list."""
    return _evaluative().get(language, frozenset())


@cache
def _evaluative() -> dict[str, frozenset[str]]:
    return _listed("evaluative")


@cache
def _empty(language: str) -> frozenset[str]:
    """Words at which a phrase neither begins nor ends."""
    kept = _negations().get(language, frozenset())
    return stop_words(language) - kept


@cache
def _negations() -> dict[str, frozenset[str]]:
    return _listed("negations")


def _listed(name: str) -> dict[str, frozenset[str]]:
    """Words by language, of a file beside this one."""
    read = tomllib.loads(files("momot.reasons").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    return {language: frozenset(given.split()) for language, given in read.items()}


def said_phrases(text: str, language: str, left_out: Collection[str]) -> Iterator[str]:
    """Every phrase of a text, repetitions included."""
    empty, judging, denying = _empty(language), evaluative(language), _negations().get(language, frozenset())
    joint = "" if language in _UNDIVIDED else " "
    for sentence in sentences(text, language):
        said = words(sentence, language)
        edge = [word not in empty and word not in left_out and not _NUMBER.fullmatch(word) for word in said]
        for start, begins in enumerate(edge):
            if not begins:
                continue
            for end in range(start + 1, min(start + LONGEST, len(said)) + 1):
                if said[end - 1] in left_out:
                    break
                if edge[end - 1] and not all(
                    word in judging or word in empty or word in denying or len(word) < 2 for word in said[start:end]
                ):
                    yield joint.join(said[start:end])


def _bucket(language: str, phrase: str) -> int:
    return zlib.crc32(f"{language}:{phrase}".encode()) % _BUCKETS
