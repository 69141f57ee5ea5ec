"""Where everything stands on the wide map: columns of stages, moments in them, the vertical axis, how large discs and rings may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from momot.findings.findings import Moment
from momot.findings.forest import Forest, Line, Row, ends
from momot.findings.labels import STAGE_CODES, STAGE_WORDS
from momot.report.around import NOTHING, Around
from momot.report.marks.scale import Scale
from momot.vocabulary.words import STAGES

WIDTH, PLOT = 960.0, 428.0
LEFT, BOTTOM = 58.0, 24.0  # axis labels; room under the lowest label
HEADS_HEIGHT, RIBBON_HEIGHT = 84.0, 22.0
LEAST_COLUMN = 88.0
EDGE = 5.0  # from the side of a column to the first mark in it: as much as the smallest disc needs
PILL = 7.0
RADIUS = (4.5, 17.5)
RING = (2.0, 14.0)
LEAST_SHRUNK = 2.5
UNSTAGED, CONDITIONS = "unstaged", "conditions"
HEADS: dict[str, tuple[str, str]] = {
    **{stage: (STAGE_CODES[stage], STAGE_WORDS[stage]) for stage in STAGES},
    UNSTAGED: ("No stage", "Touchpoints"),
    CONDITIONS: ("Conditions", "Not touchpoints"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One moment on the map: its row, the column of its stage, where it stands from left to right."""

    row: Row
    column: str
    x: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A map before it is drawn. Everything in px; `spans` are the left and right of each column."""

    drawn: Forest
    around: Around
    scale: Scale
    spans: dict[str, tuple[float, float]]
    places: tuple[Place, ...]
    top: float
    bottom: float
    disc: float  # by what discs are shrunk so that neighbours do not cover each other
    ring: float

    def radius(self, line: Line) -> float:
        """Of a disc: its area is the number of cases."""
        return max(min(RADIUS[0], RADIUS[0] * self.disc * 2), _disc(line, _most_cases(self.drawn)) * self.disc)

    def ring_radius(self, moment: Moment) -> float:
        """Of a quiet ring: its area is the number of people."""
        return max(min(RING[0], RING[1] * self.ring), _ring(moment, _most_people(self.drawn)) * self.ring)


def column_of(row: Row) -> str:
    """The stage, or what stands in its place."""
    return row.moment.stage or (CONDITIONS if row.moment.kind == "condition" else UNSTAGED)


def columns(drawn: Forest, known: Around = NOTHING) -> tuple[str, ...]:
    """Stages that hold something or where people are known to have been, in the order of the journey; then what has no stage."""
    present = {column_of(row) for row in drawn.rows} | {stage for stage, people in known.stages.items() if people}
    return tuple(name for name in HEADS if name in present)


def worth_drawing(drawn: Forest) -> bool:
    """A map needs at least two columns, one of them a stage, and one decisive moment; else the forest says it better."""
    names = columns(drawn)
    return len(names) > 1 and any(name in STAGES for name in names) and bool(drawn.decisive)


def claims(drawn: Forest) -> bool:
    """Whether anything on it may be said to make or break: what only goes together never is."""
    grades = {row.moment.evidence for row in drawn.decisive} or {drawn.question.evidence}
    return grades != {"C"}


def told(drawn: Forest) -> list[Row]:
    """Rows that have a place on a map: what can't be told has none."""
    return [row for row in drawn.rows if row.moment.verdict != "not identifiable" and row.lines and _finite(row)]


def _finite(row: Row) -> bool:
    return all(math.isfinite(value) for line in row.lines for value in (line.effect.low, line.effect.estimate, line.effect.high))


def plan_map(drawn: Forest, known: Around = NOTHING) -> Plan:
    """The whole map without its labels."""
    names, rows = columns(drawn, known), told(drawn)
    spans = _spans(names, rows)
    places = []
    for name in names:
        own = _spread([row for row in rows if column_of(row) == name])
        start, end = spans[name][0] + EDGE, spans[name][1] - EDGE
        step = (end - start) / max(1.0, sum(_room_of(row) for row in own))
        x = start
        for row in own:
            places.append(Place(row, name, x + step * _room_of(row) / 2))
            x += step * _room_of(row)
    top = HEADS_HEIGHT + (RIBBON_HEIGHT if known.stages else 0.0)
    bottom = top + PLOT
    reach = (drawn.high - drawn.low) * 0.14  # room for labels outside the longest interval
    axis = (bottom - BOTTOM, top)
    scale = Scale(drawn.low - reach, drawn.high + reach, *(reversed(axis) if drawn.mirrored else axis))
    discs = [(p.x, scale(line.effect.estimate), _disc(line, _most_cases(drawn))) for p in places for line in _discs(p)]
    rings = [(p.x, scale.held(net_effect(p.row)), _ring(p.row.moment, _most_people(drawn))) for p in places if not _discs(p)]
    disc = _room(discs)
    return Plan(
        drawn=drawn,
        around=known,
        scale=scale,
        spans=spans,
        places=tuple(places),
        top=top,
        bottom=bottom,
        disc=disc,
        ring=_room(rings, [(x, y, r * disc) for x, y, r in discs]),
    )


def _spans(names: Sequence[str], rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """A decisive moment takes the room of its label, quiet ones share: rings may stand close."""
    room = {name: sum(_room_of(row) for row in rows if column_of(row) == name) + 1.0 for name in names}
    least = min(LEAST_COLUMN, (WIDTH - LEFT) / max(1, len(names)))
    free = WIDTH - LEFT - least * len(names)
    spans, left = {}, LEFT
    for name in names:
        width = least + free * room[name] / sum(room.values())
        spans[name] = (left, left + width)
        left += width
    return spans


def _room_of(row: Row) -> float:
    return 2.5 if row.moment.decisive else 1.0


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


def net_effect(row: Row) -> float:
    """The middle of the effects of a quiet moment, by how many cases each has."""
    effects = [line.effect for line in row.lines]
    return sum(effect.estimate * effect.n for effect in effects) / max(1, sum(effect.n for effect in effects))


def _discs(place: Place) -> tuple[Line, ...]:
    return ends(place.row) if place.row.moment.decisive else ()


def _most_cases(drawn: Forest) -> int:
    return max((one.effect.n for row in drawn.decisive for one in ends(row)), default=1)


def _most_people(drawn: Forest) -> int:
    return max((row.moment.reach.people for row in drawn.quiet), default=1)


def _disc(line: Line, most: int) -> float:
    return RADIUS[1] * math.sqrt(line.effect.n / max(most, 1))


def _ring(moment: Moment, most: int) -> float:
    return RING[1] * math.sqrt(moment.reach.people / max(most, 1))


Circle = tuple[float, float, float]


def _room(circles: Sequence[Circle], fixed: Sequence[Circle] = ()) -> float:
    """By what all radii are multiplied, at most 1, so that no circle lies on another or over the edge.

    One number, so that areas stay comparable. `fixed` circles keep their size and are kept clear too.
    """
    ordered = sorted(circles)
    factor = min([1.0, *((WIDTH - x) / r for x, _, r in ordered if r > 0)])
    for i, (x, y, r) in enumerate(ordered):
        for x2, y2, r2 in ordered[i + 1 :]:
            if x2 - x > 2 * RADIUS[1]:
                break
            if x2 > x and r + r2 > 0:
                factor = min(factor, math.hypot(x2 - x, y2 - y) / (r + r2))
        for x2, y2, r2 in fixed:
            if abs(x2 - x) <= 2 * RADIUS[1] and r > 0:
                factor = min(factor, max(math.hypot(x2 - x, y2 - y) - r2, 0.0) / r)
    return max(factor, LEAST_SHRUNK / RADIUS[1])
