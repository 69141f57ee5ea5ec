"""`momot journey`: every answer in every form, within the width of the terminal; errors that name the nearest; no engine for the facts."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import momot
from momot.cli import run
from momot.journeys.contract import json_schema
from tests.journeys import companies

ASKED = {
    "facts": (), "funnel": ("--funnel",), "steps": ("--step", "product.*", "--step", "purchase"), "paths": ("--paths",),
    "moment": ("--moment", "checkout.order"), "cohorts": ("--cohorts",), "person": ("p003",),
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journey") / "company"
    companies.write(folder, seed=0)
    momot.build(momot.open(folder))
    return folder


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("asked", ASKED)
def test_a_page_is_no_wider_than_the_terminal(
    asked: str, width: int, company: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(["journey", str(company), *ASKED[asked], "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5
    assert not [line for line in lines if len(line) > width]


@pytest.mark.parametrize("asked", ASKED)
def test_json_and_csv_say_the_same_as_the_library(asked: str, company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["journey", str(company), *ASKED[asked], "--format", "json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"].startswith("momot.journey")
    assert run(["journey", str(company), *ASKED[asked], "--format", "csv", "--quiet"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    project = momot.open(company)
    if asked == "facts":
        jsonschema.validate(found, json_schema())
        facts = momot.journey(project).facts
        assert [row["id"] for row in rows] == [fact["id"] for fact in found["facts"]] == [fact.id for fact in facts]
        assert [float(row["value"]) for row in rows if row["value"]] == [fact.value for fact in facts if fact.value is not None]
    elif asked == "steps":
        steps = momot.funnel(project, steps=["product.*", "purchase"]).steps
        assert [int(row["people"]) for row in rows] == [step["people"] for step in found["steps"]] == [step.people for step in steps]
    elif asked == "cohorts":
        cohorts = momot.cohorts(project).cohorts
        assert len(rows) == sum(len(one["cells"]) for one in found["cohorts"]) == sum(len(one.cells) for one in cohorts)
    elif asked == "person":
        assert len(rows) == len(found["events"]) == len(momot.timeline(project, "p003").events)
    elif asked == "moment":
        assert len(rows) == len(found["flows"]) == len(momot.paths(project, moment="checkout.order@fmot").flows)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["p0003"], "nobody is called 'p0003' in Random company. Did you mean 'p003'?"),
        (["--moment", "checkout.odrer"], "there is no moment 'checkout.odrer'. Did you mean 'checkout.order'"),
        (["--step", "purchas"], "nothing is called 'purchas'"),
        (["--funnel", "--cohorts"], "One answer at a time: --funnel, --cohorts."),
        (["p003", "p004"], "One answer at a time: PERSON p003, PERSON p004."),
    ],
)
def test_wrong_use_is_told(words: list[str], message: str, company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["journey", str(company), *words, "--quiet"]) == 2
    assert message in capsys.readouterr().err


def test_without_interactions_there_are_no_journeys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "momot.toml").write_text(
        'name = "Survey"\n[[surveys]]\nfrom = "a.csv"\noutcomes = ["overall"]\ntouchpoints = {"staff.help" = "help"}\n', encoding="utf-8"
    )
    (tmp_path / "a.csv").write_text("overall,help\n" + "5,4\n3,2\n" * 30, encoding="utf-8")
    for asked in ((), ("--funnel",)):
        assert run(["journey", str(tmp_path), *asked, "--quiet"]) == 2
        assert "there is no [[interactions]] block" in capsys.readouterr().err


def test_facts_of_a_built_project_are_read_without_an_engine(company: Path) -> None:
    code = (
        "import sys; from momot.cli import run\n"
        f"assert run(['journey', {str(company)!r}, '--format', 'json', '--quiet']) == 0\n"
        "print([name for name in ('duckdb', 'numpy', 'scipy', 'pandas', 'pyarrow', 'rich') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert len(json.loads(done.stdout)["facts"]) > 20
