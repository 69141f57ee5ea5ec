"""`why` of a finding: the reasons that people give in words, beside what was estimated. They say what goes together, not what causes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from momot.errors import QuestionError
from momot.findings.contract import Finding, Why, WhyReason
from momot.findings.findings import Findings
from momot.findings.labels import DECISIVE
from momot.reasons.explain import Explained
from momot.reasons.records import Mined

REASONS = 5
"""Of each side."""
MOST = 12
"""Decisive moments whose reasons are looked for, the first in rank."""


def with_why(findings: Findings, explained: Callable[[str], Explained]) -> Findings:
    """The findings, with reasons at the decisive moments that people speak of. `explained` says why one moment goes as it goes."""
    told: dict[str, Why | None] = {}

    def why(one: Finding) -> Why | None:
        if one.verdict not in DECISIVE or one.kind != "interaction" or (one.rank or MOST + 1) > MOST:
            return None
        if one.moment not in told:
            try:
                told[one.moment] = _why(explained(one.moment))
            except QuestionError:  # a moment of a survey has no journey to it
                told[one.moment] = None
        return told[one.moment]

    found = tuple(msgspec.structs.replace(one, why=why(one)) for one in findings.document.findings)
    return replace(findings, document=msgspec.structs.replace(findings.document, findings=found))


def without_quotes(findings: Findings) -> Findings:
    """The findings without a word that somebody said: what is kept longer than the texts it came from."""
    bare = tuple(one if one.why is None else msgspec.structs.replace(one, why=_silent(one.why)) for one in findings.document.findings)
    return replace(findings, document=msgspec.structs.replace(findings.document, findings=bare))


def _silent(why: Why) -> Why:
    badly, well = (tuple(msgspec.structs.replace(one, quote=None) for one in side) for side in (why.badly, why.well))
    return msgspec.structs.replace(why, badly=badly, well=well)


def _why(found: Explained) -> Why | None:
    """None where nobody said anything that tells."""
    badly, well = _side(found.badly), _side(found.well)
    if not badly and not well:
        return None
    return Why(basis=found.basis, texts_badly=found.badly.texts, texts_well=found.well.texts, badly=badly, well=well)


def _side(mined: Mined) -> tuple[WhyReason, ...]:
    return tuple(
        WhyReason(
            reason=one.phrase,
            people=one.people,
            share=one.share,
            low=one.share_low,
            high=one.share_high,
            share_other=one.share_other,
            other_low=one.share_other_low,
            other_high=one.share_other_high,
            quote=one.quotes[0].text if one.quotes else None,
            language=one.phrases[0].language,
        )
        for one in mined.reasons[:REASONS]
    )
