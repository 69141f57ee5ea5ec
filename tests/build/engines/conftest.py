"""One project built on DuckDB and on Spark, from the same files, and compared table by table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from momot.build import Build, build
from momot.engine import DuckEngine, connect
from momot.journeys.tables import further
from momot.project import load
from momot.project.schema import EngineSettings
from tests.engine.conftest import MASTER, SETTINGS, cluster, java

__all__ = ["cluster"]  # a fixture

Files = dict[str, pa.Table | str]
Both = Callable[..., tuple[Build, Build]]
SPARK = EngineSettings(url=MASTER, options=SETTINGS)


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """`both(text, {"a.parquet": table, "b.csv": "…"})` builds the project in two folders, on DuckDB and on Spark."""

    def made(text: str, files: Files, settings: EngineSettings = SPARK) -> tuple[Build, Build]:
        return built(tmp_path / "duck", text, files, EngineSettings()), built(tmp_path / "spark", text, files, settings)

    return made


def built(folder: Path, text: str, files: Files, settings: EngineSettings) -> Build:
    """A project of these files in `folder`, built. Skips where Spark is asked for and there is no Java."""
    if settings.url != "duckdb" and not java():
        pytest.skip("there is no Java on this machine")
    folder.mkdir(exist_ok=True)
    (folder / "momot.toml").write_text('name = "Shop"\n' + text, encoding="utf-8")
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8")
        else:
            pq.write_table(content, folder / name)
    return build(msgspec.structs.replace(load(folder), engine=settings), folder=folder, then=further())


def different(one: Build, other: Build) -> list[str]:
    """The tables of two builds that are not equal row for row, in order and type, and the counts of blocks where they differ."""
    found = []
    with connect() as connection:
        engine = DuckEngine(connection)
        views = list(zip([*one.views(engine), _dictionary(one)], [*other.views(engine), _dictionary(other)], strict=True))
        for (name, first), (same, second) in views:
            assert name == same
            left, right = connection.sql(first).to_arrow_table(), connection.sql(second).to_arrow_table()
            if left.schema != right.schema or repr(left.to_pylist()) != repr(right.to_pylist()):  # NaN equals NaN as text
                found.append(f"{name}: {_first(left, right)}")
    if one.manifest.blocks != other.manifest.blocks:
        found.append(f"blocks: {one.manifest.blocks} {other.manifest.blocks}")
    return found


def _dictionary(build: Build) -> tuple[str, str]:
    return "dictionary", f"SELECT * FROM read_parquet('{build.folder}/dictionary.parquet')"


def _first(left: pa.Table, right: pa.Table) -> Any:
    """What differs first."""
    if left.schema != right.schema:
        return left.schema, right.schema
    pairs = zip(left.to_pylist(), right.to_pylist(), strict=False)
    return len(left), len(right), next(((a, b) for a, b in pairs if repr(a) != repr(b)), None)
