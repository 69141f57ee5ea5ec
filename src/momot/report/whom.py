"""For whom, and was it repaired: the parts of the report that hold what was asked by segment and in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from momot.findings.contract import Difference, Effect, Pair, Question, SegmentFinding
from momot.findings.findings import Findings
from momot.findings.forest import Forest, Line, domain, forest, solid
from momot.findings.labels import (
    DIFFERENCE_WORDS,
    EVIDENCE_SENTENCES,
    PAIR_CONTRAST_WORDS,
    PAIR_WORDS,
    VERDICT_WORDS,
    contrast_words,
    outcome_words,
    printable,
    segment_words,
)
from momot.findings.numbers import Numbers, decimals_for, probability
from momot.findings.pairs import WENT, pair_words
from momot.findings.whom_text import telling
from momot.language import ENGLISH, Language
from momot.report.checks import check_line, ordered
from momot.report.marks.forest import axis_svg, row_svg
from momot.report.pages import Cell, PairCard, PairLine, WhomPart, WhomRow
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

STRIP_HEIGHT = 22.0
MOST = 12


def whom_parts(findings: Findings, question: Question, language: Language = ENGLISH) -> tuple[WhomPart, ...]:
    """One part a segment that was asked for: a strip of dots for every moment that differs or was found for some only."""
    names = dict.fromkeys(one.segment for one in findings.by_segment if one.question == question.id)
    return tuple(_part(findings, question, name, language) for name in names)


def _part(findings: Findings, question: Question, name: str, language: Language) -> WhomPart:
    differing = [one for one in findings.differences if one.question == question.id and one.segment == name]
    values = [one for one in findings.by_segment if one.question == question.id and one.segment == name]
    shown = telling(differing)
    named = {one.moment for one in shown}
    only = [one for one in values if one.only and one.moment not in named]
    groups = [(one.moment, _of_difference(findings, one), _words(one, language)) for one in shown[:MOST]]
    groups += [(one.moment, _of_finding(findings, one), _only_words(one, language)) for one in only[:MOST]]
    every = [effect for _, effects, _ in groups for _, effect in effects]
    base = forest(findings, question, language)
    low, high = domain(every, question.smallest_effect)
    drawn = replace(base, low=low, high=high)
    alike = {one.moment for one in differing if one.verdict == "no difference seen"} - named
    untold = {one.moment for one in differing if one.verdict == "cannot tell"} - named - alike
    return WhomPart(
        name=printable(segment_words(name, language), LONGEST_NAME),
        note=language.say("Chosen afterwards: likely at most, false discoveries counted apart.")
        if any(one.post_hoc for one in values)
        else language.say("Declared with the experiment."),
        axis=axis_svg(drawn) if every else None,
        rows=tuple(row for moment, effects, words in groups for row in _rows(drawn, question, values, moment, effects, words)),
        rest=_rest(len(alike), len(untold), language),
    )


def _of_difference(findings: Findings, one: Difference) -> list[tuple[str, Effect]]:
    wanted = (one.question, one.moment, one.contrast, one.level, one.reference)
    found = {}
    for effect in findings.document.effects:
        if effect.segment and (effect.question, effect.moment, effect.contrast, effect.level, effect.reference) == wanted:
            name, _, value = effect.segment.partition("=")
            if name == one.segment and (value not in found or effect.calibrated):
                found[value] = effect
    return [(value, found[value]) for value in one.values if value in found]


def _of_finding(findings: Findings, one: SegmentFinding) -> list[tuple[str, Effect]]:
    """The surest contrast of the value, and the same contrast in the others."""
    name = f"{one.segment}={one.value}"
    own = [e for e in findings.document.effects if (e.question, e.moment, e.segment) == (one.question, one.moment, name)]
    if not own:
        return []
    best = min(own, key=lambda effect: (effect.p_value, not effect.calibrated))
    found: dict[str, Effect] = {}
    for effect in findings.document.effects:
        same = (effect.question, effect.moment, effect.contrast, effect.level) == (best.question, best.moment, best.contrast, best.level)
        if same and effect.segment and effect.segment.startswith(f"{one.segment}="):
            value = effect.segment.partition("=")[2]
            if value not in found or effect.calibrated:
                found[value] = effect
    return list(found.items())


def _only_words(one: SegmentFinding, language: Language) -> str:
    return language.say("{verdict}, for {value} only", verdict=language.say(VERDICT_WORDS[one.verdict]), value=one.value)


def _words(one: Difference, language: Language) -> str:
    said = language.say("Opposite signs" if one.opposite else DIFFERENCE_WORDS[one.verdict])
    return said if one.q_value is None else f"{said}, q {'' if one.q_value < 0.001 else '= '}{probability(one.q_value)}"


def _rows(
    drawn: Forest, question: Question, values: Sequence[SegmentFinding], moment: str, effects: Sequence[tuple[str, Effect]], words: str
) -> Iterator[WhomRow]:
    verdicts = {one.value: one for one in values if one.moment == moment}
    numbers = drawn.numbers
    for place, (value, effect) in enumerate(effects):
        better = (effect.estimate >= 0) == (question.better == "higher")  # of values: by the way the outcome went, also where it went badly
        line = Line(effect, "well" if better else "badly", solid(effect, question), contrast_words(effect, language=drawn.language))
        finding = verdicts.get(value)
        title = (
            f"{printable(moment, LONGEST_NAME)}, {value}: {numbers.effect(effect.estimate)}, {numbers.interval(effect.low, effect.high)}"
        )
        yield WhomRow(
            moment=printable(moment, LONGEST_NAME) if not place else "",
            compared=line.words if not place else "",
            said=words if not place else "",
            value=printable(value, LONGEST_NAME),
            marks=row_svg(drawn, (line,), title, height=STRIP_HEIGHT),
            cell=Cell(
                numbers.effect(effect.estimate),
                numbers.interval(effect.low, effect.high),
                f"{line.side} {'solid' if line.solid and finding is not None and finding.evidence != 'C' else 'hollow'}",
            ),
            verdict=_verdict(finding, drawn.language) if finding else "",
        )


def _verdict(finding: SegmentFinding, language: Language) -> str:
    words = language.say(VERDICT_WORDS[finding.verdict])
    return words + (language.say(", only here") if finding.only else "")


def _rest(alike: int, untold: int, language: Language) -> str:
    parts = []
    if alike:
        parts.append(language.says("{n} was not seen to differ", "{n} were not seen to differ", alike))
    if untold:
        parts.append(language.says("of {n} we cannot tell", "of {n} we cannot tell", untold))
    return f"{'; '.join(parts)}." if parts else ""


def pair_cards(findings: Findings, language: Language = ENGLISH) -> tuple[PairCard, ...]:
    """Every pair in order as a card."""
    return tuple(_card(findings, pair, language) for pair in findings.pairs)


def _card(findings: Findings, pair: Pair, language: Language) -> PairCard:
    question = next(one for one in findings.questions if one.id == pair.question)
    factor = 100.0 if question.unit == "share" else 1.0
    numbers = Numbers(question.unit, decimals_for((effect.high - effect.low) / 2 * factor for effect in pair.effects), language)
    better = 1 if question.better == "higher" else -1
    return PairCard(
        first=printable(pair.first, LONGEST_NAME),
        went=language.say(WENT[pair.went]),
        then=printable(pair.then, LONGEST_NAME),
        outcome=printable(outcome_words(pair.question, language), LONGEST_NAME),
        verdict=language.say(PAIR_WORDS[pair.verdict]),
        look={"repairs": "makes", "makes it worse": "breaks"}.get(pair.verdict, ""),
        evidence=pair.evidence,
        evidence_words=language.say(EVIDENCE_SENTENCES[pair.evidence]),
        found=language.say("declared" if pair.declared else "one of the most frequent pairs, declared by nobody"),
        sentence=printable(pair_words(pair, question.unit, language), LONGEST_TEXT),
        lines=tuple(
            PairLine(
                language.say(PAIR_CONTRAST_WORDS[effect.contrast]),
                Cell(
                    numbers.effect(effect.estimate),
                    numbers.interval(effect.low, effect.high),
                    f"{'well' if effect.estimate * better >= 0 else 'badly'} {'solid' if effect.low > 0 or effect.high < 0 else 'hollow'}",
                ),
                f"{language.grouped(effect.n)} / {language.grouped(effect.n_reference)}",
            )
            for effect in pair.effects
        ),
        checks=tuple(check_line(check, language) for check in ordered(pair.checks)),
    )
