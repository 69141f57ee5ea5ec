"""The period of an address: `2026-01-01..2026-03-31`, either end open; which ones there are to choose, and which of them have a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from momot.designs.period import ALWAYS, Period
from momot.errors import QuestionError
from momot.findings import Findings
from momot.language import Language, Message

_BETWEEN = ".."
RUN = "run-"
"""Begins the choice of a form that is no period but a run of one."""
MOST_OFFERED = 8
"""Quarters or years of the records that are offered, the latest ones."""
QUARTERS_UP_TO = 2
"""Years of records up to which quarters are offered; of more, years are."""


def asked(query: Mapping[str, str]) -> Period:
    """The period that an address asks for: `period`, or `since` and `until` as a form sends them. Raises QuestionError."""
    ends = query.get("period", "")
    if run_of(query):
        return ALWAYS
    if not ends:
        return Period.of(query.get("since"), query.get("until"))
    first, between, last = ends.partition(_BETWEEN)
    if not between:
        raise QuestionError(
            Message("`period` is written 2026-01-01..2026-03-31, either end may be missing, found '{found}'.", found=ends[:40])
        )
    return Period.of(first, last)


def run_of(query: Mapping[str, str]) -> str:
    """The number of the run that an address names; empty for the last one of its period."""
    period = query.get("period", "")
    return query.get("run", "") or (period.removeprefix(RUN) if period.startswith(RUN) else "")


def written(period: Period) -> str:
    """As an address has it; empty for all records."""
    if not period:
        return ""
    return f"{period.since or ''}{_BETWEEN}{period.until or ''}"


def of(findings: Findings) -> Period:
    """The period that a run was asked for."""
    chosen = findings.document.period
    return ALWAYS if chosen is None else Period.of(chosen.since, chosen.until)


def words(period: Period, language: Language) -> str:
    """As people read it."""
    if period.since and period.until:
        return language.days(period.since.isoformat(), period.until.isoformat())
    if period.since:
        return language.say("since {day}", day=language.day(period.since.isoformat()))
    if period.until:
        return language.say("until {day}", day=language.day(period.until.isoformat()))
    return language.say("All records")


def span(found: Sequence[Findings]) -> tuple[dt.date, dt.date] | None:
    """First and last day that any of some runs has looked at; None where nothing is dated."""
    days = [day[:10] for one in found for question in one.questions for day in (question.from_, question.to) if day]
    return (dt.date.fromisoformat(min(days)), dt.date.fromisoformat(max(days))) if days else None


def offered(first: dt.date, last: dt.date) -> tuple[Period, ...]:
    """The calendar quarters that records touch, the latest first, or the years where they span many; none where there is but one."""
    months = 3 if last.year - first.year < QUARTERS_UP_TO else 12
    found: list[Period] = []
    start = dt.date(last.year, (last.month - 1) // months * months + 1, 1)
    while True:
        after = dt.date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 1)
        found.append(Period(start, after - dt.timedelta(1)))
        if start <= first or len(found) == MOST_OFFERED:
            break
        before = start.year * 12 + start.month - 1 - months
        start = dt.date(before // 12, before % 12 + 1, 1)
    return tuple(found) if len(found) > 1 else ()
