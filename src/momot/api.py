"""One function a command: the library twin of the CLI (DESIGN.md 9). Function in, frozen result out; nothing global."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import msgspec

from momot.errors import NotBuilt
from momot.progress import Tell, telling
from momot.project import load
from momot.project.schema import ProjectFile
from momot.project.settings import settings

if TYPE_CHECKING:
    import pyarrow as pa

    from momot.build import Build, Manifest, Source
    from momot.build.erase import Erasure
    from momot.designs import Designed
    from momot.designs.frame import Frame
    from momot.findings import Findings
    from momot.findings.answer import Answered
    from momot.findings.card import Card
    from momot.findings.checkup import Checkup
    from momot.findings.diff_contract import Diff
    from momot.findings.plan import Plan, Proposal
    from momot.findings.planted import Planted
    from momot.findings.propose import Wish
    from momot.findings.runs import KeptRun
    from momot.journeys.contract import Cohorts, Funnel, Journey, Paths, Timeline
    from momot.journeys.event_log import Case, Event, Names
    from momot.project.arrow import Rows
    from momot.project.draft import Draft
    from momot.project.from_tables import Tables
    from momot.reasons.explain import Explained
    from momot.reasons.labelling import ToLabel
    from momot.reasons.overview import Voices
    from momot.report.dossier import Dossier
    from momot.vocabulary.records import Unanswerable
    from momot.voices.calibrate import Calibrated, HeadName
    from momot.voices.reader import Tier

Run: TypeAlias = "Findings | KeptRun | str | Path | int"  # what `diff` takes for a run


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a checked `momot.toml`. `data` is the folder in which its relative source files are looked up.

    A project made by `from_tables` without a folder has a private one, which is removed with it.
    """

    folder: Path
    data: Path
    file: ProjectFile
    owner: object = field(default=None, repr=False, compare=False)  # what keeps a private folder alive


def open(  # noqa: A001  the twin of opening a project is called so
    folder: str | Path = ".",
    *,
    data: str | Path | None = None,
    engine: str | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    spill: str | Path | None = None,
) -> Project:
    """Open the project in `folder` (or at the path of its momot.toml). Raises ProjectError where the file is wrong or absent.

    `engine` ("duckdb" or a Spark master), `memory_limit` ("4GB"), `threads` and `spill` (a folder) go before what its `[engine]` says.
    """
    file = load(Path(folder))
    file = msgspec.structs.replace(file, engine=settings(file.engine, engine, memory_limit, threads, spill))
    home = Path(file.path).parent
    return Project(folder=home, data=Path(data) if data is not None else home, file=file)


def from_tables(
    *,
    interactions: Tables | None = None,
    opinions: Tables | None = None,
    subjects: Tables | None = None,
    people: Rows | None = None,
    outcomes: Mapping[str, Mapping[str, Any]] | None = None,
    columns: Mapping[str, Any] | None = None,
    blocks: Mapping[str, Any] | None = None,
    tables: Mapping[str, Rows] | None = None,
    name: str = "tables",
    timezone: str | None = None,
    currency: str | None = None,
    folder: str | Path | None = None,
) -> Project:
    """A project of tables in memory: Arrow, pandas, polars, DuckDB, what has `__arrow_c_stream__`; a list where a kind has several.

    Columns are known by the names of the project file's keys (`person`, `at`, `touchpoint`, `activity`, `quality`, …). `columns` says which
    others they are: `{"person": "customer_id"}` in every table that has it, `{"interactions": {"at": "ts", "quality": {"sql": "…"}}}` in
    one, any key of that block included. Of `touchpoint` and `activity` one is enough. Columns of `people` that no key names are
    segments (texts with more than 50 different values are not). `outcomes` are those of the project file, by default each instrument of
    `opinions`; `blocks` adds its other blocks, `tables` further sources by the name that a `from` calls them.

    Times without a zone are in `timezone`, by default the zone of those that have one, else UTC. The tables are stored once, in a private
    folder that is removed with the project, or in `folder`, which then is a project like any other. Raises ProjectError, DataError.
    """
    from momot.project.from_tables import write_project
    from momot.project.private import keep, private

    top = {"name": name, "timezone": timezone, "currency": currency}
    given = {"interactions": interactions, "opinions": opinions, "subjects": subjects, "people": people}

    def write(home: Path) -> str:
        return write_project(
            home, given, others=tables or {}, outcomes=outcomes, columns=columns or {}, blocks=blocks or {}, top=top
        )  # fmt: skip

    home, file, owner = private(write) if folder is None else keep(Path(folder), write)
    return Project(folder=home, data=home, file=file, owner=owner)


def draft(folder: str | Path) -> Draft:
    """Profile the files in `folder` and draft a `momot.toml`, asking where measurement does not tell. Writes nothing."""
    from momot.project.draft import draft as profile_and_draft

    return profile_and_draft(Path(folder))


def build(project: Project, *, progress: Tell | None = None) -> Build:
    """Build the canonical tables under the project's `.momot/`; nearly free where nothing changed. Raises DataError, EngineError."""
    from momot.build import build as build_tables
    from momot.journeys.tables import further

    built = build_tables(project.file, folder=project.folder, data=project.data, then=further(), progress=progress)
    return replace(built, owner=project.owner)


def erase(project: Project, person: str, *, namespace: str | None = None, progress: Tell | None = None) -> Erasure:
    """Take whom a source calls `person` out of the build and keep all ids of them out of later ones; say where an id still stands.

    Raises NotBuilt, DataError, EngineError.
    """
    from momot.build.erase import erase as erase_person
    from momot.journeys.tables import further

    return erase_person(
        project.file, person, folder=project.folder, namespace=namespace, data=project.data, then=further(), progress=progress
    )


def check(project: Project, *, progress: Tell | None = None) -> Checkup:
    """Everything that can be said before estimating: rows lost, columns refused by measurement, questions without an answer."""
    from momot.findings.checkup import checkup

    with telling(progress) as say:
        built = _built(project, progress)
        say("looking at every question")
        return checkup(project.file, built, _designed(project, built))


def find_moments(
    project: Project,
    *,
    outcome: str | Sequence[str] | None = None,
    credit: bool = False,
    what_if: Mapping[str, float | str] | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    pairs: bool = False,
    why: bool | None = None,
    seed: int = 0,
    progress: Tell | None = None,
) -> Findings:
    """Estimate every touchpoint and condition of the outcomes asked for (default: all) and decide which are moments of truth.

    `by` asks for whom: a segment of `[people]` or of a wide block, `role`, `channel` (of the touch), `cycle` (first time or loyalty loop),
    or several. Effects then also have rows by segment, and `Findings.differences` says where they differ.

    Dated changes (`Findings.changes`) and pairs in order (`Findings.pairs`) of the project file are answered too; `pairs` also looks for
    the most frequent pairs of a touch that went badly and another that may repair it.

    `credit` also shares each happening among the touches before it, by first, last and linear touch, Markov removal and Shapley value,
    beside the effect (`Document.credit`). `what_if` asks what more or fewer would bring a month (`Findings.what_if`):
    `{"delivery.promise": -0.5}` is half as many bad ones, `{"delivery.promise": "bad:0%"}` none; `["delivery.promise=-50%"]` says the same
    as on the command line.

    `why` adds to decisive moments what people say of them (`Moment.why`), read by the fast tier; by default where there are few texts.

    Reads the build of the project and makes it first where there is none. `seed` only divides people into folds for cross-fitting. The
    answer is kept among the project's last runs, for `diff`, unless it is that of the last one. Raises QuestionError for an unknown
    outcome, moment or segment.
    """
    return _answered(project, outcome, credit, what_if, by, pairs, why, seed, progress)[0]


def dossier(
    project: Project,
    *,
    outcome: str | Sequence[str] | None = None,
    credit: bool = False,
    what_if: Mapping[str, float | str] | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    pairs: bool = False,
    why: bool | None = None,
    seed: int = 0,
    progress: Tell | None = None,
) -> Dossier:
    """What `find_moments` finds, with all that a whole report tells beside it.

    That is: the facts of the journeys, how many people come through the stages, and for each decisive moment the trial that would settle
    what is in doubt. Takes what `find_moments` takes and raises what it raises. `report` writes it.
    """
    from momot.errors import QuestionError
    from momot.findings.propose import Wish
    from momot.report.dossier import Dossier

    findings, entries = _answered(project, outcome, credit, what_if, by, pairs, why, seed, progress)
    decisive = frozenset(moment.name for moment in findings if moment.decisive)
    proposals = _proposals(project, findings, entries, decisive, Wish(None, 0.8, seed))
    try:
        lived, through = journey(project, progress=progress), funnel(project, progress=progress)
    except QuestionError:  # no interactions, or none at a stage: there are no journeys to tell of
        return Dossier(findings, proposals=proposals)
    return Dossier(findings, lived, through, proposals)


def _answered(
    project: Project,
    outcome: str | Sequence[str] | None,
    credit: bool,
    supposition: Mapping[str, float | str] | Sequence[str] | None,
    by: str | Sequence[str] | None,
    pairs: bool,
    why: bool | None,
    seed: int,
    progress: Tell | None,
) -> tuple[Findings, list[Answered]]:
    """What `find_moments` finds, kept among the last runs, with the frames that it was found in."""
    from momot.findings.runs import keep_run
    from momot.findings.what_if import expect, suppose, what_if

    supposed = suppose(supposition)

    def known(frames: Sequence[Frame]) -> None:
        expect(supposed, [(one.moment, one.touchpoint) for frame in frames for one in frame.exposures])

    findings, entries = _found(project, outcome, seed, progress, known=known, by=by, pairs=pairs, credit=credit, why=why)
    keep_run(findings, project.folder)
    if supposed:
        findings = replace(findings, document=msgspec.structs.replace(findings.document, what_if=what_if(findings, supposed)))
    return findings, entries


def _found(
    project: Project,
    outcome: str | Sequence[str] | None,
    seed: int,
    progress: Tell | None,
    *,
    known: Callable[[Sequence[Frame]], None],
    by: str | Sequence[str] | None = None,
    pairs: bool = False,
    credit: bool = False,
    why: bool | None = False,
) -> tuple[Findings, list[Answered]]:
    """The findings of one run over the current build (`asking.asked`)."""
    from momot.asking import asked

    built = _built(project, progress)
    wanted = [outcome] if isinstance(outcome, str) else outcome
    groups = [by] if isinstance(by, str) else by or ()
    with telling(progress) as say:
        return asked(project.file, built, wanted, seed=seed, say=say, known=known, by=groups, pairs=pairs, credit=credit, why=why)


def journey(project: Project, *, progress: Tell | None = None) -> Journey:
    """The facts of the journeys: who researches, what first impressions do, who comes back and when, each with interval and denominator.

    They are told when the project is built, which is done first where there is no current build. Raises QuestionError without interactions.
    """
    from momot.build.manifest import HOME, read_manifest
    from momot.errors import QuestionError
    from momot.journeys.contract import FILE, Journey

    manifest = read_manifest(project.folder / HOME)
    folder = project.folder / HOME / manifest.folder if manifest else None
    if manifest is None or folder is None or not folder.is_dir() or not _current(project, manifest, progress):
        folder = build(project, progress=progress).folder
    file = folder / FILE
    if not file.exists():
        raise QuestionError(f"{project.file.path}: there is no [[interactions]] block, so there are no journeys to follow.")
    return Journey.from_json(file.read_bytes())


def voices(project: Project, *, by: str | Sequence[str] = (), tier: str | None = None, progress: Tell | None = None) -> Voices:
    """What people say in the texts of a project: tone, subjects, pain points, praise, suggestions, who speaks, who is answered.

    `tier`: "fast", "semantic" (every text, needs the extra), or "cascade" (the semantic one where the fast one doubts); by default a
    cascade where there are few texts. What was read is kept, so that only new texts are read again. Raises QuestionError where nobody said
    anything. `by` compares what is spoken of by one or two segments: of texts or people, a fact of the subject, channel, language.
    """
    from momot.hearing import hearing
    from momot.reasons.overview import overview

    with telling(progress) as say:
        built = _built(project, progress)
        with hearing(project.file, built, tier=tier, say=say) as one:
            groups = [by] if isinstance(by, str) else by
            reads = one.reader
            return overview(
                project.file, built, one.engine, one.heard, by=groups, tier=reads.tier, encoder=reads.encoder, rates=reads.negative_rates,
                notes=one.notes,
            )  # fmt: skip


def explain(project: Project, moment: str, *, tier: str | None = None, progress: Tell | None = None) -> Explained:
    """Why a moment (`delivery.parcel@smot`), touchpoint or aspect goes badly and well, in the words of those who met it.

    `tier` as for `voices`. Raises QuestionError for an unknown moment, and where nobody said anything.
    """
    from momot.hearing import hearing
    from momot.reasons.explain import explain as explained

    with telling(progress) as say:
        built = _built(project, progress)
        with hearing(project.file, built, tier=tier, say=say) as one:
            return explained(project.file, built, one.engine, one.heard, moment, encoder=one.encoder, notes=one.notes)


def read_texts(
    texts: Iterable[str], *, tier: Tier = "fast", abstain: bool = True, project: Project | None = None
) -> Iterator[dict[str, Any]]:
    """Language, valence, polarity, confidence, intent, suggestion, urgency and the masked text of each, in the order given.

    `polarity` is None where it is too doubtful to be told, unless `abstain` is false. `project` reads as its `[voices]` says, with what was
    learnt from its labels. `tier` may be "semantic" where the extra is installed; where it is not, a warning says that it reads by less.
    """
    import warnings

    from momot.build.manifest import HOME
    from momot.voices.contract import read_lines
    from momot.voices.reader import reader
    from momot.voices.tuned import read_tuned

    if project is None:
        made, note = reader(tier)
    else:
        asked, home = project.file.voices, project.folder / HOME
        made, note = reader(
            tier, encoder=asked.encoder, model=asked.model, key_env=asked.key_env, tuned=read_tuned(home), candidates=asked.languages
        )  # fmt: skip
    if note is not None:
        warnings.warn(note, stacklevel=2)
    return read_lines(iter(texts), made, abstain=abstain)


def to_label(
    project: Project, *, most: int = 20, head: HeadName = "valence", labelled: Collection[str] = (), progress: Tell | None = None
) -> tuple[ToLabel, ...]:
    """The texts whose labels would teach `head` most: the least certain ones, of every language, no two alike (active learning).

    None of `labelled`, texts as they were shown, is asked for again. Labels go to `calibrate`. Raises QuestionError where nobody said
    anything.
    """
    from momot.hearing import hearing
    from momot.reasons.labelling import most_telling

    with telling(progress) as say:
        built = _built(project, progress)
        with hearing(project.file, built, tier="fast", say=say) as one:
            return most_telling(one.heard, most, labelled=labelled, head=head)


def calibrate(
    project: Project,
    labels: Sequence[tuple[str, str]],
    *,
    head: HeadName = "valence",
    tier: Tier = "semantic",
    progress: Tell | None = None,
) -> Calibrated:
    """Fit the heads of a project to (text, label), keep them, and measure by cross-validation.

    A label of the head "valence" is "negative", "neutral" or "positive", of "suggestion" it is "suggestion" or "other". From then on
    `voices`, `explain` and `read_texts` of the project read by them. Raises DataError for an unknown label, for fewer than 30, and where
    all are the same.
    """
    from momot.build.manifest import HOME
    from momot.voices.calibrate import calibrate as fitted
    from momot.voices.reader import reader

    with telling(progress) as say:
        asked, home = project.file.voices, project.folder / HOME
        made, note = reader(
            tier, encoder=asked.encoder, model=asked.model, key_env=asked.key_env, candidates=asked.languages
        )  # fmt: skip
        say(f"fitting heads to {len(labels):,} labels")
        return fitted(made, labels, home, head=head, note=note)


def funnel(project: Project, *, steps: Sequence[str] = (), progress: Tell | None = None) -> Funnel:
    """How many people go through steps in their order, and how long they take between them.

    A step is a stage, a moment, a touchpoint, an activity (`*` stands for anything) or `purchase`; without steps, the stages that occur.
    Raises QuestionError for a step that nothing is called.
    """
    from momot.journeys.funnel import funnel_of

    with telling(progress) as say:
        built = _followed(project, progress)
        say("funnel")
        return funnel_of(built, steps)


def paths(project: Project, *, moment: str | None = None, progress: Tell | None = None) -> Paths:
    """What directly follows what, over all moments; with `moment` also what comes up to three steps before and after it.

    Raises QuestionError for an unknown moment, and for a touchpoint that is several moments.
    """
    from momot.journeys.paths import paths_of

    with telling(progress) as say:
        built = _followed(project, progress)
        say("paths")
        return paths_of(built, moment)


def cohorts(project: Project, *, progress: Tell | None = None) -> Cohorts:
    """Buyers by the month of their first purchase, and who of them buys again in which month since."""
    from momot.journeys.cohorts import cohorts_of

    with telling(progress) as say:
        built = _followed(project, progress)
        say("cohorts")
        return cohorts_of(built)


def timeline(project: Project, person: str, *, progress: Tell | None = None) -> Timeline:
    """Everything that is known of one person, in the order lived, in local time. Raises QuestionError for an id that nobody has."""
    from momot.build.interaction_rows import minor_units
    from momot.journeys.timeline import timeline_of

    with telling(progress) as say:
        built = _followed(project, progress)
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
    opened = project if isinstance(project, Project) else open(project)
    log = event_log(_followed(opened, progress), case=case, event=event, names=names)
    return log if target is None else write_log(log, target)


def runs(folder: str | Path = ".") -> tuple[KeptRun, ...]:
    """The last runs of `find_moments` that are kept in a project's folder, the oldest first; `run.read()` is its findings."""
    from momot.findings.runs import kept_runs

    return kept_runs(Path(folder))


def diff(before: Run, after: Run, *, folder: str | Path = ".") -> Diff:
    """What changed between two runs: what became decisive, what stopped, whose effect is another beyond its uncertainty, which records.

    A run is a Findings, a kept run, a JSON file of `momot find --format json`, a project's folder (its last run), or the number of a kept
    run of `folder`. Raises QuestionError where there is no such run.
    """
    from momot.findings.diff import compare
    from momot.findings.findings import Findings as Answer
    from momot.findings.runs import KeptRun, find_run

    named = []
    for one, name in ((before, "before"), (after, "after")):
        if isinstance(one, Answer):
            named.append((name, one))
        elif isinstance(one, KeptRun):
            named.append((f"run {one.number}", one.read()))
        else:
            named.append(find_run(str(one), project=Path(folder)))
    (name_before, was), (name_after, now) = named
    return compare(was, now, names=(name_before, name_after))


def card(findings: Findings, moment: str) -> Card:
    """The estimand card of one finding, for sign-off: what was asked and assumed, what came out, what would settle more.

    `moment` is a name as `findings[…]` takes it. Raises QuestionError where it is unknown, or was answered for several questions.
    """
    from momot.findings.card import card_of

    return card_of(findings[moment], build=findings.document.build)


def plan(
    project: Project,
    moment: str,
    *,
    outcome: str | Sequence[str] | None = None,
    effect: float | None = None,
    power: float = 0.8,
    seed: int = 0,
    progress: Tell | None = None,
) -> Plan:
    """The trials that would settle a moment, outcome by outcome: whom to randomise, how many, how long, at what price.

    `effect` is what a trial must be able to find, of one touch and in the outcome's unit (shares 0-1); else the outcome's smallest effect,
    else what the present interval says. `power` is the probability of finding it at 5 %, two-sided. Raises QuestionError for an unknown
    moment or outcome, and for an effect or power that is none.
    """
    from momot import __version__
    from momot.errors import QuestionError, did_you_mean
    from momot.findings.plan import Plan
    from momot.findings.propose import LEVEL, Wish
    from momot.findings.sentences import listed

    if not 0.05 < power < 1 or (effect is not None and not 0 < effect < float("inf")):
        raise QuestionError(f"A plan needs a power between 0.05 and 1 and an effect above 0, found power {power:g} and effect {effect}.")

    def known(frames: Sequence[Frame]) -> None:
        names = dict.fromkeys(name for frame in frames for one in frame.exposures for name in (one.moment, one.touchpoint))
        if moment not in names:
            there = listed(list(dict.fromkeys(one.moment for frame in frames for one in frame.exposures)), 12)
            raise QuestionError(
                f"No moment '{moment}' is tested, so there is nothing to plan.{did_you_mean(moment, names)} It has: {there}."
            )

    findings, entries = _found(project, outcome, seed, progress, known=known)
    tested = frozenset(one.moment for entry in entries for one in entry.designed.frame.exposures if moment in (one.moment, one.touchpoint))
    proposals = _proposals(project, findings, entries, tested, Wish(effect, power, seed))
    return Plan(
        momot=__version__,
        project=project.file.name,
        build=findings.document.build,
        seed=seed,
        moment=moment,
        power=power,
        level=LEVEL,
        proposals=proposals,
    )


def _proposals(
    project: Project, findings: Findings, entries: Iterable[Answered], moments: frozenset[str], wish: Wish
) -> tuple[Proposal, ...]:
    """The trials of some moments, question by question, in the order in which they were tested."""
    from momot.designs.holdout import accounts_of, cost_of, measured
    from momot.findings.propose import Around, propose

    proposals: list[Proposal] = []
    with _built(project, None).engine() as engine:
        for entry in entries:
            tested = {one.name: one for one in findings if one.question.id == entry.designed.ask.id}
            accounts = accounts_of(engine, entry.designed, project.file)
            for exposure in entry.designed.frame.exposures:
                if exposure.moment in moments and exposure.moment in tested:
                    cost = cost_of(engine, exposure.touchpoint, project.file)
                    around = Around(measured(entry.designed), accounts, cost, project.file.currency)
                    proposals += propose(entry, tested[exposure.moment], exposure, around, wish)
    return tuple(proposals)


def report(told: Findings | Dossier, path: str | Path, *, language: str = "en") -> Path:
    """Write findings, or a dossier of them, as one self-contained HTML file and return its path.

    `language` is one that `momot.language.LANGUAGES` lists; names, quotes and what the project file says stay as they are. Raises
    QuestionError for another one.
    """
    from momot.report import write

    return write(told, Path(path), language=language)


def demo(folder: str | Path, *, world: str = "orders", progress: Tell | None = None) -> tuple[Findings, Path, tuple[Planted, ...]]:
    """Write a simulated company into `folder`, build it, find its moments, write the report.

    `world` is one of `momot.worlds.WORLDS`, the small shop by default; the others have 3,000 people. Returns the findings, the path of the
    report, and every effect that was found beside the one that was planted. Raises QuestionError for a name that is no world.
    """
    from momot.errors import QuestionError, did_you_mean
    from momot.findings.planted import beside_truth
    from momot.worlds import WORLDS, make, shop

    if world not in WORLDS:
        raise QuestionError(f"there is no world '{world}'.{did_you_mean(world, WORLDS)} There are {', '.join(sorted(WORLDS))}.")
    home = shop(Path(folder)) if world == "orders" else make(world, folder, people=3_000)
    told = dossier(open(home), progress=progress)
    return told.findings, report(told, home / "moments.html"), beside_truth(told.findings, home)


def _followed(project: Project, progress: Tell | None) -> Build:
    """The current build, with journeys. Raises QuestionError without interactions."""
    from momot.errors import QuestionError

    built = _built(project, progress)
    if built.manifest.table("journeys") is None:
        raise QuestionError(f"{project.file.path}: there is no [[interactions]] block, so there are no journeys to follow.")
    return built


def _built(project: Project, progress: Tell | None) -> Build:
    """The current build of the project, made now where there is none or momot.toml has changed since. Changed sources are said."""
    from momot.build import open_build

    try:
        built = replace(open_build(project.folder, project.file.engine), owner=project.owner)
    except NotBuilt:
        return build(project, progress=progress)
    if not _current(project, built.manifest, progress):
        return build(project, progress=progress)
    return built


def _current(project: Project, manifest: Manifest, progress: Tell | None) -> bool:
    """Whether a build is of the project as its momot.toml is now, journeys included. Changed sources are said."""
    from momot.build.manifest import spec_of

    without = manifest.table("interactions") is not None and manifest.table("journey") is None
    if without or manifest.spec != spec_of(project.file):
        return False
    changed = [source.path for source in manifest.sources if _changed(project.data / source.path, source)]
    if changed:
        with telling(progress) as say:
            say.note(f"answering from the last build: {', '.join(changed)} changed since. Read it anew with: momot build {project.folder}")
    return True


def _changed(path: Path, source: Source) -> bool:
    """Whether a source has another size or was written since it was built. One that is not here is no reason to doubt."""
    if not path.is_file():
        return False
    now = path.stat()
    return now.st_size != source.bytes or now.st_mtime_ns != source.modified_ns


def _designed(project: Project, built: Build) -> list[Designed | Unanswerable]:
    from momot.designs import asks, design

    with built.engine() as engine:
        return list(design(asks(project.file, None), project.file, engine))
