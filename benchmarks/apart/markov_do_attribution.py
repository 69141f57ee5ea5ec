"""Credit by removal from a Markov chain, by do-attribution: in closed form, a touch on a removed touchpoint leads nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
from do_attribution import MarkovAttribution
from timed import run


def credit(given: str) -> dict[str, float]:
    """Share of the conversions by touchpoint."""
    paths = pd.read_parquet(given)
    both = pd.concat([paths.assign(happened=1, times=paths["converted"]), paths.assign(happened=0, times=paths["lost"])])
    both = both[both["times"] > 0]
    model = MarkovAttribution(separator=">", removal_strategy="redirect_to_null")
    found = model.fit(both["path"].to_numpy(), both["happened"].to_numpy(), weights=both["times"].to_numpy().astype(np.float64))
    return {name: float(value) for name, value in found["attribution"].items()}


run(credit)
