"""What happened to everybody, day after day, and how it stood with some of them on some days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.worlds.journeys.days import Company, newborn
from momot.worlds.journeys.meetings import State
from momot.worlds.journeys.plan import Integers


@dataclass(frozen=True, slots=True)
class Happened:
    """Events of one kind: unit, day and what belongs to it (moment and quality of a touch, points of an opinion)."""

    unit: Integers
    day: Integers
    what: Integers
    how: Integers

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, slots=True)
class Lives:
    """Everything that happened, ordered by day. `left_on` (units,): the day of the exit, -1 for none."""

    touches: Happened
    purchases: Happened
    renewals: Happened
    reviews: Happened  # what: 1 a good one
    opinions: Happened  # what: points
    left_on: Integers


def live(company: Company, captured: Integers | None = None) -> tuple[Lives, State | None]:
    """Live all days of all units.

    `captured`: units' days (unit * days + day) whose state at the start of the day is wanted too, in any order; None where none are.
    """
    chance = company.chance
    units, days = chance.units, chance.days
    state = newborn(company.plan, units)
    log: dict[str, list[tuple[Integers, ...]]] = {name: [] for name in ("touches", "purchases", "renewals", "reviews", "opinions")}
    left_on = np.full(units, -1)
    wanted, parts = (np.empty(0, dtype=np.int64) if captured is None else np.unique(captured)), []
    by_day = np.argsort(wanted % days, kind="stable")
    ends = np.searchsorted((wanted % days)[by_day], np.arange(days + 1))
    everybody = np.arange(units)
    for day in range(days):
        parts.append(state.of(wanted[by_day[ends[day] : ends[day + 1]]] // days))
        here = everybody[(chance.first_day <= day) & state.alive]
        today = company.live_day(here, np.full(len(here), day), state.of(here))
        for name in State.__slots__:
            getattr(state, name)[here] = getattr(today.state, name)
        nothing = np.zeros(len(here), dtype=np.int64)
        for kind, rows, what, how in (
            ("touches", today.touches.row, today.touches.moment, today.touches.quality),
            ("purchases", np.flatnonzero(today.decided.buys), nothing, nothing),
            ("renewals", np.flatnonzero(today.decided.renews), nothing, nothing),
            ("reviews", np.flatnonzero(today.said.writes), today.said.writes_well.astype(np.int64)[today.said.writes], nothing),
            ("opinions", np.flatnonzero(today.said.answers), today.said.opinion[today.said.answers], nothing),
        ):
            log[kind].append((here[rows], np.full(len(rows), day), what[: len(rows)], how[: len(rows)]))
        left_on[here[today.decided.leaves]] = day
    happened = {kind: Happened(*(np.concatenate(column) for column in zip(*found, strict=True))) for kind, found in log.items()}
    lives = Lives(**happened, left_on=left_on)
    if captured is None:
        return lives, None
    together = State(*(np.concatenate([getattr(part, name) for part in parts]) for name in State.__slots__))
    order = np.empty(len(wanted), dtype=np.int64)
    order[by_day] = np.arange(len(wanted))  # from the order of `wanted` to that of the parts
    return lives, together.of(order[np.searchsorted(wanted, captured)])
