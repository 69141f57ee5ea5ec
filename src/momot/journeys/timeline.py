"""The time line of one person: what happened, in local time, with stage, session and cycle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from momot.build import Build
from momot.build.dictionary import FILE
from momot.engine import Engine, literal
from momot.errors import QuestionError, did_you_mean
from momot.journeys.contract import Event, Timeline
from momot.vocabulary import QUALITIES

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_INTERACTIONS = """
SELECT j.happened_at, m.moment, m.stage, a.activity, c.channel, j.quality, l.label, s.subject, j.value_minor, j.purchase, j.occurrence,
       j.session, j.cycle
FROM journeys j
LEFT JOIN moments m USING (moment_id) LEFT JOIN activities a USING (activity_id) LEFT JOIN channels c USING (channel_id)
LEFT JOIN levels l ON l.touchpoint_id = j.touchpoint_id AND l.level = j.level LEFT JOIN subjects s ON s.subject_id = j.subject_id
WHERE j.person_id = {person} ORDER BY j.happened_at, j.interaction_id"""
_OPINIONS = """
SELECT o.given_at, o.instrument, s.subject, o.value FROM opinions o LEFT JOIN subjects s ON s.subject_id = o.subject_id
WHERE o.person_id = {person} ORDER BY o.given_at, o.opinion_id"""


def timeline_of(build: Build, person: str, *, minor: int) -> Timeline:
    """All of one person; `minor` units make one of the currency. Raises QuestionError for an id that nobody has."""
    zone = ZoneInfo(build.manifest.timezone)
    with build.engine() as engine:
        number, name, employee, ids = _find(engine, build, person)
        lived = engine.rows(_INTERACTIONS.format(person=number))
        given = engine.rows(_OPINIONS.format(person=number))
    events = [
        (at, Event(
            at=_local(at, zone), kind="interaction", moment=moment, stage=stage, activity=activity, channel=channel,
            quality=None if quality is None else QUALITIES[quality + 1], level=level, subject=subject,
            value=None if value is None else value / minor, purchase=purchase, occurrence=occurrence, session=session, cycle=cycle,
        ))
        for at, moment, stage, activity, channel, quality, level, subject, value, purchase, occurrence, session, cycle in lived
    ]  # fmt: skip
    events += [
        (at, Event(
            at=_local(at, zone), kind="opinion", moment=instrument, stage=None, activity=None, channel=None, quality=None, level=None,
            subject=subject, value=value, purchase=False, occurrence=None, session=None, cycle=None,
        ))
        for at, instrument, subject, value in given
    ]  # fmt: skip
    return Timeline(
        project=build.manifest.project,
        build=build.manifest.build,
        timezone=build.manifest.timezone,
        currency=build.manifest.currency,
        person=name,
        ids=ids,
        is_employee=employee,
        purchases=sum(event.purchase for _, event in events),
        events=tuple(event for _, event in sorted(events, key=lambda one: one[0])),
    )


def _find(engine: Engine, build: Build, person: str) -> tuple[int, str, bool, tuple[str, ...]]:
    """Number, name, whether an employee, and all ids of the person that is called so; an id may leave out its namespace."""
    ids = f"read_parquet({literal(build.folder / FILE)})"
    written, bare = literal(person), "".join(f"!{letter}" if letter in "%_!" else letter for letter in person)
    called = engine.rows(
        f"""SELECT DISTINCT p.person_id, p.person, p.is_employee FROM people p
        LEFT JOIN (SELECT key, person_id FROM {ids} WHERE kind = 'person') d ON d.person_id = p.person_id
        WHERE p.person = {written} OR d.key = {written} OR d.key LIKE {literal("%:" + bare)} ESCAPE '!' ORDER BY p.person_id"""
    )
    found = [one for one in called if one[1] == person] or called
    if len(found) > 1:
        raise QuestionError(
            f"'{person}' is the id of {len(found)} persons: {', '.join(name for _, name, _ in found[:5])}. Name one of them."
        )
    if not found:
        near = [name for (name,) in engine.rows(_NEAR.format(person=literal(person)))]
        raise QuestionError(f"nobody is called '{person}' in {build.manifest.project}.{did_you_mean(person, near) or _such_as(near)}")
    number, name, employee = found[0]
    keys = engine.rows(f"SELECT key FROM {ids} WHERE kind = 'person' AND person_id = {number} ORDER BY id")
    return number, name, employee, tuple(key for (key,) in keys) or (name,)


# The ids most like it: among a million, edit distance in the engine takes a tenth of a second.
_NEAR = "SELECT person FROM people ORDER BY levenshtein(lower(person), lower({person})), person LIMIT 5"


def _such_as(names: list[str]) -> str:
    return f" There is: {', '.join(names)}." if names else " There is nobody."


def _local(micros: int, zone: ZoneInfo) -> str:
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(zone).isoformat(timespec="seconds")
