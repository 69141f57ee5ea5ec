"""A report is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from momot.errors import EngineError
from momot.findings import Findings
from momot.report import render, write
from momot.report.files import write_whole
from tests.findings import documents


def test_write_returns_the_path_and_leaves_only_the_report(tmp_path: Path) -> None:
    findings = Findings(documents.episode())
    assert write(findings, tmp_path / "moments.html") == tmp_path / "moments.html"
    assert (tmp_path / "moments.html").read_text(encoding="utf-8") == render(findings)
    assert [path.name for path in tmp_path.iterdir()] == ["moments.html"]


def test_a_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("", encoding="utf-8")
    assert (write_whole("x", tmp_path / "whole").stat().st_mode) == (tmp_path / "plain").stat().st_mode


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = write_whole("old", tmp_path / "moments.html")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineError, match=r"moments\.html could not be written: No space left on device"):
        write_whole("new", target)
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["moments.html"]


@pytest.mark.parametrize("place", ["nowhere/moments.html", "folder"])
def test_a_place_that_can_not_be_written_is_an_engine_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(EngineError, match="could not be written"):
        write_whole("x", tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
