"""Suppositions as lines of the report: what if."""

from __future__ import annotations

from momot.findings.contract import AtStake, WhatIf
from momot.findings.findings import Findings
from momot.findings.labels import EVIDENCE_SENTENCES, outcome_words, printable
from momot.findings.numbers import at_stake_decimals, signed, stake_words
from momot.findings.what_if import what_if_words
from momot.language import ENGLISH, Language
from momot.report.pages import Cell, Supposition
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT


def supposition(one: WhatIf, findings: Findings, language: Language = ENGLISH) -> Supposition:
    """One supposition for one question. An association is never coloured as better or worse."""
    stake = None
    if one.estimate is not None and one.low is not None and one.high is not None:
        stake = AtStake(estimate=one.estimate, low=one.low, high=one.high, unit=one.unit)
    places = at_stake_decimals(stake) if stake else 0
    number = signed(stake.estimate, places, language) if stake else ""
    interval = (
        language.say("{low} to {high}", low=signed(stake.low, places, language), high=signed(stake.high, places, language)) if stake else ""
    )
    return Supposition(
        name=printable(one.moment, LONGEST_NAME),
        outcome=printable(outcome_words(one.question, language), LONGEST_NAME),
        cell=Cell(number, interval, "quiet") if stake else None,
        unit=stake_words(stake, "people", language) if stake else "",
        evidence=one.evidence,
        evidence_words=language.say(EVIDENCE_SENTENCES[one.evidence]),
        sentence=printable(what_if_words(one, findings, language), LONGEST_TEXT),
    )
