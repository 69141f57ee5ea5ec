"""Charts of known truth as SVG, in the look of the report: shares on a line from 0 to 1, and planted beside estimated half-lives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from momot.report.marks.palette import FONT, LIGHT, paint
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, text_width

ROW, TOP, LEFT, RIGHT, WIDTH = 24.0, 64.0, 236.0, 88.0, 760.0
BETWEEN = 10.0
BOLD = 13.5  # labels are wider than their size says
DAYS = (5.0, 7.0, 10.0, 14.0, 21.0, 28.0, 42.0, 56.0, 70.0, 100.0, 140.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """A share with one standard error; None is not drawn."""

    value: float | None
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart: its label, a dot for each series, and what is written at its end."""

    label: str
    dots: tuple[Dot, ...]
    note: str = ""


def dots(title: str, series: Sequence[str], rows: Sequence[Row], *, target: float | None = None) -> str:
    """Shares of several series, the first filled and the second hollow, one row each; a dashed line at `target`. The SVG as text."""
    scale = Scale(0.0, 1.0, LEFT, WIDTH - RIGHT)
    bottom = TOP + ROW * len(rows)
    body = [
        element("rect", {"x": 0, "y": 0, "width": WIDTH, "height": bottom + 34, "rx": 6, **_look("card")}),
        _text(title, BETWEEN, 22, "stage"),
    ]
    body += _legend(series, target)
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x = scale(tick)
        body.append(element("line", {"x1": x, "x2": x, "y1": TOP - 8, "y2": bottom, **_look("grid")}))
        body.append(_text(f"{tick:.1f}", x, bottom + 18, "tick", anchor="middle"))
    if target is not None:
        x = scale(target)
        body.append(element("line", {"x1": x, "x2": x, "y1": TOP - 8, "y2": bottom, "stroke-dasharray": "4 3", **_look("zero")}))
    for place, row in enumerate(rows):
        body.append(_row(row, TOP + ROW * (place + 0.5), scale))
    return _picture(title, WIDTH, bottom + 34, joined(body))


def half_lives(title: str, pairs: Sequence[tuple[float, float, float | None, float | None]]) -> str:
    """Planted half-lives against estimated ones with intervals, in days on a scale of logarithms: what is right is on the line."""
    low, high = math.log(DAYS[0]), math.log(DAYS[-1])
    across, up = Scale(low, high, 70.0, 500.0), Scale(low, high, 460.0, 50.0)
    body = [element("rect", {"x": 0, "y": 0, "width": 540, "height": 520, "rx": 6, **_look("card")}), _text(title, BETWEEN, 22, "stage")]
    for days in DAYS[1::2]:
        x, y = across(math.log(days)), up(math.log(days))
        body.append(element("line", {"x1": x, "x2": x, "y1": 50, "y2": 460, **_look("grid")}))
        body.append(element("line", {"x1": 70, "x2": 500, "y1": y, "y2": y, **_look("grid")}))
        body += [_text(f"{days:g}", x, 478, "tick", anchor="middle"), _text(f"{days:g}", 62, y + 4, "tick", anchor="end")]
    body.append(element("line", {"x1": 70, "x2": 500, "y1": 460, "y2": 50, "stroke-dasharray": "4 3", **_look("zero")}))
    body.append(_text("planted, days", 285, 502, "note", anchor="middle"))
    body.append(_text("estimated, days, with 95 % intervals", 70, 42, "note"))
    for number, (planted, estimate, least, most) in enumerate(pairs):
        x = across.held(math.log(planted)) + (number % 7 - 3) * 2.0  # so that equal ones stand beside each other
        ends = [up.held(math.log(value)) for value in (least or DAYS[0], most or DAYS[-1])]
        body.append(element("line", {"x1": x, "x2": x, "y1": ends[0], "y2": ends[1], **_look("quiet-stem")}))
        body.append(element("circle", {"cx": x, "cy": up.held(math.log(estimate)), "r": 3.0, "fill": LIGHT["ink"]}))
    return _picture(title, 540, 520, joined(body))


def _legend(series: Sequence[str], target: float | None) -> list[Markup]:
    found, x = [], LEFT
    for place, name in enumerate(series):
        found += [_dot(place, x + 5, 42), _text(name, x + 16, 46, "note")]
        x += 34 + text_width(name, 11)
    if target is not None:
        found.append(element("line", {"x1": x, "x2": x + 14, "y1": 42, "y2": 42, "stroke-dasharray": "4 3", **_look("zero")}))
        found.append(_text(f"{target:g}", x + 20, 46, "note"))
    return found


def _row(row: Row, y: float, scale: Scale) -> Markup:
    body = [_text(cut(row.label, LEFT - 2 * BETWEEN, BOLD), LEFT - BETWEEN, y + 4, "label", anchor="end")]
    for place, dot in reversed(list(enumerate(row.dots))):  # the first on top
        if dot.value is None:
            continue
        if dot.error:
            ends = {"x1": scale.held(dot.value - dot.error), "x2": scale.held(dot.value + dot.error)}
            body.append(element("line", {**ends, "y1": y, "y2": y, **_look("quiet-stem")}))
        body.append(_dot(place, scale(dot.value), y))
    body.append(_text(row.note, WIDTH - BETWEEN, y + 4, "note", anchor="end"))
    return joined(body)


def _dot(place: int, x: float, y: float) -> Markup:
    if place == 0:
        return element("circle", {"cx": x, "cy": y, "r": 4.0, "fill": LIGHT["ink"]})
    return element("circle", {"cx": x, "cy": y, "r": 6.5, "fill": LIGHT["card"], "stroke": LIGHT["ink2"], "stroke-width": "1.5"})


def _text(text: str, x: float, y: float, role: str, *, anchor: str | None = None) -> Markup:
    return element("text", {"x": x, "y": y, "text-anchor": anchor, **_look(role)}, text) if text else Markup("")


def _look(role: str) -> dict[str, str]:
    return paint(role, standalone=True)


def _picture(title: str, width: float, height: float, body: Markup) -> str:
    view = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width:g} {height:g}", "width": width, "height": height, "role": "img"}
    return str(element("svg", {**view, "font-family": FONT}, element("title", {}, title), body)) + "\n"
