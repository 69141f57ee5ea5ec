"""Reasons as the machine contract has them: frozen values that every face renders and none changes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ReasonKind = Literal["pain_point", "praise", "suggestion", "new_theme"]


class Phrase(Struct, frozen=True, kw_only=True):
    """One wording of a reason."""

    phrase: str
    language: str
    texts: int


class Quote(Struct, frozen=True, kw_only=True):
    """What somebody wrote, masked, shortened to the sentence that says it."""

    text: str
    language: str
    on: str  # ISO date, UTC


class Share(Struct, frozen=True, kw_only=True):
    """How many of `of` texts give the reason, with the 95 % interval (Wilson 1927)."""

    name: str
    texts: int
    of: int
    share: float
    low: float
    high: float


class Reason(Struct, frozen=True, kw_only=True):
    """One reason. Shares are of people: of those on the side it is mined for, and of the others; each has its own 95 % interval.

    What was looked for, `log_odds` and `effect`, has intervals that hold for 95 % of all reasons told, although these were picked from many
    phrases (Benjamini & Yekutieli 2005).
    """

    kind: ReasonKind
    rank: int
    phrase: str  # what it is called
    phrases: tuple[Phrase, ...]
    texts: int  # that give it, near-duplicates once
    people: int
    share: float
    share_low: float
    share_high: float
    share_other: float
    share_other_low: float
    share_other_high: float
    log_odds: float  # against the others, shrunken (Monroe, Colaresi & Quinn 2008)
    log_odds_low: float
    log_odds_high: float
    z: float
    q_value: float  # Benjamini & Hochberg over every phrase looked at
    effect: float | None  # mean opinion of those who say it less that of all others, in `unit`: not an effect of the reason
    effect_low: float | None
    effect_high: float | None
    quotes: tuple[Quote, ...]
    trend: tuple[Share, ...]  # by month, ISO
    by: dict[str, tuple[Share, ...]]  # language and segments


class Theme(Struct, frozen=True, kw_only=True):
    """What many people speak of, good or bad: counted, not held against anything."""

    rank: int
    phrase: str
    phrases: tuple[Phrase, ...]
    people: int
    share: float  # of all people who spoke
    low: float
    high: float
    value: float | None  # mean opinion of those who speak of it, in the unit of the document
    value_low: float | None
    value_high: float | None
    quotes: tuple[Quote, ...]


class Mined(Struct, frozen=True, kw_only=True):
    """The reasons of one kind, and of what they were mined."""

    kind: ReasonKind
    reasons: tuple[Reason, ...]
    texts: int  # on the side it is mined for, near-duplicates once
    texts_other: int
    people: int
    duplicates: int  # near-duplicates that were left out
    looked_at: int  # phrases
    note: str | None  # what the reader must know: too few texts, languages apart
    quotes: tuple[Quote, ...] = ()  # where there are too few texts to mine
