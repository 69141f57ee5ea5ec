"""What a command loads: nothing of what only Spark or somebody else's tables need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from momot.worlds import make

FOREIGN = {"pyspark", "py4j", "sqlglot", "pandas", "polars"}
CODE = """
import atexit, sys
from momot.cli import main
atexit.register(lambda: print("loaded", *(name for name, module in sys.modules.items() if module), file=sys.stderr))
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    make("shop", folder / "shop", people=200, touchpoints=4, true=1, weeks=9)
    return folder / "shop"


def loaded(*words: object) -> set[str]:
    """The modules that a command leaves loaded, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", CODE, *map(str, words)], capture_output=True, text=True, timeout=120, check=True)
    said, *names = done.stderr.splitlines()[-1].split()
    assert said == "loaded"
    return set(names)


def test_a_command_on_duckdb_loads_nothing_foreign(company: Path) -> None:
    """In this order: the first one makes the build that the others read."""
    for words, without in (
        (["build"], {"scipy.stats"}),
        (["journey"], {"duckdb", "numpy", "scipy", "pyarrow", "rich"}),
        (["journey", "--funnel"], {"scipy.stats"}),
        (["find", "--credit"], set[str]()),
    ):
        names = loaded(words[0], company, *words[1:], "--format", "json")
        assert "duckdb" in names or words == ["journey"]
        assert {name.split(".")[0] for name in names} & FOREIGN == set(), words
        assert names & without == set(), words
