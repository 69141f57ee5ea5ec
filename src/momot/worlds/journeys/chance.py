"""All chance of a world, drawn once: who the people are, how their intent moves, and every coin that a day may need.

A touch can only happen at a candidate: candidates are drawn at the highest rate that the touch can have, and the person's state on the day
says which of them happen (thinning; Lewis & Shedler 1979). Coins are a hash of a salt, the unit's day and the coin's name: as good as an
array of them, and the same for every life of a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.worlds.journeys.plan import BANDS, CLASSES, DISTRICTS, FEATURES, REGIONS, Floats, Integers, Plan

Small = npt.NDArray[np.int8]
Singles = npt.NDArray[np.float32]

MOST_A_DAY = 0.6  # highest rate of candidates of one touchpoint


@dataclass(frozen=True, slots=True)
class Chance:
    """Arrays of shape (units,) or (units, days); a unit is a person, or an account where persons share one.

    Candidates are sorted by unit and day: those of unit u on day d are `starts[u * days + d] : starts[u * days + d + 1]`.
    """

    days: int
    members: Integers  # persons of the unit
    first_day: Integers
    region: Small
    affinity: Small  # recorded class, 0 to CLASSES - 1
    affinity_hidden: Small
    age: Singles  # years
    intent: Small  # recorded band, 0 to BANDS - 1, (units, days)
    intent_hidden: Small
    starts: Integers
    moment: npt.NDArray[np.int16]
    uniform: Singles
    salt: int
    phase: Integers  # day of the first survey, and of the renewal within the month
    district: Small  # drives nothing but which accidents strike

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.first_day)

    def coin(self, cell: Integers, name: int) -> Floats:
        """A uniform for each unit's day (`cell` = unit * days + day), another one for each `name` (splitmix64; Steele et al. 2014)."""
        start = np.uint64((self.salt + name * 0xD1B54A32D192ED03) % 2**64)
        mixed: npt.NDArray[np.uint64] = cell.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return np.asarray((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11), dtype=np.float64) * 2.0**-53


def draw_chance(plan: Plan, units: int, random: np.random.Generator) -> Chance:
    """Draw people, intent, candidates and coins."""
    days = plan.days
    affinity, hidden = (random.binomial(CLASSES - 1, 0.45, units).astype(np.int8) for _ in range(2))
    early = random.random(units) < 0.7
    starts, moment = _candidates(plan, units, random)
    return Chance(
        days=days,
        members=random.integers(1, 2 * plan.members, units),
        first_day=np.where(early, 0, random.integers(1, max(days // 3, 2), units)),
        region=random.choice(len(REGIONS), size=units, p=(0.4, 0.3, 0.2, 0.1)).astype(np.int8),
        affinity=affinity,
        affinity_hidden=hidden,
        age=np.clip(random.normal(43, 14, units), 18, 85).round().astype(np.float32),
        intent=_intent(affinity, days, random, bursty=plan.bursty),
        intent_hidden=_intent(hidden, days, random, bursty=plan.bursty),
        starts=starts,
        moment=moment,
        uniform=random.random(len(moment), dtype=np.float32),
        salt=(salt := int(random.integers(0, 2**62))),
        phase=random.integers(0, plan.survey_every, units),
        district=np.random.default_rng([salt, DISTRICTS]).integers(0, DISTRICTS, units).astype(np.int8),  # apart from the other draws
    )


def highest_rates(plan: Plan) -> npt.NDArray[np.float64]:
    """The highest daily rate that each moment can have, (moments,)."""
    most = np.ones(len(FEATURES))
    most[[FEATURES.index("intent"), FEATURES.index("affinity")]] = plan.recorded_weight + plan.hidden_weight
    regions = [FEATURES.index(region) for region in REGIONS[1:]]
    rates = np.stack([moment.rates.sum(axis=0) for moment in plan.moments])
    elsewhere = rates[:, [i for i in range(len(FEATURES)) if i not in regions]] @ np.delete(most, regions)
    return np.asarray(np.minimum(elsewhere + np.maximum(rates[:, regions].max(axis=1), 0), MOST_A_DAY))


def _candidates(plan: Plan, units: int, random: np.random.Generator) -> tuple[Integers, npt.NDArray[np.int16]]:
    cells, moments = units * plan.days, len(plan.moments)
    keys = []
    for moment, rate in enumerate(highest_rates(plan)):
        drawn = random.integers(0, cells, random.poisson(-np.log1p(-rate) * cells))  # so that a cell is hit with chance `rate`
        keys.append(drawn * moments + moment)
    key = np.sort(np.concatenate(keys))
    key = key[np.insert(key[1:] != key[:-1], 0, True)]
    starts = np.zeros(cells + 1, dtype=np.int64)
    np.cumsum(np.bincount(key // moments, minlength=cells), out=starts[1:])
    return starts, (key % moments).astype(np.int16)


def _intent(level: Small, days: int, random: np.random.Generator, *, bursty: bool) -> Small:
    """A Markov chain over the bands for each unit, (units, days); where it tends to depends on `level`, the person's affinity.

    Bursty: it jumps up and dies down in about a week. Else it drifts about a value of the person's own for weeks.
    """
    units = len(level)
    found = np.empty((units, days), dtype=np.int8)
    tends = level.astype(np.float64) * (BANDS - 1) / (CLASSES - 1)
    band = np.clip(np.round(tends * (0.3 if bursty else 1) + random.normal(scale=1.5, size=units)), 0, BANDS - 1)
    for day in range(days):
        found[:, day] = band
        coin = random.random(units)
        if bursty:
            jumps = coin < 0.012 + 0.018 * level / (CLASSES - 1)
            falls = coin > 1 - 0.16 * (band > 0)
            rises = (coin > 0.5) & (coin < 0.53)
            band = np.where(jumps, np.maximum(band, random.integers(BANDS // 2, BANDS, units)), band - falls + rises)
        else:
            pull = np.clip(0.06 + 0.02 * (tends - band), 0.01, 0.11)
            band = band + (coin < pull) - (coin > 1 - (0.12 - pull))
        band = np.clip(band, 0, BANDS - 1)
    return found
