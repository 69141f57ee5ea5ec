"""Names and numbers on the wide map, placed by code: the strongest first, outside the interval, where nothing else stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from momot.findings.forest import Forest, Line, Row, ends
from momot.findings.labels import printable
from momot.report.marks.layout import LEFT, PILL, WIDTH, Place, Plan, net_effect
from momot.report.marks.svg import cut, text_width

LABEL_WIDTH = 136.0
LINE_HEIGHT, TALL_LINE_HEIGHT = 14.0, 18.0
"""Thai has marks over and under its letters."""
MOST_LABELS = 24
WITHOUT_SPACES = re.compile("[\u0e00-\u0e7f]")
"""Thai is written without spaces between words."""


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
class Label:
    """A name with its numbers, two or three lines, and the room it takes."""

    row: Row
    x: float
    top: float
    lines: tuple[str, ...]
    box: Box
    line_height: float


def line_height(lines: Sequence[str]) -> float:
    """From one line of a label to the next."""
    return TALL_LINE_HEIGHT if any(WITHOUT_SPACES.search(line) for line in lines) else LINE_HEIGHT


def place_labels(plan: Plan) -> tuple[Label, ...]:
    """Labels of decisive moments; one without room is left to the table."""
    taken = [box for place in plan.places for box in _mark_boxes(place, plan)]
    labels: list[Label] = []
    loud = [place for place in plan.places if place.row.moment.decisive and ends(place.row)]
    loud.sort(key=lambda place: -max(abs(line.effect.estimate) for line in ends(place.row)))
    for place in loud[:MOST_LABELS]:
        label = _first_free(place, plan, taken)
        if label is not None:
            labels.append(label)
            taken.append(label.box)
    return tuple(labels)


def _first_free(place: Place, plan: Plan, taken: Sequence[Box]) -> Label | None:
    """Beyond the stronger end, then beyond the other, a little to the sides, then further out."""
    lines = label_lines(place.row, plan.drawn)
    width = max(text_width(line, 12) for line in lines)
    each = line_height(lines)
    height = each * len(lines)
    strongest = sorted(ends(place.row), key=lambda line: -abs(line.effect.estimate))
    for further in (0.0, LINE_HEIGHT, 2 * LINE_HEIGHT, 4 * LINE_HEIGHT):
        for line in strongest:
            low, high = _outer(line, plan)
            up = plan.scale(line.effect.estimate) <= plan.scale(0.0)
            top = low - height - 5 - further if up else high + 5 + further
            for aside in (0.0, -width / 3, width / 3, -width / 2, width / 2):
                x = min(max(place.x + aside, LEFT + width / 2), WIDTH - width / 2 - 2)
                box = Box(x - width / 2, top, x + width / 2, top + height)
                inside = box.top >= plan.top - 4 and box.bottom <= plan.bottom - 2
                if inside and not any(box.meets(other) for other in taken):
                    return Label(place.row, x, top, lines, box, each)
    return None


def label_lines(row: Row, drawn: Forest) -> tuple[str, ...]:
    """The name in at most two lines of about 15 letters, then the numbers of what is drawn solid."""
    lines = [""]
    for word in pieces(printable(row.moment.touchpoint, 80)):
        if lines[-1] and text_width(lines[-1] + word.rstrip(), 12) > LABEL_WIDTH and len(lines) < 2:
            lines.append("")
        lines[-1] += word
    names = tuple(cut(line.strip(), LABEL_WIDTH) for line in lines)
    numbers = [drawn.numbers.effect(line.effect.estimate) for line in ends(row) if line.solid]
    return (*names, " / ".join(numbers)) if numbers else names


def pieces(name: str) -> list[str]:
    """Where a name may be broken: after spaces, dots and underscores, and in Thai between words."""
    parts = [part for part in re.split(r"(?<=[ ._])", name) if part]
    return [piece for part in parts for piece in (_thai_words(part) if WITHOUT_SPACES.search(part) else [part])]


@cache
def _thai_words(text: str) -> list[str]:
    import budoux

    return list(budoux.load_default_thai_parser().parse(text))


def _outer(line: Line, plan: Plan) -> tuple[float, float]:
    """Top and bottom of a line's disc and pill."""
    y, r = plan.scale(line.effect.estimate), plan.radius(line)
    spans = [y - r, y + r] + ([plan.scale(line.effect.low), plan.scale(line.effect.high)] if line.solid else [])
    return min(spans), max(spans)


def _mark_boxes(place: Place, plan: Plan) -> list[Box]:
    if not place.row.moment.decisive:
        y, r = plan.scale.held(net_effect(place.row)), plan.ring_radius(place.row.moment)
        return [Box(place.x - r, y - r, place.x + r, y + r)]
    boxes = []
    for line in ends(place.row):
        top, bottom = _outer(line, plan)
        r = plan.radius(line)
        boxes.append(Box(place.x - max(r, PILL / 2), top, place.x + max(r, PILL / 2), bottom))
        stem = sorted((plan.scale(0.0), plan.scale(line.effect.estimate)))
        boxes.append(Box(place.x - 1, stem[0], place.x + 1, stem[1]))
    return boxes
