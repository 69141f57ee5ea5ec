"""Lives lived again from a touch on, and what they come to.

For outcomes that happen once (a first purchase within a time, the exit) each day's coin is replaced by its chance: the life goes on as if
it had not happened yet, and the chances add up to that of its happening within the time. That is the mean over the coin of the same life,
and leaves an error several times smaller than counting coins does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.worlds.journeys.days import Company
from momot.worlds.journeys.lives import Happened, Lives
from momot.worlds.journeys.meetings import State, Switch
from momot.worlds.journeys.plan import MEDIAN_PRICE, PRICE_SPREAD, Flags, Floats, Integers

AS_IT_WAS = 9  # in place of a quality
ROWS_AT_ONCE = 20_000
NEVER_ANSWERED = -1

Values = dict[tuple[str, int, int], Floats]
"""What each life came to: by outcome and days from (exclusive) and to (inclusive), (touches,), NaN where it can't be told."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Touches to live again. `state`: at the start of their day; `answered_on` (touches,): day of the next opinion that was given."""

    met: Happened
    state: State
    answered_on: Integers

    def of(self, rows: Integers | Flags) -> Touched:
        """Some of them."""
        met = Happened(*(getattr(self.met, name)[rows] for name in Happened.__slots__))
        return Touched(met, self.state.of(rows), self.answered_on[rows])

    def parts(self) -> list[Touched]:
        """All of them, in parts that fit in the cache."""
        return [self.of(np.arange(start, min(start + ROWS_AT_ONCE, len(self.met)))) for start in range(0, len(self.met), ROWS_AT_ONCE)]

    def switched(self, quality: int) -> Switch:
        """The touch set to `quality`; ABSENT: it does not happen; AS_IT_WAS: as it was."""
        return Switch(self.met.what, self.met.how if quality == AS_IT_WAS else np.full(len(self.met), quality))


def answered_on(lives: Lives, met: Happened, days: int) -> Integers:
    """The day of the first opinion after each touch's day, NEVER_ANSWERED where none was given."""
    given = np.sort(lives.opinions.unit * days + lives.opinions.day)
    if not len(given):
        return np.full(len(met), NEVER_ANSWERED)
    place = np.searchsorted(given, met.unit * days + met.day, side="right")
    found = given[np.minimum(place, len(given) - 1)]
    return np.where((place < len(given)) & (found // days == met.unit), found % days, NEVER_ANSWERED)


def live_again(company: Company, touched: Touched, quality: int, *, horizons: tuple[int, ...]) -> Values:
    """Outcomes within each horizon after the touch's day, the touch set to `quality`."""
    return _joined([_once(company, part, quality, horizons) | _later(company, part, quality, horizons) for part in touched.parts()])


def live_windows(company: Company, touched: Touched, quality: int, *, edges: tuple[int, ...]) -> Values:
    """A purchase (or the exit) in each of the disjoint windows between `edges`, days after the touch's day."""
    return _joined([_windows(company, part, quality, edges) for part in touched.parts()])


def _joined(parts: list[Values]) -> Values:
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _once(company: Company, touched: Touched, quality: int, horizons: tuple[int, ...]) -> Values:
    """What happens once: the first purchase, or the exit and the next renewal."""
    unit, day = touched.met.unit, touched.met.day
    names = ("churn", "renewal") if company.plan.subscription else ("purchase",)
    state = company.live_day(unit, day, touched.state, touched.switched(quality)).state
    still, sums = {name: np.ones(len(unit)) for name in names}, {name: np.zeros(len(unit)) for name in names}
    staying = np.ones(len(unit))
    found: Values = {}
    for ahead in range(1, max(horizons) + 1):
        today = company.live_day(unit, day + ahead, state, suppressed=True)
        state = today.state
        for name in names:
            chance = today.decided.rate[name]
            sums[name] += still[name] * staying * chance if name == "renewal" else still[name] * chance
            still[name] = still[name] * (1 - chance)
        if ahead in horizons:
            found |= {(name, 0, ahead): sums[name].copy() for name in names}
    if "purchase" in names:
        eligible = touched.state.bought > 0
        found |= {("repurchase", 0, ahead): np.where(eligible, found["purchase", 0, ahead], np.nan) for ahead in horizons}
    return found


def _later(company: Company, touched: Touched, quality: int, horizons: tuple[int, ...]) -> Values:
    """What a life comes to as it goes on: a good review, money spent, and the opinion on the day on which it was given."""
    unit, day, plan = touched.met.unit, touched.met.day, company.plan
    state = company.live_day(unit, day, touched.state, touched.switched(quality)).state
    price = MEDIAN_PRICE * np.exp(PRICE_SPREAD**2 / 2)
    silent, orders, opinion = np.ones(len(unit)), np.zeros(len(unit)), np.full(len(unit), np.nan)
    found: Values = {}
    for ahead in range(1, max(horizons) + 1):
        today = company.live_day(unit, day + ahead, state)
        state = today.state
        silent *= np.where(state.alive, 1 - today.said.good_review, 1.0)
        orders += today.decided.rate["purchase"]
        # Where the opinion decides who answers, its noise is not that of everybody; else the mean over it says the same with less error.
        answer = today.said.opinion if plan.answer_by_opinion else today.said.expected
        opinion = np.where(touched.answered_on == day + ahead, answer, opinion)
        if ahead in horizons:
            found |= {("advocacy", 0, ahead): 1 - silent, ("opinion", 0, ahead): opinion, ("spend", 0, ahead): price * orders}
    return found


def _windows(company: Company, touched: Touched, quality: int, edges: tuple[int, ...]) -> Values:
    unit, day = touched.met.unit, touched.met.day
    name = "churn" if company.plan.subscription else "purchase"
    state = company.live_day(unit, day, touched.state, touched.switched(quality)).state
    aside, still, total, since = state, np.ones(len(unit)), np.zeros(len(unit)), 0
    found: Values = {}
    for ahead in range(1, max(edges) + 1):
        if ahead - 1 in edges:  # from here on as if nothing happened yet in this window
            aside, still, total, since = state, state.alive.astype(np.float64), np.zeros(len(unit)), ahead - 1
        today = company.live_day(unit, day + ahead, aside, suppressed=True)
        aside = today.state
        total = total + still * today.decided.rate[name]
        still = still * (1 - today.decided.rate[name])
        state = company.live_day(unit, day + ahead, state).state
        if ahead in edges:
            found[name, since, ahead] = total
    return found
