"""Reasons mined: phrases that one side says more, merged, counted, ranked by people touched times what their opinion lacks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from momot.reasons.contrast import Contrasted, contrast, mentions_of
from momot.reasons.duplicates import originals
from momot.reasons.merge import groups
from momot.reasons.phrases import Phrases, accounts, parts, phrases_of
from momot.reasons.quotes import quoted, quotes_of
from momot.reasons.records import Mined, Phrase, Reason, ReasonKind, Share
from momot.reasons.said import Said
from momot.stats.discovery import benjamini_hochberg
from momot.stats.intervals import interval
from momot.stats.shares import wilson
from momot.voices.encoder import Encoder

Q_LIMIT = 0.05
"""Expected share of false ones among the reasons that are told, at most."""
FEW = 50
"""Texts on the side below which nothing is mined."""
MOST = 40
"""Reasons of one kind."""
_LEAST_LIFT = 0.35
"""Log-odds below which a phrase is said a little more by everybody on one side: no reason, whatever its q-value."""
_LEAST_PLAIN = 0.2
"""The same without regard to how much the sides write: nothing is a reason that a reader sees said as often by the others."""
_SEGMENT_VALUES = 12


@dataclass(frozen=True, slots=True)
class Sides:
    """Places in `said` of what is mined and what it is held against, near-duplicates once; and how many repeat another."""

    side: NDArray[np.int64]
    other: NDArray[np.int64]
    duplicates: int


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
    """The reasons of one kind.

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
        return _empty(said, kind, picked, note, quotes)
    places = np.sort(np.concatenate([picked.side, picked.other]))
    texts, languages = [said.texts[place] for place in places], [said.languages[place] for place in places]
    least = max(3, round(0.002 * len(picked.side)))
    phrases = phrases_of(texts, languages, least=least, ignore=[*ignore, *accounts(texts)])
    if not len(phrases):
        return _empty(said, kind, picked, "No phrase is said often enough.", ())
    onside = np.isin(places, picked.side)
    told = contrast(mentions_of(phrases, onside, said.persons[places], np.array(languages)))
    whole = parts(phrases)
    alone = np.flatnonzero(whole < 0)
    q = np.full(len(phrases), np.nan)
    q[alone] = benjamini_hochberg(told.p[alone])
    plainly = np.minimum(told.log_odds, told.log_odds + told.usual + _LEAST_LIFT - _LEAST_PLAIN) >= _LEAST_LIFT
    chosen = alone[(q[alone] <= Q_LIMIT) & plainly[alone]]
    ranked = chosen[np.lexsort((chosen, told.p[chosen]))]
    grouped = groups(phrases, ranked.tolist(), told.log_odds, encoder=encoder, most=3 * most)
    grouped = _true_enough(grouped, told.p, len(alone), q)
    rows = [_reason(said, kind, group, phrases, places, onside, told, q, picked) for group in grouped]
    ordered = sorted(rows, key=lambda row: _weight(row[0]), reverse=True)[:most]
    told_in_words: set[str] = set()  # no sentence stands for two reasons while there are others
    reasons = []
    for rank, (row, texts) in enumerate(ordered, 1):
        quotes = quoted(said, texts, [one.phrase for one in row.phrases], told_in_words)
        told_in_words.update(quote.text for quote in quotes)
        reasons.append(replace(row, rank=rank, quotes=quotes, trend=_trend(said, texts, picked.side), by=_by(said, texts, picked.side)))
    apart = len({phrase.language for row in reasons for phrase in row.phrases}) > 1 and encoder is None
    return Mined(
        kind=kind,
        reasons=tuple(reasons),
        texts=len(picked.side),
        texts_other=len(picked.other),
        people=len(np.unique(said.persons[picked.side])),
        duplicates=picked.duplicates,
        looked_at=len(phrases),
        note="Reasons in different languages stay apart: only the semantic tier knows that they are the same." if apart else None,
    )


def _sides(said: Said, kind: ReasonKind, side: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None) -> Sides:
    if side is None or other is None:
        if kind == "suggestion":
            side = said.suggestion >= 0.5
            other = ~side
        else:
            code = -1 if kind == "pain_point" else 1
            side, other = said.side == code, said.side == -code
    spoken = np.array([bool(text) for text in said.texts], dtype=bool)
    heard = np.flatnonzero((side | other) & spoken)
    first = originals([said.texts[place] for place in heard.tolist()], [said.languages[place] for place in heard.tolist()])
    kept = heard[first == np.arange(len(heard))]
    return Sides(kept[side[kept]], kept[other[kept] & ~side[kept]], len(heard) - len(kept))


def _true_enough(grouped: list[list[int]], p: NDArray[np.float64], tested: int, q: NDArray[np.float64]) -> list[list[int]]:
    """The reasons among which at most `Q_LIMIT` are expected to be false; sets the q-value of each one's best phrase in `q`.

    One true reason is many phrases and a false one is few, so a share of false phrases is a larger share of false reasons: the step-up of
    Benjamini & Hochberg (1995) counts reasons here, and every phrase tested.
    """
    best = np.array([min(p[one] for one in group) for group in grouped])
    order = np.argsort(best, kind="stable")
    scaled = np.minimum(best[order] * tested / np.arange(1, len(order) + 1), 1.0)
    of_group = np.empty(len(order))
    of_group[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    for group, told in zip(grouped, of_group, strict=True):
        q[group] = told
    return [group for group, told in zip(grouped, of_group, strict=True) if told <= Q_LIMIT]


def _reason(
    said: Said,
    kind: ReasonKind,
    group: Sequence[int],
    phrases: Phrases,
    places: NDArray[np.int64],
    onside: NDArray[np.bool_],
    told: Contrasted,
    q: NDArray[np.float64],
    picked: Sides,
) -> tuple[Reason, NDArray[np.int64]]:
    """The reason that a group of phrases is, as yet without quotes, and the places of the side's texts that give it."""
    inside = np.unique(np.concatenate([phrases.of(one) for one in group]))
    texts, here = places[inside], onside[inside]
    best = max(group, key=lambda one: float(told.z[one]))
    people = len(np.unique(said.persons[texts[here]]))
    of = len(np.unique(said.persons[picked.side]))
    other = len(np.unique(said.persons[texts[~here]])) / max(len(np.unique(said.persons[picked.other])), 1)
    effect = _effect(said, texts, places)
    low, high = wilson(people, of)
    wordings = tuple(
        Phrase(phrase=phrases.phrases[one], language=phrases.languages[one], texts=int(onside[phrases.of(one)].sum())) for one in group
    )
    row = Reason(
        kind=kind, rank=0, phrase=phrases.phrases[group[0]], phrases=wordings, texts=int(here.sum()), people=people,
        share=people / of, share_low=low, share_high=high, share_other=other, log_odds=float(told.log_odds[best]), z=float(told.z[best]),
        q_value=float(q[best]), effect=effect[0], effect_low=effect[1], effect_high=effect[2],
        quotes=(), trend=(), by={},
    )  # fmt: skip
    return row, texts[here]


def _effect(said: Said, texts: NDArray[np.int64], places: NDArray[np.int64]) -> tuple[float | None, float | None, float | None]:
    """Mean value of those who say it less that of the others, each person's mean once (Welch 1947)."""
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
    variances = [float(mean.var(ddof=1)) / len(mean) for mean in means]
    error = float(np.sqrt(sum(variances)))
    if error == 0:
        return None, None, None
    freedom = error**4 / sum(variance**2 / (len(mean) - 1) for variance, mean in zip(variances, means, strict=True))
    found = interval(float(means[0].mean() - means[1].mean()), error, freedom)
    return found.estimate, found.low, found.high


def _weight(row: Reason) -> tuple[float, float, str]:
    """People touched beyond what the other side says too, times what their opinion differs by where that is known."""
    worth = abs(row.effect) if row.effect is not None else 1.0
    return max(row.share - row.share_other, 0.0) * worth, row.z, row.phrase


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


def _empty(said: Said, kind: ReasonKind, picked: Sides, note: str, quotes: Sequence[object]) -> Mined:
    return Mined(
        kind=kind, reasons=(), texts=len(picked.side), texts_other=len(picked.other),
        people=len(np.unique(said.persons[picked.side])), duplicates=picked.duplicates, looked_at=0, note=note, quotes=tuple(quotes),  # type: ignore[arg-type]
    )  # fmt: skip
