"""On a cluster of two workers, each a process of its own: the same rows and findings, also where an executor dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

import momot
from momot import api
from momot.engine import DuckEngine, connect
from momot.engine.spark import SparkEngine
from momot.findings.findings import Findings
from momot.project.schema import EngineSettings
from momot.worlds import make
from tests.build.engines.conftest import different
from tests.engine.conftest import executors
from tests.engine.filled import inputs, steps
from tests.engine.test_spark_questions import differences, plain
from tests.engine.test_spark_steps import compare

pytestmark = pytest.mark.slow


def test_steps_are_the_same_on_two_workers(cluster: str) -> None:
    with DuckEngine(connect()) as duck, SparkEngine(cluster) as spark:
        for name, table in inputs(duck).items():
            spark.register(name, table)
        for one in steps():
            compare(one, duck, spark)


@pytest.mark.parametrize("world", ["spend", "accounts", "orders"])
def test_a_world_gives_the_same_tables_and_findings_on_two_workers(cluster: str, tmp_path: Path, world: str) -> None:
    for name in ("here", "there"):
        make(world, tmp_path / name, people=400, **({} if world == "orders" else {"weeks": 20}))
    _same(tmp_path, cluster, lambda project: api.find_moments(project, credit=world != "orders"))


def test_olist_gives_the_same_tables_and_findings_on_two_workers(
    cluster: str, root: Path, shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "momot.toml").write_bytes((root / "examples/olist_sample/momot.toml").read_bytes())
    _same(tmp_path, cluster, api.find_moments, data=shared_data("olist_sample"))


def _same(folder: Path, master: str, ask: Callable[[momot.Project], Findings], data: Path | None = None) -> None:
    """The project in `here` on DuckDB and that in `there` on the cluster, from the sources to the findings."""
    here, there = momot.open(folder / "here", data=data), momot.open(folder / "there", data=data)
    there = replace(there, file=msgspec.structs.replace(there.file, engine=EngineSettings(url=master)))
    assert not different(momot.build(here), momot.build(there))
    expected, found = ask(here), ask(there)
    assert list(differences(plain(found), plain(expected), "answer")) == []
    assert expected.document.findings


@dataclass(frozen=True)
class Slowly:
    """Sums a part after leaving a mark, slowly enough to be killed in the middle."""

    mark: Path

    def __call__(self, rows: pa.Table) -> tuple[int, int]:
        self.mark.touch()
        time.sleep(0.5)
        return rows["part"][0].as_py(), sum(rows["n"].to_pylist())


def test_a_job_whose_executor_is_killed_ends_with_the_same_result(cluster: str, tmp_path: Path) -> None:
    rows = pa.table({"part": pa.array([n % 12 for n in range(6_000)], pa.int32()), "n": pa.array(range(6_000), pa.int64())})
    expected = [(part, sum(range(part, 6_000, 12))) for part in range(12)]
    with SparkEngine(cluster, {"spark.sql.shuffle.partitions": "12", "spark.sql.adaptive.coalescePartitions.enabled": "false"}) as engine:
        engine.register("rows", rows)
        engine.table("kept", "SELECT part, n FROM rows ORDER BY n")
        before = executors()
        assert len(before) == 2
        mark = tmp_path / "started"
        killed: list[int] = []
        killer = threading.Thread(target=_kill, args=(mark, before[0], killed))
        killer.start()
        assert list(engine.sums("SELECT part, n FROM kept", "part", Slowly(mark))) == expected
        killer.join()
        assert killed == before[:1]
        assert engine.rows("SELECT part, sum(n) FROM kept GROUP BY part ORDER BY part") == expected
        assert before[0] not in executors()


def _kill(mark: Path, executor: int, killed: list[int]) -> None:
    end = time.monotonic() + 300
    while not mark.exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(executor, signal.SIGKILL)
    killed.append(executor)
