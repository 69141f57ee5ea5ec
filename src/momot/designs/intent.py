"""Recent activity as a noisy measure of what a unit is about to do, and older activity to tell the measure from its noise (EFFECTS.md 3 e).

Intent comes and goes; the same intent shows in what was done last week and, less, in what was done the weeks before, but with other
accidents. So the older windows must not share a day with the recent one, nor lie next to it.
"""

from __future__ import annotations

import itertools

import numpy as np

from momot.designs.frame import About, Covariate, Floats, Integers
from momot.designs.history import Past, between

RECENT_DAYS = 7
GAP_DAYS = 3
OLDER_DAYS = (7, 14, 28)
"""Lengths of the windows whose activity foretells the recent one, the latest first; `GAP_DAYS` lie between it and the recent window."""


def intent(past: Past, members: Integers) -> list[Covariate]:
    """The measures w, w² and the instruments: log activity of three older windows, their squares and products.

    w = log((n + .5)/(m + .5)), n the activity of the window, m the `members` (n,) of the unit. All of it lies before the row's own period.
    """
    recent, *older = (_log_rate(past, members, low, high) for low, high in windows(past.step))
    found = [_number("activity in the week before", recent, "intent"), _number("the same, squared", recent**2, "intent")]
    found += [_number(f"activity, older window {number}", rate, "instrument") for number, rate in enumerate(older, 1)]
    for (one, first), (other, second) in itertools.combinations_with_replacement(enumerate(older, 1), 2):
        found.append(_number(f"older windows {one} and {other}", first * second, "instrument"))
    return found


def windows(step: int) -> list[tuple[int, int]]:
    """First and last day before the row's period of each window, as whole periods of `step` days."""

    def whole(days: int) -> int:
        return -(-days // step) * step

    found = [(-whole(RECENT_DAYS), -1)]
    end = -whole(RECENT_DAYS) - whole(GAP_DAYS)
    for days in OLDER_DAYS:
        found.append((end - whole(days), end - 1))
        end -= whole(days)
    return found


def _log_rate(past: Past, members: Integers, low: int, high: int) -> Floats:
    return np.asarray(np.log((between(past, past.met, low, high) + 0.5) / (members + 0.5)), dtype=np.float64)


def _number(name: str, values: Floats, about: About) -> Covariate:
    return Covariate(name, values, known="recent", smooth=True, group="activity before", about=about)
