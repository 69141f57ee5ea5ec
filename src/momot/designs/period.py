"""The period that a run is asked for: a stretch of local days, both included.

It chooses the occasions that are compared: episodes that began in it, people's days in it, survey rows of it. What was known before them
and what came of them later is read from all records, since a period that cut those off would answer another question.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from momot.designs.change_window import midnight
from momot.errors import QuestionError
from momot.language import Message

_EPOCH = dt.date(1970, 1, 1)
_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
FOREVER = 2**31
"""Days from 1970 on that no record reaches."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `until`; None is open. `ALWAYS`, the default, chooses everything, dated or not."""

    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def of(cls, since: str | dt.date | None, until: str | dt.date | None) -> Period:
        """From dates or how they are written, YYYY-MM-DD. Raises QuestionError for what is no date, and for an end before the start."""
        first, last = _date("since", since), _date("until", until)
        if first and last and last < first:
            raise QuestionError(Message("The period ends on {last}, before it begins on {first}.", last=last, first=first))
        return cls(first, last)

    def __bool__(self) -> bool:
        """Whether it chooses at all."""
        return self.since is not None or self.until is not None

    @property
    def words(self) -> str:
        """`2017-01-01 to 2017-12-31`, `since 2017-01-01`, `until 2017-12-31`; nothing where it is open on both sides."""
        if self.since and self.until:
            return f"{self.since} to {self.until}"
        return f"since {self.since}" if self.since else f"until {self.until}" if self.until else ""

    @property
    def days(self) -> tuple[int, int]:
        """First and last day, counted from 1970."""
        return (
            (self.since - _EPOCH).days if self.since else -FOREVER,
            (self.until - _EPOCH).days if self.until else FOREVER,
        )

    def has(self, day: str) -> bool:
        """Whether an ISO date is in it."""
        return (self.since is None or self.since.isoformat() <= day) and (self.until is None or day <= self.until.isoformat())

    def days_sql(self, day: str) -> str:
        """SQL: whether a local day, counted from 1970, is in it."""
        first, last = self.days
        return f"({day} BETWEEN {first} AND {last})" if self else "true"

    def instants_sql(self, instant: str, zone: str) -> str:
        """SQL: whether an instant in microseconds UTC is in it, by the clocks of `zone`. NULL is in no period."""
        limits = []
        if self.since:
            limits.append(f"{instant} >= {midnight(self.since, zone)}")
        if self.until:
            limits.append(f"{instant} < {midnight(self.until + dt.timedelta(1), zone)}")
        return f"({' AND '.join(limits)})" if limits else "true"


ALWAYS = Period()


def _date(end: str, given: str | dt.date | None) -> dt.date | None:
    if given is None or given == "":
        return None
    if isinstance(given, dt.datetime):
        given = given.date()
    try:
        day = given if isinstance(given, dt.date) else dt.date.fromisoformat(given.strip())
    except ValueError:
        raise QuestionError(Message("`{end}` is a date such as 2026-01-31, found '{found}'.", end=end, found=str(given)[:40])) from None
    if not _FIRST <= day <= _LAST:
        raise QuestionError(Message("`{end}` lies between {first} and {last}, found {day}.", end=end, first=_FIRST, last=_LAST, day=day))
    return day
