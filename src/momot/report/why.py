"""Why a moment goes as it goes, in people's words, as a part of its card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from momot.findings.contract import Why, WhyReason
from momot.findings.labels import COUNTED, printable
from momot.findings.numbers import share_interval
from momot.language import ENGLISH, Language
from momot.report.pages import WhyLine, WhyPart
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

_SHOWN = 3
TEXTS = ("{n} text", "{n} texts")
HEADS = {"badly": "Why it goes badly", "well": "Why it goes well"}
BASES = {
    ("how it went", "badly"): "Said more by those for whom it went badly than by those for whom it went well",
    ("how it went", "well"): "Said more by those for whom it went well than by those for whom it went badly",
    ("what was said", "badly"): "Said more by those who spoke badly of it than by those who spoke well",
    ("what was said", "well"): "Said more by those who spoke well of it than by those who spoke badly",
}


def why_parts(why: Why | None, language: Language = ENGLISH) -> tuple[WhyPart, ...]:
    """One part for badly, one for well; none where nobody said why."""
    if why is None:
        return ()
    sides = (("badly", why.badly, why.texts_badly), ("well", why.well, why.texts_well))
    return tuple(
        WhyPart(
            head=language.say(HEADS[side]),
            look=side,
            below=f"{language.say(BASES[why.basis, side])}; {language.says(*TEXTS, texts)}.",
            lines=tuple(_lines(reasons[:_SHOWN], language)),
        )
        for side, reasons, texts in sides
        if reasons
    )


def _lines(reasons: Sequence[WhyReason], language: Language) -> Iterator[WhyLine]:
    """A line each; what one quote has said already, no other line says again."""
    quoted = set[str | None]()
    for one in reasons:
        yield _line(one, "" if one.quote in quoted else one.quote or "", language)
        quoted.add(one.quote)


def _line(one: WhyReason, quote: str, language: Language) -> WhyLine:
    share, interval = share_interval(one.share, one.low, one.high, language)
    other_share, other = share_interval(one.share_other, one.other_low, one.other_high, language)
    return WhyLine(
        reason=printable(one.reason, LONGEST_NAME),
        language=one.language,
        numbers=language.say(
            "{people}, {share} {interval} against {other_share} {other}",
            people=language.says(*COUNTED["people"], one.people),
            share=share,
            interval=interval,
            other_share=other_share,
            other=other,
        ),
        quote=printable(quote, LONGEST_TEXT),
    )
