"""The map for a phone: the same marks turned, better on the right, rows grouped by stage, what doesn't decide in one line of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from momot.findings.forest import Forest, Line, Row, ends
from momot.findings.labels import printable
from momot.findings.sentences import headline_of, moment_sentence
from momot.report.around import NOTHING, Around
from momot.report.marks.labels import pieces
from momot.report.marks.layout import PILL, claims, column_of, columns, net_effect, told
from momot.report.marks.loops import STROKE, loop_words
from momot.report.marks.map import LONGEST_TITLE, NAMES, heads_of, place_of_numbers
from momot.report.marks.palette import Brush, brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, picture, text_width

WIDTH, PADDING = 324.0, 12.0
HEAD, ROW, LOOP = 34.0, 46.0, 52.0
AXIS = 20.0
RADIUS = (4.0, 9.5)
RING = 3.5
MOST_LEVELS = 4
TICKS = 5
BAR = 3.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One quiet moment on its line: how far to the right, how high it is stacked."""

    row: Row
    x: float
    level: int


def narrow_map(drawn: Forest, *, standalone: bool = False, around: Around = NOTHING, links: Mapping[str, str] | None = None) -> Markup:
    """The whole map as one SVG, 324 px wide and as high as it needs. `links` leads from the name of a moment to more about it."""
    pen, scale, to = brush(standalone=standalone), turned(drawn), {} if standalone else (links or {})
    parts: list[Markup] = []
    y = AXIS
    for name in columns(drawn, around):
        head, height = _stage(name, drawn, around, y, pen)
        parts.append(head)
        y += height
        own = [row for row in told(drawn) if column_of(row) == name]
        for row in (row for row in own if row.moment.decisive):
            parts.append(_decisive(row, drawn, scale, y, pen, to))
            y += ROW
        dots = stacked([row for row in own if not row.moment.decisive], scale)
        if dots:
            line, height = _quiet(dots, drawn, y, pen)
            parts.append(line)
            y += height
    backdrop = _backdrop(drawn, scale, y, pen)
    for name, share in (("loyalty", around.loyalty), ("shared", around.shared)):
        if share is not None:
            parts.append(_loop(loop_words(name, share, drawn.language), share.value, y + 8, pen))
            y += LOOP
    title = printable(headline_of(drawn.question, [row.moment for row in drawn.rows], drawn.language), 300)
    return picture((WIDTH, y + 4), title, [backdrop, *parts], look="mk-narrow", standalone=standalone, linked=bool(to))


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


def _stage(name: str, drawn: Forest, around: Around, y: float, pen: Brush) -> tuple[Markup, float]:
    """Code and word on the left, people or counts on the right; a bar as long as the people."""
    code, word, people, counts = heads_of(name, drawn, around)
    ground = element("rect", {"x": 0, "y": y, "width": WIDTH, "height": HEAD - 4, **pen("column")})
    start = text_width(code, 14) + 12
    right = people or counts
    room = WIDTH - start - text_width(right, 11) - 12
    texts = [
        element("text", {"x": 4, "y": y + 19, **pen("stage")}, code),
        element("text", {"x": start, "y": y + 19, **pen("note")}, cut(word, room, 11)),
        element("text", {"x": WIDTH - 4, "y": y + 19, "text-anchor": "end", **pen("number-plain" if people else "note")}, right),
    ]
    there = next((count for stage, count in around.stages.items() if stage == name), 0)
    bar = element("rect", {"x": 0, "y": y + HEAD - 7, "width": WIDTH * there / max(around.most, 1), "height": BAR, **pen("ribbon")})
    return joined([ground, *texts, *([bar] if there else [])]), HEAD


def radius(line: Line, drawn: Forest) -> float:
    """Area as the number of cases."""
    most = max((one.effect.n for row in drawn.decisive for one in ends(row)), default=1)
    return max(RADIUS[0], RADIUS[1] * math.sqrt(line.effect.n / max(most, 1)))


def _decisive(row: Row, drawn: Forest, scale: Scale, y: float, pen: Brush, links: Mapping[str, str]) -> Markup:
    """Name and numbers in one line, under it stem, pill and disc of each side."""
    middle = y + 31
    solid = [line for line in ends(row) if line.solid]
    numbers = " / ".join(drawn.numbers.effect(line.effect.estimate) for line in solid)
    name = cut(printable(row.moment.touchpoint, 80), WIDTH - text_width(numbers, 12) - 20)
    parts = [element("rect", {"x": 0, "y": y, "width": WIDTH, "height": ROW, **pen("hit")})]
    parts.append(element("text", {"x": 4, "y": y + 14, **pen("label")}, name))
    spans: list[Markup] = []
    for line in solid:
        spans += [element("tspan", pen("note"), " / ")] if spans else []
        spans.append(element("tspan", pen(f"{NAMES[line.side]}-text"), drawn.numbers.effect(line.effect.estimate)))
    if spans:
        parts.append(element("text", {"x": WIDTH - 4, "y": y + 14, "text-anchor": "end"}, *spans))
    parts += [_side(row, line, drawn, scale, middle, pen) for line in ends(row)]
    said = printable(moment_sentence(row.moment, drawn.numbers), LONGEST_TITLE)
    to = links.get(row.moment.name)
    tag, attributes = ("a", {"href": to, "aria-label": said}) if to else ("g", {})
    return element(tag, attributes, element("title", {}, said), joined(parts))


def _side(row: Row, line: Line, drawn: Forest, scale: Scale, y: float, pen: Brush) -> Markup:
    name, x = NAMES[line.side], scale(line.effect.estimate)
    parts = [element("line", {"x1": scale(0.0), "x2": x, "y1": y, "y2": y, **pen(f"{name}-stem")})]
    if line.solid:
        left, right = sorted((scale(line.effect.low), scale(line.effect.high)))
        pill = {"x": left, "y": y - PILL / 2, "width": right - left, "height": PILL, "rx": min(PILL, right - left) / 2}
        parts.append(element("rect", {**pill, **pen(f"{name}-pill")}))
    head = "hollow" if not line.solid else "fill" if row.moment.verdict == "moment" else "open"
    parts.append(element("circle", {"cx": x, "cy": y, "r": radius(line, drawn), **pen(f"{name}-{head}")}))
    return joined(parts)


def stacked(rows: Sequence[Row], scale: Scale) -> list[Dot]:
    """Rings that would lie on each other are stacked, up to four high; beyond that they share a place."""
    found: list[Dot] = []
    free = [-math.inf] * MOST_LEVELS
    for row in sorted(rows, key=lambda one: scale.held(net_effect(one))):
        x = min(max(scale.held(net_effect(row)), RING + 1), WIDTH - RING - 1)
        level = next((i for i, last in enumerate(free) if x - last >= 2 * RING + 1), free.index(min(free)))
        free[level] = x
        found.append(Dot(row, x, level))
    return found


def _quiet(dots: Sequence[Dot], drawn: Forest, y: float, pen: Brush) -> tuple[Markup, float]:
    height = 14.0 + (max(dot.level for dot in dots) + 1) * (2 * RING + 1)
    parts = []
    for dot in dots:
        cy = y + height - 8 - RING - dot.level * (2 * RING + 1)
        title = element("title", {}, printable(moment_sentence(dot.row.moment, drawn.numbers), LONGEST_TITLE))
        parts.append(element("circle", {"cx": dot.x, "cy": cy, "r": RING, **pen("ring")}, title))
    words = drawn.language.says("{n} not decisive", "{n} not decisive", len(dots))
    if not claims(drawn):
        words = drawn.language.says("{n} without a link", "{n} without a link", len(dots))
    # On the side where the rings are not.
    aside = {"x": 4} if sum(dot.x for dot in dots) > len(dots) * WIDTH / 2 else {"x": WIDTH - 4, "text-anchor": "end"}
    parts.append(element("text", {**aside, "y": y + height - 8, **pen("note")}, words))
    return joined(parts), height


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
    for piece in pieces(words):
        if lines[-1] and text_width(lines[-1] + piece.rstrip(), 11) > WIDTH - 12 and len(lines) < 2:
            lines.append("")
        lines[-1] += piece
    return [cut(line.strip(), WIDTH - 8, 11) for line in lines]
