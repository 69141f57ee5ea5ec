"""What to do next about a decisive moment, told from what was found: what to prevent or repeat, and which experiment settles the doubt."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from momot.findings.contract import Finding, Pair
from momot.findings.findings import Findings, Moment
from momot.findings.labels import COUNTED, outcome_words, printable
from momot.findings.numbers import Numbers, percent
from momot.findings.plan import Proposal
from momot.findings.sentences import failed, sentence
from momot.findings.told import marked
from momot.language import Language
from momot.report.pages import NextStep
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT
from momot.vocabulary import Contrast

MOST_NOTES = 3
LONG_MONTHS = 24.0


def next_steps(moment: Moment, findings: Findings, proposals: Sequence[Proposal], numbers: Numbers) -> tuple[NextStep, ...]:
    """The steps of one moment: to act where it is found, to settle it first where it is not."""
    return (*_acts(moment, findings, numbers.language), *_asks(moment, proposals, numbers))


def _acts(moment: Moment, findings: Findings, language: Language) -> Iterator[NextStep]:
    """What the finding says to do. An association says nothing of what would help, so it has none."""
    say, name, finding = language.say, printable(moment.touchpoint, LONGEST_NAME), moment.finding
    if moment.evidence == "C":
        return
    bad = next((effect for effect in moment.main_effects if effect.contrast in ("break", "bad-good")), None)
    good = next((effect for effect in moment.main_effects if effect.contrast == "make"), None)
    if finding.label in ("breaks", "make or break") and bad is not None:
        others = (good.n if good is not None else 0) + bad.n_reference * (bad.reference in ("good", "neutral"))
        known = "Make {name} go badly less often: it did {n} times, {share} of those compared."
        unknown = "Make {name} go badly less often: it did {n} times."
        rate = percent(bad.n / (bad.n + others), language=language) if others else ""
        words = say(known if others else unknown, name=name, n=language.grouped(bad.n), **({"share": rate} if others else {}))
        yield NextStep("act", words, _reasons(finding, language, badly=True))
    if finding.label in ("makes", "make or break") and good is not None:
        yield NextStep("act", say("Make {name} go well more often.", name=name), _reasons(finding, language, badly=False))
    if moment.kind == "arm":
        yield from _use(moment, language)
    elif finding.label == "presence":
        words = "Let more people meet {name}." if _helps(moment, "presence") else "Let fewer people meet {name}."
        yield NextStep("act", say(words, name=name))
    if finding.label == "threshold":
        yield NextStep("act", say("Keep {name} on the good side of its levels: the table of estimates says where it turns.", name=name))
    for pair in findings.pairs:
        if pair.question == moment.question.id and pair.first in (moment.name, moment.touchpoint) and pair.verdict == "repairs":
            yield NextStep("act", _repair(pair, language))


def _use(moment: Moment, language: Language) -> Iterator[NextStep]:
    """Which arm to use, where chance decided and one of them does better."""
    effect = next((effect for effect in moment.main_effects if effect.contrast == "arm"), None)
    if effect is None:
        return
    name, other = printable(moment.touchpoint, LONGEST_NAME), printable(effect.reference, LONGEST_NAME)
    words = "Use {name} instead of {other}." if _helps(moment, "arm") else "Keep {other}, and do not use {name}."
    yield NextStep("act", language.say(words, name=name, other=other))


def _helps(moment: Moment, contrast: Contrast) -> bool:
    """Whether the outcome gets better by it."""
    effects = [effect for effect in moment.main_effects if effect.contrast == contrast]
    return bool(effects) and (effects[0].estimate > 0) == (moment.question.better == "higher")


def _reasons(finding: Finding, language: Language, *, badly: bool) -> tuple[str, ...]:
    """What people say most of it, where they say something that tells."""
    if finding.why is None:
        return ()
    reasons = finding.why.badly if badly else finding.why.well
    if not reasons:
        return ()
    first = reasons[0]
    people = language.says(*COUNTED["people"], first.people)
    said = "Begin with what is said most: \u201c{reason}\u201d ({people}, {share})."
    share = percent(first.share, language=language)
    return (language.say(said, reason=printable(first.reason, LONGEST_NAME), people=people, share=share),)


def _repair(pair: Pair, language: Language) -> str:
    said = "Where it went badly, let {then} follow within {days} and go well: that repairs it."
    days = language.says("{n} day", "{n} days", max(1, round(pair.within_days)))
    return language.say(said, then=printable(pair.then, LONGEST_NAME), days=days)


def _asks(moment: Moment, proposals: Sequence[Proposal], numbers: Numbers) -> Iterator[NextStep]:
    """The experiment that would settle it, and what checks ask for."""
    language = numbers.language
    if moment.verdict == "moment" and moment.evidence == "A":
        return
    fixes = dict.fromkeys(sentence(check.fix) for check in failed(moment.checks) if check.fix)
    touch = moment.kind == "interaction"
    own = [one for one in proposals if one.question == moment.question.id and one.moment == moment.name]
    for proposal in own:
        yield NextStep("ask", trial_words(proposal, numbers, met=touch), _notes(proposal, language, touch=touch), _command(moment))
    if not own:
        settle = "A trial would settle it. How many people it takes, momot tells:"
        yield NextStep("ask", language.say(settle), (), _command(moment))
    if fixes and moment.verdict != "moment":
        asks = tuple(marked(printable(one, LONGEST_TEXT), language) for one in fixes)
        yield NextStep("ask", language.say("To be surer from records alone:"), asks)


def _command(moment: Moment) -> str:
    """To be called in the project's folder, whose place is nobody's business but its owner's."""
    return f"momot plan {shlex.quote(printable(moment.name, LONGEST_NAME))}"


def trial_words(one: Proposal, numbers: Numbers, *, met: bool = True) -> str:
    """Whom to randomise to what, and what that finds in which time. `met`: it is a touch, not a condition."""
    language, say = numbers.language, numbers.language.say
    name, outcome = printable(one.moment, LONGEST_NAME), outcome_words(one.question, numbers.language)
    if one.per_arm is None or one.effect is None or one.power is None or one.units is None:
        return say("How many people a trial of {name} needs to settle {outcome} can\u2019t be told.", name=name, outcome=outcome)
    units = language.says(*COUNTED["accounts" if one.randomise == "account" else "people"], one.units)
    whom = {
        "withhold": "Randomise {units} when they would meet {name}: half of them meet it, half do not.",
        "improve": "Randomise {units} when they would meet {name}: for half of them make sure that it goes well.",
        "repeat": "Randomise {units}: half of them get {arm}, half {control}.",
    }[one.action]
    if one.action == "withhold" and not met:
        whom = "Randomise {units}: half of them with {name}, half without."
    size = numbers.with_unit(numbers.size(one.effect))
    parts = [say(whom, units=units, name=name, arm=one.arms[1], control=one.arms[0])]
    found = "That finds an effect on {outcome} of {size} for each who is reached, with power {power}."
    parts.append(say(found, outcome=outcome, size=size, power=language.grouped(one.power, 2)))
    if one.months is not None:
        months = max(1, round(one.months))
        parts.append(say("It takes about {months}.", months=language.says("{n} month", "{n} months", months)))
    if one.follow_up_days:
        days = language.says("{n} day", "{n} days", round(one.follow_up_days))
        parts.append(say("The last ones are then followed for {days}.", days=days))
    return " ".join(parts)


def _notes(one: Proposal, language: Language, *, touch: bool) -> tuple[str, ...]:
    """What to know before running it, the most useful first."""
    say, notes = language.say, list[str]()
    if one.months is not None and one.months > LONG_MONTHS:
        notes.append(say("That is too long to wait: look for a larger effect, or for more people who meet it."))
    if one.action == "improve" and one.changed_share < 1:
        share = percent(one.changed_share, language=language)
        only = (
            "Only {share} of those who meet it have it go badly. Who can tell them beforehand randomises these alone, and needs far fewer."
        )
        notes.append(say(only, share=share))
    if one.action == "withhold" and touch:
        notes.append(say("Withhold only what people do not ask for and are not owed."))
    if one.before:
        notes.append(say("Keep what was known of them before: it makes the trial smaller."))
    return tuple(notes[:MOST_NOTES])
