"""Headlines and plain sentences for every verdict, for the command line and the report alike.

Each sentence says no more than its evidence allows: A may say that something changes the outcome, B that it is likely to after adjustment,
C only that the two go together. "We cannot tell" is an answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from momot.findings.contract import Check, Effect, Question, Response
from momot.findings.findings import Moment
from momot.findings.half_life import half_life_note, half_life_words
from momot.findings.labels import capital, counted_people, counted_units, outcome_words, printable, state_words, unit_noun
from momot.findings.numbers import NARROW_SPACE, NO_BREAK_SPACE, Numbers, grouped, numbers_of, percent
from momot.findings.told import marked, told
from momot.language import ENGLISH, Language
from momot.vocabulary import DesignName, Evidence, Kind, Verdict

LONGEST_NAME = 80
LONGEST_MESSAGE = 600
REFERENCES = {
    "good": "where it goes well",
    "bad": "where it goes badly",
    "neutral": "where it is neutral",
    "not met": "where it was not met",
    "absent": "where it was not met",
}
OF_TESTED: dict[tuple[Kind, ...], tuple[str, str]] = {
    ("interaction",): ("{n} touchpoint", "{n} touchpoints"),
    ("condition",): ("{n} condition", "{n} conditions"),
    ("arm",): ("{n} arm", "{n} arms"),
    ("interaction", "condition"): ("{n} touchpoint or condition", "{n} touchpoints and conditions"),
    ("interaction", "arm"): ("{n} touchpoint or arm", "{n} touchpoints and arms"),
    ("condition", "arm"): ("{n} condition or arm", "{n} conditions and arms"),
    ("interaction", "condition", "arm"): ("{n} touchpoint or condition or arm", "{n} touchpoints and conditions and arms"),
}
"""What was tested, counted: in other languages in the case that follows `of`."""
ALL_TESTED: dict[tuple[Kind, ...], str] = {
    ("interaction",): "touchpoints",
    ("condition",): "conditions",
    ("arm",): "arms",
    ("interaction", "condition"): "touchpoints and conditions",
    ("interaction", "arm"): "touchpoints and arms",
    ("condition", "arm"): "conditions and arms",
    ("interaction", "condition", "arm"): "touchpoints and conditions and arms",
}


def headline(
    *,
    outcome: str,
    design: DesignName,
    evidence: Evidence,
    verdicts: Sequence[Verdict],
    kinds: Sequence[Kind] | None = None,
    language: Language = ENGLISH,
) -> str:
    """One sentence over everything that was tested for one outcome.

    `verdicts` holds one verdict a tested moment, condition or arm; `kinds` what each is, in the same order (default: touchpoints, or arms
    in an experiment). `evidence` is the best that the question allows.
    """
    what, say = outcome_words(outcome, language), language.say
    kind = _kinds(design, kinds)
    tested = len(verdicts)
    count = {verdict: sum(v == verdict for v in verdicts) for verdict in set(verdicts)}
    if not tested:
        return say("Nothing could be tested for {outcome}", outcome=what)
    of_tested, noun = language.says(*OF_TESTED[kind], tested), say(ALL_TESTED[kind])
    parts = _found(what, of_tested, count, evidence, language)
    if parts:
        return "; ".join(parts)
    link = evidence == "C"
    if count.get("not identifiable", 0) == tested:
        known = "We cannot tell which {things} go with {outcome}" if link else "We cannot tell which {things} move {outcome}"
        return say(known, things=noun, outcome=what)
    if count.get("too small to matter", 0) == tested:
        small = "None of {tested} goes with {outcome} enough to matter" if link else "None of {tested} moves {outcome} enough to matter"
        return say(small, tested=of_tested, outcome=what)
    none = "None of {tested} was found to go with {outcome}" if link else "None of {tested} was found to move {outcome}"
    return say(none, tested=of_tested, outcome=what)


def _found(what: str, tested: str, count: Mapping[Verdict, int], evidence: Evidence, language: Language) -> list[str]:
    """The clauses of a headline that found something, the strongest first."""
    says, parts = language.says, list[str]()
    moments, likely, associated = count.get("moment", 0), count.get("likely", 0), count.get("association", 0)
    if moments:
        decide = ("{n} of {tested} decides {outcome}", "{n} of {tested} decide {outcome}")
        change = ("{n} of {tested} changes {outcome}", "{n} of {tested} change {outcome}")
        parts.append(says(*(change if evidence == "A" else decide), moments, tested=tested, outcome=what))
    if likely and moments:
        parts.append(says("{n} more is likely to move it", "{n} more are likely to move it", likely))
    elif likely:
        words = ("{n} of {tested} is likely to move {outcome}", "{n} of {tested} are likely to move {outcome}")
        parts.append(says(*words, likely, tested=tested, outcome=what))
    if associated and parts:
        parts.append(says("{n} more is associated with it", "{n} more are associated with it", associated))
    elif associated:
        words = ("{n} of {tested} is associated with {outcome}", "{n} of {tested} are associated with {outcome}")
        parts.append(says(*words, associated, tested=tested, outcome=what))
    return parts


def _kinds(design: DesignName, kinds: Sequence[Kind] | None) -> tuple[Kind, ...]:
    """Which kinds were tested, in one order; a condition is never called a touchpoint."""
    order: tuple[Kind, ...] = ("interaction", "condition", "arm")
    present = set(kinds or ())
    if not present:
        return ("arm",) if design == "experiment" else ("interaction",)
    return tuple(kind for kind in order if kind in present)


def headline_of(question: Question, moments: Sequence[Moment], language: Language = ENGLISH) -> str:
    """The headline of an answered question: as it was written, or said anew in another language."""
    if language.is_english:
        return question.headline
    return headline(
        outcome=question.outcome,
        design=question.design,
        evidence=question.evidence,
        verdicts=[moment.verdict for moment in moments],
        kinds=[moment.kind for moment in moments],
        language=language,
    )


def sub_line(question: Question, language: Language = ENGLISH) -> str:
    """Outcome, number of people, dates and what the intervals are: the line under the headline."""
    numbers = numbers_of(question, (), language)
    unit = numbers.effect_unit
    words = outcome_words(question.outcome, language)
    outcome = words.capitalize() if language.is_english else capital(words)
    parts = [f"{outcome}, {unit}" if unit and unit != words else outcome]
    parts.append(counted_people(question, question.people, language))
    if question.units != question.people and unit_noun(question) != "people":
        parts.append(counted_units(question, question.units, language))
    if question.from_ and question.to:
        parts.append(language.days(question.from_, question.to))
    parts.append(language.say("95\u00a0% intervals"))
    return " \u00b7 ".join(parts)


def moment_sentence(moment: Moment, numbers: Numbers) -> str:
    """What was found about one moment, in one or a few sentences."""
    say = numbers.language.say
    name, what = _cut(moment.touchpoint), outcome_words(moment.question.outcome, numbers.language)
    if moment.verdict == "not identifiable":
        unknown = (
            "We cannot tell whether {name} goes with {outcome}."
            if moment.evidence == "C"
            else "We cannot tell what {name} does to {outcome}."
        )
        return f"{say(unknown, name=name, outcome=what)} {unidentified_reason(moment, numbers.language)}".strip()
    if moment.verdict == "too small to matter":
        return f"{say('{name}: too small to matter.', name=name)} {_within(moment, numbers)}".strip()
    if moment.verdict == "no evidence":
        return f"{say('{name}: nothing found.', name=name)} {detectable_sentence(moment, numbers)}".strip()
    return " ".join(effect_sentence(moment, effect, numbers) for effect in moment.telling_effects)


def effect_sentence(moment: Moment, effect: Effect, numbers: Numbers) -> str:
    """One effect with its reference, interval and numbers of cases."""
    language, question = numbers.language, moment.question
    what, say = outcome_words(question.outcome, language), numbers.language.say
    size = numbers.with_unit(numbers.size(effect.estimate))
    cases, others = counted_units(question, effect.n, language), language.grouped(effect.n_reference)
    interval = numbers.interval(effect.low, effect.high)
    proof = say("(95\u00a0% interval {interval}; {cases} against {others})", interval=interval, cases=cases, others=others)
    higher = effect.estimate >= 0
    if moment.evidence == "A":
        named = effect.level and effect.contrast in ("level", "trend")
        who = f"{_cut(moment.touchpoint)} ({_cut(effect.level or '')})" if named else _cut(moment.touchpoint)
        raised = "{name} raised {outcome} by {size} against {reference} {proof}."
        lowered = "{name} lowered {outcome} by {size} against {reference} {proof}."
        reference = state_words(_cut(effect.reference), language)
        return say(raised if higher else lowered, name=who, outcome=what, size=size, reference=reference, proof=proof)
    was = "{where}, {outcome} was {size} higher than {reference} {proof}.", "{where}, {outcome} was {size} lower than {reference} {proof}."
    estimated = (
        "{where}, {outcome} is estimated to be {size} higher than {reference} {proof}.",
        "{where}, {outcome} is estimated to be {size} lower than {reference} {proof}.",
    )
    message = (was if moment.evidence == "C" else estimated)[not higher]
    return say(
        message, where=_lead(effect, moment, language), outcome=what, size=size, reference=_reference(effect, moment, language), proof=proof
    )


def _reference(effect: Effect, moment: Moment, language: Language) -> str:
    """What is compared with: `where it goes well`, `at 0-2 days`."""
    if effect.reference in REFERENCES:
        return language.say(REFERENCES[effect.reference])
    with_or_at = "with {reference}" if moment.kind == "arm" else "at {reference}"
    return language.say(with_or_at, reference=state_words(_cut(effect.reference), language))


def _lead(effect: Effect, moment: Moment, language: Language) -> str:
    """The condition of the sentence: `Where delivery.promise goes badly`."""
    name, level, say = _cut(moment.touchpoint), effect.level, language.say
    if effect.contrast in ("break", "bad-good") and level in (None, "bad"):
        return say("Where {name} goes badly", name=name)
    if effect.contrast == "make" and level in (None, "good"):
        return say("Where {name} goes well", name=name)
    if level in (None, "met", "present"):
        return say("Where {name} was met", name=name)
    return say("Where {name} is {level}", name=name, level=state_words(_cut(level), language))


def _within(moment: Moment, numbers: Numbers) -> str:
    band = moment.question.smallest_effect
    effects = moment.main_effects
    if band is None or not effects:
        return ""
    widest = max(effects, key=lambda effect: max(abs(effect.low), abs(effect.high)))
    inside, least = numbers.interval(widest.low, widest.high), numbers.with_unit(f"±{numbers.plain(band)}")
    return numbers.language.say("Its whole interval ({interval}) lies within {least}.", interval=inside, least=least)


def detectable_sentence(moment: Moment, numbers: Numbers) -> str:
    """What could have been found, where nothing was."""
    if moment.finding.detectable_effect is None:
        return ""
    size = numbers.with_unit(numbers.size(moment.finding.detectable_effect))
    difference = "A difference of {size} or more would more likely than not have shown."
    effect = "An effect of {size} or more would more likely than not have shown."
    return numbers.language.say(difference if moment.evidence == "C" else effect, size=size)


def response_sentence(response: Response, numbers: Numbers) -> str:
    """How many of everybody answered, and what the mean would be if those who seldom answer counted as often as they are."""
    told = f"{grouped(response.answered)} of {grouped(response.asked)} {response.of} answered ({percent(response.share)}"
    told += f", {percent(response.low)} to {percent(response.high)})"
    if response.mean is None or response.weighted_mean is None:
        return f"{told}."
    return f"{told}; their mean is {numbers.level(response.mean)}, weighted for who answers {numbers.level(response.weighted_mean)}."


def fading_words(moment: Moment, numbers: Numbers) -> str:
    """What the picture of how a moment fades says: half-life or bound, and what it comes to; nothing where it was not followed."""
    finding, language = moment.finding, numbers.language
    if finding.half_life_days is None or not finding.lasting:
        return ""
    weeks = finding.lasting[0].days[1] / 7
    if weeks >= 5 and weeks == int(weeks):
        time = language.says("{n} week", "{n} weeks", int(weeks))
    else:
        time = language.says("{days} day", "{days} days", math.ceil(weeks * 7), days=f"{finding.lasting[0].days[1]:g}")
    parts = [half_life_words(finding.half_life_days, language) or half_life_note(finding.half_life_days, language)]
    for curve in finding.lasting:
        inside = numbers.interval(curve.low, curve.high)
        summed = (
            "{compared}: {effect} ({interval}) on average over {time}"
            if curve.averaged
            else "{compared}: {effect} ({interval}) in all, over {time}"
        )
        compared = language.say(
            "{state} against {reference}",
            state=state_words(_cut(curve.level or "met"), language),
            reference=state_words(_cut(curve.reference), language),
        )
        effect = numbers.with_unit(numbers.effect(curve.estimate))
        parts.append(language.say(summed, compared=compared, effect=effect, interval=inside, time=time))
    return "; ".join(part for part in parts if part)


def failed(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks that failed, then those that want a look."""
    return tuple(check for status in ("fail", "review") for check in checks if check.status == status)


def unidentified_reason(moment: Moment, language: Language = ENGLISH) -> str:
    """Which gate failed."""
    return " ".join(dict.fromkeys(told(sentence(check.message), language) for check in _gates(moment)))


def untold_groups(moments: Sequence[Moment], language: Language = ENGLISH) -> list[tuple[str, tuple[str, ...], str]]:
    """Moments about which nothing can be told, those with the same failed gates together: reason, names, what would settle it."""
    groups: dict[tuple[str, ...], list[Moment]] = {}
    for moment in moments:
        groups.setdefault(tuple(dict.fromkeys(sentence(check.message) for check in _gates(moment))), []).append(moment)
    found = []
    for reasons, same in groups.items():
        fixes = dict.fromkeys(sentence(check.fix) for moment in same for check in _gates(moment) if check.fix)
        found.append((_joined(reasons, language), tuple(moment.name for moment in same), _joined(fixes, language)))
    return found


def _joined(messages: Iterable[str], language: Language) -> str:
    """Messages one after the other; markup where one of them stays English in another language."""
    parts = [marked(printable(message, LONGEST_MESSAGE), language) for message in messages]
    return Markup(" ").join(parts) if any(isinstance(part, Markup) for part in parts) else " ".join(parts)


def _gates(moment: Moment) -> Sequence[Check]:
    """The checks that closed the way: those that failed, or else those that want a look."""
    return [check for check in moment.checks if check.status == "fail"] or failed(moment.checks)


def _cut(name: str) -> str:
    """A name in a sentence: a very long one would hide the rest."""
    return printable(name, LONGEST_NAME)


def listed(names: Sequence[str], most: int = 5) -> str:
    """`a, b and c`; a long list ends in how many more there are."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part) if shown else ""


def sentence(text: str) -> str:
    """A message as a sentence: capital first letter, full stop, without marks of code, numbers as everywhere on the page."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", NARROW_SPACE, text.strip().replace("`", ""))
    text = re.sub(r"(?<=\d)%", f"{NO_BREAK_SPACE}%", text)
    if not text:
        return ""
    first = text[0].upper() + text[1:] if text.split(maxsplit=1)[0].isalpha() else text
    return first if first[-1] in ".!?" else f"{first}."
