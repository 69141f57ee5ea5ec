"""What was found beside what was planted: matched by contrast, reference and days, and told by its interval."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from momot.cli.tables import planted_table
from momot.findings import Findings
from momot.findings.planted import Planted, beside_truth
from tests.findings import documents


def planted(folder: Path, **changed: object) -> tuple[Findings, tuple[Planted, ...]]:
    """The truth of one contrast of the example, half a standard width beside what was found; `changed` changes its row."""
    findings = Findings(documents.episode())
    moment = findings.moments[0]
    effect = moment.main_effects[0]
    row = {
        "outcome": moment.question.outcome,
        "moment": moment.name,
        "contrast": effect.contrast,
        "level": effect.level,
        "reference": effect.reference,
        "days": None if effect.days is None else list(effect.days),
        "effect": (effect.estimate + effect.high) / 2,
    }
    (folder / "truth.json").write_text(json.dumps({"schema": "momot.truth/2", "effects": [row | changed]}), encoding="utf-8")
    return findings, beside_truth(findings, folder)


def test_a_contrast_is_matched_and_its_interval_holds_the_truth(tmp_path: Path) -> None:
    findings, rows = planted(tmp_path)
    assert [(row.moment.name, row.covered) for row in rows] == [(findings.moments[0].name, True)]
    assert planted(tmp_path, effect=rows[0].found.high + 1)[1][0].covered is False


@pytest.mark.parametrize(
    "changed", [{"reference": "the moon"}, {"level": "worse"}, {"days": [0, 7]}, {"outcome": "another"}, {"moment": "x.y"}]
)
def test_another_contrast_is_not_taken_for_it(tmp_path: Path, changed: dict[str, object]) -> None:
    assert planted(tmp_path, **changed)[1] == ()


def test_without_a_truth_there_is_nothing_beside(tmp_path: Path) -> None:
    assert beside_truth(Findings(documents.episode()), tmp_path) == ()
    assert planted_table(()) == ""


def test_the_table_says_whether_the_truth_is_inside(tmp_path: Path) -> None:
    inside, outside = planted_table(planted(tmp_path)[1]), planted_table(planted(tmp_path, effect=9.0)[1])
    assert inside.splitlines()[0].startswith("Found beside planted: ")
    assert inside.splitlines()[2].endswith("inside")
    assert outside.splitlines()[2].endswith("outside")


def test_nulls_that_were_not_found_are_counted(tmp_path: Path) -> None:
    findings = Findings(documents.episode())
    quiet = next(moment for moment in findings.moments if not moment.decisive and moment.main_effects)
    rows = tuple(Planted(quiet, effect, 0.0) for effect in quiet.main_effects)
    assert f"{len(rows)} others were planted without an effect" in planted_table(rows)
