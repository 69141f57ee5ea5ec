"""The small frozen records that designs and effects hand upwards and that `findings` publishes unchanged (DESIGN.md 8)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from momot.vocabulary.words import CheckName, CheckStatus, Rule, UnanswerableRule


class Check(Struct, frozen=True, kw_only=True):
    """One diagnostic of a finding: what was measured, against which limit, in words, and what would mend it."""

    name: CheckName
    status: CheckStatus
    value: float | None = None
    limit: float | None = None
    message: str
    fix: str | None = None


class AtStake(Struct, frozen=True, kw_only=True):
    """Touched a month x effect, with a 95 % interval."""

    estimate: float
    low: float
    high: float
    unit: str


class Refused(Struct, frozen=True, kw_only=True):
    """A column or touchpoint that was not accepted as a cause, by which measured rule."""

    question: str
    source: str  # the block of the project file
    column: str
    rule: Rule
    measure: float
    reason: str


class Unanswerable(Struct, frozen=True, kw_only=True):
    """A question that these data can't answer, and why."""

    question: str
    rule: UnanswerableRule
    reason: str


class Answering(Struct, frozen=True, kw_only=True):
    """How many answered of those for whom a touchpoint went badly, and of the others who met it; `low`, `high`: of the difference."""

    touchpoint: str
    n: int
    n_otherwise: int
    share: float
    share_otherwise: float
    low: float
    high: float
    p_value: float


class Response(Struct, frozen=True, kw_only=True):
    """Who answers: of everybody that could be asked, how many gave the opinion, and its mean with and without weights for who answers."""

    question: str
    instrument: str
    of: Literal["episodes", "people"]
    asked: int  # everybody that could be asked: sources do not tell whom they asked in vain
    answered: int
    share: float  # with its 95 % interval `low` to `high` (Wilson 1927)
    low: float
    high: float
    mean: float | None  # among those who answered; None where nobody did
    weighted_mean: float | None  # each by one over the propensity to answer, given what they met and how it went
    by: tuple[Answering, ...]
