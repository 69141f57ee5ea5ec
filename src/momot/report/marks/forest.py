"""The forest: one row of marks, the axis over them, and the whole as one picture with its labels.

A mark is an interval (a bar from low to high) with a triangle at the estimate: down for what goes badly, up for what goes well,
hollow where the interval reaches into what is too small to matter. No interval, no mark.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from markupsafe import Markup

from momot.findings.forest import Forest, Line, Row
from momot.findings.labels import printable, stage_code, stage_line, state_words
from momot.findings.numbers import signed
from momot.findings.sentences import effect_sentence, headline_of
from momot.language import ENGLISH, Language
from momot.report.marks.palette import paint
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, length, picture, text_width

ROW_WIDTH = 320.0
ROW_HEIGHT = 44.0
PADDING = 10.0  # between the ends of the axis and the edge, so that a triangle at an end stays inside
BAR = 3.0
TICKS = 6
NUMBERS = 132.0
NAMES = {"badly": "break", "well": "make"}


def row_scale(drawn: Forest, width: float = ROW_WIDTH, start: float = 0.0) -> Scale:
    """The shared axis of a forest over `width` px; better is on the right."""
    ends = (start + PADDING, start + width - PADDING)
    return Scale(drawn.low, drawn.high, *(reversed(ends) if drawn.mirrored else ends))


def row_svg(
    drawn: Forest, lines: tuple[Line, ...], title: str, *, quiet: bool = False, height: float = ROW_HEIGHT, standalone: bool = False
) -> Markup:
    """One row of the ranked table as an SVG of its own. `title` says in words what it shows."""
    scale = row_scale(drawn)
    marks = row_marks(lines, scale, height / 2, quiet=quiet, standalone=standalone)
    parts = [backdrop(drawn, scale, 0.0, height, standalone=standalone), *marks]
    return picture((ROW_WIDTH, height), title, parts, look="fr", standalone=standalone)


def axis_svg(drawn: Forest, height: float = 18.0) -> Markup:
    """The ticks over the rows."""
    view = {"viewBox": f"0 0 {ROW_WIDTH:g} {height:g}", "width": ROW_WIDTH, "height": height, "aria-hidden": "true", "class": "fr"}
    return element("svg", view, axis_ticks(drawn, row_scale(drawn), height - 4))


def axis_ticks(drawn: Forest, scale: Scale, baseline: float, *, standalone: bool = False) -> Markup:
    """Tick labels, none touching another, zero always."""
    factor, decimals = drawn.numbers.factor, scale.tick_decimals(TICKS, drawn.numbers.factor)
    placed: list[tuple[float, float]] = []
    labels = []
    for value in sorted(scale.ticks(TICKS, factor), key=abs):
        text = signed(value * factor, decimals, drawn.language) if abs(value) > 1e-12 else "0"
        half = text_width(text, 11) / 2
        low, high = sorted((scale.start, scale.end))
        place = min(max(scale(value), low - PADDING + half), high + PADDING - half)
        if all(place + half + 4 <= start or place - half - 4 >= end for start, end in placed):
            placed.append((place - half, place + half))
            labels.append(
                element("text", {"x": place, "y": baseline, "text-anchor": "middle", **paint("tick", standalone=standalone)}, text)
            )
    return joined(labels)


def backdrop(drawn: Forest, scale: Scale, top: float, height: float, *, standalone: bool = False) -> Markup:
    """The band of what is too small to matter, and the line of the reference."""
    parts = []
    if drawn.band:
        left, right = sorted((scale(-drawn.band), scale(drawn.band)))
        parts.append(
            element("rect", {"x": left, "y": top, "width": right - left, "height": height, **paint("band", standalone=standalone)})
        )
    zero = scale(0.0)
    parts.append(element("line", {"x1": zero, "y1": top, "x2": zero, "y2": top + height, **paint("zero", standalone=standalone)}))
    return joined(parts)


def row_marks(lines: tuple[Line, ...], scale: Scale, middle: float, *, quiet: bool = False, standalone: bool = False) -> list[Markup]:
    """Interval and triangle of each line; two that would touch are set apart."""
    drawable = [line for line in lines if _finite(line)]
    spread = 6.0 if _touching(drawable, scale) else 0.0
    offsets = [(i - (len(drawable) - 1) / 2) * 2 * spread for i in range(len(drawable))]
    return [_mark(line, scale, middle + offset, quiet=quiet, standalone=standalone) for line, offset in zip(drawable, offsets, strict=True)]


def _mark(line: Line, scale: Scale, y: float, *, quiet: bool, standalone: bool) -> Markup:
    name = "quiet" if quiet else NAMES[line.side]
    effect = line.effect
    left, right = sorted((scale.held(effect.low), scale.held(effect.high)))
    solid = line.solid and not quiet
    look = "interval" if solid else "pill"
    parts = [
        element(
            "rect", {"x": left, "y": y - BAR / 2, "width": right - left, "height": BAR, **paint(f"{name}-{look}", standalone=standalone)}
        )
    ]
    if scale.cut(effect.low, effect.high):
        parts.append(_cut_ends(line, scale, y, name, standalone=standalone))
    x = scale.held(effect.estimate)
    shape = triangle(x, y, up=line.side == "well")
    parts.append(element("path", {"d": shape, **paint(f"{name}-fill" if solid else f"{name}-hollow", standalone=standalone)}))
    return joined(parts)


def triangle(x: float, y: float, *, up: bool) -> str:
    """A triangle of 9 px about its middle, up for what goes well."""
    tip, base = (y - 5, y + 4) if up else (y + 5, y - 4)
    return f"M{length(x - 5)} {length(base)}H{length(x + 5)}L{length(x)} {length(tip)}Z"


def _cut_ends(line: Line, scale: Scale, y: float, name: str, *, standalone: bool) -> Markup:
    """An arrow head where an interval goes on beyond the axis."""
    heads = []
    for beyond, value in ((line.effect.low < scale.low, scale.low), (line.effect.high > scale.high, scale.high)):
        if beyond:
            x = scale(value)
            away = math.copysign(6, x - (scale.start + scale.end) / 2)
            heads.append(
                element("path", {"d": f"M{x:.2f} {y - 4:.2f}l{away:g} 4l{-away:g} 4Z", **paint(f"{name}-pill", standalone=standalone)})
            )
    return joined(heads)


def _touching(lines: list[Line], scale: Scale) -> bool:
    """Whether two lines would lie on each other."""
    spans = sorted(tuple(sorted((scale.held(line.effect.low) - 6, scale.held(line.effect.high) + 6))) for line in lines)
    return any(first[1] > second[0] for first, second in itertools.pairwise(spans))


def _finite(line: Line) -> bool:
    return all(math.isfinite(value) for value in (line.effect.low, line.effect.estimate, line.effect.high))


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of the picture: names, left numbers, axis, right numbers (px)."""

    width: float
    names: float
    badly: float
    axis: float
    well: float


def figure(drawn: Forest, *, rows: tuple[Row, ...] | None = None, width: float = 760.0, standalone: bool = False) -> Markup:
    """The forest as one picture: names, numbers with intervals, marks on one axis. Default: the decisive rows, or the quiet ones."""
    shown = rows if rows is not None else (drawn.decisive or drawn.quiet)
    names = min(230.0, width * 0.3)
    layout = Layout(width=width, names=names, badly=NUMBERS, axis=width - names - 2 * NUMBERS, well=NUMBERS)
    scale = row_scale(drawn, layout.axis, layout.names + layout.badly)
    y, parts = 30.0, [_head(drawn, scale, layout, standalone)]
    for row in shown:
        markup, height = _figure_row(row, drawn, scale, layout, y, standalone)
        parts.append(markup)
        y += height
    height = y + 4
    parts.insert(1, backdrop(drawn, scale, 24, y - 24, standalone=standalone))
    title = printable(headline_of(drawn.question, [row.moment for row in drawn.rows], drawn.language), 300)
    return picture((width, height), title, parts, look="mk-figure", standalone=standalone)


def _head(drawn: Forest, scale: Scale, layout: Layout, standalone: bool) -> Markup:
    badly, well = (drawn.language.say(head) for head in drawn.heads)
    note = {"y": 14, "text-anchor": "end", **paint("note", standalone=standalone)}
    left = element("text", {"x": layout.names + layout.badly - 8, **note}, badly)
    right = element("text", {"x": layout.width - 2, **note}, well)
    return joined([left, axis_ticks(drawn, scale, 14, standalone=standalone), right])


def _figure_row(row: Row, drawn: Forest, scale: Scale, layout: Layout, top: float, standalone: bool) -> tuple[Markup, float]:
    """Name, numbers and marks of one moment, a line a level under it; returns its height too."""
    quiet = not row.moment.decisive
    name = cut(printable(row.moment.touchpoint, 200), layout.names - 12)
    below = cut(printable(_compared(row, drawn.language), 120), layout.names - 12, 11)
    parts = [
        element("text", {"x": 0, "y": top + 14, **paint("label", standalone=standalone)}, name),
        element("text", {"x": 0, "y": top + 28, **paint("note", standalone=standalone)}, below),
    ]
    if row.top:
        title = " ".join(effect_sentence(row.moment, line.effect, drawn.numbers) for line in row.top)
        marks = row_marks(row.top, scale, top + 18, quiet=quiet, standalone=standalone)
        parts.append(element("g", {}, element("title", {}, printable(title, 600)), *marks))
        parts += [_number(line, drawn, layout, top + 14, quiet, standalone) for line in row.top]
    for i, line in enumerate(row.below):
        y = top + 34 + 24 * i
        words = cut(printable(line.words, 120), layout.names - 24, 11)
        parts.append(element("text", {"x": 12, "y": y + 14, **paint("note", standalone=standalone)}, words))
        title = effect_sentence(row.moment, line.effect, drawn.numbers)
        marks = row_marks((line,), scale, y + 10, quiet=quiet, standalone=standalone)
        parts.append(element("g", {}, element("title", {}, printable(title, 600)), *marks))
        parts.append(_number(line, drawn, layout, y + 14, quiet, standalone, inline=True))
    return joined(parts), 38.0 + 24 * len(row.below)


def under_name(row: Row, language: Language = ENGLISH) -> str:
    """Stage and channel, and the reference that stands at zero."""
    zero = dict.fromkeys(state_words(line.effect.reference, language) for line in row.top)
    against = [language.say("against {reference}", reference=", ".join(zero))] if zero else []
    return " \u00b7 ".join(part for part in (stage_line(row.moment.finding, language), *against) if part)


def _compared(row: Row, language: Language) -> str:
    """Stage in short, and what is compared with the reference at zero; the levels only in a picture of the strongest ones."""
    zero = ", ".join(dict.fromkeys(state_words(line.effect.reference, language) for line in row.top))
    levels = ", ".join(state_words(line.effect.level or "", language) for line in row.top if line.effect.contrast == "level")
    against = language.say("{state} against {reference}", state=levels, reference=zero).strip() if zero else ""
    return " \u00b7 ".join(part for part in (stage_code(row.moment.finding, language), against) if part)


def _number(line: Line, drawn: Forest, layout: Layout, y: float, quiet: bool, standalone: bool, *, inline: bool = False) -> Markup:
    """Estimate and interval at the side they belong to."""
    x = layout.names + layout.badly - 8 if line.side == "badly" else layout.width - 2
    role = f"{NAMES[line.side]}-text" if line.solid and not quiet else "number"
    estimate, interval = drawn.numbers.effect(line.effect.estimate), drawn.numbers.interval(line.effect.low, line.effect.high)
    span = element("tspan", paint("note", standalone=standalone), f" {interval}")
    attributes = {"x": x, "y": y, "text-anchor": "end", **paint(role, standalone=standalone)}
    if inline:
        return element("text", attributes, estimate, span)
    below = element("text", {"x": x, "y": y + 14, "text-anchor": "end", **paint("note", standalone=standalone)}, interval)
    return joined([element("text", attributes, estimate), below])
