"""Tiny projects written as CSV and momot.toml, built and designed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest

import momot


class Tiny:
    """A project folder in the making: `table` writes a CSV, `find` builds and answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, name: str, rows: Iterable[Mapping[str, object]]) -> Tiny:
        rows = list(rows)
        with (self.folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return self

    def project(self, text: str) -> momot.Project:
        (self.folder / "momot.toml").write_text(text, encoding="utf-8")
        project = momot.open(self.folder)
        momot.build(project)
        return project

    def find(self, text: str, outcome: str | Sequence[str] | None = None) -> momot.Findings:
        return momot.find_moments(self.project(text), outcome=outcome)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


Write = Callable[[str, Iterable[Mapping[str, object]]], Tiny]
