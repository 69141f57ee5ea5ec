"""All that the panel keeps of its rows: mergeable sums by bucket, and counts by state (EFFECTS.md 3 c).

A row z = [1, L, states, outcomes, probes]. L, outcomes and probes are dense; the states are one or two ones a row, added sparsely. Rows
differ in which outcomes they have: sums are kept apart by that pattern, so that one pass answers every question and horizon.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from momot.designs.frame import About, Exposure
from momot.designs.pieces import FEW_BUCKETS, FOLLOWED, Panel, Piece
from momot.effects.columns import Variable, lay_out, resolution
from momot.effects.contrasts import MET
from momot.effects.counts import Counts
from momot.stats.sums import Sums, empty

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

FINEST = 5
"""Groups into which numbers of a panel are cut at most: it has several columns for the same past, and every column costs a pass."""
WIDE = 150
MANY_BUCKETS = 400
BLOCK_ROWS = 4_000
"""Rows that are multiplied at once; no power of two, or all columns of a row compete for one place in the cache and turning them takes four
times as long."""
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each part of z stands.

    `variables`, `known` (a value of `KINDS`) and `about` by covariate; `exposure_of`, `state` (states,) say which state of which exposure a
    column stands for; `quiet` is the state of each exposure that has none.
    """

    variables: tuple[tuple[Variable, ...], ...]
    known: Indices
    about: tuple[About, ...]
    exposure_of: Integers
    state: Integers
    quiet: tuple[int, ...]
    outcomes: int
    probes: int

    @property
    def dense(self) -> int:
        """Columns of 1 and L."""
        return 1 + sum(variable.width for variables in self.variables for variable in variables)

    @property
    def states(self) -> int:
        """Columns of states."""
        return len(self.state)

    @property
    def count(self) -> int:
        """All columns."""
        return self.dense + self.states + self.outcomes + self.probes

    @property
    def buckets(self) -> int:
        """Into how many groups of units the sums are kept apart: fewer of wide ones."""
        return FEW_BUCKETS if self.count - len(self.on(*APART)) > WIDE else MANY_BUCKETS

    def outcome(self, number: int) -> int:
        """Column of an outcome."""
        return self.dense + self.states + number

    def probe(self, number: int) -> int:
        """Column of a probe."""
        return self.dense + self.states + self.outcomes + number

    def of(self, *kinds: int) -> Indices:
        """Columns of L of some kinds (positions in `KINDS`)."""
        return self._columns([kind in kinds and about not in APART for kind, about in zip(self.known, self.about, strict=True)])

    def without(self, *about: About) -> Indices:
        """Columns of L but those that speak of some things."""
        return self._columns([what not in about and what not in APART for what in self.about])

    def on(self, *about: About) -> Indices:
        """Columns that speak of some things."""
        return self._columns([what in about for what in self.about])

    @property
    def held(self) -> tuple[Variable, ...]:
        """The variables of L."""
        return tuple(
            variable for what, variables in zip(self.about, self.variables, strict=True) if what not in APART for variable in variables
        )

    def _columns(self, wanted: list[bool]) -> Indices:
        """Columns of the covariates wanted."""
        spans = [
            np.arange(variable.first, variable.first + variable.width, dtype=np.intp)
            for ok, variables in zip(wanted, self.variables, strict=True)
            if ok
            for variable in variables
        ]
        return np.concatenate([np.empty(0, dtype=np.intp), *spans])

    def fill(self, piece: Piece, rows: Indices) -> Floats:
        """1 and L of some rows of a piece, (rows, dense)."""
        columns = np.empty((self.dense, len(rows)))
        self.fill_columns(columns, piece, rows)
        return columns.T

    def fill_columns(self, columns: Floats, piece: Piece, rows: Indices) -> None:
        """Write 1 and L of some rows of a piece into the first of `columns` (columns, rows): so a column is written in one go."""
        columns[0] = 1.0
        for variables, values in zip(self.variables, piece.values, strict=True):
            if variables:
                some = values[rows]
                for variable in variables:
                    variable.fill_from(columns, some)


KINDS = {"standing": 0, "recent": 1, "older": 2}
APART: tuple[About, ...] = ("intent", "instrument")
"""What only the second adjustment uses: no part of L."""


def plan(panel: Panel) -> Layout:
    """Lay out the columns on the pilot."""
    bins = min(FINEST, resolution((covariate for covariate in panel.covariates if covariate.about not in APART), panel.units))
    variables = lay_out(panel.covariates, panel.pilot.weight, bins=bins)
    exposure_of, state, quiet = [], [], []
    for number, exposure in enumerate(panel.exposures):
        without = quiet_state(exposure)
        quiet.append(without)
        for position in range(len(exposure.states)):
            if position != without:
                exposure_of.append(number)
                state.append(position)
    return Layout(
        variables=variables,
        known=np.array([KINDS[covariate.known] for covariate in panel.covariates], dtype=np.intp),
        about=tuple(covariate.about for covariate in panel.covariates),
        exposure_of=np.array(exposure_of, dtype=np.int64),
        state=np.array(state, dtype=np.int64),
        quiet=tuple(quiet),
        outcomes=len(panel.outcomes),
        probes=len(panel.probes),
    )


def quiet_state(exposure: Exposure) -> int:
    """The state that most rows are in and that gets no column: not met."""
    return next((position for position, state in enumerate(exposure.states) if state.role == "absent"), len(exposure.states) - 1)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one outcome's rows. By state column and over all rows: units, Σw, Σw², Σwy, Σwy², y = 1, y = 0. Adds like sums do."""

    by_state: Floats  # (7, states)
    everywhere: Floats  # (7,)
    clusters: Integers  # (states,) units that are ever in the state
    met: Integers  # (exposures,) units that ever met it
    everybody: int  # units with any row

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.by_state + other.by_state,
            self.everywhere + other.everywhere,
            self.clusters + other.clusters,
            self.met + other.met,
            self.everybody + other.everybody,
        )


Group = tuple[int, int]
"""Pattern of measured outcomes, and bucket."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one piece adds: Gram matrix (columns, columns) and number of rows of each group, and the tally of each outcome.

    `cross` (1, L and states; windows) and the tally of `followed` rows are of those that are followed through the last window.
    """

    grams: dict[Group, tuple[Floats, int]]
    tallies: tuple[Tally, ...]
    cross: dict[Group, Floats] = field(default_factory=dict)
    followed: tuple[Tally, ...] = ()
    could: tuple[Floats, ...] = ()


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

    def add(self, part: Part) -> None:
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


@dataclass(frozen=True, slots=True)
class Later:
    """What `gather` adds up of windows: `main` (questions,), the first outcome column of each question that has some.

    `expected` (1 and L,) are coefficients of what people answer, of a panel whose windows hold answers: only what an answer departs from
    that is kept, so that who answers when matters little.
    """

    main: tuple[int, ...]
    expected: Floats | None = None


def gather(
    pieces: Iterable[Callable[[], Piece]], layout: Layout, exposures: tuple[Exposure, ...], *, later: Later | None = None
) -> Gathered:
    """Read all pieces once and add them up. Pieces are made and summed on `WORKERS` threads: numpy lets go of the interpreter."""
    (found,) = gather_shares(pieces, (layout,), lambda piece: ((0, piece),), exposures, buckets=layout.buckets, later=later)
    return found


Dealt = Iterable[tuple[int, Piece]]
"""Parts of a piece, each with the number of the layout that it goes to."""


def gather_shares(
    pieces: Iterable[Callable[[], Piece]],
    layouts: Sequence[Layout],
    deal: Callable[[Piece], Dealt],
    exposures: tuple[Exposure, ...],
    *,
    buckets: int,
    later: Later | None = None,
) -> tuple[Gathered, ...]:
    """Read all pieces once, deal each out to several layouts, and add up what goes to each."""
    met = [np.array([state.role in MET for state in exposure.states]) for exposure in exposures]
    found = []
    counts_as_met = []
    for layout in layouts:
        flags = [met[exposure][state] for exposure, state in zip(layout.exposure_of, layout.state, strict=True)]
        counts_as_met.append(np.array(flags, dtype=np.bool_))
        nothing = Tally(
            np.zeros((7, layout.states)), np.zeros(7), np.zeros(layout.states, dtype=np.int64), np.zeros(len(exposures), dtype=np.int64), 0
        )
        found.append(Gathered(layout, buckets, (nothing,) * layout.outcomes, followed=(nothing,) * (len(later.main) if later else 0)))

    def parts(make: Callable[[], Piece]) -> list[tuple[int, Part]]:
        return [
            (number, _part(share, layouts[number], buckets, counts_as_met[number], len(exposures), later)) for number, share in deal(make())
        ]

    waiting: deque[Future[list[tuple[int, Part]]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for piece in pieces:
            waiting.append(pool.submit(parts, piece))
            if len(waiting) > WORKERS:
                for number, part in waiting.popleft().result():
                    found[number].add(part)
        while waiting:
            for number, part in waiting.popleft().result():
                found[number].add(part)
    return tuple(found)


def _part(piece: Piece, layout: Layout, buckets: int, counts_as_met: Flags, exposures: int, later: Later | None) -> Part:
    rows, columns = states(piece, layout)
    grams, cross = _grams(piece, rows, columns, layout, buckets, later)
    unit = np.unique(piece.unit, return_inverse=True)[1]

    def tally(here: Flags, outcome: Floats) -> Tally:
        return _tally(piece, unit, here, outcome, rows, columns, layout, counts_as_met, exposures)

    return Part(
        grams,
        tuple(tally(_has(piece, number), piece.outcomes[:, number]) for number in range(layout.outcomes)),
        cross,
        tuple(tally(here, outcome) for here, outcome in _followed(piece, later)),
        piece.could,
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


def states(piece: Piece, layout: Layout) -> tuple[Indices, Indices]:
    """(row, state column) of every state other than the quiet one, in the order of rows."""
    rows, columns = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    first = 0
    for codes, quiet, width in zip(piece.codes, layout.quiet, np.bincount(layout.exposure_of, minlength=len(layout.quiet)), strict=True):
        here = np.flatnonzero(codes != quiet)
        state = codes[here].astype(np.intp)
        rows.append(here)
        columns.append(first + state - (state > quiet))
        first += int(width)
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.argsort(row, kind="stable")
    return row[order], column[order]


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


def _tally(
    piece: Piece,
    unit: Integers,
    here: Flags,
    y: Floats,
    rows: Indices,
    columns: Indices,
    layout: Layout,
    counts_as_met: Flags,
    exposures: int,
) -> Tally:
    """Count by state the rows that have an outcome. `unit` (n,) numbers the piece's units from 0."""
    w = piece.weight
    values = np.stack([np.ones(len(piece)), w, w * w, w * y, w * y * y, y == 1.0, y == 0.0])
    kept = here[rows]
    row, column = rows[kept], columns[kept]
    met = counts_as_met[column]
    return Tally(
        by_state=np.stack([np.bincount(column, weights=value[row], minlength=layout.states) for value in values]),
        everywhere=values[:, here].sum(axis=1),
        clusters=_different(unit[row], column, layout.states),
        met=_different(unit[row[met]], layout.exposure_of[column[met]], exposures),
        everybody=int(np.count_nonzero(np.bincount(unit[here]))),
    )


def _different(unit: Integers, of: Integers, count: int) -> Integers:
    """How many different units, numbered from 0, go with each of `count` numbers."""
    found = np.zeros((int(unit.max(initial=-1)) + 1, count), dtype=np.bool_)
    found[unit, of] = True
    return np.asarray(found.sum(axis=0, dtype=np.int64))
