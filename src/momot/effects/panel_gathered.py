"""All that the panel keeps of its rows: mergeable sums by bucket, and counts by state (EFFECTS.md 3 c).

Rows differ in which outcomes they have: sums are kept apart by that pattern, so that one pass answers every question and horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure
from momot.designs.pieces import FOLLOWED
from momot.effects.counts import Counts
from momot.effects.panel_layout import Layout
from momot.effects.panel_share import Later, Share
from momot.effects.panel_tally import Tally
from momot.stats.sums import Sums, empty

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]


@dataclass(slots=True)
class Gathered:
    """Everything that was added up. `sums` by pattern of measured outcomes, over `buckets` groups of units.

    `cross` by pattern (buckets; 1, L and states; columns of windows): each window's values, then, where it holds answers, whether there was
    one. `followed` are the tallies by question of the rows that windows are told from.
    """

    layout: Layout
    buckets: int
    tallies: tuple[Tally, ...]
    sums: dict[int, Sums] = field(default_factory=dict)
    cross: dict[int, Floats] = field(default_factory=dict)
    followed: tuple[Tally, ...] = ()
    could: tuple[Floats, ...] = ()  # as in pieces

    @classmethod
    def nothing(cls, layout: Layout, buckets: int, later: Later | None) -> Gathered:
        """The sums of no rows."""
        none = Tally.nothing(layout)
        return cls(layout, buckets, (none,) * layout.outcomes, followed=(none,) * (len(later.main) if later else 0))

    def add(self, part: Share) -> None:
        """Add one piece. The order of adding changes nothing beyond rounding; it is always that of the pieces."""
        for (pattern, bucket), (gram, rows) in part.grams.items():
            if pattern not in self.sums:
                self.sums[pattern] = empty(self.buckets, self.layout.count)
            self.sums[pattern].gram[bucket] += gram
            self.sums[pattern].rows[bucket] += rows
        for (pattern, bucket), cross in part.cross.items():
            if pattern not in self.cross:
                self.cross[pattern] = np.zeros((self.buckets, *cross.shape))
            self.cross[pattern][bucket] += cross
        self.tallies = tuple(mine + its for mine, its in zip(self.tallies, part.tallies, strict=True))
        self.could = tuple(mine + its for mine, its in zip(self.could, part.could, strict=True)) if self.could else part.could
        self.followed = tuple(mine + its for mine, its in zip(self.followed, part.followed, strict=True))

    def settle(self) -> None:
        """Forget which rows are followed through the windows, once these are told: half as many sums then fill the memory."""
        for pattern in [pattern for pattern in self.sums if pattern >> FOLLOWED]:
            whole, sums = pattern & ~(1 << FOLLOWED), self.sums.pop(pattern)
            if whole in self.sums:
                mine = self.sums[whole]
                mine.gram[:] += sums.gram
                mine.rows[:] += sums.rows
            elif whole:
                self.sums[whole] = sums
        self.cross.clear()

    def of_outcome(self, number: int, bucket: int) -> Floats:
        """The Gram matrix of the rows of a bucket that have an outcome."""
        gram = np.zeros((self.layout.count, self.layout.count))
        for pattern, sums in self.sums.items():
            if pattern >> number & 1:
                gram += sums.gram[bucket]
        return gram

    def rows_of(self, number: int) -> Integers:
        """How many rows of each bucket have an outcome."""
        rows = np.zeros(self.buckets, dtype=np.int64)
        for pattern, sums in self.sums.items():
            if pattern >> number & 1:
                rows += sums.rows
        return rows

    def buckets_of(self, number: int) -> Indices:
        """The buckets that have rows with an outcome, ascending."""
        return np.flatnonzero(self.rows_of(number))

    def _buckets_with(self, number: int, mine: Indices, quiet: int) -> Integers:
        """Buckets with a row in each state of an exposure (states,): errors come from leaving out buckets, so people in one are one."""
        weight = np.zeros((self.buckets, 1 + len(mine)))
        for pattern, sums in self.sums.items():
            if pattern >> number & 1:
                weight += sums.gram[:, 0, np.append(0, self.layout.dense + mine)]
        found = np.zeros(1 + len(mine), dtype=np.int64)
        found[self.layout.state[mine]] = (weight[:, 1:] > 0).sum(axis=0)
        found[quiet] = (weight[:, 0] > weight[:, 1:].sum(axis=1) * (1 + 1e-12)).sum()
        return found

    def counts(self, number: int, position: int, exposure: Exposure) -> Counts:
        """Counts by state of one exposure among the rows of an outcome."""
        found = self.counted(self.tallies[number], position, exposure)
        mine = np.flatnonzero(self.layout.exposure_of == position)
        return replace(found, clusters=np.minimum(found.clusters, self._buckets_with(number, mine, self.layout.quiet[position])))

    def counted(self, tally: Tally, position: int, exposure: Exposure) -> Counts:
        """Counts by state of one exposure in a tally."""
        quiet = self.layout.quiet[position]
        mine = np.flatnonzero(self.layout.exposure_of == position)
        table = np.zeros((7, len(exposure.states)))
        table[:, self.layout.state[mine]] = tally.by_state[:, mine]
        table[:, quiet] = tally.everywhere - table.sum(axis=1)
        clusters = np.zeros(len(exposure.states), dtype=np.int64)
        clusters[self.layout.state[mine]] = tally.clusters[mine]
        clusters[quiet] = tally.everybody if table[0, quiet] > 0 else 0
        units, weight, squared, outcome, outcome_squared, ones, zeros = table
        return Counts(
            np.rint(units).astype(np.int64),
            clusters,
            weight,
            squared,
            outcome,
            outcome_squared,
            np.rint(ones).astype(np.int64),
            np.rint(zeros).astype(np.int64),
        )
