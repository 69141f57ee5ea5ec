"""How far a long computation is: what is being done and, where it is counted, how much of how much.

Whoever computes says what it does and what it counts; whoever asked (`telling`) hears of it a few times a second, in their own thread.
Where nobody asked, nothing is measured. Only what is finished counts: what DuckDB says of a query that runs can stand at an eighth until
the end. What remains is told from the rate of what is finished, and not before that is known.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

OFTEN = 0.25
"""Seconds between two messages about the same."""
_SOON = 2.0  # a rate is known after so many seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """One message: `what` is being done, for `seconds` now. `done` of `total` are in `unit`; both are None while nothing is counted.

    `remaining` seconds go at the rate so far; None while that is not known, or was wrong. `again` where the same was said before: the first
    message about something begins it. A `note` is something to know, and nothing begins.
    """

    what: str
    seconds: float = 0.0
    done: int | None = None
    total: int | None = None
    unit: str = "rows"
    remaining: float | None = None
    again: bool = False
    note: bool = False

    @property
    def share(self) -> float | None:
        """What is done, from 0 to 1."""
        return None if self.done is None or not self.total else min(1.0, self.done / self.total)

    def __str__(self) -> str:
        """One line, such as `ordering part 3: 5,000,000 of 10,003,000 rows, 50 %, about 12 s left`."""
        if not self.again:
            return self.what
        if self.total is None:
            return f"{self.what}: {_time(self.seconds)}"
        if not self.done:
            return f"{self.what}: {self.total:,} {self.unit}, {_time(self.seconds)}"
        left = "" if self.remaining is None else f", about {_time(self.remaining)} left"
        return f"{self.what}: {self.done:,} of {self.total:,} {self.unit}, {round(100 * self.done / self.total)} %{left}"


Tell = Callable[[Progress], None]
"""What a caller hands in as `progress`."""


@dataclass(slots=True)
class Teller:
    """Tells one caller. `clock` gives seconds."""

    tell: Tell
    clock: Callable[[], float] = time.monotonic
    what: str = ""
    began: float = 0.0
    told: float = 0.0
    counts: tuple[int, str] | None = None  # of how many what
    done: int = 0
    since: float = 0.0  # when counting began
    until: float = 0.0  # when what is done was

    def __call__(self, what: str) -> None:
        """Something begins. What is counted goes on where the next count is of the same total."""
        self.what = what
        self.began = self.told = self.clock()
        self.tell(Progress(what))

    def note(self, what: str) -> None:
        """Something that the caller should know."""
        self.tell(Progress(what, note=True))

    def beat(self) -> None:
        """Still at it."""
        now = self.clock()
        if not self.what or now - self.told < OFTEN:
            return
        self.told = now
        if self.counts is None:
            self.tell(Progress(self.what, now - self.began, again=True))
            return
        total, unit = self.counts
        remaining = None
        if self.done and self.until - self.since >= _SOON:
            remaining = (total - self.done) * (self.until - self.since) / self.done - (now - self.until)
        known = remaining is not None and remaining >= 0
        self.tell(Progress(self.what, now - self.since, self.done, total, unit, remaining if known else None, again=True))


_TELLER: ContextVar[Teller | None] = ContextVar("teller", default=None)


@contextlib.contextmanager
def telling(tell: Tell | None) -> Iterator[Teller]:
    """Everything within is told to `tell`, if anybody asked. Yields what is called with the words for what begins."""
    outer = _TELLER.get()
    if tell is None:
        yield Teller(lambda _: None)
        return
    if outer is not None and outer.tell is tell:
        yield outer
        return
    teller = Teller(tell)
    token = _TELLER.set(teller)
    try:
        yield teller
    finally:
        _TELLER.reset(token)


@contextlib.contextmanager
def counting(some: int, *, of: int, unit: str = "rows") -> Iterator[None]:
    """What is done within are `some` of all. Blocks with the same total follow each other, each adds to what was done before."""
    teller = _TELLER.get()
    if teller is None:
        yield
        return
    if teller.counts != (of, unit):
        teller.counts, teller.done, teller.since = (of, unit), 0, teller.clock()
    yield
    teller.done, teller.until = teller.done + some, teller.clock()
    teller.beat()
    if teller.done >= of:
        teller.counts = None


T = TypeVar("T")


def counted(things: Iterable[T], *, of: int, unit: str) -> Iterator[T]:
    """The things one after the other, each counted when the next is asked for. One alone is not worth it."""
    for thing in things:
        with counting(1, of=of, unit=unit) if of > 1 else contextlib.nullcontext():
            yield thing


def beat() -> None:
    """Say that it goes on."""
    if (teller := _TELLER.get()) is not None:
        teller.beat()


def _time(seconds: float) -> str:
    """`12 s`, `3 min`, `2.5 h`: as much as anybody waits for."""
    if seconds < 100:
        return f"{round(seconds)} s"
    return f"{round(seconds / 60)} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
