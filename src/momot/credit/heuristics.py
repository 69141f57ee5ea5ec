"""First, last and linear touch: rules of the counter, each happening shared among the touches of its path."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def first_touch(first: Counts) -> Floats:
    """All credit to the first touch. `first` (k,): happenings whose path begins with the moment. Returns happenings (k,)."""
    return first.astype(np.float64)


def last_touch(last: Counts) -> Floats:
    """All credit to the last touch. `last` (k,): happenings whose path ends with the moment. Returns happenings (k,)."""
    return last.astype(np.float64)


def linear_touch(by_length: Counts, *, moments: int) -> Floats:
    """The same credit to every touch of a path, repeated ones included.

    `by_length` (rows, 3): moment, length of the path, touches of the moment on such paths. Returns happenings (moments,).
    """
    return split_evenly(by_length, parts=moments)


def split_evenly(counted: Counts, *, parts: int) -> Floats:
    """Σ count / size for each part, of rows (part, size, count). Rows are added in the order of their size, so in any order the same."""
    order = np.lexsort((counted[:, 1], counted[:, 0]))
    part, size, count = counted[order].T
    return np.asarray(np.bincount(part, weights=count / size, minlength=parts), dtype=np.float64)
