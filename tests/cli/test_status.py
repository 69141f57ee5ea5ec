"""Progress on stderr: lines for a file, one line that comes and goes for a terminal, and nothing of what is over at once."""

from __future__ import annotations

import io

import pytest

from momot.cli.status import PATIENCE, Status
from momot.progress import Progress

BEGUN, AT_IT = Progress("reading"), Progress("reading", 3.0, 50, 200, again=True)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_a_file_gets_a_line_for_whatever_begins(stream: io.StringIO) -> None:
    status = Status(stream, terminal=False, clock=lambda: 60.0)
    for message in (BEGUN, AT_IT, Progress("orders.csv changed since", note=True)):
        status.tell(message)
    status.clear()
    assert stream.getvalue() == "reading\norders.csv changed since\n"


def test_a_terminal_gets_nothing_of_what_is_over_at_once(stream: io.StringIO) -> None:
    status = Status(stream, terminal=True, clock=lambda: 0.0)
    status.tell(BEGUN)
    status.tell(AT_IT)
    status.clear()
    assert stream.getvalue() == ""


def test_a_terminal_gets_one_line_that_is_written_over_and_taken_away(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "28")
    times = iter([0.0, *[PATIENCE] * 9])
    status = Status(stream, terminal=True, clock=lambda: next(times))
    status.tell(AT_IT)
    status.tell(AT_IT)  # the same: not written again
    status.tell(Progress("a note", note=True))
    status.tell(AT_IT)
    status.clear()
    status.clear()
    line, erase = "\r\x1b[Kreading: 50 of 200 rows, 2…", "\r\x1b[K"
    assert stream.getvalue() == f"{line}{erase}a note\n{line}{erase}"
