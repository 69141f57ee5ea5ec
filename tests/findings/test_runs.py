"""Kept runs: in order, not twice, no more than twenty, and never in the way of an answer."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

import momot
from momot.errors import DataError, QuestionError
from momot.findings import Findings
from momot.findings.runs import KEPT, keep_run, kept_runs
from tests.findings import documents


def answer(seed: int) -> Findings:
    return Findings(msgspec.structs.replace(documents.survey(), seed=seed))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".momot").mkdir()
    return tmp_path


def test_runs_are_kept_in_order_and_not_twice(project: Path) -> None:
    assert momot.runs(project) == ()
    for seed in (3, 1, 1, 2):
        keep_run(answer(seed), project)
    kept = momot.runs(project)
    assert [run.number for run in kept] == [1, 2, 3]
    assert [run.read().document.seed for run in kept] == [3, 1, 2]
    assert keep_run(answer(2), project) is None
    again = keep_run(answer(3), project)  # what an older run said is news
    assert again is not None
    assert again.name.startswith("0004-4f1d0c92-")
    assert again.read_text(encoding="utf-8") == answer(3).to_json()


def test_only_the_last_runs_are_kept(project: Path) -> None:
    for seed in range(KEPT + 3):
        keep_run(answer(seed), project)
    assert [run.number for run in momot.runs(project)] == list(range(4, KEPT + 4))
    (project / ".momot" / "runs" / "notes.txt").write_text("mine", encoding="utf-8")
    assert len(momot.runs(project)) == KEPT


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_keeps_nothing(project: Path) -> None:
    (project / ".momot").chmod(0o500)
    assert keep_run(answer(0), project) is None
    (project / ".momot").chmod(0o700)


def test_a_file_in_the_way_keeps_nothing(project: Path) -> None:
    (project / ".momot" / "runs").write_text("", encoding="utf-8")
    assert keep_run(answer(0), project) is None
    assert kept_runs(project) == ()


def test_runs_are_named_by_file_folder_number_or_value(project: Path) -> None:
    for seed in (0, 1):
        keep_run(answer(seed), project)
    file = project / "saved.json"
    file.write_text(answer(0).to_json(), encoding="utf-8")
    first, last = momot.runs(project)
    for before in (answer(0), first, 1, "1", file, str(file)):
        diff = momot.diff(before, project, folder=project)
        assert (diff.before.seed, diff.after.seed) == (0, 1)
    assert momot.diff(first, last).before.name == "run 1"
    with pytest.raises(QuestionError, match=r"no run '7'.*1, 2"):
        momot.diff(7, 1, folder=project)
    with pytest.raises(QuestionError, match="no kept run"):
        momot.diff(project / ".momot", 1, folder=project)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"saved\.json"):
        momot.diff(file, 1, folder=project)
