"""What is behind a number: the link to its people or texts, and what such a list is called in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from momot.findings.contract import Effect
from momot.findings.findings import Moment
from momot.findings.labels import STAGE_CODES, STAGE_WORDS, printable, state_words
from momot.journeys.contract import Of
from momot.language import Language
from momot.report.facts import GROUPS, NAMES, SENTENCES
from momot.vocabulary import Stage
from momot.vocabulary.whom import (
    END,
    OTHERS,
    START,
    Again,
    AllTexts,
    AtStage,
    Beside,
    Cohort,
    Counted,
    Gives,
    Glanced,
    Met,
    People,
    Speaks,
    Texts,
    Through,
    Used,
    written,
)
from momot.web.call import address

Filters = Mapping[str, str | None]
NO_FILTERS: Final[Filters] = {}
LONGEST_NAME = 120
LIVED: Final = ("panel", "episode")
"""Designs whose moments are interactions of journeys."""
THINGS: dict[Of, tuple[str, str]] = {
    "buyers": ("{n} buyer", "{n} buyers"),
    "people": ("{n} person", "{n} people"),
    "interactions": ("{n} interaction", "{n} interactions"),
    "questions": ("{n} question", "{n} questions"),
    "promises": ("{n} promise", "{n} promises"),
    "episodes": ("{n} episode", "{n} episodes"),
    "cycles": ("{n} cycle", "{n} cycles"),
}
"""What a fact counts."""
SEVERAL: Final = frozenset({"questions", "promises", "episodes", "interactions"})
"""What a person may have several of, so that there are more of them than people."""
WENT: dict[str, tuple[str, str]] = {
    "": ("{n} person met {name}", "{n} people met {name}"),
    "badly": ("{name} went badly for {n} person", "{name} went badly for {n} people"),
    "neither": ("{name} went neither well nor badly for {n} person", "{name} went neither well nor badly for {n} people"),
    "well": ("{name} went well for {n} person", "{name} went well for {n} people"),
    "unknown": ("Of {n} person it is not known how {name} went", "Of {n} people it is not known how {name} went"),
}
BEFORE = ("{n} step before {name}", "{n} steps before {name}")
AFTER = ("{n} step after {name}", "{n} steps after {name}")
GIVEN: dict[str, tuple[str, str]] = {
    "pain_point": ("{n} text names \u201c{reason}\u201d as what pains", "{n} texts name \u201c{reason}\u201d as what pains"),
    "praise": ("{n} text praises \u201c{reason}\u201d", "{n} texts praise \u201c{reason}\u201d"),
    "suggestion": ("{n} text suggests something with \u201c{reason}\u201d", "{n} texts suggest something with \u201c{reason}\u201d"),
}
SIDES: dict[str, tuple[str, str]] = {
    "pain_point": ("{n} text on the bad side", "{n} texts on the bad side"),
    "praise": ("{n} text on the good side", "{n} texts on the good side"),
    "suggestion": ("{n} text that suggests something", "{n} texts that suggest something"),
}


LOOPS: Final = {"loyalty": Counted(fact="repurchase_share"), "shared": Counted(fact="review_share")}
"""Who goes round the loops of a picture."""


def loop_links() -> dict[str, str]:
    """From the loops of a picture to them."""
    return {name: people_address(whom) for name, whom in LOOPS.items()}


def people_link(whom: People, words: str, filters: Filters = NO_FILTERS) -> Markup:
    """The words, leading to the people they count."""
    return Markup('<a class="who" href="{}">{}</a>').format(people_address(whom, filters), words)


def texts_link(whom: Texts, words: str, period: str = "") -> Markup:
    """The words, leading to the texts they count."""
    return Markup('<a class="who" href="{}">{}</a>').format(address("/texts", written(whom), period=period), words)


def people_address(whom: People, filters: Filters = NO_FILTERS) -> str:
    """Where the people are, under the filters of the screen that leads there."""
    return address("/people", {**filters, **written(whom)})


def met_of(moment: Moment, effect: Effect) -> Met | None:
    """Whom the cases of an effect are of; None where they are told otherwise than by how a moment went."""
    if moment.finding.kind != "interaction" or moment.question.design not in LIVED:
        return None
    met = effect.level or {"break": "bad", "bad-good": "bad", "make": "good", "presence": "met"}.get(effect.contrast, "")
    went = {"bad": "badly", "neutral": "neither", "good": "well", "met": ""}.get(met)
    if went is not None:
        return Met(moment=moment.name, went=went)  # type: ignore[arg-type]
    return Met(moment=moment.name, level=met) if met and effect.contrast == "level" else None


def reach_link(moment: Moment, words: str, filters: Filters, *, stale: bool) -> str:
    """The words, leading to who met a moment; as they are where the present build does not know it as something that happens to people."""
    if stale or moment.finding.kind != "interaction" or moment.question.design not in LIVED:
        return words
    return people_link(Met(moment=moment.name), words, {**filters, "outcome": moment.question.id})


def stage_words(stage: Stage, language: Language) -> str:
    """`SMOT Use`."""
    return f"{STAGE_CODES[stage]} {language.say(STAGE_WORDS[stage])}"


def people_words(whom: People, people: int, times: int, of: Of, language: Language) -> str:
    """Whom a list has and how many, in a sentence. `of`: what a fact counts."""
    if isinstance(whom, Met):
        name = printable(whom.moment, LONGEST_NAME)
        if whom.level:
            level = state_words(printable(whom.level, 80), language)
            return language.says("{n} person met {name} at {level}", "{n} people met {name} at {level}", people, name=name, level=level)
        return language.says(*WENT[whom.went], people, name=name)
    if isinstance(whom, Used):
        words = ("{n} person met {name}, at whichever stage", "{n} people met {name}, at whichever stage")
        return language.says(*words, people, name=printable(whom.touchpoint, LONGEST_NAME))
    if isinstance(whom, AtStage):
        words = ("{n} person was at {stage} at some time", "{n} people were at {stage} at some time")
        return language.says(*words, people, stage=stage_words(whom.stage, language))
    if isinstance(whom, Through):
        words = ("{n} person came to {stage} after all stages before it", "{n} people came to {stage} after all stages before it")
        return language.says(*words, people, stage=stage_words(whom.stage, language))
    if isinstance(whom, Beside):
        return _beside_words(whom, people, language)
    if isinstance(whom, Glanced):
        return _glance_words(whom, people, language)
    if isinstance(whom, Cohort):
        words = ("{n} person bought for the first time in {month}", "{n} people bought for the first time in {month}")
        return language.says(*words, people, month=whom.month)
    if isinstance(whom, Again):
        words = (
            "{n} person who first bought in {month} bought again in month {since} after it",
            "{n} people who first bought in {month} bought again in month {since} after it",
        )
        return language.says(*words, people, month=whom.month, since=whom.since)
    counted = language.says(*THINGS[of], times if of in SEVERAL else people)
    if whom.who == "those":
        return _capital(language.say(SENTENCES[whom.fact], of=counted, group=whom.group))
    return language.say("{counted} of which this is told: {fact}", counted=counted, fact=language.say(NAMES[whom.fact]))


def _beside_words(whom: Beside, people: int, language: Language) -> str:
    where = language.says(*(BEFORE if whom.steps < 0 else AFTER), abs(whom.steps), name=printable(whom.moment, LONGEST_NAME))
    if whom.other == START:
        words = ("The journey of {n} person had not begun {where}", "The journeys of {n} people had not begun {where}")
        return language.says(*words, people, where=where)
    if whom.other == END:
        words = ("The journey of {n} person was over {where}", "The journeys of {n} people were over {where}")
        return language.says(*words, people, where=where)
    if whom.other == OTHERS:
        words = ("{n} person met one of the other moments {where}", "{n} people met one of the other moments {where}")
        return language.says(*words, people, where=where)
    words = ("{n} person met {other} {where}", "{n} people met {other} {where}")
    return language.says(*words, people, other=printable(whom.other, LONGEST_NAME), where=where)


def _glance_words(whom: Glanced, people: int, language: Language) -> str:
    group = language.say(GROUPS[whom.group])
    if whom.group == "nothing more":
        words = (
            "{n} person first stood in front of the offer {group}",
            "{n} people first stood in front of the offer {group}",
        )
        return language.says(*words, people, group=group)
    stayed = language.says(
        "{n} person first stood in front of the offer {group}", "{n} people first stood in front of the offer {group}", people, group=group
    )
    if not whom.then:
        return stayed
    then = language.say("one of the other moments") if whom.then == OTHERS else printable(whom.then, LONGEST_NAME)
    return language.say("{people}, and went on to {name}", people=stayed, name=then)


def texts_words(whom: Texts, texts: int, language: Language) -> str:
    """Which texts a list has and how many, in a sentence."""
    if isinstance(whom, AllTexts):
        return language.says("{n} text, of everybody who said anything", "{n} texts, of everybody who said anything", texts)
    if isinstance(whom, Speaks):
        words = ("{n} text speaks of \u201c{reason}\u201d", "{n} texts speak of \u201c{reason}\u201d")
        return language.says(*words, texts, reason=printable(whom.phrase, LONGEST_NAME))
    if isinstance(whom, Gives):
        told = language.says(*GIVEN[whom.kind], texts, reason=printable(whom.phrase, LONGEST_NAME))
    else:
        told = language.says(*SIDES[whom.kind], texts)
    return language.say("{texts}, of {name}", texts=told, name=printable(whom.moment, LONGEST_NAME)) if whom.moment else told


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
