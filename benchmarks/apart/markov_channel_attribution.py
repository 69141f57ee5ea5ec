"""Credit by removal from a Markov chain, by ChannelAttribution: simulated, so that its shares are near the exact ones and not equal."""

from __future__ import annotations

import ChannelAttribution
import pandas as pd
from timed import run


def credit(given: str) -> dict[str, float]:
    """Share of the conversions by touchpoint."""
    paths = pd.read_parquet(given)
    found = ChannelAttribution.markov_model(paths, "path", "converted", var_null="lost", order=1, seed=1, verbose=False, flg_pro=False)
    total = found["total_conversions"].sum()
    return {name: float(value / total) for name, value in zip(found["channel_name"], found["total_conversions"], strict=True)}


run(credit)
