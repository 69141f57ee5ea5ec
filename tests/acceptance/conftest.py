"""The finished examples on the real data: each is built once a session in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import momot

EXAMPLES = Path(__file__).parents[2] / "examples"
DATA = {
    "sfo_survey": "sfo_survey_2010_2015",
    "retentioneering_ecom": "retentioneering_shop",
    "process_helpdesk": "process_logs",
    "process_bpi12w": "process_logs",
    "process_bpi13": "process_logs",
    "process_bpi20": "process_logs",
}


@dataclass(frozen=True)
class Example:
    project: momot.Project
    findings: momot.Findings

    def effect(self, moment, contrast, **which):
        return self.findings[moment].effect(contrast, **which)

    def verdict(self, moment, question=None):
        found = self.findings.question(question) if question else self.findings
        return found[moment].verdict

    def refused(self):
        return {refusal.column: refusal.rule for refusal in self.findings.refused}


@pytest.fixture(scope="session")
def built(shared_data, tmp_path_factory) -> Callable[[str], momot.Project]:
    """An example, built once: `built("cdnow")`."""
    known: dict[str, momot.Project] = {}

    def get(name: str) -> momot.Project:
        if name not in known:
            data = shared_data(DATA.get(name, name))
            home = tmp_path_factory.mktemp(name)
            shutil.copy(EXAMPLES / name / "momot.toml", home)
            project = momot.open(home, data=data)
            momot.build(project)
            known[name] = project
        return known[name]

    return get


@pytest.fixture(scope="session")
def example(built) -> Callable[[str], Example]:
    """An example, built and answered: `example("hillstrom")`."""
    known: dict[str, Example] = {}

    def get(name: str) -> Example:
        if name not in known:
            known[name] = Example(built(name), momot.find_moments(built(name)))
        return known[name]

    return get
