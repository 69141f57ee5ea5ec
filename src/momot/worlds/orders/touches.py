"""What happens to an order: every touch, and the stars it ends in, as a function of chance and of what is switched.

All chance is drawn once (`Chance`). `live` turns it into what happened; with a switch it turns the same chance into what would have
happened had that one touch gone otherwise, everything before it unchanged and everything after it lived again. Times are minutes since the
first minute of the simulated year, in local time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from momot.worlds.orders.people import PROMISED_DAYS, Flags, Floats, Integers, People

Scalar = TypeVar("Scalar", bound=np.generic)

DAY = 24 * 60
NONE, BAD, NEUTRAL, GOOD = -9, -1, 0, 1  # how a touch went; NONE: it did not happen
TICKET_CHANNELS = ("chat", "phone", "email")
INSTALMENTS = (1, 3, 6, 12)

# What each touch adds to the feeling behind the stars.
LATE, DAMAGED, SLOW_REPLY, QUICK_REPLY, SEVERAL_PARCELS = -1.5, -1.1, -0.9, 0.6, -0.35


@dataclass(frozen=True, slots=True)
class Chance:
    """Every random draw of every order, shape (orders,): uniform on 0-1 unless said otherwise."""

    person: Integers  # row of People
    ordered: Integers  # minute
    cancelled: Floats
    price: Floats  # euro
    instalments: Floats
    parcels: Floats
    newsletter: Floats
    late: Floats
    days: Floats  # how late, or how early
    message: Floats
    looks: Floats
    looked: Floats  # when
    packed: Floats
    ticket: Floats
    opened: Floats
    channel: Floats
    queue: Floats  # standard normal
    feeling: Floats  # normal, standard deviation .8
    answers: Floats
    answered: Floats
    goodwill: Floats
    callback: Floats


UNIFORM = tuple(field.name for field in fields(Chance) if field.name not in {"person", "ordered", "price", "queue", "feeling"})


@dataclass(frozen=True, slots=True)
class Switch:
    """One touch set for every order; None leaves it to chance. NONE means that it does not happen."""

    promise: int | None = None
    parcel: int | None = None
    reply: int | None = None
    message: int | None = None
    status_looks: int | None = None
    newsletter: bool | None = None
    several_parcels: bool | None = None
    instalments: int | None = None


@dataclass(frozen=True, slots=True)
class Lives:
    """What happened to each order, shape (orders,). Minutes of touches that did not happen are meaningless."""

    promised_days: Integers
    promise_ends: Integers  # minute: the end of the promised day
    several_parcels: Flags
    instalments: Integers
    newsletter: Flags
    promise: Integers  # BAD late, GOOD in time
    delivered: Integers  # minute
    message: Integers  # BAD "delayed", GOOD "delivered"
    status_looks: Integers
    parcel: Integers  # BAD damaged, NEUTRAL plain, GOOD with a handwritten note
    reply: Integers  # NONE: no ticket
    ticket_opened: Integers
    ticket_channel: Integers
    reply_minutes: Integers
    stars: Integers  # had they been asked; shown only where `answers`
    asked: Integers
    answers: Flags
    answered: Integers
    goodwill: Integers  # euro, given because of the stars
    callback: Flags  # made because of the stars


def draw_chance(orders: int, people: People, random: np.random.Generator, *, days: int = 365) -> Chance:
    """Draw all that chance decides. Everybody orders once; the orders beyond that are repeat orders of some."""
    count = len(people.patience)
    again = random.choice(count, size=max(orders - count, 0))
    person = np.concatenate([np.arange(count), again])[:orders]
    season = random.random(orders) < 0.22  # a fifth of the year's orders fall into its last six weeks
    day = np.where(season, days - 42 + random.integers(0, 42, orders), random.integers(0, days, orders))
    return Chance(
        person=person,
        ordered=(day * DAY + 7 * 60 + random.integers(0, 16 * 60, orders)).astype(np.int64),
        price=np.exp(random.normal(3.6, 0.6, orders)).round(2),
        queue=random.normal(size=orders),
        feeling=random.normal(scale=0.8, size=orders),
        **{name: random.random(orders) for name in UNIFORM},
    )


def live(chance: Chance, people: People, switch: Switch = Switch()) -> Lives:
    """What happens to each order, by chance and by `switch`."""
    person = chance.person
    patience, complaints = people.patience[person], people.earlier_complaints[person]
    promised_days = np.asarray(PROMISED_DAYS)[people.region[person]]
    promise_ends = (chance.ordered // DAY + promised_days + 1) * DAY
    last_weeks = chance.ordered >= 323 * DAY

    several = _set(chance.parcels < 0.06 + 0.12 * (chance.price > 60), switch.several_parcels)
    dear = np.searchsorted([0.55, 0.8, 0.93], chance.instalments + 0.2 * (chance.price > 60) - 0.1)
    instalments = _set(np.asarray(INSTALMENTS)[dear], switch.instalments)
    newsletter = _set(chance.newsletter < 0.3 + 0.1 * (people.region[person] == 0), switch.newsletter)

    # Far away and before the holidays parcels are late more often; who never complained gets the better courier.
    risk = (0.04 + 0.03 * promised_days) * np.where(last_weeks, 1.6, 1.0) * np.where(complaints > 0, 1.0, 0.6)
    promise = _set(np.where(chance.late < risk, BAD, GOOD), switch.promise)
    late = promise == BAD
    early = chance.days * 0.4 * promised_days
    delivered = (promise_ends + DAY * np.where(late, 0.3 + 5.5 * chance.days**2, -0.15 - early)).astype(np.int64)

    message = _set(np.where(chance.message < np.where(late, 0.6, 0.15), BAD, GOOD), switch.message)
    rate = 0.5 + 1.4 * late + 0.4 * np.minimum(complaints, 3)
    looks = _set(np.floor(-np.log1p(-chance.looks) * rate).astype(np.int64), switch.status_looks)
    parcel = _set(np.where(chance.packed < 0.05, BAD, np.where(chance.packed > 0.75, GOOD, NEUTRAL)), switch.parcel)

    # Who waits for a parcel, holds a broken thing or has little patience writes or calls; how soon an answer comes depends on the queue.
    asks = chance.ticket < 1 / (1 + np.exp(-(-2.3 + 1.3 * late + 1.4 * (parcel == BAD) - 0.4 * patience)))
    channel = np.searchsorted([0.35, 0.6], chance.channel)
    minutes = np.exp(5.9 + np.asarray([-0.5, -0.2, 0.6])[channel] + 0.3 * last_weeks + 1.2 * chance.queue)
    by_queue = np.where(minutes <= 3 * 60, GOOD, np.where(minutes <= 12 * 60, NEUTRAL, BAD))
    reply = _set(np.where(asks, by_queue, NONE), switch.reply)
    opened = np.maximum(promise_ends, delivered) + (chance.opened * 20 * 60).astype(np.int64) + 60

    feeling = (
        4.2
        + 0.4 * patience
        - 0.08 * (promised_days - 4)
        + LATE * late
        + DAMAGED * (parcel == BAD)
        + SLOW_REPLY * (reply == BAD)
        + QUICK_REPLY * (reply == GOOD)
        + SEVERAL_PARCELS * several
        + chance.feeling
    )
    stars = np.clip(np.round(feeling), 1, 5).astype(np.int64)
    asked = (promise_ends // DAY + 10) * DAY + 9 * 60
    answers = (chance.answers < 0.62 + 0.06 * np.minimum(people.earlier_orders[person], 3)) & (chance.cancelled > 0.02)
    unhappy = answers & (stars <= 2)
    return Lives(
        promised_days=promised_days,
        promise_ends=promise_ends,
        several_parcels=several,
        instalments=instalments,
        newsletter=newsletter,
        promise=promise,
        delivered=delivered,
        message=message,
        status_looks=looks,
        parcel=parcel,
        reply=reply,
        ticket_opened=opened,
        ticket_channel=channel,
        reply_minutes=np.clip(minutes, 4, 60 * 60).astype(np.int64),
        stars=stars,
        asked=asked,
        answers=answers,
        answered=asked + (10 + chance.answered**2 * 5 * DAY).astype(np.int64),
        goodwill=np.where(unhappy & (chance.goodwill < 0.97), 5 + 5 * (stars == 1), 0),
        callback=answers & (chance.callback < np.where(stars <= 2, 0.6, 0.03)),
    )


def _set(by_chance: npt.NDArray[Scalar], switched: int | bool | None) -> npt.NDArray[Scalar]:
    return by_chance if switched is None else np.full_like(by_chance, switched)
