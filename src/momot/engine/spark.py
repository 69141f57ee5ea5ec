"""The engine on Spark: DuckDB's SQL, translated, over views and tables of a Spark session. Imported only where it is asked for."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from momot.engine.spark_session import is_local, planless, session
from momot.engine.spark_shape import Shape
from momot.engine.spark_tasks import CUT, PACKED, SUMMED, pack, summed, summing, unpack
from momot.engine.spark_types import arrow_type, duck_type, spark_type
from momot.engine.step import Step
from momot.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

T = TypeVar("T")

_INSTALL = "Install the same version of momot[spark] there, or name a Python that has it by spark.pyspark.python."


class SparkEngine:
    """An `Engine` on a session of Spark.

    `master` is any URL of Spark's ("local[2]", "spark://host:7077", "yarn", "k8s://…"), `options` are settings of Spark by name. A query is
    DuckDB's; what it would give there, names and types, is asked of an empty DuckDB, and Spark's rows are cast to it.
    """

    name = "spark"

    def __init__(self, master: str, options: Mapping[str, str] | None = None) -> None:
        from momot.engine import spark_dialect

        self.master = master
        self.session = session(master, options or {})
        self._dialect = spark_dialect
        self._shape = Shape()
        self._kept: dict[str, list[DataFrame]] = {}
        self._files: dict[tuple[str, ...], str] = {}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""
        columns, table = self._collected(sql)
        values = [table.column(place).to_pylist() for place in range(table.num_columns)]
        for place, kind in enumerate(columns.values()):
            if kind == "HUGEINT":  # DuckDB hands out whole numbers, Arrow decimals
                values[place] = [None if value is None else int(value) for value in values[place]]
        return list(zip(*values, strict=True)) if values else []

    def row(self, sql: str) -> tuple[Any, ...]:
        """The row of a query that gives exactly one."""
        (only,) = self.rows(sql)
        return only

    def arrow(self, sql: str) -> pa.Table:
        """All rows as an Arrow table."""
        return self._collected(sql)[1]

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """All rows in their order, some at a time: one partition after the other is computed and comes over."""
        with _told(sql):
            frame, columns, schema = self._frame(sql)
            for packed in unnamed(frame).mapInArrow(pack, PACKED).toLocalIterator(prefetchPartitions=True):
                yield from _like(unpack(packed.packed), columns, schema).to_batches()

    def columns(self, sql: str) -> dict[str, str]:
        """The columns of a table, or of a query in brackets, with their types as DuckDB calls them. Runs nothing."""
        tree, text = self._read(f"SELECT * FROM {sql}")
        del tree
        return self._shape.describe(text)

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql` in the memory of the executors, on their disks where it is short, in place of an earlier table."""
        before = self._kept.pop(name.lower(), [])
        self._kept[name.lower()] = [self._keep(name, sql)]
        _forget(before)

    def append(self, name: str, sql: str) -> None:
        """Add the rows of `sql` to the table `name`."""
        columns = dict(self._shape.tables[name.lower()])
        with _told(sql):
            more = planless(self._frame(sql, columns)[0]).persist()
            more.count()
            whole = self.session.table(_quoted(name)).union(more)
            whole.createOrReplaceTempView(_quoted(name))
        self._kept[name.lower()].append(more)

    def view(self, name: str, sql: str) -> None:
        """Let `name` stand for the query `sql`."""
        with _told(sql):
            frame, columns, _ = self._frame(sql)
            frame.createOrReplaceTempView(_quoted(name))
        self._shape.table(name, columns)

    def register(self, name: str, table: pa.Table) -> None:
        """Keep a small Arrow table as the table `name`."""
        columns = self._shape.columns_of(table)
        wanted = pa.schema([(column, arrow_type(kind)) for column, kind in columns.items()])
        with _told(f"register {name}"):
            self.session.createDataFrame(table.cast(wanted)).createOrReplaceTempView(_quoted(name))
        self._shape.table(name, columns)

    def drop(self, name: str) -> None:
        """Forget a table that was kept."""
        self.session.catalog.dropTempView(name)
        self._shape.drop(name)
        _forget(self._kept.pop(name.lower(), []))

    def write(self, sql: str, path: Path) -> None:
        """Write the rows of `sql` in their order to the Parquet file `path` of this machine, a batch at a time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with _told(sql):
            frame, columns, schema = self._frame(sql)
            with pq.ParquetWriter(path, schema, compression="snappy") as writer:
                for packed in unnamed(frame).mapInArrow(pack, PACKED).toLocalIterator(prefetchPartitions=True):
                    writer.write_table(_like(unpack(packed.packed), columns, schema))

    def sums(self, sql: str, part: str, add: Callable[[pa.Table], T]) -> Iterator[T]:
        """What `add` makes of the rows of each value of the integer column `part`, in ascending order of it.

        Runs in the executors, each group whole, its rows in no order; only what `add` makes comes over.
        """
        from pyspark import StorageLevel
        from pyspark.sql import functions as f

        with _told(sql):
            frame, _, schema = self._frame(sql)
            key = f"c{frame.columns.index(part)}"
            ranged = unnamed(frame).repartitionByRange(self._partitions(), key)  # partitions ascend; grouping moves nothing more
            made = ranged.groupBy(key).applyInArrow(summing(part, add, schema), SUMMED).persist(StorageLevel.DISK_ONLY)
            try:
                (size,) = made.agg(f.coalesce(f.sum(f.length("made")), f.lit(0))).collect()[0]  # all parts at once
                few = made.repartitionByRange(1 + size // (4 * CUT), "part", "place").sortWithinPartitions("part", "place")
                # one partition after the other comes over, each a few cuts, which fit where the sums of a part would not
                yield from summed(few.toLocalIterator(prefetchPartitions=True))
            finally:
                made.unpersist()

    def close(self) -> None:
        """Forget every table and view of this engine; Spark itself goes on for the next one."""
        for name in list(self._shape.tables):
            self.drop(name)
        self._shape.close()

    def __enter__(self) -> SparkEngine:
        """The engine, closed at the end of the block."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close it."""
        self.close()

    def _collected(self, sql: str) -> tuple[dict[str, str], pa.Table]:
        with _told(sql):
            frame, columns, schema = self._frame(sql)
            return columns, _like(frame.toArrow(), columns, schema)

    def _keep(self, name: str, sql: str) -> DataFrame:
        with _told(sql):
            frame, columns, _ = self._frame(sql)
            frame = planless(frame).persist()
            frame.count()
            frame.createOrReplaceTempView(_quoted(name))
        self._shape.table(name, columns)
        return frame

    def _frame(self, sql: str, columns: Mapping[str, str] | None = None) -> tuple[DataFrame, dict[str, str], pa.Schema]:
        """The rows of `sql` as Spark will compute them, with the names and types that DuckDB gives (or `columns`), and those in Arrow."""
        from pyspark.sql import functions as f

        tree, text = self._read(portable(sql))
        told = self._shape.describe(text)
        frame = self.session.sql(self._dialect.translate(tree, self._shape.tables))
        wanted = dict(columns or told)
        if len(wanted) != len(frame.columns):
            raise EngineError(f"gives {len(frame.columns)} columns on Spark and {len(wanted)} on DuckDB")
        plain = frame.toDF(*(f"c{place}" for place in range(len(wanted))))
        kinds = [spark_type(kind) for kind in wanted.values()]
        cast = [
            f.col(f"c{place}").cast(kind).alias(name) if now != kind else f.col(f"c{place}").alias(name)
            for place, ((name, kind), (_, now)) in enumerate(zip(zip(wanted, kinds, strict=True), plain.dtypes, strict=True))
        ]
        return plain.select(*cast), wanted, self._shape.arrow(text)

    def _read(self, sql: str) -> tuple[Any, str]:
        """A query as a tree over views of its files, and its text for DuckDB."""
        tree = self._dialect.parse(sql)
        if "read_parquet" not in sql:
            return tree, sql
        tree = self._dialect.files_read(tree, self._files_view)
        return tree, tree.sql("duckdb")

    def _files_view(self, paths: list[str]) -> str:
        """The view of the rows of Parquet files."""
        known = self._files.get(tuple(paths))
        if known is not None:
            return known
        name = f"files_{hashlib.sha256('|'.join(paths).encode()).hexdigest()[:16]}"
        places = [f"file://{Path(path).absolute()}" if is_local(self.master) and "://" not in path else path for path in paths]
        frame = self.session.read.option("recursiveFileLookup", "true").parquet(*places)
        frame.createOrReplaceTempView(name)
        self._shape.table(name, {column: duck_type(kind) for column, kind in frame.dtypes})
        self._files[tuple(paths)] = name
        return name

    def _partitions(self) -> int:
        return int(self.session.conf.get("spark.sql.shuffle.partitions") or 200)


def portable(sql: str) -> str:
    """The text for engines whose rows stand in no order, `<step>.spark.sql`, where a step has one; else `sql`."""
    return sql.on("spark") if isinstance(sql, Step) else sql


def _like(table: pa.Table, columns: Mapping[str, str], schema: pa.Schema) -> pa.Table:
    """The rows of Spark under DuckDB's names and in its Arrow types; a column of nothing but NULL has one of its own."""
    told = [pa.nulls(len(table)) if pa.types.is_null(field.type) else table.column(place) for place, field in enumerate(schema)]
    return pa.table(told, names=list(columns)).cast(schema)


def unnamed(frame: DataFrame) -> DataFrame:
    """`frame` with its columns called c0, c1, …: Python workers can't be given a column with a dot in its name, such as before.city."""
    return frame.toDF(*(f"c{place}" for place in range(len(frame.columns))))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _forget(frames: list[DataFrame]) -> None:
    for frame in frames:
        frame.unpersist()


@contextlib.contextmanager
def _told(sql: str) -> Iterator[None]:
    """Errors of Spark as EngineError that names the step."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    what = f"step {sql.package}/{sql.name}" if isinstance(sql, Step) else f"query '{' '.join(sql.split())[:120]}'"
    try:
        yield
    except EngineError as error:
        raise EngineError(f"{what}: {error}") from error
    except (PySparkException, Py4JError) as error:
        raise EngineError(f"{what} failed on Spark: {_reason(str(error))}") from error


def _reason(text: str) -> str:
    if "No module named 'momot'" in text:
        return f"the Python of its executors has no momot. {_INSTALL}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line or "Exception" in line]
    return (lines[0] if lines else text) + (f" ({told[-1]})" if told and told[-1] != lines[0] else "")
