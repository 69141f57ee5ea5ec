"""What is read in the process beside the app: functions of names and folders, whose answers are frozen values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from momot.journeys.contract import Timeline

if TYPE_CHECKING:
    from momot.findings.checkup import Checkup
    from momot.journeys.contract import Cohorts, Funnel, Paths
    from momot.reasons.explain import Explained
    from momot.reasons.overview import Voices
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
    activities: tuple[str, ...]
    channel: str | None
    stages: tuple[str | None, ...]
    times: int


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows: touchpoints with their stages, and the first rows that were not taken."""

    touchpoints: tuple[Touchpoint, ...]
    rejected: tuple[tuple[str, str, str, str, str], ...]  # source, line, block, code, column
    rejected_total: int


MOST_REJECTED = 50
_MAPPED = """
SELECT m.touchpoint, a.activity, c.channel, m.stage, k.times
FROM (SELECT moment_id, activity_id, channel_id, count(*) AS times FROM journeys GROUP BY ALL) k
LEFT JOIN moments m USING (moment_id) LEFT JOIN activities a USING (activity_id) LEFT JOIN channels c USING (channel_id)
ORDER BY m.touchpoint, k.times DESC, a.activity, c.channel, m.stage"""
_REJECTED = """SELECT source, line, block, code, "column" FROM rejected ORDER BY source, line, block LIMIT {most}"""


def mapped(place: Where) -> Mapped:
    """What became of the rows of the present build."""
    from momot.build import open_build

    project = _opened(place)
    built = open_build(project.folder, project.file.engine)
    with built.engine() as engine:
        rows = engine.rows(_MAPPED)
        rejected = engine.rows(_REJECTED.format(most=MOST_REJECTED))
        (total,) = engine.row("SELECT count(*) FROM rejected")
    by_name: dict[str, list[tuple[str | None, str | None, str | None, int]]] = {}
    for name, activity, channel, stage, times in rows:
        by_name.setdefault(str(name), []).append((activity, channel, stage, int(times)))
    return Mapped(
        touchpoints=tuple(
            Touchpoint(
                name=name,
                activities=tuple(dict.fromkeys(activity for activity, _, _, _ in own if activity is not None)),
                channel=own[0][1],
                stages=tuple(dict.fromkeys(stage for _, _, stage, _ in own)),
                times=sum(times for _, _, _, times in own),
            )
            for name, own in by_name.items()
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
    """One of the people who met a moment, by place: the time line, and of how many it is one."""

    timeline: Timeline
    place: int
    people: int


_HOW_MANY = """
SELECT count(*) FROM people p SEMI JOIN (SELECT person_id FROM journeys WHERE moment_id = {moment}) j USING (person_id)
WHERE NOT p.is_employee"""
_WHO = """
SELECT p.person, count(*) OVER () AS people
FROM people p SEMI JOIN (SELECT person_id FROM journeys WHERE moment_id = {moment}) j USING (person_id)
WHERE NOT p.is_employee ORDER BY p.person_id LIMIT 1 OFFSET {place}"""


def somebody(place: Where, moment: str, number: int) -> Somebody | Nobody:
    """The time line of the person at this place among those who met a moment, or how many there are."""
    from momot.build import open_build
    from momot.build.interaction_rows import minor_units
    from momot.journeys.paths import find_moment
    from momot.journeys.timeline import timeline_of

    project = _opened(place)
    built = open_build(project.folder, project.file.engine)
    with built.engine() as engine:
        code, _ = find_moment(engine, moment)
        found = engine.rows(_WHO.format(moment=code, place=number))
        if not found:
            (people,) = engine.row(_HOW_MANY.format(moment=code))
            return Nobody(people=int(people))
    (person, people), *_ = found
    return Somebody(timeline=timeline_of(built, person, minor=minor_units(project.file.currency)), place=number, people=int(people))
