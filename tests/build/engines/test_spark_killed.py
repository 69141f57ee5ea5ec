"""A build on Spark that is killed, or loses its executors: what was there before answers, and the next build makes the same files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

import momot
from momot.build import build
from momot.journeys.tables import further
from momot.progress import Progress
from momot.project import load
from momot.project.schema import EngineSettings
from momot.worlds import make
from tests.build.engines.conftest import SPARK, different
from tests.build.test_killed import CHILD, events, files
from tests.engine.conftest import executors, java

pytestmark = pytest.mark.slow

PROJECT = """name = "Shop"
[engine]
url = "local[2]"
options = {options}
[[interactions]]
from = "events.csv"
activity = {{sql = "what"}}
touchpoint = {{sql = "what"}}
person = "who"
at = "at"
"""
MOMENTS = {
    "interactions": ("file", "tmp-*/ready/interactions/*/*.parquet"),
    "journeys": ("file", "tmp-*/ready/journeys/*/*.parquet"),
    "between the folder and its manifest": ("os.rename", "/manifest.json"),
}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project on Spark whose source has grown since it was built, and a copy of it that was built again undisturbed."""
    if not java():
        pytest.skip("there is no Java on this machine")
    home = tmp_path_factory.mktemp("killed")
    folder = home / "shop"
    folder.mkdir()
    options = ", ".join(f'"{name}" = "{value}"' for name, value in SPARK.options.items())
    (folder / "momot.toml").write_text(PROJECT.format(options=f"{{{options}}}"), encoding="utf-8")
    (folder / "events.csv").write_text(events(300, seed=1), encoding="utf-8")
    momot.build(momot.open(folder))
    (folder / "events.csv").write_text(events(2_000, seed=2), encoding="utf-8")
    shutil.copytree(folder, home / "undisturbed")
    momot.build(momot.open(home / "undisturbed"))
    return folder, home / "undisturbed"


@pytest.mark.parametrize("stage", MOMENTS)
def test_a_killed_build_leaves_the_previous_one_and_the_next_makes_the_same_files(
    stage: str, grown: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(grown[0], folder)
    before = momot.journey(momot.open(folder))
    child = subprocess.run([sys.executable, "-c", CHILD, str(folder), *MOMENTS[stage]], check=False, capture_output=True, timeout=300)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    assert momot.journey(momot.open(folder)) == before
    assert momot.build(momot.open(folder)).fresh
    assert files(folder) == files(grown[1])
    assert not [path for path in (folder / ".momot").iterdir() if path.name.startswith("tmp-")]


@pytest.mark.parametrize("world", ["accounts", "orders"])
def test_a_build_whose_executors_are_killed_gives_the_tables_of_duckdb(cluster: str, tmp_path: Path, world: str) -> None:
    for name in ("duck", "spark"):
        make(world, tmp_path / name, people=300, **({} if world == "orders" else {"weeks": 12}))
    killed: list[int] = []
    begun: set[str] = set()

    def hear(heard: Progress) -> None:
        stage = heard.what.rstrip(" 0123456789")
        if stage in {"interactions", "ordering the parts", "journeys"} - begun:
            begun.add(stage)
            killed.append(executors()[0])
            threading.Timer(0.2, os.kill, (killed[-1], signal.SIGKILL)).start()  # while it is at work

    on_cluster = msgspec.structs.replace(load(tmp_path / "spark"), engine=EngineSettings(url=cluster))
    other = build(on_cluster, folder=tmp_path / "spark", then=further(), progress=hear)
    one = build(load(tmp_path / "duck"), folder=tmp_path / "duck", then=further())
    assert len(set(killed)) == 3
    assert not set(killed) & set(executors())
    assert not different(one, other)
