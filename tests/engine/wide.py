"""A survey, a snapshot, an experiment and a dated change, added to the folder of a world of orders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BLOCKS = """
[[changes]]
on = {on}
touchpoint = "delivery.parcel"
what = "another courier"

[[surveys]]
from = "asked.parquet"
person = "who"
weight = "weight"
scale = [1, 5]
never_used = [6]
touchpoints = {{"desk.food" = "food", "desk.wifi" = "wifi"}}
segments = {{gender = "gender"}}

[surveys.outcomes]
overall = {{value = "overall", smallest_effect = 0.1}}

[[snapshots]]
from = "asked.parquet"
person = "who"
before = ["gender"]

[snapshots.outcomes]
left = {{value = "overall < 3", unit = "share", better = "lower", smallest_effect = 0.01}}

[snapshots.touchpoints]
"desk.badge" = "badge"

[[experiments]]
from = "asked.parquet"
person = "who"
assignment = "arm"
control = "none"
arms = {{"mail" = "email.offer", "call" = "phone.offer"}}
shares = [1, 1, 1]
before = ["gender", "weight"]

[experiments.outcomes]
bought = {{value = "bought", unit = "share", smallest_effect = 0.001}}
"""


def add_wide(folder: Path, *, rows: int = 400, on: str = "2024-06-01") -> None:
    """Write `asked.parquet` and the blocks that read it."""
    chance = np.random.default_rng(3)
    food, wifi = chance.integers(1, 7, rows), chance.integers(1, 6, rows)
    overall = np.clip(np.round(np.minimum(food, 5) * 0.6 + wifi * 0.2 + chance.normal(0, 1, rows)), 1, 5)
    arm = np.array(["none", "mail", "call"])[chance.integers(0, 3, rows)]
    table = {
        "who": [f"r{number}" for number in range(rows)],
        "weight": chance.uniform(0.5, 2.0, rows),
        "food": food,
        "wifi": wifi,
        "gender": np.array(["f", "m", ""])[chance.integers(0, 3, rows)],
        "overall": overall,
        "badge": np.array(["yes", "no"])[chance.integers(0, 2, rows)],
        "arm": arm,
        "bought": (chance.random(rows) < 0.2 + 0.1 * (arm == "mail")).astype(np.int64),
    }
    pq.write_table(pa.table(table), folder / "asked.parquet")
    file = folder / "momot.toml"
    file.write_text(file.read_text(encoding="utf-8") + BLOCKS.format(on=on), encoding="utf-8")
