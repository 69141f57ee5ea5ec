"""Themes: reasons and aspects as the places of the texts that speak of them, to be compared and followed over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from momot.reasons.duplicates import originals
from momot.reasons.merge import groups
from momot.reasons.mined import FEW, mine
from momot.reasons.phrases import Phrases, phrases_of, said_phrases
from momot.reasons.quotes import quoted
from momot.reasons.records import Mined, Phrase, Reason, Theme
from momot.reasons.said import Said
from momot.reasons.trends import halves
from momot.stats.intervals import interval
from momot.stats.shares import wilson
from momot.voices.encoder import Encoder

Integers = NDArray[np.int64]
THEMES = 20
LEAST = 5
COMMON = 0.005
"""Texts, and share of them, that a theme has at least."""
NEW = 0.1
"""A theme is new where, before, at most this share of how often it is said now was said."""


def places_of(said: Said, reasons: Sequence[Reason | Theme], ignore: Collection[str] = ()) -> dict[str, Integers]:
    """By name of each reason the places of all texts that give it, in whatever words of it."""
    reason_of: dict[tuple[str, str], int] = {}
    for number, reason in enumerate(reasons):
        for phrase in reason.phrases:
            reason_of.setdefault((phrase.language, phrase.phrase), number)
    found: list[list[int]] = [[] for _ in reasons]
    spoken = {language for language, _ in reason_of}
    left_out = frozenset(word.lower() for word in ignore)
    for place, (text, language) in enumerate(zip(said.texts, said.languages, strict=True)):
        if language in spoken:
            here = {reason_of.get((language, phrase)) for phrase in said_phrases(text, language, left_out)}
            for one in here:
                if one is not None:
                    found[one].append(place)
    return {reason.phrase: np.array(places, dtype=np.int64) for reason, places in zip(reasons, found, strict=True) if places}


def common_themes(said: Said, *, encoder: Encoder | None = None, ignore: Collection[str] = ()) -> tuple[Theme, ...]:
    """What most people speak of, each person and near-duplicate once; empty where fewer than `FEW` texts say anything."""
    return tuple(theme for theme, _ in themes_behind(said, encoder=encoder, ignore=ignore))


def themes_behind(said: Said, *, encoder: Encoder | None = None, ignore: Collection[str] = ()) -> tuple[tuple[Theme, Integers], ...]:
    """The same, each with the places in `said` of the texts that speak of it."""
    first = originals(said.texts, said.languages)
    kept = [place for place in np.flatnonzero(first == np.arange(len(said))).tolist() if said.texts[place]]
    if len(kept) < FEW:
        return ()
    least = max(LEAST, round(COMMON * len(kept)))
    phrases = phrases_of([said.texts[place] for place in kept], [said.languages[place] for place in kept], least=least, ignore=ignore)
    persons, value = said.persons[kept], said.value[kept]
    people = np.array([len(np.unique(persons[phrases.of(one)])) for one in range(len(phrases))], dtype=np.int64)
    # two words say more than one: of a phrase and a part of it that few say otherwise, the phrase is the theme
    ranked = np.lexsort((np.arange(len(people)), -people)).tolist()
    found = groups(phrases, ranked, np.zeros(len(phrases)), encoder=encoder, most=2 * THEMES)
    told = [_theme(said, group, phrases, np.array(kept, dtype=np.int64), persons, value) for group in found]
    ordered = sorted(told, key=lambda one: (-one[0].people, one[0].phrase))[:THEMES]
    return tuple((replace(theme, rank=rank), places) for rank, (theme, places) in enumerate(ordered, 1))


def _theme(
    said: Said, group: Sequence[int], phrases: Phrases, kept: Integers, persons: Integers, value: NDArray[np.float64]
) -> tuple[Theme, Integers]:
    """A theme as yet without a rank, and the places of the texts that speak of it."""
    inside = np.unique(np.concatenate([phrases.of(one) for one in group]))
    people, of = len(np.unique(persons[inside])), len(np.unique(persons))
    low, high = wilson(people, of)
    mean = _mean(value[inside], persons[inside])
    wordings = tuple(Phrase(phrase=phrases.phrases[one], language=phrases.languages[one], texts=len(phrases.of(one))) for one in group)
    told = Theme(
        rank=0, phrase=wordings[0].phrase, phrases=wordings, people=people, share=people / of, low=low, high=high,
        value=mean[0], value_low=mean[1], value_high=mean[2], quotes=quoted(said, kept[inside], [one.phrase for one in wordings]),
    )  # fmt: skip
    return told, kept[inside]


def _mean(value: NDArray[np.float64], persons: Integers) -> tuple[float | None, float | None, float | None]:
    """The mean of what is known with its interval, people as clusters; the interval is None where all is said by one, or alike."""
    known = ~np.isnan(value)
    if not known.any():
        return None, None, None
    mean = float(value[known].mean())
    _, group = np.unique(persons[known], return_inverse=True)
    scores = np.bincount(group, weights=value[known] - mean)
    number = len(scores)
    error = float(np.sqrt((scores**2).sum() * number / max(number - 1, 1)) / known.sum())
    found = interval(mean, error, number - 1.0) if number > 1 and error > 0 else None
    return mean, found.low if found else None, found.high if found else None


def new_themes(said: Said, *, encoder: Encoder | None = None, ignore: Collection[str] = ()) -> Mined:
    """What is said in the later half of the time and was hardly said before it: phrases of the later half against the earlier one."""
    if not len(said):
        return mine(said, "new_theme", side=np.zeros(0, dtype=bool), other=np.zeros(0, dtype=bool))
    (first, middle), (_, last) = halves(said.at)
    late, early = (said.at >= middle) & (said.at < last), (said.at >= first) & (said.at < middle)
    found = mine(said, "new_theme", encoder=encoder, ignore=ignore, side=late, other=early)
    new = [reason for reason in found.reasons if reason.share_other <= NEW * reason.share]
    return replace(found, reasons=tuple(replace(reason, rank=rank) for rank, reason in enumerate(new, 1)))
