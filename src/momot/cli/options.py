"""Arguments and options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from momot.language import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])


def folder(required: bool = False, default: str | None = ".") -> Callable[[Command], Command]:
    """The folder of a project or of files."""
    kind = click.Path(path_type=Path)
    return click.argument("folder", type=kind) if required else click.argument("folder", type=kind, default=default, required=False)


def words() -> Callable[[Command], Command]:
    """A folder and outcomes, told apart by the command."""
    return click.argument("words", nargs=-1, metavar="[FOLDER] [OUTCOME]...")


def outcomes() -> Callable[[Command], Command]:
    """The outcomes to ask for."""
    return click.option(
        "--outcome", "outcomes", multiple=True, metavar="NAME", help="An outcome to ask for; may be repeated. Default: all."
    )


def by() -> Callable[[Command], Command]:
    """For whom."""
    text = "Also for whom: a segment, role, channel or cycle; may be repeated."
    return click.option("--by", "by", multiple=True, metavar="SEGMENT", help=text)


def pairs() -> Callable[[Command], Command]:
    """Whether to look for pairs."""
    text = "Also look for pairs in order: a touch that went badly, and another that may repair it."
    return click.option("--pairs", is_flag=True, help=text)


def period() -> Callable[[Command], Command]:
    """The period that is asked for."""
    first = click.option("--since", metavar="DATE", help="First day of the period that is looked at, 2026-01-31. Default: all records.")
    last = click.option("--until", metavar="DATE", help="Last day of the period that is looked at.")
    return lambda command: first(last(command))


def data() -> Callable[[Command], Command]:
    """Where the sources are."""
    kind = click.Path(file_okay=False, path_type=Path)
    return click.option("--data", "source", type=kind, metavar="DIR", help="Folder of the source files. Default: the project's folder.")


def form(*formats: str) -> Callable[[Command], Command]:
    """How to print."""
    return click.option("--format", "form", type=click.Choice(formats), default="table", show_default=True, help="How to print the answer.")


def what_if() -> Callable[[Command], Command]:
    """What is supposed."""
    text = "What if there were more or fewer of it? -50%, +20%, bad:0%, LEVEL:-10%. May be repeated."
    return click.option("--what-if", "supposed", multiple=True, metavar="MOMENT=CHANGE", help=text)


def seed() -> Callable[[Command], Command]:
    """The seed of folds."""
    return click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Divides people into folds; nothing else.")


def output(text: str, default: str | None = None) -> Callable[[Command], Command]:
    """The file to write to."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("-o", "--output", type=kind, default=default, show_default=default is not None, metavar="FILE", help=text)


def saved() -> Callable[[Command], Command]:
    """Findings that were saved."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    text = "Findings that `momot find --format json` wrote, instead of a project."
    return click.option("--findings", "saved", type=kind, metavar="FILE", help=text)


def language() -> Callable[[Command], Command]:
    """The language that is written in."""
    text = "Language of the report: English, Vietnamese, Estonian, Czech, Indonesian or Thai."
    return click.option("--language", type=click.Choice(tuple(LANGUAGES)), default="en", show_default=True, help=text)


def quiet() -> Callable[[Command], Command]:
    """Whether to keep quiet."""
    return click.option("--quiet", is_flag=True, help="No progress on stderr.")
