"""The people behind a number: who they are, masked, a page of them at a time, each leading to their time line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from momot.designs.period import Period
from momot.errors import MomotError, QuestionError
from momot.findings.labels import STAGE_CODES, counted_people, counted_units, printable
from momot.journeys.chosen import DATED
from momot.journeys.contract import Of
from momot.journeys.people import MOST, Listed, Person
from momot.language import Language, Message
from momot.vocabulary.whom import Beside, Counted, Met, People, Used, people, written
from momot.web import periods, tasks
from momot.web.behind import SEVERAL, met_of, people_words
from momot.web.call import Call, address
from momot.web.errors import NotThere
from momot.web.rendering import render
from momot.web.selection import kept_run, segment_name, view
from momot.web.state import State

FILTERS = ("outcome", "segment", "run", "period")
"""Filters of the screens that lead here: the segment narrows the list, the others say which finding the number was of."""
PAGE = "page"
WENT = {"badly": "badly", "neither": "neither", "well": "well", "unknown": "not known"}
"""How it went, as a cell of the list says it."""
LONGEST_PAGE = 9


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One of the list."""

    who: str  # "Person 3"; the id where ids may be shown
    address: str
    days: str
    interactions: str
    purchases: str
    stages: str
    went: str
    times: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everything `people.html` may use."""

    heading: str
    below: tuple[str, ...]  # how many times, who is no part of it, what the run counted
    persons: tuple[PersonLine, ...]
    shown: str  # "51 to 100 of 1 204"
    back: tuple[str, str]  # words, address
    has_times: bool
    has_went: bool
    masked: bool
    before: str
    after: str
    ready: bool


def people_page(call: Call) -> Response:
    """The list that the address asks for. Raises NotThere for one that there is not."""
    whom, filters = asked(call.query)
    start = (page_of(call.query) - 1) * MOST
    state, language = call.state, call.language
    when = period_of(state, filters)
    found = listed(state, whom, filters.get("segment", ""), days_of(whom, when), start)
    back = back_of(whom, filters, language)
    if found is None:
        page = PeoplePage(
            language.say("People"), (), (), "", back, has_times=False, has_went=False, masked=True, before="", after="", ready=False
        )
        return render(call, "people.html", page, fresh=False)
    if start and not found.persons:
        raise NotThere(Message("The list ends before this page."))
    of = of_fact(state, whom)
    query = {**filters, **written(whom)}
    this = start // MOST + 1
    identities = state.settings.identities
    page = PeoplePage(
        heading=people_words(whom, found.people, found.times, of, language),
        below=(*_below(state, whom, found, of, filters, language), *_dated(whom, when, language)),
        persons=tuple(_line(one, query, language, identities=identities) for one in found.persons),
        shown=language.say(
            "{first} to {last} of {all}",
            first=language.grouped(start + 1),
            last=language.grouped(start + len(found.persons)),
            all=language.grouped(found.people),
        )
        if found.people > MOST
        else "",
        back=back,
        has_times=found.times > found.people,
        has_went=any(one.badly or one.well or one.neither for one in found.persons),
        masked=not identities,
        before=address("/people", query, page=str(this - 1) if this > 2 else None) if start else "",
        after=address("/people", query, page=str(this + 1)) if start + len(found.persons) < found.people else "",
        ready=True,
    )
    return render(call, "people.html", page)


def asked(query: Mapping[str, str]) -> tuple[People, dict[str, str]]:
    """Whom an address asks for, and the filters that stand beside it. Raises NotThere."""
    filters = {name: query[name] for name in FILTERS if query.get(name)}
    fields = {name: value for name, value in query.items() if name not in (*FILTERS, PAGE, "number") and value}
    try:
        return people(fields), filters
    except ValueError:
        raise NotThere(Message("There is no such list of people. The numbers of the other screens lead to those that there are.")) from None


def page_of(query: Mapping[str, str], name: str = PAGE) -> int:
    """Which page, or which place of a list, counted from 1. Raises NotThere."""
    asked_for = query.get(name, "") or "1"
    if not (asked_for.isascii() and asked_for.isdecimal() and len(asked_for) <= LONGEST_PAGE and int(asked_for)):
        raise NotThere(Message("Pages and people are counted from 1."))
    return int(asked_for)


def period_of(state: State, filters: Mapping[str, str]) -> Period:
    """The period of the screen that led here: the one of the address, or that of the run it names."""
    named = periods.run_of(filters)
    return periods.of(state.findings(kept_run(state, named))) if named else periods.asked(filters)


def days_of(whom: People, when: Period) -> tuple[int, int] | None:
    """The days that narrow a list; None for all records."""
    return when.days if when and isinstance(whom, DATED) else None


def listed(state: State, whom: People, segment: str, days: tuple[int, int] | None, start: int) -> Listed | None:
    """A page of the list; None while it is being read. Raises NotThere for a moment, touchpoint or segment that there is not."""
    key = (state.current(), "people", whom, segment, days, start)
    try:
        found: Listed | None = state.readings.of(key, tasks.people, tasks.where(state), whom, segment, days, start, MOST)
    except QuestionError as error:
        raise NotThere(*error.args) from None
    return found


def of_fact(state: State, whom: People) -> Of:
    """What a fact counts; people for any other list."""
    journey = state.journey()
    facts = journey.facts if journey is not None and isinstance(whom, Counted) else ()
    return next((fact.of for fact in facts if isinstance(whom, Counted) and fact.id == whom.fact), "people")


def back_of(whom: People, filters: Mapping[str, str], language: Language) -> tuple[str, str]:
    """Where such a number stands."""
    if isinstance(whom, Met) and filters.get("outcome"):
        return printable(whom.moment, 120), address("/moment", {"name": whom.moment, **filters})
    if isinstance(whom, Used):
        return language.say("Data"), "/data"
    if isinstance(whom, Beside | Met):
        return language.say("Journeys"), address("/journeys", moment=whom.moment)
    return language.say("Journeys"), "/journeys"


def _below(state: State, whom: People, found: Listed, of: Of, filters: Mapping[str, str], language: Language) -> list[str]:
    """What the list is, less or more than the number that led to it may be."""
    told = []
    if of in SEVERAL:
        told.append(language.say("They are of {people}.", people=language.says("{n} person", "{n} people", found.people)))
    elif found.times != found.people:
        told.append(language.says("It happened {n} time in all.", "It happened {n} times in all.", found.times))
    if found.others:
        told.append(
            language.says(
                "{n} of {all} times is no part of this list: of an employee, or when nobody was being followed.",
                "{n} of {all} times are no part of this list: of employees, or when nobody was being followed.",
                found.others,
                all=language.grouped(found.times + found.others),
            )
        )
    if filters.get("segment"):
        told.append(language.say("Only {segment}.", segment=segment_name(filters["segment"], language)))
    told += _counted_by_run(state, whom, found, filters, language)
    return told


def _dated(whom: People, when: Period, language: Language) -> list[str]:
    """Of which time the list is, where the screen that led here is of a period."""
    if not when:
        return []
    if isinstance(whom, DATED):
        return [language.say("Of a period: {period}.", period=periods.words(when, language))]
    return [language.say("Of all records: whole journeys have no period.")]


def _counted_by_run(state: State, whom: People, found: Listed, filters: Mapping[str, str], language: Language) -> list[str]:
    """What the finding counts where that is another number: it follows fewer, and cases, of which a person may have several."""
    if not isinstance(whom, Met) or not filters.get("outcome"):
        return []
    try:
        one = view(state, filters, language)
    except MomotError:
        return []
    row = next((row for row in one.drawn.rows if row.moment.name == whom.moment), None) if one is not None else None
    if row is None:
        return []
    reached = counted_people(row.moment.question, row.moment.reach.people, language)
    if not whom.went and not whom.level:
        if row.moment.reach.people == found.people:
            return []
        return [language.say("The finding counts {people}: those of them whom its question follows.", people=reached)]
    effects = [effect for effect in row.moment.main_effects if met_of(row.moment, effect) == whom]
    return [
        language.say(
            "The finding compares {cases}: what of it the question follows. A case is no person: somebody may have several.",
            cases=counted_units(row.moment.question, cases, language),
        )
        for cases in dict.fromkeys(effect.n for effect in effects)
    ]


def _line(one: Person, query: Mapping[str, str], language: Language, *, identities: bool) -> PersonLine:
    return PersonLine(
        who=printable(one.name, 80) if identities else language.say("Person {n}", n=language.grouped(one.number)),
        address=address("/journeys/person", query, number=str(one.number)),
        days=language.days(one.first_on, one.last_on),
        interactions=language.grouped(one.interactions),
        purchases=language.grouped(one.purchases) if one.purchases else "",
        stages=", ".join(STAGE_CODES[stage] for stage in one.stages),
        went=_went(one, language),
        times=language.grouped(one.times),
    )


def _went(one: Person, language: Language) -> str:
    """`badly 2, well 1`; the word alone where there is but one."""
    found = [(language.say(WENT[name]), count) for name in WENT if (count := getattr(one, name))]
    single = sum(count for _, count in found) == 1
    return ", ".join(words if single else f"{words} {language.grouped(count)}" for words, count in found)
