"""Why a moment goes as it goes, in people's words, as a part of its card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from momot.findings.contract import Why, WhyReason
from momot.findings.labels import printable
from momot.findings.numbers import grouped, percent
from momot.report.pages import WhyLine, WhyPart
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

_SHOWN = 3
BASES = {
    "how it went": "Said more by those for whom it went {side} than by those for whom it went {other}",
    "what was said": "Said more by those who spoke {side} of it than by those who spoke {other}",
}


def why_parts(why: Why | None) -> tuple[WhyPart, ...]:
    """One part for badly, one for well; none where nobody said why."""
    if why is None:
        return ()
    sides = (("badly", "well", why.badly, why.texts_badly), ("well", "badly", why.well, why.texts_well))
    return tuple(
        WhyPart(
            head=f"Why it goes {side}",
            look=side,
            below=f"{BASES[why.basis].format(side=side, other=other)}; {grouped(texts)} texts.",
            lines=tuple(_lines(reasons[:_SHOWN])),
        )
        for side, other, reasons, texts in sides
        if reasons
    )


def _lines(reasons: Sequence[WhyReason]) -> Iterator[WhyLine]:
    """A line each; what one quote has said already, no other line says again."""
    quoted = set[str | None]()
    for one in reasons:
        yield _line(one, "" if one.quote in quoted else one.quote or "")
        quoted.add(one.quote)


def _ends(one: WhyReason) -> tuple[tuple[float, float], tuple[float, float]]:
    return (one.low, one.high), (one.other_low, one.other_high)


def _line(one: WhyReason, quote: str) -> WhyLine:
    interval, other = (
        f"[{grouped(100 * low)}, {grouped(100 * high)}]" for low, high in ((one.low, one.high), (one.other_low, one.other_high))
    )
    return WhyLine(
        reason=printable(one.reason, LONGEST_NAME),
        language=one.language,
        numbers=f"{grouped(one.people)} people, {percent(one.share)} {interval} against {percent(one.share_other)} {other}",
        quote=printable(quote, LONGEST_TEXT),
    )
