"""A half-life in words, for the terminal and the report."""

from __future__ import annotations

from collections.abc import Callable

from momot.findings.contract import HalfLife

WEEK = 7.0
WEEKS_FROM = 14.0
"""Days from which on a time is told in weeks."""


def half_life_words(found: HalfLife) -> str:
    """`half-life 3 weeks (2 to 5)`, `half-life at least 8 weeks`; nothing where these data say nothing."""
    if found.estimate is not None and found.low is not None and found.high is not None:
        unit, factor = ("weeks", WEEK) if found.estimate >= WEEKS_FROM else ("days", 1.0)
        middle, low, high = (_short(value / factor) for value in (found.estimate, found.low, found.high))
        return f"half-life {middle} {unit[:-1] if middle == '1' else unit} ({low} to {high})"
    return f"half-life {found.note}" if found.low is not None or found.high is not None else ""


def time_words(days: float, *, whole: Callable[[float], int]) -> str:
    """`8 weeks`, `9 days`: `whole` makes a number of a broken one."""
    unit, factor = ("week", WEEK) if days >= WEEKS_FROM else ("day", 1.0)
    number = max(whole(days / factor), 1)
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _short(value: float) -> str:
    """Two significant digits, none after the point from ten on."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
