"""Builds and finds beside the app: how they end, that one goes at a time, and that a kill at any moment loses nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from momot import api
from momot.web.errors import Conflict, NotThere
from momot.web.jobs import Asked, Job, Jobs, ended, read_job, started, write_job
from tests.web.served import SAME, project, served

SECONDS = 60.0


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A project that can be built, and whose question has too few answers."""
    folder = project(tmp_path / "shop")
    (folder / "people.csv").write_text("id,region\n1,north\n2,south\n", encoding="utf-8")
    (folder / "calls.csv").write_text("id,at\n1,2026-01-01 10:00\n2,2026-01-02 10:00\n", encoding="utf-8")
    (folder / "opinions.csv").write_text("id,at,stars\n1,2026-01-03 10:00,4\n2,2026-01-04 10:00,2\n", encoding="utf-8")
    return folder


def test_a_build_and_a_find_run_beside_the_app_and_say_how_they_ended(sources: Path) -> None:
    jobs = Jobs(sources)
    built = jobs.start(Asked(kind="build"))
    until(lambda: not jobs.of(built.id).running)  # type: ignore[union-attr]
    done = jobs.of(built.id)
    assert done is not None
    assert (done.status, done.run) == ("done", None)
    with served(sources) as client:
        assert client.post("/runs", data={"kind": "find", "outcome": "opinion"}, headers=SAME).status_code == 303
        until(lambda: client.app.state.momot.jobs.running() is None)  # type: ignore[attr-defined]
        page = client.get("/runs").text
        assert "Done: run 1" in page
        assert "No question could be answered" in page
        assert client.get("/api/v1/jobs").json()["jobs"][0]["run"] == 1
    assert len(api.runs(sources)) == 1


def test_a_job_that_can_not_be_done_says_why(sources: Path) -> None:
    (sources / "calls.csv").unlink()
    jobs = Jobs(sources)
    job = jobs.start(Asked(kind="build"))
    until(lambda: not jobs.of(job.id).running)  # type: ignore[union-attr]
    failed = jobs.of(job.id)
    assert failed is not None
    assert failed.status == "failed"
    assert "calls.csv" in failed.message


def test_one_goes_at_a_time_and_can_be_stopped(sources: Path) -> None:
    jobs = Jobs(sources)
    job = jobs.start(Asked(kind="find"))
    with pytest.raises(Conflict):
        jobs.start(Asked(kind="build"))
    with pytest.raises(Conflict):
        Jobs(sources).start(Asked(kind="build"))  # another app on the same project
    assert jobs.stop(job.id).status == "stopped"
    until(lambda: not started(job.pid))
    assert jobs.of(job.id).status == "stopped"  # type: ignore[union-attr]
    assert jobs.running() is None
    assert jobs.stop(job.id).status == "stopped"
    with pytest.raises(NotThere):
        jobs.stop("20260101T000000-00000000")


def test_a_job_that_was_killed_is_told_by_whoever_looks_next(sources: Path) -> None:
    job = Jobs(sources).start(Asked(kind="find"))
    os.kill(job.pid, signal.SIGKILL)
    until(lambda: not started(job.pid))
    after = Jobs(sources).of(job.id)  # the app was started again
    assert after is not None
    assert after.status == "stopped"
    assert "stopped from outside" in after.message
    assert Jobs(sources).running() is None


def test_a_job_goes_on_when_the_app_is_killed(sources: Path) -> None:
    job = Jobs(sources).start(Asked(kind="build"))
    other = Jobs(sources)  # knows nothing but the files
    assert other.of(job.id).running  # type: ignore[union-attr]
    until(lambda: not other.of(job.id).running)  # type: ignore[union-attr]
    assert other.of(job.id).status == "done"  # type: ignore[union-attr]


def test_a_number_that_belongs_to_another_process_by_now_is_no_job(sources: Path) -> None:
    jobs = Jobs(sources)
    jobs.home.mkdir(parents=True)
    ours = Job(
        id="20260101T000000-0123abcd", kind="find", status="running", began_at="2026-01-01T00:00:00+00:00", pid=os.getpid(), started="1"
    )
    write_job(ours, jobs.home)
    assert jobs.of(ours.id).status == "stopped"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["../../momot", "x", "", "20260101T000000-0123ABCD", "20260101T000000-0123abcd/../x"])
def test_only_names_of_jobs_are_looked_for(name: str, sources: Path) -> None:
    assert Jobs(sources).of(name) is None


def test_half_a_file_is_no_job(sources: Path, tmp_path: Path) -> None:
    jobs = Jobs(sources)
    jobs.home.mkdir(parents=True)
    (jobs.home / "20260101T000000-0123abcd.json").write_text('{"id": "2026', encoding="utf-8")
    assert jobs.all() == ()
    done = ended(Job(id="20260101T000000-0123abce", kind="build", status="running", began_at=""), "done", "")
    write_job(done, jobs.home)
    assert read_job(jobs.home / f"{done.id}.json") == done
    assert [path.name for path in jobs.home.iterdir() if path.name.startswith(".")] == []


def test_a_form_that_asks_for_nothing_known_starts_nothing(sources: Path) -> None:
    with served(sources) as client:
        assert client.post("/runs", data={"kind": "erase"}, headers=SAME).status_code == 404
        assert client.post("/runs", data={"kind": "find", "by": "nothing"}, headers=SAME).status_code == 400
        assert client.get("/api/v1/jobs").json() == {"jobs": []}


def test_no_module_beside_the_sources_takes_the_place_of_ours(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sources / "msgspec.py").write_text("import pathlib; pathlib.Path('ran').write_text('x')\n", encoding="utf-8")
    monkeypatch.chdir(sources)
    job = Jobs(sources).start(Asked(kind="build"))
    until(lambda: not Jobs(sources).of(job.id).running)  # type: ignore[union-attr]
    assert Jobs(sources).of(job.id).status == "done"  # type: ignore[union-attr]
    assert not (sources / "ran").exists()
