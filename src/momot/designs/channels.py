"""An episode's touches divided by the channel in which they happened: the frame once more, with an exposure for each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from momot.designs.frame import Exposure, Frame
from momot.designs.touches import Touchpoint, touches
from momot.designs.whom import CHANNEL, LEAST_TOUCHES
from momot.engine import Engine

_APART = 1_000_000
_REST = 999
_CHANNEL = f"CAST(i.touchpoint_id AS BIGINT) * 1000 + coalesce(CAST(i.channel_id AS BIGINT), {_REST})"


@dataclass(frozen=True, slots=True)
class FrameSplit:
    """A frame whose exposures are parts of another's: `of` says of which, `label` with what value; None: not divided."""

    name: str
    frame: Frame
    of: tuple[int, ...]
    label: tuple[str | None, ...]


def divided_by_channel(frame: Frame, touchpoints: Sequence[Touchpoint], engine: Engine, *, inclusive: bool) -> FrameSplit | None:
    """The frame of an episode question with its touchpoints divided; None where none was met often in two channels.

    Reads the table `units`. A part is held for what its touchpoint was held for, and for the other parts of it.
    """
    parts = _parts(engine, {one.id: one for one in touchpoints if not one.counted})
    if not parts:
        return None
    named = {exposure.touchpoint: position for position, exposure in enumerate(frame.exposures) if exposure.kind == "interaction"}
    wanted = [(whole, channel, part) for whole, channel, part in parts if whole.name in named]
    own = [part.id - _APART for _, _, part in wanted if part.id % 1000 != _REST]
    every = sorted({whole.id for whole, _, _ in wanted})
    if not own:
        return None
    sql = (
        f"CASE WHEN {_CHANNEL} IN ({', '.join(map(str, own))}) THEN {_APART} + {_CHANNEL} "
        f"WHEN i.touchpoint_id IN ({', '.join(map(str, every))}) THEN {_APART} + CAST(i.touchpoint_id AS BIGINT) * 1000 + {_REST} "
        "ELSE CAST(i.touchpoint_id AS BIGINT) END"
    )
    met = touches(engine, [part for _, _, part in wanted], units=frame.units, inclusive=inclusive, touchpoint=sql)
    of_whole: dict[int, list[tuple[str | None, Exposure]]] = {}
    for (whole, channel, _), touch in zip(wanted, met, strict=True):
        position = named[whole.name]
        exposure = frame.exposures[position]
        if len(touch.coded.states) > 1:
            part = replace(
                exposure,
                touchpoint=f"{whole.name} ({channel or 'other'})",
                coding=touch.coded.coding,
                states=touch.coded.states,
                codes=touch.coded.codes,
                channel=channel,
                later=(),
            )
            of_whole.setdefault(position, []).append((channel, part))
    flat = [
        (position, label, part)
        for position, exposure in enumerate(frame.exposures)
        for label, part in of_whole.get(position, [(None, exposure)])
    ]
    places: dict[int, list[int]] = {}
    for place, (position, _, _) in enumerate(flat):
        places.setdefault(position, []).append(place)
    exposures = tuple(
        replace(part, later=(), held=tuple(other for whole in (*part.held, position) for other in places[whole] if other != place))
        for place, (position, _, part) in enumerate(flat)
    )
    return FrameSplit(
        CHANNEL, replace(frame, exposures=exposures), tuple(position for position, *_ in flat), tuple(label for _, label, _ in flat)
    )


def _parts(engine: Engine, touchpoints: dict[int, Touchpoint]) -> list[tuple[Touchpoint, str | None, Touchpoint]]:
    """The parts of each touchpoint that at least two channels have thirty touches of: (whole, channel, part); last the rest."""
    names = {int(number): str(name) for number, name in engine.rows("SELECT channel_id, channel FROM channels")}
    counted = engine.rows(
        """SELECT i.touchpoint_id, i.channel_id, count(*) AS touches FROM interactions i JOIN units u ON u.subject_id = i.subject_id
           WHERE i.channel_id IS NOT NULL GROUP BY i.touchpoint_id, i.channel_id ORDER BY i.touchpoint_id, i.channel_id""",
    )
    channels: dict[int, list[int]] = {}
    for touchpoint, channel, count in counted:
        if count >= LEAST_TOUCHES and touchpoint in touchpoints:
            channels.setdefault(int(touchpoint), []).append(int(channel))
    found: list[tuple[Touchpoint, str | None, Touchpoint]] = []
    for number, mine in channels.items():
        if len(mine) > 1:
            whole = touchpoints[number]
            for channel in [*mine, _REST]:
                found.append((whole, names.get(channel), replace(whole, id=_APART + number * 1000 + channel)))
    return found


def first_bought_before(engine: Engine, units: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Whether the person of each episode had bought before it began (units,): 0 first time, 1 loyalty loop, -1 where nobody knows."""
    table = engine.arrow(
        """SELECT u.unit, CASE WHEN u.person_id IS NULL OR u.started_at IS NULL THEN -1
                               WHEN b.first_at < u.started_at THEN 1 ELSE 0 END AS again
           FROM units u LEFT JOIN (SELECT person_id, min(happened_at) AS first_at FROM journeys WHERE purchase GROUP BY person_id) b
             ON b.person_id = u.person_id ORDER BY u.unit""",
    )
    return np.array(table["again"].to_pylist(), dtype=np.int16).reshape(units)
