"""The values at some places of an ordered column, without bringing the column here."""

from __future__ import annotations

from collections.abc import Sequence

from momot.engine import Engine

FEW = 100_000
"""Values that come here at once."""
_BINS = 65_536


def at_places(engine: Engine, table: str, column: str, places: Sequence[int]) -> dict[int, float]:
    """The values of a whole-number column at `places` (from 1) of its ascending order, without NULL.

    The range is divided into bins that are counted, and again the bin in which a place lies, until it holds few values.
    """
    low, high, n = engine.row(f"SELECT min({column}), max({column}), count({column}) FROM {table}")
    return _within(engine, table, column, tuple(places), (int(low), int(high)), (0, int(n))) if n else {}


def _within(
    engine: Engine, table: str, column: str, places: tuple[int, ...], bounds: tuple[int, int], counts: tuple[int, int]
) -> dict[int, float]:
    """The values at places that lie within `bounds`, before which `counts[0]` values lie and in which `counts[1]`."""
    (low, high), (before, inside) = bounds, counts
    if low == high:
        return dict.fromkeys(places, float(low))
    there = f"FROM {table} WHERE {column} BETWEEN {low} AND {high}"
    if inside <= FEW:
        values = [value for (value,) in engine.rows(f"SELECT {column} {there} ORDER BY 1")]
        return {place: float(values[place - before - 1]) for place in places}
    width = -(-(high - low + 1) // _BINS)
    found: dict[int, float] = {}
    for number, count in engine.rows(f"SELECT ({column} - {low}) // {width} AS bin, count(*) {there} GROUP BY 1 ORDER BY 1"):
        mine = tuple(place for place in places if before < place <= before + count)
        if mine:
            start = low + int(number) * width
            found |= _within(engine, table, column, mine, (start, min(start + width - 1, high)), (before, int(count)))
        before += int(count)
    return found
