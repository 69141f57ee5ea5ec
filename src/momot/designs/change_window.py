"""Which units of time a dated change is judged by: how long outcomes take, where the windows end, how long a period is.

An outcome that began before the date and was settled after it belongs to neither side. Leaving out only the slow ones would compare quick
outcomes before with all outcomes after, so that a whole stretch before the date, and one before the end, is left out for everybody alike.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from momot.designs.change_frame import Flags
from momot.designs.columns import MICROS_A_DAY
from momot.designs.frame import Floats, Integers

MOST_BEFORE, MOST_AFTER = 364, 182
"""Days looked at before and after: the season of a year, and near enough that the change is what is new."""
MOST_ALONE = 84
"""Days looked at after, where the line before is continued: the farther, the less it says."""
SETTLED = 0.95
"""Share of the outcomes that are settled within the time that is waited for."""
LENGTHS = (7, 14, 28)
PER_PERIOD, PERIODS_FILLED = 10, 0.8
LEAST_DAYS_BEFORE, LEAST_DAYS_ALONE, LEAST_DAYS_AFTER = 28, 56, 7  # with fewer days, a period is a day


@dataclass(frozen=True, slots=True)
class Window:
    """Days that are compared. Periods of `days` each; `edges_before` and `edges_after` are their first instants and the end, micros UTC."""

    days: int
    wait: int
    edges_before: Integers
    edges_after: Integers

    def period_of(self, started_at: Integers) -> Integers:
        """The period of units that began at these instants (n,); `NOWHERE` for those outside."""
        before = np.searchsorted(self.edges_before, started_at, side="right") - len(self.edges_before)
        after = np.searchsorted(self.edges_after, started_at, side="right") - 1
        inside_before = (started_at >= self.edges_before[0]) & (started_at < self.edges_before[-1])
        inside_after = (started_at >= self.edges_after[0]) & (started_at < self.edges_after[-1])
        return np.where(inside_before, before, np.where(inside_after, after, NOWHERE)).astype(np.int64)


NOWHERE = np.iinfo(np.int64).max


def midnight(day: dt.date, zone: str) -> int:
    """The first instant of a local day, micros UTC."""
    return round(dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp() * 1e6)


def local_day(instant: int, zone: str) -> dt.date:
    """The local day of an instant in micros UTC."""
    return dt.datetime.fromtimestamp(instant / 1e6, ZoneInfo(zone)).date()


def waiting_days(started_at: Floats, settled_at: Floats) -> int:
    """Whole days in which 95 % of the outcomes are settled; 0 where nobody knows when. Both (n,), micros UTC, NaN where unknown."""
    lasted = (settled_at - started_at) / MICROS_A_DAY
    lasted = lasted[np.isfinite(lasted)]
    return max(0, int(np.ceil(np.quantile(lasted, SETTLED)))) if len(lasted) else 0


def window(
    changed_on: dt.date, zone: str, *, wait: int, first_at: int, end_at: int, started_at: Integers, met: Flags, alone: bool = False
) -> Window | None:
    """The windows around a change, or None where not a single period fits before or after.

    `first_at`, `end_at`: records, cut where another change of the same touchpoint falls. `started_at`, `met` (n,): the units, by which the
    shortest period is chosen that holds enough of both kinds. `alone`: everybody met it.
    """
    before = min(MOST_BEFORE, (changed_on - local_day(first_at, zone)).days - wait)
    after = min(MOST_ALONE if alone else MOST_AFTER, (local_day(end_at, zone) - changed_on).days - wait)
    least = LEAST_DAYS_ALONE if alone else LEAST_DAYS_BEFORE
    lengths = LENGTHS if before >= least and after >= LEAST_DAYS_AFTER else (1, *LENGTHS)
    chosen = None
    for days in lengths:
        if before < days or after < days:
            break
        chosen = Window(
            days,
            wait,
            _edges(changed_on - dt.timedelta(wait), zone, -days, before // days),
            _edges(changed_on, zone, days, after // days),
        )
        if _filled(chosen, started_at, met):
            break
    return chosen


def _edges(start: dt.date, zone: str, step: int, count: int) -> Integers:
    """Ascending midnights, `count` + 1 of them, from `start` in steps of days."""
    found = [midnight(start + dt.timedelta(step * number), zone) for number in range(count + 1)]
    return np.array(sorted(found), dtype=np.int64)


def _filled(window: Window, started_at: Integers, met: Flags) -> bool:
    """Whether most periods hold enough units that met it, and that did not where anybody did not."""
    period = window.period_of(started_at)
    numbers = np.r_[np.arange(-(len(window.edges_before) - 1), 0), np.arange(len(window.edges_after) - 1)]
    enough = np.ones(len(numbers), dtype=np.bool_)
    for side in (True, False):
        own = np.sort(period[met == side])
        if side or len(own) > PER_PERIOD * len(numbers) / 2:
            enough &= np.searchsorted(own, numbers, side="right") - np.searchsorted(own, numbers) >= PER_PERIOD
    return bool(enough.mean() >= PERIODS_FILLED)
