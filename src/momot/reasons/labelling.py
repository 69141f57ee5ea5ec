"""Which texts to label: those of which a label teaches most."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from msgspec import Struct

from momot.reasons.duplicates import originals
from momot.reasons.heard import Heard
from momot.voices.columns import POLARITIES
from momot.voices.mask import masked


class ToLabel(Struct, frozen=True, kw_only=True):
    """One text to label, masked; `guess` is what it is read as now."""

    text: str
    language: str
    guess: str
    valence: float


def most_telling(heard: Heard, most: int, *, labelled: Collection[str]) -> tuple[ToLabel, ...]:
    """Up to `most` texts, none that is in `labelled`: half of them the least certain, half drawn by chance (Lewis & Gale 1994).

    Those drawn by chance let the labels also measure. Languages take turns; near-duplicates count once.
    """
    texts, spoken = heard.said.texts, heard.said.languages
    first = originals(texts, spoken)
    usable = [
        place for place in np.flatnonzero(first == np.arange(len(texts))).tolist() if texts[place] and masked(texts[place]) not in labelled
    ]
    doubtful = sorted(usable, key=lambda place: (abs(float(heard.valence[place])), int(heard.ids[place])))
    drawn = sorted(usable, key=lambda place: int(heard.ids[place]))  # ids are hashes
    chosen: dict[int, None] = {}
    for order in (_in_turn(doubtful, spoken), _in_turn(drawn, spoken)):
        wanted = len(chosen) + (most + 1) // 2
        for place in order:
            if len(chosen) >= min(wanted, most):
                break
            chosen.setdefault(int(place))
    return tuple(
        ToLabel(
            text=masked(texts[place]),
            language=spoken[place],
            guess=POLARITIES[int(heard.polarity[place]) + 1],
            valence=round(float(heard.valence[place]), 4),
        )
        for place in chosen
    )


def _in_turn(places: list[int], languages: Sequence[str]) -> list[int]:
    """One of each language, then the next of each."""
    turns: dict[str, int] = {}
    keyed = []
    for rank, place in enumerate(places):
        language = languages[place]
        turns[language] = turns.get(language, -1) + 1
        keyed.append((turns[language], rank, place))
    return [place for _, _, place in sorted(keyed)]
