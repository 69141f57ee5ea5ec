"""For whom: one moment by every kind of people that the run asked about, on one axis."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from momot.findings.forest import Forest, Line, Row, domain, ends, forest
from momot.findings.labels import DIFFERENCE_WORDS, VERDICT_WORDS, contrast_words, printable, segment_words
from momot.findings.numbers import grouped, probability
from momot.report.marks.forest import axis_svg, row_svg
from momot.report.pages import Cell
from momot.web.behind import reach_link
from momot.web.call import address
from momot.web.selection import View, of_segment, segment_names

HEIGHT = 28.0


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One kind of people: verdict, both sides, the marks."""

    value: str
    address: str  # the map of these people
    verdict: str
    badly: Cell | None
    well: Cell | None
    marks: Markup | None
    people: str


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """One segment: whether anything differs, and every value of it."""

    name: str
    said: str
    axis: Markup
    rows: tuple[SegmentRow, ...]


def segment_parts(one: View, moment: str) -> tuple[SegmentPart, ...]:
    """One part a segment of the run that this moment was asked of."""
    everybody = one.findings.question(one.question.id)
    drawn: dict[str, list[tuple[str, Row]]] = {}
    for name in segment_names(one.findings, one.question.id):
        own = of_segment(everybody, name)
        row = next((row for row in forest(own, own.questions[0], one.language).rows if row.moment.name == moment), None)
        if row is not None:
            segment, _, value = name.partition("=")
            drawn.setdefault(segment, []).append((value, row))
    base = forest(everybody, everybody.questions[0], one.language)
    effects = [line.effect for rows in drawn.values() for _, row in rows for line in ends(row)]
    low, high = domain(effects, one.question.smallest_effect)
    axis = replace(base, low=low, high=high)
    return tuple(
        SegmentPart(
            printable(segment_words(segment, one.language), 80),
            _said(one, moment, segment),
            axis_svg(axis),
            tuple(_row(one, axis, segment, *each) for each in rows),
        )
        for segment, rows in drawn.items()
    )


def _row(one: View, axis: Forest, segment: str, value: str, row: Row) -> SegmentRow:
    lines = ends(row)
    title = f"{printable(value, 80)}: " + "; ".join(
        f"{contrast_words(line.effect, language=one.language)} {axis.numbers.effect(line.effect.estimate)}, "
        f"{axis.numbers.interval(line.effect.low, line.effect.high)}"
        for line in lines
    )
    sides = {line.side: line for line in lines}
    return SegmentRow(
        value=printable(value, 80),
        address=address("/", one.query, segment=f"{segment}={value}"),
        verdict=one.language.say(VERDICT_WORDS[row.moment.verdict]),
        badly=_cell(sides.get("badly"), axis),
        well=_cell(sides.get("well"), axis),
        marks=row_svg(axis, lines, printable(title, 300), quiet=not row.moment.decisive, height=HEIGHT) if lines else None,
        people=_people(one, row, f"{segment}={value}"),
    )


def _people(one: View, row: Row, segment: str) -> str:
    words = grouped(row.moment.reach.people, language=one.language)
    return reach_link(row.moment, words, {**one.query, "segment": segment}, stale=one.stale)


def _cell(line: Line | None, axis: Forest) -> Cell | None:
    if line is None:
        return None
    look = f"{line.side} {'solid' if line.solid else 'hollow'}"
    return Cell(axis.numbers.effect(line.effect.estimate), axis.numbers.interval(line.effect.low, line.effect.high), look)


def _said(one: View, moment: str, segment: str) -> str:
    """Whether the effect is the same for all values: the surest difference that was asked about."""
    asked = [each for each in one.findings.differences if (each.question, each.moment, each.segment) == (one.question.id, moment, segment)]
    if not asked:
        return ""
    best = min(asked, key=lambda each: (each.verdict != "differs", each.q_value is None, each.q_value or 0.0))
    words = one.language.say("Opposite signs" if best.opposite else DIFFERENCE_WORDS[best.verdict])
    return words if best.q_value is None else f"{words}, q {'' if best.q_value < 0.001 else '= '}{probability(best.q_value)}"
