"""Which phrases are reasons: said more beyond chance, not explained by longer ones, grouped, with a false discovery rate of reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from momot.reasons.contrast import Contrasted, Mentions, contrast
from momot.reasons.merge import groups
from momot.reasons.phrases import Phrases, parts, pieces_of
from momot.stats.discovery import benjamini_hochberg
from momot.voices.encoder import Encoder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Q_LIMIT = 0.1
"""Expected share of false ones among the reasons that are told, at most."""
_EXPLAINED = 0.05  # p-value above which nothing of a phrase is left without the longer ones
LEAST_LIFT = 0.35
"""Log-odds below which a phrase is said a little more by everybody on one side: no reason, whatever its q-value."""
LEAST_PLAIN = 0.2
"""The same without regard to how much the sides write: nothing is a reason that a reader sees said as often by the others."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What was selected of how much. `groups` of phrases are a reason each, best first; `contrasted` has an entry a phrase."""

    groups: list[list[int]]
    contrasted: Contrasted
    q: Floats  # (phrases,), of the reason a phrase belongs to, else NaN
    tested: int  # phrases


def selected(
    phrases: Phrases, mentions: Mentions, *, onside: NDArray[np.bool_], persons: Integers, encoder: Encoder | None, most: int
) -> Selected:
    """The reasons among `phrases`. `onside`, `persons` (texts,), of the texts that `phrases` and `mentions` are of."""
    told = contrast(mentions)
    alone = np.flatnonzero(parts(phrases) < 0)
    q = np.full(len(phrases), np.nan)
    q[alone] = benjamini_hochberg(told.p[alone])
    passes = (q <= Q_LIMIT) & (told.log_odds >= LEAST_LIFT) & (told.log_odds + told.usual >= LEAST_PLAIN)
    chosen = _unexplained(phrases, np.flatnonzero(passes), mentions, told, onside, persons)
    ranked = chosen[np.lexsort((chosen, told.p[chosen]))].tolist()
    grouped = groups(phrases, ranked, told.log_odds, encoder=encoder, most=3 * most)
    of_group = _of_reasons(np.array([min(told.p[one] for one in group) for group in grouped]), len(alone))
    for group, level in zip(grouped, of_group, strict=True):
        q[group] = level
    kept = [group for group, level in zip(grouped, of_group, strict=True) if level <= Q_LIMIT]
    return Selected(kept, told, q, len(alone))


def _unexplained(
    phrases: Phrases, chosen: Integers, mentions: Mentions, told: Contrasted, onside: NDArray[np.bool_], persons: Integers
) -> Integers:
    """Those of `chosen` that the side says more beyond the longer ones among them: "received" goes if only "not received" is said more."""
    place = {(phrases.languages[one], phrases.phrases[one]): one for one in chosen.tolist()}
    longer: dict[int, list[int]] = {}
    for one in chosen.tolist():
        for piece in set(pieces_of(phrases.phrases[one], phrases.languages[one])):
            part = place.get((phrases.languages[one], piece))
            if part is not None:
                longer.setdefault(part, []).append(one)
    if not longer:
        return chosen
    asked = np.array(sorted(longer), dtype=np.int64)
    left = [np.setdiff1d(phrases.of(one), np.concatenate([phrases.of(other) for other in longer[one]])) for one in asked.tolist()]
    people = np.array([[len(np.unique(persons[texts[onside[texts] == on]])) for on in (True, False)] for texts in left], dtype=np.float64)
    rest = Mentions(
        people[:, 0], people[:, 1], mentions.of_side[asked], mentions.of_other[asked], mentions.language[asked], mentions.longer[asked]
    )
    again = contrast(rest, usual=told.usual[asked])
    explained = asked[(again.p > _EXPLAINED) | (again.log_odds < LEAST_LIFT) | (again.log_odds + again.usual < LEAST_PLAIN)]
    return np.setdiff1d(chosen, explained)


def _of_reasons(best: Floats, tested: int) -> Floats:
    """Q-values of reasons, of the p-values of their best phrases and how many phrases were tested.

    One true reason is many phrases and a false one is few, so a share of false phrases is a larger share of false reasons: the step-up of
    Benjamini & Hochberg (1995) counts reasons here, and every phrase tested.
    """
    order = np.argsort(best, kind="stable")
    scaled = np.minimum(best[order] * tested / np.arange(1, len(order) + 1), 1.0)
    made = np.empty(len(order))
    made[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return made
