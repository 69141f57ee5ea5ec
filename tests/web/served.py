"""A served project without any data: kept runs made of whole documents, an app over them, and a browser's way of asking."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from momot.findings import Findings
from momot.findings.contract import Document
from momot.findings.runs import keep_run
from momot.web import application
from momot.web.settings import Settings, settings

PROJECT = """
name = "Corner shop"
[people]
from = "people.csv"
person = "id"
segments = {region = "region"}
[[interactions]]
from = "calls.csv"
person = "id"
at = "at"
activity = "called"
touchpoint = "support.call"
channel = "phone"
[outcomes.opinion]
opinion = "stars"
[[opinions]]
from = "opinions.csv"
person = "id"
at = "at"
instrument = "stars"
value = "stars"
scale = [1, 5]
"""
HERE = "http://127.0.0.1:8765"
SAME = {"origin": HERE, "sec-fetch-site": "same-origin"}


def project(folder: Path, *documents: Document) -> Path:
    """A project's folder with these runs, the last one newest."""
    folder.mkdir(exist_ok=True)
    (folder / "momot.toml").write_text(PROJECT, encoding="utf-8")
    (folder / ".momot").mkdir(exist_ok=True)
    for one in documents:
        assert keep_run(Findings(one), folder) is not None
    return folder


@contextmanager
def served(folder: Path, *, signed: bool = True, sender: str = "127.0.0.1", **options: Any) -> Iterator[TestClient]:
    """A client of the app of a project, signed in as a browser is."""
    made: Settings = settings(folder, **options)
    with TestClient(
        application(made, executor=lambda: ThreadPoolExecutor(1), patience=20),
        base_url=made.origins[0],
        client=(sender, 50_000),
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as client:
        if signed and made.proxy is None:
            sign_in(client)
        yield client


def sign_in(client: TestClient) -> None:
    """Use a new link."""
    link = client.app.state.momot.entry.new_link()  # type: ignore[attr-defined]
    assert client.post("/enter", data={"link": link}, headers=SAME).status_code == 303
