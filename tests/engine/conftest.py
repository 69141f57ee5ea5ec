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


@pytest.fixture
def spark() -> Iterator[SparkEngine]:
    """An engine with no tables on the one Spark of the process."""
    if not java():
        pytest.skip("there is no Java on this machine")
    from momot.engine.spark import SparkEngine

    with SparkEngine(MASTER, SETTINGS) as engine:
        yield engine
