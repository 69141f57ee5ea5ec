"""What happened before and after each row of a time line: decayed sums, windows, the last time (arrays in, arrays out).

A time line is rows sorted by unit and day, at most one row a unit and day. Everything here is one pass of numpy over all units at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FORGOTTEN = 20.0
"""Half-lives after which what happened counts for nothing (a millionth)."""


@dataclass(frozen=True, slots=True)
class Line:
    """Rows of whole units. `unit` (n,) numbers them from 0 without gaps, `day` (n,); `start` (n,) is the first row of the row's unit."""

    unit: Integers
    day: Integers
    start: Integers

    @classmethod
    def of(cls, unit: Integers, day: Integers) -> Line:
        """From sorted rows. Raises ValueError where they are not in order or a unit has two rows on a day."""
        key = unit * _span(day) + (day - day.min(initial=0))
        if len(key) and np.any(np.diff(key) <= 0):
            raise ValueError("rows must be in the order of unit and day, one a day")
        new = np.r_[True, unit[1:] != unit[:-1]] if len(unit) else np.zeros(0, dtype=np.bool_)
        rows = np.arange(len(unit), dtype=np.int64)
        return cls(unit, day, np.maximum.accumulate(np.where(new, rows, 0)) if len(unit) else rows)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.unit)

    @property
    def keys(self) -> Integers:
        """Ascending keys (n,) in which days of different units never come near each other."""
        return np.asarray(self.unit * _span(self.day) + (self.day - self.day.min(initial=0)), dtype=np.int64)

    def some(self, rows: Integers) -> Line:
        """The time line of some of the rows, ascending."""
        return Line.of(self.unit[rows], self.day[rows])


def _span(day: Integers) -> int:
    """Wide enough that a window of any length the data allow never reaches the next unit."""
    return 4 * (int(np.ptp(day)) + 1) if len(day) else 1


def decayed(line: Line, value: Floats, half_life: float) -> Floats:
    """Σ value·2^(-age/half-life) over the rows up to and with each row, (n,). Doubling steps: log₂ of the longest stretch that counts."""
    total = value.astype(np.float64)
    step = 1
    rows = np.arange(1, len(line), dtype=np.int64)
    while len(rows):
        rows = rows[rows - step >= line.start[rows]]
        age = line.day[rows] - line.day[rows - step]
        near = age < FORGOTTEN * half_life
        rows, age = rows[near], age[near]
        total[rows] += total[rows - step] * np.exp2(-age / half_life)
        step *= 2
    return total


def last_before(line: Line, flags: Flags) -> Integers:
    """The last flagged row strictly before each row within its unit, (n,); -1 where there is none."""
    rows = np.arange(len(line), dtype=np.int64)
    marked = np.where(flags, rows, -1)
    latest = np.r_[-1, np.maximum.accumulate(marked)[:-1]] if len(line) else marked
    return np.where(latest >= line.start, latest, -1)


def days_since(line: Line, last: Integers) -> Floats:
    """Days from the rows `last` (as `last_before` gives them) to each row, (n,); NaN where there is none."""
    return np.where(last >= 0, line.day - line.day[last], np.nan)


def bounds(line: Line, low: int, high: int) -> tuple[Integers, Integers]:
    """For each row the rows [first, end) of its unit whose day is `low` to `high` days later, both included; negative is earlier."""
    keys, reach = line.keys, _span(line.day) // 4
    first = np.searchsorted(keys, keys + max(low, -reach), side="left")
    end = np.searchsorted(keys, keys + min(high, reach), side="right")
    return first, np.maximum(first, end)


def window_sum(value: Floats, window: tuple[Integers, Integers]) -> Floats:
    """Σ value over each row's window, (n,)."""
    total = np.concatenate([[0.0], np.cumsum(value, dtype=np.float64)])
    return np.asarray(total[window[1]] - total[window[0]])
