"""Starting a job: what is asked for is checked before a process is."""

from __future__ import annotations

from momot.designs.period import Period
from momot.errors import QuestionError, nearest
from momot.findings.labels import printable
from momot.language import Message
from momot.project.schema import ProjectFile
from momot.web.call import Call
from momot.web.jobs import Asked, Job

UNKNOWN = {"outcome": "There is no outcome '{name}'. There are: {names}.", "segment": "There is no segment '{name}'. There are: {names}."}


def start(call: Call, asked: Asked) -> Job:
    """Start it. Raises QuestionError for an unknown outcome or segment, what is no period, and while another job is under way."""
    project = call.state.project().file
    _expect(asked.outcomes, outcome_names(project), "outcome")
    _expect(asked.by, segment_names(project), "segment")
    Period.of(asked.since, asked.until)
    return call.state.jobs.start(asked)


def outcome_names(project: ProjectFile) -> tuple[str, ...]:
    """The outcomes that can be asked for."""
    from momot.designs import asks

    try:
        return tuple(ask.id for ask in asks(project))
    except QuestionError:  # it has none
        return ()


def segment_names(project: ProjectFile) -> tuple[str, ...]:
    """The segments that can be asked by."""
    people = project.people
    wide = (name for block in project.wide for name in block.segments)
    role = ["role"] if people is not None and people.role is not None else []
    touches = ["channel", "cycle"] if project.interactions else []
    return tuple(dict.fromkeys([*(people.segments if people is not None else {}), *wide, *role, *touches]))


def _expect(asked: tuple[str, ...], known: tuple[str, ...], what: str) -> None:
    for name in asked:
        if name not in known:
            there = ", ".join(known)
            near = nearest(name, known)
            message = Message(UNKNOWN[what], name=printable(name, 80), names=there)
            raise QuestionError(Message("{message} Did you mean '{name}'?", message=message, name=near) if near else message)
