"""How an effect fades: the effect in each window after the touch with its interval, and the curve of the half-life where there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from momot.findings.contract import Effect, HalfLife, Lasting
from momot.findings.findings import Moment
from momot.findings.forest import side
from momot.findings.numbers import Numbers, signed
from momot.language import Language
from momot.report.marks.palette import Brush, brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import element, joined, picture

WIDTH, HEIGHT = 560.0, 170.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 10.0, 30.0
TICKS, DAY_TICKS = 4, 6
POINTS = 60
WIDEST = 3.0  # as in a dated change: one window of a handful must not flatten all others
APART = 7.0  # px between two contrasts in the same window
COLOURS = {"badly": "break", "well": "make"}


def fading_svg(moment: Moment, numbers: Numbers, title: str, *, standalone: bool = False) -> Markup | None:
    """The picture of one moment; None where it was not followed through windows."""
    curves = [(curve, _windows(moment, curve)) for curve in moment.finding.lasting]
    curves = [(curve, windows) for curve, windows in curves if len(windows) > 1]
    if not curves:
        return None
    pen = brush(standalone=standalone)
    across = Scale(0.0, max(curve.days[1] for curve, _ in curves), LEFT, WIDTH - RIGHT)
    up = _upward([window for _, windows in curves for window in windows])
    body = [
        element("line", {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": up(0.0), "y2": up(0.0), **pen("zero")}),
        _ticks(up, numbers, pen),
        _days(across, numbers.language, pen),
    ]
    half_life = moment.half_life_days
    for place, (curve, windows) in enumerate(curves):
        shift = (place - (len(curves) - 1) / 2) * APART
        colour = COLOURS[side(windows[0] if curve.estimate == 0 else _whole(curve, windows), moment.question.better)]
        if half_life is not None and half_life.estimate is not None and curve.start is not None:
            body.append(_curve(curve.start, half_life, across, up, colour, pen))
        body += [_window(window, across, up, colour, shift, pen) for window in windows]
    return picture((WIDTH, HEIGHT), title, body, look="fading", standalone=standalone)


def _windows(moment: Moment, curve: Lasting) -> list[Effect]:
    """The rows of one contrast in order: the first window may be that of the main horizon, all others are of their own length."""
    rows = [
        effect
        for effect in moment.effects
        if effect.days and effect.segment is None and not effect.calibrated
        and (effect.contrast, effect.level, effect.reference) == (curve.contrast, curve.level, curve.reference)
    ]  # fmt: skip
    later = sorted((effect for effect in rows if effect.days and effect.days[0] > 0), key=lambda effect: effect.days or (0.0, 0.0))
    if not later or later[0].days is None:
        return []
    width = later[0].days[1] - later[0].days[0]
    first = [effect for effect in rows if effect.days == (0.0, width)]
    return [*first[:1], *later]


def _whole(curve: Lasting, windows: Sequence[Effect]) -> Effect:
    """The window whose sign is that of the whole effect, so that a contrast has one colour."""
    return next((window for window in windows if window.estimate * curve.estimate > 0), windows[0])


def _upward(windows: Sequence[Effect]) -> Scale:
    halves = sorted((window.high - window.low) / 2 for window in windows)
    largest = max(abs(window.estimate) for window in windows) + WIDEST * halves[len(halves) // 2]
    ends = [0.0, *(max(-largest, min(largest, value)) for window in windows for value in (window.low, window.high))]
    slack = 0.04 * (max(ends) - min(ends)) or 1.0
    return Scale(min(ends) - slack, max(ends) + slack, HEIGHT - BOTTOM, TOP)


def _window(window: Effect, across: Scale, up: Scale, colour: str, shift: float, pen: Brush) -> Markup:
    start, end = window.days or (0.0, 0.0)
    x = across((start + end) / 2) + shift
    low, high = sorted((up.held(window.low), up.held(window.high)))
    bar = element("rect", {"x": x - 1.5, "y": low, "width": 3.0, "height": max(high - low, 0.5), **pen(f"{colour}-pill")})
    told = window.low > 0 or window.high < 0
    role = f"{colour}-{'fill' if told else 'hollow'}"
    dot = element("circle", {"cx": x, "cy": up.held(window.estimate), "r": 3.0, **pen(role)})
    return joined([bar, dot])


def _curve(start: float, half_life: HalfLife, across: Scale, up: Scale, colour: str, pen: Brush) -> Markup:
    """The curve from the touch on, the band between the ends of the half-life's interval, and the day by which half is gone."""
    days = [across.high * step / POINTS for step in range(POINTS + 1)]

    def at(day: float, half: float) -> float:
        return start * math.pow(2.0, -day / half)

    half = half_life.estimate or 1.0
    points = " ".join(f"{across(day):.1f},{up(at(day, half)):.1f}" for day in days if up.low <= at(day, half) <= up.high)
    parts = []
    if half_life.low and half_life.high:
        ends = [[f"{across(day):.1f} {up.held(at(day, end)):.1f}" for day in days] for end in (half_life.low, half_life.high)]
        parts.append(element("path", {"d": "M" + "L".join([*ends[0], *reversed(ends[1])]) + "Z", **pen(f"{colour}-band")}))
    parts.append(element("polyline", {"points": points, **pen(f"{colour}-line")}))
    if half <= across.high and up.low <= start / 2 <= up.high:
        x, y = across(half), up(start / 2)
        parts.append(element("line", {"x1": x, "x2": x, "y1": y, "y2": up(0.0), **pen("dated")}))
        parts.append(element("rect", {"x": x - 4.5, "y": y - 4.5, "width": 9.0, "height": 9.0, "rx": 4.5, **pen(f"{colour}-hollow")}))
    return joined(parts)


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


def _days(across: Scale, language: Language, pen: Brush) -> Markup:
    """Weeks after the touch where they are long enough, else days."""
    weeks = across.high >= 35
    unit = 7.0 if weeks else 1.0
    every = max(1, round(across.high / unit / DAY_TICKS))
    labels = []
    for number in range(0, int(across.high / unit) + 1, every):
        last = number + every > across.high / unit
        after = ("{n} week after", "{n} weeks after") if weeks else ("{n} day after", "{n} days after")
        text = language.says(*after, number) if last else str(number)
        anchor = "end" if last else "middle"
        x = across(number * unit) + (RIGHT - 2 if last else 0)
        labels.append(element("text", {"x": x, "y": HEIGHT - 9, "text-anchor": anchor, **pen("tick")}, text))
    return joined(labels)
