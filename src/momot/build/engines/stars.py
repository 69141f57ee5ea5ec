"""Connected components on Spark: integers only, two shuffles a round, rounds logarithmic in the longest chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from momot.engine.spark_session import planless
from momot.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_ROUNDS = 64  # a chain of 2^64 ids would need more


def components(ties: DataFrame) -> DataFrame:
    """`id`, `person_id` (int) of every id in `ties` (stronger, weaker): the smallest id that it is tied to. Kept in the executors.

    Kiveris et al. 2014, "Connected Components in MapReduce and Beyond": a large star hangs the larger neighbours of each id on the smallest
    neighbour, a small star the smaller ones, until every id hangs on the smallest of its component.
    """
    from pyspark.sql import functions as f

    high, low = f.greatest("stronger", "weaker").cast("int"), f.least("stronger", "weaker").cast("int")
    edges = planless(ties.select(high.alias("id"), low.alias("to")).where("id <> to").distinct()).persist()
    state = _state(edges)
    for _ in range(_ROUNDS):
        after = planless(_small_star(_large_star(edges))).persist()
        now = _state(after)
        edges.unpersist()
        edges = after
        if now == state:
            break
        state = now
    else:
        raise EngineError(f"The ties between ids did not come to rest in {_ROUNDS} rounds.")
    roots = edges.select(f.col("to").alias("id"), f.col("to").alias("person_id")).distinct()
    found = edges.select("id", f.col("to").alias("person_id")).union(roots).persist()
    found.count()
    edges.unpersist()
    return found


def _large_star(edges: DataFrame) -> DataFrame:
    """Each larger neighbour of an id, hung on the smallest of the id and its neighbours."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    both = edges.union(edges.select(f.col("to").alias("id"), f.col("id").alias("to")))
    smallest = f.least(f.col("id"), f.min("to").over(Window.partitionBy("id")))
    found = both.withColumn("smallest", smallest).where("to > id").select(f.col("to").alias("id"), f.col("smallest").alias("to"))
    return found.distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    """Each smaller neighbour of an id, and the id itself, hung on the smallest of them."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    placed = edges.withColumn("smallest", f.min("to").over(Window.partitionBy("id")))
    own = placed.select("id", f.col("smallest").alias("to"))
    others = placed.select(f.col("to").alias("id"), f.col("smallest").alias("to"))
    return own.union(others).where("id <> to").distinct()


def _state(edges: DataFrame) -> tuple[int, int | None]:
    """Their number, and their hashes put together: the same where the edges are."""
    from pyspark.sql import functions as f

    count, hashed = edges.agg(f.count("*"), f.bit_xor(f.xxhash64("id", "to"))).collect()[0]
    return count, hashed
