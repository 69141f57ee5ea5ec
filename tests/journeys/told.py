"""Facts of journeys in plain Python, by their definitions and with nothing of momot: what the facts of a build are held to."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scipy.stats import t as student

Z = 1.9599639845400545
DAY = 86_400_000_000
HOUR = DAY / 24
Told = dict[tuple[str, str | None, str | None], tuple[float, float | None, float | None, int]]


def wilson(k: float, n: float) -> tuple[float, float]:
    centre = (k + Z * Z / 2) / (n + Z * Z)
    reach = Z / (n + Z * Z) * math.sqrt(k * (n - k) / n + Z * Z / 4)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def share(k: float, n: int) -> tuple[float, float, float, int]:
    return (k / n, *wilson(k, n), n)


def by_person(pairs: list[tuple[int, int]]) -> tuple[float, float, float, int]:
    """A share of things, (kept, all) of each person: as many things as are worth the same if they were independent."""
    pairs = [pair for pair in pairs if pair[1]]
    n, k = sum(pair[1] for pair in pairs), sum(pair[0] for pair in pairs)
    p = k / n
    variance = len(pairs) / (len(pairs) - 1) * sum((kept - p * of) ** 2 for kept, of in pairs) / n**2
    worth = min(n, p * (1 - p) / variance)
    return (p, *wilson(p * worth, worth), n)


def mean(values: list[float]) -> tuple[float, float, float, int]:
    n = len(values)
    m = sum(values) / n
    error = math.sqrt(sum((value - m) ** 2 for value in values) / (n - 1) / n)
    reach = student.ppf(0.975, n - 1) * error
    return m, m - reach, m + reach, n


def curve(waits: list[tuple[float, bool]]) -> list[tuple[float, float, float, float]]:
    """(time, share left, low, high) by Kaplan and Meier, with the interval of log(-log)."""
    left, greenwood, found = 1.0, 0.0, []
    for time in sorted({wait for wait, happened in waits if happened}):
        n = sum(wait >= time for wait, _ in waits)
        d = sum(happened and wait == time for wait, happened in waits)
        left *= 1 - d / n
        if left > 0:
            greenwood += d / n / (n - d)
            reach = Z * math.sqrt(greenwood) / -math.log(left)
            found.append((time, left, left ** math.exp(reach), left ** math.exp(-reach)))
        else:
            found.append((time, 0.0, 0.0, min(1 - wilson(d, n)[0], found[-1][3] if found else 1.0)))
    return found


def median(waits: list[tuple[float, bool]], micros: float) -> tuple[float, float | None, float | None, int] | None:
    points = curve(waits)
    when = [next((point[0] / micros for point in points if point[column] <= 0.5 + 1e-12), None) for column in (1, 2, 3)]
    return None if when[0] is None else (when[0], when[1], when[2], len(waits))


def within(waits: list[tuple[float, bool]], days: int) -> tuple[float, float, float, int] | None:
    if days * DAY > max(wait for wait, _ in waits):
        return None
    before = [point for point in curve(waits) if point[0] <= days * DAY]
    if not before:
        return (0.0, *wilson(0, len(waits)), len(waits))
    _, left, low, high = before[-1]
    return 1 - left, 1 - high, 1 - low, len(waits)


def tell(
    rows: list[dict[str, Any]], people: dict[int, dict[str, Any]], opinions: list[dict[str, Any]], subjects: list[dict[str, Any]], zone: str
) -> Told:
    """All facts that can be told, of journeys as `followed.lived` gives them; `people` by id with is_employee, observed_to and cost."""
    told: Told = {}
    end = max([row["happened_at"] for row in rows] + [opinion["given_at"] for opinion in opinions])
    ends = {
        person: min(end, one["observed_to"] - 1 if one["observed_to"] else end) for person, one in people.items() if not one["is_employee"]
    }
    starts = {person: one["observed_from"] or -math.inf for person, one in people.items()}
    lives: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["person_id"] in ends and starts[row["person_id"]] <= row["happened_at"] <= ends[row["person_id"]]:
            lives[row["person_id"]].append(row)
    bought = {person: [row for row in own if row["purchase"]] for person, own in lives.items()}
    buyers = {person: (own, bought[person]) for person, own in lives.items() if bought[person]}
    _before_buying(told, buyers)
    _impressions(told, lives)
    _using(told, lives, ends)
    _speaking(told, lives, buyers, [one for one in opinions if one["person_id"] in ends and one["given_at"] <= ends[one["person_id"]]])
    inside = [
        one for one in subjects if one["person_id"] in ends and starts[one["person_id"]] <= one["started_at"] <= ends[one["person_id"]]
    ]
    waits = [
        (one["ended_at"] - one["started_at"], True)
        if one["ended_at"] is not None and one["ended_at"] <= ends[one["person_id"]]
        else (ends[one["person_id"]] - one["started_at"], False)
        for one in inside
    ]
    _keep(told, "episode_days", median(waits, DAY))
    _again(told, bought, ends)
    _paying_back(told, buyers, {person: one["cost"] for person, one in people.items()}, ends, ZoneInfo(zone))
    return told


def _keep(
    told: Told, name: str, value: tuple[float, float | None, float | None, int] | None, group: str | None = None, then: str | None = None
) -> None:
    if value is not None:
        told[name, group, then] = value


def _before_buying(told: Told, buyers: dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]]) -> None:
    research, unknown = [], []
    for own, purchases in buyers.values():
        first = purchases[0]["happened_at"]
        before = [row for row in own if row["happened_at"] < first]
        research.append({row["touchpoint"] for row in before if row["stage"] == "zmot"})
        known = min(
            row["happened_at"]
            for row in own
            if row["purchase"] or row["subject_id"] is not None or row["channel"] in ("phone", "chat", "in_person")
        )
        if before:
            unknown.append(sum(row["happened_at"] < known for row in before) / len(before))
    _keep(told, "research_share", share(sum(map(bool, research)), len(buyers)))
    _keep(told, "sources_consulted", mean([float(len(sources)) for sources in research]))
    value, low, high, n = mean(unknown)
    _keep(told, "before_contact_share", (value, max(0.0, low), min(1.0, high), n))


def _impressions(told: Told, lives: dict[int, list[dict[str, Any]]]) -> None:
    groups: dict[str, list[str]] = {"within 3 s": [], "3 to 7 s": [], "later": [], "nothing more": []}
    for own in lives.values():
        acts = [row for row in own if row["acts"]]
        place = next((number for number, row in enumerate(acts) if row["stage"] == "fmot"), None)
        if place is None:
            continue
        following = acts[place + 1 : place + 2]
        if not following or following[0]["session"] != acts[place]["session"]:
            groups["nothing more"].append("")
            continue
        seconds = (following[0]["happened_at"] - acts[place]["happened_at"]) / 1_000_000
        groups["within 3 s" if seconds <= 3 else "3 to 7 s" if seconds <= 7 else "later"].append(following[0]["moment"])
    people = sum(map(len, groups.values()))
    for label, nexts in groups.items():
        _keep(told, "first_impression", share(len(nexts), people), label)
        counts = sorted(((-nexts.count(moment), moment) for moment in set(nexts)), key=lambda one: one) if label != "nothing more" else []
        for count, moment in counts[:5]:
            _keep(told, "first_impression_next", share(-count, len(nexts)), label, moment)
        if counts[5:]:
            _keep(
                told, "first_impression_next", share(-sum(count for count, _ in counts[5:]), len(nexts)), label, f"{len(counts) - 5} others"
            )


def _using(told: Told, lives: dict[int, list[dict[str, Any]]], ends: dict[int, int]) -> None:
    waits, promises = [], []
    for person, own in lives.items():
        kept = [row["quality"] == 1 for row in own if row["activity"] == "promise_due" and row["quality"] is not None]
        promises.append((sum(kept), len(kept)))
        for subject in {row["subject_id"] for row in own}:
            about = [row for row in own if row["subject_id"] == subject]
            asked = [row["happened_at"] for row in about if row["activity"] == "ticket_opened" and row["stage"] == "smot"]
            if asked:
                answers = [
                    row["happened_at"]
                    for row in about
                    if row["activity"] in ("ticket_answered", "call_answered") and row["happened_at"] >= asked[0]
                ]
                waits.append((answers[0] - asked[0], True) if answers else (ends[person] - asked[0], False))
    _keep(told, "answer_hours", median(waits, HOUR))
    _keep(told, "promise_kept_share", by_person(promises))


def _speaking(
    told: Told,
    lives: dict[int, list[dict[str, Any]]],
    buyers: dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]],
    opinions: list[dict[str, Any]],
) -> None:
    speakers = sum(
        any(row["stage"] == "umot" and row["happened_at"] > purchases[0]["happened_at"] for row in own)
        for own, purchases in buyers.values()
    )
    _keep(told, "speaks_share", share(speakers, len(buyers)))
    last: dict[int, float] = {}
    for opinion in sorted(opinions, key=lambda one: (one["given_at"], one["opinion_id"])):
        person = opinion["person_id"]
        if person in buyers and opinion["given_at"] > buyers[person][1][0]["happened_at"]:
            last[person] = opinion["value"]
    _keep(told, "advocates_share", share(sum(value >= 9 for value in last.values()), len(last)))
    _keep(told, "detractors_share", share(sum(value <= 6 for value in last.values()), len(last)))
    reading = [[row for row in own if row["stage"] == "zmot"] for own in lives.values()]
    _keep(told, "review_share", by_person([(sum(row["touchpoint"] == "reviews.page" for row in own), len(own)) for own in reading]))


def _again(told: Told, bought: dict[int, list[dict[str, Any]]], ends: dict[int, int]) -> None:
    times = {person: [row["happened_at"] for row in purchases] for person, purchases in bought.items() if purchases}
    _keep(told, "repurchase_share", share(sum(len(own) > 1 for own in times.values()), len(times)))
    for number in range(1, 5):
        waits = [
            (own[number] - own[number - 1], True) if len(own) > number else (ends[person] - own[number - 1], False)
            for person, own in times.items()
            if len(own) >= number
        ]
        _keep(told, "cycle_days", median(waits, DAY), f"{number} to {number + 1}")
        if number == 1:
            _keep(told, "repurchase_days", median(waits, DAY))
            for days in (30, 90, 180, 365):
                _keep(told, "repurchase_within", within(waits, days), f"{days} days")
            for week in range(1, 200):
                start, stop = (week - 1) * 7 * DAY, week * 7 * DAY
                at_risk = [(wait, happened) for wait, happened in waits if wait >= stop or (happened and start <= wait < stop)]
                if at_risk:
                    _keep(
                        told,
                        "repurchase_hazard",
                        share(sum(happened and wait < stop for wait, happened in at_risk), len(at_risk)),
                        f"week {week}",
                    )


def _paying_back(
    told: Told,
    buyers: dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]],
    costs: dict[int, int | None],
    ends: dict[int, int],
    zone: ZoneInfo,
) -> None:
    cohorts: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for person, (own, purchases) in buyers.items():
        cost = costs[person]
        if cost is None:
            continue
        first, brought, paid = purchases[0]["happened_at"], 0, None
        for row in own:
            if row["happened_at"] >= first and row["value_minor"] is not None:
                brought += row["value_minor"]
                paid = row["happened_at"] if paid is None and brought >= cost else paid
        month = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=first)).astimezone(zone).strftime("%Y-%m")
        cohorts[month].append((paid - first, True) if paid is not None else (ends[person] - first, False))
    for month, waits in cohorts.items():
        _keep(told, "payback_share", share(sum(happened for _, happened in waits), len(waits)), month)
        _keep(told, "payback_days", median(waits, DAY), month)
