"""Where words and files go: data to stdout, progress to stderr, files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import click

from momot.cli.status import Status
from momot.progress import Progress

READER_GONE = 141
_STATUS = "momot.status"


def progress(message: Progress) -> None:
    """Progress on stderr: a line for whatever begins, or on a terminal one line that follows what takes long."""
    _status().tell(message)


def data(text: str, output: Path | None = None) -> None:
    """Data in UTF-8, to a file or to stdout."""
    if output is not None:
        write(text, output)
        return
    _send(text.encode())


def words(text: str) -> None:
    """Text for people, as far as the encoding of stdout goes."""
    _send((text if text.endswith("\n") else f"{text}\n").encode(sys.stdout.encoding or "utf-8", "replace"))


def _status() -> Status:
    """The one of the running command; its line is gone when the command ends."""
    context = click.get_current_context()
    status = context.meta.get(_STATUS)
    if not isinstance(status, Status):
        status = context.meta[_STATUS] = Status(sys.stderr, terminal=sys.stderr.isatty() and os.environ.get("TERM") != "dumb")
        context.call_on_close(status.clear)
    return status


def _send(text: bytes) -> None:
    """Bytes to stdout at once. A reader that went away ends the command quietly, with the code that a shell gives it."""
    if context := click.get_current_context(silent=True):
        with contextlib.suppress(KeyError):
            context.meta[_STATUS].clear()
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What is left in the buffer would complain once more when Python flushes it on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(READER_GONE) from None


def colourful() -> bool:
    """Whether stdout is a terminal that takes colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(text: str, path: Path) -> None:
    """Write a file whole or not at all. Raises EngineError where that fails."""
    from momot.report.files import write_whole

    write_whole(text, path)
