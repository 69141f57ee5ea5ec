"""Two runs of benchmarks side by side, and the answers of rivals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.compare import changes, lines
from benchmarks.rivals import coded, differs

OLD = {"journeys": {"ratios": {"build": 40.0, "find": 60.0}}, "steps": {"ratios": {"follows": 2.0}}}


def test_only_what_grew_by_more_than_half_is_slower() -> None:
    new = {"journeys": {"ratios": {"build": 60.0, "find": 91.0}}, "steps": {"ratios": {"follows": 0.5, "credit": 9.0}}}
    found = {change.name: change for change in changes(OLD, new)}
    assert [name for name, change in found.items() if change.slower()] == ["journeys: find"]
    assert found["journeys: build"].factor == 1.5
    assert found["steps: credit"].factor is None
    (marked,) = [line for line in lines(list(found.values())) if "more than" in line]
    assert marked == "journeys: find      60.0     91.0   1.52 x  more than 1.5 x"


def test_runs_of_different_workloads_are_not_compared() -> None:
    with pytest.raises(ValueError, match="in common"):
        changes(OLD, {"episodes": {"ratios": {"build": 1.0}}})


@pytest.mark.parametrize(("now", "code"), [(2.9, 0), (3.1, 1)])
def test_the_command_ends_with_one_where_something_is_slower(tmp_path: Path, now: float, code: int) -> None:
    (tmp_path / "old.json").write_text(json.dumps(OLD))
    (tmp_path / "new.json").write_text(json.dumps({"steps": {"ratios": {"follows": now}}}))
    command = [sys.executable, "-m", "benchmarks.compare", str(tmp_path / "old.json"), str(tmp_path / "new.json")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == code


def test_answers_are_compared_by_name_whatever_they_are_called_by() -> None:
    own = {"0>1": 5, "1>0": 2}
    assert differs(own, coded({"site>cart": 5, "cart>site": 2}, {"site": 0, "cart": 1})) == 0
    assert differs(own, {"0>1": 5}) == 2
    assert differs({"a": 0.50}, {"a": 0.51}, near=0.02) == 0
