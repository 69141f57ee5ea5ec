"""How themes move: what rose or fell between two periods, and days or weeks on which far more was said than is usual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from momot.reasons.compared import LEAST, LEVEL, apart
from momot.stats.contingency import design_effect, newcombe
from momot.stats.discovery import benjamini_hochberg
from momot.stats.shares import wilson
from momot.stats.surges import surges

Integers = NDArray[np.int64]
Step = Literal["day", "week"]
DAY = 86_400_000_000
"""Microseconds."""
SURGE = 5
"""People from whom more than usual is a spike; it takes twice the usual too."""
_BUSY, _DAYS, _WEEKS = 3.0, 21, 12  # texts a day, days, weeks from which each tells something


class Shift(Struct, frozen=True, kw_only=True):
    """One theme in two periods. Counts are of texts; intervals are of 95 %, as wide as the people allow."""

    theme: str
    moved: Literal["rose", "fell"] | None  # None: we cannot tell
    texts_before: int
    of_before: int
    share_before: float
    low_before: float
    high_before: float
    texts_after: int
    of_after: int
    share_after: float
    low_after: float
    high_after: float
    difference: float
    low: float
    high: float
    p_value: float
    q_value: float  # over all themes


class Spike(Struct, frozen=True, kw_only=True):
    """Consecutive days or weeks on which far more people than usual said a thing. `theme` None: anything at all."""

    theme: str | None
    from_: str = field(name="from")  # ISO date, UTC, first day
    to: str  # last day
    people: int
    usual: float  # people expected in as many days or weeks
    times: float  # people over usual
    q_value: float  # the least of its days or weeks, over all of all themes
    share: float | None  # of people who spoke then; None for anything at all
    share_usual: float | None


class Spikes(Struct, frozen=True, kw_only=True):
    """`step` None: too few days and weeks to say what is usual."""

    step: Step | None
    periods: int  # in which anybody spoke
    spikes: tuple[Spike, ...]


def halves(at: Integers) -> tuple[tuple[int, int], tuple[int, int]]:
    """The earlier and the later half of the time that `at` (texts,) spans, each from–before in microseconds UTC, cut at a day's begin."""
    first, last = int(at.min()), int(at.max()) + 1
    middle = (first + (last - first) // 2) // DAY * DAY
    middle = middle if first < middle else first + (last - first) // 2
    return (first, middle), (middle, last)


def risen(
    themes: Mapping[str, Integers],
    *,
    persons: Integers,
    at: Integers,
    before: tuple[int, int] | None = None,
    after: tuple[int, int] | None = None,
    least: int = LEAST,
) -> tuple[Shift, ...]:
    """Share of texts that say each theme after against before; those that moved first, largest difference first.

    `themes`: for each the places of texts that say it; `persons`, `at` (texts,), microseconds UTC. Periods are from–before; without any it
    is the later half of the time against the earlier. Empty where a period has texts of fewer than `least` people. Several texts of a
    person count as what they are worth (Rao & Scott 1992). Newcombe's interval (1998), Fisher's mid-p, q over all themes.
    """
    if not len(at):
        return ()
    if before is None or after is None:
        before, after = halves(at)
    early = (at >= before[0]) & (at < before[1])
    late = (at >= after[0]) & (at < after[1])
    if min(len(np.unique(persons[early])), len(np.unique(persons[late]))) < least:
        return ()
    of_before, of_after = int(early.sum()), int(late.sum())
    spoken = early | late
    _, person = np.unique(persons, return_inverse=True)
    each = np.bincount(person[spoken], minlength=int(person.max()) + 1).astype(np.float64)
    counts = []
    for places in themes.values():
        says = np.bincount(person[places[spoken[places]]], minlength=len(each)).astype(np.float64)
        counts.append((int(early[places].sum()), int(late[places].sum()), design_effect(says[each > 0], each[each > 0])))
    p = np.array([apart(new, of_after, old, of_before, worth) for old, new, worth in counts], dtype=np.float64)
    found = [
        _shift(theme, old, of_before, new, of_after, worth, float(one), float(q))
        for theme, (old, new, worth), one, q in zip(themes, counts, p, benjamini_hochberg(p), strict=True)
    ]
    return tuple(sorted(found, key=lambda shift: (shift.moved is None, -abs(shift.difference), shift.theme)))


def _shift(theme: str, old: int, of_before: int, new: int, of_after: int, worth: float, p: float, q: float) -> Shift:
    low_before, high_before = wilson(old / worth, of_before / worth)
    low_after, high_after = wilson(new / worth, of_after / worth)
    low, high = newcombe(new / worth, of_after / worth, old / worth, of_before / worth)
    difference = new / of_after - old / of_before
    return Shift(
        theme=theme,
        moved=None if q >= LEVEL else "rose" if difference > 0 else "fell",
        texts_before=old,
        of_before=of_before,
        share_before=old / of_before,
        low_before=low_before,
        high_before=high_before,
        texts_after=new,
        of_after=of_after,
        share_after=new / of_after,
        low_after=low_after,
        high_after=high_after,
        difference=difference,
        low=low,
        high=high,
        p_value=p,
        q_value=q,
    )


def spikes(themes: Mapping[str, Integers], *, persons: Integers, at: Integers) -> Spikes:
    """Days (weeks where there are few texts a day) on which a theme, or anything at all, was said by far more people than usual.

    `themes`, `persons`, `at` as in `risen`. A person counts once a day or week. Periods in which nobody said anything are left out: they
    may be no silence but missing data, and what is usual is then rather too high than too low. Twice the usual, five people and a q-value
    below .05 over all periods of all themes make a spike; neighbours are one.
    """
    step = _step(at)
    if step is None:
        return Spikes(step=None, periods=len(np.unique(at // DAY)), spikes=())
    period = at // DAY if step == "day" else (at // DAY + 3) // 7  # the first of January 1970 was a Thursday; weeks begin on Mondays
    observed, place = np.unique(period, return_inverse=True)
    phase = observed % 7 if step == "day" else None
    anything = _people(place, persons, len(observed))
    series: list[tuple[str | None, NDArray[np.float64]]] = [(None, anything)]
    series += [(theme, _people(place[places], persons[places], len(observed))) for theme, places in themes.items()]
    told = [surges(counts, phase) for _, counts in series]
    q = benjamini_hochberg(np.concatenate([one.p for one in told])).reshape(len(series), len(observed))
    found: list[Spike] = []
    for (theme, counts), surge, of_series in zip(series, told, q, strict=True):
        high = (of_series < LEVEL) & (counts >= SURGE) & (counts >= 2 * surge.expected)
        for run in _runs(high, observed):
            people, usual = float(counts[run].sum()), float(surge.expected[run].sum())
            calm = ~high
            found.append(
                Spike(
                    theme=theme,
                    from_=_day(int(observed[run[0]]), step, last=False),
                    to=_day(int(observed[run[-1]]), step, last=True),
                    people=int(people),
                    usual=usual,
                    times=people / usual,
                    q_value=float(of_series[run].min()),
                    share=None if theme is None else people / float(anything[run].sum()),
                    share_usual=None if theme is None else float(counts[calm].sum() / max(anything[calm].sum(), 1.0)),
                )
            )
    return Spikes(
        step=step,
        periods=len(observed),
        spikes=tuple(sorted(found, key=lambda one: (one.theme is not None, one.q_value, one.from_, one.theme or ""))),
    )


def _step(at: Integers) -> Step | None:
    if not len(at):
        return None
    days = len(np.unique(at // DAY))
    if days >= _DAYS and len(at) / days >= _BUSY:
        return "day"
    return "week" if len(np.unique((at // DAY + 3) // 7)) >= _WEEKS else None


def _people(place: Integers, persons: Integers, number: int) -> NDArray[np.float64]:
    """People of each period, (periods,), each once in it."""
    if not len(place):
        return np.zeros(number)
    order = np.lexsort((persons, place))
    period, person = place[order], persons[order]
    first = np.concatenate([[True], (period[1:] != period[:-1]) | (person[1:] != person[:-1])])
    return np.bincount(period[first], minlength=number).astype(np.float64)


def _runs(high: NDArray[np.bool_], observed: Integers) -> list[Integers]:
    """Places of each run of high periods that follow each other in the calendar."""
    places = np.flatnonzero(high)
    if not len(places):
        return []
    return list(np.split(places, np.flatnonzero(np.diff(observed[places]) > 1) + 1))


def _day(period: int, step: Step, *, last: bool) -> str:
    days = period if step == "day" else period * 7 - 3 + (6 if last else 0)
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)).date().isoformat()
