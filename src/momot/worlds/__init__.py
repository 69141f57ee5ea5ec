"""Journeys with known truth: simulated companies as folders of raw files, a `momot.toml` and a `truth.json`.

The true effects come from running the same person again with one touch switched. Nothing here knows how momot estimates: worlds import
numpy, pyarrow and the standard library only, and a test says so.
"""

from momot.worlds.orders.shop import shop
from momot.worlds.presets import WORLDS, make

__all__ = ["WORLDS", "make", "shop"]
