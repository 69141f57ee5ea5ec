"""A dated change: the outcome of those who met the touchpoint, period by period, against what was expected; the change and its interval.

Zero is what was expected. Before the date points should lie about it, after it they show the effect.
"""

from __future__ import annotations

import datetime as dt
import math

from markupsafe import Markup

from momot.findings.changes import numbers_of_change
from momot.findings.contract import Change, ChangePeriod
from momot.findings.numbers import Numbers, signed
from momot.language import ENGLISH, Language
from momot.report.marks.palette import Brush, brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import element, joined, picture, text_width

WIDTH, HEIGHT = 860.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 132.0, 14.0, 28.0
TICKS = 5
WIDEST = 4.0  # the axis ends at so many times the middle half-width: a period of a handful of people must not flatten all others


def change_svg(change: Change, title: str, *, language: Language = ENGLISH, standalone: bool = False) -> Markup | None:
    """The picture of one change; None where nothing was estimated."""
    if change.estimate is None or change.low is None or change.high is None or not change.periods or change.period_days is None:
        return None
    days, pen = change.period_days, brush(standalone=standalone)
    across = Scale(change.periods[0].days, change.periods[-1].days + days, LEFT, WIDTH - RIGHT)
    up = _upward(change)
    numbers = numbers_of_change(change, language)
    body = [
        _waited(change, across, up, pen),
        element("line", {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": up(0.0), "y2": up(0.0), **pen("zero")}),
        element("line", {"x1": across(0), "x2": across(0), "y1": TOP, "y2": HEIGHT - BOTTOM, **pen("zero")}),
        _ticks(up, numbers, pen),
        _dates(change, across, language, pen),
        *(_period(period, across, up, days, pen) for period in change.periods),
        _effect(change, across, up, numbers, pen),
    ]
    return picture((WIDTH, HEIGHT), title, body, look="change", standalone=standalone)


def _upward(change: Change) -> Scale:
    """The vertical axis: all intervals, but not farther than some widths of the middle one."""
    halves = sorted((period.high - period.low) / 2 for period in change.periods)
    most = WIDEST * halves[len(halves) // 2]
    ends = [0.0, change.low or 0.0, change.high or 0.0]
    ends += [value for period in change.periods for value in (period.low, period.high) if abs(value) <= most]
    low, high = min(ends), max(ends)
    slack = 0.04 * (high - low) or 1.0
    return Scale(low - slack, high + slack, HEIGHT - BOTTOM, TOP)


def _period(period: ChangePeriod, across: Scale, up: Scale, days: int, pen: Brush) -> Markup:
    x = across(period.days + days / 2)
    low, high = sorted((up.held(period.low), up.held(period.high)))
    bar = element("rect", {"x": x - 1.5, "y": low, "width": 3.0, "height": max(high - low, 0.5), **pen("quiet-pill")})
    dot = element("circle", {"cx": x, "cy": up.held(period.estimate), "r": 3.0, **pen("quiet-fill")})
    return joined([bar, dot])


def _effect(change: Change, across: Scale, up: Scale, numbers: Numbers, pen: Brush) -> Markup:
    """The estimate over all that came after, as a band of its interval with the number beside it."""
    name = {"worked": "make", "made it worse": "break"}.get(change.verdict, "quiet")
    estimate, low, high = change.estimate or 0.0, change.low or 0.0, change.high or 0.0
    start, end = across(0), WIDTH - RIGHT
    top, bottom = sorted((up.held(low), up.held(high)))
    y = up.held(estimate)
    band = element("rect", {"x": start, "y": top, "width": end - start, "height": bottom - top, **pen(f"{name}-pill")})
    line = element("line", {"x1": start, "x2": end, "y1": y, "y2": y, **pen(f"{name}-stem")})
    number = element("text", {"x": end + 8, "y": y + 4, **pen(f"{name}-text")}, numbers.effect(estimate))
    below = element("text", {"x": end + 8, "y": y + 18, **pen("note")}, numbers.interval(low, high))
    return joined([band, line, number, below])


def _waited(change: Change, across: Scale, up: Scale, pen: Brush) -> Markup:
    """The stretch before the date that is left out."""
    if not change.wait_days:
        return Markup("")
    left = across(max(-change.wait_days, across.low))
    return element("rect", {"x": left, "y": TOP, "width": across(0) - left, "height": up.start - TOP, **pen("band")})


def _ticks(up: Scale, numbers: Numbers, pen: Brush) -> Markup:
    factor = numbers.factor
    decimals = up.tick_decimals(TICKS, factor)
    return joined(
        element(
            "text", {"x": LEFT - 8, "y": up(value) + 4, "text-anchor": "end", **pen("tick")},
            signed(value * factor, decimals, numbers.language) if abs(value) > 1e-12 else "0",
        )
        for value in up.ticks(TICKS, factor)
    )  # fmt: skip


def _dates(change: Change, across: Scale, language: Language, pen: Brush) -> Markup:
    """The first and last day and the day of the change, none touching another."""
    on = dt.date.fromisoformat(change.on)
    places = [(0.0, "middle"), (across.low, "start"), (across.high, "end")]
    placed: list[tuple[float, float]] = []
    labels = []
    for days, anchor in places:
        text = language.day((on + dt.timedelta(days=math.floor(days) - (anchor == "end"))).isoformat())
        width, x = text_width(text, 11), across(days)
        start = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if all(start + width + 8 <= low or start >= high + 8 for low, high in placed):
            placed.append((start, start + width))
            labels.append(element("text", {"x": x, "y": HEIGHT - 8, "text-anchor": anchor, **pen("tick")}, text))
    return joined(labels)
