"""Journeys: how many come through the stages, what they do at first sight, who comes back, and what stands around one moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup
from starlette.responses import Response

from momot.errors import MomotError
from momot.findings.labels import printable
from momot.findings.numbers import percent
from momot.journeys import contract
from momot.journeys.contract import Fact, Flow, Funnel, Journey, Paths
from momot.journeys.counted import COUNTING
from momot.journeys.facts import NOTHING
from momot.journeys.paths import DEPTH
from momot.language import Language
from momot.report.facts import GROUPS, journey_part
from momot.report.pages import FactGroup
from momot.vocabulary import STAGES, Stage
from momot.vocabulary.whom import END, OTHERS, START, Again, AtStage, Beside, Counted, Glanced, ListedFact, Met, Through
from momot.vocabulary.whom import Cohort as CohortOf
from momot.web import tasks
from momot.web.behind import THINGS, loop_links, people_address, people_link, stage_words
from momot.web.call import Call, address
from momot.web.rendering import NonePage, render
from momot.web.saying import failure, share_ends

ENDS = {START: "the journey had not begun", END: "the journey was over"}
BEFORE = ("{n} step before", "{n} steps before")
AFTER = ("{n} step after", "{n} steps after")
SHOWN_OTHERS = re.compile(r"\(?(\d+) others?\)?")
MOST_NEXT = 3
LAST_MONTHS = 12
NONE = "There is no [[interactions]] block in momot.toml, so there are no journeys to follow."


@dataclass(frozen=True, slots=True)
class Node:
    """What stands at one step before or after a moment."""

    name: str
    address: str
    share: float
    words: str  # "1 204 of 18 460, 6.5 %"; the number leads to whom it counts
    quiet: bool  # the rest, or an end of the journey


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with at most eight moments and the rest."""

    head: str
    nodes: tuple[Node, ...]
    nearest: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around one moment."""

    moment: str
    times: int
    here: Markup  # how often, leading to whom
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    page: str  # the moment's own page
    people: str  # who met it


@dataclass(frozen=True, slots=True)
class Impression:
    """How long people stay at the first sight of the offer, and what they do then."""

    group: str
    share: float
    words: str
    then: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class CohortCell:
    """One month of a cohort: the share who bought again in it, its interval, and of how many."""

    share: str
    interval: str
    counts: str  # "31 of 258"; the first leads to whom it counts


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage of the flow in numbers, each with its interval and denominator."""

    stage: str
    met: Markup  # at any time
    people: Markup  # after all stages before it
    share: str  # of those who came to the first stage
    share_interval: str
    onward: str  # of those who came to the stage before
    onward_interval: str
    onward_of: str
    days: str  # median since the stage before
    days_interval: str


@dataclass(frozen=True, slots=True)
class Cohort:
    """Buyers of one month, and how many of them bought again in the months since."""

    month: str
    size: Markup
    cells: tuple[CohortCell, ...]


@dataclass(frozen=True, slots=True)
class JourneysPage:
    """Everything `journeys.html` may use."""

    heading: str
    sub: str
    flow: Markup | None
    stages: tuple[StageRow, ...]
    impressions: tuple[Impression, ...]
    impressed: str
    groups: tuple[FactGroup, ...]
    who: Mapping[tuple[str, str], str]  # by id and group of a fact: whom it is told of
    trend: Markup | None
    absent: tuple[tuple[str, str], ...]
    cohorts: tuple[Cohort, ...]
    months: tuple[int, ...]  # since the first purchase
    around: Around | None
    moments: tuple[str, ...]
    moment: str
    ready: bool
    trouble: str
    identities: bool


def journeys_page(call: Call) -> Response:
    """The page; `moment` asks what stands around one."""
    state, language, asked = call.state, call.language, call.query.get("moment", "")
    build = state.current()
    journey = state.journey()
    if journey is None:
        return render(call, "none.html", NonePage(language.say("Journeys"), language.say(NONE)))
    place, trouble = tasks.where(state), ""
    funnel: Funnel | None = None
    paths: Paths | None = None
    cohorts = None
    ready = True
    try:
        paths = state.readings.of((build, "paths", asked), tasks.paths, place, asked or None)
        cohorts = state.readings.of((build, "cohorts"), tasks.cohorts, place)
        ready = paths is not None and cohorts is not None
    except MomotError as error:
        trouble = failure(error, language, state.home)
    try:
        funnel = state.readings.of((build, "funnel"), tasks.funnel, place)
        ready = ready and funnel is not None
    except MomotError as error:
        trouble = trouble or failure(error, language, state.home)
    part = journey_part(journey, funnel, language, _flow_links(journey))
    assert part is not None  # noqa: S101  there is a journey
    impressions = _impressions(journey.facts, language)
    page = JourneysPage(
        heading=_heading(journey, language),
        sub=part.sub,
        flow=part.flow,
        stages=_stages(funnel, language) if funnel is not None and part.flow is not None else (),
        impressions=impressions,
        impressed=language.says(
            "How long {n} person stayed when they first stood in front of the offer, and what they did then",
            "How long {n} people stay when they first stand in front of the offer, and what most of them do then",
            next((fact.n for fact in journey.facts if fact.id == "first_impression"), 0),
        ),
        groups=part.groups,
        who={(fact.id, fact.group or ""): who for fact in journey.facts if (who := fact_links(fact, language))},
        trend=part.trend,
        absent=part.absent,
        cohorts=_cohorts(cohorts.cohorts, language) if cohorts else (),
        months=max((tuple(cell.since for cell in one.cells[:LAST_MONTHS]) for one in cohorts.cohorts), key=len, default=())
        if cohorts
        else (),
        around=_around(paths, language) if paths and paths.moment else None,
        moments=_moments(paths),
        moment=paths.moment or "" if paths else asked,
        ready=ready,
        trouble=trouble,
        identities=state.settings.identities,
    )
    return render(call, "journeys.html", page, fresh=ready)


def _heading(journey: Journey, language: Language) -> str:
    """The loyalty loop as a sentence, where it is known."""
    found = next((fact for fact in journey.facts if fact.id == "repurchase_share" and fact.value is not None), None)
    if found is None or found.value is None:
        return language.says("{n} person and how they come through", "{n} people and how they come through", journey.people)
    return language.says(
        "{share} of {n} buyer bought again", "{share} of {n} buyers bought again", found.n, share=percent(found.value, language=language)
    )


def _impressions(facts: Sequence[Fact], language: Language) -> tuple[Impression, ...]:
    """The first seconds, with what most did then."""
    made = []
    for fact in facts:
        if fact.id != "first_impression" or fact.value is None or fact.low is None or fact.high is None:
            continue
        then = [one for one in facts if one.id == "first_impression_next" and one.group == fact.group and one.value is not None][:MOST_NEXT]
        made.append(
            Impression(
                group=language.say(GROUPS[fact.group]) if fact.group in GROUPS else fact.group or "",
                share=fact.value,
                words=Markup("{}, {}, {}").format(
                    _of(people_link(_glanced(fact), language.grouped(fact.count or 0)), fact.n, language),
                    percent(fact.value, language=language),
                    share_ends(fact.low, fact.high, language),
                ),
                then=tuple(
                    Markup("<bdi>{}</bdi> {}").format(
                        _next(one, language), _of(people_link(_glanced(one), language.grouped(one.count or 0)), one.n, language)
                    )
                    for one in then
                ),
            )
        )
    return tuple(made)


def _around(paths: Paths, language: Language) -> Around:
    moment = paths.moment or ""
    steps = {number: [flow for flow in paths.flows if flow.step == number] for number in (*range(-DEPTH, 0), *range(1, DEPTH + 1))}
    return Around(
        moment=printable(moment, 120),
        times=paths.times,
        here=people_link(Met(moment=moment), language.says("{n} time", "{n} times", paths.times)),
        before=tuple(_step(moment, number, steps[number], language) for number in range(-DEPTH, 0) if steps[number]),
        after=tuple(_step(moment, number, steps[number], language) for number in range(1, DEPTH + 1) if steps[number]),
        page=address("/moment", name=moment),
        people=people_address(Met(moment=moment)),
    )


def _step(moment: str, number: int, flows: Sequence[Flow], language: Language) -> Step:
    total = sum(flow.times for flow in flows)
    count = abs(number)
    head = language.says(*(BEFORE if number < 0 else AFTER), count)
    return Step(head, tuple(_node(moment, flow, total, language) for flow in flows), count == 1)


def _node(moment: str, flow: Flow, total: int, language: Language) -> Node:
    """`1 204 of 18 460, 6.5 %`: the total is that of the step, so that the numbers of a step add up to it."""
    rest = flow.moment.startswith("(")
    other = OTHERS if SHOWN_OTHERS.fullmatch(flow.moment) else flow.moment
    return Node(
        name=_name(flow.moment, language),
        address="" if rest else address("/journeys", moment=flow.moment),
        share=flow.share,
        words=language.say(
            "{n} of {all}, {share}",
            n=people_link(Beside(moment=moment, steps=flow.step, other=other), language.grouped(flow.times)),
            all=language.grouped(total),
            share=percent(flow.share, language=language),
        ),
        quiet=rest,
    )


def _name(moment: str, language: Language) -> str:
    """A moment, an end of the journey, or how many others there are."""
    others = SHOWN_OTHERS.fullmatch(moment)
    if others:
        return language.says("{n} other", "{n} others", int(others[1]))
    return language.say(ENDS[moment]) if moment in ENDS else printable(moment, 120)


def _next(fact: Fact, language: Language) -> str:
    """What most people do then."""
    return language.say(GROUPS[NOTHING]) if fact.next == NOTHING else _name(fact.next or "", language)


def _moments(paths: Paths | None) -> tuple[str, ...]:
    """Every moment that happened, the most frequent first."""
    if paths is None:
        return ()
    times: dict[str, int] = {}
    for edge in paths.edges:
        if edge.to not in ENDS:
            times[edge.to] = times.get(edge.to, 0) + edge.times
    return tuple(sorted(times, key=lambda name: (-times[name], name)))


def _cohorts(found: Sequence[contract.Cohort], language: Language) -> tuple[Cohort, ...]:
    made = []
    for one in found[-LAST_MONTHS:]:
        cells = tuple(
            CohortCell(
                share=percent(cell.share, language=language),
                interval=share_ends(cell.low, cell.high, language),
                counts=_of(people_link(Again(month=one.month, since=cell.since), language.grouped(cell.count)), cell.n, language),
            )
            for cell in one.cells[:LAST_MONTHS]
        )
        size = people_link(CohortOf(month=one.month), language.grouped(one.size))
        made.append(Cohort(month=one.month, size=size, cells=cells))
    return tuple(made)


def _of(count: Markup, n: int, language: Language) -> str:
    """`31 of 258`."""
    return language.say("{n} of {all}", n=count, all=language.grouped(n))


def _flow_links(journey: Journey) -> dict[str, str]:
    """From the stages of the picture to who came there, from its loops to who goes round."""
    links: dict[str, str] = {one.stage: people_address(Through(stage=one.stage)) for one in journey.stages}
    return {**links, **loop_links()}


def _stages(funnel: Funnel, language: Language) -> tuple[StageRow, ...]:
    """The flow as a table: what the picture has no room for."""
    made = []
    before: contract.Step | None = None
    known: dict[str, Stage] = {stage: stage for stage in STAGES}
    for step in funnel.steps:
        stage = known[step.name]
        onward = before is not None and step.onward is not None
        made.append(
            StageRow(
                stage=stage_words(stage, language),
                met=people_link(AtStage(stage=stage), language.grouped(step.met)),
                people=people_link(Through(stage=stage), language.grouped(step.people)),
                share="" if step.share is None else percent(step.share, language=language),
                share_interval=_ends(step.low, step.high, language),
                onward="" if step.onward is None else percent(step.onward, language=language),
                onward_interval=_ends(step.onward_low, step.onward_high, language),
                onward_of=language.say("of {n}", n=language.grouped(before.people)) if before is not None and onward else "",
                days="" if step.days is None else language.grouped(step.days, 1),
                days_interval=""
                if step.days_low is None or step.days_high is None
                else language.say("{low} to {high}", low=language.grouped(step.days_low, 1), high=language.grouped(step.days_high, 1)),
            )
        )
        before = step
    return tuple(made)


def _ends(low: float | None, high: float | None, language: Language) -> str:
    return "" if low is None or high is None else share_ends(low, high, language)


def _glanced(fact: Fact) -> Glanced:
    """Whom a fact of the first seconds counts."""
    then = "" if fact.next is None else OTHERS if SHOWN_OTHERS.fullmatch(fact.next) else fact.next
    return Glanced(group=fact.group, then=then)  # type: ignore[arg-type]


def fact_links(fact: Fact, language: Language) -> str:
    """Whom a fact is told of: those to whom it applies where it counts them, and all of its denominator."""
    if fact.value is None or fact.id not in get_args(ListedFact):
        return ""
    group, told = fact.group or "", []
    if fact.id in COUNTING and fact.count is not None:
        told.append(people_link(Counted(fact=fact.id, group=group), language.grouped(fact.count)))
    every = people_link(Counted(fact=fact.id, group=group, who="all"), language.says(*THINGS[fact.of], fact.n))  # type: ignore[arg-type]
    return language.say("{n} of {all}", n=told[0], all=every) if told else every
