"""The map: stages as columns, every decisive touchpoint a stem from zero with a disc at each effect, quiet ones grey rings near zero.

Area of a disc is people; the pill behind it is the interval; a side whose interval reaches into what is too small to matter is
hollow and has no pill. Labels are placed by code, the strongest first, outside the interval; one without room is left to the table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from momot.findings.forest import Forest, Line, Row, ends
from momot.findings.labels import STAGE_CODES, STAGE_WORDS, printable
from momot.findings.numbers import signed
from momot.findings.sentences import moment_sentence
from momot.report.marks.palette import FONT, paint
from momot.report.marks.scale import Scale
from momot.report.marks.svg import cut, element, joined, text_width
from momot.vocabulary.words import STAGES

WIDTH, HEIGHT = 1000.0, 520.0
LEFT, TOP, BOTTOM = 56.0, 92.0, 24.0  # axis labels, column heads, room under the lowest label
LEAST_COLUMN = 92.0
PILL = 7.0
RADIUS = (4.5, 28.0)
MOST_QUIET_RADIUS = 16.0
LABEL_WIDTH = 118.0
LABEL_LETTERS = 17
LINE_HEIGHT = 14.0
MOST_LABELS = 24
NAMES = {"badly": "break", "well": "make"}
UNSTAGED, CONDITIONS = "unstaged", "conditions"
HEADS: dict[str, tuple[str, str]] = {
    **{stage: (STAGE_CODES[stage], STAGE_WORDS[stage]) for stage in STAGES},
    UNSTAGED: ("No stage", "Touchpoints"),
    CONDITIONS: ("Conditions", "Not touchpoints"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that nothing else may cover (px)."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 2.0) -> bool:
        """Whether the two come closer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )


@dataclass(frozen=True, slots=True)
class Place:
    """One moment on the map: its row, the column of its stage, where it stands from left to right."""

    row: Row
    column: str
    x: float


@dataclass(frozen=True, slots=True)
class Label:
    """A name with its numbers, two or three lines, and the room it takes."""

    row: Row
    x: float
    top: float
    lines: tuple[str, ...]
    box: Box


def columns(drawn: Forest) -> tuple[str, ...]:
    """Stages that hold something, in the order of the journey; then touchpoints without a stage, then conditions."""
    present = {_column(row) for row in drawn.rows}
    return tuple(name for name in HEADS if name in present)


def _column(row: Row) -> str:
    return row.moment.stage or (CONDITIONS if row.moment.kind == "condition" else UNSTAGED)


def worth_drawing(drawn: Forest) -> bool:
    """A map needs at least two columns, one of them a stage, and one decisive moment; else the forest says it better."""
    names = columns(drawn)
    return len(names) > 1 and any(name in STAGES for name in names) and bool(drawn.decisive)


def map_figure(drawn: Forest, *, standalone: bool = False) -> Markup:
    """The whole map as one SVG, 1 000 px wide."""
    scale, spans, places = layout(drawn)
    labels = place_labels(drawn, places, scale)
    shown = {label.row.moment.name for label in labels}
    parts = [_columns(drawn, spans, standalone), _axis(drawn, scale, standalone)]
    parts += [_quiet(place, drawn, scale, standalone) for place in places if not place.row.moment.decisive]
    parts += [_decisive(place, drawn, scale, standalone) for place in places if place.row.moment.decisive]
    parts += [_label(label, drawn, standalone) for label in labels]
    left_over = sum(place.row.moment.decisive and place.row.moment.name not in shown for place in places)
    if left_over:
        note = {"x": WIDTH - 4, "y": HEIGHT - 6, "text-anchor": "end", **paint("note", standalone=standalone)}
        parts.append(element("text", note, f"{left_over} more in the table"))
    view: dict[str, object] = {"viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}", "role": "img", "class": "mk-map"}
    if standalone:
        view = {"xmlns": "http://www.w3.org/2000/svg", **view, "width": WIDTH, "height": HEIGHT, "font-family": FONT}
        parts.insert(0, element("rect", {"width": WIDTH, "height": HEIGHT, "fill": "#ffffff"}))
    return element("svg", view, element("title", {}, printable(drawn.question.headline, 300)), joined(parts))


def layout(drawn: Forest) -> tuple[Scale, dict[str, tuple[float, float]], tuple[Place, ...]]:
    """The vertical axis, the left and right of each column, and where every moment stands. What can't be told has no place."""
    told = [row for row in drawn.rows if row.moment.verdict != "not identifiable" and row.lines]
    names = columns(drawn)
    # A decisive moment takes the room of its label, quiet ones share: rings may stand close.
    room = {name: sum(3.0 if row.moment.decisive else 1.0 for row in told if _column(row) == name) + 1.0 for name in names}
    free = WIDTH - LEFT - LEAST_COLUMN * len(names)
    spans, left = {}, LEFT
    for name in names:
        width = LEAST_COLUMN + free * room[name] / sum(room.values())
        spans[name] = (left, left + width)
        left += width
    places = []
    for name in names:
        own = _spread([row for row in told if _column(row) == name])
        start, end = spans[name]
        step = (end - start) / max(1, len(own))
        places += [Place(row, name, start + step * (i + 0.5)) for i, row in enumerate(own)]
    reach = (drawn.high - drawn.low) * 0.14  # room for labels outside the longest interval
    ends = (HEIGHT - BOTTOM, TOP)
    return Scale(drawn.low - reach, drawn.high + reach, *(reversed(ends) if drawn.mirrored else ends)), spans, tuple(places)


def _spread(rows: Sequence[Row]) -> list[Row]:
    """Decisive ones first with quiet ones between them, so that labels have room on both sides."""
    loud = [row for row in rows if row.moment.decisive]
    quiet = [row for row in rows if not row.moment.decisive]
    if not loud:
        return quiet
    share = len(quiet) / len(loud)
    mixed: list[Row] = []
    for i, row in enumerate(loud):
        mixed += [row, *quiet[round(i * share) : round((i + 1) * share)]]
    return mixed


def radius(line: Line, drawn: Forest) -> float:
    """Area as the number of cases, the largest of the forest as the largest disc."""
    most = max((one.effect.n for row in drawn.decisive for one in ends(row)), default=1)
    return max(RADIUS[0], RADIUS[1] * 0.62 * math.sqrt(line.effect.n / max(most, 1)))


def place_labels(drawn: Forest, places: Sequence[Place], scale: Scale) -> tuple[Label, ...]:
    """Labels of decisive moments, the strongest first, each outside its intervals where nothing else stands."""
    taken = [box for place in places if place.row.moment.decisive for box in _mark_boxes(place, drawn, scale)]
    labels: list[Label] = []
    loud = [place for place in places if place.row.moment.decisive and ends(place.row)]
    loud.sort(key=lambda place: -max(abs(line.effect.estimate) for line in ends(place.row)))
    for place in loud[:MOST_LABELS]:
        label = _first_free(place, drawn, scale, taken)
        if label is not None:
            labels.append(label)
            taken.append(label.box)
    return tuple(labels)


def _first_free(place: Place, drawn: Forest, scale: Scale, taken: Sequence[Box]) -> Label | None:
    """Beyond the stronger end, then beyond the other, a little to the sides, then further out."""
    lines = label_lines(place.row, drawn)
    width = max(text_width(line, 12) for line in lines)
    height = LINE_HEIGHT * len(lines)
    strongest = sorted(ends(place.row), key=lambda line: -abs(line.effect.estimate))
    for further in (0.0, LINE_HEIGHT, 2 * LINE_HEIGHT, 4 * LINE_HEIGHT):
        for line in strongest:
            low, high = _outer(line, drawn, scale)
            up = scale(line.effect.estimate) <= scale(0.0)
            top = low - height - 5 - further if up else high + 5 + further
            for aside in (0.0, -width / 3, width / 3, -width / 2, width / 2):
                x = min(max(place.x + aside, LEFT + width / 2), WIDTH - width / 2 - 2)
                box = Box(x - width / 2, top, x + width / 2, top + height)
                inside = box.top >= TOP - 4 and box.bottom <= HEIGHT - 2
                if inside and not any(box.meets(other) for other in taken):
                    return Label(place.row, x, top, lines, box)
    return None


def label_lines(row: Row, drawn: Forest) -> tuple[str, ...]:
    """The name in at most two lines of about 15 letters, then the numbers of what is drawn solid."""
    name = printable(row.moment.touchpoint, 80)
    words = name.replace("_", "_\u200b").replace(".", ".\u200b").replace(" ", " \u200b").split("\u200b")
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1] + word.rstrip()) > LABEL_LETTERS and len(lines) < 2:
            lines.append("")
        lines[-1] += word
    numbers = [drawn.numbers.effect(line.effect.estimate) for line in ends(row) if line.solid]
    return (
        (*(cut(line.strip(), LABEL_WIDTH) for line in lines), " / ".join(numbers))
        if numbers
        else tuple(cut(line.strip(), LABEL_WIDTH) for line in lines)
    )


def _outer(line: Line, drawn: Forest, scale: Scale) -> tuple[float, float]:
    """Top and bottom of a line's disc and pill."""
    y, r = scale(line.effect.estimate), radius(line, drawn)
    spans = [y - r, y + r] + ([scale(line.effect.low), scale(line.effect.high)] if line.solid else [])
    return min(spans), max(spans)


def _mark_boxes(place: Place, drawn: Forest, scale: Scale) -> list[Box]:
    boxes = []
    for line in ends(place.row):
        top, bottom = _outer(line, drawn, scale)
        r = radius(line, drawn)
        boxes.append(Box(place.x - max(r, PILL / 2), top, place.x + max(r, PILL / 2), bottom))
        stem = sorted((scale(0.0), scale(line.effect.estimate)))
        boxes.append(Box(place.x - 1, stem[0], place.x + 1, stem[1]))
    return boxes


def _columns(drawn: Forest, spans: dict[str, tuple[float, float]], standalone: bool) -> Markup:
    """Every second column tinted; code, plain word, and how many can't be told."""
    parts = []
    for i, (name, (left, right)) in enumerate(spans.items()):
        if i % 2 == 0:
            parts.append(
                element("rect", {"x": left, "y": 0, "width": right - left, "height": HEIGHT, **paint("column", standalone=standalone)})
            )
        code, word = HEADS[name]
        own = [row for row in drawn.rows if _column(row) == name]
        loud = sum(row.moment.decisive for row in own)
        untold = sum(row.moment.verdict == "not identifiable" for row in own)
        told = f"{loud} of {len(own)}" + (f", {untold} unclear" if untold else "")
        for y, role, text in ((24, "stage", code), (41, "note", word), (57, "note", told)):
            words = cut(text, right - left - 14, 13 if role == "stage" else 11)
            parts.append(element("text", {"x": left + 10, "y": y, **paint(role, standalone=standalone)}, words))
    return joined(parts)


def _axis(drawn: Forest, scale: Scale, standalone: bool) -> Markup:
    """Grid, ticks, the band of what is too small to matter, and zero: the reference of each."""
    factor, decimals = drawn.numbers.factor, scale.tick_decimals(7, drawn.numbers.factor)
    parts = []
    if drawn.band:
        top, bottom = sorted((scale(drawn.band), scale(-drawn.band)))
        band = {"x": LEFT, "y": top, "width": WIDTH - LEFT, "height": bottom - top, **paint("band", standalone=standalone)}
        parts.append(element("rect", band))
    for value in scale.ticks(7, factor):
        y = scale(value)
        if not TOP - 2 <= y <= HEIGHT - 8:
            continue
        role = "zero" if abs(value) < 1e-12 else "grid"
        parts.append(element("line", {"x1": LEFT, "x2": WIDTH, "y1": y, "y2": y, **paint(role, standalone=standalone)}))
        text = signed(value * factor, decimals) if role == "grid" else "0"
        parts.append(element("text", {"x": LEFT - 8, "y": y + 4, "text-anchor": "end", **paint("tick", standalone=standalone)}, text))
    return joined(parts)


def _quiet(place: Place, drawn: Forest, scale: Scale, standalone: bool) -> Markup:
    """A grey ring at the middle of its effects; size by people."""
    effects = [line.effect for line in place.row.lines]
    net = sum(effect.estimate * effect.n for effect in effects) / max(1, sum(effect.n for effect in effects))
    most = max((row.moment.reach.people for row in drawn.rows), default=1)
    r = max(3.0, MOST_QUIET_RADIUS * math.sqrt(place.row.moment.reach.people / max(most, 1)))
    title = element("title", {}, printable(moment_sentence(place.row.moment, drawn.numbers), 600))
    return element("circle", {"cx": place.x, "cy": scale.held(net), "r": r, **paint("ring", standalone=standalone)}, title)


def _decisive(place: Place, drawn: Forest, scale: Scale, standalone: bool) -> Markup:
    """Stem, pill and disc of each side."""
    parts = [element("title", {}, printable(moment_sentence(place.row.moment, drawn.numbers), 600))]
    for line in ends(place.row):
        name, y = NAMES[line.side], scale(line.effect.estimate)
        stem = {"x1": place.x, "x2": place.x, "y1": scale(0.0), "y2": y, **paint(f"{name}-stem", standalone=standalone)}
        parts.append(element("line", stem))
        if line.solid:
            top, bottom = sorted((scale(line.effect.low), scale(line.effect.high)))
            pill = {"x": place.x - PILL / 2, "y": top, "width": PILL, "height": bottom - top, "rx": min(PILL, bottom - top) / 2}
            parts.append(element("rect", {**pill, **paint(f"{name}-pill", standalone=standalone)}))
        head = "hollow" if not line.solid else "fill" if place.row.moment.verdict == "moment" else "open"
        r = radius(line, drawn)
        parts.append(element("circle", {"cx": place.x, "cy": y, "r": r, **paint(f"{name}-{head}", standalone=standalone)}))
        if line.solid:
            parts.append(
                _inner_interval(place.x, (scale(line.effect.low), scale(line.effect.high)), (y - r, y + r), head, name, standalone)
            )
    return element("g", {}, *parts)


def _inner_interval(x: float, interval: tuple[float, float], disc: tuple[float, float], head: str, name: str, standalone: bool) -> Markup:
    """The part of an interval that its own disc would hide, as a thin line on the disc."""
    top, bottom = max(min(interval), disc[0] + 1), min(max(interval), disc[1] - 1)
    role = "card" if head == "fill" else f"{name}-fill"
    return element("rect", {"x": x - 0.75, "y": top, "width": 1.5, "height": max(0.0, bottom - top), **paint(role, standalone=standalone)})


def _label(label: Label, drawn: Forest, standalone: bool) -> Markup:
    """Name in ink, numbers in the colours of their sides."""
    solid = [line for line in ends(label.row) if line.solid]
    names = label.lines[:-1] if solid else label.lines
    middle = {"x": label.x, "text-anchor": "middle"}
    parts = [
        element("text", {**middle, "y": label.top + 11 + LINE_HEIGHT * i, **paint("label", standalone=standalone)}, name)
        for i, name in enumerate(names)
    ]
    if solid:
        spans = [
            element("tspan", paint(f"{NAMES[line.side]}-text", standalone=standalone), drawn.numbers.effect(line.effect.estimate))
            for line in solid
        ]
        between = element("tspan", paint("note", standalone=standalone), " / ")
        body = spans if len(spans) == 1 else [spans[0], between, spans[1]]
        parts.append(element("text", {**middle, "y": label.top + 11 + LINE_HEIGHT * len(names)}, *body))
    return joined(parts)
