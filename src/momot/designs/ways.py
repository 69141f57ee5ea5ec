"""The ways a touchpoint went as exclusive states: a unit that met it several ways is in the highest level, or the worst quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Codes, Floats, Role, State
from momot.designs.states import Coding

NO_QUALITY, NO_LEVEL = 9, -1
QUALITY_ROLE: dict[int, Role] = {-1: "bad", 0: "neutral", 1: "good", NO_QUALITY: "unknown"}

Flags = npt.NDArray[np.bool_]
Levels = Sequence[tuple[str, float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way a touchpoint went: quality (9: none) and level (-1: none), and how often."""

    quality: int
    level: int
    happened: int


@dataclass(frozen=True, slots=True)
class Painted:
    """States of a touchpoint, and how a unit comes to be in one: it starts in `start`, then each stroke (state, ways) paints over it."""

    coding: Coding
    states: tuple[State, ...]
    start: int
    strokes: tuple[tuple[int, tuple[Way, ...]], ...]

    def codes(self, met: Callable[[Way], Flags], units: int) -> Codes:
        """The state of each unit (units,), where `met(way)` says which units met it that way."""
        codes = np.full(units, self.start, dtype=np.int16)
        for state, ways in self.strokes:
            for way in ways:
                codes[met(way)] = state
        return codes


def painted(ways: Sequence[Way], levels: Levels) -> Painted:
    """The states that these ways lead to; states that no way leads to are not among them."""
    if levels:
        return _levelled(ways, levels)
    if all(way.quality == NO_QUALITY for way in ways):
        return Painted("presence", (State("not met", "absent"), State("met", "met")), 0, ((1, tuple(ways)),))
    order = [quality for quality in (-1, 0, 1, NO_QUALITY) if any(way.quality == quality for way in ways)]
    states = (State("not met", "absent"), *(State(QUALITY_ROLE[quality], QUALITY_ROLE[quality]) for quality in order))
    said_last = sorted(order, key=(NO_QUALITY, 0, 1, -1).index)  # bad hides good, good hides neutral
    strokes = tuple((1 + order.index(quality), tuple(way for way in ways if way.quality == quality)) for quality in said_last)
    return Painted("quality", states, 0, strokes)


def _levelled(ways: Sequence[Way], levels: Levels) -> Painted:
    """Levels in their order, each with the quality it mostly went with; then unknown, then not met."""
    rated = any(way.quality != NO_QUALITY for way in ways)
    states: list[State] = []
    strokes: list[tuple[int, tuple[Way, ...]]] = []
    for level, (label, _, _) in enumerate(levels):
        mine = tuple(way for way in ways if way.level == level)
        if not mine:
            continue
        quality = max(mine, key=lambda way: way.happened).quality
        strokes.append((len(states), mine))
        states.append(State(label, QUALITY_ROLE[quality] if rated and quality != NO_QUALITY else "level"))
    unknown = tuple(way for way in ways if way.level == NO_LEVEL)
    if unknown:
        strokes.insert(0, (len(states), unknown))
        states.append(State("unknown", "unknown"))
    states.append(State("not met", "absent"))
    return Painted("rating" if rated else "level", tuple(states), len(states) - 1, tuple(strokes))


def counted(levels: Levels, happened: Floats) -> tuple[tuple[State, ...], Codes]:
    """Bands of the number of happenings, and the band of each unit; a band that holds 0 is not having met it."""
    states: list[State] = []
    codes = np.full(len(happened), -1, dtype=np.int16)
    for label, low, high in levels:
        least, most = low if low is not None else -np.inf, high if high is not None else np.inf
        codes[(happened >= least) & (happened <= most)] = len(states)
        states.append(State(label, "absent" if least <= 0 <= most else "level"))
    states.append(State("outside the levels", "unknown"))
    codes[codes == -1] = len(states) - 1
    return tuple(states), codes
