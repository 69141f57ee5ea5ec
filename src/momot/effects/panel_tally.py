"""Counts by state of the rows of a panel that have an outcome: mergeable over parts of different units."""

from __future__ import annotations

from dataclasses import dataclass

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


def tally(
    piece: Piece,
    unit: Integers,
    here: Flags,
    y: Floats,
    rows: Indices,
    columns: Indices,
    layout: Layout,
) -> Tally:
    """Count by state the rows that have an outcome. `unit` (n,) numbers the piece's units from 0."""
    w = piece.weight
    values = np.stack([np.ones(len(piece)), w, w * w, w * y, w * y * y, y == 1.0, y == 0.0])
    kept = here[rows]
    row, column = rows[kept], columns[kept]
    met = layout.met[column]
    return Tally(
        by_state=np.stack([np.bincount(column, weights=value[row], minlength=layout.states) for value in values]),
        everywhere=values[:, here].sum(axis=1),
        clusters=_different(unit[row], column, layout.states),
        met=_different(unit[row[met]], layout.exposure_of[column[met]], len(layout.quiet)),
        everybody=int(np.count_nonzero(np.bincount(unit[here]))),
    )


def _different(unit: Integers, of: Integers, count: int) -> Integers:
    """How many different units, numbered from 0, go with each of `count` numbers."""
    found = np.zeros((int(unit.max(initial=-1)) + 1, count), dtype=np.bool_)
    found[unit, of] = True
    return np.asarray(found.sum(axis=0, dtype=np.int64))
