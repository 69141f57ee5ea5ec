"""Progress on stderr: one line that follows what takes long, where somebody looks on; else a line for whatever begins."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import TextIO

from momot.progress import Progress

PATIENCE = 2.0
"""Seconds without a word: most answers are there by then."""
_ERASE = "\r\x1b[K"


class Status:
    """What one command says on `stream`. `clock` gives seconds."""

    def __init__(self, stream: TextIO, *, terminal: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream, self.terminal, self.clock = stream, terminal, clock
        self.began = clock()
        self.shown = ""

    def tell(self, message: Progress) -> None:
        """Say it, if it is time to."""
        if not self.terminal or message.note:
            if not message.again:
                self.clear()
                self._write(f"{message}\n")
        elif self.clock() - self.began >= PATIENCE:
            room = shutil.get_terminal_size().columns - 1
            line = str(message)
            line = line if len(line) <= room else f"{line[: room - 1]}…"
            if line != self.shown:
                self._write(f"{_ERASE}{line}")
                self.shown = line

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            self._write(_ERASE)
            self.shown = ""

    def _write(self, text: str) -> None:
        """In one go, with what the encoding of the stream can't show replaced."""
        encoding = self.stream.encoding or "utf-8"
        self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self.stream.flush()
