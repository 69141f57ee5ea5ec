"""Same seed, rows in any order, any number of threads, any limit to memory: the same findings to 1e-10."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow.parquet as parquet
import pytest

import momot
from momot.effects import panel
from momot.worlds import make

CLOSE = 1e-10


def shuffle(folder: Path, seed: int) -> None:
    """Put the rows of every table of a world in another order."""
    draw = np.random.default_rng(seed)
    for path in sorted(folder.glob("**/*.parquet")):
        table = parquet.read_table(path)
        parquet.write_table(table.take(draw.permutation(len(table))), path)
    for path in sorted((*folder.glob("**/*.csv"), *folder.glob("**/*.tsv"))):
        head, *lines = path.read_bytes().splitlines(keepends=True)
        if any(line.count(b'"') % 2 for line in lines):
            continue  # a field goes over several lines
        lines[-1] = lines[-1].rstrip(b"\n") + b"\n"
        path.write_bytes(head + b"".join(lines[place] for place in draw.permutation(len(lines))))


def found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, threads: int, memory_limit: str | None = None, spill: Path | None = None
) -> dict[str, Any]:
    """Everything that is answered, with so much of the machine."""
    with monkeypatch.context() as patch:
        patch.setattr(panel, "WORKERS", threads)
        project = momot.open(folder, threads=threads, memory_limit=memory_limit, spill=spill)
        momot.build(project)
        document = msgspec.to_builtins(momot.find_moments(project, seed=3).document)
    return {name: value for name, value in document.items() if name not in ("build", "project")}


def differences(one: object, other: object, where: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            yield from differences(one.get(name), other.get(name), f"{where}.{name}")
    elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{where}[{place}]")
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE):
            yield f"{where}: {one!r} {other!r}"
    elif one != other:
        yield f"{where}: {one!r} {other!r}"


WORLDS = {
    "orders": pytest.param("orders", {"people": 400}, id="episodes"),
    "shop": pytest.param("shop", {"people": 200, "touchpoints": 4, "true": 1, "weeks": 9}, id="people"),
}


@pytest.mark.parametrize(
    ("world", "size"),
    [
        *WORLDS.values(),
        pytest.param("subscription", {"people": 800, "touchpoints": 8, "true": 2, "weeks": 12}, id="subscribers", marks=pytest.mark.slow),
    ],
)
def test_rows_in_another_order_threads_and_memory_change_nothing(
    world: str, size: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(world, tmp_path / "one", **size)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    shuffle(tmp_path / "other", seed=5)
    first = found(tmp_path / "one", monkeypatch, threads=2)
    assert first["effects"]
    other = found(tmp_path / "other", monkeypatch, threads=1, memory_limit="150MB", spill=tmp_path / "spill")
    assert list(differences(first, other)) == []
    assert list((tmp_path / "spill").iterdir()) == []


def test_a_difference_is_seen() -> None:
    one = {"a": [1.0, {"b": 2.0}], "c": "x"}
    assert list(differences(one, {"a": [1.0, {"b": 2.0}], "c": "x"})) == []
    assert len(list(differences(one, {"a": [1.0, {"b": 2.1}], "c": "y"}))) == 2
    assert len(list(differences(one, {"a": [1.0], "c": "x"}))) == 1
