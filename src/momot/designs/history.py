"""L of a panel: what was known of a unit when a period began, and what else happened in it (EFFECTS.md 3 b).

Every number here comes from rows strictly before the row's own period, but for the ones named "today". The order of the columns depends on
the project alone, never on the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import About, Covariate, Exposure, Floats, Integers, Known
from momot.stats.timeline import Latest, Line, bounds, decayed, latest, window_sum

Flags = npt.NDArray[np.bool_]

ACTIVITY_HALF_LIVES = (1.0, 3.0, 10.0, 30.0)
OUTCOME_HALF_LIVES = (3.0, 10.0, 30.0)
EXPOSURE_HALF_LIVES = (7.0, 28.0)
COARSE_HALF_LIVES = (14.0,)
UNITS_PER_COLUMN = 15
PRE_DAYS = 28
"""Length of the pre-period: the weeks before a touch in which its effect can't be."""
RECENT_DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 120)
TIMES = (0, 1, 2, 4, 9)


@dataclass(frozen=True, slots=True)
class Stream:
    """What an outcome counts, as it happened: `name`, and how often in each row (n,)."""

    name: str
    happened: Floats


@dataclass(frozen=True, slots=True)
class Past:
    """Rows and what is known of them. `met` (n,): happenings in the row; `exposures` with their codes in the rows; `first` (n,) period.

    `fine`: whether there are units enough to hold every moment's past at several speeds, see `fine_enough`.
    """

    line: Line
    step: int
    first: Integers
    met: Floats
    exposures: Sequence[Exposure]
    streams: Sequence[Stream]
    fine: bool = True


@dataclass(frozen=True, slots=True)
class Marked:
    """Some rows of a time line: `rows` ascending, the time line `some` of them alone, and the `latest` of them before each row."""

    rows: Integers
    some: Line
    latest: Latest

    @classmethod
    def of(cls, line: Line, flags: Flags) -> Marked:
        """The rows that `flags` (n,) mark."""
        rows = np.flatnonzero(flags)
        return cls(rows, line.some(rows), latest(line, rows))


def fine_enough(units: int, exposures: Sequence[Exposure]) -> bool:
    """Whether there are `UNITS_PER_COLUMN` units for each column that a fine past has: with fewer, columns cost more than they save."""
    columns = sum(len(EXPOSURE_HALF_LIVES) * (3 if exposure.coding == "quality" else 1) for exposure in exposures)
    return units >= UNITS_PER_COLUMN * columns


def history(past: Past) -> list[Covariate]:
    """All columns of L that follow from the time line."""
    parts: tuple[tuple[str | None, About, list[Covariate]], ...] = (
        (None, "unit", _tenure(past)),
        ("activity before", "activity", _activity(past)),
        ("activity before", "today", [_today(past)]),
        ("activity before", "activity", _long_before(past)),
        ("outcomes before", "outcomes", _streams(past)),
        ("touches before", "touches", _exposures(past)),
    )
    return [replace(covariate, group=group, about=about) for group, about, covariates in parts for covariate in covariates]


def _tenure(past: Past) -> list[Covariate]:
    days = (past.line.day - past.first) * past.step
    return [_number("tenure", np.log1p(np.maximum(days, 0)), "standing"), _bands("first day", (days <= 0).astype(np.float64), "standing")]


def _activity(past: Past) -> list[Covariate]:
    line, met = past.line, past.met
    active = Marked.of(line, met > 0)
    found = [
        _number(f"activity, half-life {half_life:g} days", _recent(past, active, met, half_life), "recent")
        for half_life in ACTIVITY_HALF_LIVES
    ]
    found += [
        _number(f"activity {week} weeks ago", np.log1p(between(past, met, -7 * week, -7 * week + 6)), "recent", smooth=True)
        for week in (1, 2, 3, 4)
    ]
    days = (line.day - past.first) * past.step
    found.append(_number("activity a day so far", np.log1p(between(past, met, -_ALL, -1) / np.maximum(days, 1)), "recent"))
    found.append(_bands("days since the last interaction", _since(past, active), "recent"))
    return found


def _today(past: Past) -> Covariate:
    """What else was done in the same period: it tells touches that travel together apart, and may be a consequence of them."""
    moments = sum((_met(exposure).astype(np.float64) for exposure in past.exposures), np.zeros(len(past.line)))
    return _number("other interactions today", np.log1p(np.maximum(past.met - moments, 0)), "recent")


def _long_before(past: Past) -> list[Covariate]:
    return [
        _number(f"activity before the pre-period, {name}", np.log1p(between(past, past.met, low, high)), "older")
        for name, low, high in _OLDER
    ]


_ALL = 1_000_000
_OLDER = (("recent", -2 * PRE_DAYS, -PRE_DAYS - 1), ("long ago", -_ALL, -2 * PRE_DAYS - 1))


def _streams(past: Past) -> list[Covariate]:
    found = []
    for stream in past.streams:
        times = stream.happened
        done = Marked.of(past.line, times > 0)
        found += [
            _number(f"{stream.name}, half-life {half_life:g} days", _recent(past, done, times, half_life), "recent")
            for half_life in OUTCOME_HALF_LIVES
        ]
        ever = between(past, times, -_ALL, -1)
        found.append(_bands(f"{stream.name} so far", np.searchsorted(TIMES, ever).astype(np.float64), "recent"))
        found.append(_number(f"{stream.name}, number so far", np.log1p(ever), "recent", smooth=True))
        found.append(_bands(f"days since the last {stream.name}", _since(past, done), "recent"))
        found += [
            _number(f"{stream.name} before the pre-period, {name}", np.log1p(between(past, times, low, high)), "older")
            for name, low, high in _OLDER
        ]
    return found


def _exposures(past: Past) -> list[Covariate]:
    """Past exposure to each moment; of qualities the bad and the good ones apart, of levels the last one."""
    found = []
    for exposure in past.exposures:
        flags = _met(exposure)
        met = Marked.of(past.line, flags)
        found += _speeds(past, exposure.moment, flags, met)
        for role in ("bad", "good") if exposure.coding == "quality" else ():
            went = np.array([state.role == role for state in exposure.states])
            if went.any():
                found += _speeds(past, f"{exposure.moment} {role}", went[exposure.codes], None)
        if exposure.coding in ("level", "rating"):
            codes = np.full(len(past.line), np.nan)
            codes[met.latest.rows] = exposure.codes[met.rows[met.latest.nth]]
            labels = tuple(state.label for state in exposure.states)
            found.append(Covariate(f"{exposure.moment}, last level", codes, labels, known="recent"))
    return found


def _speeds(past: Past, name: str, flags: Flags, marked: Marked | None) -> list[Covariate]:
    """How much of something there was before, forgotten at several speeds."""
    rows, value = marked or Marked.of(past.line, flags), flags.astype(np.float64)
    return [
        _number(f"{name}, half-life {half_life:g} days", _recent(past, rows, value, half_life), "recent", smooth=True)
        for half_life in (EXPOSURE_HALF_LIVES if past.fine else COARSE_HALF_LIVES)
    ]


def _met(exposure: Exposure) -> Flags:
    absent = np.array([state.role == "absent" for state in exposure.states])
    return ~absent[exposure.codes]


def _recent(past: Past, marked: Marked, value: Floats, half_life: float) -> Floats:
    """log(1 + the decayed sum of `value` (n,)) over the marked rows strictly before each row, as of the row's day."""
    found, before = np.zeros(len(past.line)), marked.latest
    total = decayed(marked.some, value[marked.rows], half_life / past.step)
    found[before.rows] = np.log1p(total[before.nth] * np.exp2(-(before.days * past.step) / half_life))
    return found


def between(past: Past, value: Floats, low: int, high: int) -> Floats:
    """Σ value (n,) over the periods from `low` to `high` days away, both included."""
    return window_sum(value, bounds(past.line, -(-low // past.step), high // past.step))


def _since(past: Past, marked: Marked) -> Floats:
    """Bands of days since the last marked row; NaN where there was none."""
    found, before = np.full(len(past.line), np.nan), marked.latest
    found[before.rows] = np.searchsorted(RECENT_DAYS, before.days * past.step)
    return found


def _number(name: str, values: Floats, known: Known, *, smooth: bool = False) -> Covariate:
    return Covariate(name, values, known=known, smooth=smooth)


def _bands(name: str, values: Floats, known: Known) -> Covariate:
    """A small code as categories, so that no number of distinct values makes it a slope."""
    return Covariate(name, values, tuple(map(str, range(len(RECENT_DAYS) + 1))), known=known)
