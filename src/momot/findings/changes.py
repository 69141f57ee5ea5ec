"""Did it work: one dated change and one outcome as a verdict and a sentence. The only place where a verdict on a change is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from momot.designs.changes import ChangeDesigned
from momot.effects.changes import ChangeEstimate, Went
from momot.findings import contract
from momot.findings.contract import Change, ChangeGroup, ChangePeriod
from momot.findings.labels import outcome_words, printable
from momot.findings.numbers import NO_BREAK_SPACE, Numbers, decimals_for, percent
from momot.findings.sentences import sentence
from momot.findings.verdict import DISCOVERY_RATE
from momot.language import ENGLISH, Language
from momot.stats.discovery import benjamini_hochberg
from momot.stats.intervals import Interval
from momot.vocabulary import ChangeVerdict, Evidence
from momot.vocabulary.records import Check

GATES = frozenset({"support", "pre_trend"})
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ChangeAnswered:
    """One change and outcome with its estimate, None where the design could not be made, and how the touchpoint went."""

    designed: ChangeDesigned
    estimate: ChangeEstimate | None
    went: Went | None


def answer_changes(answered: Sequence[ChangeAnswered]) -> tuple[Change, ...]:
    """The changes of one run. False discoveries are counted over all changes and outcomes that could be told."""
    checks = [_checks(one) for one in answered]
    effects = [None if _closed(own) else _effect(one) for one, own in zip(answered, checks, strict=True)]
    q = benjamini_hochberg(np.array([np.nan if effect is None else effect.p_value for effect in effects]))
    return tuple(
        _change(one, own, None if np.isnan(value) else float(value)) for one, own, value in zip(answered, checks, q.tolist(), strict=True)
    )


def change_verdict(
    estimate: float, low: float, high: float, *, q_value: float, better: str, smallest_effect: float | None
) -> ChangeVerdict:
    """The verdict on a change that could be told: its interval must leave 0 out, and more than what is too small to matter in."""
    band = smallest_effect or 0.0
    if q_value > DISCOVERY_RATE or low <= 0 <= high or (-band < low and high < band):
        return "no evidence"
    return "worked" if (estimate > 0) == (better == "higher") else "made it worse"


def _checks(one: ChangeAnswered) -> tuple[Check, ...]:
    if one.estimate is not None:
        return one.estimate.checks
    return (one.designed.failed,) if one.designed.failed is not None else ()


def _closed(checks: Sequence[Check]) -> bool:
    """Whether a gate failed."""
    return any(check.name in GATES and check.status == "fail" for check in checks)


def _effect(one: ChangeAnswered) -> Interval | None:
    return None if one.estimate is None else one.estimate.effect


def _change(one: ChangeAnswered, checks: tuple[Check, ...], q_value: float | None) -> Change:
    designed, estimate = one.designed, one.estimate
    ask, frame = designed.ask, designed.frame
    effect = None if estimate is None else estimate.effect
    evidence: Evidence = "C" if estimate is None else estimate.evidence
    verdict: ChangeVerdict = "not identifiable"
    if effect is not None and q_value is not None:
        verdict = change_verdict(
            effect.estimate, effect.low, effect.high, q_value=q_value, better=ask.better, smallest_effect=ask.smallest_effect
        )
    change = Change(
        question=ask.id,
        touchpoint=designed.change.touchpoint,
        on=designed.change.on,
        what=designed.change.what,
        design=designed.design,
        comparison="before" if estimate is None else estimate.comparison,
        evidence=evidence,
        verdict=verdict,
        sentence="",
        unit=designed.unit,
        estimate=None if effect is None else effect.estimate,
        low=None if effect is None else effect.low,
        high=None if effect is None else effect.high,
        p_value=None if effect is None else effect.p_value,
        q_value=q_value,
        detectable_effect=None if estimate is None else estimate.detectable,
        from_=designed.first,
        to=designed.last,
        period_days=None if frame is None else frame.period_days,
        wait_days=None if frame is None else frame.wait_days,
        groups=() if estimate is None else tuple(
            ChangeGroup(met=group.met, after=group.after, n=group.units, people=group.people, mean=group.mean) for group in estimate.groups
        ),
        periods=() if estimate is None else tuple(
            ChangePeriod(
                days=period.days, n=period.met, n_reference=period.not_met,
                estimate=period.answer.estimate, low=period.answer.low, high=period.answer.high,
            )
            for period in estimate.periods
        ),
        went=_went(one.went),
        checks=checks,
    )  # fmt: skip
    return msgspec.structs.replace(change, sentence=change_sentence(change, smallest_effect=ask.smallest_effect))


def _went(went: Went | None) -> contract.Went | None:
    if went is None:
        return None
    return contract.Went(
        quality=went.quality, before=went.before, after=went.after, difference=went.difference.estimate, low=went.difference.low,
        high=went.difference.high, n_before=went.touches_before, n_after=went.touches_after,
    )  # fmt: skip


def numbers_of_change(change: Change, language: Language = ENGLISH) -> Numbers:
    """The way to write the numbers of one change."""
    factor = 100.0 if change.unit == "share" else 1.0
    widths = [] if change.low is None or change.high is None else [(change.high - change.low) / 2 * factor]
    return Numbers(unit=change.unit, decimals=decimals_for(widths), language=language)


def change_sentence(change: Change, *, smallest_effect: float | None = None) -> str:
    """What is said of a change: B may say that it moved the outcome, C only that the outcome is another since."""
    numbers, what = numbers_of_change(change), outcome_words(printable(change.question, LONGEST_NAME))
    if change.verdict == "not identifiable" or change.estimate is None or change.low is None or change.high is None:
        closed = [check for check in change.checks if check.name in GATES and check.status == "fail"]
        return " ".join(sentence(check.message) for check in closed)
    interval = f"95{NO_BREAK_SPACE}% interval {numbers.interval(change.low, change.high)}"
    if change.verdict == "no evidence":
        band = smallest_effect or 0.0
        if -band < change.low and change.high < band:
            return f"Too small to matter: {numbers.effect(change.estimate)} ({interval})."
        could = ""
        if change.detectable_effect is not None:
            size = numbers.with_unit(numbers.size(change.detectable_effect))
            could = f" {size[:1].upper()}{size[1:]} or more would more likely than not have shown."
        return f"No change of {what} was found: {numbers.effect(change.estimate)} ({interval}).{could}"
    size = numbers.with_unit(numbers.size(change.estimate))
    way = "higher" if change.estimate > 0 else "lower"
    if change.evidence == "B":
        return f"Since then {what} is estimated to be {size} {way} for those who meet it than it would have been ({interval})."
    expected = "the line before it let expect" if change.comparison == "before" else "before, compared with those who do not meet it"
    return f"Since then {what} of those who meet it is {size} {way} than {expected} ({interval}); other reasons are possible."


def went_sentence(change: Change) -> str:
    """How the touchpoint itself went before and after; nothing where no quality is recorded."""
    went = change.went
    if went is None:
        return ""
    numbers = Numbers(unit="share", decimals=decimals_for([(went.high - went.low) * 50]))
    way = "badly" if went.quality == "bad" else "well"
    return (
        f"It went {way} {percent(went.before)} of the time before and {percent(went.after)} after "
        f"({numbers.effect(went.difference)} points, {numbers.interval(went.low, went.high)})."
    )


def by_change(changes: Sequence[Change]) -> list[tuple[Change, ...]]:
    """The outcomes of each dated change together, in the order of the document."""
    found: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        found.setdefault((change.on, change.touchpoint, change.what), []).append(change)
    return [tuple(one) for one in found.values()]
