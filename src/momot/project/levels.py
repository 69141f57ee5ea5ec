"""Ordered levels as a person writes them: `levels = ["0", "1-3", "4-"]`.

| label | means |
|---|---|
| "0" | exactly 0 |
| "1-3" | from 1 to 3, both included |
| "4-" or "4+" | 4 and more |
| "-2" | up to 2 and 2 itself: a leading minus is "up to", never a sign |
| "-5..-1", "..-1", "3.." | the same with two dots, where a number can be negative |
| anything else | a value by its name; the order of the list is the order of the levels |

Bands ascend and don't overlap; a gap is allowed, and a value that falls into it has no level (rejected as `unknown_level`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from momot.errors import ProjectError
from momot.project.schema import Level

_NUMBER = r"\d+(?:\.\d+)?"
_SIGNED = rf"-?{_NUMBER}"
_BANDS = (
    re.compile(rf"(?P<low>{_SIGNED})?\s*\.\.\s*(?P<high>{_SIGNED})?"),
    re.compile(rf"(?P<low>{_NUMBER})\s*[-–]\s*(?P<high>{_NUMBER})?"),
    re.compile(rf"(?P<low>{_NUMBER})\s*\+(?P<high>)"),
    re.compile(rf"(?P<low>)[-–]\s*(?P<high>{_NUMBER})"),
)
_EXACT = re.compile(_NUMBER)


def parse_levels(labels: Sequence[str | float]) -> tuple[Level, ...]:
    """The levels in order, all of them numeric bands or all of them names.

    Raises ProjectError on fewer than two levels, on numbers mixed with names, and on bands that are repeated, overlap or don't ascend.
    """
    texts = [str(label).strip() for label in labels]
    levels = tuple(_level(text) for text in texts)
    if len(levels) < 2:
        raise ProjectError(f'levels needs at least two entries, found {len(levels)}. For example: ["0", "1-3", "4-"].')
    if "" in texts:
        raise ProjectError("levels holds an empty label.")
    named = [level.label for level in levels if level.value is not None]
    if named and len(named) < len(levels):
        raise ProjectError(f"levels mixes numbers and names: {named[0]!r} is no number or band. Write all as numbers or all as names.")
    _check_names(named) if named else _check_bands(levels)
    return levels


def _level(text: str) -> Level:
    if _EXACT.fullmatch(text):
        return Level(label=text, low=float(text), high=float(text))
    for band in _BANDS:
        if (found := band.fullmatch(text)) and (found["low"] or found["high"]):
            return Level(label=text, low=_number(found["low"]), high=_number(found["high"]))
    return Level(label=text, value=text)


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ProjectError(f"levels names {name!r} twice.")


def _check_bands(levels: Sequence[Level]) -> None:
    for level in levels:
        if level.low is not None and level.high is not None and level.low > level.high:
            raise ProjectError(f"level {level.label!r} ends before it begins. Did you mean '{level.high:g}-{level.low:g}'?")
    for before, after in itertools.pairwise(levels):
        if before.high is None or after.low is None or after.low <= before.high:
            raise ProjectError(
                f"levels {before.label!r} and {after.label!r} overlap or are out of order: each must begin above the end of the one before."
            )
