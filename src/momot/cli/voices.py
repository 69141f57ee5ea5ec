"""`momot voices` and `momot explain`: what people say, and why a moment goes as it goes."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from momot.cli import options
from momot.cli.forms import as_json
from momot.cli.machine import asked, machine
from momot.cli.output import colourful, data, progress, words, write
from momot.errors import MissingSource

if TYPE_CHECKING:
    from momot.api import Project

Command = TypeVar("Command", bound=Callable[..., Any])
LABELS = {"valence": "labels.csv", "suggestion": "suggestion-labels.csv"}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ANSWERS = {
    "valence": {"n": "negative", "-": "negative", "0": "neutral", "u": "neutral", "p": "positive", "+": "positive"},
    "suggestion": {"y": "suggestion", "1": "suggestion", "n": "other", "0": "other"},
}
_KEYS = {
    "valence": "n(egative)  0 neutral  p(ositive)  s(kip)  q(uit)",
    "suggestion": "suggests something: y(es)  n(o)  s(kip)  q(uit)",
}


class Defaulted(click.Group):
    """A group whose first word may be an argument of its command `overview`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in front of what names none."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["overview", *args]
        return super().parse_args(ctx, args)


def tier(default: str | None, text: str) -> Callable[[Command], Command]:
    """Which tier reads."""
    return click.option("--tier", type=click.Choice(("fast", "semantic", "cascade")), default=default, help=text)


def head(text: str) -> Callable[[Command], Command]:
    """Which head labels are of."""
    return click.option("--head", type=click.Choice(tuple(LABELS)), default="valence", show_default=True, help=text)


@click.group(cls=Defaulted, short_help="Hear what people say: reasons, tone, themes.")
def voices() -> None:
    """Hear what people say: `momot voices FOLDER` is short for `momot voices overview FOLDER`."""


@voices.command(short_help="Tone, pain points, praise and suggestions of a project.")
@options.folder()
@click.option("--by", "by", multiple=True, metavar="SEGMENT", help="Compare what is spoken of by this segment; twice for two at once.")
@options.period()
@tier(None, "Who reads. Default: cascade where there are few texts, else fast.")
@options.data()
@options.form("table", "json", "csv")
@options.output("Write to a file instead of stdout.")
@machine()
@options.quiet()
def overview(
    folder: Path,
    by: tuple[str, ...],
    since: str | None,
    until: str | None,
    tier: str | None,
    source: Path | None,
    form: str,
    output: Path | None,
    quiet: bool,
) -> None:
    """Say how people speak in the project in FOLDER, about what, and which reasons they give; csv is the reasons, one a row."""
    from momot import api
    from momot.cli.reasons import overview_text

    say = None if quiet else progress
    found = api.voices(_project(folder, source), by=by, since=since, until=until, tier=tier, progress=say)
    if form == "json":
        data(as_json(found) + "\n", output)
    elif form == "csv":
        data(found.to_csv(), output)
    else:
        _told(overview_text(found, folder, color=output is None and colourful()), output)


@voices.command(short_help="Read texts: one JSON object a line.")
@click.argument("file", metavar="FILE|-")
@click.option("--text", "column", metavar="COLUMN", help="FILE is a CSV or JSON lines, with the text in COLUMN. Default: one text a line.")
@tier("fast", "Who reads: the fast tier (default), the semantic one, or the semantic one where the fast one doubts.")
@click.option("--no-abstain", "forced", is_flag=True, help="Tell a polarity even where it is too doubtful.")
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="Read as the project in DIR does, with its labels.")
def read(file: str, column: str | None, tier: Any, forced: bool, folder: Path | None) -> None:
    """Read the texts of FILE (- is stdin): language, valence, polarity, confidence, intent, suggestion, urgency, and the text, masked."""
    import json
    import warnings

    from momot import api
    from momot.voices.contract import open_texts, texts_of

    try:
        source, name = open_texts(file, sys.stdin.buffer)
    except OSError as error:
        raise MissingSource(f"{file}: can't be read: {(error.strerror or str(error)).lower()}.") from error
    with source, warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        texts = texts_of(source, name, column=column)
        found = api.read_texts(texts, tier=tier, abstain=not forced, project=None if folder is None else _project(folder, None))
        for note in noted:
            click.echo(f"momot: {note.message}", err=True)
        for one in found:
            data(json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n")


@voices.command(short_help="Label the texts that teach most, and refit.")
@options.folder()
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Texts to label.")
@head("What is asked for: polarity, or whether a text suggests something.")
@click.option(
    "--labels", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Default: labels.csv in FOLDER, of suggestions suggestion-labels.csv.",
)  # fmt: skip
@options.output("Write the texts as CSV, to be labelled elsewhere and handed to `momot voices calibrate`.")
@machine()
@options.quiet()
def label(folder: Path, most: int, head: Any, file: Path | None, output: Path | None, quiet: bool) -> None:
    """Ask for labels of the texts that teach most, add the answers to FILE, and fit the project's heads to all in it."""
    from momot import api
    from momot.voices.calibrate import LEAST, read_labels

    project = _project(folder, None)
    file = file or project.folder / LABELS[head]
    before = read_labels(file) if file.exists() else []
    labelled = {text for text, _ in before}
    chosen = api.to_label(project, most=most, head=head, labelled=labelled, progress=None if quiet else progress)
    if output is not None:
        write(_rows([("text", "language", "guess", "label"), *((one.text, one.language, one.guess, "") for one in chosen)]), output)
        words(f"Wrote {output}: fill in the column label, then momot voices calibrate {folder} --head {head} --labels {output}")
        return
    answers: list[tuple[str, str]] = []
    for number, one in enumerate(chosen, 1):
        words(f"\n{number} of {len(chosen)}, {one.language}, read as {one.guess}:\n  {one.text}")
        answer = click.prompt(_KEYS[head], default="s", show_default=False, err=True).strip().lower()
        if answer[:1] == "q":
            break
        if answer[:1] in _ANSWERS[head]:
            answers.append((one.text, _ANSWERS[head][answer[:1]]))
    every = [*before, *answers]
    write(_rows([("text", "label"), *every]), file)
    words(f"{len(every)} labels in {file}.")
    if len(every) < LEAST or len({said for _, said in every}) < 2:
        words(f"Heads are fitted from {LEAST} labels of two kinds on.")
        return
    _calibrated(project, every, head, "semantic", "table", quiet)


@voices.command(short_help="Fit the heads of a project to labels.")
@options.folder()
@click.option("--labels", "file", type=_FILE, required=True, metavar="FILE", help="CSV or JSON lines with a text and a label a row.")
@click.option("--text", "text", metavar="COLUMN", help="Column of the text. Default: text, sentence, review, …")
@click.option("--label", "column", metavar="COLUMN", help="Column of the label. Default: label, polarity, sentiment, …")
@head("What the labels tell.")
@tier("semantic", "Whose heads are fitted: both where the semantic tier is installed, else the fast one's.")
@options.form("table", "json")
@options.quiet()
def calibrate(folder: Path, file: Path, text: str | None, column: str | None, head: Any, tier: Any, form: str, quiet: bool) -> None:
    """Fit how the project in FOLDER reads to labels, and say how well it does on texts it did not see.

    A label is negative, neutral or positive; of the head suggestion it is suggestion or other.
    """
    from momot.voices.calibrate import read_labels

    _calibrated(_project(folder, None), read_labels(file, text=text, label=column), head, tier, form, quiet)


@click.command(short_help="Why a moment goes badly or well, in people's words.")
@click.argument("words_", nargs=-1, required=True, metavar="MOMENT")
@options.period()
@tier(None, "Who reads. Default: cascade where there are few texts, else fast.")
@options.data()
@options.form("table", "json", "csv")
@options.output("Write to a file instead of stdout.")
@machine()
@options.quiet()
def explain(
    words_: tuple[str, ...],
    since: str | None,
    until: str | None,
    tier: str | None,
    source: Path | None,
    form: str,
    output: Path | None,
    quiet: bool,
) -> None:
    """Say why MOMENT (delivery.parcel@smot, a touchpoint, or an aspect) goes badly and well, in the words of those who met it."""
    from momot import api
    from momot.cli.reasons import explained_text

    if len(words_) > 2:
        raise click.UsageError("A FOLDER and one MOMENT.")
    folder = Path(words_[0]) if len(words_) > 1 else Path()
    say = None if quiet else progress
    found = api.explain(_project(folder, source), words_[-1], since=since, until=until, tier=tier, progress=say)
    if form == "json":
        data(as_json(found) + "\n", output)
    elif form == "csv":
        data(found.to_csv(), output)
    else:
        _told(explained_text(found, color=output is None and colourful()), output)


def _calibrated(project: Project, labels: Sequence[tuple[str, str]], head: Any, tier: Any, form: str, quiet: bool) -> None:
    from momot import api

    found = api.calibrate(project, labels, head=head, tier=tier, progress=None if quiet else progress)
    if form == "json":
        data(as_json(found) + "\n")
        return
    from momot.findings.numbers import signed

    measured = found.measured
    note = f"\n{found.note}" if found.note else ""
    words(
        f"Fitted to {measured.labels} labels. On texts it did not see: macro-F1 {measured.macro_f1_before:.2f} → {measured.macro_f1:.2f} "
        f"[{measured.macro_f1_low:.2f}, {measured.macro_f1_high:.2f}], a gain of {signed(measured.gain, 2)} "
        f"[{signed(measured.gain_low, 2)}, {signed(measured.gain_high, 2)}]; "
        f"right {measured.accuracy_before:.0%} → {measured.accuracy:.0%} [{measured.accuracy_low:.0%}, {measured.accuracy_high:.0%}].{note}"
    )


def _rows(rows: Sequence[Sequence[str]]) -> str:
    """CSV whose cells no spreadsheet executes."""
    from momot.voices.mask import neutralised

    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([neutralised(cell) for cell in row] for row in rows)
    return made.getvalue()


def _told(text: str, output: Path | None) -> None:
    data(text, output) if output is not None else words(text)


def _project(folder: Path, source: Path | None) -> Project:
    from momot import api

    return api.open(folder, data=source, **asked())
