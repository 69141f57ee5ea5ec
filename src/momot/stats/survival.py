"""Time until something happens when not everybody is followed to the end: Kaplan and Meier (1958), with intervals that stay within 0-1.

The variance is Greenwood's (1926), the interval that of log(-log S) (Kalbfleisch and Prentice 1980), the interval of the median the times
at which that one holds one half (Brookmeyer and Crowley 1982). All from counts by duration, which add up over parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.intervals import t_quantile
from momot.stats.shares import wilson

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survival:
    """The share that it has not happened to yet, after each duration at which it happened to somebody.

    All arrays are (k,), by ascending `time`: how many were still followed and waiting just before it (`at_risk`), the share left after it
    (`left`), and its 95 % interval. `longest` is the longest follow-up, `n` counts all units.
    """

    time: Floats
    at_risk: Floats
    left: Floats
    low: Floats
    high: Floats
    longest: float
    n: int

    def happened(self, time: float) -> tuple[float, float, float] | None:
        """The share that it has happened to within `time`, with its interval; None where nobody was followed that long."""
        if time > self.longest:
            return None
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if place < 0:
            return (0.0, *wilson(0, self.n))
        return 1 - float(self.left[place]), 1 - float(self.high[place]), 1 - float(self.low[place])

    def median(self) -> tuple[float, float | None, float | None] | None:
        """When it has happened to half, with its interval (None: beyond what was observed); None where it never came to half."""
        return None if (time := _first(self.time, self.left)) is None else (time, _first(self.time, self.low), _first(self.time, self.high))


def kaplan_meier(time: Floats, happened: Floats, censored: Floats, *, level: float = 0.95) -> Survival:
    """Of counts by duration, each (m,): to how many it happened after `time`, and how many were no longer followed then.

    Who is lost at the very time at which it happens to others was still waiting then.
    """
    order = np.argsort(time, kind="stable")
    time, happened, censored = time[order], happened[order], censored[order]
    leaving = happened + censored
    at_risk = leaving[::-1].cumsum()[::-1]
    at = happened > 0
    n, d = at_risk[at], happened[at]
    left = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.sqrt(np.cumsum(np.where(n > d, d / (n * (n - d)), np.inf)))
        reach = t_quantile(0.5 + level / 2, np.inf) * greenwood / np.abs(np.log(left))
        low, high = left ** np.exp(reach), left ** np.exp(-reach)
    if len(left) and left[-1] <= 0:  # the last one: as many as were left, of whom it happened to all
        low[-1], high[-1] = 0.0, 1 - wilson(float(d[-1]), float(n[-1]), level=level)[0]
        high[-1] = min(high[-1], high[-2]) if len(high) > 1 else high[-1]
    return Survival(time[at], n, left, low, high, float(time.max(initial=0.0)), int(leaving.sum()))


def _first(time: Floats, share: Floats) -> float | None:
    """The first time at which `share` is down to one half."""
    reached = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(time[reached[0]]) if len(reached) else None
