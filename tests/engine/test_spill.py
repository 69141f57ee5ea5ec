"""The folder for what does not fit into memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from momot.engine import DuckEngine, Spill, connect
from momot.errors import EngineError


def test_a_query_beyond_the_limit_spills_and_the_folder_goes_with_the_engine(tmp_path) -> None:
    spill = Spill(tmp_path)
    seen: set[str] = set()
    with DuckEngine(connect(memory_limit="60MB", threads=1, temp=spill.folder), spill.remove) as engine:
        engine.table("wide", "SELECT range AS a, md5(range::VARCHAR) AS b FROM range(1500000)")
        seen = {path.name for path in spill.folder.rglob("*") if path.is_file()}
        assert engine.row("SELECT count(*), count(DISTINCT b) FROM wide") == (1_500_000, 1_500_000)
    assert seen
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_a_running_one_uses_stays(tmp_path) -> None:
    code = f"from pathlib import Path; from momot.engine import Spill; import os; Spill(Path({str(tmp_path)!r})); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = tmp_path.iterdir()
    mine = Spill(tmp_path)
    assert not left.exists()
    other = Spill(tmp_path)
    assert mine.folder.exists()
    mine.remove()
    other.remove()


def test_a_folder_that_nobody_may_write_to_is_an_error_with_a_fix(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="Name another by `spill`"):
        Spill(tmp_path / "file")
