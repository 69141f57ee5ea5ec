"""What directly follows what, by pm4py's own discovery of a directly-follows graph."""

from __future__ import annotations

import pandas as pd
import pm4py
from timed import run


def follows(given: str) -> dict[str, int]:
    """Counts by "first>next"."""
    log = pd.read_parquet(given)
    log = pm4py.format_dataframe(log, case_id="person", activity_key="event", timestamp_key="at")
    pairs, _, _ = pm4py.discover_dfg(log)
    return {f"{first}>{then}": int(count) for (first, then), count in pairs.items()}


run(follows)
