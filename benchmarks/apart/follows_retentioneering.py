"""What directly follows what, by retentioneering's matrix of transitions."""

from __future__ import annotations

import pandas as pd
from retentioneering import Eventstream
from timed import run

ENDS = ("path_start", "path_end")


def follows(given: str) -> dict[str, int]:
    """Counts by "first>next"."""
    log = pd.read_parquet(given).rename(columns={"person": "user_id", "at": "timestamp"})
    matrix = Eventstream(log).transition_graph_data(edge_weight="count")
    return {
        f"{first}>{then}": int(count)
        for first, row in matrix.iterrows()
        for then, count in row.items()
        if count > 0 and first not in ENDS and then not in ENDS
    }


run(follows)
