"""Dimensions of interactions: touchpoints, activities, channels and levels as small integer codes, in the order of their names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from momot.engine import Engine, literal
from momot.errors import ProjectError
from momot.project.schema import Level

FEW = 12  # up to so many different levels each is its own; more become bands
_BANDS = 5


@dataclass(slots=True)
class Names:
    """Names met in the mapped rows, and the levels declared or measured for each touchpoint."""

    touchpoints: set[str] = field(default_factory=set)
    activities: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    levels: dict[str, tuple[Level, ...]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # touchpoint -> 'level' | 'count'

    def add_levels(self, touchpoints: set[str], levels: tuple[Level, ...], kind: str, place: object) -> None:
        """Say what the levels of some touchpoints are. Raises ProjectError where an earlier block said otherwise."""
        for touchpoint in sorted(touchpoints):
            if self.levels.get(touchpoint, levels) != levels or self.kinds.get(touchpoint, kind) != kind:
                raise ProjectError(
                    f"{place}: touchpoint '{touchpoint}' has other levels in an earlier block. Give both the same `level` and `levels`."
                )
            self.levels[touchpoint], self.kinds[touchpoint] = levels, kind

    def register(self, engine: Engine) -> None:
        """Make the tables `touchpoint_names`, `activity_names`, `channel_names` (name, id) and `level_names`."""
        for table, names in (("touchpoint", self.touchpoints), ("activity", self.activities), ("channel", self.channels)):
            listed = ", ".join(f"({literal(name)}, {number})" for number, name in enumerate(sorted(names)))
            rows = (
                f"SELECT name, id::SMALLINT AS id FROM (VALUES {listed}) v(name, id)"
                if listed
                else "SELECT NULL::VARCHAR AS name, NULL::SMALLINT AS id WHERE false"
            )
            engine.table(f"{table}_names", rows)
        codes = {name: number for number, name in enumerate(sorted(self.touchpoints))}
        entries = [
            (codes[name], position, level.label, level.low, level.high)
            for name, levels in sorted(self.levels.items())
            for position, level in enumerate(levels)
        ]
        listed = ", ".join(
            f"({code}, {position}, {literal(label)}, {literal(low)}, {literal(high)})" for code, position, label, low, high in entries
        )
        empty = "SELECT 0 AS touchpoint_id, 0 AS level, '' AS label, 0 AS low, 0 AS high WHERE false"
        rows = f"SELECT * FROM (VALUES {listed}) v(touchpoint_id, level, label, low, high)" if listed else empty
        engine.table(
            "level_names",
            f"""SELECT touchpoint_id::SMALLINT AS touchpoint_id, level::SMALLINT AS level, label::VARCHAR AS label,
            low::DOUBLE AS low, high::DOUBLE AS high FROM ({rows}) ORDER BY touchpoint_id, level""",
        )
        kinds = ", ".join(f"({codes[name]}, {literal(kind)})" for name, kind in sorted(self.kinds.items()))
        rows = (
            f"SELECT touchpoint_id::SMALLINT AS touchpoint_id, kind FROM (VALUES {kinds}) v(touchpoint_id, kind)"
            if kinds
            else "SELECT 0::SMALLINT AS touchpoint_id, '' AS kind WHERE false"
        )
        engine.table("level_kinds", rows)


def measured_levels(values: Sequence[float | str], counts: Sequence[int]) -> tuple[Level, ...]:
    """Levels where none are declared: each value up to twelve, else at most five bands of about as many rows each.

    `values` are different and ascending. Bands share no value; a band's label is "low-high".
    """
    if len(values) <= FEW:
        return tuple(_single(value) for value in values)
    numbers = [float(value) for value in values]
    total, band, start, done, found = sum(counts), 1, 0, 0, []
    for position, count in enumerate(counts):
        done += count
        if done >= total * band / _BANDS or position == len(numbers) - 1:
            found.append(_band(numbers[start], numbers[position]))
            start = position + 1
            band = max(band + 1, math.floor(done * _BANDS / total) + 1)
    return tuple(found)


def level_sql(levels: tuple[Level, ...], value: str, text: str) -> str:
    """SQL: the position of the level that a number `value` (or, for named levels, `text`) falls into, NULL where none."""
    cases = []
    for position, level in enumerate(levels):
        if level.value is not None:
            test = f"lower({text}) = {literal(level.value.lower())}"
        else:
            low = [f"{value} >= {level.low!r}"] if level.low is not None else []
            high = [f"{value} <= {level.high!r}"] if level.high is not None else []
            test = " AND ".join(low + high)
        cases.append(f"WHEN {test} THEN {position}")
    return f"(CASE {' '.join(cases)} END)::SMALLINT"


def _single(value: float | str) -> Level:
    if isinstance(value, str):
        return Level(label=value, value=value)
    return Level(label=f"{value:g}", low=float(value), high=float(value))


def _band(low: float, high: float) -> Level:
    return Level(label=f"{low:g}" if low == high else f"{low:g} to {high:g}", low=low, high=high)
