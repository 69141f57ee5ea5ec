"""What directly follows what, in Polars: one window over the sorted log, lazily."""

from __future__ import annotations

import polars as pl
from timed import run


def follows(given: str) -> dict[str, int]:
    """Counts by "first>next"."""
    log = pl.scan_parquet(given).select("person", "code", pl.col("code").shift(-1).over("person").alias("next"))
    pairs = log.drop_nulls("next").group_by("code", "next").len().collect()
    return {f"{first}>{then}": count for first, then, count in pairs.iter_rows()}


run(follows)
