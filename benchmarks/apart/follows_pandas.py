"""What directly follows what, in pandas: shift within a person, then count pairs."""

from __future__ import annotations

import pandas as pd
from timed import run


def follows(given: str) -> dict[str, int]:
    """Counts by "first>next"."""
    log = pd.read_parquet(given, columns=["person", "code"])
    same = log["person"].eq(log["person"].shift(-1))
    pairs = pd.DataFrame({"code": log["code"], "next": log["code"].shift(-1)})[same].astype("int16")
    counts = pairs.groupby(["code", "next"]).size()
    return {f"{first}>{then}": int(count) for (first, then), count in counts.items()}


run(follows)
