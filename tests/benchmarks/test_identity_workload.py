"""Many ids with shared devices: the build comes to the people of the benchmark's own union-find, up to a million ties."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import identity
from momot.build import build
from momot.project import load


@pytest.mark.parametrize("ties", [3_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_people_and_shared_ids_are_those_of_the_reference(tmp_path: Path, ties: int) -> None:
    identity.write(tmp_path, ties)
    build(load(tmp_path), folder=tmp_path)
    counts = identity.agrees(tmp_path)
    assert counts["shared_ids"] > 0
    assert counts["people"] > ties * 0.3
