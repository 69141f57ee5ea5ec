"""Which texts to label: those of which a label teaches most."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from msgspec import Struct

from momot.reasons.duplicates import originals
from momot.reasons.heard import Heard
from momot.reasons.said import SUGGESTS
from momot.voices.calibrate import LABELS, HeadName
from momot.voices.mask import masked


class ToLabel(Struct, frozen=True, kw_only=True):
    """One text to label, masked; `guess` is what it is read as now, a label of the head that is asked for."""

    text: str
    language: str
    guess: str
    valence: float  # −1 to 1
    suggestion: float  # 0 to 1


def most_telling(heard: Heard, most: int, *, labelled: Collection[str], head: HeadName = "valence") -> tuple[ToLabel, ...]:
    """Up to `most` texts, none that is in `labelled`: half of them those of which `head` is least certain, half drawn by chance.

    Those drawn by chance let the labels also measure (uncertainty sampling: Lewis & Gale 1994). Languages take turns; near-duplicates count
    once.
    """
    texts, spoken = heard.said.texts, heard.said.languages
    first = originals(texts, spoken)
    usable = [
        place for place in np.flatnonzero(first == np.arange(len(texts))).tolist() if texts[place] and masked(texts[place]) not in labelled
    ]
    certain = np.abs(heard.valence if head == "valence" else heard.said.suggestion - SUGGESTS)
    doubtful = sorted(usable, key=lambda place: (float(certain[place]), int(heard.ids[place])))
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
            guess=_guess(heard, place, head),
            valence=round(float(heard.valence[place]), 4),
            suggestion=round(float(heard.said.suggestion[place]), 4),
        )
        for place in chosen
    )


def _guess(heard: Heard, place: int, head: HeadName) -> str:
    code = int(heard.polarity[place]) + 1 if head == "valence" else int(heard.said.suggestion[place] >= SUGGESTS)
    return LABELS[head][1][code]


def _in_turn(places: list[int], languages: Sequence[str]) -> list[int]:
    """One of each language, then the next of each."""
    turns: dict[str, int] = {}
    keyed = []
    for rank, place in enumerate(places):
        language = languages[place]
        turns[language] = turns.get(language, -1) + 1
        keyed.append((turns[language], rank, place))
    return [place for _, _, place in sorted(keyed)]
