"""What if: at stake with a factor. What half as many bad touches a month would bring, by the effect that was found, with its interval.

Grammar: `MOMENT=CHANGE` or `MOMENT=WHAT:CHANGE`. WHAT is `bad`, `good`, `touches` (having met it at all, or an arm) or the name of a level;
left out, `bad` where there are qualities, else `touches`. CHANGE is `-50%`, `+20%`, or without a sign a percentage of today's number: `0%`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from momot.errors import QuestionError, did_you_mean
from momot.findings.contract import AtStake, Effect, WhatIf
from momot.findings.findings import NOT_MET, Findings, Moment
from momot.findings.labels import outcome_words, people_noun, printable, state_words
from momot.findings.numbers import at_stake_decimals, percent, signed, stake_words
from momot.findings.sentences import unidentified_reason
from momot.findings.verdict import DISCOVERY_RATE
from momot.language import ENGLISH, Language
from momot.vocabulary import Verdict

Asked = Mapping[str, float | str] | Sequence[str]
LONGEST_NAME = 60
TOUCHES = "touches"
WORDS = ("bad", "good", TOUCHES)
WHAT = {"bad": "bad", "good": "good", TOUCHES: "touches"}
_PERCENT = re.compile(r"([+\-\u2212]?)\s*(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Supposed:
    """One supposition: of `what` (None: the usual) at `moment` there are more or fewer by the factor `change`, -0.5 for half as many."""

    moment: str
    what: str | None
    change: float


def suppose(asked: Asked | None) -> tuple[Supposed, ...]:
    """The suppositions, read. Raises QuestionError for what is no moment with a change."""
    if asked is None:
        return ()
    if isinstance(asked, Mapping):
        return tuple(_changed(moment, change) for moment, change in asked.items())
    pairs = [text.rpartition("=") for text in ([asked] if isinstance(asked, str) else asked)]
    for (moment, _, change), text in zip(pairs, [asked] if isinstance(asked, str) else asked, strict=True):
        if not moment or not change:
            raise QuestionError(f"What if '{text}'? Write it as MOMENT=-50% or MOMENT=bad:0%.")
    return tuple(_changed(moment, change) for moment, _, change in pairs)


def _changed(moment: str, change: float | str) -> Supposed:
    if isinstance(change, int | float) and not isinstance(change, bool):
        if not math.isfinite(change) or change < -1 or change == 0:
            raise QuestionError(
                f"What if {moment} by {change}? A change is a factor: -0.5 for half as many, 0.2 for a fifth more, -1 for none."
            )
        return Supposed(moment.strip(), None, float(change))
    what, _, written = str(change).rpartition(":")
    found = _PERCENT.fullmatch(written.strip())
    if found is None:
        raise QuestionError(
            f"What if {moment}={change}? '{written.strip()}' is no change: write -50%, +20%, or 0% (of today's number), "
            "after a quality or level and a colon if need be: bad:-50%."
        )
    sign, number = found.group(1), float(found.group(2)) / 100
    factor = number if sign == "+" else -number if sign else number - 1
    if factor < -1 or factor == 0:
        why = "less than none is not possible" if factor < -1 else "that is no change"
        raise QuestionError(f"What if {moment}={change}? {why[0].upper()}{why[1:]}.")
    return Supposed(moment.strip(), what.strip() or None, factor)


def expect(supposed: Sequence[Supposed], tested: Sequence[tuple[str, str]]) -> None:
    """Raise QuestionError for a supposition about a moment that is not among (moment, touchpoint), naming the nearest."""
    known = dict.fromkeys(name for pair in tested for name in pair)
    for one in supposed:
        if one.moment not in known:
            raise QuestionError(f"What if '{one.moment}'? No moment of that name is tested.{did_you_mean(one.moment, known)}")


def what_if(findings: Findings, supposed: Sequence[Supposed]) -> tuple[WhatIf, ...]:
    """What each supposition comes to for every question in which its moment was tested. Raises QuestionError for other names."""
    return tuple(one for asked in supposed for one in _answers(findings, asked))


def _answers(findings: Findings, asked: Supposed) -> list[WhatIf]:
    every = list(findings)
    expect((asked,), [(moment.name, moment.touchpoint) for moment in every])
    moments = [moment for moment in every if moment.name == asked.moment] or [m for m in every if m.touchpoint == asked.moment]
    chosen = [(moment, effect_of(moment, asked.what)) for moment in moments]
    if asked.what not in (None, *WORDS) and not any(effect for _, effect in chosen):
        levels = dict.fromkeys(effect.level for moment in moments for effect in moment.main_effects if effect.contrast == "level")
        there = [*(word for word in WORDS if any(effect_of(moment, word) for moment in moments)), *map(str, levels)]
        raise QuestionError(
            f"What if '{asked.moment}={asked.what}'? It has no '{asked.what}'.{did_you_mean(str(asked.what), there)} "
            f"It has: {', '.join(there) or 'nothing that could be compared'}."
        )
    return [_answer(moment, asked, effect) for moment, effect in chosen]


def effect_of(moment: Moment, what: str | None) -> Effect | None:
    """The effect of one more of `what`, None where none was estimated."""
    if what is None:
        return effect_of(moment, "bad") or effect_of(moment, TOUCHES)
    effects = moment.main_effects
    if what == "bad":
        broken = [effect for effect in effects if effect.contrast in ("break", "bad-good")]
        return min(broken, key=lambda effect: (effect.reference == NOT_MET, effect.contrast != "break"), default=None)
    kinds = {"good": ("make",), TOUCHES: ("presence", "arm")}.get(what, ("level",))
    return next((effect for effect in effects if effect.contrast in kinds and (what in WORDS or effect.level == what)), None)


def verdict_of(moment: Moment, effect: Effect | None) -> Verdict:
    """The verdict on one effect: that of the moment, unless it speaks of another one; then by the effect's own test.

    A panel tests how it went and having met it at all apart, and the verdict is that of one of them.
    """
    if effect is None or not moment.decisive or effect in moment.telling_effects:
        return moment.verdict
    if effect.q_value is None:
        return "not identifiable"
    least = moment.question.smallest_effect or 0.0
    return "likely" if effect.q_value <= DISCOVERY_RATE and (effect.low > least or effect.high < -least) else "no evidence"


def _answer(moment: Moment, asked: Supposed, effect: Effect | None) -> WhatIf:
    what, verdict = asked.what or _word(effect), verdict_of(moment, effect)
    estimate = low = high = people = None
    if effect is not None and effect.per_month is not None and verdict != "not identifiable":
        people = effect.per_month * asked.change
        estimate = people * effect.estimate
        low, high = sorted((people * effect.low, people * effect.high))
    one = WhatIf(
        question=moment.question.id,
        moment=moment.name,
        what=what,
        change=asked.change,
        evidence=moment.evidence,
        verdict=verdict,
        estimate=estimate,
        low=low,
        high=high,
        unit=f"{moment.question.unit} a month",
        people=people,
        sentence="",
    )
    return msgspec.structs.replace(one, sentence=_said(moment, one, effect, ENGLISH))


def _word(effect: Effect | None) -> str:
    return "bad" if effect is not None and effect.contrast in ("break", "bad-good") else TOUCHES


def what_if_words(one: WhatIf, findings: Findings, language: Language) -> str:
    """The sentence of a supposition in a language: as it was written, or said anew."""
    if language.is_english:
        return one.sentence
    moment = next(each for each in findings.question(one.question) if each.name == one.moment)
    return _said(moment, one, effect_of(moment, one.what), language)


FEWER = {
    "bad": "{share} fewer bad {name}",
    "good": "{share} fewer good {name}",
    TOUCHES: "{share} fewer touches of {name}",
    "arm": "{share} fewer {name}",
    "level": "{share} fewer {name} at {level}",
}
MORE = {
    "bad": "{share} more bad {name}",
    "good": "{share} more good {name}",
    TOUCHES: "{share} more touches of {name}",
    "arm": "{share} more {name}",
    "level": "{share} more {name} at {level}",
}
NONE = {
    "bad": "no bad {name}",
    "good": "no good {name}",
    TOUCHES: "no touches of {name}",
    "arm": "no {name}",
    "level": "no {name} at {level}",
}


def _supposition(moment: Moment, change: float, what: str, language: Language) -> str:
    """`50 % fewer bad delivery.promise`, `no touches of support.call`."""
    share = percent(abs(change), 0 if abs(change) >= 0.095 else 1, language)
    kind = "arm" if moment.finding.kind == "arm" else what if what in WORDS else "level"
    values = {"name": printable(moment.touchpoint, LONGEST_NAME)} | ({"level": printable(what, LONGEST_NAME)} if kind == "level" else {})
    if change == -1:
        return language.say(NONE[kind], **values)
    return language.say((FEWER if change < 0 else MORE)[kind], share=share, **values)


def _said(moment: Moment, one: WhatIf, effect: Effect | None, language: Language) -> str:
    supposition = _supposition(moment, one.change, one.what, language)
    if one.estimate is None or one.low is None or one.high is None:
        return _refused(moment, one.verdict, supposition, one.what, effect, language)
    stake = AtStake(estimate=one.estimate, low=one.low, high=one.high, unit=one.unit)
    return _sentence(moment, one.verdict, supposition, effect, stake, one.people or 0.0, language)


def _refused(moment: Moment, verdict: Verdict, supposition: str, what: str, effect: Effect | None, language: Language) -> str:
    say = language.say
    if verdict == "not identifiable":
        own = moment.verdict == verdict
        why = unidentified_reason(moment, language) if own else say("That was not told apart from who meets it.")
        return f"{say('We cannot tell what {change} would bring.', change=supposition)} {why}".strip()
    if effect is None:
        outcome = outcome_words(moment.question.outcome, language)
        message = "We cannot tell what {change} would bring: no effect of {what} was estimated for {outcome}."
        return say(message, change=supposition, what=say(WHAT[what]) if what in WHAT else what, outcome=outcome)
    return say("We cannot tell what {change} would bring a month: these data carry no time.", change=supposition)


def _sentence(
    moment: Moment, verdict: Verdict, supposition: str, effect: Effect | None, stake: AtStake, people: float, language: Language
) -> str:
    """In words that say no more than the evidence allows: C goes along, and forecasts nothing."""
    say, places = language.say, at_stake_decimals(stake)
    unit = stake_words(stake, people_noun(moment.question), language)
    between = say("{low} to {high}", low=signed(stake.low, places, language), high=signed(stake.high, places, language))
    counted = say("{n} a month", n=signed(people, 0 if abs(people) >= 10 else 1, language))
    values = {"change": supposition, "counted": counted, "outcome": outcome_words(moment.question.outcome, language)}
    if moment.evidence != "C" and verdict in ("no evidence", "too small to matter"):
        return say(
            "With {change} ({counted}) nothing was found for {outcome}; what it may come to is {interval} {unit}.",
            interval=between, unit=unit, **values,
        )  # fmt: skip
    values |= {
        "size": f"{signed(stake.estimate, places, language)} {unit}",
        "interval": between,
        "reference": state_words(printable(effect.reference, LONGEST_NAME), language) if effect is not None else "",
    }
    if moment.evidence == "C":
        goes = (
            "In these records {change} ({counted}) goes along with {size} of {outcome} (95\u00a0% interval {interval}), "
            "compared with {reference}."
        )
        return f"{say(goes, **values)} {say('That is no forecast: whether it would come about if one changed it, they do not say.')}"
    if moment.evidence == "A":
        return say(
            "With {change} ({counted}), {outcome} would change by {size} (95\u00a0% interval {interval}), compared with {reference}.",
            **values,
        )
    return say(
        "With {change} ({counted}), {outcome} is estimated to change by {size} (95\u00a0% interval {interval}), compared with {reference}.",
        **values,
    )
