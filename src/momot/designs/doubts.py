"""Values that look like something else: undeclared codes, one value filled in for nearly all (EFFECTS.md 4). Said, never mended."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from momot.designs.columns import Column
from momot.designs.states import MOST_LEVELS, Coded
from momot.vocabulary.records import Check

IMPUTED_SHARE = 0.9
STRAY_SHARE = 0.001
STRAY_TIMES = 5
STRAY_DISTANCE = 3.0
DECLARE = "Declare what it means with `missing = [...]` or `never_used = [...]`."


def doubts(column: Column, coded: Coded | None = None) -> tuple[Check, ...]:
    """What is odd about the values of one column, given its states where it has any."""
    found = (_outside(column, coded) if coded is not None else None, _stray(column), _imputed(column))
    return tuple(check for check in found if check is not None)


def of_all(columns: Iterable[Column]) -> tuple[Check, ...]:
    """The doubts about columns that only adjust, for the question as a whole."""
    return tuple(check for column in columns for check in doubts(column))


def _outside(column: Column, coded: Coded) -> Check | None:
    """Values outside the declared scale are codes that nobody declared."""
    if not coded.outside:
        return None
    return Check(
        name="sentinels",
        status="review",
        value=float(coded.outside),
        limit=0.0,
        message=f"{coded.outside:,} values of '{column.name}' lie outside the scale and were taken as blank.",
        fix=DECLARE,
    )


def _stray(column: Column) -> Check | None:
    """A value that stands for "no value": a number at the edge, far from all others, that recurs; a mark among words or numbers."""
    stray = _stray_mark(column) if column.categories is not None else _stray_number(column)
    if stray is None:
        return None
    value, times = stray
    return Check(
        name="sentinels",
        status="review",
        value=float(times),
        limit=0.0,
        message=f"{times:,} values of '{column.name}' are {value}: it looks like a code for no value, and was taken as it stands.",
        fix=DECLARE,
    )


def _stray_number(column: Column) -> tuple[str, int] | None:
    if column.kind != "number" or column.boolean:
        return None
    values, counts = np.unique(column.values[column.filled], return_counts=True)
    if len(values) <= MOST_LEVELS:
        return None
    often = max(STRAY_TIMES, STRAY_SHARE * counts.sum())
    for edge, rest in ((0, values[1:]), (-1, values[:-1])):
        spread = float(np.quantile(rest, 0.99) - np.quantile(rest, 0.01))
        distance = float(abs(values[edge] - (rest.min() if edge == 0 else rest.max())))
        coded = {*f"{abs(values[edge]):g}"} == {"9"} or (edge == 0 and values[0] < 0 <= rest.min())
        if coded and counts[edge] >= often and (distance > STRAY_DISTANCE * spread or values[0] < 0 <= rest.min()):
            return f"{values[edge]:g}", int(counts[edge])
    return None


def _stray_mark(column: Column) -> tuple[str, int] | None:
    """A label without a letter or digit, such as ? or -, among labels that have some."""
    labels = column.categories or ()
    marks = [code for code, label in enumerate(labels) if label.strip() and not any(sign.isalnum() for sign in label)]
    if len(marks) != 1 or len(labels) < 2:
        return None
    return repr(labels[marks[0]]), int((column.values == marks[0]).sum())


def _imputed(column: Column) -> Check | None:
    """One value for nearly everybody among many different ones: imputed, or a default nobody chose."""
    if column.kind != "number" or column.boolean:
        return None
    distinct, counts = np.unique(column.values[column.filled], return_counts=True)
    if len(distinct) <= MOST_LEVELS or counts.max() <= IMPUTED_SHARE * counts.sum():
        return None
    share = float(counts.max() / counts.sum())
    return Check(
        name="coverage",
        status="review",
        value=share,
        limit=IMPUTED_SHARE,
        message=f"{share:.0%} of the values of '{column.name}' are {distinct[counts.argmax()]:g}: it may have been filled in.",
        fix="Declare a filled-in value with `missing = [...]`.",
    )
