"""The map: stages as columns, every decisive touchpoint a stem from zero with a disc at each effect, quiet ones grey rings near zero.

Area of a disc is people; the pill behind it is the interval; a side whose interval reaches into what is too small to matter is
hollow and has no pill. Under the columns the loops of the journey, over them the people at each stage, where these are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from momot.findings.findings import Moment
from momot.findings.forest import Forest, Line, ends
from momot.findings.labels import printable
from momot.findings.numbers import grouped, signed
from momot.findings.sentences import headline_of, moment_sentence
from momot.report.around import NOTHING, Around
from momot.report.marks.labels import Label, place_labels
from momot.report.marks.layers import Piece, bar, disc, layers, stem
from momot.report.marks.layout import (
    HEADS,
    HEADS_HEIGHT,
    LEFT,
    PILL,
    RIBBON_HEIGHT,
    WIDTH,
    Place,
    Plan,
    claims,
    column_of,
    net_effect,
    plan_map,
    worth_drawing,
)
from momot.report.marks.loops import loops, loops_height, ribbon
from momot.report.marks.palette import Brush, brush
from momot.report.marks.svg import cut, element, joined, led, picture, text_width
from momot.vocabulary.words import STAGES

__all__ = ["heads_of", "map_figure", "place_of_numbers", "plan_map", "worth_drawing"]

LONGEST_TITLE = 600
NAMES = {"badly": "break", "well": "make"}
TICKS = 7
LEAST_REACH = 8.0
"""Half the width at which a quiet ring still answers to a pointer."""


def map_figure(
    drawn: Forest,
    *,
    standalone: bool = False,
    around: Around = NOTHING,
    links: Mapping[str, str] | None = None,
    selected: str | None = None,
    behind: Mapping[str, str] | None = None,
) -> Markup:
    """The whole map as one SVG, 960 px wide.

    `around` is what is known of journeys. `links` leads from the name of a moment to where more is said of it; `selected` is outlined.
    `behind` leads from a stage to the people at it, and from a loop to those who go round.
    """
    plan, pen = plan_map(drawn, around), brush(standalone=standalone)
    height = plan.bottom + loops_height(around, plan.spans)
    labels = place_labels(plan)
    shown = {label.row.moment.name for label in labels}
    to = {} if standalone else (links or {})
    who = {} if standalone else (behind or {})
    parts = [_columns(plan, pen, who), ribbon(around, plan.spans, HEADS_HEIGHT + RIBBON_HEIGHT / 2, pen), _axis(plan, pen)]
    parts.append(layers([piece for place in plan.places for piece in _pieces(place, plan)], pen))
    parts += [_spot(place, plan, pen, to, selected) for place in plan.places]
    parts += [_label(label, drawn, pen) for label in labels]
    left_over = sum(place.row.moment.decisive and place.row.moment.name not in shown for place in plan.places)
    if left_over:
        words = drawn.language.says("{n} more in the table", "{n} more in the table", left_over)
        parts.append(element("text", {"x": WIDTH - 4, "y": plan.bottom - 6, "text-anchor": "end", **pen("note")}, words))
    parts.append(loops(around, plan.spans, plan.bottom, WIDTH, drawn.language, pen, who))
    title = printable(headline_of(drawn.question, [row.moment for row in drawn.rows], drawn.language), 300)
    return picture((WIDTH, height), title, parts, look="mk-map", standalone=standalone, linked=bool(to))


def _spot(place: Place, plan: Plan, pen: Brush, links: Mapping[str, str], selected: str | None) -> Markup:
    """What is asked of one moment: its sentence, where it leads, where a pointer meets it; outlined where it is chosen."""
    chosen = selected == place.row.moment.name
    said = printable(moment_sentence(place.row.moment, plan.drawn.numbers), LONGEST_TITLE)
    to = links.get(place.row.moment.name)
    tag, attributes = ("a", {"href": to}) if to else ("g", {})
    reach = element("rect", {**_reach(place, plan), **pen("selected" if chosen else "hit")})
    return element(tag, attributes, element("title", {}, said), reach)


def heads_of(name: str, drawn: Forest, around: Around) -> tuple[str, str, str, str]:
    """Code, plain word, people and how many decide: the head of a column."""
    language = drawn.language
    code, word = HEADS[name]
    own = [row for row in drawn.rows if column_of(row) == name]
    loud = sum(row.moment.decisive for row in own)
    untold = sum(row.moment.verdict == "not identifiable" for row in own)
    there = next((people for stage, people in around.stages.items() if stage == name), None)
    people = language.says("{n} person", "{n} people", there) if there is not None else ""
    counted = language.say("{found} of {tested}", found=grouped(loud, language=language), tested=grouped(len(own), language=language))
    counts = (counted if own else language.say("nothing tested")) + (
        language.says(", {n} unclear", ", {n} unclear", untold) if untold else ""
    )
    return code if name in STAGES else language.say(code), language.say(word), people, counts


def _columns(plan: Plan, pen: Brush, behind: Mapping[str, str]) -> Markup:
    """Every second column tinted; its head."""
    parts = []
    for i, (name, (left, right)) in enumerate(plan.spans.items()):
        if i % 2 == 0:
            parts.append(element("rect", {"x": left, "y": 0, "width": right - left, "height": plan.bottom, **pen("column")}))
        lines = heads_of(name, plan.drawn, plan.around)
        for y, role, text in zip((24, 41, 57, 73), ("stage", "note", "number-plain", "note"), lines, strict=True):
            if text:
                words = cut(text, right - left - 14, 13 if role == "stage" else 11)
                line = element("text", {"x": left + 10, "y": y if lines[2] else min(y, 57), **pen(role)}, words)
                parts.append(led(line, behind.get(name)) if role == "number-plain" else line)
    return joined(parts)


def place_of_numbers(value: float, drawn: Forest, decimals: int) -> str:
    """What stands beside a line of the axis."""
    factor = drawn.numbers.factor
    return signed(value * factor, decimals, drawn.language) if abs(value) > 1e-12 else "0"


def _axis(plan: Plan, pen: Brush) -> Markup:
    """Grid, ticks, the band of what is too small to matter, zero (the reference of each), and which way is which."""
    drawn, scale = plan.drawn, plan.scale
    factor, decimals = drawn.numbers.factor, scale.tick_decimals(TICKS, drawn.numbers.factor)
    parts = []
    if drawn.band:
        top, bottom = sorted((scale(drawn.band), scale(-drawn.band)))
        parts.append(element("rect", {"x": LEFT, "y": top, "width": WIDTH - LEFT, "height": bottom - top, **pen("band")}))
    for value in scale.ticks(TICKS, factor):
        y = scale(value)
        if not plan.top - 2 <= y <= plan.bottom - 8:
            continue
        role = "zero" if abs(value) < 1e-12 else "grid"
        parts.append(element("line", {"x1": LEFT, "x2": WIDTH, "y1": y, "y2": y, **pen(role)}))
        text = place_of_numbers(value, drawn, decimals)
        parts.append(element("text", {"x": LEFT - 8, "y": y + 4, "text-anchor": "end", **pen("tick")}, text))
    parts += _directions(plan, pen)
    return joined(parts)


def _directions(plan: Plan, pen: Brush) -> list[Markup]:
    """Makes upwards, breaks downwards; what only goes together has a better and a worse, and no colour."""
    say, claim = plan.drawn.language.say, claims(plan.drawn)
    zero = plan.scale(0.0)
    ways = (
        ("make", say("Makes") if claim else say("Better"), (plan.top + zero) / 2, "{} \u2191"),
        ("break", say("Breaks") if claim else say("Worse"), (zero + plan.bottom) / 2, "\u2193 {}"),
    )
    parts = []
    for name, words, y, shape in ways:
        text = shape.format(words)
        room = abs(y - zero) * 2
        if room < text_width(text, 11) + 8:
            continue
        at = {"x": 0, "y": 0, "text-anchor": "middle", "transform": f"translate(12 {y:.2f}) rotate(-90)"}
        parts.append(element("text", {**at, **pen(f"{name}-axis" if claim else "axis")}, text))
    return parts


def _reach(place: Place, plan: Plan) -> dict[str, object]:
    """The box of everything of the moment. A decisive one is at least 24 px wide; a quiet one no larger than its neighbours leave."""
    if not place.row.moment.decisive:
        r = max(plan.ring_radius(place.row.moment), LEAST_REACH)
        x, y = place.x, plan.scale.held(net_effect(place.row))
        return {"x": x - r, "y": y - r, "width": min(2 * r, WIDTH - x + r), "height": 2 * r, "rx": r}
    ys = [plan.scale(0.0)]
    widest = 12.0
    for line in ends(place.row):
        r = plan.radius(line)
        widest = max(widest, r + 4)
        ys += [plan.scale(line.effect.estimate) - r - 4, plan.scale(line.effect.estimate) + r + 4]
        if line.solid:
            ys += [plan.scale(line.effect.low), plan.scale(line.effect.high)]
    left, right = max(0.0, place.x - widest), min(WIDTH, place.x + widest)
    return {"x": left, "y": max(0.0, min(ys)), "width": right - left, "height": max(ys) - max(0.0, min(ys)), "rx": widest}


def _pieces(place: Place, plan: Plan) -> Iterator[Piece]:
    """Ring, or stem, pill and disc of each side."""
    if not place.row.moment.decisive:
        yield "ring", disc(place.x, plan.scale.held(net_effect(place.row)), plan.ring_radius(place.row.moment))
        return
    for line in ends(place.row):
        yield from _side(place, line, plan)


def _side(place: Place, line: Line, plan: Plan) -> Iterator[Piece]:
    scale, name, x = plan.scale, NAMES[line.side], place.x
    y, r = scale(line.effect.estimate), plan.radius(line)
    head = head_of(line, place.row.moment)
    yield f"{name}-stem", stem(x, scale(0.0), x, y)
    yield f"{name}-{head}", disc(x, y, r)
    if line.solid:
        top, bottom = sorted((scale(line.effect.low), scale(line.effect.high)))
        yield f"{name}-pill", bar(x - PILL / 2, top, PILL, bottom - top, PILL / 2)
        # The part of the interval that its own disc would hide, as a thin line on the disc.
        start, end = max(top, y - r + 1), min(bottom, y + r - 1)
        yield "card" if head == "fill" else f"{name}-inner", bar(x - 0.75, start, 1.5, max(0.0, end - start))


def head_of(line: Line, moment: Moment) -> str:
    """How a disc is filled: whole for a moment, light for what is likely, not at all where the interval reaches the band."""
    return "hollow" if not line.solid else "fill" if moment.verdict == "moment" else "open"


def _label(label: Label, drawn: Forest, pen: Brush) -> Markup:
    """Name in ink, numbers in the colours of their sides."""
    solid = [line for line in ends(label.row) if line.solid]
    names = label.lines[:-1] if solid else label.lines
    middle = {"x": label.x, "text-anchor": "middle"}
    parts = [
        element("text", {**middle, "y": label.top + label.line_height - 3 + label.line_height * i, **pen("label")}, name)
        for i, name in enumerate(names)
    ]
    if solid:
        spans = [element("tspan", pen(f"{NAMES[line.side]}-text"), drawn.numbers.effect(line.effect.estimate)) for line in solid]
        between = element("tspan", pen("note"), " / ")
        body = spans if len(spans) == 1 else [spans[0], between, spans[1]]
        parts.append(element("text", {**middle, "y": label.top + label.line_height - 3 + label.line_height * len(names)}, *body))
    return joined(parts)
