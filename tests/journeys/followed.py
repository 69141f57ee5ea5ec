"""Journeys in plain Python: one person after the other, one interaction after the other. What the tables and facts are held to."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from momot.build import Build

AWAY = {"ads", "email", "sms", "post", "courier", "survey"}
STAGE = {
    "ads.banner": "stimulus", "email.newsletter": "stimulus", "search.engine": "zmot", "reviews.page": "zmot", "site.home": "zmot",
    "product.page": "zmot", "price.page": "fmot", "checkout.order": "fmot", "delivery.parcel": "smot", "delivery.promise": "smot",
    "orders.return": "smot", "reviews.form": "umot", "friends.refer": "umot",
}  # fmt: skip


def dicts(built: Build, sql: str) -> list[dict[str, Any]]:
    with built.connect() as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def interactions(built: Build) -> list[dict[str, Any]]:
    return dicts(
        built,
        """SELECT i.*, t.touchpoint, a.activity, c.channel FROM interactions i JOIN touchpoints t USING (touchpoint_id)
        JOIN activities a USING (activity_id) LEFT JOIN channels c ON c.channel_id = i.channel_id
        WHERE NOT duplicate""",
    )


def lived(rows: list[dict[str, Any]], zone: str, *, gap: timedelta = timedelta(minutes=30)) -> list[dict[str, Any]]:
    """The journeys, one person after the other, one interaction after the other."""
    found = []
    for person in sorted({row["person_id"] for row in rows}):
        own = sorted((row for row in rows if row["person_id"] == person), key=lambda row: (row["happened_at"], row["interaction_id"]))
        bought_subjects, bought_instants = set[int](), set[int]()
        purchases: list[int] = []
        met: Counter[int] = Counter()
        session, acted_at = 0, None
        for row in own:
            at = row["happened_at"]
            met[row["touchpoint_id"]] += 1
            purchase = False
            if row["activity"] == "order_placed":
                seen, key = (bought_instants, at) if row["subject_id"] is None else (bought_subjects, row["subject_id"])
                purchase = key not in seen
                seen.add(key)
            cycle = sum(1 for earlier in purchases if earlier < at)
            if purchase:
                purchases.append(at)
            acts = row["channel"] not in AWAY
            if acts:
                session += acted_at is None or at - acted_at > gap / timedelta(microseconds=1)
                acted_at = at
            local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
            stage = STAGE.get(row["touchpoint"]) or ("zmot" if cycle == 0 else "smot")
            found.append(
                {
                    **row, "stage": stage, "acts": acts, "day": (local.date() - date(1970, 1, 1)).days,
                    "moment": f"{row['touchpoint']}@{stage}", "purchase": purchase, "occurrence": met[row["touchpoint_id"]],
                    "session": session if acts else None, "cycle": cycle,
                }
            )  # fmt: skip
    return found
