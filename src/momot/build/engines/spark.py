"""Building on Spark: relations between tables by Spark, expressions of the project file by a DuckDB in each executor (decision 38)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from momot import errors
from momot.build.engines.protocol import SHARED, Explain
from momot.build.engines.tasks import SAID, evaluating, evaluating_groups
from momot.engine import execute, first_line, identifier, rows
from momot.engine.spark import SparkEngine, unnamed
from momot.engine.spark_session import planless
from momot.engine.spark_types import arrow_type, spark_type
from momot.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_GROUP = "momot group"
_SMALL = 1_000_000  # rows of a table that goes to every executor with a query
_IN_PARTITION = 2**33  # Spark numbers rows within a partition by the lower 33 bits


class SparkBuilder(SparkEngine):
    """A `Builder` on Spark. `connection` reads what is no Parquet and holds some rows of each source: expressions are bound there."""

    def __init__(self, master: str, options: Mapping[str, str], connection: duckdb.DuckDBPyConnection, zone: str) -> None:
        super().__init__(master, options)
        # Spark 4.1 takes a column that stands under two names for one, and then refuses the union of such tables
        self.session.conf.set("spark.sql.optimizer.excludedRules", "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases")
        self.session.conf.set("spark.sql.legacy.parquet.nanosAsLong", "true")  # a worker's DuckDB reads them as times
        self.connection, self.zone = connection, zone
        self._sources: set[str] = set()
        self._made = 0

    # -- rows ---------------------------------------------------------------------------------------------------------------------------

    def source(self, name: str, frame: DataFrame, columns: Mapping[str, str]) -> None:
        """Let `name` stand for the rows of a source, whose columns have these types of DuckDB's; `connection` knows it already."""
        frame.createOrReplaceTempView(f"`{name}`")
        self._shape.table(name, dict(columns))
        self._sources.add(name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""
        with _told():
            return super().rows(sql)

    def table(self, name: str, sql: str) -> None:
        """Keep the rows of `sql`."""
        with _told():
            super().table(name, sql)

    def append(self, name: str, sql: str) -> None:
        """Add the rows of `sql`."""
        with _told():
            super().append(name, sql)

    def evaluated(self, sql: str, *, over: str, by: str | None = None, explain: Explain | None = None, often: bool = False) -> str:
        """A view of what DuckDB makes of `sql` where the rows of `over` are; groups of `by` are taken together, some at a time."""
        from pyspark import StorageLevel
        from pyspark.sql import functions as f

        self.seen(over)
        beside = {SHARED: self._small(SHARED)} if SHARED in sql else {}
        given = self.connection.sql(f"SELECT * FROM {identifier(over)} LIMIT 0").to_arrow_table().schema
        try:
            columns = {name: kind for name, kind, *_ in rows(self.connection, f"DESCRIBE {sql}")}
        except duckdb.Error as error:
            raise EngineError(f"{first_line(error)} in: {' '.join(sql.split())[:200]}") from error
        made = pa.schema([(f"c{place}", arrow_type(kind)) for place, kind in enumerate(columns.values())])
        told = ", ".join(f"c{place} {spark_type(kind)}" for place, kind in enumerate(columns.values()))
        named = self.session.table(f"`{over}`")
        frame = unnamed(named)
        if by is None:
            task = evaluating(sql, over, given=given, made=made, zone=self.zone, beside=beside, explain=explain)
            found = frame.mapInArrow(task, told)
        else:
            group = f.pmod(f.hash(f.col(f"c{named.columns.index(by)}")), f.lit(8 * self._partitions())).alias(_GROUP)
            groups = frame.select("*", group).groupBy(f"`{_GROUP}`")
            whole = evaluating_groups(sql, over, given=given, made=made, zone=self.zone, beside=beside, explain=explain)
            found = groups.applyInArrow(whole, told)
        name, found = self._name("evaluated"), found.toDF(*columns)
        if often:
            self._kept[name] = [found.persist(StorageLevel.DISK_ONLY)]
        found.createOrReplaceTempView(f"`{name}`")
        self._shape.table(name, columns)
        return f"SELECT * FROM {name}"

    def counted(self, sql: str, *, over: str, explain: Explain | None = None) -> tuple[int, ...]:
        """The counts of all batches of rows, added."""
        if sql == f"SELECT count(*) FROM {over}":
            return tuple(map(int, self.row(sql)))
        self.seen(over)
        width = len(rows(self.connection, f"DESCRIBE {sql}"))
        names = [f"n{place}" for place in range(width)]
        each = self.evaluated(f"SELECT * FROM ({sql}) counts({', '.join(names)})", over=over, explain=explain)
        return tuple(map(int, self.row(f"SELECT {', '.join(f'coalesce(sum({name}), 0)' for name in names)} FROM ({each})")))

    def seen(self, name: str) -> None:
        """Make an empty table of its columns on `connection`; of a source some rows are there already."""
        for one in (name, SHARED):
            if one not in self._sources and one in self._shape.tables:
                listed = ", ".join(f"{identifier(column)} {kind}" for column, kind in self._shape.tables[one.lower()].items())
                execute(self.connection, f"CREATE OR REPLACE TEMP TABLE {identifier(one)} ({listed})")

    # -- numbers ------------------------------------------------------------------------------------------------------------------------

    def numbered(self, name: str, sql: str, order: Sequence[str]) -> None:
        """Keep the rows of `sql` with their `number`: ranges in order, each counted, then numbered from where the one before ends."""
        from pyspark.sql import functions as f

        with _told():
            frame, columns, _ = self._frame(sql)
            quoted = [f"`{column}`" for column in order]
            ranges = frame.repartitionByRange(self._partitions(), *quoted).sortWithinPartitions(*quoted)
            placed = planless(ranges.withColumn("momot at", f.monotonically_increasing_id())).persist()
            at = f.col("`momot at`")
            counts: dict[int, int] = dict(placed.groupBy(f.floor(at / f.lit(_IN_PARTITION)).cast("int")).count().collect())
            before, total = [], 0
            for partition in range(max(counts, default=-1) + 1):
                before.append(total)
                total += counts.get(partition, 0)
            starts = f.array(*(f.lit(start).cast("bigint") for start in before or [0]))
            number = f.element_at(starts, f.floor(at / f.lit(_IN_PARTITION)).cast("int") + 1) + at % f.lit(_IN_PARTITION) + 1
            whole = planless(placed.select(*(f"`{column}`" for column in columns), number.cast("bigint").alias("number"))).persist()
            whole.count()
            placed.unpersist()
            self._keep_frame(name, whole, {**columns, "number": "BIGINT"})

    def fingerprint(self, sql: str) -> str:
        """The number of rows, and their hashes put together."""
        from pyspark.sql import functions as f

        with _told():
            frame, columns, _ = self._frame(sql)
            hashed = f.xxhash64(*(f"`{column}`" for column in columns))
            return repr(tuple(frame.agg(f.count("*"), f.bit_xor(hashed)).collect()[0]))

    def components(self, name: str, ties: str) -> None:
        """By large stars and small stars in turn (Kiveris et al. 2014): each round at least halves a chain, so rounds are logarithmic."""
        from momot.build.engines.stars import components

        with _told():
            frame, _, _ = self._frame(ties)
            self._keep_frame(name, components(frame), {"id": "INTEGER", "person_id": "INTEGER"})

    # -- files --------------------------------------------------------------------------------------------------------------------------

    def write_parts(self, sql: str, folder: Path, file: str, order: Sequence[str]) -> list[str]:
        """Write the rows of `sql` by their column `part` as `folder`/part=NN/`file`, each in `order`; the names below `folder`.

        Executors write, nothing passes the driver. Raises EngineError where they write to disks that this machine does not see.
        """
        from pyspark.sql import functions as f

        with _told():
            frame = self._frame(sql)[0]
            parted = frame.withColumn("part", f.lpad(f.col("part").cast("string"), 2, "0"))
            ordered = parted.repartition("part").sortWithinPartitions("part", *(f"`{column}`" for column in order))
            ordered.write.partitionBy("part").option("compression", "snappy").mode("error").parquet(f"file://{folder.absolute()}")
        if not (folder / "_SUCCESS").exists():
            raise EngineError(
                f"The executors of {self.master} do not write to {folder}, where this process reads. "
                "Run momot in a folder that all machines share."
            )
        found = []
        for part in sorted(folder.glob("part=*")):
            (only,) = part.glob("*.parquet")
            only.rename(part / file)
            found.append(f"{part.name}/{file}")
        for rest in (*folder.glob("_SUCCESS"), *folder.rglob(".*.crc")):
            rest.unlink()
        return found

    def _keep_frame(self, name: str, frame: DataFrame, columns: Mapping[str, str]) -> None:
        """Let `name` stand for a frame that is kept already."""
        for old in self._kept.pop(name.lower(), []):
            old.unpersist()
        frame.createOrReplaceTempView(f"`{name}`")
        self._kept[name.lower()] = [frame]
        self._shape.table(name, dict(columns))

    def _small(self, name: str) -> pa.Table:
        count = self.row(f"SELECT count(*) FROM {name}")[0]
        if count > _SMALL:
            raise EngineError(f"{count:,} ids tie more people than max_people_per_id of [identity] allows: raise it, or tell ids apart.")
        return self.arrow(f"SELECT * FROM {name}")

    def _name(self, what: str) -> str:
        self._made += 1
        return f"momot_{what}_{self._made}"


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What an executor says of the data as the error that it is."""
    try:
        yield
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None:
            found = re.search(re.escape(SAID) + r"(\w+): (.*)", str(cause))
            if found:
                kind = getattr(errors, found[1], errors.DataError)
                raise kind(found[2].strip()) from error
            cause = cause.__cause__
        raise
