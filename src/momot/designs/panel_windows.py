"""How an effect is followed as it fades: disjoint windows after the landmark, the same for all questions of a panel (EFFECTS.md 1.3)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from momot.designs.panel_risk import Extent
from momot.designs.panel_sources import Source
from momot.stats.timeline import Line

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SPAN_DAYS = 70
"""How long an effect is followed at least, where the records are long enough: half of what lasts ten weeks is gone by then."""
TIMES_MAIN = 2
"""And so many times the longest main horizon."""
SHARE = 0.5
"""Share of the records' length that a row may have to be followed for: the others are lost."""
FEWEST, USUAL, MOST = 8, 10, 12
"""Windows."""
WEEK = 7


def edges_of(extent: Extent, sources: Sequence[Source], *, step: int) -> tuple[int, ...]:
    """Edges of the windows in periods of `step` days, from 0 on; () where the records are too short for `FEWEST` of them.

    Ten windows over ten weeks, or over twice the longest main horizon, but never over more than half of the records' length. Windows of a
    week or more are whole weeks, so that each has every weekday as often.
    """
    length = extent.known - extent.first + 1
    wished = max(SPAN_DAYS, TIMES_MAIN * max((source.horizons[0] for source in sources), default=0.0)) / step
    span = int(min(wished, SHARE * length))
    wide = span // USUAL or span // FEWEST
    if wide * step > WEEK:
        wide -= (wide * step % WEEK) // step
    if wide < 1:
        return ()
    count = min(MOST, span // wide)
    return tuple(range(0, count * wide + 1, wide)) if count >= FEWEST else ()


def reached(line: Line, edges: Sequence[int], rows: Integers) -> tuple[Integers, ...]:
    """For each edge and each of some rows the first row of the unit more than so many periods later."""
    return tuple(line.past(edge)[rows] for edge in edges)


def on_rows(windows: csr_matrix, rows: Integers, count: int) -> csr_matrix:
    """The windows of some rows, ascending, as those of all `count` rows; the others have nothing."""
    lengths = np.zeros(count + 1, dtype=np.int64)
    lengths[rows + 1] = np.diff(windows.indptr)
    return csr_matrix((windows.data, windows.indices, np.cumsum(lengths)), shape=(count, windows.shape[1]))


def counted_in(amount: Floats, ends: Sequence[Integers], *, whether: bool) -> csr_matrix:
    """Σ `amount` (all rows,) over those between neighbouring `ends`, (rows, windows); `whether`: 1 where there is any."""
    total = np.concatenate([[0.0], np.cumsum(amount, dtype=np.float64)])
    columns = []
    for first, end in itertools.pairwise(ends):
        found = total[end] - total[first]
        columns.append((found > 0).astype(np.float64) if whether else found)
    return csr_matrix(np.stack(columns, axis=1))


def answered_in(row_keys: Integers, answer_keys: Integers, value: Floats, edges: Sequence[int]) -> csr_matrix:
    """The first answer in each window after each row, (n, windows), kept where its value is 0 too. Keys as in `panel_rows`."""
    rows, columns, values = [], [], []
    for number, (low, high) in enumerate(itertools.pairwise(edges)):
        following = np.searchsorted(answer_keys, row_keys + low, side="right")
        there = np.flatnonzero(following < len(answer_keys))
        there = there[answer_keys[following[there]] <= row_keys[there] + high]
        rows.append(there)
        columns.append(np.full(len(there), number))
        values.append(value[following[there]])
    shape = (len(row_keys), len(edges) - 1)
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
