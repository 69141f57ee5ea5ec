"""A small project that was really built: a shop of some people whose journeys, texts and rows anybody can count by hand."""

from __future__ import annotations

import csv
from pathlib import Path

from momot import api
from tests.findings.documents import THAI

PEOPLE, CALLERS, WRITERS = 120, 90, 100
SECRET = "person-00"
PROJECT = """
name = "Corner shop"
timezone = "UTC"
currency = "EUR"
[people]
from = "people.csv"
person = "id"
segments = {region = "region"}
employee = "id = 'person-00119'"
[[subjects]]
from = "orders.csv"
subject = "order_id"
person = "id"
start = "try_cast(at AS TIMESTAMP)"
[[interactions]]
from = "visits.csv"
person = "id"
at = "at"
activity = "page_viewed"
touchpoint = {sql = "'<b>site.offer</b>'"}
channel = "web"
[[interactions]]
from = "orders.csv"
person = "id"
at = "at"
activity = "order_placed"
touchpoint = "checkout.order"
channel = "web"
subject = "order_id"
value = "eur"
[[interactions]]
from = "calls.csv"
person = "id"
at = "at"
activity = "call_answered"
touchpoint = "support.call"
channel = "phone"
quality = {sql = "went"}
[[interactions]]
from = "pings.csv"
person = "id"
at = "at"
activity = "zzz"
touchpoint = "qqq.ping"
channel = "other"
[[opinions]]
from = "opinions.csv"
person = "id"
at = "at"
instrument = "stars"
value = "stars"
scale = [1, 5]
text = "words"
[outcomes.opinion]
opinion = "stars"
per = "person"
within = "30 days"
unit = "stars"
"""
BAD = "The line was dead and nobody called me back, order 4711 of jane@example.com is lost"
GOOD = "Friendly and quick help on the phone, thank you"


def _write(path: Path, head: str, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(rows)


def built(folder: Path, *, offers: int = 1) -> Path:
    """Write and build it. `offers`: so many touchpoints instead of the one offer, each with a long name."""
    folder.mkdir()
    project = PROJECT if offers == 1 else PROJECT.replace("{sql = \"'<b>site.offer</b>'\"}", '{sql = "offer"}')
    (folder / "momot.toml").write_text(project, encoding="utf-8")
    ids = [f"person-{number:05d}" for number in range(PEOPLE)]
    _write(folder / "people.csv", "id,region", [[one, "north" if n % 2 else "south & <west>"] for n, one in enumerate(ids)])
    seen = [(n, one, offer) for n, one in enumerate(ids) for offer in (range(n % 5, offers, 5) if offers > 1 else [0])]
    visits = [[one, f"2026-01-{1 + n % 20:02d} 09:00:{offer % 60:02d}", f"{THAI}.{offer}"] for n, one, offer in seen]
    _write(folder / "visits.csv", "id,at,offer", visits)
    orders: list[list[object]] = [[one, f"2026-01-{1 + n % 20:02d} 10:00:00", f"secret-order-{n}", "9.50"] for n, one in enumerate(ids)]
    orders.append(["person-00001", "not a time", "secret-order-x", "1"])
    _write(folder / "orders.csv", "id,at,order_id,eur", orders)
    calls = [[one, f"2026-01-{2 + n % 20:02d} 12:00:00", "bad" if n % 2 else "good"] for n, one in enumerate(ids[:CALLERS])]
    _write(folder / "calls.csv", "id,at,went", calls)
    _write(folder / "pings.csv", "id,at", [["person-00003", "2026-01-25 12:00:00"]])
    said = [[one, f"2026-01-{5 + n % 20:02d} 12:00:00", 1 if n % 2 else 5, BAD if n % 2 else GOOD] for n, one in enumerate(ids[:WRITERS])]
    _write(folder / "opinions.csv", "id,at,stars,words", said)
    api.build(api.open(folder))
    return folder
