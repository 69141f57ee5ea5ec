"""In CI no test of the browser may skip in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = """
import pytest

@pytest.mark.browser
@pytest.mark.skipif(True, reason="no browser here")
def test_a_screen() -> None: ...

@pytest.mark.skipif(True, reason="no data here")
def test_of_data() -> None: ...
"""


@pytest.mark.parametrize(("ci", "code", "told"), [("", 0, "2 skipped"), ("true", 1, "1 skipped, 1 error")])
def test_a_browser_test_that_skips_fails_in_ci(root: Path, tmp_path: Path, ci: str, code: int, told: str) -> None:
    (tmp_path / "conftest.py").write_bytes((root / "tests" / "conftest.py").read_bytes())
    (tmp_path / "test_skips.py").write_text(SKIPS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: opens a page\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"CI": ci}, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stdout
