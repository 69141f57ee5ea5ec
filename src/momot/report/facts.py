"""Facts of journeys as a part of the report: how many come through, who comes back when, each with interval and denominator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from momot.findings.labels import STAGE_CODES, STAGE_WORDS, printable
from momot.findings.numbers import decimals_for, percent
from momot.findings.sentences import sentence
from momot.findings.told import marked
from momot.journeys.contract import Fact, Funnel, Journey
from momot.language import Language
from momot.report.around import around
from momot.report.marks.flow import stage_flow
from momot.report.marks.trend import Point, trend_svg
from momot.report.pages import FactGroup, FactLine, JourneyPart
from momot.report.rows import LONGEST_TEXT
from momot.vocabulary import FactName, Stage
from momot.vocabulary import JourneyPart as PartName

OF: dict[str, tuple[str, str]] = {
    "buyers": ("of {n} buyer", "of {n} buyers"),
    "people": ("of {n} person", "of {n} people"),
    "interactions": ("of {n} interaction", "of {n} interactions"),
    "questions": ("of {n} question", "of {n} questions"),
    "promises": ("of {n} promise", "of {n} promises"),
    "episodes": ("of {n} episode", "of {n} episodes"),
    "cycles": ("of {n} cycle", "of {n} cycles"),
}
SENTENCES: dict[FactName, str] = {
    "research_share": "{of} look for an answer before the first purchase",
    "sources_consulted": "different sources are consulted before the first purchase, on average {of}",
    "before_contact_share": "of the way to the first purchase is over before the brand knows who it is, on average {of}",
    "first_impression": "{of} stay so long when they first stand in front of the offer: {group}",
    "answer_hours": "until half {of} have a first answer",
    "promise_kept_share": "{of} are kept",
    "episode_days": "until half {of} have ended",
    "speaks_share": "{of} tell others after buying",
    "advocates_share": "{of} are advocates: their last opinion is in the top tenth of its scale",
    "detractors_share": "{of} are detractors: their last opinion is in the lower 60\u00a0% of its scale",
    "review_share": "{of} in research read what other customers say",
    "repurchase_share": "{of} have bought again",
    "repurchase_within": "{of} buy again within {group}, whoever is followed that long",
    "repurchase_days": "until half {of} have bought again",
    "cycle_days": "until half {of} have made the next purchase, from purchase {group}",
    "payback_share": "{of} have brought what it cost to win them, won in {group}",
    "payback_days": "until half {of} have brought what it cost to win them, won in {group}",
}
"""What a number is of whom. The other facts are drawn, or too many for a table: `momot journey` tells them."""
GROUPS = {
    "within 3 s": "up to 3 seconds",
    "3 to 7 s": "3 to 7 seconds",
    "later": "longer than 7 seconds",
    "nothing more": "and nothing more follows",
}
UNITS = {"days": ("{number} day", "{number} days"), "hours": ("{number} hour", "{number} hours")}
LOOP: PartName = "loop"
LAST_MONTHS = 3


def journey_part(
    journey: Journey | None, funnel: Funnel | None, language: Language, links: Mapping[str, str] | None = None
) -> JourneyPart | None:
    """The section; None where no journeys are known. `links` are those of the picture."""
    if journey is None:
        return None
    sub = language.say(
        "{people} under observation, {buyers} of them bought, {days}.",
        people=language.says("{n} person", "{n} people", journey.people),
        buyers=language.grouped(journey.buyers),
        days=language.days(journey.from_, journey.to) if journey.from_ and journey.to else "",
    ).replace(", .", ".")
    parts: tuple[PartName, ...] = ("zmot", "fmot", "smot", "umot", LOOP)
    groups = [_group(part, journey.facts, language) for part in parts]
    return JourneyPart(
        sub=sub,
        flow=stage_flow(funnel, around=around(journey), language=language, links=links) if funnel is not None else None,
        trend=_returning(journey.facts, language),
        groups=tuple(group for group in groups if group.lines),
        absent=tuple(_absent(journey.facts, language)),
    )


def _group(part: PartName, facts: Iterable[Fact], language: Language) -> FactGroup:
    if part == LOOP:
        code, word = language.say("Loyalty loop"), ""
    else:
        stage: Stage = part  # type: ignore[assignment]  # every other part of a journey is a stage
        code, word = STAGE_CODES[stage], language.say(STAGE_WORDS[stage])
    own = [fact for fact in facts if fact.part == part and fact.id in SENTENCES and fact.value is not None]
    months = sorted({fact.group for fact in own if fact.id.startswith("payback") and fact.group})[-LAST_MONTHS:]
    shown = [fact for fact in own if not fact.id.startswith("payback") or fact.group in months]
    return FactGroup(code=code, word=word, lines=tuple(_line(fact, language) for fact in shown))


def _line(fact: Fact, language: Language) -> FactLine:
    group, of = _of_group(fact, language), language.says(*OF[fact.of], fact.n)
    number, interval = _number(fact, language)
    return FactLine(number, interval, printable(language.say(SENTENCES[fact.id], of=of, group=group), LONGEST_TEXT), fact)


def _of_group(fact: Fact, language: Language) -> str:
    """`within 3 s`, `30 days`, `1 to 2`, a month, in words."""
    group = fact.group or ""
    days, ends = group.removesuffix(" days"), group.split(" to ")
    if days != group and days.isdigit():
        return language.says("{n} day", "{n} days", int(days))
    if len(ends) == 2 and all(end.isdigit() for end in ends):
        return language.say("{low} to {high}", low=ends[0], high=ends[1])
    return language.say(GROUPS[group]) if group in GROUPS else group


def _number(fact: Fact, language: Language) -> tuple[str, str]:
    """The number with its unit, and its interval; a side that the records don't bound is open."""
    value, low, high = fact.value or 0.0, fact.low, fact.high
    if fact.unit == "share":
        one = percent(value, language=language)
        ends = [percent(end, language=language) for end in (low, high) if end is not None]
    else:
        half = [(high - low) / 2] if low is not None and high is not None else []
        places = min(1, decimals_for(half)) if value < 100 else 0
        text = language.grouped(value, places)
        one = text if fact.unit not in UNITS else language.says(*UNITS[fact.unit], 2 if places else round(value), number=text)
        ends = [language.grouped(end, places) for end in (low, high) if end is not None]
    if low is not None and high is not None:
        return one, language.say("{low} to {high}", low=ends[0], high=ends[1])
    if low is not None:
        return one, language.say("at least {time}", time=ends[0])
    return one, ""


def _returning(facts: Iterable[Fact], language: Language) -> Markup | None:
    """Who buys again, week by week, of those who had not yet."""
    weeks = [fact for fact in facts if fact.id == "repurchase_hazard" and fact.value is not None and fact.group is not None]
    points = [
        Point(
            str(number) if number > 1 else language.say("week {n}", n=1),
            fact.value or 0.0,
            float("nan") if fact.low is None else fact.low,
            float("nan") if fact.high is None else fact.high,
        )
        for number, fact in enumerate(weeks[:52], start=1)
    ]
    title = language.say("Who buys again, week by week after the first purchase, of those who had not yet")
    return trend_svg(points, title, share=True, language=language)


def _absent(facts: Iterable[Fact], language: Language) -> Iterator[tuple[str, str]]:
    """What is not known, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for fact in facts:
        if fact.absent is not None:
            name = language.say(NAMES[fact.id])
            reasons.setdefault(fact.absent.reason, []).append(f"{name} ({_of_group(fact, language)})" if fact.group else name)
    for reason, names in reasons.items():
        yield ", ".join(dict.fromkeys(names)), marked(printable(sentence(reason), LONGEST_TEXT), language)


NAMES: dict[FactName, str] = {
    "research_share": "research before buying",
    "sources_consulted": "sources consulted",
    "before_contact_share": "the way before the first contact",
    "first_impression": "first impressions",
    "first_impression_next": "what follows first impressions",
    "answer_hours": "time to the first answer",
    "promise_kept_share": "promises kept",
    "episode_days": "time to the end",
    "speaks_share": "buyers who tell others",
    "advocates_share": "advocates",
    "detractors_share": "detractors",
    "review_share": "customers\u2019 reviews in research",
    "repurchase_share": "buying again",
    "repurchase_within": "buying again in time",
    "repurchase_days": "time to buying again",
    "repurchase_hazard": "buying again by week",
    "cycle_days": "time from purchase to purchase",
    "payback_share": "cost of winning brought back",
    "payback_days": "time until the cost of winning is back",
}
