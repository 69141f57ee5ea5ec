"""What the API takes and gives beside the contracts of findings, diffs and journeys: frozen structs that the OpenAPI document shows."""

from __future__ import annotations

from msgspec import Struct

from momot.findings.contract import Effect, Finding, Period
from momot.web.jobs import Asked, Job
from momot.web.store.notes import Note


class MomentAnswer(Struct, frozen=True, kw_only=True):
    """One tested moment of one question: the finding, its main effects, and what is to be done about it."""

    finding: Finding
    effects: tuple[Effect, ...]
    note: Note


class MomentsAnswer(Struct, frozen=True, kw_only=True):
    """The moments of a run, question by question, by rank."""

    run: int
    build: str
    stale: bool  # the project was built anew since
    moments: tuple[MomentAnswer, ...]


class RunAnswer(Struct, frozen=True, kw_only=True):
    """One kept run."""

    number: int
    content: str
    build: str
    period: Period | None  # that it was asked for; None: all records
    questions: tuple[str, ...]
    from_: str | None
    to: str | None
    decisive: int
    tested: int


class RunsAnswer(Struct, frozen=True, kw_only=True):
    """The kept runs, the newest first, and the present build."""

    build: str  # empty: nothing is built
    runs: tuple[RunAnswer, ...]


class NotesAnswer(Struct, frozen=True, kw_only=True):
    """Every note that was ever written."""

    notes: tuple[Note, ...]


class NoteChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note as it shall be. `version` is the one that was read; where another is there by now, nothing is changed (409)."""

    moment: str
    version: int
    owner: str = ""
    next_action: str = ""
    note: str = ""


class JobAnswer(Asked, frozen=True, kw_only=True):
    """One build or find in the background."""

    id: str
    status: str
    began_at: str
    ended_at: str | None
    message: str
    done: int | None
    total: int | None
    unit: str
    run: int | None


class JobsAnswer(Struct, frozen=True, kw_only=True):
    """The jobs that are kept, the newest first."""

    jobs: tuple[JobAnswer, ...]


class JobAsked(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A build or a find to start. `outcomes`, `by`, `pairs`, `since` and `until` are of a find."""


def job_answer(job: Job) -> JobAnswer:
    """A job without what only this machine needs to know of it."""
    return JobAnswer(**{name: getattr(job, name) for name in JobAnswer.__struct_fields__})
