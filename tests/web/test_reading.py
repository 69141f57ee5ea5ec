"""What is read beside the app: asked once, tried again after a failure, and gone when the app is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from momot.errors import DataError, EngineError
from momot.web.kept import Kept
from momot.web.reading import Readings


def test_an_answer_is_asked_for_once_and_kept() -> None:
    readings, asked = Readings(lambda: ThreadPoolExecutor(1), patience=10), []
    for _ in range(3):
        assert readings.of(("build", "x"), lambda: asked.append(1) or 7) == 7
    assert len(asked) == 1
    readings.close()


def test_a_page_does_not_wait_for_longer_than_its_patience_and_the_answer_comes_later() -> None:
    readings, go = Readings(lambda: ThreadPoolExecutor(1), patience=0.05), Event()
    assert readings.of(("a",), lambda: go.wait(10) and "told") is None
    assert readings.of(("a",), lambda: "never asked") is None
    go.set()
    assert readings.of(("a",), lambda: "never asked", patience=10) == "told"
    readings.close()


def test_what_failed_is_tried_again() -> None:
    readings, failures = Readings(lambda: ThreadPoolExecutor(1), patience=10), [DataError("the disk"), DataError("again")]

    def task() -> str:
        if failures:
            raise failures.pop(0)
        return "told"

    for _ in range(2):
        with pytest.raises(DataError):
            readings.of(("a",), task)
    assert readings.of(("a",), task) == "told"
    readings.close()


def test_a_process_that_was_killed_is_told_and_another_takes_its_place() -> None:
    readings = Readings(patience=60)
    try:
        with pytest.raises(EngineError, match="stopped from outside"):
            readings.of(("a",), os._exit, 3)
        assert readings.of(("a",), int, "7") == 7
    finally:
        readings.close()


PARENT = """
from momot.web.reading import Readings
import os, time
if __name__ == "__main__":
    print(Readings(patience=60).of(("pid",), os.getpid), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc to look into")
def test_no_process_stays_behind_when_the_app_is_killed(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PARENT, encoding="utf-8")
    app = subprocess.Popen([sys.executable, str(tmp_path / "app.py")], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    reader = int(app.stdout.readline())
    assert Path(f"/proc/{reader}").is_dir()
    app.send_signal(signal.SIGKILL)
    app.communicate()
    end = time.monotonic() + 20
    while alive(reader) and time.monotonic() < end:
        time.sleep(0.1)
    assert not alive(reader)


def alive(process: int) -> bool:
    """Whether it runs: one that nobody took leave of does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_shelf_forgets_what_was_not_asked_for_longest() -> None:
    kept = Kept(2)
    for key in ("a", "b"):
        kept.put(key, key)
    assert kept.of("a", lambda: "made again") == "a"
    kept.put("c", "c")
    assert kept.get("b") is None
    assert (kept.get("a"), kept.get("c")) == ("a", "c")
