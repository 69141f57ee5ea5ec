"""Journeys: facts, funnel, paths, cohorts, one person's time line, and the event log for other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from momot.api.builds import build, followed, is_current
from momot.api.project import Project
from momot.api.project import open as open_project
from momot.progress import Tell, telling

if TYPE_CHECKING:
    import pyarrow as pa

    from momot.journeys.contract import Cohorts, Funnel, Journey, Paths, Timeline
    from momot.journeys.event_log import Case, Event, Names


def journey(project: Project, *, progress: Tell | None = None) -> Journey:
    """The facts of the journeys: who researches, what first impressions do, who comes back and when, each with interval and denominator.

    They are told when the project is built, which is done first where there is no current build. Raises QuestionError without interactions.
    """
    from momot.build.manifest import HOME, read_manifest
    from momot.errors import QuestionError
    from momot.journeys.contract import FILE, Journey

    manifest = read_manifest(project.folder / HOME)
    folder = project.folder / HOME / manifest.folder if manifest else None
    if manifest is None or folder is None or not folder.is_dir() or not is_current(project, manifest, progress):
        folder = build(project, progress=progress).folder
    file = folder / FILE
    if not file.exists():
        raise QuestionError(f"{project.file.path}: there is no [[interactions]] block, so there are no journeys to follow.")
    return Journey.from_json(file.read_bytes())


def funnel(project: Project, *, steps: Sequence[str] = (), progress: Tell | None = None) -> Funnel:
    """How many people go through steps in their order, and how long they take between them.

    A step is a stage, a moment, a touchpoint, an activity (`*` stands for anything) or `purchase`; without steps, the stages that occur.
    Raises QuestionError for a step that nothing is called.
    """
    from momot.journeys.funnel import funnel_of

    with telling(progress) as say:
        built = followed(project, progress)
        say("funnel")
        return funnel_of(built, steps)


def paths(project: Project, *, moment: str | None = None, progress: Tell | None = None) -> Paths:
    """What directly follows what, over all moments; with `moment` also what comes up to three steps before and after it.

    Raises QuestionError for an unknown moment, and for a touchpoint that is several moments.
    """
    from momot.journeys.paths import paths_of

    with telling(progress) as say:
        built = followed(project, progress)
        say("paths")
        return paths_of(built, moment)


def cohorts(project: Project, *, progress: Tell | None = None) -> Cohorts:
    """Buyers by the month of their first purchase, and who of them buys again in which month since."""
    from momot.journeys.cohorts import cohorts_of

    with telling(progress) as say:
        built = followed(project, progress)
        say("cohorts")
        return cohorts_of(built)


def timeline(project: Project, person: str, *, progress: Tell | None = None) -> Timeline:
    """Everything that is known of one person, in the order lived, in local time. Raises QuestionError for an id that nobody has."""
    from momot.build.interaction_rows import minor_units
    from momot.journeys.timeline import timeline_of

    with telling(progress) as say:
        built = followed(project, progress)
        say("time line")
        return timeline_of(built, person, minor=minor_units(project.file.currency))


@overload
def to_event_log(
    project: Project | str | Path,
    *,
    path: str | Path,
    case: Case = "person",
    event: Event = "activity",
    names: Names = "xes",
    progress: Tell | None = None,
) -> Path: ...


@overload
def to_event_log(
    project: Project | str | Path,
    *,
    path: None = None,
    case: Case = "person",
    event: Event = "activity",
    names: Names = "xes",
    progress: Tell | None = None,
) -> pa.RecordBatchReader: ...


def to_event_log(
    project: Project | str | Path,
    *,
    path: str | Path | None = None,
    case: Case = "person",
    event: Event = "activity",
    names: Names = "xes",
    progress: Tell | None = None,
) -> Path | pa.RecordBatchReader:
    """The interactions as an event log for other tools: one row each, names instead of codes, the cases one after the other.

    `case` is what is followed: `person`, `subject` (an order, a ticket) or `account`; rows without one are left out, employees and copies
    too. `event` is what a step is called: `activity`, `touchpoint` or `moment`. `names` are those of XES, which pm4py reads
    (`case:concept:name`, `concept:name`, `time:timestamp` in UTC), or those of `retentioneering` (`user_id`, `event`, `timestamp`).

    With `path` the log is written there, as the ending says: `.parquet`, `.csv`, `.csv.gz`, `.xes`, `.xes.gz`; else it is a stream of Arrow
    batches: `read_all()` is a table, `read_pandas()` a data frame. Neither holds more than a part of the rows at a time. Raises
    QuestionError without interactions, without such cases, and for an ending or name that is none of these.
    """
    from momot.errors import QuestionError, did_you_mean
    from momot.journeys.event_log import CASES, EVENTS, NAMES, event_log
    from momot.journeys.log_files import ending_of, write_log

    for key, found, known in (("case", case, CASES), ("event", event, EVENTS), ("names", names, NAMES)):
        if found not in known:
            raise QuestionError(f"{key} is one of {', '.join(known)}, found {found!r}.{did_you_mean(str(found), known)}")
    target = None if path is None else Path(path)
    if target is not None and ending_of(target).startswith(".xes") and names != "xes":
        raise QuestionError(f"{target} is XES, which has names of its own: leave out names, or write .parquet or .csv.")
    opened = project if isinstance(project, Project) else open_project(project)
    log = event_log(followed(opened, progress), case=case, event=event, names=names)
    return log if target is None else write_log(log, target)
