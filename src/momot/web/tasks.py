"""What is read in the process beside the app: functions of names and folders, whose answers are frozen values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from momot.journeys.contract import Timeline
from momot.journeys.people import Listed

if TYPE_CHECKING:
    from momot.findings.checkup import Checkup
    from momot.journeys.contract import Cohorts, Funnel, Paths
    from momot.reasons.behind import Places, Spoken
    from momot.reasons.explain import Explained
    from momot.reasons.heard import Heard
    from momot.reasons.overview import Voices
    from momot.vocabulary.whom import People, Texts
    from momot.web.state import State

Where = tuple[str, str | None, dict[str, Any]]
"""Folder of the project, folder of its sources, and what the command was given of `api.open`."""


def where(state: State) -> Where:
    """Where the project of an app is."""
    data = state.settings.data
    return (str(state.home.absolute()), str(data.absolute()) if data else None, dict(state.settings.machine))


def explain(place: Where, moment: str, since: date | None = None, until: date | None = None) -> Explained:
    """Why a moment goes as it goes, with quotes; of a period."""
    from momot import api

    return api.explain(_opened(place), moment, since=since, until=until)


def voices(place: Where, since: date | None = None, until: date | None = None) -> Voices:
    """What people say; of a period."""
    from momot import api

    return api.voices(_opened(place), since=since, until=until)


def paths(place: Where, moment: str | None) -> Paths:
    """What follows what."""
    from momot import api

    return api.paths(_opened(place), moment=moment)


def funnel(place: Where) -> Funnel:
    """How many people go through the stages."""
    from momot import api

    return api.funnel(_opened(place))


def cohorts(place: Where) -> Cohorts:
    """Who buys again, by month."""
    from momot import api

    return api.cohorts(_opened(place))


def timeline(place: Where, person: str) -> Timeline:
    """One person's time line."""
    from momot import api

    return api.timeline(_opened(place), person)


def check(place: Where) -> Checkup:
    """What is wrong or doubtful."""
    from momot import api

    return api.check(_opened(place))


def _opened(place: Where) -> Any:
    from momot import api

    folder, data, machine = place
    return api.open(folder, data=data, **machine)


class Touchpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One touchpoint as the build has it. A stage of None: no rule matches."""

    name: str
    activities: tuple[str, ...]  # the most frequent first
    channels: tuple[str, ...]
    stages: tuple[str | None, ...]
    times: int
    told: int  # rows that say how it went
    badly: int
    well: int


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One activity as the build has it: what it happens at, by which channels, at which stages."""

    name: str
    touchpoints: tuple[str, ...]
    channels: tuple[str, ...]
    stages: tuple[str | None, ...]
    times: int


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows: touchpoints with their stages, activities, and the first rows that were not taken."""

    touchpoints: tuple[Touchpoint, ...]
    activities: tuple[Activity, ...]
    rejected: tuple[tuple[str, str, str, str, str], ...]  # source, line, block, code, column
    rejected_total: int


MOST_REJECTED = 50
_MAPPED = """
SELECT m.touchpoint, a.activity, c.channel, m.stage, k.times, k.told, k.badly, k.well
FROM (
  SELECT moment_id, activity_id, channel_id, count(*) AS times, count(quality) AS told, count(CASE WHEN quality = -1 THEN 1 END) AS badly,
         count(CASE WHEN quality = 1 THEN 1 END) AS well
  FROM journeys GROUP BY moment_id, activity_id, channel_id
) k
LEFT JOIN moments m ON m.moment_id = k.moment_id LEFT JOIN activities a ON a.activity_id = k.activity_id
LEFT JOIN channels c ON c.channel_id = k.channel_id
ORDER BY m.touchpoint, k.times DESC, a.activity, c.channel, m.stage"""
_REJECTED = """SELECT source, line, block, code, "column" FROM rejected ORDER BY source, line, block LIMIT {most}"""


class _Kind(NamedTuple):
    """One kind of rows of the build."""

    touchpoint: str | None
    activity: str | None
    channel: str | None
    stage: str | None
    times: int
    told: int
    badly: int
    well: int


def _by(kinds: Iterable[_Kind], name: Callable[[_Kind], str | None]) -> dict[str, list[_Kind]]:
    """Kinds by one of their names, the most frequent first."""
    found: dict[str, list[_Kind]] = {}
    for one in sorted(kinds, key=lambda one: -one.times):
        found.setdefault(str(name(one)), []).append(one)
    return found


def _names(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))


def mapped(place: Where) -> Mapped:
    """What became of the rows of the present build."""
    from momot.build import open_build

    project = _opened(place)
    built = open_build(project.folder, project.file.engine)
    with built.engine() as engine:
        rows = engine.rows(_MAPPED)
        rejected = engine.rows(_REJECTED.format(most=MOST_REJECTED))
        (total,) = engine.row("SELECT count(*) FROM rejected")
    kinds = [_Kind(*row) for row in rows]
    return Mapped(
        touchpoints=tuple(
            Touchpoint(
                name=name,
                activities=_names(one.activity for one in own),
                channels=_names(one.channel for one in own),
                stages=tuple(dict.fromkeys(one.stage for one in own)),
                times=sum(one.times for one in own),
                told=sum(one.told for one in own),
                badly=sum(one.badly for one in own),
                well=sum(one.well for one in own),
            )
            for name, own in _by(kinds, lambda one: one.touchpoint).items()
        ),
        activities=tuple(
            Activity(
                name=name,
                touchpoints=_names(one.touchpoint for one in own),
                channels=_names(one.channel for one in own),
                stages=tuple(dict.fromkeys(one.stage for one in own)),
                times=sum(one.times for one in own),
            )
            for name, own in _by(kinds, lambda one: one.activity).items()
        ),
        rejected=tuple(
            (str(source or ""), str(line or ""), str(block or ""), str(code or "").replace("_", " "), str(column or ""))
            for source, line, block, code, column in rejected
        ),
        rejected_total=int(total),
    )


class Nobody(msgspec.Struct, frozen=True, kw_only=True):
    """There are fewer."""

    people: int


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    """One of the people of a list, by place: the time line, and of how many it is one."""

    timeline: Timeline
    listed: Listed


def people(place: Where, whom: People, segment: str, days: tuple[int, int] | None, start: int, most: int) -> Listed:
    """A page of a list."""
    from momot.build import open_build
    from momot.journeys.people import list_people

    project = _opened(place)
    built = open_build(project.folder, project.file.engine)
    return list_people(built, whom, segment=segment, days=days, start=start, most=most)


def somebody(place: Where, whom: People, segment: str, days: tuple[int, int] | None, number: int) -> Somebody | Nobody:
    """The time line of the person at this place of a list, counted from 1, or how many there are."""
    from momot.build import open_build
    from momot.build.interaction_rows import minor_units
    from momot.journeys.people import list_people
    from momot.journeys.timeline import timeline_of

    project = _opened(place)
    built = open_build(project.folder, project.file.engine)
    listed = list_people(built, whom, segment=segment, days=days, start=number - 1, most=1)
    if not listed.persons:
        return Nobody(people=listed.people)
    (person,) = listed.persons
    return Somebody(timeline=timeline_of(built, person.name, minor=minor_units(project.file.currency)), listed=listed)


_HEARD: OrderedDict[tuple[object, ...], tuple[Heard, Places]] = OrderedDict()
_MOST_HEARD = 2
"""Lists of texts that a process remembers, so that the next page of one does not wait for all to be read again."""


def texts(place: Where, build: str, whom: Texts, since: date | None, until: date | None, start: int, most: int) -> Spoken:
    """A page of texts, masked. They are held in memory alone."""
    from momot.api.builds import built_of
    from momot.designs.period import Period
    from momot.hearing import hearing
    from momot.reasons.behind import page_of, places_behind

    key = (build, whom, since, until)
    if key not in _HEARD:
        project = _opened(place)
        with hearing(project.file, built_of(project, None), tier=None, say=lambda _: None, period=Period.of(since, until)) as one:
            _HEARD[key] = (one.heard, places_behind(project.file, one.engine, one.heard, whom, encoder=one.encoder))
        while len(_HEARD) > _MOST_HEARD:
            _HEARD.popitem(last=False)
    heard, found = _HEARD[key]
    return page_of(heard, found, start=start, most=most)
