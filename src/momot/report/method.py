"""How a question was asked, and what a report can and cannot claim."""

from __future__ import annotations

from momot.findings.contract import Calibration
from momot.findings.findings import Findings
from momot.findings.forest import Forest
from momot.findings.labels import (
    DESIGN_WORDS,
    EVIDENCE_SENTENCES,
    EVIDENCE_WORDS,
    counted_people,
    counted_units,
    outcome_words,
    unit_noun,
)
from momot.findings.numbers import Numbers
from momot.findings.told import marked
from momot.language import Language
from momot.report.cards import short, text


def question_facts(drawn: Forest) -> tuple[tuple[str, str], ...]:
    """Method, estimand, data and settings of one question."""
    question, numbers, language = drawn.question, drawn.numbers, drawn.language
    say = language.say
    people = counted_people(question, question.people, language)
    better = "{outcome}; higher is better" if question.better == "higher" else "{outcome}; lower is better"
    units = counted_units(question, question.units, language)
    facts = [
        (say("Asked"), say(better, outcome=outcome_words(short(question.outcome), language))),
        (say("Estimated"), marked(text(question.estimand), language)),
        (
            say("Design"),
            say(
                "{design}; evidence {grade} ({words}) at most",
                design=say(DESIGN_WORDS[question.design]),
                grade=question.evidence,
                words=say(EVIDENCE_WORDS[question.evidence]),
            ),
        ),
        (say("Data"), say("{units} of {people}", units=units, people=people) if unit_noun(question) != "people" else people),
    ]
    if question.mean is not None:
        unit = "" if numbers.is_share or not numbers.unit else f" {short(numbers.unit)}"
        facts.append((say("Mean"), f"{numbers.level(question.mean)}{unit}"))
    if question.from_ and question.to:
        facts.append((say("Dates"), language.days(question.from_, question.to)))
    if question.within_days is not None:
        facts.append((say("Window"), language.says("{n} day after", "{n} days after", round(question.within_days))))
    if question.smallest_effect is not None:
        facts.append(
            (say("Too small to matter"), say("within {least}", least=numbers.with_unit(f"±{numbers.plain(question.smallest_effect)}")))
        )
    facts.append((say("Calibration"), _calibration(question.calibration, numbers)))
    return tuple(facts)


def _calibration(found: Calibration, numbers: Numbers) -> str:
    """From what systematic error was measured, and what it is found to be."""
    say = numbers.language.say
    if found.method == "none":
        return say("none: systematic error is not part of the intervals")
    most = max(found.laws, key=lambda law: law.touchpoints, default=None)
    from_controls = "from {n} declared controls ({used})"
    from_all = "from the touchpoints, most without an effect ({used})"
    source = say(
        from_controls if found.method == "controls" else from_all,
        n=numbers.language.grouped(len(found.controls)),
        used=numbers.language.grouped(most.touchpoints if most else 0),
    )
    laws = []
    for words, met in (
        ("having met it {location} on average, give or take {spread}", False),
        ("how it went {location} on average, give or take {spread}", True),
    ):
        law = max((one for one in found.laws if one.between_met == met), key=lambda one: one.spread, default=None)
        if law is not None:
            laws.append(say(words, location=numbers.effect(law.location), spread=numbers.plain(law.spread)))
    return f"{source}: {'; '.join(laws)}"


def limits(findings: Findings, language: Language) -> tuple[str, ...]:
    """What this report can and cannot claim, by the grades of evidence that occur in it."""
    say = language.say
    grades = {moment.evidence for moment in findings} | {question.evidence for question in findings.questions}
    words = [
        say(
            "Evidence {grade} ({words}). {sentence}", grade=grade, words=say(EVIDENCE_WORDS[grade]), sentence=say(EVIDENCE_SENTENCES[grade])
        )
        for grade in ("A", "B", "C")
        if grade in grades
    ]
    return (
        *words,
        say("Every interval is a 95\u00a0% interval; every effect is a difference to the reference named beside it, which stands at zero."),
        say(
            "Of the findings called decisive in one run, chance alone is expected to make at most about one in ten (false discovery rate "
            "10\u00a0%). What else may mislead, such as a hidden reason, is not part of that."
        ),
        say("An empty place is not a zero: what could not be estimated is listed under what we cannot tell, with the reason."),
    )
