"""For whom, for a terminal: what differs, what goes opposite ways, what was found for some only, and what was not seen to differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from momot.findings.contract import Difference, Effect, Question, SegmentFinding
from momot.findings.findings import Findings
from momot.findings.labels import DIFFERENCE_WORDS, VERDICT_WORDS, contrast_words, outcome_words, printable
from momot.findings.numbers import numbers_of, probability

DIM = "#8a9299"
LONGEST_NAME = 60
MOST = 8


def telling(differing: Sequence[Difference]) -> list[Difference]:
    """What differs, opposite signs first. Bad against good is left out where bad against the reference says it already."""
    told = [one for one in differing if one.verdict == "differs" or one.opposite]
    broken = {(one.moment, one.segment) for one in told if one.contrast == "break"}
    kept = [one for one in told if one.contrast != "bad-good" or (one.moment, one.segment) not in broken]
    return sorted(kept, key=lambda one: (not one.opposite, one.q_value or 0.0))


def whom_lines(findings: Findings, question: Question) -> list[Text]:
    """The lines of one question, none where nothing was asked by segment."""
    names = dict.fromkeys([one.segment for one in findings.by_segment if one.question == question.id])
    lines: list[Text] = []
    for name in names:
        lines += _segment(findings, question, name)
    return lines


def _segment(findings: Findings, question: Question, name: str) -> list[Text]:
    differing = [one for one in findings.differences if one.question == question.id and one.segment == name]
    only = [one for one in findings.by_segment if one.question == question.id and one.segment == name and one.only]
    shown = telling(differing)
    afterwards = any(one.post_hoc for one in findings.by_segment if one.question == question.id and one.segment == name)
    head = Text(f"For whom: {outcome_words(question.outcome)} by {printable(name, LONGEST_NAME)}", style="bold")
    head.append("  chosen afterwards: likely at most, false discoveries counted apart" if afterwards else "  declared before", style=DIM)
    lines = [head]
    for one in shown[:MOST]:
        lines += _difference(findings, question, one)
    if len(shown) > MOST:
        lines.append(Text(f"  \u2026 and {len(shown) - MOST} more that differ", style=DIM))
    told = {one.moment for one in shown}
    for finding in [one for one in only if one.moment not in told][:MOST]:
        lines += _only(findings, question, finding)
    return [*lines, *_rest(differing, {one.moment for one in shown} | {one.moment for one in only}), Text()]


def _difference(findings: Findings, question: Question, one: Difference) -> Iterator[Text]:
    """The moment with what it says, then a line a value."""
    said = "Opposite signs" if one.opposite else DIFFERENCE_WORDS[one.verdict]
    line = Text("  ")
    line.append(printable(one.moment, LONGEST_NAME), style="bold")
    effects = [effect for value in one.values if (effect := _effect(findings, one, value)) is not None]
    line.append(f"  {contrast_words(effects[0]) if effects else one.contrast}  ", style=DIM)
    line.append(f"{said}", style="bold" if one.opposite else "")
    if one.q_value is not None:
        line.append(f"  q {'' if one.q_value < 0.001 else '= '}{probability(one.q_value)}", style=DIM)
    yield line
    verdicts = {(f.moment, f.value): f for f in findings.by_segment if f.question == one.question and f.segment == one.segment}
    numbers = numbers_of(question, effects)
    for value, effect in zip(one.values, effects, strict=False):
        finding = verdicts.get((one.moment, value))
        row = Text(f"    {printable(value, LONGEST_NAME):<16}  {numbers.effect(effect.estimate):>8}")
        row.append(f"  {numbers.interval(effect.low, effect.high)}", style=DIM)
        row.append(f"  {VERDICT_WORDS[finding.verdict]}" if finding else "", style=DIM)
        row.append("  only here" if finding and finding.only else "", style="bold")
        yield row
    if one.largest is not None and one.largest_shrunken is not None and one.verdict == "differs" and not one.opposite:
        drawn = numbers.with_unit(numbers.effect(one.largest_shrunken))
        yield Text(
            f"    {printable(one.largest, LONGEST_NAME)} is the largest, flattered by chance: shrunken towards the others {drawn}",
            style=DIM,
        )


def _only(findings: Findings, question: Question, one: SegmentFinding) -> Iterator[Text]:
    """A moment that was found for one value and not for everybody."""
    line = Text("  ")
    line.append(printable(one.moment, LONGEST_NAME), style="bold")
    line.append(f"  {VERDICT_WORDS[one.verdict]} for {one.segment}={printable(one.value, LONGEST_NAME)} only")
    yield line
    name = f"{one.segment}={one.value}"
    effects = [
        effect
        for effect in findings.document.effects
        if (effect.question, effect.moment, effect.segment) == (one.question, one.moment, name)
    ]
    numbers = numbers_of(question, effects)
    for effect in effects:
        if effect.low > 0 or effect.high < 0:
            yield Text(
                f"    {contrast_words(effect)}  {numbers.effect(effect.estimate)}  {numbers.interval(effect.low, effect.high)}", style=DIM
            )


def _rest(differing: list[Difference], told: set[str]) -> list[Text]:
    """How many were not seen to differ, and of how many nobody can tell."""
    alike = {one.moment for one in differing if one.verdict == "no difference seen"} - told
    untold = {one.moment for one in differing if one.verdict == "cannot tell"} - told - alike
    parts = []
    if alike:
        parts.append(f"{len(alike)} {'was' if len(alike) == 1 else 'were'} not seen to differ")
    if untold:
        parts.append(f"of {len(untold)} we cannot tell")
    return [Text(f"  {'; '.join(parts)}.", style=DIM)] if parts else []


def _effect(findings: Findings, one: Difference, value: str) -> Effect | None:
    wanted = (one.question, one.moment, one.contrast, one.level, one.reference, f"{one.segment}={value}")
    return next(
        (e for e in findings.document.effects if (e.question, e.moment, e.contrast, e.level, e.reference, e.segment) == wanted), None
    )
