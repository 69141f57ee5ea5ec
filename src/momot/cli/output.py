"""Where words and files go: data to stdout, progress to stderr, files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import click

from momot.errors import EngineError


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
    """Write a file under another name and rename it, so that nobody sees half of it. Raises EngineError where that fails."""
    temporary = None
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}-")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise EngineError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def _umask() -> int:
    """The permissions that new files do not get; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
