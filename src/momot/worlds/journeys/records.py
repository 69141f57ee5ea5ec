"""The company's records: what its systems would hold, as Parquet files with a project file, and apart from them what nobody sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from momot.worlds.journeys.chance import Chance
from momot.worlds.journeys.lives import Happened, Lives
from momot.worlds.journeys.plan import CLASSES, DISTRICTS, GOOD, MEDIAN_PRICE, NEUTRAL, PRICE_SPREAD, QUALITIES, REGIONS, Integers, Plan

FIRST_DAY = datetime(2024, 1, 1)  # noqa: DTZ001  local, as the systems write it
MINUTES = 24 * 60
EVENING = 23 * 60 + 30  # when the score of the next day is written
AGAIN_SHARE = 0.08  # of touches that are two rows of the records on the same day
ACTIVITIES = {"stimulus": "shown", "zmot": "looked_at", "fmot": "used", "smot": "dealt_with", "umot": "took_part"}


def write_records(folder: Path, plan: Plan, chance: Chance, lives: Lives, random: np.random.Generator) -> None:
    """Write people, touches, scores, orders or renewals, reviews and surveys, and `hidden.parquet`.

    Where persons share an account, each row is that of one of its members, drawn at random.
    """
    _write(folder / "people.parquet", _people(plan, chance))
    _write(folder / "touches.parquet", _touches(plan, chance, lives, random))
    _write(folder / "scores.parquet", _scores(chance, lives, random))
    if plan.subscription:
        _write(folder / "contracts.parquet", _contracts(chance, lives, random))
    else:
        _write(folder / "orders.parquet", _orders(chance, lives, random))
    if "advocacy" in plan.outcomes:
        _write(folder / "reviews.parquet", _reviews(chance, lives, random))
    if "opinion" in plan.outcomes:
        _write(folder / "surveys.parquet", _surveys(plan, chance, lives, random))
    _write(folder / "hidden.parquet", _hidden(chance))


def _write(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd")


def _at(day: Integers, minute: Integers) -> pa.Array:
    """Local times; `day` counts from the first day of the records."""
    start = int((FIRST_DAY - datetime(1970, 1, 1)) / timedelta(microseconds=1))  # noqa: DTZ001
    return pa.array(start + (day * MINUTES + minute) * 60_000_000, type=pa.timestamp("us"))


def _named(codes: npt.NDArray[np.integer], names: list[str] | tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16)), pa.array(list(names))).cast(pa.string())


def _people(plan: Plan, chance: Chance) -> pa.Table:
    unit = np.repeat(np.arange(chance.units), chance.members)
    account = {"account_id": pa.array(unit).cast(pa.string())} if plan.members > 1 else {}
    return pa.table(
        {
            "person_id": np.arange(len(unit)),
            **account,
            "region": _named(chance.region[unit], REGIONS),
            **({"district": _named(chance.district[unit], [f"d{place:02}" for place in range(DISTRICTS)])} if plan.accidents else {}),
            "affinity": _named(chance.affinity[unit], [f"class {level + 1}" for level in range(CLASSES)]),
            "age": chance.age[unit].astype(np.int64),
            "joined_on": _at(chance.first_day[unit], np.zeros_like(unit)).cast(pa.date32()),
        }
    )


def _anybody(chance: Chance, unit: Integers, random: np.random.Generator) -> Integers:
    """A person of each unit."""
    first = np.cumsum(chance.members) - chance.members
    return np.asarray(first[unit] + (random.random(len(unit)) * chance.members[unit]).astype(np.int64))


def _touches(plan: Plan, chance: Chance, lives: Lives, random: np.random.Generator) -> pa.Table:
    """One row a touch, and some of them twice on their day: the second time no worse, and never better than the first."""
    touches = lives.touches
    rows = np.concatenate([np.arange(len(touches)), np.flatnonzero(random.random(len(touches)) < AGAIN_SHARE)])
    again = np.arange(len(rows)) >= len(touches)
    touches = Happened(*(getattr(touches, name)[rows] for name in Happened.__slots__))
    rated = np.array([moment.rated for moment in plan.moments])[touches.what]
    recorded = np.where(again & (touches.how == GOOD) & (random.random(len(rows)) < 0.5), NEUTRAL, touches.how)
    if plan.quality_error:
        wrong = random.random(len(touches)) < plan.quality_error
        recorded[wrong] = np.clip(recorded[wrong] + random.choice((-1, 1), int(wrong.sum())), 0, 2)
    quality = pa.DictionaryArray.from_arrays(pa.array(recorded.astype(np.int8), mask=~rated), pa.array(list(QUALITIES))).cast(pa.string())
    return pa.table(
        {
            "person_id": _anybody(chance, touches.unit, random),
            "at": _at(touches.day, random.integers(7 * 60, 23 * 60, len(touches))),
            "touchpoint": _named(touches.what, [moment.touchpoint for moment in plan.moments]),
            "activity": _named(touches.what, [ACTIVITIES[moment.stage] for moment in plan.moments]),
            "channel": _named(touches.what, [moment.channel for moment in plan.moments]),
            "quality": quality,
        }
    )


def _scores(chance: Chance, lives: Lives, random: np.random.Generator) -> pa.Table:
    """The band of each day where it changed, written late in the evening before."""
    changed = np.ones(chance.intent.shape, dtype=bool)
    changed[:, 1:] = chance.intent[:, 1:] != chance.intent[:, :-1]
    day = np.arange(chance.days)
    changed &= day >= chance.first_day[:, None]
    changed[np.arange(chance.units), chance.first_day] = True
    last = np.where(lives.left_on < 0, chance.days, lives.left_on)
    changed &= day < last[:, None]
    unit, day = np.nonzero(changed)
    at = _at(day - 1, np.full(len(day), EVENING))
    return pa.table({"person_id": _anybody(chance, unit, random), "at": at, "band": chance.intent[unit, day].astype(np.int64)})


def _orders(chance: Chance, lives: Lives, random: np.random.Generator) -> pa.Table:
    orders = lives.purchases
    return pa.table(
        {
            "order": np.arange(len(orders)),
            "person_id": _anybody(chance, orders.unit, random),
            "at": _at(orders.day, random.integers(8 * 60, 22 * 60, len(orders))),
            "value": np.exp(random.normal(np.log(MEDIAN_PRICE), PRICE_SPREAD, len(orders))).round(2),
        }
    )


def _contracts(chance: Chance, lives: Lives, random: np.random.Generator) -> pa.Table:
    left = np.flatnonzero(lives.left_on >= 0)
    unit = np.concatenate([lives.renewals.unit, left])
    day = np.concatenate([lives.renewals.day, lives.left_on[left]])
    ended = np.arange(len(unit)) >= len(lives.renewals)
    what = _named(ended.astype(np.int16), ("renewed", "cancelled"))
    return pa.table({"person_id": _anybody(chance, unit, random), "at": _at(day, np.full(len(day), 6 * 60)), "what": what})


def _reviews(chance: Chance, lives: Lives, random: np.random.Generator) -> pa.Table:
    reviews = lives.reviews
    return pa.table(
        {
            "person_id": _anybody(chance, reviews.unit, random),
            "at": _at(reviews.day, random.integers(8 * 60, 22 * 60, len(reviews))),
            "verdict": _named(reviews.what, ("bad", "good")),
        }
    )


def _surveys(plan: Plan, chance: Chance, lives: Lives, random: np.random.Generator) -> pa.Table:
    opinions = lives.opinions
    minute = random.integers(8 * 60, 22 * 60, len(opinions))
    return pa.table(
        {
            "person_id": _anybody(chance, opinions.unit, random),
            "asked": _at(opinions.day, 0 * minute + 6 * 60),
            "at": _at(opinions.day, minute),
            plan.instrument: opinions.what,
        }
    )


def _hidden(chance: Chance) -> pa.Table:
    """One row a unit (person, or account where persons share one) and day: what drives it, recorded or not."""
    units, days = chance.intent.shape
    return pa.table(
        {
            "unit": np.repeat(np.arange(units, dtype=np.int32), days),
            "day": np.tile(np.arange(days, dtype=np.int16), units),
            "intent": chance.intent.ravel(),
            "intent_hidden": chance.intent_hidden.ravel(),
            "affinity_hidden": np.repeat(chance.affinity_hidden, days),
        }
    )
