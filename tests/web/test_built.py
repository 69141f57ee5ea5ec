"""Screens that read a build: data, journeys, one person, voices. Numbers are those that were written into the files."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from momot import api
from momot.findings import Findings
from momot.findings.runs import keep_run
from momot.web.mapping import chosen, read
from tests.findings import documents
from tests.web.built import CALLERS, PEOPLE, PROJECT, SECRET, built
from tests.web.served import SAME, served
from tests.web.test_screens import plain


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("built") / "shop")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "shop"))


@pytest.fixture(scope="module")
def looked(made: Path) -> Iterator[TestClient]:
    """An app that is only looked at."""
    with served(made) as client:
        yield client


def test_data_says_what_was_kept_and_what_was_lost(looked: TestClient) -> None:
    text = plain(looked.get("/data").text)
    for source in ("people.csv", "visits.csv", "orders.csv", "calls.csv", "opinions.csv"):
        assert source in text
    assert "[[interactions]] 2 interactions 121 120 (99 %)" in text
    assert re.search(r"orders.csv 122 \[\[interactions\]\] 2 not a time at", text)
    assert "not a time" in text
    assert "secret-order" not in text


def test_a_source_that_changed_or_vanished_is_told(folder: Path) -> None:
    (folder / "calls.csv").write_text("id,at,went\n", encoding="utf-8")
    (folder / "pings.csv").unlink()
    with served(folder) as client:
        text = plain(client.get("/data").text)
    assert re.search(r"calls.csv csv 90 changed since the build", text)
    assert re.search(r"pings.csv csv 1 not there any more", text)


def test_touchpoints_without_a_stage_come_first_and_get_one(folder: Path) -> None:
    with served(folder) as client:
        page = client.get("/data").text
        rows = re.findall(r'<select name="stage of ([^"]*)"', page)
        assert html.unescape(rows[0]) == "qqq.ping"
        assert "1 without a stage comes first" in plain(page)
        seen = re.search(r'name="seen" value="(\w+)"', page)
        assert seen
        form = {"seen": seen[1], "stage of qqq.ping": "zmot", "stage of support.call": ""}
        assert client.post("/data", data=form, headers=SAME).status_code == 303
        assert chosen(read(folder / "momot.toml")).stages == {"qqq.ping": "zmot"}
        after = client.get("/data").text
        assert "momot.toml has changed since the build" in after
        late = client.post("/data", data={**form, "stage of qqq.ping": "umot"}, headers=SAME)
        assert late.status_code == 409
        assert "Nothing was written" in late.text
        assert chosen(read(folder / "momot.toml")).stages == {"qqq.ping": "zmot"}
    built_again = api.build(api.open(folder))
    with built_again.engine() as engine:
        assert engine.rows("SELECT stage FROM moments WHERE touchpoint = 'qqq.ping'") == [("zmot",)]


def test_an_activity_gets_its_touchpoint_and_channel(folder: Path) -> None:
    with served(folder) as client:
        page = client.get("/data").text
        rows = re.findall(r'<input name="touchpoint of ([^"]*)"', page)
        assert html.unescape(rows[0]) == "zzz"  # of the touchpoint without a stage
        seen = re.search(r'name="seen" value="(\w+)"', page)
        assert seen
        form = {"seen": seen[1], "touchpoint of zzz": "support.call", "channel of zzz": "phone", "touchpoint of page_viewed": "site.offer"}
        wrong = client.post("/data", data={**form, "channel of zzz": "carrier pigeon"}, headers=SAME)
        assert wrong.status_code == 409
        assert chosen(read(folder / "momot.toml")).activities == {}
        assert client.post("/data", data=form, headers=SAME).status_code == 303
        late = client.post("/data", data=form, headers=SAME)
        assert late.status_code == 409
        after = client.get("/data").text
        assert 'value="support.call"' in after
    api.build(api.open(folder))
    with served(folder) as client:
        text = plain(client.get("/data").text)
        assert f"support.call call_answered, zzz phone {CALLERS + 1}" in text
        assert "qqq.ping" not in text
        assert "badly 50 %" in text


def test_looking_never_builds(folder: Path) -> None:
    (folder / "momot.toml").write_text(
        PROJECT + "# another\n[[changes]]\non = 2026-01-10\ntouchpoint = 'support.call'\nwhat = 'x'\n", encoding="utf-8"
    )
    before = {path.name for path in (folder / ".momot").iterdir()} - {"web"}
    with served(folder) as client:
        for path in ("/journeys", "/voices", "/journeys/person?moment=support.call@smot"):
            answer = client.get(path)
            assert answer.status_code == 409, path
            assert "momot.toml has changed since the last build" in answer.text
        assert client.get("/data").status_code == 200
        assert client.get("/").status_code == 200
    assert {path.name for path in (folder / ".momot").iterdir()} - {"web"} == before


def test_journeys_add_up(looked: TestClient) -> None:
    page = looked.get("/journeys", params={"moment": "support.call@smot"})
    assert page.status_code == 200
    text = plain(page.text)
    assert f"support.call@smot happened {CALLERS} times" in text
    steps = re.findall(r'<div class="step">(.*?)</ol></div>', page.text, re.DOTALL)
    assert len(steps) == 6
    for step in steps:
        counts = [int(found) for found in re.findall(r"([\d]+) of 90,", plain(step))]
        assert sum(counts) == CALLERS
        assert len(counts) <= 8
    assert "<b>site" not in page.text
    assert "Through the stages" in text


def test_an_unknown_moment_is_said_to_be_none(looked: TestClient) -> None:
    page = looked.get("/journeys", params={"moment": "support.cal@smot"})
    assert "Did you mean" in page.text
    assert looked.get("/journeys/person", params={"moment": "none"}).status_code == 404


def test_somebody_who_met_a_moment_has_no_name(looked: TestClient) -> None:
    for number in (1, CALLERS):
        page = looked.get("/journeys/person", params={"moment": "support.call@smot", "number": str(number)})
        text = plain(page.text)
        assert f"Person {number} of {CALLERS}" in text
        assert "support.call@smot" in text
        assert "9.50 EUR" in text
        assert SECRET not in page.text
        assert "secret-order" not in page.text
        assert "subject 1" in text
    assert looked.get("/journeys/person", params={"moment": "support.call@smot", "number": str(CALLERS + 1)}).status_code == 404
    for number in ("0", "-1", "x", "9" * 30):
        assert looked.get("/journeys/person", params={"moment": "support.call@smot", "number": number}).status_code == 404


def test_employees_are_nobody_to_be_looked_at(looked: TestClient) -> None:
    page = looked.get("/journeys/person", params={"moment": "checkout.order@fmot"})
    assert f"Person 1 of {PEOPLE - 1}." in plain(page.text)


def test_ids_are_shown_where_that_is_asked_for_and_allowed(looked: TestClient, made: Path) -> None:
    refused = looked.post("/journeys/person", data={"person": "person-00001"}, headers=SAME)
    assert refused.status_code == 400
    assert "masked" in refused.text
    with served(made, identities=True) as client:
        page = client.post("/journeys/person", data={"person": "person-00001"}, headers=SAME)
        assert page.status_code == 200
        assert "person-00001" in page.text
        assert "secret-order-1" in page.text
        assert client.post("/journeys/person", data={"person": "nobody"}, headers=SAME).status_code == 400
        assert client.post("/journeys/person", data={"person": " "}, headers=SAME).status_code == 400
        assert SECRET not in client.get("/journeys/person", params={"moment": "support.call@smot"}).text


def test_voices_are_reasons_in_words_that_name_nobody(looked: TestClient) -> None:
    page = looked.get("/voices", params={"by": "region"})
    assert page.status_code == 200
    text = plain(page.text)
    assert "100 texts of 100 people" in text
    assert "What pains them" in text
    assert "jane@example.com" not in page.text
    assert SECRET not in page.text
    table = list(csv.DictReader(io.StringIO(looked.get("/download/voices.csv").text)))
    assert "jane@example.com" not in str(table)


def test_a_moment_tells_why_with_quotes(folder: Path) -> None:
    build = api.build(api.open(folder)).manifest.build
    name = "support.call@smot"
    quiet = documents.finding("qqq.ping", verdict="no evidence", label=None, rank=None)
    told = documents.document(
        [documents.question()], [documents.finding("support.call"), quiet], [documents.effect(name, "bad-good", -1.0, 0.2)], build=build
    )
    assert keep_run(Findings(told), folder)
    with served(folder) as client:
        page = client.get("/moment", params={"name": name})
        text = plain(page.text)
        assert "Why it goes badly" in text
        assert re.search(r"texts? of \d+ people|No reason stands out|too few", text)
        assert "jane@example.com" not in page.text
        assert str(folder) not in page.text
        assert "nobody called me back" in text
        assert "etag" in page.headers  # it is whole, so it is kept
        assert client.get("/moment", params={"name": "qqq.ping@smot"}).status_code == 200
    quotes = [path for path in (folder / ".momot" / "web").rglob("*") if path.is_file() and b"nobody called me" in path.read_bytes()]
    assert quotes == []


def test_the_build_may_be_removed_or_made_anew_while_it_is_served(folder: Path) -> None:
    with served(folder) as client:
        assert client.get("/journeys").status_code == 200
        shutil.rmtree(folder / ".momot")
        assert client.get("/journeys").status_code == 409
        assert client.get("/data").status_code == 200
        assert client.get("/").status_code == 200
        api.build(api.open(folder))
        assert client.get("/journeys").status_code == 200
