"""A build that is killed: the previous one still answers, the next one makes the same files as if nothing had been, nothing is left over.

The child kills itself, so that it dies at a known moment: when a file appears that a stage writes, or right before a rename or a removal.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import momot

ROWS = 4_000
PROJECT = """name = "Shop"
[engine]
threads = {threads}
memory_limit = "1GB"
spill = "{spill}"
[[interactions]]
from = "events.csv"
activity = {{sql = "what"}}
touchpoint = {{sql = "what"}}
person = "who"
at = "at"
"""
CHILD = """
import os, signal, sys, threading, time
from pathlib import Path
import momot
folder, kind, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def watch():
    while not any((folder / ".momot").glob(moment)):
        time.sleep(0.0005)
    die()
def hear(event, arguments):
    if event == kind and moment in str(arguments[0]) + str(arguments[1]):
        die()
if kind == "file":
    threading.Thread(target=watch, daemon=True).start()
else:
    sys.addaudithook(hear)
momot.build(momot.open(folder))
"""
MOMENTS = {
    "staging": ("os.rename", "/sources/"),
    "interactions": ("file", "tmp-*/ready/interactions/*/*.parquet"),
    "journeys": ("file", "tmp-*/ready/journeys/*/*.parquet"),
    "facts": ("file", "tmp-*/ready/moments.parquet"),
    "publishing": ("os.rename", "/build-"),
    "between the folder and its manifest": ("os.rename", "/manifest.json"),
    "removing the previous build": ("shutil.rmtree", "/build-"),
}
QUICK = {"staging", "interactions", "journeys", "between the folder and its manifest", "removing the previous build"}
STAGES = [pytest.param(stage, marks=() if stage in QUICK else pytest.mark.slow) for stage in MOMENTS]


def events(rows: int, seed: int) -> str:
    draw, start = random.Random(seed), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    lines = [
        f"p{draw.randrange(rows // 20)},{draw.choice(('page', 'order_placed', 'support.call'))},"
        f"{start + dt.timedelta(seconds=draw.randrange(90 * 86_400)):%Y-%m-%d %H:%M:%S}"
        for _ in range(rows)
    ]
    return "\n".join(["who,what,at", *lines, ""])


def files(folder: Path) -> dict[str, bytes]:
    """Everything below `.momot`, by name; what is noted beside a staged source names the folder of the project."""
    home = folder / ".momot"
    found = {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
    return {name: data.replace(str(folder).encode(), b"") for name, data in found.items()}


def shop(folder: Path, spill: Path, threads: int = 2) -> Path:
    folder.mkdir()
    (folder / "momot.toml").write_text(PROJECT.format(threads=threads, spill=spill), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project whose source has grown since it was built, and a copy of it that was built again undisturbed."""
    home = tmp_path_factory.mktemp("killed")
    folder = shop(home / "shop", home / "spill")
    (folder / "events.csv").write_text(events(ROWS // 10, seed=1), encoding="utf-8")
    momot.build(momot.open(folder))
    (folder / "events.csv").write_text(events(ROWS, seed=2), encoding="utf-8")
    shutil.copytree(folder, home / "undisturbed")
    momot.build(momot.open(home / "undisturbed"))
    return folder, home / "undisturbed"


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_build_leaves_the_previous_one_and_the_next_makes_the_same_files(
    stage: str, grown: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(grown[0], folder)
    before = momot.journey(momot.open(folder))
    child = subprocess.run([sys.executable, "-c", CHILD, str(folder), *MOMENTS[stage]], check=False, capture_output=True, timeout=120)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    published = stage == "removing the previous build"
    assert (momot.journey(momot.open(folder)) == before) is not published
    built = momot.build(momot.open(folder))
    assert built.fresh is not published
    assert files(folder) == files(grown[1])
    assert not [path for path in (folder / ".momot").iterdir() if path.name.startswith("tmp-")]
    assert not any(grown[0].with_name("spill").iterdir())
