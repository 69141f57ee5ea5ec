"""The small frozen records that designs and effects hand upwards and that `findings` publishes unchanged (DESIGN.md 8)."""

from __future__ import annotations

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
