"""The map: the headline as a sentence, the picture that proves it, one moment beside it, and the ranked table to act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from starlette.responses import Response

from momot.findings.contract import Unanswerable
from momot.findings.forest import Row
from momot.findings.labels import UNANSWERABLE_WORDS, capital, outcome_words, printable
from momot.language import Language
from momot.report.around import NOTHING
from momot.report.pages import Card, QuestionPage
from momot.web import periods as of_time
from momot.web import pieces
from momot.web.call import Call, address
from momot.web.ranked import Ranked, ranked
from momot.web.rendering import render
from momot.web.saying import said
from momot.web.selection import Option, View, newest, outcomes, periods, segment_name, segments, unasked, view_of
from momot.web.store.notes import Note

DOWNLOADS = {
    "/download/map.svg": "Map, SVG",
    "/download/map.png": "Map, PNG",
    "/download/effects.csv": "Effects, CSV",
    "/download/findings.json": "Findings, JSON",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters over a screen, each a form or links, so that an address says everything."""

    outcomes: tuple[Option, ...]
    segments: tuple[Option, ...]
    periods: tuple[Option, ...]
    path: str
    outcome: str  # as the address has it, for the form of the others
    moment: str = ""
    since: str = ""  # ends of the period that is shown, for the form of another one
    until: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One moment beside the map."""

    card: Card
    address: str
    note: Note
    decisive: bool


@dataclass(frozen=True, slots=True)
class MapPage:
    """Everything `map.html` may use."""

    heading: str = field(metadata={"help": "The finding as a sentence"})
    filters: Filters
    question: QuestionPage
    wide: Markup | None
    narrow: Markup | None
    panel: Panel | None
    rows: Ranked
    notes: dict[str, Note] = field(metadata={"help": "By the address of the row's moment"})
    segment: str = ""
    stale: bool = False
    unanswered: tuple[tuple[str, str, str], ...] = ()  # outcome, why in words, the reason
    downloads: tuple[tuple[str, str], ...] = ()  # words, address


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """Everything `empty.html` may use: a project, or a period of it, without findings yet, and the next step."""

    heading: str
    period: str  # the one that nobody asked of yet; empty for all records
    since: str
    until: str
    built: bool
    running: bool
    reasons: tuple[tuple[str, str, str], ...]


def map_page(call: Call) -> Response:
    """The home of the app."""
    one = view_of(call)
    if one is None:
        return render(call, "empty.html", empty(call), fresh=False)
    asked = call.query.get("moment", "")
    row = chosen(one, asked)
    notes = call.state.notes().all()
    base = call.state.views.of(
        (one.run.number, one.run.content, one.question.id, one.segment, call.language.code, "page"), lambda: _question(one)
    )
    heads = call.language.says("{n} ranked", "{n} ranked", len(one.drawn.decisive)), base.fold_words
    all_records = not one.stale and one.findings.document.period is None  # of which the facts of journeys are
    known = call.state.around() if all_records else NOTHING
    drawn = pieces.pictures(one.drawn, known, one.query, row.moment.name if row else None)
    page = MapPage(
        heading=base.headline,
        filters=filters(call, one),
        question=base,
        wide=drawn[0] if drawn else None,
        narrow=drawn[1] if drawn else None,
        panel=None if row is None else _panel(row, one, notes),
        rows=ranked(one.drawn, one.query, call.query.get("rows", ""), heads, stale=one.stale),
        notes={pieces.moment_address(name, one.query): note for name, note in notes.items()},
        segment=segment_name(one.segment, one.language),
        stale=one.stale,
        unanswered=unanswered(one),
        downloads=downloads(one),
    )
    return render(call, "map.html", page)


def empty(call: Call) -> EmptyPage:
    """What to do where nothing was found yet."""
    period = of_time.asked(call.query)
    run = newest(call.state, period)
    closed = call.state.findings(run).unanswerable if run else ()
    heading = call.language.say("No question could be answered" if closed else "Nothing has been asked yet")
    words = of_time.words(period, call.language) if unasked(call) else ""
    if words:
        heading = call.language.say("Nothing has been asked of this period yet: {period}", period=words)
    return EmptyPage(
        heading=heading,
        period=words,
        since=period.since.isoformat() if period.since else "",
        until=period.until.isoformat() if period.until else "",
        built=call.state.manifest() is not None,
        running=call.state.jobs.running() is not None,
        reasons=_closed(closed, call.language),
    )


def filters(call: Call, one: View, moment: str = "") -> Filters:
    """The filters of a screen that shows findings."""
    path = call.path
    extra = {"name": moment} if moment else {}
    with_name = {**one.query, **extra}
    shown = of_time.of(one.findings)

    def kept(options: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(Option(o.words, o.value, _with(o.address, extra), o.chosen) for o in options)

    return Filters(
        outcomes=kept(outcomes(one, path)),
        segments=segments(one, path),
        periods=periods(one, call.state, path),
        path=path,
        outcome=with_name.get("outcome") or "",
        moment=moment,
        since=shown.since.isoformat() if shown.since else "",
        until=shown.until.isoformat() if shown.until else "",
    )


def _with(link: str, extra: dict[str, str]) -> str:
    if not extra:
        return link
    return f"{link}{'&' if '?' in link else '?'}{address('', extra).removeprefix('?')}"


def chosen(one: View, name: str) -> Row | None:
    """The row of the moment that is asked for, else of the first; None where nothing is decisive and nothing was asked for."""
    for row in one.drawn.rows:
        if name and name == row.moment.name:
            return row
    return one.drawn.decisive[0] if one.drawn.decisive else None


def unanswered(one: View) -> tuple[tuple[str, str, str], ...]:
    """The questions of the run that these data can't answer."""
    return _closed(one.findings.unanswerable, one.language)


def _closed(unanswerable: Sequence[Unanswerable], language: Language) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            capital(printable(outcome_words(closed.question, language), 80)),
            language.say(UNANSWERABLE_WORDS[closed.rule]),
            said(closed.reason, language),
        )
        for closed in unanswerable
    )


def downloads(one: View) -> tuple[tuple[str, str], ...]:
    """The files of what is shown."""
    return tuple((one.language.say(DOWNLOADS[path]), address(path, one.query)) for path in DOWNLOADS)


def _question(one: View) -> QuestionPage:
    return pieces.question_page(one.shown, one.language)


def _panel(row: Row, one: View, notes: dict[str, Note]) -> Panel:
    name = row.moment.name
    return Panel(
        card=pieces.card(pieces.strongest(row), one.drawn, one.shown, one.query, stale=one.stale),
        address=pieces.moment_address(name, one.query),
        note=notes.get(name, Note(moment=name)),
        decisive=row.moment.decisive,
    )
