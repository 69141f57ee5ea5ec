"""The shop's records as its systems would export them: seven CSV files in three dialects, with the small faults that exports have."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from momot.worlds.orders.people import REGIONS, Flags, Integers, People
from momot.worlds.orders.touches import BAD, DAY, GOOD, NONE, TICKET_CHANNELS, Chance, Lives

Row = Sequence[object]

YEAR = datetime(2024, 1, 1)  # noqa: DTZ001  local time of the shop, as its systems write it
ISO, GERMAN = "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"
WORDS = {
    1: "Came far too late, or broken. Never again.",
    2: "Not what I paid for.",
    3: "It is all right.",
    4: "Good, thank you.",
    5: "Very happy, would order again.",
}


HEADERS = {
    "customers.csv": ("customer_id", "region", "earlier_orders", "earlier_complaints", "earlier_stars", "staff"),
    "orders.csv": ("order_id", "customer_id", "ordered_at", "status", "promised_on", "price_eur", "instalments", "parcels", "goodwill_eur"),
    "parcels.csv": ("order_id", "delivered_at", "courier_message", "message_at", "packed"),
    "tickets.csv": ("ticket_id", "order_id", "channel", "opened_at", "first_reply_at", "called_back_at"),
    "visits.csv": ("order_id", "page", "seen_at"),
    "mails.csv": ("order_id", "mail", "sent_at"),
    "reviews.csv": ("review_id", "order_id", "asked_at", "answered_at", "stars", "text"),
}
DELIMITERS = {"tickets.csv": ";", "reviews.csv": "\t"}


def write_files(folder: Path, chance: Chance, people: People, lives: Lives) -> None:
    """Write customers, orders, parcels, tickets, visits, mails and reviews into `folder`."""
    shipped = chance.cancelled > 0.02
    rows = np.flatnonzero(shipped)
    tables = {
        "customers.csv": _customers(people),
        "orders.csv": _orders(chance, lives, shipped),
        "parcels.csv": _parcels(lives, rows),
        "tickets.csv": _tickets(lives, rows),
        "visits.csv": _visits(chance, lives, rows),
        "mails.csv": _mails(chance, lives, rows),
        "reviews.csv": _with_faults(list(_reviews(lives, rows))),
    }
    for name, table in tables.items():
        _write(folder / name, HEADERS[name], table, DELIMITERS.get(name, ","))


def _with_faults(reviews: list[Row]) -> list[Row]:
    # The review system exports some lines twice and cannot always say when.
    faulty = reviews + reviews[10:14]
    for number in (25, 50, 75):
        faulty[number : number + 1] = [(*row[:3], "00.00.0000", *row[4:]) for row in faulty[number : number + 1]]
    return faulty


def _customers(people: People) -> Iterable[Row]:
    for row in range(len(people.patience)):
        stars = people.earlier_stars[row]
        yield (
            _customer(row),
            REGIONS[people.region[row]],
            people.earlier_orders[row],
            people.earlier_complaints[row],
            "" if np.isnan(stars) else stars,
            "yes" if people.staff[row] else "no",
        )


def _orders(chance: Chance, lives: Lives, shipped: Flags) -> Iterable[Row]:
    for row in range(len(shipped)):
        yield (
            _order(row),
            _customer(chance.person[row]),
            _time(chance.ordered[row]),
            "shipped" if shipped[row] else "cancelled",
            _time(lives.promise_ends[row] - DAY)[:10],
            f"{chance.price[row]:.2f}",
            lives.instalments[row],
            2 if lives.several_parcels[row] else 1,
            lives.goodwill[row] or "",
        )


def _parcels(lives: Lives, rows: Integers) -> Iterable[Row]:
    for row in rows:
        told = min(lives.promise_ends[row], lives.delivered[row]) + 120
        packed = {BAD: "damaged", GOOD: "note"}.get(int(lives.parcel[row]), "plain")
        yield _order(row), _time(lives.delivered[row]), "delayed" if lives.message[row] == BAD else "delivered", _time(told), packed


def _tickets(lives: Lives, rows: Integers) -> Iterable[Row]:
    number = 0
    for row in rows:
        if lives.reply[row] != NONE:
            number += 1
            opened = lives.ticket_opened[row]
            channel = TICKET_CHANNELS[lives.ticket_channel[row]]
            yield f"T{number:05d}", _order(row), channel, _time(opened, GERMAN), _time(opened + lives.reply_minutes[row], GERMAN), "-"
        if lives.callback[row]:
            number += 1
            call = _time(lives.answered[row] + DAY + 60 * (row % 9), GERMAN)
            yield f"T{number:05d}", _order(row), "phone", "-", "-", call


def _visits(chance: Chance, lives: Lives, rows: Integers) -> Iterable[Row]:
    for row in rows:
        known = min(lives.promise_ends[row], lives.delivered[row]) + 150
        for look in range(lives.status_looks[row]):
            yield _order(row), "order status", _time(known + int(chance.looked[row] * 600) + 240 * look)


def _mails(chance: Chance, lives: Lives, rows: Integers) -> Iterable[Row]:
    for row in rows:
        if lives.newsletter[row]:
            yield _order(row), "newsletter", _time(chance.ordered[row] + 20 * 60)


def _reviews(lives: Lives, rows: Integers) -> Iterable[Row]:
    for number, row in enumerate(rows[lives.answers[rows]]):
        stars = int(lives.stars[row])
        text = WORDS[stars] if number % 3 == 0 else ""
        yield f"R{number:05d}", _order(row), _time(lives.asked[row]), _time(lives.answered[row]), stars, text


def _write(path: Path, header: Sequence[str], rows: Iterable[Row], delimiter: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _order(row: int) -> str:
    return f"A{100_000 + row}"


def _customer(row: int) -> str:
    return f"C{10_000 + row}"


def _time(minute: int, form: str = ISO) -> str:
    return (YEAR + timedelta(minutes=int(minute))).strftime(form)
