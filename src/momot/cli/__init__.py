"""The command line: each command translates to one function of `momot.api` and decides nothing.

Data go to stdout, progress and errors to stderr. Exit codes: 0 answered; 1 no question could be answered, or `check` found an error;
2 wrong use or bad input; 130 stopped by the user; 141 the reader of a pipe went away.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from momot.cli.unneeded import leave_out
from momot.errors import MomotError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    leave_out()
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; every error on purpose becomes a message, never a traceback."""
    from momot.cli.commands import momot

    try:
        code = momot.main(arguments, prog_name="momot", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:  # `momot` alone: its help, as a wrong use
        click.echo(error.format_message().encode(sys.stderr.encoding or "utf-8", "backslashreplace"), err=True)
        return 2
    except click.ClickException as error:
        return _fail(arguments, "UsageError", error.format_message(), hint=_usage(error))
    except MomotError as error:
        return _fail(arguments, type(error).__name__, str(error))
    return code if isinstance(code, int) else 0


def _fail(arguments: Sequence[str], kind: str, message: str, hint: str = "") -> int:
    """Say on stderr what is wrong, as `{"error": {"kind", "message"}}` where JSON was asked for."""
    text = (
        json.dumps({"error": {"kind": kind, "message": message}}, ensure_ascii=False)
        if _wants_json(arguments)
        else f"momot: {message}{hint}"
    )
    click.echo(text.encode(sys.stderr.encoding or "utf-8", "backslashreplace"), err=True)
    return 2


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"\nTry `{context.command_path} --help`." if context else ""


def _wants_json(arguments: Sequence[str]) -> bool:
    """Asked of the words themselves: a wrong option is found before the options are read."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
