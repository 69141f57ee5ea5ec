"""One person's time line: somebody of a list, without a name; by id only where that is asked for and allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from starlette.responses import Response

from momot.errors import QuestionError
from momot.findings.labels import STAGE_CODES, channel_words, printable, state_words
from momot.journeys.contract import Event, Timeline
from momot.journeys.people import MOST
from momot.language import Language, Message
from momot.vocabulary.whom import Beside, Met, written
from momot.web import tasks
from momot.web.behind import people_words
from momot.web.call import Call, address
from momot.web.errors import NotThere
from momot.web.rendering import render
from momot.web.screens.people import asked, days_of, of_fact, page_of, period_of

MASKED = "Somebody"
MOST_EVENTS = 400
CODES = {str(stage): code for stage, code in STAGE_CODES.items()}


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened."""

    time: str
    name: str
    address: str
    stage: str
    below: str  # activity, channel, what it was about
    quality: str
    value: str
    purchase: bool
    marked: bool  # the moment that was asked for


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the person, in local time."""

    on: str
    since: str  # days since the day before
    events: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything `person.html` may use."""

    heading: str
    back: str
    whom: str = ""  # the list they are one of
    sub: str = ""
    ids: tuple[str, ...] = ()  # empty: masked
    days: tuple[Day, ...] = ()
    left_out: int = 0
    before: str = ""
    after: str = ""
    ready: bool = False


def somebody_page(call: Call) -> Response:
    """The time line of one of a list, by place in it; of those who met a moment where nothing else is said. Nothing of it names anybody."""
    whom, filters = asked({"of": "met", **call.query})
    language, state, this = call.language, call.state, page_of(call.query, "number")
    segment, query = filters.get("segment", ""), {**filters, **written(whom)}
    days = days_of(whom, period_of(state, filters))
    back = address("/people", query, page=str((this - 1) // MOST + 1) if this > MOST else None)
    try:
        found: tasks.Somebody | tasks.Nobody | None = state.readings.of(
            (state.current(), "somebody", whom, segment, days, this), tasks.somebody, tasks.where(state), whom, segment, days, this
        )
    except QuestionError as error:
        raise NotThere(*error.args) from None
    if found is None:
        return render(call, "person.html", PersonPage(heading=language.say(MASKED), back=back), fresh=False)
    if isinstance(found, tasks.Nobody):
        raise NotThere(Message("There are only {n} of them.", n=found.people))
    listed = found.listed
    moment = whom.moment if isinstance(whom, Met | Beside) else ""
    lived, left_out = _days(found.timeline, moment, language, names=False)
    which = language.say("Person {n} of {all}.", n=language.grouped(this), all=language.grouped(listed.people))
    page = PersonPage(
        heading=language.say(MASKED),
        whom=people_words(whom, listed.people, listed.times, of_fact(state, whom), language),
        sub=f"{which} {_counts(found.timeline, language)}",
        days=lived,
        left_out=left_out,
        back=back,
        before=address("/journeys/person", query, number=str(this - 1)) if this > 1 else "",
        after=address("/journeys/person", query, number=str(this + 1)) if this < listed.people else "",
        ready=True,
    )
    return render(call, "person.html", page)


def person_page(call: Call) -> Response:
    """The time line of the person that the form names. Ids stand in no address, and only where they may be shown."""
    if not call.state.settings.identities:
        raise QuestionError(Message("Ids of people are masked here. `momot serve --identities` allows to ask for them."))
    person = call.form.get("person", "").strip()
    if not person:
        raise QuestionError(Message("Name the id of a person."))
    call.state.current()
    found: Timeline = tasks.timeline(tasks.where(call.state), person)
    days, left_out = _days(found, "", call.language, names=True)
    page = PersonPage(
        heading=printable(found.person, 120),
        sub=_counts(found, call.language),
        ids=found.ids,
        days=days,
        left_out=left_out,
        back="",
        ready=True,
    )
    return render(call, "person.html", page, fresh=False)


def _counts(found: Timeline, language: Language) -> str:
    told = language.say(
        "{events}, {purchases}; times of {zone}.",
        events=language.says("{n} event", "{n} events", len(found.events)),
        purchases=language.says("{n} purchase", "{n} purchases", found.purchases),
        zone=found.timezone,
    )
    return f"{told} {language.say('An employee, left out of estimates.')}" if found.is_employee else told


def _days(found: Timeline, moment: str, language: Language, *, names: bool) -> tuple[tuple[Day, ...], int]:
    """The days with their events, the first of them where there are very many, and how many events were left out."""
    subjects: dict[str, str] = {}
    days, last = [], ""
    for on, events in groupby(found.events[:MOST_EVENTS], key=lambda event: event.at[:10]):
        lines = tuple(_event(event, found, moment, subjects, language, names=names) for event in events)
        days.append(Day(language.day(on), _since(last, on, language), lines))
        last = on
    return tuple(days), max(0, len(found.events) - MOST_EVENTS)


def _since(before: str, now: str, language: Language) -> str:
    if not before:
        return ""
    gap = (date.fromisoformat(now) - date.fromisoformat(before)).days
    return language.says("{n} day later", "{n} days later", gap)


def _event(event: Event, found: Timeline, moment: str, subjects: dict[str, str], language: Language, *, names: bool) -> EventLine:
    about = ""
    if event.subject is not None:
        about = (
            printable(event.subject, 80)
            if names
            else subjects.setdefault(event.subject, language.say("subject {number}", number=len(subjects) + 1))
        )
    channel = channel_words(event.channel, language) if event.channel else ""
    told = [(event.activity or "").replace("_", " "), channel] if event.kind == "interaction" else [language.say("opinion")]
    below = [printable(one, 80) for one in told if one]
    return EventLine(
        time=event.at[11:16],
        name=printable(event.moment, 120),
        address=address("/journeys", moment=event.moment) if event.kind == "interaction" else "",
        stage=CODES.get(event.stage or "", ""),
        below=" \u00b7 ".join([*below, *([about] if about else [])]),
        quality=printable(event.level or state_words(event.quality or "", language), 80),
        value="" if event.value is None else _value(event, found, language),
        purchase=event.purchase,
        marked=bool(moment) and event.moment == moment,
    )


def _value(event: Event, found: Timeline, language: Language) -> str:
    value = event.value or 0.0
    if event.kind == "opinion":
        return f"{value:g}".replace(".", language.written.point)
    return f"{language.grouped(value, 2)} {found.currency or ''}".strip()
