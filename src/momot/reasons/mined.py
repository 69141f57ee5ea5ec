"""Reasons mined: phrases that one side says more, merged, counted, ranked by people touched times what their opinion lacks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from momot.reasons.contrast import mentions_of
from momot.reasons.duplicates import originals
from momot.reasons.phrases import UNDIVIDED, Phrases, accounts, phrases_of
from momot.reasons.quotes import quoted, quotes_of
from momot.reasons.records import Mined, Phrase, Quote, Reason, ReasonKind, Share
from momot.reasons.said import SUGGESTS, Said
from momot.reasons.selection import Selected, selected
from momot.stats.discovery import selected_level
from momot.stats.intervals import interval
from momot.stats.shares import wilson
from momot.voices.encoder import Encoder

FEW = 50
"""Texts on the side below which nothing is mined."""
MOST = 40
"""Reasons of one kind."""
_SEGMENT_VALUES = 12


@dataclass(frozen=True, slots=True)
class Sides:
    """Places in `said` of what is mined and what it is held against, near-duplicates once; and how many repeat another."""

    side: NDArray[np.int64]
    other: NDArray[np.int64]
    duplicates: int


@dataclass(frozen=True, slots=True)
class Behind:
    """What was mined, and the places in `said` of the texts behind it: of the whole side, and of each reason in its order."""

    mined: Mined
    side: NDArray[np.int64]
    given: tuple[NDArray[np.int64], ...] = ()


def mine(
    said: Said,
    kind: ReasonKind,
    *,
    encoder: Encoder | None = None,
    ignore: Collection[str] = (),
    most: int = MOST,
    side: NDArray[np.bool_] | None = None,
    other: NDArray[np.bool_] | None = None,
) -> Mined:
    """The reasons of one kind, as `mine_behind` tells them."""
    return mine_behind(said, kind, encoder=encoder, ignore=ignore, most=most, side=side, other=other).mined


def mine_behind(
    said: Said,
    kind: ReasonKind,
    *,
    encoder: Encoder | None = None,
    ignore: Collection[str] = (),
    most: int = MOST,
    side: NDArray[np.bool_] | None = None,
    other: NDArray[np.bool_] | None = None,
) -> Behind:
    """The reasons of one kind, and the texts behind them.

    Pain points are what the bad side says and the good one does not, praise the other way round, suggestions what texts that suggest
    something say and others don't. `side` and `other` say otherwise, such as how one moment went. `ignore`: words that are no reason.
    """
    picked = _sides(said, kind, side, other)
    few = len(picked.side) < FEW
    if few or not len(picked.other):
        note = (
            f"{len(picked.side)} texts: under {FEW}, too few to tell reasons from chance." if few else "There is nothing to compare with."
        )
        quotes = quotes_of(said, picked.side)
        return Behind(_empty(said, kind, picked, note, quotes), picked.side)
    places = np.sort(np.concatenate([picked.side, picked.other]))
    texts, languages = [said.texts[place] for place in places], [said.languages[place] for place in places]
    least = max(3, round(0.002 * len(picked.side)))
    phrases = phrases_of(texts, languages, least=least, ignore=[*ignore, *accounts(texts)])
    if not len(phrases):
        return Behind(_empty(said, kind, picked, "No phrase is said often enough.", ()), picked.side)
    onside = np.isin(places, picked.side)
    persons = said.persons[places]
    mentions = mentions_of(phrases, onside, persons, np.array(languages))
    chosen = selected(phrases, mentions, onside=onside, persons=persons, encoder=encoder, most=most)
    level = selected_level(min(len(chosen.groups), most), chosen.tested)
    rows = [_reason(said, kind, group, phrases, places, onside, chosen, level, picked) for group in chosen.groups]
    ordered = sorted(rows, key=lambda row: _weight(row[0]), reverse=True)[:most]
    told_in_words: set[str] = set()  # no sentence stands for two reasons while there are others
    reasons: list[Reason] = []
    for rank, (row, given) in enumerate(ordered, 1):
        quotes = quoted(said, given, [one.phrase for one in row.phrases], told_in_words)
        told_in_words.update(quote.text for quote in quotes)
        reasons.append(replace(row, rank=rank, quotes=quotes, trend=_trend(said, given, picked.side), by=_by(said, given, picked.side)))
    apart = len({phrase.language for row in reasons for phrase in row.phrases}) > 1 and encoder is None
    told = Mined(
        kind=kind,
        reasons=tuple(reasons),
        texts=len(picked.side),
        texts_other=len(picked.other),
        people=len(np.unique(said.persons[picked.side])),
        duplicates=picked.duplicates,
        looked_at=len(phrases),
        note="Reasons in different languages stay apart: only the semantic tier knows that they are the same." if apart else None,
    )
    return Behind(told, picked.side, tuple(given for _, given in ordered))


def _sides(said: Said, kind: ReasonKind, side: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None) -> Sides:
    if side is None or other is None:
        if kind == "suggestion":
            side = said.suggestion >= SUGGESTS
            other = ~side
        else:
            code = -1 if kind == "pain_point" else 1
            side, other = said.side == code, said.side == -code
    spoken = np.array([bool(text) for text in said.texts], dtype=bool)
    heard = np.flatnonzero((side | other) & spoken)
    first = originals([said.texts[place] for place in heard.tolist()], [said.languages[place] for place in heard.tolist()])
    kept = heard[first == np.arange(len(heard))]
    return Sides(kept[side[kept]], kept[other[kept] & ~side[kept]], len(heard) - len(kept))


def _reason(
    said: Said,
    kind: ReasonKind,
    group: Sequence[int],
    phrases: Phrases,
    places: NDArray[np.int64],
    onside: NDArray[np.bool_],
    chosen: Selected,
    level: float,
    picked: Sides,
) -> tuple[Reason, NDArray[np.int64]]:
    """The reason that a group of phrases is, as yet without quotes, and the places of the side's texts that give it."""
    inside = np.unique(np.concatenate([phrases.of(one) for one in group]))
    texts, here = places[inside], onside[inside]
    told = chosen.contrasted
    best = max(group, key=lambda one: float(told.z[one]))
    odds = interval(float(told.log_odds[best]), float(told.standard_error[best]), float("inf"), level=level)
    people = len(np.unique(said.persons[texts[here]]))
    of = len(np.unique(said.persons[picked.side]))
    others, of_others = len(np.unique(said.persons[texts[~here]])), max(len(np.unique(said.persons[picked.other])), 1)
    other_low, other_high = wilson(others, of_others)
    effect = _effect(said, texts, places, level)
    low, high = wilson(people, of)
    wordings = tuple(
        Phrase(phrase=phrases.phrases[one], language=phrases.languages[one], texts=int(onside[phrases.of(one)].sum())) for one in group
    )
    row = Reason(
        kind=kind, rank=0, phrase=phrases.phrases[group[0]], phrases=wordings, texts=int(here.sum()), people=people,
        share=people / of, share_low=low, share_high=high, share_other=others / of_others,
        share_other_low=other_low, share_other_high=other_high, log_odds=odds.estimate, log_odds_low=odds.low, log_odds_high=odds.high,
        z=float(told.z[best]), q_value=float(chosen.q[best]), effect=effect[0], effect_low=effect[1], effect_high=effect[2],
        quotes=(), trend=(), by={},
    )  # fmt: skip
    return row, texts[here]


def _effect(
    said: Said, texts: NDArray[np.int64], places: NDArray[np.int64], level: float
) -> tuple[float | None, float | None, float | None]:
    """Mean value of those who say it less that of the others, each person's mean once, with the interval of `level` (Welch 1947).

    Either group counts one person more, who thinks as everybody does: a few who agree wholly would else seem certain.
    """
    says = np.isin(places, texts)
    value, persons = said.value[places], said.persons[places]
    known = ~np.isnan(value)
    means = []
    for which in (says & known, ~says & known):
        _, group = np.unique(persons[which], return_inverse=True)
        count = np.bincount(group)
        means.append(np.bincount(group, weights=value[which]) / count if len(count) else np.empty(0))
    if min(map(len, means)) < 5:
        return None, None, None
    middle = float(np.concatenate(means).mean())
    variances = [float(np.append(mean, middle).var(ddof=1)) / len(mean) for mean in means]
    error = float(np.sqrt(sum(variances)))
    if error == 0:
        return None, None, None
    freedom = error**4 / sum(variance**2 / (len(mean) - 1) for variance, mean in zip(variances, means, strict=True))
    found = interval(float(means[0].mean() - means[1].mean()), error, freedom, level=level)
    return found.estimate, found.low, found.high


def _weight(row: Reason) -> tuple[float, float, str]:
    """People touched beyond what the other side says too, times what their opinion differs by where that is known.

    A reason of one word everywhere counts half: two words say what was so.
    """
    worth = abs(row.effect) if row.effect is not None else 1.0
    single = all(" " not in one.phrase and one.language not in UNDIVIDED for one in row.phrases)
    return max(row.share - row.share_other, 0.0) * worth * (0.5 if single else 1.0), row.z, row.phrase


def _trend(said: Said, texts: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[Share, ...]:
    """By month of what was said."""
    months = said.at.astype("datetime64[us]").astype("datetime64[M]")
    found, counts = np.unique(months[of], return_counts=True)
    return tuple(_share(str(month), int((months[texts] == month).sum()), int(count)) for month, count in zip(found, counts, strict=True))


def _by(said: Said, texts: NDArray[np.int64], of: NDArray[np.int64]) -> dict[str, tuple[Share, ...]]:
    """By language and by each segment: its most frequent values."""
    made = {}
    for name, values in {"language": said.languages, **said.segments}.items():
        column = np.array([value if value is not None else "" for value in values])
        found, counts = np.unique(column[of], return_counts=True)
        most = np.lexsort((found, -counts))[:_SEGMENT_VALUES]
        shares = [
            _share(str(found[place]), int((column[texts] == found[place]).sum()), int(counts[place])) for place in most if found[place]
        ]
        if len(shares) > 1 or name == "language":
            made[name] = tuple(shares)
    return made


def _share(name: str, texts: int, of: int) -> Share:
    low, high = wilson(texts, of)
    return Share(name=name, texts=texts, of=of, share=texts / of, low=low, high=high)


def _empty(said: Said, kind: ReasonKind, picked: Sides, note: str, quotes: Sequence[Quote]) -> Mined:
    return Mined(
        kind=kind, reasons=(), texts=len(picked.side), texts_other=len(picked.other),
        people=len(np.unique(said.persons[picked.side])), duplicates=picked.duplicates, looked_at=0, note=note, quotes=tuple(quotes),
    )  # fmt: skip
