"""The command in a process of its own: the link answers, nothing secret is printed, a kill loses no note."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from momot.cli import run

SECONDS = 60.0


class Running:
    """A served project and a browser's cookies."""

    def __init__(self, process: subprocess.Popen[str], link: str) -> None:
        self.process, self.link = process, link
        self.origin = link.partition("/enter")[0]
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/json", method: str | None = None) -> str:
        headers = {"Origin": self.origin, "Content-Type": kind}
        request = urllib.request.Request(f"{self.origin}{path}", body, headers, method=method)
        with self.opener.open(request, timeout=SECONDS) as answer:
            return answer.read().decode()

    def enter(self) -> None:
        link = self.link.partition("link=")[2]
        self.ask("/enter", urlencode({"link": link}).encode(), "application/x-www-form-urlencoded")


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "momot", "serve", str(folder), "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(2))
        found = re.search(r"http://\S+", said)
        assert found, said + (process.stderr.read() if process.stderr else "")
        yield Running(process, found[0])
    finally:
        process.kill()
        process.communicate()


def test_a_kill_at_any_moment_loses_no_note_that_was_kept(shop: Path) -> None:
    moment = ""
    for version in range(3):
        with running(shop) as app:
            app.enter()
            moment = moment or json.loads(app.ask("/api/v1/moments"))["moments"][0]["finding"]["moment"]
            change = {"moment": moment, "version": version, "owner": f"Person {version}"}
            assert json.loads(app.ask("/api/v1/notes", json.dumps(change).encode(), method="PUT"))["version"] == version + 1
            app.process.send_signal(signal.SIGKILL)
            app.process.wait()
    with running(shop) as app:
        app.enter()
        assert json.loads(app.ask("/api/v1/notes"))["notes"][0]["owner"] == "Person 2"


def test_nothing_that_is_asked_is_printed_and_it_ends_when_asked_to(shop: Path) -> None:
    with running(shop) as app:
        with pytest.raises(urllib.error.HTTPError):
            app.ask("/api/v1/notes")
        app.enter()
        app.ask("/?moment=a-name-of-somebody")
        app.process.send_signal(signal.SIGINT)
        end = time.monotonic() + 20
        while app.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert app.process.poll() is not None
        assert app.process.stdout is not None
        assert app.process.stderr is not None
        printed = app.process.stdout.read() + app.process.stderr.read()
    assert "a-name-of-somebody" not in printed
    assert "link=" not in printed
    assert "Traceback" not in printed


def test_what_is_wrong_is_said_before_anything_is_served(shop: Path) -> None:
    def served(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "momot", "serve", *options], capture_output=True, text=True, timeout=SECONDS, check=False
        )

    open_ = served(str(shop), "--host", "0.0.0.0")
    assert open_.returncode == 2
    assert "--proxy-header" in open_.stderr
    assert served(str(shop / "nowhere")).returncode == 2
    with running(shop) as app:
        taken = served(str(shop), "--port", app.origin.rpartition(":")[2])
        assert taken.returncode == 2
        assert "can't be listened on" in taken.stderr


def test_without_the_extra_the_command_says_what_to_install(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "momot.web.serving", raising=False)
    assert run(["serve", str(shop)]) == 2
    assert "pip install 'momot[web]'" in capsys.readouterr().err
