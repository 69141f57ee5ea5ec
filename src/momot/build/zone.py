"""Local times as instants: a table of the zone's clock changes, as one SQL expression without a join (DESIGN.md 3).

A local time in a gap moves to the first valid instant, one that the clock showed twice takes the earlier offset; both count as adjusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from momot.errors import ProjectError

_FIRST, _LAST = datetime(1899, 12, 30, tzinfo=UTC), datetime(2101, 1, 3, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = 1_000_000
_DAY = 86_400 * _MICRO
_DAYS_BEFORE = 40_000  # more than from 1900 to 1970


@dataclass(frozen=True, slots=True)
class Piece:
    """Local micros since 1970 from `start` on: the instant is local - `offset`, or `instant` for all of a gap."""

    start: int
    offset: int
    instant: int | None = None
    adjusted: bool = False


@cache
def pieces(zone: str) -> tuple[Piece, ...]:
    """The local time line of `zone` from 1900 to 2100, cut where the clock changed. Raises ProjectError for an unknown zone."""
    try:
        info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ProjectError(f"timezone: there is no zone '{zone}'. Write an IANA name such as 'Europe/Prague'.") from error
    offset = _offset(info, _FIRST)
    found = [Piece(-(10**18), offset)]
    for instant, after in _changes_of(zone):
        if after > offset:  # the clock was set forward
            found += [Piece(instant + offset, offset, instant, True), Piece(instant + after, after)]
        elif after < offset:  # set back: this stretch of local time came twice
            found += [Piece(instant + after, offset, None, True), Piece(instant + offset, after)]
        offset = after
    return tuple(found)


def instant_sql(zone: str, local: str) -> str:
    """SQL: micros since 1970 in UTC of the local micros `local` (an expression that is cheap to repeat)."""

    def leaf(piece: Piece) -> str:
        if piece.instant is not None:
            return str(piece.instant)
        return local if piece.offset == 0 else f"{local} - ({piece.offset})"

    return _tree(pieces(zone), local, leaf)


def adjusted_sql(zone: str, local: str) -> str:
    """SQL: true where the local micros `local` lie in a gap or came twice."""
    if not any(piece.adjusted for piece in pieces(zone)):
        return "false"
    return _tree(pieces(zone), local, lambda piece: "true" if piece.adjusted else "false")


def day_sql(zone: str, instant: str, *, first: int, last: int) -> str:
    """SQL: the local day, counted from 1970-01-01, of the UTC micros `instant`, all of which lie from `first` to `last`.

    Only the clock changes between the two are asked for: seldom more than a few. Days before 1970 are negative.
    """
    changes = [Piece(-(10**18), _offset(ZoneInfo(zone), _FIRST)), *(Piece(at, offset) for at, offset in _changes_of(zone))]
    met = tuple(
        piece
        for piece, following in zip(changes, [*changes[1:], None], strict=True)
        if piece.start <= last and (following is None or following.start > first)
    )
    offset = _tree(met, instant, lambda piece: str(piece.offset))
    # Whole days are added first: SQL rounds a quotient towards zero, a day number has to go down.
    return f"CAST(({instant} + {offset} + {_DAYS_BEFORE * _DAY}) // {_DAY} - {_DAYS_BEFORE} AS INTEGER)"


def _tree(parts: tuple[Piece, ...], local: str, leaf: Callable[[Piece], str]) -> str:
    """A balanced CASE: about 9 comparisons for the 300 pieces of two centuries."""
    if len(parts) == 1:
        return leaf(parts[0])
    middle = len(parts) // 2
    low, high = _tree(parts[:middle], local, leaf), _tree(parts[middle:], local, leaf)
    return low if low == high else f"CASE WHEN {local} < {parts[middle].start} THEN {low} ELSE {high} END"


@cache
def _changes_of(zone: str) -> tuple[tuple[int, int], ...]:
    return tuple(_changes(ZoneInfo(zone)))


def _changes(info: ZoneInfo) -> list[tuple[int, int]]:
    """(instant, offset from then on) of every clock change, found by halving steps of a week."""
    found, before, step = [], _FIRST, timedelta(days=7)
    while before < _LAST:
        after = before + step
        if _offset(info, before) != _offset(info, after):
            found += _between(info, before, after)
        before = after
    return found


def _between(info: ZoneInfo, low: datetime, high: datetime) -> list[tuple[int, int]]:
    start = low
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(info, middle) == _offset(info, start) else (low, middle)
    return [(int((high - _EPOCH).total_seconds()) * _MICRO, _offset(info, high))]


def _offset(info: ZoneInfo, instant: datetime) -> int:
    offset = instant.astimezone(info).utcoffset()
    return int(offset.total_seconds()) * _MICRO if offset else 0
