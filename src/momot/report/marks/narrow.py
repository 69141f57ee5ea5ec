"""The map for a phone: the same marks turned, better on the right, rows grouped by stage, what doesn't decide in one line of each.

The first of the ranking have a row with name and numbers. So many that nobody would scroll past them share a line of their stage: the table
has them all.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from momot.findings.forest import Forest, Line, Row, ends
from momot.findings.labels import printable
from momot.findings.sentences import headline_of, moment_sentence
from momot.report.around import NOTHING, Around
from momot.report.marks.labels import pieces as broken
from momot.report.marks.layers import Piece, bar, disc, layers, stem
from momot.report.marks.layout import PILL, claims, column_of, columns, net_effect, told
from momot.report.marks.loops import STROKE, loop_words
from momot.report.marks.map import LONGEST_TITLE, NAMES, head_of, heads_of, place_of_numbers
from momot.report.marks.palette import Brush, brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, led, picture, text_width

WIDTH, PADDING = 324.0, 12.0
HEAD, ROW, LOOP = 34.0, 46.0, 52.0
AXIS = 20.0
MIDDLE = 31.0  # of a row: where its marks stand
RADIUS = (4.0, 9.5)
RING = 3.5
MOST_LEVELS = 4
MOST_ROWS = 40
"""Decisive moments with a row of their own."""
TICKS = 5
BAR = 3.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One mark on the line of those without a row of their own: its look, how far to the right, how high it is stacked."""

    role: str
    x: float
    level: int


def narrow_map(
    drawn: Forest,
    *,
    standalone: bool = False,
    around: Around = NOTHING,
    links: Mapping[str, str] | None = None,
    behind: Mapping[str, str] | None = None,
) -> Markup:
    """The whole map as one SVG, 324 px wide and as high as it needs.

    `links` leads from the name of a moment to more about it, `behind` from a stage or a loop to its people.
    """
    who = {} if standalone else (behind or {})
    pen, scale, to = brush(standalone=standalone), turned(drawn), {} if standalone else (links or {})
    named = {row.moment.name for row in drawn.decisive[:MOST_ROWS]}
    parts: list[Markup] = []
    pieces: list[Piece] = []
    y = AXIS
    for name in columns(drawn, around):
        head, height = _stage(name, drawn, around, y, pen, who.get(name))
        parts.append(head)
        y += height
        own = [row for row in told(drawn) if column_of(row) == name]
        for row in (row for row in own if row.moment.name in named):
            parts.append(_decisive(row, drawn, y, pen, to))
            pieces += [piece for line in ends(row) for piece in _side(row, line, drawn, scale, y + MIDDLE)]
            y += ROW
        for group, words in _shared(own, named, drawn):
            line, dots, height = _line(group, words, y, pen)
            parts.append(line)
            pieces += dots
            y += height
    backdrop = _backdrop(drawn, scale, y, pen)
    for name, share in (("loyalty", around.loyalty), ("shared", around.shared)):
        if share is not None:
            parts.append(led(_loop(loop_words(name, share, drawn.language), share.value, y + 8, pen), who.get(name)))
            y += LOOP
    title = printable(headline_of(drawn.question, [row.moment for row in drawn.rows], drawn.language), 300)
    shown = [backdrop, layers(pieces, pen), *parts]
    return picture((WIDTH, y + 4), title, shown, look="mk-narrow", standalone=standalone, linked=bool(to))


def turned(drawn: Forest) -> Scale:
    """The axis from left to right; better is right."""
    axis = (PADDING, WIDTH - PADDING)
    return Scale(drawn.low, drawn.high, *(reversed(axis) if drawn.mirrored else axis))


def _backdrop(drawn: Forest, scale: Scale, bottom: float, pen: Brush) -> Markup:
    """Band and zero through all stages, ticks over them."""
    parts = []
    if drawn.band:
        left, right = sorted((scale(-drawn.band), scale(drawn.band)))
        parts.append(element("rect", {"x": left, "y": AXIS, "width": right - left, "height": bottom - AXIS, **pen("band")}))
    zero = scale(0.0)
    parts.append(element("line", {"x1": zero, "x2": zero, "y1": AXIS, "y2": bottom, **pen("zero")}))
    factor = drawn.numbers.factor
    decimals, placed = scale.tick_decimals(TICKS, factor), list[tuple[float, float]]()
    for value in sorted(scale.ticks(TICKS, factor), key=abs):
        text = place_of_numbers(value, drawn, decimals)
        half = text_width(text, 11) / 2
        x = min(max(scale(value), half), WIDTH - half)
        if all(x + half + 4 <= start or x - half - 4 >= end for start, end in placed):
            placed.append((x - half, x + half))
            parts.append(element("text", {"x": x, "y": AXIS - 7, "text-anchor": "middle", **pen("tick")}, text))
    return joined(parts)


def _stage(name: str, drawn: Forest, around: Around, y: float, pen: Brush, behind: str | None) -> tuple[Markup, float]:
    """Code and word on the left, people or counts on the right; a bar as long as the people."""
    code, word, people, counts = heads_of(name, drawn, around)
    ground = element("rect", {"x": 0, "y": y, "width": WIDTH, "height": HEAD - 4, **pen("column")})
    start = text_width(code, 14) + 12
    right = people or counts
    room = WIDTH - start - text_width(right, 11) - 12
    texts = [
        element("text", {"x": 4, "y": y + 19, **pen("stage")}, code),
        element("text", {"x": start, "y": y + 19, **pen("note")}, cut(word, room, 11)),
        led(
            element("text", {"x": WIDTH - 4, "y": y + 19, "text-anchor": "end", **pen("number-plain" if people else "note")}, right),
            behind if people else None,
        ),
    ]
    there = next((count for stage, count in around.stages.items() if stage == name), 0)
    bar = element("rect", {"x": 0, "y": y + HEAD - 7, "width": WIDTH * there / max(around.most, 1), "height": BAR, **pen("ribbon")})
    return joined([ground, *texts, *([bar] if there else [])]), HEAD


def radius(line: Line, drawn: Forest) -> float:
    """Area as the number of cases."""
    most = max((one.effect.n for row in drawn.decisive for one in ends(row)), default=1)
    return max(RADIUS[0], RADIUS[1] * math.sqrt(line.effect.n / max(most, 1)))


def _decisive(row: Row, drawn: Forest, y: float, pen: Brush, links: Mapping[str, str]) -> Markup:
    """Name and numbers in one line; under it is room for the marks."""
    solid = [line for line in ends(row) if line.solid]
    numbers = [drawn.numbers.effect(line.effect.estimate) for line in solid]
    name = cut(printable(row.moment.touchpoint, 80), WIDTH - text_width(" / ".join(numbers), 12) - 20)
    parts = [element("rect", {"x": 0, "y": y, "width": WIDTH, "height": ROW, **pen("hit")})]
    parts.append(element("text", {"x": 4, "y": y + 14, **pen("label")}, name))
    if numbers:
        looks = [pen(f"{NAMES[line.side]}-text") for line in solid]
        more = [element("tspan", pen("note"), " / "), element("tspan", looks[-1], numbers[-1])] if len(numbers) > 1 else []
        parts.append(element("text", {"x": WIDTH - 4, "y": y + 14, "text-anchor": "end", **looks[0]}, numbers[0], *more))
    said = printable(moment_sentence(row.moment, drawn.numbers), LONGEST_TITLE)
    to = links.get(row.moment.name)
    # A link has its sentence as its name: no pointer rests on a phone, so that no title is needed beside it.
    return element("a", {"href": to, "aria-label": said}, *parts) if to else element("g", {}, element("title", {}, said), *parts)


def _side(row: Row, line: Line, drawn: Forest, scale: Scale, y: float) -> Iterator[Piece]:
    """Stem, pill and disc of one side."""
    name, x = NAMES[line.side], scale(line.effect.estimate)
    yield f"{name}-stem", stem(scale(0.0), y, x, y)
    if line.solid:
        left, right = sorted((scale(line.effect.low), scale(line.effect.high)))
        yield f"{name}-pill", bar(left, y - PILL / 2, right - left, PILL, PILL / 2)
    yield f"{name}-{head_of(line, row.moment)}", disc(x, y, radius(line, drawn))


def _shared(own: Sequence[Row], named: Collection[str], drawn: Forest) -> Iterator[tuple[list[Dot], str]]:
    """The marks of one stage that share a line, and its words: decisive ones without a row, then those that don't decide."""
    says, scale = drawn.language.says, turned(drawn)
    more = [row for row in own if row.moment.decisive and row.moment.name not in named]
    if more:
        marks = [(f"{NAMES[line.side]}-{head_of(line, row.moment)}", line.effect.estimate) for row in more for line in ends(row)]
        yield stacked(marks, scale), says("{n} more in the table", "{n} more in the table", len(more))
    quiet = [row for row in own if not row.moment.decisive]
    if quiet:
        words = says("{n} not decisive", "{n} not decisive", len(quiet))
        if not claims(drawn):
            words = says("{n} without a link", "{n} without a link", len(quiet))
        yield stacked([("ring", net_effect(row)) for row in quiet], scale), words


def stacked(marks: Sequence[tuple[str, float]], scale: Scale) -> list[Dot]:
    """Looks and effects as dots: those that would lie on each other are stacked, up to four high; beyond that they share a place."""
    found: list[Dot] = []
    free = [-math.inf] * MOST_LEVELS
    for role, value in sorted(marks, key=lambda mark: scale.held(mark[1])):
        x = min(max(scale.held(value), RING + 1), WIDTH - RING - 1)
        level = next((i for i, last in enumerate(free) if x - last >= 2 * RING + 1), free.index(min(free)))
        free[level] = x
        found.append(Dot(role, x, level))
    return found


def _line(dots: Sequence[Dot], words: str, y: float, pen: Brush) -> tuple[Markup, list[Piece], float]:
    """The words, the dots beside them, and how high that is."""
    height = 14.0 + (max(dot.level for dot in dots) + 1) * (2 * RING + 1)
    pieces = [(dot.role, disc(dot.x, y + height - 8 - RING - dot.level * (2 * RING + 1), RING)) for dot in dots]
    # On the side where the dots are not.
    aside = {"x": 4} if sum(dot.x for dot in dots) > len(dots) * WIDTH / 2 else {"x": WIDTH - 4, "text-anchor": "end"}
    return element("text", {**aside, "y": y + height - 8, **pen("note")}, words), pieces, height


def _loop(words: str, share: float, y: float, pen: Brush) -> Markup:
    """A line as wide as the share, and what it says under it."""
    stroke = STROKE[0] + (STROKE[1] - STROKE[0]) * share
    path = f"M{WIDTH - 20:.2f} {y + 2:.2f}V{y + 8:.2f}Q{WIDTH - 20:.2f} {y + 12:.2f} {WIDTH - 26:.2f} {y + 12:.2f}H26"
    curve = element("path", {"d": path, **pen("loop"), "stroke-width": stroke})
    head = 3.5 + stroke / 2
    tip = element("path", {"d": f"M{26:.2f} {y + 12 - head:.2f}V{y + 12 + head:.2f}L{26 - head - 2:.2f} {y + 12:.2f}Z", **pen("loop-end")})
    texts = [
        element("text", {"x": WIDTH / 2, "y": y + 27 + 13 * i, "text-anchor": "middle", **pen("note")}, line)
        for i, line in enumerate(_two_lines(words))
    ]
    return joined([curve, tip, *texts])


def _two_lines(words: str) -> list[str]:
    """Broken where it is too long, and cut where even two lines are."""
    lines = [""]
    for piece in broken(words):
        if lines[-1] and text_width(lines[-1] + piece.rstrip(), 11) > WIDTH - 12 and len(lines) < 2:
            lines.append("")
        lines[-1] += piece
    return [cut(line.strip(), WIDTH - 8, 11) for line in lines]
