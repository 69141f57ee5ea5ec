"""Journeys with known truth: simulated companies as folders of raw files, a `momot.toml` and a `truth.json`.

The true effects come from running the same person again with one touch switched. Nothing here knows how momot estimates: worlds import
numpy and the standard library only, and a test says so.
"""

from momot.worlds.presets import shop

__all__ = ["shop"]
