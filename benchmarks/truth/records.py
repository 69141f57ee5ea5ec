"""What rivals work on: who met what and how, and the outcome, from the canonical tables of the same build that momot reads.

Two grains: panels have a row a person and day, episodes a row a subject. Both are reduced to sums a person, so that rivals need one form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from benchmarks.truth.paths import Paths

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ABSENT, MET = "not met", "met"


@dataclass(frozen=True, slots=True)
class Sums:
    """Rows and the sum of their outcomes, by person, both (people,)."""

    rows: Floats
    outcomes: Floats

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.rows + other.rows, self.outcomes + other.outcomes)

    def __sub__(self, other: Sums) -> Sums:
        return Sums(self.rows - other.rows, self.outcomes - other.outcomes)


@dataclass(frozen=True, slots=True)
class Drivers:
    """A driver analysis: one row each, `columns` (rows, k) with the moment that each is of (None: a segment), and the outcome (rows,)."""

    columns: Floats
    of: tuple[str | None, ...]
    outcome: Floats
    cluster: Integers


@dataclass(frozen=True, slots=True)
class Records:
    """One outcome. `met` by moment: the rows that met it in each way, by label, and those that did not, as ABSENT.

    `last` by moment: how many happenings of the outcome it was the last touch before, and `paths` the touches between happenings; both None
    where the outcome is no happening.
    """

    outcome: str
    met: dict[str, dict[str, Sums]]
    drivers: Drivers
    last: dict[str, int] | None
    paths: Paths | None = None


def by_person(person: Integers, outcome: Floats, people: int) -> Sums:
    """Sums of some rows."""
    return Sums(
        np.bincount(person, minlength=people).astype(np.float64), np.bincount(person, weights=outcome, minlength=people).astype(np.float64)
    )
