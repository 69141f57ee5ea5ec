"""What one piece of a panel's rows adds to the sums: Gram matrices by bucket and pattern of measured outcomes, counts by state.

L, outcomes and probes are dense; the states are one or two ones a row, multiplied sparsely.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from momot.designs.pieces import FOLLOWED, Piece
from momot.effects.panel_layout import Layout, states
from momot.effects.panel_tally import Seen, Tally, tally

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

BLOCK_ROWS = 4_000
"""Rows that are multiplied at once; no power of two, or all columns of a row compete for one place in the cache and turning them takes four
times as long."""

Group = tuple[int, int]
"""Pattern of measured outcomes, and bucket."""


@dataclass(slots=True)
class Share:
    """What one piece adds: Gram matrix (columns, columns) and number of rows of each group, and the tally of each outcome.

    `cross` (1, L and states; windows) and the tally of `followed` rows are of those that are followed through the last window.
    """

    grams: dict[Group, tuple[Floats, int]]
    tallies: tuple[Tally, ...]
    cross: dict[Group, Floats] = field(default_factory=dict)
    followed: tuple[Tally, ...] = ()
    could: tuple[Floats, ...] = ()
    seen: Seen | None = None  # where days of the same units are to be added later

    def add(self, other: Share) -> None:
        """Add what another piece adds to what this one does, in place."""
        for group, (gram, rows) in other.grams.items():
            if group in self.grams:
                mine, before = self.grams[group]
                mine += gram
                self.grams[group] = (mine, before + rows)
            else:
                self.grams[group] = (gram, rows)
        for group, cross in other.cross.items():
            if group in self.cross:
                self.cross[group] += cross
            else:
                self.cross[group] = cross
        self.tallies = tuple(mine + its for mine, its in zip(self.tallies, other.tallies, strict=True))
        self.followed = tuple(mine + its for mine, its in zip(self.followed, other.followed, strict=True))
        self.could = tuple(mine + its for mine, its in zip(self.could, other.could, strict=True))
        self.seen = self.seen | other.seen if self.seen is not None and other.seen is not None else None

    def recounted(self, layout: Layout) -> None:
        """Count different units again, after days of the same ones have been added."""
        if self.seen is not None:
            first, seen = len(self.tallies), self.seen
            self.tallies = tuple(seen.counted(one, place, layout) for place, one in enumerate(self.tallies))
            self.followed = tuple(seen.counted(one, first + place, layout) for place, one in enumerate(self.followed))


@dataclass(frozen=True, slots=True)
class Later:
    """What `gather` adds up of windows: `main` (questions,), the first outcome column of each question that has some.

    `expected` (1 and L,) are coefficients of what people answer, of a panel whose windows hold answers: only what an answer departs from
    that is kept, so that who answers when matters little.
    """

    main: tuple[int, ...]
    expected: Floats | None = None


def share_of(piece: Piece, layout: Layout, *, buckets: int, later: Later | None = None, seen: bool = False) -> Share:
    """What a piece adds, over `buckets` groups of units; with `seen`, so that other days of the same units can be added."""
    rows, columns = states(piece, layout)
    grams, cross = _grams(piece, rows, columns, layout, buckets, later)
    units, unit = np.unique(piece.unit, return_inverse=True)
    asked = [(_has(piece, number), piece.outcomes[:, number]) for number in range(layout.outcomes)]
    counted = [tally(piece, unit, here, y, rows, columns, layout) for here, y in (*asked, *_followed(piece, later))]
    tallies = tuple(one for one, _ in counted)
    return Share(
        grams,
        tallies[: layout.outcomes],
        cross,
        tallies[layout.outcomes :],
        piece.could,
        Seen(units, np.stack([bits for _, bits in counted])) if seen else None,
    )


def _has(piece: Piece, bit: int) -> Flags:
    return (piece.measured >> np.uint64(bit) & np.uint64(1)).astype(np.bool_)


def _followed(piece: Piece, later: Later | None) -> Iterator[tuple[Flags, Floats]]:
    """By question which rows its windows are told from, and whether (1 or 0) anything is in any of them."""
    if later is None or piece.windows is None:
        return
    here = _has(piece, FOLLOWED)
    if later.expected is not None:
        yield here, np.ones(len(piece))
        return
    each = piece.windows.shape[1] // len(later.main)
    for number, column in enumerate(later.main):
        mine = piece.windows[:, number * each : (number + 1) * each]
        yield here & _has(piece, column), (np.diff(mine.indptr) > 0).astype(np.float64)


def _grams(
    piece: Piece, rows: Indices, columns: Indices, layout: Layout, buckets: int, later: Later | None
) -> tuple[dict[Group, tuple[Floats, int]], dict[Group, Floats]]:
    """The Gram matrix of each group of a piece, block by block of one group after another; and the cross products with its windows."""
    bucket = piece.bucket.astype(np.int64) % buckets
    measured = piece.measured if later is not None else piece.measured & np.uint64((1 << FOLLOWED) - 1)
    patterns, pattern = np.unique(measured, return_inverse=True)
    order = np.lexsort((bucket, pattern))
    group = pattern[order] * buckets + bucket[order]
    root = np.sqrt(piece.weight)
    ones = csr_matrix((root[rows], (rows, columns)), shape=(len(piece), layout.states))
    room = np.empty((2, (layout.count - layout.states) * min(BLOCK_ROWS, len(piece))))
    found: dict[Group, tuple[Floats, int]] = {}
    crossed: dict[Group, Floats] = {}
    for start in range(0, len(order), BLOCK_ROWS):
        chosen = order[start : start + BLOCK_ROWS]
        groups = group[start : start + BLOCK_ROWS]
        dense = _dense(piece, chosen, root[chosen], layout, room)
        sparse = ones[chosen]
        windows = None if later is None or piece.windows is None else _windows(piece.windows[chosen], dense, root[chosen], layout, later)
        edges = np.r_[0, np.flatnonzero(np.diff(groups)) + 1, len(groups)]
        for low, high in itertools.pairwise(edges.tolist()):
            key = (int(patterns[groups[low] // buckets]), int(groups[low] % buckets))
            gram = _product(dense[low:high], sparse[low:high], layout)
            if key in found:
                gram += found[key][0]
            found[key] = (gram, high - low + (found[key][1] if key in found else 0))
            if windows is not None and key[0] >> FOLLOWED:
                some = windows[low:high]
                known = np.asarray(some.T @ dense[low:high]).T
                cross = np.concatenate([known[: layout.dense], (sparse[low:high].T @ some).toarray()])
                crossed[key] = crossed[key] + cross if key in crossed else cross
    return found, crossed


def _dense(piece: Piece, chosen: Indices, root: Floats, layout: Layout, room: Floats) -> Floats:
    """1, L, outcomes and probes of some weighted rows, (rows, columns), written into `room` (2, rows·columns): new memory costs more."""
    outcomes = layout.dense + layout.outcomes
    shape = (outcomes + layout.probes, len(chosen))
    size = shape[0] * shape[1]
    columns, dense = room[0, :size].reshape(shape), room[1, :size].reshape(shape[::-1])
    layout.fill_columns(columns, piece, chosen)
    columns[layout.dense : outcomes] = piece.outcomes[chosen].T
    columns[outcomes:] = piece.probes[chosen].T
    np.multiply(columns.T, root[:, None], out=dense)
    return dense


def _windows(windows: csr_matrix, dense: Floats, root: Floats, layout: Layout, later: Later) -> csr_matrix:
    """Columns of windows of weighted rows; of answers how far from expected they are, that there was one, and they themselves."""
    row = np.repeat(np.arange(windows.shape[0]), np.diff(windows.indptr))

    def weighted(values: Floats) -> csr_matrix:
        return csr_matrix((values, windows.indices, windows.indptr), shape=windows.shape)

    if later.expected is None:
        return weighted(windows.data * root[row])
    surprise = windows.data * root[row] - (dense[:, : layout.dense] @ later.expected)[row]  # dense is weighted already
    return csr_matrix(hstack([weighted(surprise), weighted(root[row]), weighted(windows.data * root[row])]))


def _product(dense: Floats, sparse: csr_matrix, layout: Layout) -> Floats:
    """Z'z of some rows (columns, columns); written once, since writing costs as much as multiplying where groups are small."""
    known, states = layout.dense, layout.states
    product = dense.T @ dense
    cross = np.asarray(sparse.T @ dense)
    after, middle = slice(known + states, None), slice(known, known + states)
    gram = np.empty((layout.count, layout.count))
    gram[:known, :known] = product[:known, :known]
    gram[:known, after] = product[:known, known:]
    gram[after, :known] = product[known:, :known]
    gram[after, after] = product[known:, known:]
    gram[middle, :known] = cross[:, :known]
    gram[:known, middle] = cross[:, :known].T
    gram[middle, after] = cross[:, known:]
    gram[after, middle] = cross[:, known:].T
    gram[middle, middle] = (sparse.T @ sparse).toarray()
    return gram
