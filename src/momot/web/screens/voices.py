"""Voices: what people say, as reasons in their own words with how many give them, by kind of people and over time. No cloud of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from momot.designs.period import Period
from momot.errors import QuestionError
from momot.findings.labels import printable, segment_words
from momot.findings.numbers import percent, signed
from momot.language import Language
from momot.reasons.overview import Voices
from momot.reasons.records import Mined, Reason, Theme
from momot.reasons.tone import Tone
from momot.reasons.trends import Shift
from momot.vocabulary.whom import AllTexts, Speaks
from momot.web import periods as of_time
from momot.web import tasks
from momot.web.behind import texts_link
from momot.web.call import Call, address
from momot.web.rendering import NonePage, render
from momot.web.saying import failure, share_ends
from momot.web.saying import said as sentence_of
from momot.web.selection import Option, spans
from momot.web.why import Of, Said, against, few_words, said, side_of, texts_of

MOST_REASONS, MOST_QUOTES, MOST_THEMES, MOST_MONTHS = 10, 3, 12, 12
KINDS = {"pain_points": "badly", "praise": "well", "suggestions": ""}
HEADS = {"pain_points": "What pains them", "praise": "What they praise", "suggestions": "What they suggest"}
MOVED = {"rose": "Rose", "fell": "Fell", None: "We cannot tell"}


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
    by: str  # the segment that is shown
    periods: tuple[Option, ...]
    since: str
    until: str
    download: str
    ready: bool


def voices_page(call: Call) -> Response:
    """The page; `by` shows every reason by one kind of people, `period` what was said in one."""
    state, language = call.state, call.language
    build, when = state.current(), of_time.asked(call.query)
    try:
        key = (build, "voices", when)
        found: Voices | None = state.readings.of(key, tasks.voices, tasks.where(state), when.since, when.until)
    except QuestionError as error:
        why = failure(error, language, state.home)
        if not when:
            return render(call, "none.html", NonePage(language.say("Voices"), why))
        return render(call, "voices.html", _without(why, when, spans(state, when, "/voices", {}, language), language, ready=True))
    if found is None:
        coming = _without(language.say("What people say is being read."), when, (), language, ready=False)
        return render(call, "voices.html", coming, fresh=False)
    by = call.query.get("by", "")
    offered = spans(state, when, "/voices", {"by": by}, language)
    return render(call, "voices.html", _page(found, by, when, offered, language))


def _without(why: str, when: Period, offered: tuple[Option, ...], language: Language, *, ready: bool) -> VoicesPage:
    """While it is being read, or where nothing was said in a period."""
    return VoicesPage(
        heading=language.say("Voices"),
        sub=why,
        notes=(),
        parts=(),
        tone=None,
        groups=(),
        aspects=(),
        themes=(),
        risen=(),
        spoken=(),
        segments=(),
        by="",
        periods=offered,
        since=str(when.since or ""),
        until=str(when.until or ""),
        download="",
        ready=ready,
    )


def _page(found: Voices, by: str, when: Period, offered: tuple[Option, ...], language: Language) -> VoicesPage:
    of = Of(period=of_time.written(when))
    reasons = (*found.pain_points.reasons, *found.praise.reasons, *found.suggestions.reasons)
    names = tuple(dict.fromkeys(name for one in reasons for name in one.by))
    shown = by if by in names else ""
    pains = found.pain_points.reasons
    heading = language.say("\u201c{reason}\u201d is what pains most", reason=printable(pains[0].phrase, 60)) if pains else ""
    days = f"; {language.days(found.from_, found.to)}" if found.from_ and found.to else ""
    return VoicesPage(
        heading=heading or language.say("No pain point stands out"),
        sub=Markup("{}{}").format(texts_link(AllTexts(), texts_of(found.texts, found.people, language), of.period), days),
        notes=tuple(sentence_of(note, language) for note in found.notes),
        parts=tuple(
            _part(getattr(found, kind), language.say(HEADS[kind]), look, shown, found.unit, of, language) for kind, look in KINDS.items()
        ),
        tone=_tone(found.tone, language) if found.tone else None,
        groups=tuple((_segment(name, language), tuple(_tone(tone, language) for tone in tones)) for name, tones in found.by.items()),
        aspects=tuple(_tone(tone, language) for tone in found.aspects[:MOST_THEMES]),
        themes=tuple(_theme(theme, found.unit, of, language) for theme in found.themes[:MOST_THEMES]),
        risen=tuple(_shift(shift, language) for shift in found.risen if shift.moved)[:MOST_THEMES],
        spoken=_spoken(found, language),
        segments=_options(names, shown, of, language),
        by=shown,
        periods=offered,
        since=str(when.since or ""),
        until=str(when.until or ""),
        download=address("/download/voices.csv", period=of.period),
        ready=True,
    )


def _options(names: Sequence[str], shown: str, of: Of, language: Language) -> tuple[Option, ...]:
    if not names:
        return ()
    segments = (
        Option(
            language.say("by {segment}", segment=_segment(name, language)),
            name,
            address("/voices", by=name, period=of.period),
            name == shown,
        )
        for name in names
    )
    return (Option(language.say("everybody together"), "", address("/voices", period=of.period), not shown), *segments)


def _part(mined: Mined, head: str, look: str, by: str, unit: str, of: Of, language: Language) -> ReasonsPart:
    spoke = side_of(mined, of, language)
    few = few_words(mined, language)
    below = language.says("{texts}, held against {n} other", "{texts}, held against {n} others", mined.texts_other, texts=spoke)
    if few:
        below = Markup("{}: {}.").format(spoke, few)
    elif mined.note:
        below = Markup("{}. {}").format(below, sentence_of(mined.note, language))
    elif not mined.reasons:
        below = Markup("{}. {}").format(below, language.say("No reason stands out."))
    cards = tuple(_reason(reason, by, unit, of, language) for reason in mined.reasons[:MOST_REASONS])
    return ReasonsPart(head, look, below, cards, tuple(said(quote) for quote in mined.quotes[:MOST_QUOTES]))


def _reason(reason: Reason, by: str, unit: str, of: Of, language: Language) -> ReasonCard:
    return ReasonCard(
        rank=reason.rank,
        phrase=printable(reason.phrase, 120),
        language=reason.phrases[0].language if reason.phrases else "",
        also=tuple(printable(one.phrase, 80) for one in reason.phrases[1:4]),
        share=reason.share,
        share_words=percent(reason.share, language=language),
        numbers=against(reason, of, language),
        opinion=_opinion(reason.effect, reason.effect_low, reason.effect_high, unit, language),
        trend=tuple(_share(one.name, one.share, one.low, one.high, one.of, language) for one in reason.trend[-MOST_MONTHS:]),
        by=tuple(_share(one.name, one.share, one.low, one.high, one.of, language) for one in reason.by.get(by, ())) if by else (),
        quotes=tuple(said(quote) for quote in reason.quotes[:MOST_QUOTES]),
    )


def _opinion(value: float | None, low: float | None, high: float | None, unit: str, language: Language) -> str:
    """How far the opinion of those who say it is from that of all others: an association."""
    if value is None or low is None or high is None:
        return ""
    written = f"{signed(value, 2, language)} {unit}".strip()
    return language.say("goes with {size} ({interval})", size=written, interval=_ends(low, high, language))


def _share(name: str, share: float, low: float, high: float, of: int, language: Language) -> ShareLine:
    return ShareLine(
        printable(name, 80),
        share,
        language.say(
            "{share}, {interval}, of {n}",
            share=percent(share, language=language),
            interval=share_ends(low, high, language),
            n=language.grouped(of),
        ),
    )


def _tone(tone: Tone, language: Language) -> ToneLine:
    negative, positive, likely = tone.negative, tone.positive, tone.negative_likely
    return ToneLine(
        name=language.say("everybody") if tone.name == "all" else printable(tone.name, 80),
        texts=language.grouped(tone.texts),
        negative=_share(language.say("negative"), negative.share, negative.low, negative.high, negative.of, language),
        positive=_share(language.say("positive"), positive.share, positive.low, positive.high, positive.of, language),
        valence=f"{signed(tone.valence, 2, language)} ({_ends(tone.low, tone.high, language)})",
        likely="" if likely is None else f"{percent(likely.share, language=language)} ({share_ends(likely.low, likely.high, language)})",
    )


def _theme(theme: Theme, unit: str, of: Of, language: Language) -> ThemeLine:
    value = ""
    if theme.value is not None and theme.value_low is not None and theme.value_high is not None:
        value, low, high = (language.grouped(one, 2) for one in (theme.value, theme.value_low, theme.value_high))
        value = f"{value} {unit} ({language.say('{low} to {high}', low=low, high=high)})"
    return ThemeLine(
        phrase=printable(theme.phrase, 120),
        language=theme.phrases[0].language if theme.phrases else "",
        share=ShareLine(
            "",
            theme.share,
            Markup("{}: {}, {}").format(
                texts_link(Speaks(phrase=theme.phrase), language.says("{n} person", "{n} people", theme.people), of.period),
                percent(theme.share, language=language),
                share_ends(theme.low, theme.high, language),
            ),
        ),
        opinion=value,
        quote=said(theme.quotes[0]) if theme.quotes else None,
    )


def _shift(shift: Shift, language: Language) -> tuple[str, str]:
    """One theme in the earlier and the later half of the time."""
    before, after = (
        language.say("{share} of {n}", share=percent(share, language=language), n=language.grouped(of))
        for share, of in ((shift.share_before, shift.of_before), (shift.share_after, shift.of_after))
    )
    words = "{moved}: {before} in the earlier half, {after} in the later"
    return printable(shift.theme, 120), language.say(words, moved=language.say(MOVED[shift.moved]), before=before, after=after)


def _spoken(found: Voices, language: Language) -> tuple[ShareLine, ...]:
    """Who of those that gave an opinion put it into words."""
    if found.spoken is None:
        return ()
    asked = (
        (language.say("of all opinions came with words"), found.spoken.with_words),
        (language.say("of the bad ones"), found.spoken.detractors_with_words),
        (language.say("of the good ones"), found.spoken.advocates_with_words),
    )
    return tuple(_share(name, one.share, one.low, one.high, one.of, language) for name, one in asked if one is not None)


def _ends(low: float, high: float, language: Language) -> str:
    return language.say("{low} to {high}", low=signed(low, 2, language), high=signed(high, 2, language))


def _segment(name: str, language: Language) -> str:
    """A segment of the project by its name; the language of the texts is one of ours."""
    return printable(segment_words(name, language), 60)
