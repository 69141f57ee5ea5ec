"""Something measured time after time: a line, the band of its 95 % interval, and dashed marks for what was changed.

Shares and counts start at zero, scales of opinion never do. A point without an interval is not drawn, and the line breaks there.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from momot.findings.numbers import grouped
from momot.language import ENGLISH, Language
from momot.report.marks.palette import Brush, brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, picture, text_width

WIDTH, HEIGHT = 560.0, 170.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 14.0, 18.0, 28.0
TICKS = 4
DOT = 2.5


@dataclass(frozen=True, slots=True)
class Point:
    """One time: its name on the axis, the value with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is something to draw."""
        return all(math.isfinite(number) for number in (self.value, self.low, self.high))


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that was changed before the point of this place (0 is the first)."""

    before: int
    words: str


def trend_svg(
    points: Sequence[Point],
    title: str,
    *,
    share: bool = False,
    from_zero: bool = True,
    dated: Sequence[Dated] = (),
    language: Language = ENGLISH,
    standalone: bool = False,
) -> Markup | None:
    """The picture; None with fewer than two points to draw. `share`: values are 0-1 and written as per cent."""
    if sum(point.known for point in points) < 2:
        return None
    pen = brush(standalone=standalone)
    across = Scale(0.0, float(len(points) - 1), LEFT + 6, WIDTH - RIGHT - 6)
    up = _upward([point for point in points if point.known], from_zero, share)
    parts = [_grid(up, share, language, pen)]
    parts += [_date(one, across, pen) for one in dated if 0 < one.before < len(points)]
    for start, run in _runs(points):
        parts.append(_run(start, run, across, up, pen))
    parts.append(_names(points, across, pen))
    return picture((WIDTH, HEIGHT), title, parts, look="mk-trend", standalone=standalone)


def _upward(points: Sequence[Point], from_zero: bool, share: bool) -> Scale:
    low, high = min(point.low for point in points), max(point.high for point in points)
    slack = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    bottom = min(0.0, low) if from_zero else low - slack
    top = min(1.0, high + slack) if share and high <= 1 else high + slack
    return Scale(bottom, max(top, bottom + slack), HEIGHT - BOTTOM, TOP)


def _runs(points: Sequence[Point]) -> list[tuple[int, list[Point]]]:
    """Stretches without a gap, each with the place of its first point."""
    found, place = [], 0
    for known, group in itertools.groupby(points, key=lambda point: point.known):
        run = list(group)
        found += [(place, run)] if known else []
        place += len(run)
    return found


def _run(start: int, run: Sequence[Point], across: Scale, up: Scale, pen: Brush) -> Markup:
    xs = [across(float(start + i)) for i in range(len(run))]
    parts = []
    if len(run) > 1:
        upper = [f"{x:.2f} {up(point.high):.2f}" for x, point in zip(xs, run, strict=True)]
        lower = [f"{x:.2f} {up(point.low):.2f}" for x, point in zip(xs, run, strict=True)]
        parts.append(element("path", {"d": "M" + "L".join([*upper, *reversed(lower)]) + "Z", **pen("line-band")}))
        line = "M" + "L".join(f"{x:.2f} {up(point.value):.2f}" for x, point in zip(xs, run, strict=True))
        parts.append(element("path", {"d": line, **pen("line")}))
    else:
        bar = {"x": xs[0] - 1.5, "y": up(run[0].high), "width": 3.0, "height": up(run[0].low) - up(run[0].high)}
        parts.append(element("rect", {**bar, **pen("quiet-pill")}))
    parts += [element("circle", {"cx": x, "cy": up(point.value), "r": DOT, **pen("point")}) for x, point in zip(xs, run, strict=True)]
    return joined(parts)


def _grid(up: Scale, share: bool, language: Language, pen: Brush) -> Markup:
    factor = 100.0 if share else 1.0
    decimals = up.tick_decimals(TICKS, factor)
    parts = []
    for value in up.ticks(TICKS, factor):
        y = up(value)
        parts.append(element("line", {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": y, "y2": y, **pen("zero" if value == 0 else "grid")}))
        text = grouped(value * factor, decimals, language)
        text = language.percent(text) if share else text
        parts.append(element("text", {"x": LEFT - 8, "y": y + 4, "text-anchor": "end", **pen("tick")}, text))
    return joined(parts)


def _date(one: Dated, across: Scale, pen: Brush) -> Markup:
    x = across(one.before - 0.5)
    words = cut(one.words, WIDTH - RIGHT - x - 6, 11)
    line = element("line", {"x1": x, "x2": x, "y1": TOP - 6, "y2": HEIGHT - BOTTOM, **pen("dated")})
    return joined([line, element("text", {"x": x + 4, "y": TOP - 6, **pen("note")}, words)])


def _names(points: Sequence[Point], across: Scale, pen: Brush) -> Markup:
    """As many names as fit, the first and the last among them."""
    placed: list[tuple[float, float]] = []
    labels = []
    last = len(points) - 1
    for place in (0, last, *range(1, last)):
        text = cut(points[place].name, 120, 11)
        half = text_width(text, 11) / 2
        x = min(max(across(float(place)), half + 2), WIDTH - half - 2)
        if all(x + half + 8 <= start or x - half - 8 >= end for start, end in placed):
            placed.append((x - half, x + half))
            labels.append(element("text", {"x": x, "y": HEIGHT - 9, "text-anchor": "middle", **pen("tick")}, text))
    return joined(labels)
