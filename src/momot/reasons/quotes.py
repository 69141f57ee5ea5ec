"""Quotes: what somebody wrote, masked, shortened to the sentence that gives the reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from momot.reasons.phrases import judged
from momot.reasons.records import Quote
from momot.reasons.said import Said
from momot.voices.mask import masked
from momot.voices.normalise import sentences
from momot.voices.words import words

QUOTES = 3
_BEST = 90  # characters that read well
_LONGEST = 240
_LOOKED_AT = 400  # texts among which quotes are looked for


def quoted(said: Said, texts: NDArray[np.int64], phrases: Sequence[str], used: Collection[str] = ()) -> tuple[Quote, ...]:
    """Up to `QUOTES` sentences that hold one of `phrases`, of different people, spread over time and wordings; always the same ones.

    Those in `used` only where there are no others.
    """
    found: list[tuple[int, str, int]] = []
    for place in _spread(texts):
        sentence = next(
            (one for one in sentences(said.texts[place], said.languages[place]) if _holds(one, said.languages[place], phrases)), ""
        )
        if sentence:
            found.append((abs(len(sentence) - _BEST), sentence, int(place)))
    return _different(said, found, used)


def quotes_of(said: Said, texts: NDArray[np.int64]) -> tuple[Quote, ...]:
    """Up to `QUOTES` whole texts, where there are too few to say what they have in common."""
    return _different(said, [(abs(len(said.texts[place]) - _BEST), said.texts[place], int(place)) for place in _spread(texts)])


def _spread(texts: NDArray[np.int64]) -> NDArray[np.int64]:
    """So many of the texts, evenly."""
    if len(texts) <= _LOOKED_AT:
        return texts
    return texts[np.linspace(0, len(texts) - 1, _LOOKED_AT).astype(np.int64)]


def _holds(sentence: str, language: str, phrases: Sequence[str]) -> bool:
    said = judged(words(sentence, language), language)
    joined = (f" {' '.join(said)} ", "".join(said))
    return any(f" {phrase} " in joined[0] or (phrase in joined[1] and not phrase.isascii()) for phrase in phrases)


def _different(said: Said, found: list[tuple[int, str, int]], used: Collection[str] = ()) -> tuple[Quote, ...]:
    """The best read ones of different people and words."""
    quotes: list[Quote] = []
    people, wordings = set[int](), set[str]()
    for _, text, place in sorted(found, key=lambda one: (bool(used) and _shown(one[1]) in used, *one)):
        wording = text.lower()[:40]
        if int(said.persons[place]) in people or wording in wordings:
            continue
        people.add(int(said.persons[place]))
        wordings.add(wording)
        shown = _shown(text)
        day = str(said.at[place].astype("datetime64[us]").astype("datetime64[D]"))
        quotes.append(Quote(text=shown, language=said.languages[place], on=day))
        if len(quotes) == QUOTES:
            break
    return tuple(quotes)


def _shown(text: str) -> str:
    shown = masked(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1].rstrip()}…"
