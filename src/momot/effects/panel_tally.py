"""Counts by state of the rows of a panel that have an outcome: mergeable over parts of different units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from momot.designs.pieces import Piece
from momot.effects.panel_layout import Layout

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one outcome's rows. By state column and over all rows: units, Σw, Σw², Σwy, Σwy², y = 1, y = 0. Adds like sums do."""

    by_state: Floats  # (7, states)
    everywhere: Floats  # (7,)
    clusters: Integers  # (states,) units that are ever in the state
    met: Integers  # (exposures,) units that ever met it
    everybody: int  # units with any row

    @classmethod
    def nothing(cls, layout: Layout) -> Tally:
        """The tally of no rows."""
        none = np.zeros(len(layout.quiet), dtype=np.int64)
        return cls(np.zeros((7, layout.states)), np.zeros(7), np.zeros(layout.states, dtype=np.int64), none, 0)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.by_state + other.by_state,
            self.everywhere + other.everywhere,
            self.clusters + other.clusters,
            self.met + other.met,
            self.everybody + other.everybody,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """Which units have rows in which states: counts of units add over units, not over the days of one, so days are joined by these.

    `unit` (units,) ascending; `bits` (tallies, units, bytes) has a bit a state column, and one for any row at all.
    """

    unit: Integers
    bits: npt.NDArray[np.uint8]

    def __or__(self, other: Seen) -> Seen:
        unit = np.union1d(self.unit, other.unit)
        bits = np.zeros((len(self.bits), len(unit), self.bits.shape[2]), dtype=np.uint8)
        for one in (self, other):
            bits[:, np.searchsorted(unit, one.unit)] |= one.bits
        return Seen(unit, bits)

    def counted(self, tally: Tally, place: int, layout: Layout) -> Tally:
        """The tally at a place with its numbers of different units."""
        flags = np.unpackbits(self.bits[place], axis=1, count=layout.states + 1).astype(np.bool_)
        return replace(tally, **_different(flags, layout))


def tally(
    piece: Piece, unit: Integers, here: Flags, y: Floats, rows: Indices, columns: Indices, layout: Layout
) -> tuple[Tally, npt.NDArray[np.uint8]]:
    """Count by state the rows that have an outcome, and their bits as in `Seen`. `unit` (n,) numbers the piece's units from 0."""
    w = piece.weight
    values = np.stack([np.ones(len(piece)), w, w * w, w * y, w * y * y, y == 1.0, y == 0.0])
    kept = here[rows]
    row, column = rows[kept], columns[kept]
    flags = np.zeros((int(unit.max(initial=-1)) + 1, layout.states + 1), dtype=np.bool_)
    flags[unit[row], column] = True
    flags[unit[here], -1] = True
    found = Tally(
        by_state=np.stack([np.bincount(column, weights=value[row], minlength=layout.states) for value in values]),
        everywhere=values[:, here].sum(axis=1),
        **_different(flags, layout),
    )
    return found, np.packbits(flags, axis=1)


class _Different(TypedDict):
    clusters: Integers
    met: Integers
    everybody: int


def _different(flags: Flags, layout: Layout) -> _Different:
    """How many units are ever in each state, ever met each exposure, and have any row, from flags (units, states and any)."""
    met = np.zeros(len(layout.quiet), dtype=np.int64)
    for exposure in range(len(layout.quiet)):
        columns = np.flatnonzero(layout.met & (layout.exposure_of == exposure))
        met[exposure] = np.count_nonzero(flags[:, columns].any(axis=1))
    return {"clusters": flags[:, :-1].sum(axis=0, dtype=np.int64), "met": met, "everybody": int(np.count_nonzero(flags[:, -1]))}
