"""Where words and files go: data to stdout, progress to stderr, files written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


def progress(message: str) -> None:
    """One line of progress on stderr."""
    click.echo(message.encode(sys.stderr.encoding or "utf-8", "backslashreplace"), err=True)


def data(text: str, output: Path | None = None) -> None:
    """Data in UTF-8, to a file or to stdout."""
    if output is not None:
        write(text, output)
        return
    sys.stdout.flush()
    stream = sys.stdout.buffer
    stream.write(text.encode())
    stream.flush()


def words(text: str) -> None:
    """Text for people, as far as the encoding of stdout goes."""
    click.echo(text.encode(sys.stdout.encoding or "utf-8", "replace"), nl=not text.endswith("\n"))


def colourful() -> bool:
    """Whether stdout is a terminal that takes colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(text: str, path: Path) -> None:
    """Write a file whole or not at all. Raises EngineError where that fails."""
    from momot.report.files import write_whole

    write_whole(text, path)
