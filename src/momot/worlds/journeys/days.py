"""One day in the life of many people at once: what they meet, what they do, and what of it they carry into the next day.

Rows are lives. The same person may be several rows, each from another day on and each with another switch; all of them draw on the same
chance. Within a day the outcomes come first and depend on the state at its start, so that a touch changes what follows after its day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.worlds.journeys.chance import Chance, highest_rates
from momot.worlds.journeys.plan import ABSENT, BAD, BANDS, CLASSES, DRIVEN, FEATURES, GOOD, NEUTRAL, REGIONS, Flags, Floats, Integers, Plan

NEVER = -10_000
WORST_FIRST = np.array([2, 0, 1])  # rank of a quality where a moment is met twice a day: bad hides good, good hides neutral
RENEWS_EVERY = 30
NOTHING_FOR = 7  # days without a touch after which somebody counts as inactive
SATIATION_HALF_LIFE = 7.0
OPINION_NOISE = 0.6  # scale of the logistic noise of an opinion, in points

BUYS, WRITES, FEELS, ANSWERS, TRIGGERED, TRIGGERS, COMPANION = 0, 1, 2, 3, 100, 200, 300  # names of the coins


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
class Touches:
    """Touches of one day: the row, the moment and the quality of each, at most one for a row and moment."""

    row: Integers
    moment: Integers
    quality: Integers


@dataclass(frozen=True, slots=True)
class Day:
    """What one day brought to each row, before `state` of the next day. `rate` of an outcome: its chance on this day, given the state."""

    touches: Touches
    buys: Flags
    leaves: Flags
    renews: Flags
    writes: Flags
    writes_well: Flags
    answers: Flags
    opinion: Integers
    rate: dict[str, Floats]
    expected_opinion: Floats
    state: State


@dataclass(frozen=True, slots=True)
class Switch:
    """Each row's touch of `moment` set to `quality` on its first day, ABSENT for not at all; everything else of the day stays."""

    moment: Integers
    quality: Integers


def newborn(plan: Plan, rows: int) -> State:
    """The state of somebody on the first day."""
    return State(
        alive=np.ones(rows, dtype=bool),
        mark=np.zeros((rows, len(plan.true))),
        sated=np.zeros(rows),
        bought=np.zeros(rows, dtype=np.int64),
        touched_on=np.full(rows, NEVER, dtype=np.int64),
        due=np.full((rows, len(plan.triggers)), NEVER, dtype=np.int64),
    )


class Company:
    """A plan with its chance, prepared for living days."""

    def __init__(self, plan: Plan, chance: Chance) -> None:
        self.plan, self.chance = plan, chance
        true = plan.true
        rates = np.stack([moment.rates for moment in plan.moments])  # (moments, 3, features)
        self.total = rates.sum(axis=1).astype(np.float32)
        self.bad, self.neutral = rates[:, BAD].astype(np.float32), rates[:, NEUTRAL].astype(np.float32)
        self.most = highest_rates(plan).astype(np.float32)
        self.true_of = np.full(len(plan.moments), -1)
        self.true_of[list(true)] = np.arange(len(true))
        self.strength = np.array([plan.moments[m].strength for m in true]).reshape(len(true), 3)
        self.fades = 0.5 ** (1 / np.array([plan.moments[m].half_life_days for m in true]).reshape(len(true)))
        self.changes = {o: np.array([plan.moments[m].changes.get(o, 0.0) for m in true]).reshape(len(true)) for o in DRIVEN}
        self.by_region = np.array([plan.moments[m].by_region for m in true]).reshape(len(true), len(REGIONS))

    def live_day(self, unit: Integers, day: Integers, state: State, switch: Switch | None = None, *, suppressed: bool = False) -> Day:
        """Live `day` of each row. `suppressed`: nobody buys or leaves, so that rates are those of a first purchase or the one exit."""
        plan, chance = self.plan, self.chance
        cell = unit * chance.days + day
        bought_at, written_at, felt = (chance.coin(cell, name) for name in (BUYS, WRITES, FEELS))
        intent, affinity = self._drives(unit, cell)
        pull = plan.intent_on_outcome * intent + plan.affinity_on_outcome * affinity + plan.threshold * _both(intent, affinity)
        season = _season(day)
        region = chance.region[unit]
        shifts = {outcome: state.mark @ change for outcome, change in self.changes.items()}

        rate = {
            "purchase": np.minimum(plan.purchase_rate * np.exp(pull + shifts["purchase"] + 0.4 * season + state.sated - 0.15 * region), 0.5)
            if not plan.subscription
            else np.zeros(len(unit))
        }
        due = (day - chance.first_day[unit] - chance.phase[unit] % RENEWS_EVERY) % RENEWS_EVERY == 0
        due &= plan.subscription & (day > chance.first_day[unit])
        leaving = np.minimum(plan.churn_rate * np.exp(0.8 - pull + shifts["churn"] + 0.1 * region), 0.6)
        rate |= {"churn": np.where(due, leaving, 0.0), "renewal": np.where(due, 1 - leaving, 0.0)}
        buys = state.alive & (bought_at < rate["purchase"])
        leaves = state.alive & due & (bought_at < leaving)
        if suppressed:
            buys, leaves = np.zeros_like(buys), np.zeros_like(leaves)
        alive = state.alive & ~leaves

        content = -0.4 + 0.8 * affinity + 0.3 * intent + shifts["review"]
        writing, well = 0.004 + 0.01 * (state.bought > 0), 1 / (1 + np.exp(-content))
        rate["advocacy"] = writing * well
        writes = alive & (written_at < writing)
        level = 3.0 + 0.9 * affinity + 0.5 * intent + shifts["opinion"]
        stars = np.clip(np.round(level + OPINION_NOISE * np.log(felt / (1 - felt))), 1, 5).astype(np.int64)
        asked = alive & ((day - chance.phase[unit]) % plan.survey_every == 0)
        answers = asked & (chance.coin(cell, ANSWERS) < plan.answer_share + plan.answer_by_opinion * (3 - stars) / 2)

        touches = self._touches(unit, day, cell, alive, state, intent, affinity, season)
        if switch is not None:
            touches = _switched(touches, switch)
        return Day(
            touches=touches,
            buys=buys,
            leaves=leaves,
            renews=alive & due,
            writes=writes,
            writes_well=writes & (written_at < writing * well),
            answers=answers,
            opinion=stars,
            rate=rate,
            expected_opinion=_expected_stars(level),
            state=self._after(unit, day, cell, state, touches, buys, alive, buys | (alive & due)),
        )

    def _drives(self, unit: Integers, cell: Integers) -> tuple[Floats, Floats]:
        """Intent and affinity with what no record shows of them, each 0 to the square root of 2."""
        seen, unseen, chance = self.plan.recorded_weight, self.plan.hidden_weight, self.chance
        intent = (seen * chance.intent.ravel()[cell] + unseen * chance.intent_hidden.ravel()[cell]) / (BANDS - 1)
        affinity = (seen * chance.affinity[unit] + unseen * chance.affinity_hidden[unit]) / (CLASSES - 1)
        return intent, affinity

    def _features(self, unit: Integers, day: Integers, state: State, intent: Floats, affinity: Floats, season: Floats) -> list[Floats]:
        region = self.chance.region[unit]
        known = {
            "always": np.ones(len(unit)),
            "intent": intent,
            "affinity": affinity,
            "age": (self.chance.age[unit] - 18) / 67,
            **{name: (region == code).astype(float) for code, name in enumerate(REGIONS) if code},
            "season": season,
            "inactive": (day - state.touched_on > NOTHING_FOR).astype(float),
            "at_risk": (intent < 0.2).astype(float),
            "both": _both(intent, affinity),
        }
        return [known[name].astype(np.float32) for name in FEATURES]

    def _touches(
        self, unit: Integers, day: Integers, cell: Integers, alive: Flags, state: State, intent: Floats, affinity: Floats, season: Floats
    ) -> Touches:
        chance = self.chance
        starts = chance.starts[cell]
        counts = np.where(alive, chance.starts[cell + 1] - starts, 0)
        row = np.repeat(np.arange(len(unit)), counts)
        candidate = np.arange(len(row)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        moment, uniform = chance.moment[candidate].astype(np.int64), chance.uniform[candidate]
        features = self._features(unit, day, state, intent, affinity, season)
        used = [(position, values) for position, values in enumerate(features) if self.total[:, position].any()]
        most = self.most[moment]
        at = uniform * most  # uniform below the highest rate
        total = sum((self.total[moment, position] * values[row] for position, values in used), start=np.zeros(len(row), dtype=np.float32))
        happens = at < total
        row, moment, at = row[happens], moment[happens], at[happens]
        bad, neutral = (
            sum((weights[moment, position] * values[row] for position, values in used), start=np.zeros(len(row), dtype=np.float32))
            for weights in (self.bad, self.neutral)
        )
        quality = np.where(at < bad, BAD, np.where(at < bad + neutral, NEUTRAL, GOOD))
        found = [(row, moment, quality), *self._triggered(day, cell, alive, state)]
        found += self._companions(cell, *(np.concatenate(parts) for parts in zip(*found, strict=True)))
        return _worst(*(np.concatenate(parts) for parts in zip(*found, strict=True)), moments=len(self.plan.moments))

        return highest_rates(self.plan).astype(np.float32)

    def _triggered(self, day: Integers, cell: Integers, alive: Flags, state: State) -> list[tuple[Integers, Integers, Integers]]:
        found = []
        for position, trigger in enumerate(self.plan.triggers):
            row = np.flatnonzero(alive & (state.due[:, position] == day))
            coin = self.chance.coin(cell[row], TRIGGERED + position)
            quality = np.searchsorted(np.cumsum(trigger.odds)[:2], coin, side="right")
            found.append((row, np.full(len(row), trigger.moment), quality))
        return found

    def _companions(self, cell: Integers, row: Integers, moment: Integers, quality: Integers) -> list[tuple[Integers, Integers, Integers]]:
        found = []
        for position, companion in enumerate(self.plan.companions):
            led = moment == companion.leader
            mine = row[led]
            coin = self.chance.coin(cell[mine], COMPANION + 3 * position)
            comes = coin < companion.share
            copies = self.chance.coin(cell[mine], COMPANION + 3 * position + 1) < companion.copies
            own = np.floor(3 * self.chance.coin(cell[mine], COMPANION + 3 * position + 2)).astype(np.int64)
            found.append((mine[comes], np.full(int(comes.sum()), companion.moment), np.where(copies, quality[led], own)[comes]))
        return found

    def _after(
        self, unit: Integers, day: Integers, cell: Integers, state: State, touches: Touches, buys: Flags, alive: Flags, pays: Flags
    ) -> State:
        mark = state.mark * self.fades
        true = self.true_of[touches.moment]
        row, moment, quality = touches.row[true >= 0], true[true >= 0], touches.quality[true >= 0]
        added = self.strength[moment, quality] * self.by_region[moment, self.chance.region[unit[row]]]
        if self.plan.saturated:  # a mark that is there is not made again
            before = mark[row, moment]
            mark[row, moment] = np.where(added > 0, np.maximum(before, added), np.minimum(before, added))
        else:
            mark[row, moment] += added
        touched_on = state.touched_on.copy()
        touched_on[touches.row] = day[touches.row]
        due = state.due.copy()
        for position, trigger in enumerate(self.plan.triggers):
            coin = self.chance.coin(cell, TRIGGERS + position) < trigger.share
            if trigger.leader is None:
                starts = pays & coin
            else:
                led = (touches.moment == trigger.leader) & ((trigger.quality is None) | (touches.quality == trigger.quality))
                starts = np.zeros(len(unit), dtype=bool)
                starts[touches.row[led]] = True
                starts &= coin
            due[starts, position] = day[starts] + trigger.lag_days
        return State(
            alive=alive,
            mark=mark,
            sated=(state.sated + self.plan.satiation * buys) * 0.5 ** (1 / SATIATION_HALF_LIFE),
            bought=state.bought + buys,
            touched_on=touched_on,
            due=due,
        )


def _both(intent: Floats, affinity: Floats) -> Floats:
    """1 where intent and affinity are both high: more than the sum of the two."""
    return np.asarray((intent > 0.55) & (affinity > 0.55), dtype=np.float64)


def _season(day: Integers) -> Floats:
    """Between 0 and 1 over the year, highest at its end."""
    return np.asarray(0.5 + 0.5 * np.cos(2 * np.pi * (day + 15) / 365.25))


def _worst(row: Integers, moment: Integers, quality: Integers, *, moments: int) -> Touches:
    """One touch a row and moment, of the worst quality."""
    key = (row * moments + moment) * 3 + (2 - WORST_FIRST[quality])
    key.sort()
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] // 3 != key[:-1] // 3
    pair, rank = key[first] // 3, 2 - key[first] % 3
    return Touches(pair // moments, pair % moments, np.array([NEUTRAL, GOOD, BAD])[rank])


def _switched(touches: Touches, switch: Switch) -> Touches:
    others = touches.moment != switch.moment[touches.row]
    rows = np.flatnonzero(switch.quality != ABSENT)
    return Touches(
        np.concatenate([touches.row[others], rows]),
        np.concatenate([touches.moment[others], switch.moment[rows]]),
        np.concatenate([touches.quality[others], switch.quality[rows]]),
    )


def _expected_stars(level: Floats) -> Floats:
    """Mean of the rounded answer between 1 and 5 over its logistic noise."""
    above = [1 / (1 + np.exp(-(level - edge) / OPINION_NOISE)) for edge in (1.5, 2.5, 3.5, 4.5)]
    return np.asarray(1.0 + np.sum(above, axis=0))
