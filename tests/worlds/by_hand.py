"""One life at a time in plain Python: the same plan and the same chance as `momot.worlds.journeys`, written again from its description."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from momot.worlds.journeys.chance import Chance, highest_rates
from momot.worlds.journeys.plan import BAD, FEATURES, GOOD, NEUTRAL, REGIONS, Plan

BUYS, WRITES, FEELS, ANSWERS, TRIGGERED, TRIGGERS, COMPANION = 0, 1, 2, 3, 100, 200, 300


@dataclass
class Life:
    """A person on one day, and what the day brought."""

    marks: dict[int, float] = field(default_factory=dict)
    sated: float = 0.0
    bought: int = 0
    touched_on: int = -10_000
    due: dict[int, int] = field(default_factory=dict)
    left: bool = False

    touches: dict[int, int] = field(default_factory=dict)
    buys: bool = False
    purchase: float = 0.0
    churn: float = 0.0
    good_review: float = 0.0
    stars: int = 0
    answers: bool = False


class Person:
    """Lives days of one person, with a touch switched where asked."""

    def __init__(self, plan: Plan, chance: Chance, unit: int) -> None:
        self.plan, self.chance, self.unit, self.most = plan, chance, unit, highest_rates(plan)

    def coin(self, day: int, name: int) -> float:
        return float(self.chance.coin(np.array([self.unit * self.chance.days + day]), name)[0])

    def until(self, day: int) -> Life:
        """Everything before `day`."""
        life = Life()
        for earlier in range(int(self.chance.first_day[self.unit]), day):
            life = self.day(life, earlier)
        return life

    def day(self, life: Life, day: int, switch: tuple[int, int | None] | None = None, *, suppressed: bool = False) -> Life:
        plan, chance, unit = self.plan, self.chance, self.unit
        seen, unseen = math.sqrt(1 - plan.hidden), math.sqrt(plan.hidden)
        intent = (seen * int(chance.intent[unit, day]) + unseen * int(chance.intent_hidden[unit, day])) / 7
        affinity = (seen * int(chance.affinity[unit]) + unseen * int(chance.affinity_hidden[unit])) / 4
        both = float(intent > 0.55 and affinity > 0.55)
        season = 0.5 + 0.5 * math.cos(2 * math.pi * (day + 15) / 365.25)
        region = int(chance.region[unit])

        def shift(outcome: str) -> float:
            return sum(mark * plan.moments[moment].changes.get(outcome, 0.0) for moment, mark in life.marks.items())

        pull = plan.intent_on_outcome * intent + plan.affinity_on_outcome * affinity + plan.threshold * both
        new = Life(dict(life.marks), life.sated, life.bought, life.touched_on, dict(life.due), life.left)
        due = False
        if plan.subscription:
            since = day - int(chance.first_day[unit])
            due = since > 0 and (since - int(chance.phase[unit]) % 30) % 30 == 0
            leaving = min(plan.churn_rate * math.exp(0.8 - pull + shift("churn") + 0.1 * region), 0.6)
            new.churn = leaving if due else 0.0
            new.left = life.left or (due and not suppressed and self.coin(day, BUYS) < leaving)
        else:
            new.purchase = min(plan.purchase_rate * math.exp(pull + shift("purchase") + 0.4 * season + life.sated - 0.15 * region), 0.5)
            new.buys = not suppressed and self.coin(day, BUYS) < new.purchase
        well = 1 / (1 + math.exp(0.4 - 0.8 * affinity - 0.3 * intent - shift("review")))
        new.good_review = (0.014 if life.bought else 0.004) * well
        felt = self.coin(day, FEELS)
        content = 3.0 + 0.9 * affinity + 0.5 * intent + shift("opinion") + 0.6 * math.log(felt / (1 - felt))
        low, high = plan.scale
        new.stars = min(max(round(low + (content - 1) * (high - low) / 4), low), high)
        asked = not new.left and (day - int(chance.phase[unit])) % plan.survey_every == 0
        recorded = int(chance.intent[unit, day]) / 7 - 0.25 + int(chance.affinity[unit]) / 4 - 0.45
        answering = plan.answer_share + plan.answer_by_opinion * (3 - new.stars) / 2 + plan.answer_by_history * recorded
        new.answers = asked and self.coin(day, ANSWERS) < answering
        if new.left:
            return new

        features = {"always": 1.0, "intent": intent, "affinity": affinity, "season": season, "both": both}
        features |= {"age": (float(chance.age[unit]) - 18) / 67}
        features |= {name: float(region == code) for code, name in enumerate(REGIONS) if code}
        features |= {"inactive": float(day - life.touched_on > 7), "at_risk": float(intent < 0.2)}
        new.touches = self.meets(life, day, [features[name] for name in FEATURES])
        if switch is not None:
            new.touches.pop(switch[0], None)
            if switch[1] is not None:
                new.touches[switch[0]] = switch[1]
        self.carry(life, new, day, region, pays=new.buys or due)
        return new

    def meets(self, life: Life, day: int, features: list[float]) -> dict[int, int]:
        """The touches of the day: those that chance offers and the state takes, those that follow something, those that come along."""
        plan, chance, cell = self.plan, self.chance, self.unit * self.chance.days + day
        met: list[tuple[int, int]] = []
        for place in range(int(chance.starts[cell]), int(chance.starts[cell + 1])):
            moment = int(chance.moment[place])
            at = float(chance.uniform[place]) * float(self.most[moment])
            bad, neutral, good = (float(np.dot(plan.moments[moment].rates[quality], features)) for quality in (BAD, NEUTRAL, GOOD))
            if at < bad + neutral + good:
                met.append((moment, BAD if at < bad else NEUTRAL if at < bad + neutral else GOOD))
        for number, trigger in enumerate(plan.triggers):
            if life.due.get(number) == day:
                coin = self.coin(day, TRIGGERED + number)
                met.append(
                    (trigger.moment, BAD if coin < trigger.odds[0] else NEUTRAL if coin < trigger.odds[0] + trigger.odds[1] else GOOD)
                )
        for accident in plan.accidents:
            if (day, int(chance.district[self.unit])) in accident.struck:
                met.append((accident.moment, NEUTRAL))
        for number, companion in enumerate(plan.companions):
            for moment, quality in list(met):
                if moment == companion.leader and self.coin(day, COMPANION + 3 * number) < companion.share:
                    copies = self.coin(day, COMPANION + 3 * number + 1) < companion.copies
                    met.append((companion.moment, quality if copies else int(3 * self.coin(day, COMPANION + 3 * number + 2))))
        worst = {}
        for quality in (NEUTRAL, GOOD, BAD):  # the later hides the earlier
            worst |= {moment: quality for moment, as_met in met if as_met == quality}
        return worst

    def carry(self, life: Life, new: Life, day: int, region: int, *, pays: bool) -> None:
        """Into the next day."""
        plan = self.plan
        new.marks = {moment: mark * 0.5 ** (1 / plan.moments[moment].half_life_days) for moment, mark in life.marks.items()}
        for moment, quality in new.touches.items():
            planted = plan.moments[moment]
            if planted.changes:
                added, before = planted.strength[quality] * planted.by_region[region], new.marks.get(moment, 0.0)
                kept = max(before, added) if added > 0 else min(before, added)
                new.marks[moment] = kept if plan.saturated else before + added
        if new.touches:
            new.touched_on = day
        for number, trigger in enumerate(plan.triggers):
            led = trigger.leader in new.touches and trigger.quality in (None, new.touches.get(trigger.leader, -1))
            if (pays if trigger.leader is None else led) and self.coin(day, TRIGGERS + number) < trigger.share:
                new.due[number] = day + trigger.lag_days
        new.sated = (life.sated + plan.satiation * new.buys) * 0.5 ** (1 / 7)
        new.bought = life.bought + new.buys
