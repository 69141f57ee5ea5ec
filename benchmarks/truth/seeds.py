"""Which seeds may be looked at while the estimator is worked on, and which only when its figures are published.

A reporting seed that was looked at is no longer one. Tests use neither.
"""

from __future__ import annotations

SEEDS = {"development": range(10), "reporting": range(1000, 1050)}


def seeds_of(which: str, most: int | None = None, *, skip: int = 0) -> list[int]:
    """The seeds of a kind, at most `most` of them, the first ones after `skip`."""
    return list(SEEDS[which])[skip:][:most]
