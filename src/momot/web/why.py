"""Why a moment goes as it goes, in people's words: reasons of each side with their quotes, read when somebody looks."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from momot.errors import MomotError, QuestionError
from momot.findings.forest import Row
from momot.findings.labels import printable
from momot.findings.numbers import percent
from momot.language import Language
from momot.reasons.explain import Explained
from momot.reasons.mined import FEW
from momot.reasons.records import Mined, Quote, Reason
from momot.report.why import BASES, HEADS
from momot.vocabulary.whom import Gives, Side
from momot.web import periods, tasks
from momot.web.behind import texts_link
from momot.web.call import Call
from momot.web.saying import failure
from momot.web.saying import said as said_of
from momot.web.selection import View

MOST_REASONS, MOST_QUOTES = 5, 2
LONGEST_TEXT = 600
SUGGESTED = "What they suggest"
MORE_IN_SUGGESTIONS = "Said more in texts that suggest something than in the others"


@dataclass(frozen=True, slots=True)
class Said:
    """One quote, masked."""

    text: str
    language: str
    on: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason: how many give it, of how many, against how many on the other side; and their words."""

    reason: str
    language: str
    share: float
    share_words: str
    numbers: str
    quotes: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ReasonPart:
    """The reasons of one side, or what there are too few texts for."""

    head: str
    look: str
    below: str
    lines: tuple[ReasonLine, ...]
    quotes: tuple[Said, ...]  # where there are too few texts to mine


@dataclass(frozen=True, slots=True)
class WhyState:
    """What is known of why. Without `ready` it is being read; `note` says why there is nothing."""

    ready: bool
    parts: tuple[ReasonPart, ...] = ()
    note: str = ""


def why_state(call: Call, one: View, row: Row) -> WhyState:
    """The reasons and quotes of a moment as the present build has them."""
    if row.moment.finding.kind != "interaction":
        return WhyState(True, note=call.language.say("A condition is not met by anybody, so nobody is asked about it."))
    if one.stale:
        return WhyState(True, note=call.language.say("Quotes are read from the present build, and these findings are of an earlier one."))
    name = row.moment.name
    try:
        when = periods.of(one.findings)
        key = (call.state.current(), "explain", name, when)
        found: Explained | None = call.state.readings.of(key, tasks.explain, tasks.where(call.state), name, when.since, when.until)
    except QuestionError as error:
        return WhyState(True, note=_plain(error, call))
    except MomotError as error:
        return WhyState(True, note=call.language.say("It could not be read: {reason}", reason=_plain(error, call)))
    return WhyState(False) if found is None else told(found, call.language, name, periods.written(when))


def _plain(error: MomotError, call: Call) -> str:
    return failure(error, call.language, call.state.home)


def told(found: Explained, language: Language, moment: str, period: str) -> WhyState:
    """Reasons of both sides and suggestions."""
    sides = (("badly", found.badly), ("well", found.well))
    of = Of(moment, period)
    parts = [
        reason_part(mined, language.say(HEADS[side]), side, language.say(BASES[found.basis, side]), of, language) for side, mined in sides
    ]
    parts.append(reason_part(found.suggestions, language.say(SUGGESTED), "", language.say(MORE_IN_SUGGESTIONS), of, language))
    shown = tuple(part for part in parts if part is not None)
    return WhyState(True, shown, "" if shown else language.say("Nobody said anything about it that tells."))


@dataclass(frozen=True, slots=True)
class Of:
    """Whose reasons: of one moment, or of all voices; and of which period, as an address has it."""

    moment: str = ""
    period: str = ""


def reason_part(mined: Mined, head: str, look: str, basis: str, of: Of, language: Language) -> ReasonPart | None:
    """One side; None where nobody spoke on it."""
    if not mined.texts:
        return None
    spoke = side_of(mined, of, language)
    below: str = Markup("{}; {}.").format(basis, spoke)
    if not mined.reasons:
        nothing = language.says("No reason stands out in {n} text.", "No reason stands out among {n} texts.", mined.texts)
        below = Markup("{}: {}").format(spoke, few_words(mined, language) or (said_of(mined.note, language) if mined.note else nothing))
    lines, quoted = [], set[str]()
    for reason in mined.reasons[:MOST_REASONS]:
        lines.append(_line(reason, quoted, of, language))
    return ReasonPart(head, look, below, tuple(lines), tuple(said(quote) for quote in mined.quotes[:3]))


def texts_of(texts: int, people: int, language: Language) -> str:
    """`1 204 texts of 873 people`."""
    return language.say(
        "{texts} of {people}", texts=language.says("{n} text", "{n} texts", texts), people=language.says("{n} person", "{n} people", people)
    )


def side_of(mined: Mined, of: Of, language: Language) -> str:
    """On how many texts of how many people one side rests, leading to all of them."""
    words = texts_of(mined.texts, mined.people, language)
    if mined.kind == "new_theme" or not mined.texts:
        return words
    return texts_link(Side(kind=mined.kind, moment=of.moment), words, of.period)


def few_words(mined: Mined, language: Language) -> str:
    """That there are too few texts to tell reasons from chance, and how many it takes; empty where there are enough."""
    if mined.reasons or mined.texts >= FEW:
        return ""
    return language.says(
        "too few to tell reasons from chance, which takes {n} text",
        "too few to tell reasons from chance, which takes {n} texts",
        FEW,
    )


def against(reason: Reason, of: Of, language: Language) -> str:
    """How many give a reason, its interval, and the share of the others with theirs."""
    low, high, other, other_low, other_high = (
        percent(one, language=language)
        for one in (reason.share_low, reason.share_high, reason.share_other, reason.share_other_low, reason.share_other_high)
    )
    return language.say(
        "{people}, {interval}; of the others {share} ({other_interval})",
        people=_givers(reason, of, language),
        interval=language.say("{low} to {high}", low=low, high=high),
        share=other,
        other_interval=language.say("{low} to {high}", low=other_low, high=other_high),
    )


def _givers(reason: Reason, of: Of, language: Language) -> str:
    """How many people give a reason, leading to what they wrote."""
    words = language.says("{n} person", "{n} people", reason.people)
    if reason.kind == "new_theme":
        return words
    return texts_link(Gives(kind=reason.kind, phrase=reason.phrase, moment=of.moment), words, of.period)


def said(quote: Quote) -> Said:
    """One quote as text."""
    return Said(printable(quote.text, LONGEST_TEXT), quote.language, quote.on)


def _line(reason: Reason, quoted: set[str], of: Of, language: Language) -> ReasonLine:
    """What one quote has said already, no other line says again."""
    quotes = [quote for quote in reason.quotes if quote.text not in quoted][:MOST_QUOTES]
    quoted.update(quote.text for quote in quotes)
    return ReasonLine(
        reason=printable(reason.phrase, 120),
        language=reason.phrases[0].language if reason.phrases else "",
        share=reason.share,
        share_words=percent(reason.share, language=language),
        numbers=against(reason, of, language),
        quotes=tuple(said(quote) for quote in quotes),
    )
