"""How far a long computation is: what is being done and, where it is counted, how much of how much.

Whoever computes says what it does and what it counts; whoever asked (`telling`) hears of it a few times a second, in their own thread.
Where nobody asked, nothing is measured. What remains is told from the rate so far, and not before that is known.
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
_SOON, _LITTLE = 2.0, 0.02  # a rate is known after so many seconds and so much of the whole


@dataclass(frozen=True, slots=True)
class Progress:
    """One message: `what` is being done, for `seconds` now. `done` of `total` are in `unit`; both are None while nothing is counted.

    `again` where the same was said before: the first message about something begins it. A `note` is something to know, and nothing begins.
    """

    what: str
    seconds: float = 0.0
    done: int | None = None
    total: int | None = None
    unit: str = "rows"
    again: bool = False
    note: bool = False

    @property
    def share(self) -> float | None:
        """What is done, from 0 to 1."""
        return None if self.done is None or not self.total else min(1.0, self.done / self.total)

    @property
    def remaining(self) -> float | None:
        """Seconds to go at the rate so far; None while that is not known."""
        share = self.share
        if share is None or self.seconds < _SOON or share < _LITTLE:
            return None
        return self.seconds * (1 - share) / share

    def __str__(self) -> str:
        """One line, such as `ordering part 3: 5,000,000 of 10,003,000 rows, 50 %, about 12 s left`."""
        if self.done is None or self.total is None:
            return f"{self.what}: {_time(self.seconds)}" if self.again else self.what
        left = "" if self.remaining is None else f", about {_time(self.remaining)} left"
        return f"{self.what}: {self.done:,} of {self.total:,} {self.unit}, {self.done / max(self.total, 1):.0%}{left}".replace("%", " %")


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
    now: int = 0  # rows of the query that runs
    since: float = 0.0  # when counting began

    def __call__(self, what: str) -> None:
        """Something begins. What is counted goes on where the next count is of the same total."""
        self.what, self.now = what, 0
        self.began = self.told = self.clock()
        self.tell(Progress(what))

    def note(self, what: str) -> None:
        """Something that the caller should know."""
        self.tell(Progress(what, note=True))

    def beat(self, share: float | None) -> None:
        """Still at it; `share` of what is counted now is done, where that is known."""
        now = self.clock()
        if not self.what or now - self.told < OFTEN:
            return
        self.told = now
        if self.counts is None:
            self.tell(Progress(self.what, now - self.began, again=True))
            return
        total, unit = self.counts
        done = min(total, self.done + round(self.now * min(1.0, max(0.0, share or 0.0))))
        self.tell(Progress(self.what, now - self.since, done, total, unit, again=True))


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
def counting(some: int, *, of: int, unit: str = "rows", steps: bool = False) -> Iterator[None]:
    """What is done within are `some` of all. Blocks with the same total follow each other, each adds to what was done before.

    How far the query within is counts too; not where there are several, `steps`.
    """
    teller = _TELLER.get()
    if teller is None:
        yield
        return
    if teller.counts != (of, unit):
        teller.counts, teller.done, teller.since = (of, unit), 0, teller.clock()
    teller.now = 0 if steps else some
    yield
    teller.done, teller.now = teller.done + some, 0
    teller.beat(None)
    if teller.done >= of:
        teller.counts = None


T = TypeVar("T")


def counted(things: Iterable[T], *, of: int, unit: str) -> Iterator[T]:
    """The things one after the other, each counted when the next is asked for. One alone is not worth it."""
    for thing in things:
        with counting(1, of=of, unit=unit, steps=True) if of > 1 else contextlib.nullcontext():
            yield thing


def listened() -> bool:
    """Whether anybody asked."""
    return _TELLER.get() is not None


def beat(share: float | None = None) -> None:
    """Say that it goes on."""
    if (teller := _TELLER.get()) is not None:
        teller.beat(share)


def _time(seconds: float) -> str:
    """`12 s`, `3 min`, `2.5 h`: as much as anybody waits for."""
    if seconds < 100:
        return f"{round(seconds)} s"
    return f"{round(seconds / 60)} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
