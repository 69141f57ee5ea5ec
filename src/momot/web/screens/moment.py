"""One moment at its own address: what it does, how long, for whom, why, how sure that is; and who does what about it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from starlette.responses import Response

from momot.errors import MomotError
from momot.findings.forest import Row
from momot.findings.labels import VERDICT_WORDS, capital, outcome_words, printable
from momot.findings.numbers import numbers_of
from momot.findings.sentences import moment_sentence
from momot.language import Message
from momot.report.pages import Card, WhyPart
from momot.vocabulary.whom import Met
from momot.web import pieces
from momot.web.answers import onwards
from momot.web.behind import people_address
from momot.web.call import Call, address
from momot.web.errors import NotThere
from momot.web.rendering import render
from momot.web.saying import failure
from momot.web.screens.map import Filters, empty, filters
from momot.web.selection import View, segment_name, view_of
from momot.web.since import Since, since
from momot.web.store.notes import Note, Stale
from momot.web.whom import SegmentPart, segment_parts
from momot.web.why import WhyState, why_state

LONGEST_TEXT = 600


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same moment in another question: what it does there."""

    outcome: str
    verdict: str
    sentence: str
    address: str


@dataclass(frozen=True, slots=True)
class NoteForm:
    """The form of what is to be done, and what was written before. `theirs` is set where somebody else was faster."""

    mine: Note
    history: tuple[Note, ...]
    action: str
    theirs: Note | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class MomentPage:
    """Everything `moment.html` may use."""

    heading: str
    filters: Filters
    back: str
    short: str
    card: Card
    decisive: bool
    sentence: str
    whom: tuple[SegmentPart, ...]
    why: WhyState
    reasons: tuple[WhyPart, ...]
    since: Since
    elsewhere: tuple[Elsewhere, ...]
    note: NoteForm
    stale: bool
    segment: str
    paths: str  # journeys through it; empty for what nobody meets
    people: str  # who met it


def moment_page(call: Call) -> Response:
    """The page of the moment that the address names."""
    return _page(call, None, status=200)


def change_note(call: Call) -> Response:
    """Keep what was written, where nobody else wrote since it was read; else show both."""
    form = call.form
    name = call.query.get("name", "")
    if _view(call, name) is None:
        raise NotThere(Message("There are no findings, so there is no moment to write about."))
    version = form.get("version", "")
    given = Note(
        moment=name,
        owner=form.get("owner", ""),
        next_action=form.get("next_action", ""),
        note=form.get("note", ""),
        version=int(version) if version.isdigit() and len(version) < 10 else 0,
    )
    try:
        call.state.notes().change(given, by=call.visitor.name)
    except Stale as stale:
        return _page(call, NoteForm(msgspec.structs.replace(given, version=stale.now.version), (), call.here, theirs=stale.now), status=409)
    except MomotError as error:
        return _page(call, NoteForm(given, (), call.here, error=failure(error, call.language, call.state.home)), status=400)
    return onwards(call.here)


def _page(call: Call, form: NoteForm | None, *, status: int) -> Response:
    name = call.query.get("name", "")
    found = _view(call, name)
    if found is None:
        return render(call, "empty.html", empty(call), fresh=False)
    one, row = found
    notes = call.state.notes()
    shown = form or NoteForm(notes.of(name), notes.history(name), call.here)
    reasons = why_state(call, one, row)
    met = row.moment.finding.kind == "interaction"
    made = pieces.card(row, one.drawn, one.shown, one.query, stale=one.stale)
    page = MomentPage(
        heading=printable(row.moment.touchpoint, 120),
        filters=filters(call, one, name),
        back=address("/", one.query, moment=name),
        short=printable(outcome_words(one.question.outcome, one.language), 80),
        card=made,
        decisive=row.moment.decisive,
        sentence=printable(moment_sentence(row.moment, one.drawn.numbers), LONGEST_TEXT),
        whom=() if one.segment else segment_parts(one, name),
        why=reasons,
        reasons=made.why,
        since=since(call.state, one, name, row.moment.touchpoint),
        elsewhere=_elsewhere(one, name),
        note=shown,
        stale=one.stale,
        segment=segment_name(one.segment, one.language),
        paths=address("/journeys", moment=name) if met else "",
        people=people_address(Met(moment=name), {**one.query, "outcome": one.question.id}) if met and not one.stale else "",
    )
    return render(call, "moment.html", page, status=status, fresh=reasons.ready)


def _view(call: Call, name: str) -> tuple[View, Row] | None:
    """The view and the row of a moment. Raises NotThere for a moment that was not tested."""
    one = view_of(call)
    if one is None:
        return None
    row = next((row for row in one.drawn.rows if row.moment.name == name), None)
    if row is None:
        known = any(moment.name == name for moment in one.findings)
        untested = "No moment '{name}' was tested for this outcome and segment." if known else "No moment '{name}' was tested."
        raise NotThere(Message(untested, name=printable(name, 80)))
    return one, row


def _elsewhere(one: View, name: str) -> tuple[Elsewhere, ...]:
    """What the moment does to the other outcomes of the run."""
    found = []
    for moment in one.findings:
        if moment.name == name and moment.question.id != one.question.id:
            numbers = numbers_of(moment.question, moment.main_effects, one.language)
            query = {**one.query, "outcome": moment.question.id, "segment": None}
            found.append(
                Elsewhere(
                    outcome=capital(printable(outcome_words(moment.question.outcome, one.language), 80)),
                    verdict=one.language.say(VERDICT_WORDS[moment.verdict]),
                    sentence=printable(moment_sentence(moment, numbers), LONGEST_TEXT),
                    address=pieces.moment_address(name, query),
                )
            )
    return tuple(found)
