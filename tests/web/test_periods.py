"""The period of an address: written one way, offered by quarters and years, and what is shown where nobody asked of it yet."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from momot.designs.period import ALWAYS, Period
from momot.errors import QuestionError
from momot.findings.contract import Document
from momot.findings.contract import Period as Chosen
from momot.language import ENGLISH
from momot.web import periods
from momot.web.jobs import Asked, Jobs
from tests.findings import documents
from tests.web.built import built
from tests.web.served import SAME, project, served

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2090, 1, 1))
SPRING = Chosen(since="2026-04-01", until="2026-06-30")


@given(st.none() | DAYS, st.none() | DAYS)
def test_a_period_is_read_as_it_was_written(since: dt.date | None, until: dt.date | None) -> None:
    if since and until and until < since:
        since, until = until, since
    period = Period(since, until)
    assert periods.asked({"period": periods.written(period)}) == period
    assert periods.asked({"since": str(since or ""), "until": str(until or "")}) == period


@pytest.mark.parametrize(
    "query", [{"period": "spring"}, {"period": "2026-02-30.."}, {"period": "2026-05-01..2026-04-01"}, {"since": "<b>"}]
)
def test_what_is_no_period_is_refused_in_a_sentence(query: dict[str, str], client: TestClient) -> None:
    with pytest.raises(QuestionError):
        periods.asked(query)
    for path in ("/", "/api/v1/findings", "/download/effects.csv"):
        assert client.get(path, params=query).status_code == 400
    assert "<b>" not in client.get("/", params=query).text


@given(DAYS, st.integers(0, 9_000))
def test_what_is_offered_are_calendar_periods_that_follow_each_other_to_the_last_day(first: dt.date, length: int) -> None:
    last = first + dt.timedelta(length)
    found = periods.offered(first, last)
    assert len(found) <= periods.MOST_OFFERED
    if not found:
        return
    latest = found[0]
    assert latest.since is not None
    assert latest.until is not None
    assert latest.since <= last <= latest.until
    for later, earlier in itertools.pairwise(found):
        assert later.since is not None
        assert earlier.until == later.since - dt.timedelta(1)
    if len(found) < periods.MOST_OFFERED:
        assert found[-1].since is not None
        assert found[-1].until is not None
        assert found[-1].since <= first <= found[-1].until
    assert all(period.since is not None and period.since.day == 1 for period in found)


def spring() -> Document:
    """The findings of a spring, under another headline than those of all records."""
    document = documents.several()
    questions = tuple(msgspec.structs.replace(one, headline=f"In spring: {one.headline}") for one in document.questions)
    return msgspec.structs.replace(document, questions=questions, period=SPRING)


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A project whose last run is of a spring, and the one before of all records."""
    return project(tmp_path / "both", documents.several(), spring())


def test_the_first_screen_is_of_all_records_and_a_period_is_its_last_run(both: Path) -> None:
    with served(both) as client:
        assert "In spring" not in client.get("/").text
        page = client.get("/", params={"period": "2026-04-01..2026-06-30"})
        assert "In spring" in page.text
        as_form = client.get("/", params={"since": "2026-04-01", "until": "2026-06-30"})
        assert "In spring" in as_form.text
        links = [html.unescape(link) for link in re.findall(r'href="(/moment\?[^"]+)"', as_form.text)]
        assert links
        assert all("period=2026-04-01..2026-06-30" in link for link in links)
        moment = client.get(links[0])
        assert moment.status_code == 200
        assert client.get("/api/v1/findings", params={"period": "2026-04-01..2026-06-30"}).json()["period"]["since"] == SPRING.since
        assert client.get("/api/v1/findings").json()["period"] is None
        runs = client.get("/api/v1/runs").json()["runs"]
        assert [one["period"] for one in runs] == [msgspec.to_builtins(SPRING), None]


def test_facts_of_all_journeys_do_not_stand_beside_the_findings_of_a_period(both: Path) -> None:
    with served(both) as client:
        shown = client.get("/", params={"period": "2026-04-01..2026-06-30"})
        assert "Loyalty loop" not in shown.text


def test_choosing_a_run_is_a_choice_of_the_same_list(both: Path) -> None:
    with served(both) as client:
        page = client.get("/", params={"run": "1"}).text
        chosen = re.search(r'<option value="([^"]+)" selected>([^<]+)', page)
        assert chosen
        assert chosen[1] == "run-1"
        assert client.get("/", params={"period": "run-1"}).text.count("In spring") == 0
        assert client.get("/", params={"period": "run-2"}).text.count("In spring") > 0
        assert client.get("/", params={"period": "run-9"}).status_code == 404


def test_a_period_that_nobody_asked_of_is_asked_from_where_it_is_missed(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Asked] = []
    real = Jobs.start

    def start(jobs: Jobs, asked: Asked) -> object:
        started.append(asked)
        return real(jobs, asked)

    monkeypatch.setattr(Jobs, "start", start)
    with served(both) as client:
        for path, name in (("/", ""), ("/moment", "delivery.promise@smot")):
            page = client.get(path, params={"period": "2025-01-01..2025-03-31", **({"name": name} if name else {})})
            assert page.status_code == 200
            assert "Nothing has been asked of this period yet: 2025-01-01 to 2025-03-31" in page.text
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        assert client.get("/api/v1/findings", params={"period": "2025-01-01..2025-03-31"}).status_code == 404
        answer = client.post("/runs", data=form, headers=SAME)
        assert answer.status_code in (200, 303)
    (asked,) = started
    assert (asked.kind, asked.since, asked.until) == ("find", "2025-01-01", "2025-03-31")


def test_a_job_of_what_is_no_period_is_not_started(client: TestClient) -> None:
    answer = client.post("/api/v1/jobs", json={"kind": "find", "since": "2026-05-01", "until": "2026-01-01"}, headers=SAME)
    assert answer.status_code == 400
    assert client.get("/api/v1/jobs").json()["jobs"] == []


def test_all_records_are_offered_first_and_periods_without_a_run_say_so(both: Path) -> None:
    with served(both) as client:
        page = client.get("/").text
    select = re.search(r'<select name="period">(.*?)</select>', page)
    assert select
    options = [html.unescape(words) for words in re.findall(r"<option[^>]*>([^<]+)", select[1])]
    assert options[0] == periods.words(ALWAYS, ENGLISH) == "All records"
    assert options[1] == "2026-04-01 to 2026-06-30"
    assert options[2:]
    assert all(words.endswith("(not asked yet)") for words in options[2:])


def test_voices_are_those_of_the_period_and_lead_to_its_texts(tmp_path: Path) -> None:
    with served(built(tmp_path / "shop")) as client:
        whole = client.get("/voices")
        first = re.search(r'href="(/texts\?[^"]+)"', whole.text)
        assert first
        page = client.get("/voices", params={"period": "1999-01-01..1999-12-31"})
        assert page.status_code == 200
        assert "Nothing was said in the period: 1999-01-01 to 1999-12-31." in page.text
        days = re.search(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)", whole.text)
        assert days
        middle = dt.date.fromisoformat(days[1]) + (dt.date.fromisoformat(days[2]) - dt.date.fromisoformat(days[1])) / 2
        half = client.get("/voices", params={"until": middle.isoformat()})
        shown = re.search(r'href="(/texts\?[^"]+)"[^>]*>([^<]+)', half.text)
        assert shown
        assert f"period=..{middle}" in html.unescape(shown[1])
        listed = client.get(html.unescape(shown[1]))
        assert shown[2].split(" of ")[0].split()[0] in listed.text
        all_texts = re.search(r'href="/texts\?[^"]+"[^>]*>(\d+)', whole.text.replace("\u202f", ""))
        some = re.search(r'href="/texts\?[^"]+"[^>]*>(\d+)', half.text.replace("\u202f", ""))
        assert all_texts
        assert some
        assert 0 < int(some[1]) < int(all_texts[1])


def test_lists_of_people_are_of_the_period_or_say_that_they_are_not(tmp_path: Path) -> None:
    def count(page: str) -> int:
        found = re.search(r"<h1[^>]*>.*?(\d+) (?:person|people) met", page.replace("\u202f", ""))
        assert found
        return int(found[1])

    with served(built(tmp_path / "shop")) as client:
        link = re.search(r'href="(/journeys\?moment=([^"&]+))"', client.get("/journeys?moment=").text) or re.search(
            r'<option value="([^"]+@[^"]+)"()', client.get("/journeys").text
        )
        assert link
        moment = html.unescape(link[2] or link[1]).replace("%40", "@")
        whole = client.get("/people", params={"of": "met", "moment": moment})
        assert count(whole.text) > 0
        day = re.search(r"(\d{4}-\d\d-\d\d)", whole.text)
        assert day
        half = client.get("/people", params={"of": "met", "moment": moment, "period": f"..{day[1]}"})
        assert 0 < count(half.text) < count(whole.text)
        assert f"Of a period: until {day[1]}." in half.text
        none = client.get("/people", params={"of": "met", "moment": moment, "period": "1999-01-01..1999-12-31"})
        assert count(none.text) == 0
        journeys = client.get("/people", params={"of": "fact", "fact": "repurchase_share", "period": f"..{day[1]}"})
        assert journeys.status_code == 200
        assert "Of all records: whole journeys have no period." in journeys.text
