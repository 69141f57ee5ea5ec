"""The one Spark of this process: started with momot's settings, shared by engines, never noisy."""

from __future__ import annotations

import atexit
import importlib.util
import logging
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from momot.errors import EngineError, MissingExtraError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_ANSWERS_WITHIN = 5.0  # seconds

_ALWAYS = {
    "spark.app.name": "momot",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # what overflows or can't be cast is an error, as on DuckDB
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # does not note for each column where it was written
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.driver.maxResultSize": "0",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def session(master: str, options: Mapping[str, str]) -> SparkSession:
    """A session of its own (names of tables are not shared) on the Spark at `master`, which is started where it does not run yet.

    `options` are settings of Spark by their names (`spark.executor.memory`) and stronger than momot's. Raises MissingExtraError without
    pyspark; EngineError without a Java, where the master does not answer, or where this process runs another Spark already.
    """
    for package in ("pyspark", "sqlglot"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(f"the engine '{master}' needs {package}, which is not installed. Run: pip install 'momot[spark]'")
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    wrong = [name for name in options if not name.startswith("spark.")]
    if wrong:
        raise EngineError(f"'{wrong[0]}' is no setting of Spark: their names begin with 'spark.'.")
    running = SparkContext._active_spark_context
    if running is None or running._jsc is None:
        running = _start(master, {**_ALWAYS, **_local(master), **options})
    elif running.master != master:
        raise EngineError(f"this process runs Spark at '{running.master}' already and can't ask '{master}' too. Use a process for each.")
    own = SparkSession(running).newSession()
    for name, value in options.items():  # those of queries hold for this engine alone; the others are those of whoever started Spark
        if name.startswith("spark.sql.") and own.conf.isModifiable(name):
            own.conf.set(name, value)
    return own


def planless(frame: DataFrame) -> DataFrame:
    """The rows of `frame`, computed as before, as a frame that does not show how.

    Spark analyses the whole plan of a frame again for each that is made of it, and what is read twice stands in it twice: a chain of twenty
    steps would be planned for minutes. Lost partitions are still computed again, from what they were made of.
    """
    from pyspark.sql import DataFrame

    made = frame._jdf
    session = frame.sparkSession
    return DataFrame(session._jsparkSession.internalCreateDataFrame(made.queryExecution().toRdd(), made.schema(), False), session)


def is_local(master: str) -> bool:
    """Whether driver and executors are on this machine."""
    return master.startswith("local")


def _local(master: str) -> dict[str, str]:
    """Settings for a Spark on this machine: few partitions, no name of a host looked up, workers that find the same packages."""
    if not is_local(master):
        return {}
    told = re.match(r"local(?:-cluster)?\[(\d+|\*)", master)
    threads = 1 if told is None else (os.cpu_count() or 1) if told[1] == "*" else int(told[1])
    return {
        "spark.sql.shuffle.partitions": str(2 * threads),
        "spark.default.parallelism": str(threads),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "4g",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


def _start(master: str, settings: Mapping[str, str]) -> Any:
    """A Spark context whose Java writes to a file and not to our stderr."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway

    _find_java()
    _reach(master)
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).disabled = True  # they write to stderr what is raised as well
    os.environ["PYSPARK_PYTHON"] = settings.get("spark.pyspark.python") or os.environ.get("PYSPARK_PYTHON") or sys.executable
    home = Path(tempfile.gettempdir()) / f"momot-spark-{os.getuid() if hasattr(os, 'getuid') else 0}"
    home.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("SPARK_WORKER_DIR", str(home / "work"))
    conf = SparkConf(loadDefaults=False).setMaster(master)
    for name, value in {"spark.sql.warehouse.dir": str(home / "warehouse"), **settings}.items():
        conf.set(name, str(value))
    log = home / f"java-{os.getpid()}.log"
    atexit.register(log.unlink, missing_ok=True)
    try:
        with log.open("wb") as out:
            gateway = SparkContext._gateway or launch_gateway(conf, {"stdout": out, "stderr": out})  # type: ignore[no-untyped-call]
        return SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError) as error:
        raise EngineError(f"Spark did not start at '{master}': {_why(error, log)}") from error


def _find_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if (Path(home) / "bin" / "java").exists() if home else shutil.which("java"):
        return
    where = f"JAVA_HOME is '{home}', where there is no bin/java" if home else "there is no 'java' on the PATH"
    raise EngineError(f"Spark needs a Java (17 or later), and {where}.")


def _reach(master: str) -> None:
    """Ask a standalone master whether it is there: Spark itself would try for a minute and then fail at the first query."""
    if not master.startswith("spark://"):
        return
    failures = []
    for place in master.removeprefix("spark://").split(","):
        url = urlsplit(f"//{place}")
        try:
            socket.create_connection((url.hostname or "", url.port or 7077), timeout=_ANSWERS_WITHIN).close()
        except OSError as error:
            failures.append(f"{place}: {error}")
        else:
            return
    raise EngineError(f"the Spark master does not answer ({'; '.join(failures)}).")


def _why(error: Exception, log: Path) -> str:
    """The cause in one line: from the error, or where Java failed to start from what it said last."""
    text = str(error).strip().split("\n")[0]
    if "JAVA_GATEWAY_EXITED" in text and log.exists():
        said = [line for line in log.read_text(errors="replace").splitlines() if line.strip() and "WARN" not in line]
        return said[-1].strip() if said else text
    return text
