"""On a cluster of two workers, each a process of its own: the same rows and findings, also where an executor dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

import momot
from momot import api
from momot.engine import DuckEngine, connect
from momot.engine.spark import SparkEngine
from momot.engine.spark_session import stop
from momot.project.schema import EngineSettings
from momot.worlds import make
from tests.engine.conftest import java
from tests.engine.filled import inputs, steps
from tests.engine.test_spark_questions import differences, plain
from tests.engine.test_spark_steps import compare

pytestmark = pytest.mark.slow

CLUSTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The URL of the cluster, with no other Spark in this process."""
    if not java():
        pytest.skip("there is no Java on this machine")
    stop()
    yield CLUSTER
    stop()


def test_steps_are_the_same_on_two_workers(cluster: str) -> None:
    with DuckEngine(connect()) as duck, SparkEngine(cluster) as spark:
        for name, table in inputs(duck).items():
            spark.register(name, table)
        for one in steps():
            compare(one, duck, spark)


@pytest.mark.parametrize("world", ["spend", "accounts", "orders"])
def test_findings_of_a_world_are_the_same_on_two_workers(cluster: str, tmp_path: Path, world: str) -> None:
    make(world, tmp_path, people=400, **({} if world == "orders" else {"weeks": 20}))
    project = momot.open(tmp_path)
    momot.build(project)
    _same(project, cluster, lambda asked: api.find_moments(asked, credit=world != "orders"))


def test_findings_of_olist_are_the_same_on_two_workers(
    cluster: str, root: Path, shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    data = shared_data("olist_sample")
    (tmp_path / "momot.toml").write_text((root / "examples/olist_sample/momot.toml").read_text(encoding="utf-8"), encoding="utf-8")
    project = momot.open(tmp_path, data=data)
    momot.build(project)
    _same(project, cluster, lambda asked: api.find_moments(asked, by="region" if asked.file.people else None))


def _same(project: momot.Project, master: str, ask: Callable[[momot.Project], object]) -> None:
    on_cluster = replace(project, file=msgspec.structs.replace(project.file, engine=EngineSettings(url=master)))
    assert list(differences(plain(ask(on_cluster)), plain(ask(project)), "answer")) == []


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
        before = _executors()
        assert len(before) == 2
        mark = tmp_path / "started"
        killed: list[int] = []
        killer = threading.Thread(target=_kill, args=(mark, before[0], killed))
        killer.start()
        assert list(engine.sums("SELECT part, n FROM kept", "part", Slowly(mark))) == expected
        killer.join()
        assert killed == before[:1]
        assert engine.rows("SELECT part, sum(n) FROM kept GROUP BY part ORDER BY part") == expected
        assert before[0] not in _executors()


def _kill(mark: Path, executor: int, killed: list[int]) -> None:
    end = time.monotonic() + 300
    while not mark.exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(executor, signal.SIGKILL)
    killed.append(executor)


def _executors() -> list[int]:
    """The processes of the executors: children of the driver's Java."""
    from pyspark import SparkContext

    driver = SparkContext._gateway.proc.pid
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == driver and b"CoarseGrainedExecutorBackend" in command:
            found.append(int(status.parent.name))
    return sorted(found)
