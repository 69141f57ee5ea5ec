"""Who meets what on one day: what chance offers and the state takes, what follows something, and what comes along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.worlds.journeys.chance import Chance, highest_rates
from momot.worlds.journeys.plan import (
    ABSENT,
    BAD,
    BANDS,
    CLASSES,
    DISTRICTS,
    FEATURES,
    GOOD,
    NEUTRAL,
    REGIONS,
    Flags,
    Floats,
    Integers,
    Plan,
)

NOTHING_FOR = 7  # days without a touch after which somebody counts as inactive
BEST_FIRST = np.array([NEUTRAL, GOOD, BAD])  # where a moment is met twice a day, bad hides good, and good hides neutral
RANK = np.argsort(BEST_FIRST)

TRIGGERED, COMPANION = 100, 300  # names of coins, one for each trigger and three for each companion

Met = tuple[Integers, Integers, Integers]
"""Row, moment and quality of touches."""


@dataclass(frozen=True, slots=True)
class State:
    """What each row carries into a day. `mark` (rows, true moments); `due` (rows, triggers) is the day a triggered touch comes."""

    alive: Flags
    mark: Floats
    sated: Floats
    bought: Integers
    touched_on: Integers
    due: Integers

    def of(self, rows: npt.NDArray[np.int64] | Flags) -> State:
        """The state of some rows."""
        return State(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Today:
    """The rows of one day before anything happens: whose day it is, the state at its start, and what drives them, each array (rows,)."""

    unit: Integers
    day: Integers
    cell: Integers  # unit * days + day
    state: State
    intent: Floats  # with what no record shows, 0 to the square root of 2, as affinity
    affinity: Floats
    season: Floats
    region: npt.NDArray[np.int8]

    @property
    def both(self) -> Floats:
        """1 where intent and affinity are both high."""
        return np.asarray((self.intent > 0.55) & (self.affinity > 0.55), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Touches:
    """Touches of one day: the row, the moment and the quality of each, at most one for a row and moment."""

    row: Integers
    moment: Integers
    quality: Integers


@dataclass(frozen=True, slots=True)
class Switch:
    """Each row's touch of `moment` set to `quality` on its first day, ABSENT for not at all; everything else of the day stays."""

    moment: Integers
    quality: Integers


def today(plan: Plan, chance: Chance, unit: Integers, day: Integers, state: State) -> Today:
    """The rows of a day with what drives them."""
    cell = unit * chance.days + day
    seen, unseen = plan.recorded_weight, plan.hidden_weight
    return Today(
        unit=unit,
        day=day,
        cell=cell,
        state=state,
        intent=(seen * chance.intent.ravel()[cell] + unseen * chance.intent_hidden.ravel()[cell]) / (BANDS - 1),
        affinity=(seen * chance.affinity[unit] + unseen * chance.affinity_hidden[unit]) / (CLASSES - 1),
        season=np.asarray(0.5 + 0.5 * np.cos(2 * np.pi * (day + 15) / 365.25)),  # 0 to 1, highest at the turn of the year
        region=chance.region[unit],
    )


class Meetings:
    """The touchpoints of a plan with its chance, prepared for days."""

    def __init__(self, plan: Plan, chance: Chance) -> None:
        self.plan, self.chance = plan, chance
        rates = np.stack([moment.rates for moment in plan.moments]).astype(np.float32)  # (moments, 3, features)
        self.total, self.bad, self.neutral = rates.sum(axis=1), rates[:, BAD], rates[:, NEUTRAL]
        self.used = np.flatnonzero(self.total.any(axis=0))
        self.most = highest_rates(plan).astype(np.float32)
        self.struck = np.zeros((len(plan.accidents), plan.days, DISTRICTS), dtype=bool)
        for place, accident in enumerate(plan.accidents):
            self.struck[place][tuple(np.array(accident.struck).T)] = True

    def of(self, now: Today, alive: Flags) -> Touches:
        """The touches of a day, of those who are there."""
        found = [self._taken(now, alive), *self._triggered(now, alive), *self._accidents(now, alive)]
        found += self._companions(now, *(np.concatenate(parts) for parts in zip(*found, strict=True)))
        return _worst(*(np.concatenate(parts) for parts in zip(*found, strict=True)), moments=len(self.plan.moments))

    def _taken(self, now: Today, alive: Flags) -> Met:
        """Candidates that happen, given what drives the row, and how they go."""
        chance = self.chance
        starts = chance.starts[now.cell]
        counts = np.where(alive, chance.starts[now.cell + 1] - starts, 0)
        row = np.repeat(np.arange(len(counts)), counts)
        candidate = np.arange(len(row)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        moment = chance.moment[candidate].astype(np.int64)
        at = chance.uniform[candidate] * self.most[moment]  # uniform below the highest rate
        features = self._features(now)
        happens = at < self._rate(self.total, features, moment, row)
        row, moment, at = row[happens], moment[happens], at[happens]
        bad, neutral = (self._rate(rates, features, moment, row) for rates in (self.bad, self.neutral))
        return row, moment, np.where(at < bad, BAD, np.where(at < bad + neutral, NEUTRAL, GOOD))

    def _rate(self, rates: npt.NDArray[np.float32], features: list[Floats], moment: Integers, row: Integers) -> npt.NDArray[np.float32]:
        found = np.zeros(len(row), dtype=np.float32)
        for position in self.used:
            found += rates[moment, position] * features[position][row]
        return found

    def _features(self, now: Today) -> list[Floats]:
        known = {
            "always": np.ones(len(now.unit)),
            "intent": now.intent,
            "affinity": now.affinity,
            "age": (self.chance.age[now.unit] - 18) / 67,
            **{name: now.region == code for code, name in enumerate(REGIONS) if code},
            "season": now.season,
            "inactive": now.day - now.state.touched_on > NOTHING_FOR,
            "at_risk": now.intent < 0.2,
            "both": now.both,
        }
        return [known[name].astype(np.float32) for name in FEATURES]

    def _triggered(self, now: Today, alive: Flags) -> list[Met]:
        found = []
        for position, trigger in enumerate(self.plan.triggers):
            row = np.flatnonzero(alive & (now.state.due[:, position] == now.day))
            coin = self.chance.coin(now.cell[row], TRIGGERED + position)
            quality = np.searchsorted(np.cumsum(trigger.odds)[:2], coin, side="right")
            found.append((row, np.full(len(row), trigger.moment), quality))
        return found

    def _accidents(self, now: Today, alive: Flags) -> list[Met]:
        found = []
        for accident, struck in zip(self.plan.accidents, self.struck, strict=True):
            row = np.flatnonzero(alive & struck[now.day, self.chance.district[now.unit]])
            found.append((row, np.full(len(row), accident.moment), np.full(len(row), NEUTRAL)))
        return found

    def _companions(self, now: Today, row: Integers, moment: Integers, quality: Integers) -> list[Met]:
        found = []
        for position, companion in enumerate(self.plan.companions):
            led = moment == companion.leader
            comes, copies, own = (self.chance.coin(now.cell[row[led]], COMPANION + 3 * position + number) for number in range(3))
            there = comes < companion.share
            how = np.where(copies < companion.copies, quality[led], np.floor(3 * own).astype(np.int64))
            found.append((row[led][there], np.full(int(there.sum()), companion.moment), how[there]))
        return found


def switched(touches: Touches, switch: Switch) -> Touches:
    """The same touches but those that are switched."""
    others = touches.moment != switch.moment[touches.row]
    rows = np.flatnonzero(switch.quality != ABSENT)
    return Touches(
        np.concatenate([touches.row[others], rows]),
        np.concatenate([touches.moment[others], switch.moment[rows]]),
        np.concatenate([touches.quality[others], switch.quality[rows]]),
    )


def _worst(row: Integers, moment: Integers, quality: Integers, *, moments: int) -> Touches:
    """One touch a row and moment, of the worst quality."""
    key = (row * moments + moment) * 3 + 2 - RANK[quality]
    key.sort()
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] // 3 != key[:-1] // 3
    pair = key[first] // 3
    return Touches(pair // moments, pair % moments, BEST_FIRST[2 - key[first] % 3])
