"""Which seeds may be looked at while the estimator is worked on, and which only when its figures are published.

A reporting seed that was looked at is no longer one. Tests use neither.
"""

from __future__ import annotations

SEEDS = {"development": range(10), "reporting": range(1000, 1050)}


def seeds_of(which: str, most: int | None = None) -> list[int]:
    """The seeds of a kind, at most `most` of them, the first ones."""
    return list(SEEDS[which])[:most]
