"""The mapping editor: which stage each touchpoint is, which touchpoint and channel each activity belongs to; what a form says of them.

Some rows at a time: what stands on other pages stays as it was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from momot.findings.labels import STAGE_CODES, channel_words, printable
from momot.findings.numbers import percent
from momot.language import Language
from momot.stats.shares import wilson
from momot.vocabulary import CHANNELS
from momot.vocabulary.whom import Used
from momot.web import tasks
from momot.web.behind import people_link
from momot.web.call import address
from momot.web.mapping import Answers, Belongs, Choices
from momot.web.paging import Group, group, page_asked
from momot.web.saying import share_ends

STAGE, TOUCHPOINT, CHANNEL = "stage of ", "touchpoint of ", "channel of "
"""What the fields of a touchpoint and of an activity begin with."""
ROWS = 20
"""Rows of a page of either table."""
MOST_SHOWN = 3
Row = TypeVar("Row", tasks.Touchpoint, tasks.Activity)


@dataclass(frozen=True, slots=True)
class TouchpointLine:
    """One touchpoint with its stages, and what was chosen for it here."""

    name: str
    field: str
    activities: str
    channel: str
    times: str
    went: str  # shares that went badly and well, of how many rows that say
    stages: str
    unmapped: bool
    chosen: str


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One activity: what it belongs to now, and what was chosen for it here."""

    name: str
    touchpoints: str
    channels: str
    times: str
    unmapped: bool
    touchpoint_field: str
    channel_field: str
    touchpoint: str
    channel: str


@dataclass(frozen=True, slots=True)
class Editor:
    """Both tables, a page of each, and how many have no stage in all."""

    touchpoints: tuple[TouchpointLine, ...]
    activities: tuple[ActivityLine, ...]
    unmapped: int
    names: tuple[str, ...]  # touchpoints that there are, to choose from
    channels: tuple[tuple[str, str], ...]  # value, words
    touchpoint_pages: tuple[Group, ...]
    activity_pages: tuple[Group, ...]


def editor(found: tasks.Mapped, choices: Choices, query: Mapping[str, str], own: Sequence[str], language: Language) -> Editor:
    """The tables on the pages that the address names. `own`: channels of the project beside the closed list."""
    touchpoints = sorted(found.touchpoints, key=lambda one: (None not in one.stages, -one.times, one.name))
    activities = sorted(found.activities, key=lambda one: (None not in one.stages, -one.times, one.name))
    here = {name: query.get(name, "") for name in ("touchpoints", "activities")}
    shown, pages = _page(touchpoints, "touchpoints", here, language)
    doings, more = _page(activities, "activities", here, language)
    return Editor(
        touchpoints=tuple(_touchpoint(one, choices, language) for one in shown),
        activities=tuple(_activity(one, choices, language) for one in doings),
        unmapped=sum(None in one.stages for one in touchpoints),
        names=tuple(sorted({one.name for one in touchpoints} | {one.touchpoint for one in choices.activities.values() if one.touchpoint})),
        channels=tuple((one, channel_words(one, language)) for one in (*CHANNELS, *own)),
        touchpoint_pages=pages,
        activity_pages=more,
    )


def answers(form: Mapping[str, str]) -> Answers:
    """What a form says of the names that it shows."""
    stages = {name.removeprefix(STAGE): value for name, value in form.items() if name.startswith(STAGE)}
    touchpoints = {name.removeprefix(TOUCHPOINT): value.strip() for name, value in form.items() if name.startswith(TOUCHPOINT)}
    channels = {name.removeprefix(CHANNEL): value for name, value in form.items() if name.startswith(CHANNEL)}
    activities = {name: Belongs(touchpoints.get(name, ""), channels.get(name, "")) for name in {**touchpoints, **channels}}
    return stages, activities


def _page(rows: Sequence[Row], name: str, here: Mapping[str, str], language: Language) -> tuple[Sequence[Row], tuple[Group, ...]]:
    pages = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    if len(pages) < 2:
        return rows, ()
    number = page_asked(here[name], len(pages))
    head = language.says("{n} in all", "{n} in all", len(rows))

    def to(page: str) -> str:
        return f"{address('/data', {**here, name: page})}#{name}"

    return pages[number - 1], (group(head, [len(page) for page in pages], 1, number, to, language),)


def _touchpoint(one: tasks.Touchpoint, choices: Choices, language: Language) -> TouchpointLine:
    return TouchpointLine(
        name=printable(one.name, 120),
        field=f"{STAGE}{one.name}",
        activities=_sample(one.activities, language),
        channel=_sample([channel_words(channel, language) for channel in one.channels], language),
        times=people_link(Used(touchpoint=one.name), language.grouped(one.times)),
        went=_went(one, language),
        stages=", ".join(STAGE_CODES[stage] if stage else language.say("no stage") for stage in one.stages),  # type: ignore[index]
        unmapped=None in one.stages,
        chosen=choices.stages.get(one.name, ""),
    )


def _activity(one: tasks.Activity, choices: Choices, language: Language) -> ActivityLine:
    belongs = choices.activities.get(one.name, Belongs())
    return ActivityLine(
        name=printable(one.name, 120),
        touchpoints=_sample(one.touchpoints, language),
        channels=_sample([channel_words(channel, language) for channel in one.channels], language),
        times=language.grouped(one.times),
        unmapped=None in one.stages,
        touchpoint_field=f"{TOUCHPOINT}{one.name}",
        channel_field=f"{CHANNEL}{one.name}",
        touchpoint=belongs.touchpoint,
        channel=belongs.channel,
    )


def _sample(names: Sequence[str], language: Language) -> str:
    """The first few, and how many more."""
    shown = ", ".join(printable(name, 60) for name in names[:MOST_SHOWN])
    more = len(names) - MOST_SHOWN
    return language.says("{names} and {n} more", "{names} and {n} more", more, names=shown) if more > 0 else shown


def _went(one: tasks.Touchpoint, language: Language) -> str:
    """Which rows count as badly and as well: a touchpoint that records neither says nothing."""
    if not one.told:
        return ""
    badly, well = (_share(count, one.told, language) for count in (one.badly, one.well))
    return language.say("badly {badly}, well {well}, of {n}", badly=badly, well=well, n=language.grouped(one.told))


def _share(count: int, n: int, language: Language) -> str:
    """`17 % (15 % to 19 %)`."""
    return f"{percent(count / n, language=language)} ({share_ends(*wilson(count, n), language)})"
