"""The JSON API: the same answers as the pages, as data. Nothing is computed here that a page does not show."""

from __future__ import annotations

from starlette.responses import Response

from momot.findings.findings import Moment
from momot.findings.labels import printable
from momot.findings.runs import KeptRun
from momot.language import Message
from momot.web.answers import as_json
from momot.web.call import Call
from momot.web.contract import (
    JobAsked,
    JobsAnswer,
    MomentAnswer,
    MomentsAnswer,
    NoteChange,
    NotesAnswer,
    RunAnswer,
    RunsAnswer,
    job_answer,
)
from momot.web.errors import NotThere
from momot.web.selection import View, kept_run, newest, unasked, view_of
from momot.web.starting import start
from momot.web.store.notes import Note

UNASKED = 'Nobody has asked of this period yet: POST /api/v1/jobs with {"kind": "find", "since": "2026-01-01", "until": "2026-03-31"} asks.'
NOTHING = 'Nothing was found yet: POST /api/v1/jobs with {"kind": "find"} asks.'


def findings(call: Call) -> Response:
    """The findings contract of a run, whole or of one outcome and segment."""
    one = _view(call)
    shown = one.shown if call.query.get("outcome") or one.segment else one.findings
    return as_json(shown.to_json().encode())


def moments(call: Call) -> Response:
    """The moments of a run with their main effects and notes; `name` asks for one."""
    one = _view(call)
    shown = one.shown if call.query.get("outcome") or one.segment else one.findings
    name = call.query.get("name")
    notes = call.state.notes().all()
    found = tuple(_moment(moment, notes) for moment in shown if name in (None, moment.name))
    if name is not None and not found:
        raise NotThere(Message("No moment '{name}' was tested.", name=printable(name, 80)))
    return as_json(MomentsAnswer(run=one.run.number, build=one.findings.document.build, stale=one.stale, moments=found))


def runs(call: Call) -> Response:
    """The kept runs."""
    kept = call.state.runs()
    return as_json(RunsAnswer(build=call.state.build(), runs=tuple(_run(call, run) for run in kept)))


def diff(call: Call) -> Response:
    """What changed from one run to another."""
    from momot import api

    before, after = (kept_run(call.state, call.query.get(name, "")) for name in ("before", "after"))
    return as_json(api.diff(before, after).to_json().encode())


def notes(call: Call) -> Response:
    """All notes."""
    found = call.state.notes().all()
    return as_json(NotesAnswer(notes=tuple(found[name] for name in sorted(found))))


def change_note(call: Call) -> Response:
    """Change the note of a moment of the last run, where it is still at the version that was read."""
    asked: NoteChange = call.json(NoteChange)
    _tested(call, asked.moment)
    given = Note(moment=asked.moment, owner=asked.owner, next_action=asked.next_action, note=asked.note, version=asked.version)
    return as_json(call.state.notes().change(given, by=call.visitor.name))


def jobs(call: Call) -> Response:
    """The builds and finds of this app."""
    return as_json(JobsAnswer(jobs=tuple(job_answer(job) for job in call.state.jobs.all())))


def start_job(call: Call) -> Response:
    """Start a build or a find."""
    asked: JobAsked = call.json(JobAsked)
    return as_json(job_answer(start(call, asked)), 202)


def stop_job(call: Call) -> Response:
    """Stop a job; the previous build and runs stay."""
    return as_json(job_answer(call.state.jobs.stop(call.params["job"])))


def document(_: Call) -> Response:
    """The API as an OpenAPI document."""
    from momot.web.openapi import openapi_json

    return as_json(openapi_json())


def _view(call: Call) -> View:
    found = view_of(call)
    if found is None and unasked(call):
        raise NotThere(UNASKED)
    if found is None:
        raise NotThere(NOTHING)
    return found


def _tested(call: Call, moment: str) -> None:
    """Raise NotThere for a moment that the last run of all records did not test."""
    run = newest(call.state)
    if run is None or not any(one.name == moment for one in call.state.findings(run)):
        raise NotThere(f"No moment '{printable(moment, 80)}' was tested in the last run.")


def _moment(moment: Moment, notes: dict[str, Note]) -> MomentAnswer:
    return MomentAnswer(finding=moment.finding, effects=moment.main_effects, note=notes.get(moment.name, Note(moment=moment.name)))


def _run(call: Call, run: KeptRun) -> RunAnswer:
    found = call.state.findings(run)
    questions = found.questions
    return RunAnswer(
        number=run.number,
        content=run.content,
        build=found.document.build,
        period=found.document.period,
        questions=tuple(question.id for question in questions),
        from_=min((question.from_ for question in questions if question.from_), default=None),
        to=max((question.to for question in questions if question.to), default=None),
        decisive=sum(moment.decisive for moment in found),
        tested=len(found),
    )
