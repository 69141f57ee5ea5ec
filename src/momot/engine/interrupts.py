"""Ctrl-C held back over steps that must not be half done."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold a Ctrl-C back until the end: a rename and its manifest, a removal, the start of a thread happen wholly or not at all."""
    came: list[int] = []
    try:
        handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    except ValueError:  # not the main thread: no Ctrl-C arrives here
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if came and callable(handler):
            handler(came[0], None)
