"""Event logs counted in plain Python, with nothing of momot: what the canonical tables must agree with."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import itertools
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

Event = tuple[str, int, str]  # case, micros UTC, activity
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def micros(time: dt.datetime) -> int:
    """Microseconds since 1970 in UTC, without the rounding of a float."""
    return (time - _EPOCH) // dt.timedelta(microseconds=1)


def instant(local: dt.datetime, zone: str) -> int:
    """A local time as an instant: the earlier offset where the clock shows it twice, the first valid instant where it is skipped."""
    time = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    back = time.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back == local:
        return micros(time)
    low, high = (local - dt.timedelta(hours=3), local + dt.timedelta(hours=3))  # the gap lies within
    early, late = (micros(end.replace(tzinfo=ZoneInfo(zone))) for end in (low, high))
    while late - early > 1:
        middle = (early + late) // 2
        shown = (_EPOCH + dt.timedelta(microseconds=middle)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        early, late = (middle, late) if shown < local else (early, middle)
    return late


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, perhaps packed."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode())))


def xes_events(path: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """(attributes of the trace, attributes of the event), from the tree of each trace."""
    with gzip.open(path) as stream:
        for _, element in ET.iterparse(stream):
            if element.tag.endswith("}trace"):
                of_trace = {child.get("key"): child.get("value") for child in element if not child.tag.endswith("}event")}
                for event in element:
                    if event.tag.endswith("}event"):
                        yield of_trace, {child.get("key"): child.get("value") for child in event}
                element.clear()


def sequences(events: Iterable[tuple[str, int, object, str]]) -> dict[str, list[tuple[int, str]]]:
    """(time, activity) of each case in order. Events are (case, micros, what breaks ties, activity)."""
    cases = defaultdict(list)
    for case, time, tie, activity in events:
        cases[case].append((time, tie, activity))
    return {case: [(time, activity) for time, _, activity in sorted(rows, key=lambda row: row[:2])] for case, rows in cases.items()}


def follows(cases: dict[str, list[tuple[int, str]]]) -> Counter[tuple[str, str]]:
    """How often one activity directly follows another within a case."""
    return Counter((one, other) for steps in cases.values() for (_, one), (_, other) in itertools.pairwise(steps))


def cdnow_days(path: Path) -> dict[str, list[dt.date]]:
    """The days on which each customer of CDNOW bought."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for customer, date, *_ in filter(None, map(str.split, path.read_text().splitlines()[1:])):
        days[customer].add(dt.date.fromisoformat(date))
    return {customer: sorted(bought) for customer, bought in days.items()}


def second_purchase(purchases: dict[str, list[dt.date]], end: dt.date) -> dict[int, tuple[int, int]]:
    """Hazard of the second purchase by week: (who bought again in it, who had not yet and was followed through it, or bought in it).

    Week 1 is the first seven days after the first purchase; somebody is followed through it if it ends on `end` or before.
    """
    weeks: dict[int, tuple[int, int]] = {}
    waits = []
    for days in purchases.values():
        first, *later = sorted(days)
        again = min(later) if later else None
        waits.append(((again or end) - first, again is not None))
    for week in range(1, 200):
        start, stop = dt.timedelta(days=7 * (week - 1)), dt.timedelta(days=7 * week)
        bought = sum(happened and start <= wait < stop for wait, happened in waits)
        at_risk = sum(wait >= stop for wait, _ in waits) + bought
        if at_risk:
            weeks[week] = (bought, at_risk)
    return weeks


def days_until_half(purchases: dict[str, list[dt.datetime]], end: dt.datetime) -> float:
    """Median time to the second purchase by Kaplan and Meier, in days, from the product over all times at which somebody bought again."""
    waits = []
    for times in purchases.values():
        first, *later = sorted(times)
        waits.append(((min(later) if later else end) - first, bool(later)))
    waits.sort()
    left, share = len(waits), 1.0
    for wait, group in itertools.groupby(waits, key=lambda one: one[0]):
        happened = [again for _, again in group]
        share *= 1 - sum(happened) / left
        left -= len(happened)
        if share <= 0.5:
            return wait / dt.timedelta(days=1)
    raise AssertionError("half never buy again")
