"""Mergeable weighted Gram matrices: the only thing that leaves the large pass over rows (EFFECTS.md 3 c)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """Sums of w·z·z' by group (a bucket of clusters, or a fold of buckets).

    `gram` is (groups, columns, columns). Column 0 of z is the constant 1, so that `gram[:, 0, 0]` are the sums of weights and `gram[:,
    0]` the first moments: any subset can be centred again on its own means. The other columns must come centred near their overall mean,
    else the centring cancels digits. `rows` (groups,) counts rows. Two sums of different rows add; the order of adding changes nothing
    beyond rounding.
    """

    gram: Floats
    rows: Integers

    def __add__(self, other: Sums) -> Sums:
        if self.gram.shape != other.gram.shape:
            raise ValueError(f"Sums of different shapes don't add: {self.gram.shape} and {other.gram.shape}.")
        return Sums(self.gram + other.gram, self.rows + other.rows)

    @cached_property
    def total(self) -> Floats:
        """The Gram matrix of all groups together, (columns, columns), added up once: nothing may be added to `gram` any more."""
        return np.asarray(self.gram.sum(axis=0))

    def merged(self, into: Integers, groups: int) -> Sums:
        """The same sums with group g counted in group `into[g]` of `groups`: buckets to folds, 400 buckets to 100."""
        gram = np.zeros((groups, *self.gram.shape[1:]))
        for group, part in zip(into, self.gram, strict=True):  # thirty times faster than np.add.at
            gram[group] += part
        rows = np.zeros(groups, dtype=np.int64)
        np.add.at(rows, into, self.rows)
        return Sums(gram, rows)


def empty(groups: int, columns: int) -> Sums:
    """The sums of no rows: the neutral element of `+`."""
    return Sums(np.zeros((groups, columns, columns)), np.zeros(groups, dtype=np.int64))


def accumulate(blocks: Iterable[tuple[int, Floats, Floats | None]], *, groups: int, columns: int) -> Sums:
    """Add up dense blocks of rows, each of one group: (group, z (rows, columns), weights (rows,) or None for all 1).

    Memory is one block and the result; a symmetric rank-k product (BLAS syrk) does the work.
    """
    sums = empty(groups, columns)
    for group, block, weight in blocks:
        scaled = block if weight is None else block * np.sqrt(weight)[:, None]
        sums.gram[group] += scaled.T @ scaled
        sums.rows[group] += len(block)
    return sums


def centred(gram: Floats) -> Floats:
    """Sums of squares and products about the weighted means, (columns, columns); row and column 0 (the constant) become 0."""
    weight = gram[0, 0]
    if weight <= 0:
        return np.zeros_like(gram)
    about = np.outer(gram[0], gram[0])
    about /= -weight
    about += gram
    return about
