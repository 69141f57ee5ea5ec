"""A small company at random: 200 people, several channels, orders with ids, ties in time, copies, employees, as files for momot."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

TOML = """
name = "Random company"
timezone = "{zone}"
currency = "EUR"

[[subjects]]
from = "orders.csv"
subject = "order_id"
person = "who"
start = "at"
end = "ended"

[[interactions]]
from = "events.csv"
activity = {{sql = "activity"}}
touchpoint = {{sql = "touchpoint"}}
channel = {{sql = "channel"}}
person = "who"
subject = "nullif(order_id, '')"
at = "at"
quality = {{sql = "nullif(quality, '')"}}
value = "value"

[[opinions]]
from = "opinions.csv"
person = "who"
at = "at"
instrument = "nps"
value = "score"
scale = [0, 10]

[people]
from = "people.csv"
person = "who"
employee = "staff = 'yes'"
acquisition_cost = "cost"
{more}
"""

# touchpoint, activity, channel, how often
ACTS = (
    ("ads.banner", "ad_seen", "ads", 5),
    ("email.newsletter", "sent", "email", 4),
    ("search.engine", "searched", "search", 5),
    ("reviews.page", "reviews_read", "review_site", 4),
    ("site.home", "visited", "web", 8),
    ("product.page", "product_viewed", "web", 8),
    ("price.page", "price_viewed", "web", 4),
    ("support.call", "call_answered", "phone", 3),
    ("support.ticket", "ticket_opened", "web", 3),
    ("support.reply", "ticket_answered", "email", 3),
    ("delivery.promise", "promise_due", "courier", 2),
    ("delivery.parcel", "parcel_delivered", "courier", 2),
    ("reviews.form", "review_written", "web", 2),
    ("friends.refer", "referred", "app", 1),
    ("checkout.order", "order_placed", "web", 12),
    ("orders.return", "order_returned", "post", 1),
)


PAUSES = (0, 2, 5, 180, 1800, 1860, 7 * 3600)  # seconds; 1800 is just a session's gap
NIGHTS = ((2024, 3, 31), (2024, 10, 27), (2024, 4, 7), (2024, 5, 1))  # clocks change in some zone, and a quiet one
START = datetime(2024, 2, 20, tzinfo=UTC)

Rows = list[dict[str, str]]


def write(folder: Path, *, seed: int, zone: str = "Europe/Tallinn", people: int = 200, more: str = "") -> None:
    """Write a project. Times have an offset, so that the zone only sets the days; `more` goes to the end of momot.toml."""
    rng = random.Random(seed)
    events: Rows = []
    orders: Rows = []
    for number in range(people):
        events += _life(rng, f"p{number:03d}", orders, ZoneInfo(zone))
    rng.shuffle(events)
    opinions = [
        {
            "who": f"p{rng.randrange(people):03d}",
            "at": (START + timedelta(days=rng.randrange(120))).isoformat(),
            "score": str(rng.randrange(11)),
        }
        for _ in range(people // 2)
    ]
    staff = [
        {"who": f"p{number:03d}", "staff": "yes" if rng.random() < 0.05 else "no", "cost": rng.choice(("", "5", "12.5"))}
        for number in range(people)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("events", events), ("orders", orders), ("opinions", opinions), ("people", staff)):
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "momot.toml").write_text(TOML.format(zone=zone, more=more), encoding="utf-8")


def _life(rng: random.Random, who: str, orders: Rows, zone: ZoneInfo) -> Rows:
    """The events of one person; orders with an id are added to `orders`."""
    events: Rows = []
    at = START + timedelta(minutes=rng.randrange(60 * 24 * 60))
    for _ in range(rng.choice((1, 2, 3, 5, 8, 13, 30))):
        touchpoint, activity, channel, _ = rng.choices(ACTS, [act[3] for act in ACTS])[0]
        order = orders[-1]["order_id"] if orders and orders[-1]["who"] == who and rng.random() < 0.4 else ""
        if activity == "order_placed" and rng.random() < 0.8:
            order = f"o{len(orders) + 1}"
            ended = "" if rng.random() < 0.2 else (at + timedelta(hours=rng.randrange(1, 400))).isoformat()
            orders.append({"order_id": order, "who": who, "at": at.isoformat(), "ended": ended})
        value = str(rng.randrange(500, 9000) / 100) if activity == "order_placed" else ""
        events.append(_event(who, at, touchpoint, activity, channel, order, rng.choice(("", "bad", "neutral", "good")), value))
        if activity == "ticket_opened" and rng.random() < 0.8:
            answered = at + timedelta(minutes=rng.randrange(1, 3000))
            events.append(_event(who, answered, "support.reply", "ticket_answered", "email", order, "good"))
        at += timedelta(seconds=rng.choice((*PAUSES, 86_400 * rng.randrange(1, 40))))
    if rng.random() < 0.1:
        events.append(dict(events[-1]))  # an exact copy
    if rng.random() < 0.2:
        night = datetime(*rng.choice(NIGHTS), tzinfo=zone).astimezone(UTC)
        events += [_event(who, night + timedelta(minutes=m), "site.home", "visited", "web") for m in (-1, 0, 59, 60, 119, 120, 180, 1439)]
    return events


def _event(
    who: str, at: datetime, touchpoint: str, activity: str, channel: str, order: str = "", quality: str = "", value: str = ""
) -> dict[str, str]:
    return {
        "who": who, "at": at.isoformat(), "touchpoint": touchpoint, "activity": activity, "channel": channel, "order_id": order,
        "quality": quality, "value": value,
    }  # fmt: skip
