"""The texts behind a number: what people wrote, masked, in their language, a page at a time, the latest first."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from momot.designs.period import Period
from momot.errors import QuestionError
from momot.findings.labels import printable
from momot.language import Language, Message
from momot.reasons.behind import MOST, Spoken, Text
from momot.vocabulary.whom import AllTexts, Speaks, Texts, texts, written
from momot.web import periods, tasks
from momot.web.behind import texts_words
from momot.web.call import Call, address
from momot.web.errors import NotThere
from momot.web.rendering import render
from momot.web.screens.people import PAGE, page_of

LONGEST_TEXT = 4_000
SIDES = {-1: "badly", 0: "", 1: "well"}
TONES = {-1: "bad", 0: "neither", 1: "good"}


@dataclass(frozen=True, slots=True)
class TextLine:
    """One text."""

    number: str
    text: str
    language: str
    on: str
    tone: str  # bad, neither, good: by the opinion that came with it, else as it reads
    look: str
    value: str


@dataclass(frozen=True, slots=True)
class TextsPage:
    """Everything `texts.html` may use."""

    heading: str
    below: tuple[str, ...]
    texts: tuple[TextLine, ...]
    shown: str
    back: tuple[str, str]  # words, address
    before: str
    after: str
    ready: bool


def texts_page(call: Call) -> Response:
    """The texts that the address asks for. Raises NotThere for a list that there is not."""
    whom, language, state = _asked(call), call.language, call.state
    start = (page_of(call.query) - 1) * MOST
    build, when = state.current(), periods.asked(call.query)
    try:
        key = (build, "texts", whom, when, start)
        found: Spoken | None = state.readings.of(key, tasks.texts, tasks.where(state), build, whom, when.since, when.until, start, MOST)
    except QuestionError as error:
        raise NotThere(*error.args) from None
    back = _back(whom, periods.written(when), language)
    if found is None:
        return render(call, "texts.html", TextsPage(language.say("Texts"), (), (), "", back, "", "", ready=False), fresh=False)
    if start and not found.page:
        raise NotThere(Message("The list ends before this page."))
    this = start // MOST + 1
    query = {"period": periods.written(when), **written(whom)}
    page = TextsPage(
        heading=texts_words(whom, found.texts, language),
        below=tuple(_below(whom, found, language, when)),
        texts=tuple(_line(one, found.unit, language) for one in found.page),
        shown=language.say(
            "{first} to {last} of {all}",
            first=language.grouped(start + 1),
            last=language.grouped(start + len(found.page)),
            all=language.grouped(found.texts),
        )
        if found.texts > MOST
        else "",
        back=back,
        before=address("/texts", query, page=str(this - 1) if this > 2 else None) if start else "",
        after=address("/texts", query, page=str(this + 1)) if start + len(found.page) < found.held else "",
        ready=True,
    )
    return render(call, "texts.html", page)


def _asked(call: Call) -> Texts:
    try:
        return texts({name: value for name, value in call.query.items() if name not in (PAGE, "period") and value})
    except ValueError:
        raise NotThere(Message("There is no such list of texts. The numbers of the other screens lead to those that there are.")) from None


def _back(whom: Texts, period: str, language: Language) -> tuple[str, str]:
    moment = "" if isinstance(whom, AllTexts | Speaks) else whom.moment
    if moment:
        return printable(moment, 120), address("/moment", name=moment, period=period) + "#why"
    return language.say("Voices"), address("/voices", period=period)


def _below(whom: Texts, found: Spoken, language: Language, when: Period) -> list[str]:
    told = [language.say("Written by {people}.", people=language.says("{n} person", "{n} people", found.people))]
    if not isinstance(whom, AllTexts):
        told.append(language.say("Texts of ten words or more that nearly repeat another one are here once."))
    if when:
        told.append(language.say("Of a period: {period}.", period=periods.words(when, language)))
    if found.drawn:
        told.append(language.says("Drawn by chance from {n} text.", "Drawn by chance from {n} texts.", found.drawn))
    return told


def _line(one: Text, unit: str, language: Language) -> TextLine:
    return TextLine(
        number=language.grouped(one.number),
        text=printable(one.text, LONGEST_TEXT),
        language=one.language,
        on=language.day(one.on),
        tone=language.say(TONES[one.side]),
        look=SIDES[one.side],
        value="" if one.value is None else f"{language.grouped(one.value, 0 if one.value == int(one.value) else 1)} {printable(unit, 40)}",
    )
