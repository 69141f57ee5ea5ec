"""One day in the life of many people at once: what they meet, what they do, and what of it they carry into the next day.

Rows are lives. The same person may be several rows, each from another day on and each with another switch; all of them draw on the same
chance. Within a day the outcomes come first and depend on the state at its start, so that a touch changes what follows after its day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.worlds.journeys.chance import Chance
from momot.worlds.journeys.meetings import Meetings, State, Switch, Today, Touches, switched, today
from momot.worlds.journeys.plan import BANDS, CLASSES, DRIVEN, REGIONS, Flags, Floats, Integers, Plan

NEVER = -10_000
RENEWS_EVERY = 30
SATIATION_HALF_LIFE = 7.0
OPINION_NOISE = 0.6  # scale of the logistic noise of an opinion, in points

BUYS, WRITES, FEELS, ANSWERS, TRIGGERS = 0, 1, 2, 3, 200  # names of coins, the last one of as many as there are triggers


@dataclass(frozen=True, slots=True)
class Decided:
    """Who buys, renews or leaves on a day, and the `rate` of each outcome: its chance on this day, given the state."""

    buys: Flags
    renews: Flags
    leaves: Flags
    rate: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Said:
    """Who writes a review (a good one) or answers a survey on a day; `expected`: the mean opinion over its noise."""

    writes: Flags
    writes_well: Flags
    answers: Flags
    opinion: Integers
    expected: Floats
    good_review: Floats  # chance of one


@dataclass(frozen=True, slots=True)
class Day:
    """What one day brought to each row, and the `state` at the start of the next."""

    touches: Touches
    decided: Decided
    said: Said
    state: State


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
        self.plan, self.chance, self.meetings = plan, chance, Meetings(plan, chance)
        true = [plan.moments[position] for position in plan.true]
        self.true_of = np.full(len(plan.moments), -1)
        self.true_of[list(plan.true)] = np.arange(len(true))
        self.strength = np.array([moment.strength for moment in true]).reshape(len(true), 3)
        self.fades = 0.5 ** (1 / np.array([moment.half_life_days for moment in true]).reshape(len(true)))
        self.changes = {o: np.array([moment.changes.get(o, 0.0) for moment in true]).reshape(len(true)) for o in DRIVEN}
        self.by_region = np.array([moment.by_region for moment in true]).reshape(len(true), len(REGIONS))

    def live_day(self, unit: Integers, day: Integers, state: State, switch: Switch | None = None, *, suppressed: bool = False) -> Day:
        """Live `day` of each row. `suppressed`: nobody buys or leaves, so that rates are those of a first purchase or the one exit."""
        now = today(self.plan, self.chance, unit, day, state)
        decided = self._decides(now, suppressed=suppressed)
        alive = state.alive & ~decided.leaves
        said = self._says(now, alive)
        touches = self.meetings.of(now, alive)
        if switch is not None:
            touches = switched(touches, switch)
        return Day(touches, decided, said, self._after(now, touches, decided, alive))

    def _decides(self, now: Today, *, suppressed: bool) -> Decided:
        plan, chance, alive = self.plan, self.chance, now.state.alive
        coin = np.ones(len(alive)) if suppressed else chance.coin(now.cell, BUYS)
        pull = plan.intent_on_outcome * now.intent + plan.affinity_on_outcome * now.affinity + plan.threshold * now.both
        never = np.zeros(len(alive))
        if not plan.subscription:
            drawn = pull + now.state.mark @ self.changes["purchase"] + 0.4 * now.season + now.state.sated - 0.15 * now.region
            buying = np.minimum(plan.purchase_rate * np.exp(drawn), 0.5)
            return Decided(alive & (coin < buying), never > 0, never > 0, {"purchase": buying, "churn": never, "renewal": never})
        since = now.day - chance.first_day[now.unit]
        due = (since > 0) & ((since - chance.phase[now.unit]) % RENEWS_EVERY == 0)
        leaving = np.minimum(plan.churn_rate * np.exp(0.8 - pull + now.state.mark @ self.changes["churn"] + 0.1 * now.region), 0.6)
        leaves = alive & due & (coin < leaving)
        rate = {"purchase": never, "churn": np.where(due, leaving, 0.0), "renewal": np.where(due, 1 - leaving, 0.0)}
        return Decided(never > 0, alive & due & ~leaves, leaves, rate)

    def _says(self, now: Today, alive: Flags) -> Said:
        plan, chance, mark = self.plan, self.chance, now.state.mark
        written, felt = chance.coin(now.cell, WRITES), chance.coin(now.cell, FEELS)
        writing = 0.004 + 0.01 * (now.state.bought > 0)
        well = 1 / (1 + np.exp(0.4 - 0.8 * now.affinity - 0.3 * now.intent - mark @ self.changes["review"]))
        (low, high), step = plan.scale, plan.step
        level = step * (3.0 + 0.9 * now.affinity + 0.5 * now.intent + mark @ self.changes["opinion"]) + (low - step)
        stars = np.clip(np.round(level + step * OPINION_NOISE * np.log(felt / (1 - felt))), low, high).astype(np.int64)
        asked = alive & ((now.day - chance.phase[now.unit]) % plan.survey_every == 0)
        return Said(
            writes=alive & (written < writing),
            writes_well=alive & (written < writing * well),
            answers=asked & (chance.coin(now.cell, ANSWERS) < self._answering(now, stars)),
            opinion=stars,
            expected=_expected_opinion(level, plan.scale, step * OPINION_NOISE),
            good_review=writing * well,
        )

    def _answering(self, now: Today, opinion: Integers) -> Floats:
        """The chance to answer a survey: the same for everybody, or by the opinion itself, or by what is recorded of the day."""
        plan, chance = self.plan, self.chance
        contentment = (opinion - sum(plan.scale) / 2) / (2 * plan.step)
        recorded = chance.intent.ravel()[now.cell] / (BANDS - 1) - 0.25 + chance.affinity[now.unit] / (CLASSES - 1) - 0.45
        return np.asarray(plan.answer_share - plan.answer_by_opinion * contentment + plan.answer_by_history * recorded)

    def _after(self, now: Today, touches: Touches, decided: Decided, alive: Flags) -> State:
        touched_on = now.state.touched_on.copy()
        touched_on[touches.row] = now.day[touches.row]
        return State(
            alive=alive,
            mark=self._marked(now, touches),
            sated=(now.state.sated + self.plan.satiation * decided.buys) * 0.5 ** (1 / SATIATION_HALF_LIFE),
            bought=now.state.bought + decided.buys,
            touched_on=touched_on,
            due=self._due(now, touches, decided.buys | decided.renews),
        )

    def _marked(self, now: Today, touches: Touches) -> Floats:
        """What touches left so far, fading, with what those of the day leave."""
        mark = now.state.mark * self.fades
        true = self.true_of[touches.moment]
        row, moment, quality = touches.row[true >= 0], true[true >= 0], touches.quality[true >= 0]
        added = self.strength[moment, quality] * self.by_region[moment, now.region[row]]
        before = mark[row, moment]
        if self.plan.saturated:  # a mark that is there is not made again
            mark[row, moment] = np.where(added > 0, np.maximum(before, added), np.minimum(before, added))
        else:
            mark[row, moment] = before + added
        return np.asarray(mark)

    def _due(self, now: Today, touches: Touches, pays: Flags) -> Integers:
        """On which day what follows a purchase, a renewal or another touch will come."""
        due = now.state.due.copy()
        for position, trigger in enumerate(self.plan.triggers):
            starts = pays
            if trigger.leader is not None:
                led = (touches.moment == trigger.leader) & ((trigger.quality is None) | (touches.quality == trigger.quality))
                starts = np.zeros(len(due), dtype=bool)
                starts[touches.row[led]] = True
            starts = starts & (self.chance.coin(now.cell, TRIGGERS + position) < trigger.share)
            due[starts, position] = now.day[starts] + trigger.lag_days
        return due


def _expected_opinion(level: Floats, scale: tuple[int, int], noise: float) -> Floats:
    """Mean of the rounded answer within the scale over its logistic noise."""
    low, high = scale
    above = [1 / (1 + np.exp(-(level - point - 0.5) / noise)) for point in range(low, high)]
    return np.asarray(low + np.sum(above, axis=0))
