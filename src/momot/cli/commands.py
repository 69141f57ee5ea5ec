"""The commands. Everything heavy is imported inside them: `momot --help` loads neither an engine nor an array."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from momot import __version__
from momot.cli import options
from momot.cli.forms import as_json, print_diff, print_findings, print_journey, print_plan, print_runs
from momot.cli.machine import asked, machine
from momot.cli.output import data, progress, words, write
from momot.cli.serve import serve
from momot.cli.voices import explain, voices
from momot.errors import ProjectError

if TYPE_CHECKING:
    from momot.api import Project
    from momot.findings import Findings
    from momot.findings.runs import KeptRun

Told = TypeVar("Told")
PROJECT_FILE = "momot.toml"
NOTHING_ANSWERED = 1
CHECK_FAILED = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="momot", message="%(prog)s %(version)s")
def momot() -> None:
    """Map of moments of truth: find the few touchpoints that make or break a relationship.

    \b
    Start here:
      momot demo                 a small shop, built, answered and reported
      momot init FOLDER          draft momot.toml from the files in a folder
      momot build FOLDER         read the sources into tables
      momot journey FOLDER       who comes back, and when
      momot find FOLDER          the ranked list, with intervals
      momot voices FOLDER        what people say, and the reasons they give
      momot report FOLDER        one HTML file to pass on
      momot serve FOLDER         the map as a web app
    """  # noqa: D301  click reads the backspace as "keep these lines"


@momot.command(short_help="Draft a momot.toml from the files in FOLDER.")
@options.folder(required=True)
@options.output("Where to write the draft. Default: momot.toml in FOLDER; - prints it.")
@click.option("--force", is_flag=True, help="Replace a momot.toml that is already there.")
def init(folder: Path, output: Path | None, force: bool) -> None:
    """Profile the files in FOLDER and draft a momot.toml, with questions where measurement does not tell."""
    from momot import api

    target = output or folder / PROJECT_FILE
    if str(target) != "-" and target.exists() and not force:
        raise ProjectError(f"{target} is already there. --force replaces it, -o FILE writes another.")
    draft = api.draft(folder)
    if str(target) == "-":
        data(draft.text)
        return
    write(draft.text, target)
    asked = [f"  ? {question}" for question in draft.questions]
    open_ = [f"{len(asked)} {'question' if len(asked) == 1 else 'questions'} to answer in it:", *asked] if asked else []
    words("\n".join([f"Wrote {target}.", *open_, f"momot check {folder}  \u00b7  momot build {folder}"]))


@momot.command(short_help="Read the sources into canonical tables.")
@options.folder()
@options.data()
@options.form("table", "json")
@machine()
@options.quiet()
def build(folder: Path, source: Path | None, form: str, quiet: bool) -> None:
    """Read the sources of the project in FOLDER into canonical tables under its .momot/; unchanged sources cost nothing."""
    from momot import api

    manifest = api.build(_project(folder, source), progress=None if quiet else progress).manifest
    if form == "json":
        data(as_json(manifest))
    else:
        from momot.cli.tables import counts_table

        words(counts_table(manifest, folder))


@momot.command(short_help="Take a person out, for good.")
@click.argument("person")
@options.folder()
@click.option("--namespace", metavar="NAME", help="Of the id, where people of several namespaces have it.")
@options.data()
@options.form("table", "json")
@machine()
@options.quiet()
def erase(person: str, folder: Path, namespace: str | None, source: Path | None, form: str, quiet: bool) -> None:
    """Take PERSON, an id as a source writes it, out of the project in FOLDER: with all ids tied to it.

    The build is made again without the rows that hold one of these ids, and so is every later one. Source files are not changed; those that
    still hold an id are listed.
    """
    from momot import api

    done = api.erase(_project(folder, source), person, namespace=namespace, progress=None if quiet else progress)
    if form == "json":
        data(as_json(done))
    else:
        from momot.cli.tables import erasure_lines

        words(erasure_lines(done))
    if done.traces:
        raise click.exceptions.Exit(CHECK_FAILED)


@momot.command(short_help="Say what is wrong or doubtful.")
@options.folder()
@options.data()
@options.form("table", "json")
@machine()
@options.quiet()
@click.pass_context
def check(context: click.Context, folder: Path, source: Path | None, form: str, quiet: bool) -> None:
    """Say what is wrong or doubtful before anything is estimated: lost rows, refused columns, open questions."""
    from momot import api

    checkup = api.check(_project(folder, source), progress=None if quiet else progress)
    if form == "json":
        data(as_json(checkup))
    else:
        from momot.cli.tables import checkup_table

        words(checkup_table(checkup, folder))
    context.exit(CHECK_FAILED if checkup.failed else 0)


@momot.command(short_help="Rank the touchpoints that move an outcome.")
@options.words()
@options.outcomes()
@options.by()
@options.period()
@options.pairs()
@options.data()
@click.option("--credit", is_flag=True, help="Also share each happening among the touches before it, beside the effect.")
@options.what_if()
@click.option("--why/--no-why", default=None, help="Also what people say of decisive moments. Default: where there are few texts.")
@options.form("table", "json", "csv")
@options.seed()
@options.output("Write to a file instead of stdout.")
@machine()
@options.quiet()
@click.pass_context
def find(
    context: click.Context,
    words: tuple[str, ...],
    outcomes: tuple[str, ...],
    by: tuple[str, ...],
    since: str | None,
    until: str | None,
    pairs: bool,
    source: Path | None,
    credit: bool,
    supposed: tuple[str, ...],
    why: bool | None,
    form: str,
    seed: int,
    output: Path | None,
    quiet: bool,
) -> None:
    """Rank the touchpoints that move an outcome, each with its interval, its evidence and its verdict.

    The first word is the project's FOLDER where such a folder exists, else an outcome of the project in the current folder.
    """
    when = (since, until)
    findings = _find(words, outcomes, source, seed, quiet, by=by, when=when, pairs=pairs, credit=credit, supposed=supposed, why=why)
    print_findings(findings, form, output)
    context.exit(0 if findings.questions else NOTHING_ANSWERED)


@momot.command(short_help="Follow people: facts, funnel, paths, cohorts, one person.")
@click.argument("words", nargs=-1, metavar="[FOLDER] [PERSON]")
@click.option("--facts", is_flag=True, help="The facts of the journeys. The default.")
@click.option("--funnel", is_flag=True, help="People who reach each stage, or each --step, in order.")
@click.option("--step", "steps", multiple=True, metavar="NAME", help="A step of the funnel: stage, moment, touchpoint, activity, purchase.")
@click.option("--paths", is_flag=True, help="What directly follows what.")
@click.option("--moment", metavar="NAME", help="What comes before and after this moment.")
@click.option("--cohorts", is_flag=True, help="Buyers by the month of their first purchase, and who comes back.")
@options.data()
@options.form("table", "json", "csv")
@options.output("Write to a file instead of stdout.")
@machine()
@options.quiet()
@click.pass_context
def journey(
    context: click.Context,
    words: tuple[str, ...],
    facts: bool,
    funnel: bool,
    steps: tuple[str, ...],
    paths: bool,
    moment: str | None,
    cohorts: bool,
    source: Path | None,
    form: str,
    output: Path | None,
    quiet: bool,
) -> None:
    """Follow people over time: who researches, what first impressions do, who comes back and when.

    The first word is the project's FOLDER where such a folder exists; a second one, or the only other word, is a PERSON, whose time line
    is printed.
    """
    from momot import api

    folder, persons = folder_and_outcomes(words)
    asked = [
        name for name, on in (("--facts", facts), ("--funnel", funnel or steps), ("--paths", paths or moment), ("--cohorts", cohorts)) if on
    ]
    asked += [f"PERSON {person}" for person in persons]
    if len(asked) > 1:
        raise click.UsageError(f"One answer at a time: {', '.join(asked)}.")
    project, say = _project(folder, source), None if quiet else progress
    if persons:
        print_journey(api.timeline(project, persons[0], progress=say), folder, form, output)
    elif funnel or steps:
        print_journey(api.funnel(project, steps=steps, progress=say), folder, form, output)
    elif paths or moment:
        print_journey(api.paths(project, moment=moment, progress=say), folder, form, output)
    elif cohorts:
        print_journey(api.cohorts(project, progress=say), folder, form, output)
    else:
        told = api.journey(project, progress=say)
        print_journey(told, folder, form, output)
        context.exit(0 if any(fact.absent is None for fact in told.facts) else NOTHING_ANSWERED)


@momot.command(short_help="Say what changed between two runs.")
@click.argument("words", nargs=-1, metavar="[FOLDER] [RUN] [RUN]")
@click.option("--list", "listed", is_flag=True, help="List the kept runs instead.")
@options.form("table", "json", "csv")
@options.output("Write to a file instead of stdout.")
@click.pass_context
def diff(context: click.Context, words: tuple[str, ...], listed: bool, form: str, output: Path | None) -> None:
    """Say what became decisive, what stopped, whose effect is another beyond its uncertainty, and what changed in the records.

    A RUN is a JSON file of `momot find --format json`, a project's folder (its last run) or the number of a kept run of FOLDER. Without a
    RUN the last two kept runs are compared, with one it is compared with the last.
    """
    from momot import api
    from momot.errors import QuestionError

    folder, named = folder_and_runs(words)
    kept = api.runs(folder)
    if listed:
        print_runs(kept, form, output)
        return
    missing = 2 - len(named)
    if len(kept) < missing:
        said = f"{folder} has {len(kept)} kept run{'' if len(kept) == 1 else 's'}; {missing} needed."
        raise QuestionError(f"{said} `momot find` keeps one whenever its answer is another than the last.")
    runs: list[str | KeptRun] = [*named, *kept[len(kept) - missing :]]
    found = api.diff(runs[0], runs[1], folder=folder)
    print_diff(found, form, output)
    context.exit(0 if any(one.overlap is not None for one in found.questions) else NOTHING_ANSWERED)


@momot.command(short_help="Write the estimand card of one finding, to sign.")
@click.argument("words", nargs=-1, required=True, metavar="[FOLDER] MOMENT")
@click.option("--outcome", metavar="NAME", help="The outcome, where the moment was answered for several.")
@options.saved()
@options.form("table", "json", "markdown")
@options.output("Write to a file instead of stdout.")
@machine()
@options.quiet()
def card(words: tuple[str, ...], outcome: str | None, saved: Path | None, form: str, output: Path | None, quiet: bool) -> None:
    """Write what exactly was asked of MOMENT and assumed, what came out and what would settle more: one page to sign.

    It is that of the last kept run where the tables were not built since, else MOMENT is estimated now.
    """
    from momot import api

    folder, named = folder_and_outcomes(words)
    if len(named) != 1:
        raise click.UsageError("Exactly one MOMENT.")
    findings = _last_or_now(folder, outcome, quiet) if saved is None else _read(saved)
    found = api.card(findings.question(outcome) if outcome else findings, named[0])
    if form == "json":
        data(found.to_json(indent=2) + "\n", output)
    else:
        data(found.to_markdown() if form == "markdown" else found.to_text(), output)


@momot.command(short_help="Plan the trial that would settle a moment.")
@click.argument("words", nargs=-1, metavar="[FOLDER] MOMENT [OUTCOME]...")
@options.outcomes()
@click.option("--effect", type=click.FloatRange(min=0, min_open=True), metavar="X", help="Effect to find, in the outcome's unit.")
@click.option("--power", type=click.FloatRange(0.05, 1, max_open=True), default=0.8, show_default=True, help="Probability of finding it.")
@options.period()
@options.data()
@options.form("table", "json", "csv")
@options.seed()
@options.output("Write to a file instead of stdout.")
@machine()
@options.quiet()
@click.pass_context
def plan(
    context: click.Context,
    words: tuple[str, ...],
    outcomes: tuple[str, ...],
    effect: float | None,
    power: float,
    since: str | None,
    until: str | None,
    source: Path | None,
    form: str,
    seed: int,
    output: Path | None,
    quiet: bool,
) -> None:
    """Plan the trial that would settle a moment: whom to randomise, to what, how many, for how long, at what price.

    The first word is the project's FOLDER where such a folder exists, the next one the MOMENT; further words are outcomes.
    """
    from momot import api

    folder, named = folder_and_outcomes(words)
    if not named:
        raise click.UsageError("Which moment? momot plan [FOLDER] MOMENT; momot find lists them.")
    asked = list(dict.fromkeys([*named[1:], *outcomes]))
    say = None if quiet else progress
    found = api.plan(
        _project(folder, source),
        named[0],
        outcome=asked or None,
        effect=effect,
        power=power,
        since=since,
        until=until,
        seed=seed,
        progress=say,
    )
    print_plan(found, form, output)
    context.exit(0 if found.proposals else NOTHING_ANSWERED)


@momot.command(short_help="Write an event log for other tools.")
@options.folder()
@click.option("--case", type=click.Choice(["person", "subject", "account"]), default="person", show_default=True, help="What is followed.")
@click.option(
    "--event", type=click.Choice(["activity", "touchpoint", "moment"]), default="activity", show_default=True, help="What a step is called."
)
@click.option(
    "--names", type=click.Choice(["xes", "retentioneering"]), default="xes", show_default=True, help="What the columns are called."
)
@options.data()
@options.output("Where to write: .parquet, .csv, .csv.gz, .xes or .xes.gz says what.", default="log.xes.gz")
@machine()
@options.quiet()
def export(folder: Path, case: Any, event: Any, names: Any, source: Path | None, output: Path, quiet: bool) -> None:
    """Write the interactions of the project in FOLDER as an event log that pm4py and retentioneering read.

    One row an interaction, cases one after the other, names instead of codes. Employees and exact copies are left out.
    """
    from momot import api

    say = None if quiet else progress
    data(f"{api.to_event_log(_project(folder, source), path=output, case=case, event=event, names=names, progress=say)}\n")


@momot.command(short_help="Write one HTML file to pass on.")
@options.words()
@options.outcomes()
@options.by()
@options.period()
@options.pairs()
@options.data()
@click.option("--credit", is_flag=True, help="Also show how credit would share each happening, beside the effect.")
@options.what_if()
@options.seed()
@options.saved()
@options.output("Where to write the report.", default="moments.html")
@options.language()
@machine()
@options.quiet()
@click.pass_context
def report(
    context: click.Context,
    words: tuple[str, ...],
    outcomes: tuple[str, ...],
    by: tuple[str, ...],
    since: str | None,
    until: str | None,
    pairs: bool,
    source: Path | None,
    credit: bool,
    supposed: tuple[str, ...],
    seed: int,
    saved: Path | None,
    output: Path,
    language: str,
    quiet: bool,
) -> None:
    """Write one self-contained HTML file with everything that was found, refused and left open.

    The first word is the project's FOLDER where such a folder exists, else an outcome of the project in the current folder.
    """
    from dataclasses import replace

    from momot import api
    from momot.report.dossier import Dossier

    if saved is not None:
        if words or outcomes or source or by or since or until or pairs or credit or supposed:
            left_out = "FOLDER, OUTCOME, --data, --by, --since, --until, --pairs, --credit and --what-if"
            raise click.UsageError(f"--findings takes the place of a project: leave out {left_out}.")
        told = Dossier(_read(saved))
    else:
        when = (since, until)
        told = _ask(api.dossier, words, outcomes, source, seed, quiet, by=by, when=when, pairs=pairs, credit=credit, supposed=supposed)
        told = replace(told, findings=_named(told.findings, folder_and_outcomes(words)[0]))
    data(f"{api.report(told, output, language=language)}\n")
    context.exit(0 if told.findings.questions else NOTHING_ANSWERED)


@momot.command(short_help="Build, answer and report a small shop.")
@options.folder(default="demo-shop")
@click.option("--world", metavar="NAME", default="orders", help="Another simulated company than the shop: shop, subscription, ...")
@options.quiet()
def demo(folder: Path, world: str, quiet: bool) -> None:
    """Write a small built-in shop into FOLDER (default: demo-shop), find its moments of truth beside those planted, write the report."""
    from momot import api
    from momot.cli.tables import planted_table

    findings, path, planted = api.demo(folder, world=world, progress=None if quiet else progress)
    print_findings(_named(findings, folder), "table", None)
    words(f"\n{planted_table(planted)}")
    words(f"Report: {path}")


momot.add_command(voices)
momot.add_command(explain)
momot.add_command(serve)


def _project(folder: Path, source: Path | None) -> Project:
    from momot import api

    return api.open(folder, data=source, **asked())


def _find(words: tuple[str, ...], *rest: Any, **asked_for: Any) -> Findings:
    """The findings of the project and outcomes that the words name."""
    from momot import api

    return _named(_ask(api.find_moments, words, *rest, **asked_for), folder_and_outcomes(words)[0])


def _ask(
    finder: Callable[..., Told],
    words: tuple[str, ...],
    outcomes: tuple[str, ...],
    source: Path | None,
    seed: int,
    quiet: bool,
    *,
    by: tuple[str, ...] = (),
    when: tuple[str | None, str | None] = (None, None),
    pairs: bool = False,
    credit: bool = False,
    supposed: tuple[str, ...] = (),
    why: bool | None = None,
) -> Told:
    """What one of the api's functions finds in the project for the outcomes that the words name."""
    folder, named = folder_and_outcomes(words)
    asked = list(dict.fromkeys([*named, *outcomes]))
    try:
        project = _project(folder, source)
    except ProjectError as error:
        if named and not (folder / PROJECT_FILE).exists():  # a misspelt folder was taken for an outcome
            raise ProjectError(f"there is no folder '{named[0]}', and {error}") from None
        raise
    return finder(
        project,
        outcome=asked or None,
        by=by or None,
        since=when[0],
        until=when[1],
        pairs=pairs,
        credit=credit,
        what_if=supposed or None,
        why=why,
        seed=seed,
        progress=None if quiet else progress,
    )


def _last_or_now(folder: Path, outcome: str | None, quiet: bool) -> Findings:
    """The last kept run where it is of the present build and answered the outcome; else the project is asked now."""
    from momot import api
    from momot.build import open_build
    from momot.errors import NotBuilt

    project = _project(folder, None)
    kept = api.runs(project.folder)
    try:
        build = open_build(project.folder).manifest.build
    except NotBuilt:
        build = None
    last = next((found for run in reversed(kept) if (found := run.read()).document.period is None), None)  # a period is not the whole
    if last is not None and last.document.build == build and (outcome is None or outcome in [one.id for one in last.questions]):
        return _named(last, folder)
    return _named(api.find_moments(project, outcome=outcome, progress=None if quiet else progress), folder)


def folder_and_outcomes(words: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """The first word is a folder where it is one, or looks like a path; every other word is an outcome."""
    if words and (Path(words[0]).is_dir() or os.sep in words[0] or words[0].endswith(PROJECT_FILE)):
        return Path(words[0]), words[1:]
    return Path(), words


def folder_and_runs(words: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """The project whose kept runs are meant, and at most two runs; of two words the first is a folder only before a number."""
    first = Path(words[0]) if words else Path()
    is_folder = bool(words) and (first.is_dir() or first.name == PROJECT_FILE)
    folder = first.parent if first.name == PROJECT_FILE else first
    if len(words) > 3 or (len(words) == 3 and not is_folder):
        raise click.UsageError("At most a FOLDER and two RUNs.")
    if is_folder and (len(words) != 2 or words[1].isdigit()):
        return folder, words[1:]
    return Path(), words


def _named(findings: Findings, folder: Path) -> Findings:
    """The findings with the folder that the next commands need."""
    from dataclasses import replace

    return replace(findings, folder=str(folder))


def _read(path: Path) -> Findings:
    from momot.findings import Findings

    return Findings.from_json(path.read_bytes())
