"""Voices: what people say, as reasons in their own words with how many give them, by kind of people and over time. No cloud of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from momot.errors import QuestionError
from momot.findings.labels import printable
from momot.findings.numbers import grouped, percent, signed
from momot.reasons.overview import Voices
from momot.reasons.records import Mined, Reason, Theme
from momot.reasons.tone import Tone
from momot.reasons.trends import Shift
from momot.web import tasks
from momot.web.call import Call, address
from momot.web.rendering import render
from momot.web.saying import said as sentence_of
from momot.web.saying import without_paths
from momot.web.screens.journeys import NonePage
from momot.web.selection import Option
from momot.web.why import Said, said

MOST_REASONS, MOST_QUOTES, MOST_THEMES, MOST_MONTHS = 10, 3, 12, 12
KINDS = (("pain_points", "What pains them", "badly"), ("praise", "What they praise", "well"), ("suggestions", "What they suggest", ""))


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One share of a group, with its interval and denominator."""

    name: str
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class ReasonCard:
    """One reason, ranked: how many give it, against whom, how it grows, by whom, in which words."""

    rank: int
    phrase: str
    language: str
    also: tuple[str, ...]
    share: float
    share_words: str
    numbers: str
    opinion: str
    trend: tuple[ShareLine, ...]
    by: tuple[ShareLine, ...]
    quotes: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ReasonsPart:
    """All reasons of one kind, or why there are none."""

    head: str
    look: str
    below: str
    reasons: tuple[ReasonCard, ...]
    quotes: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ToneLine:
    """How a group of texts is meant."""

    name: str
    texts: str
    negative: ShareLine
    positive: ShareLine
    valence: str
    likely: str  # what the share of negative ones stands for, given how often the reading errs; empty where that is not known


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """What many people speak of, good or bad."""

    phrase: str
    language: str
    share: ShareLine
    opinion: str
    quote: Said | None


@dataclass(frozen=True, slots=True)
class VoicesPage:
    """Everything `voices.html` may use."""

    heading: str
    sub: str
    notes: tuple[str, ...]
    parts: tuple[ReasonsPart, ...]
    tone: ToneLine | None
    groups: tuple[tuple[str, tuple[ToneLine, ...]], ...]
    aspects: tuple[ToneLine, ...]
    themes: tuple[ThemeLine, ...]
    risen: tuple[tuple[str, str], ...]
    spoken: tuple[ShareLine, ...]
    segments: tuple[Option, ...]
    download: str
    ready: bool


def voices_page(call: Call) -> Response:
    """The page; `by` shows every reason by one kind of people."""
    state = call.state
    build = state.current()
    try:
        found: Voices | None = state.readings.of((build, "voices"), tasks.voices, tasks.where(state))
    except QuestionError as error:
        why = without_paths(str(error), state.home).removeprefix("momot.toml: ")
        return render(call, "none.html", NonePage("Voices", sentence_of(why)))
    if found is None:
        empty = VoicesPage("Voices", "What people say is being read.", (), (), None, (), (), (), (), (), (), "", ready=False)
        return render(call, "voices.html", empty, fresh=False)
    return render(call, "voices.html", _page(found, call.query.get("by", "")))


def _page(found: Voices, by: str) -> VoicesPage:
    reasons = (*found.pain_points.reasons, *found.praise.reasons, *found.suggestions.reasons)
    names = tuple(dict.fromkeys(name for one in reasons for name in one.by))
    shown = by if by in names else ""
    pains = found.pain_points.reasons
    heading = f"\u201c{printable(pains[0].phrase, 60)}\u201d is what pains most" if pains else "No pain point stands out"
    days = f"; {found.from_} to {found.to}" if found.from_ and found.to else ""
    return VoicesPage(
        heading=heading,
        sub=f"{grouped(found.texts)} texts of {grouped(found.people)} people{days}",
        notes=tuple(sentence_of(note) for note in found.notes),
        parts=tuple(_part(getattr(found, kind), head, look, shown, found.unit) for kind, head, look in KINDS),
        tone=_tone(found.tone) if found.tone else None,
        groups=tuple((printable(name, 80), tuple(_tone(tone) for tone in tones)) for name, tones in found.by.items()),
        aspects=tuple(_tone(tone) for tone in found.aspects[:MOST_THEMES]),
        themes=tuple(_theme(theme, found.unit) for theme in found.themes[:MOST_THEMES]),
        risen=tuple(_shift(shift) for shift in found.risen if shift.moved)[:MOST_THEMES],
        spoken=_spoken(found),
        segments=_options(names, shown),
        download=address("/download/voices.csv"),
        ready=True,
    )


def _options(names: Sequence[str], shown: str) -> tuple[Option, ...]:
    if not names:
        return ()
    segments = (Option(f"by {printable(name, 60)}", name, address("/voices", by=name), name == shown) for name in names)
    return (Option("everybody together", "", "/voices", not shown), *segments)


def _part(mined: Mined, head: str, look: str, by: str, unit: str) -> ReasonsPart:
    below = f"{grouped(mined.texts)} texts of {grouped(mined.people)} people, held against {grouped(mined.texts_other)} others"
    if mined.note:
        below = f"{below}. {sentence_of(mined.note)}"
    elif not mined.reasons:
        below = f"{below}. No reason stands out."
    cards = tuple(_reason(reason, by, unit) for reason in mined.reasons[:MOST_REASONS])
    return ReasonsPart(head, look, below, cards, tuple(said(quote) for quote in mined.quotes[:MOST_QUOTES]))


def _reason(reason: Reason, by: str, unit: str) -> ReasonCard:
    other = f"{percent(reason.share_other)} ({percent(reason.share_other_low)} to {percent(reason.share_other_high)})"
    return ReasonCard(
        rank=reason.rank,
        phrase=printable(reason.phrase, 120),
        language=reason.phrases[0].language if reason.phrases else "",
        also=tuple(printable(one.phrase, 80) for one in reason.phrases[1:4]),
        share=reason.share,
        share_words=percent(reason.share),
        numbers=f"{grouped(reason.people)} people, {percent(reason.share_low)} to {percent(reason.share_high)}; of the others {other}",
        opinion=_opinion(reason.effect, reason.effect_low, reason.effect_high, unit),
        trend=tuple(_share(one.name, one.share, one.low, one.high, one.of) for one in reason.trend[-MOST_MONTHS:]),
        by=tuple(_share(one.name, one.share, one.low, one.high, one.of) for one in reason.by.get(by, ())) if by else (),
        quotes=tuple(said(quote) for quote in reason.quotes[:MOST_QUOTES]),
    )


def _opinion(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """How far the opinion of those who say it is from that of all others: an association."""
    if value is None or low is None or high is None:
        return ""
    return f"goes with {signed(value, 2)} {unit} ({signed(low, 2)} to {signed(high, 2)})".replace("  ", " ")


def _share(name: str, share: float, low: float, high: float, of: int) -> ShareLine:
    return ShareLine(printable(name, 80), share, f"{percent(share)}, {percent(low)} to {percent(high)}, of {grouped(of)}")


def _tone(tone: Tone) -> ToneLine:
    negative, positive, likely = tone.negative, tone.positive, tone.negative_likely
    return ToneLine(
        name=printable(tone.name, 80),
        texts=grouped(tone.texts),
        negative=_share("negative", negative.share, negative.low, negative.high, negative.of),
        positive=_share("positive", positive.share, positive.low, positive.high, positive.of),
        valence=f"{signed(tone.valence, 2)} ({signed(tone.low, 2)} to {signed(tone.high, 2)})",
        likely="" if likely is None else f"{percent(likely.share)} ({percent(likely.low)} to {percent(likely.high)})",
    )


def _theme(theme: Theme, unit: str) -> ThemeLine:
    value = ""
    if theme.value is not None and theme.value_low is not None and theme.value_high is not None:
        value = f"{theme.value:.2f} {unit} ({theme.value_low:.2f} to {theme.value_high:.2f})"
    return ThemeLine(
        phrase=printable(theme.phrase, 120),
        language=theme.phrases[0].language if theme.phrases else "",
        share=ShareLine("", theme.share, f"{percent(theme.share)}, {percent(theme.low)} to {percent(theme.high)}"),
        opinion=value,
        quote=said(theme.quotes[0]) if theme.quotes else None,
    )


def _shift(shift: Shift) -> tuple[str, str]:
    """One theme in the earlier and the later half of the time."""
    before, after = (
        f"{percent(share)} of {grouped(of)}" for share, of in ((shift.share_before, shift.of_before), (shift.share_after, shift.of_after))
    )
    moved = {"rose": "Rose", "fell": "Fell", None: "We cannot tell"}[shift.moved]
    return printable(shift.theme, 120), f"{moved}: {before} in the earlier half, {after} in the later"


def _spoken(found: Voices) -> tuple[ShareLine, ...]:
    """Who of those that gave an opinion put it into words."""
    if found.spoken is None:
        return ()
    asked = (
        ("of all opinions came with words", found.spoken.with_words),
        ("of the bad ones", found.spoken.detractors_with_words),
        ("of the good ones", found.spoken.advocates_with_words),
    )
    return tuple(_share(name, one.share, one.low, one.high, one.of) for name, one in asked if one is not None)
