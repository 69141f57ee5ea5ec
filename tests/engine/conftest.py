"""One Spark for all tests of an engine, in the smallest size in which rows still lie in several partitions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from momot.engine.spark import SparkEngine

MASTER = "local[2]"
SETTINGS = {  # queries over a few hundred rows: what takes time is to compile them
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
}


def java() -> bool:
    """Whether this machine has the Java that Spark needs."""
    home = os.environ.get("JAVA_HOME")
    return (Path(home) / "bin" / "java").exists() if home else shutil.which("java") is not None


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The URL of a cluster of two workers of a gigabyte, with no other Spark in this process."""
    if not java():
        pytest.skip("there is no Java on this machine")
    _stop()
    yield "local-cluster[2,1,1024]"
    _stop()


def _stop() -> None:
    """End the Spark of this process, so that another may be started."""
    from pyspark import SparkContext

    if SparkContext._active_spark_context is not None:
        SparkContext._active_spark_context.stop()


def executors() -> list[int]:
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


@pytest.fixture
def spark() -> Iterator[SparkEngine]:
    """An engine with no tables on the one Spark of the process."""
    if not java():
        pytest.skip("there is no Java on this machine")
    from momot.engine.spark import SparkEngine

    with SparkEngine(MASTER, SETTINGS) as engine:
        yield engine
