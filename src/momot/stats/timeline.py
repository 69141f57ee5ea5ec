"""What happened before and after each row of a time line: decayed sums, windows, the latest time (arrays in, arrays out).

A time line is rows sorted by unit and day, at most one row a unit and day. Everything here is one pass of numpy over all units at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FORGOTTEN = 20.0
"""Half-lives after which what happened counts for nothing (a millionth)."""


@dataclass(frozen=True, slots=True)
class Line:
    """Rows of whole units. `unit` (n,) numbers them, ascending, `day` (n,); `start` (n,) is the first row of the row's unit.

    `keys` (n,) ascend, and days of different units never come near each other in them: they are more than `reach` apart. `asked`,
    ascending, are the rows that something is wanted of, None for all: what is looked up for the others means nothing.
    """

    unit: Integers
    day: Integers
    start: Integers
    keys: Integers
    reach: int
    asked: Integers | None = None
    _past: dict[int, Integers] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, unit: Integers, day: Integers, asked: Integers | None = None) -> Line:
        """From sorted rows. Raises ValueError where they are not in order or a unit has two rows on a day."""
        reach = int(np.ptp(day)) + 1 if len(day) else 1
        keys = np.asarray(unit * (4 * reach) + (day - day.min(initial=0)), dtype=np.int64)
        if len(keys) and np.any(np.diff(keys) <= 0):
            raise ValueError("rows must be in the order of unit and day, one a day")
        return cls(unit, day, _starts(unit), keys, reach, asked)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.unit)

    def some(self, rows: Integers) -> Line:
        """The time line of some of the rows, ascending."""
        unit = self.unit[rows]
        return Line(unit, self.day[rows], _starts(unit), self.keys[rows], self.reach)

    def past(self, days: int) -> Integers:
        """For each row the first row of its unit, or the end of the unit, that is more than `days` later, (n,); negative is earlier.

        Looked up once for each number of days: many windows begin where another ends.
        """
        days = max(min(days, self.reach), -self.reach)
        if days == -self.reach:
            return self.start
        if days not in self._past:
            if self.asked is None:
                self._past[days] = np.searchsorted(self.keys, self.keys + days, side="right")
            else:
                self._past[days] = np.zeros(len(self), dtype=np.int64)
                self._past[days][self.asked] = np.searchsorted(self.keys, self.keys[self.asked] + days, side="right")
        return self._past[days]


def _starts(unit: Integers) -> Integers:
    rows = np.arange(len(unit), dtype=np.int64)
    new = np.r_[True, unit[1:] != unit[:-1]] if len(unit) else np.zeros(0, dtype=np.bool_)
    return np.maximum.accumulate(np.where(new, rows, 0)) if len(unit) else rows


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest marked row strictly before a row within its unit: `rows` (m,) ascending are those that have one.

    `nth` (m,) says which of the marked rows it is, `days` (m,) how long ago that was.
    """

    rows: Integers
    nth: Integers
    days: Integers


def latest(line: Line, marked: Integers) -> Latest:
    """The latest of the rows `marked`, ascending, before each row."""
    before = np.zeros(len(line) + 1, dtype=np.int64)
    before[marked + 1] = 1
    before = np.cumsum(before)[: len(line)]
    asked = np.arange(len(line)) if line.asked is None else line.asked
    rows = asked[before[asked] > before[line.start[asked]]]
    nth = before[rows] - 1
    return Latest(rows, nth, line.day[rows] - line.day[marked[nth]])


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


def bounds(line: Line, low: int, high: int) -> tuple[Integers, Integers]:
    """For each row the rows [first, end) of its unit whose day is `low` to `high` days later, both included; negative is earlier."""
    first, end = line.past(low - 1), line.past(high)
    return first, np.maximum(first, end)


def window_sum(value: Floats, window: tuple[Integers, Integers]) -> Floats:
    """Σ value over each row's window, (n,)."""
    total = np.concatenate([[0.0], np.cumsum(value, dtype=np.float64)])
    return np.asarray(total[window[1]] - total[window[0]])
