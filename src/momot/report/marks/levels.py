"""Level by level, or segment by segment: one dot with its interval for each, in their own order, against one reference at zero.

Levels stand side by side and better is up, as on the map; segments stand under each other and better is right, as in the forest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from momot.findings.contract import Effect
from momot.findings.forest import Forest, Side, domain, solid
from momot.findings.labels import printable
from momot.findings.numbers import grouped
from momot.report.marks.map import NAMES, place_of_numbers
from momot.report.marks.palette import Brush, brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, picture, text_width

WIDTH, HEIGHT = 560.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 10.0, 40.0
MOST_LEVELS = 12
TICKS = 4
DOT, PILL = 4.0, 5.0
ROW, NAME, NUMBER, AXIS = 26.0, 150.0, 140.0, 20.0
MOST_SEGMENTS = 24


@dataclass(frozen=True, slots=True)
class Told:
    """One level or segment that can be drawn."""

    name: str
    effect: Effect
    side: Side
    solid: bool


def told_effects(drawn: Forest, named: Sequence[tuple[str, Effect]]) -> list[Told]:
    """What has an interval; the side is the way the outcome went, whatever the level is called."""
    better = drawn.question.better == "higher"
    return [
        Told(printable(name, 80), effect, "well" if (effect.estimate >= 0) == better else "badly", solid(effect, drawn.question))
        for name, effect in named
        if all(math.isfinite(value) for value in (effect.low, effect.estimate, effect.high))
    ]


def levels_svg(
    drawn: Forest, named: Sequence[tuple[str, Effect]], reference: str, title: str, *, standalone: bool = False
) -> Markup | None:
    """Effects of the levels of one moment in their order, against `reference`; None with fewer than two."""
    told = told_effects(drawn, named)[:MOST_LEVELS]
    if len(told) < 2:
        return None
    pen = brush(standalone=standalone)
    low, high = domain([one.effect for one in told], drawn.band)
    slack = 0.05 * (high - low)
    axis = (HEIGHT - BOTTOM, TOP)
    up = Scale(low - slack, high + slack, *(reversed(axis) if drawn.mirrored else axis))
    step = (WIDTH - LEFT - RIGHT) / (len(told) + 1)
    parts = [_ground(drawn, up, pen), _level_name(reference, LEFT + step / 2, step, "", pen)]
    parts.append(element("circle", {"cx": LEFT + step / 2, "cy": up(0.0), "r": DOT, **pen("quiet-fill")}))
    for place, one in enumerate(told, start=1):
        x = LEFT + step * (place + 0.5)
        parts += [_upright(one, x, up, pen), _level_name(one.name, x, step, grouped(one.effect.n, language=drawn.language), pen)]
    return picture((WIDTH, HEIGHT), title, parts, look="mk-levels", standalone=standalone)


def _ground(drawn: Forest, up: Scale, pen: Brush) -> Markup:
    parts = []
    if drawn.band:
        top, bottom = sorted((up(drawn.band), up(-drawn.band)))
        parts.append(element("rect", {"x": LEFT, "y": top, "width": WIDTH - LEFT - RIGHT, "height": bottom - top, **pen("band")}))
    factor = drawn.numbers.factor
    decimals = up.tick_decimals(TICKS, factor)
    for value in up.ticks(TICKS, factor):
        role = "zero" if abs(value) < 1e-12 else "grid"
        parts.append(element("line", {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": up(value), "y2": up(value), **pen(role)}))
        text = place_of_numbers(value, drawn, decimals)
        parts.append(element("text", {"x": LEFT - 8, "y": up(value) + 4, "text-anchor": "end", **pen("tick")}, text))
    return joined(parts)


def _upright(one: Told, x: float, up: Scale, pen: Brush) -> Markup:
    name = NAMES[one.side]
    top, bottom = sorted((up(one.effect.low), up(one.effect.high)))
    pill = {"x": x - PILL / 2, "y": top, "width": PILL, "height": bottom - top, "rx": min(PILL, bottom - top) / 2}
    dot = element("circle", {"cx": x, "cy": up(one.effect.estimate), "r": DOT, **pen(f"{name}-{'fill' if one.solid else 'hollow'}")})
    return joined([element("rect", {**pill, **pen(f"{name}-pill")}), dot])


def _level_name(name: str, x: float, room: float, count: str, pen: Brush) -> Markup:
    at = {"x": x, "text-anchor": "middle"}
    parts = [element("text", {**at, "y": HEIGHT - 23, **pen("tick")}, cut(name, room - 6, 11))]
    if count:
        parts.append(element("text", {**at, "y": HEIGHT - 8, **pen("note")}, cut(count, room - 4, 11)))
    return joined(parts)


def segments_svg(
    drawn: Forest, named: Sequence[tuple[str, Effect]], title: str, *, overall: tuple[str, Effect] | None = None, standalone: bool = False
) -> Markup | None:
    """The effect of one moment for each kind of people, over all of them first; None with fewer than two kinds."""
    told = told_effects(drawn, named)[:MOST_SEGMENTS]
    if len(told) < 2:
        return None
    all_of_them = told_effects(drawn, [overall]) if overall is not None else []
    rows = [*all_of_them, *told]
    pen = brush(standalone=standalone)
    low, high = domain([one.effect for one in rows], drawn.band)
    axis = (NAME + 10, WIDTH - NUMBER - 10)
    scale = Scale(low, high, *(reversed(axis) if drawn.mirrored else axis))
    height = AXIS + ROW * len(rows) + 6
    parts = [_lying_ground(drawn, scale, height, pen)]
    for place, one in enumerate(rows):
        parts.append(_lying(one, drawn, scale, AXIS + ROW * (place + 0.5), pen))
        if all_of_them and not place:
            y = AXIS + ROW
            parts.append(element("line", {"x1": 0, "x2": WIDTH, "y1": y, "y2": y, **pen("rule")}))
    return picture((WIDTH, height), title, parts, look="mk-segments", standalone=standalone)


def _lying_ground(drawn: Forest, scale: Scale, height: float, pen: Brush) -> Markup:
    parts = []
    if drawn.band:
        left, right = sorted((scale(-drawn.band), scale(drawn.band)))
        parts.append(element("rect", {"x": left, "y": AXIS, "width": right - left, "height": height - AXIS, **pen("band")}))
    parts.append(element("line", {"x1": scale(0.0), "x2": scale(0.0), "y1": AXIS, "y2": height, **pen("zero")}))
    factor = drawn.numbers.factor
    decimals, placed = scale.tick_decimals(TICKS, factor), list[tuple[float, float]]()
    for value in sorted(scale.ticks(TICKS, factor), key=abs):
        text = place_of_numbers(value, drawn, decimals)
        half, x = text_width(text, 11) / 2, scale(value)
        if all(x + half + 4 <= start or x - half - 4 >= end for start, end in placed):
            placed.append((x - half, x + half))
            parts.append(element("text", {"x": x, "y": AXIS - 7, "text-anchor": "middle", **pen("tick")}, text))
    return joined(parts)


def _lying(one: Told, drawn: Forest, scale: Scale, y: float, pen: Brush) -> Markup:
    name, numbers = NAMES[one.side], drawn.numbers
    left, right = sorted((scale(one.effect.low), scale(one.effect.high)))
    pill = {"x": left, "y": y - PILL / 2, "width": right - left, "height": PILL, "rx": min(PILL, right - left) / 2}
    role = f"{name}-text" if one.solid else "number"
    told = element("tspan", pen("note"), f" {numbers.interval(one.effect.low, one.effect.high)}")
    return joined(
        [
            element("text", {"x": 0, "y": y + 4, **pen("number")}, cut(one.name, NAME - 8)),
            element("rect", {**pill, **pen(f"{name}-pill")}),
            element("circle", {"cx": scale(one.effect.estimate), "cy": y, "r": DOT, **pen(f"{name}-{'fill' if one.solid else 'hollow'}")}),
            element("text", {"x": WIDTH - 2, "y": y + 4, "text-anchor": "end", **pen(role)}, numbers.effect(one.effect.estimate), told),
        ]
    )
