"""Runs: start a build or a find and see how far it is; every kept run, and what changed between two of them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from momot.build import Manifest
from momot.designs.period import Period
from momot.findings import Findings
from momot.findings.contract import Question
from momot.findings.labels import outcome_words, printable, segment_words
from momot.findings.runs import KeptRun
from momot.findings.sentences import headline_of
from momot.findings.told import marked
from momot.language import Language, Message
from momot.web import periods
from momot.web.answers import onwards
from momot.web.call import Call, address
from momot.web.errors import NotThere
from momot.web.jobs import Asked, Job, Kind
from momot.web.rendering import render
from momot.web.saying import KNOWN, when
from momot.web.selection import period_of
from momot.web.starting import outcome_names, segment_names, start

LONGEST_TEXT = 600
KIND_WORDS: dict[Kind, str] = {"build": "Build", "find": "Find"}
COUNTED = {"parts": "{done} of {total} parts", "rows": "{done} of {total} rows", "texts": "{done} of {total} texts"}
STATUS_WORDS = {"running": "Under way", "done": "Done", "failed": "Failed", "stopped": "Stopped"}


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as a line of the history, or as what is under way."""

    id: str
    kind: str
    status: str
    asked: str
    began: str
    ended: str
    message: str
    done: int | None
    total: int | None
    counted: str
    running: bool
    run: int | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """One kept run."""

    number: int
    address: str
    period: str  # from when to when its records are
    of: str  # the period that was asked for; empty for all records
    headlines: tuple[str, ...]
    by: str  # the segments it was asked by
    counts: str
    stale: bool
    before: str  # what changed since the run before of the same period; empty for the first


@dataclass(frozen=True, slots=True)
class RunsPage:
    """Everything `runs.html` may use."""

    heading: str
    built: str  # what the present build is made of, in words
    current: bool  # momot.toml has not changed since
    job: JobLine | None  # under way
    runs: tuple[RunLine, ...]
    jobs: tuple[JobLine, ...]
    outcomes: tuple[tuple[str, str], ...]  # value and words
    segments: tuple[tuple[str, str], ...]
    days: str  # from when to when runs have looked at records: the ends of a period lie between them
    error: str = ""


def runs_page(call: Call) -> Response:
    """The page. While a job is under way it looks again by itself."""
    return _page(call)


def start_job(call: Call) -> Response:
    """Start what the form asks for."""
    kind = call.form.get("kind", "")
    chosen: Kind = "build" if kind == "build" else "find"
    if kind not in KIND_WORDS:
        raise NotThere(Message("A job is a build or a find."))
    form = call.form
    ends = {name: form.get(name) or None for name in ("since", "until")}
    start(call, Asked(kind=chosen, outcomes=call.lists("outcome"), by=call.lists("by"), pairs=bool(form.get("pairs")), **ends))
    return onwards("/runs")


def stop_job(call: Call) -> Response:
    """Stop the job that the form names."""
    call.state.jobs.stop(call.form.get("job", ""))
    return onwards("/runs")


def _page(call: Call) -> Response:
    project, language = call.state.project().file, call.language
    jobs = call.state.jobs.all()
    running = next((job for job in jobs if job.running), None)
    manifest = call.state.manifest()
    page = RunsPage(
        heading=call.language.say("Runs"),
        built="" if manifest is None else _built(manifest, call.language),
        current=call.state.is_current(),
        job=None if running is None else _job(running, call.language),
        runs=tuple(_runs(call)),
        jobs=tuple(_job(job, call.language) for job in jobs if not job.running)[:12],
        outcomes=tuple((name, printable(outcome_words(name, language), 80)) for name in outcome_names(project)),
        segments=tuple((name, printable(segment_words(name, language), 80)) for name in segment_names(project)),
        days=_days(call),
    )
    return render(call, "runs.html", page, fresh=False)


def _days(call: Call) -> str:
    found = periods.span([call.state.findings(run) for run in call.state.runs()])
    return "" if found is None else call.language.days(found[0].isoformat(), found[1].isoformat())


def _built(manifest: Manifest, language: Language) -> str:
    rows = language.says("{n} row", "{n} rows", sum(block.kept for block in manifest.blocks))
    return language.says(
        "The present build holds {rows} from {n} source.",
        "The present build holds {rows} from {n} sources.",
        len(manifest.sources),
        rows=rows,
    )


def _job(job: Job, language: Language) -> JobLine:
    say = language.say
    by = (say("by {segment}", segment=segment_words(name, language)) for name in job.by)
    period = Period.of(job.since, job.until)
    when_ = (periods.words(period, language),) if period else ()
    pairs = (say("pairs in order"),) if job.pairs else ()
    asked = ", ".join((*(outcome_words(name, language) for name in job.outcomes), *by, *when_, *pairs))
    counted = ""
    if job.done is not None and job.total:
        done, total = language.grouped(job.done), language.grouped(job.total)
        counted = say(COUNTED.get(job.unit, "{done} of {total}"), done=done, total=total)
    return JobLine(
        id=job.id,
        kind=say(KIND_WORDS[job.kind]),
        status=say(STATUS_WORDS[job.status]),
        asked=printable(asked, 200) or (say("every outcome") if job.kind == "find" else ""),
        began=when(job.began_at, language),
        ended=when(job.ended_at, language),
        message=marked(printable(job.message, LONGEST_TEXT), language, KNOWN),
        done=job.done,
        total=job.total,
        counted=counted,
        running=job.running,
        run=job.run,
    )


def _runs(call: Call) -> list[RunLine]:
    kept = call.state.runs()
    build = call.state.build()
    of = [periods.of(call.state.findings(run)) for run in kept]
    earlier = (next((older for older in range(place + 1, len(kept)) if of[older] == of[place]), None) for place in range(len(kept)))
    return [_run(call, run, build, None if before is None else kept[before]) for run, before in zip(kept, earlier, strict=True)]


def _run(call: Call, run: KeptRun, build: str, before: KeptRun | None) -> RunLine:
    found = call.state.findings(run)
    questions = found.questions
    language = call.language
    return RunLine(
        number=run.number,
        address=address("/", run=str(run.number)),
        period=period_of(found, language),
        of=periods.words(periods.of(found), language) if periods.of(found) else "",
        headlines=tuple(_headline(found, question, language) for question in questions) or (language.say("No question could be answered"),),
        by=printable(", ".join(dict.fromkeys(segment_words(one.segment, language) for one in found.by_segment)), 120),
        counts=language.say("{n} of {all} decisive", n=sum(moment.decisive for moment in found), all=len(found)),
        stale=bool(build) and found.document.build != build,
        before=address("/runs/diff", before=str(before.number), after=str(run.number)) if before else "",
    )


def _headline(found: Findings, question: Question, language: Language) -> str:
    return printable(headline_of(question, tuple(found.question(question.id)), language), 160)
