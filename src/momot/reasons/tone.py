"""How groups of texts are meant: shares that are negative and positive, mean valence, each with its interval."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from momot.reasons.heard import Heard
from momot.reasons.records import Share
from momot.stats.intervals import interval
from momot.stats.shares import Rate, corrected_share, wilson

Rates: TypeAlias = tuple[Rate, Rate]
"""How often texts that are negative are read so, and texts that are not."""
LEAST = 20
"""Texts of a group that is told."""
_MOST_GROUPS = 12


class Likely(Struct, frozen=True, kw_only=True):
    """A share as it would be without errors of reading, with its 95 % interval, in which they are."""

    share: float
    low: float
    high: float


class Tone(Struct, frozen=True, kw_only=True):
    """How a group of texts is meant. Shares are of the texts whose polarity can be told; `abstained` of all.

    `negative` is what was read, and its interval holds chance alone; `negative_likely` what that stands for, given how often the tier errs
    in texts of others. None where the project's own labels moved the reading, whose errors are not known from others.
    """

    name: str
    texts: int
    negative: Share
    negative_likely: Likely | None
    positive: Share
    abstained: float
    valence: float  # mean, −1 to 1
    low: float
    high: float


def counted(name: str, count: int, of: int) -> Share:
    """`count` of `of`, with its interval (Wilson 1927)."""
    low, high = wilson(count, of)
    return Share(name=name, texts=count, of=of, share=count / of, low=low, high=high)


def tone_of(name: str, heard: Heard, places: NDArray[np.intp], rates: Rates | None) -> Tone | None:
    """How the texts at `places` are meant; None without any that can be told. Intervals of means take each person as one."""
    told = places[~heard.abstains[places]]
    if not len(told):
        return None
    negative = heard.polarity[told] < 0
    mean, error, people = _mean(heard.valence[told], heard.said.persons[told])
    found = interval(mean, error, max(people - 1, 1)) if error > 0 else None
    return Tone(
        name=name, texts=len(places), negative=counted("negative", int(negative.sum()), len(told)),
        negative_likely=_likely(negative, heard.said.persons[told], rates),
        positive=counted("positive", int((heard.polarity[told] > 0).sum()), len(told)), abstained=1 - len(told) / len(places), valence=mean,
        low=found.low if found else mean, high=found.high if found else mean,
    )  # fmt: skip


def tones_by(heard: Heard, rates: Rates | None) -> dict[str, tuple[Tone, ...]]:
    """By language and segment, of the most frequent values."""
    made = {}
    for name, values in {"language": heard.said.languages, **heard.said.segments}.items():
        column = np.array([value if value is not None else "" for value in values])
        found, counts = np.unique(column, return_counts=True)
        most = [found[place] for place in np.lexsort((found, -counts)) if found[place] and counts[place] >= LEAST][:_MOST_GROUPS]
        tones = [tone_of(str(value), heard, np.flatnonzero(column == value), rates) for value in most]
        if any(tones):
            made[name] = tuple(tone for tone in tones if tone is not None)
    return made


def tones_of_aspects(heard: Heard, rates: Rates | None) -> tuple[Tone, ...]:
    """Of what people speak about, most texts first."""
    tones = [tone_of(name, heard, np.flatnonzero(heard.aspects[:, place]), rates) for place, name in enumerate(heard.names)]
    return tuple(sorted((tone for tone in tones if tone is not None and tone.texts >= LEAST), key=lambda tone: (-tone.texts, tone.name)))


def _mean(values: NDArray[np.float64], persons: NDArray[np.int64]) -> tuple[float, float, int]:
    """The mean, its standard error with people as clusters, and how many people."""
    _, group = np.unique(persons, return_inverse=True)
    mean = float(values.mean())
    scores = np.bincount(group, weights=values - mean)
    return mean, float(np.sqrt((scores**2).sum()) / len(values)), len(scores)


def _likely(negative: NDArray[np.bool_], persons: NDArray[np.int64], rates: Rates | None) -> Likely | None:
    if rates is None:
        return None
    share, error, _ = _mean(negative.astype(np.float64), persons)
    told = corrected_share(share, error, *rates)
    return None if told is None else Likely(share=told[0], low=told[1], high=told[2])
