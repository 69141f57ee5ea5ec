"""Which unit and period is a row of the panel: each with a touch, and a regular share of the others with inverse weight (EFFECTS.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Codes, Floats, Integers
from momot.stats.timeline import Line

QUIET_ROWS = 400_000
"""Rows without a touch that are always taken, where there are as many."""
MOST_QUIET_ROWS = 1_000_000
"""More of them tell nothing: each moment has far fewer touched rows to compare them with."""
_SPREAD = 2_654_435_761  # Knuth's multiplier: neighbours in number get far apart offsets


@dataclass(frozen=True, slots=True)
class Units:
    """Units in the order of `unit`, each (u,). Periods count from 1970; a unit is at risk from `first` to `last`, both included.

    `known` is the period up to which its outcomes are known: the end of the records, or of its own observation. `members`: persons of an
    account, 1 of a person.
    """

    unit: Integers
    bucket: Codes
    first: Integers
    last: Integers
    known: Integers
    interactions: Integers
    members: Integers

    def __len__(self) -> int:
        """Number of units."""
        return len(self.unit)

    def some(self, which: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> Units:
        """Some of the units, in the same order."""
        return Units(
            self.unit[which],
            self.bucket[which],
            self.first[which],
            self.last[which],
            self.known[which],
            self.interactions[which],
            self.members[which],
        )

    @property
    def periods(self) -> Integers:
        """Periods at risk of each unit."""
        return np.asarray(np.maximum(self.last - self.first + 1, 0), dtype=np.int64)

    def rows(self, every: int) -> Integers:
        """About how many rows each unit has: touched periods and every `every`-th of the others."""
        return np.asarray(np.minimum(self.interactions, self.periods) + self.periods // every + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Span:
    """Periods that landmarks are wanted of: later than `after`, up to `until`."""

    after: int
    until: int

    def __and__(self, other: Span) -> Span:
        """Periods that are wanted of both."""
        return Span(max(self.after, other.after), min(self.until, other.until))


EVER = Span(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Rows of some units. `owner` (n,) is the position of the row's unit; `source` (n,) its row in the table of touches, -1 if quiet.

    `at_risk` (n,) says which rows belong to the panel; the others only are history. `weight` (n,). `line` numbers units that have rows.
    """

    line: Line
    owner: Integers
    source: Integers
    at_risk: npt.NDArray[np.bool_]
    weight: Floats


def share_of_quiet(touched: int, periods: int) -> int:
    """Every how manieth quiet period of a unit is taken; never a multiple of seven, so that each weekday has its turn.

    At most `touched` of all `periods` at risk have a touch.
    """
    quiet = max(periods - touched, 0)
    wanted = min(max(touched, QUIET_ROWS), MOST_QUIET_ROWS)
    every = max(1, -(-quiet // wanted))
    return every + 1 if every > 1 and every % 7 == 0 else every


def landmarks(units: Units, unit: Integers, period: Integers, *, every: int, span: Span = EVER) -> Landmarks:
    """Merge the touched periods of `units`, given as (unit, period) in any order, with every `every`-th of the others.

    Rows outside of `span` only are history: of them only the touched ones are there.
    """
    by_number = np.argsort(units.unit, kind="stable")
    position = by_number[np.searchsorted(units.unit, unit, sorter=by_number)]
    quiet_unit, quiet_period = _regular(units, every, span)
    base = int(min(period.min(initial=0), quiet_period.min(initial=0)))
    wide = int(max(period.max(initial=0), quiet_period.max(initial=0))) - base + 1
    touched = position * wide + (period - base)
    quiet = quiet_unit * wide + (quiet_period - base)
    quiet = quiet[~np.isin(quiet, touched)]
    keys = np.concatenate([touched, quiet])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    source = np.where(order < len(touched), order, -1)
    row_unit, row_period = keys // wide, keys % wide + base
    here = (row_period > span.after) & (row_period <= span.until)
    line = Line.of(_without_gaps(row_unit), row_period, None if span == EVER else np.flatnonzero(here))
    at_risk = here & (row_period >= units.first[row_unit]) & (row_period <= units.last[row_unit])
    return Landmarks(line, row_unit, source, at_risk, np.where(source >= 0, 1.0, float(every)))


def _without_gaps(unit: Integers) -> Integers:
    """Numbers from 0 in the same order: `Line` wants them so, and a unit without a row has none."""
    return np.cumsum(np.r_[0, np.diff(unit) > 0]).astype(np.int64) if len(unit) else unit


def _regular(units: Units, every: int, span: Span) -> tuple[Integers, Integers]:
    """(position of the unit, period) of every `every`-th period at risk, from an offset of the unit's own on; sorted."""
    offset = (units.unit * _SPREAD) % every
    first, last = np.maximum(units.first, span.after + 1), np.minimum(units.last, span.until)
    start = first + (offset - first) % every
    count = np.maximum((last - start) // every + 1, 0)
    position = np.repeat(np.arange(len(units), dtype=np.int64), count)
    nth = np.arange(len(position), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    return position, start[position] + nth * every
