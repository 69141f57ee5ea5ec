"""Themes by the values of one or two segments: who says a thing more than all others do. Arrays in, frozen values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from momot.stats.contingency import design_effect, fisher_mid_p, newcombe
from momot.stats.discovery import benjamini_hochberg
from momot.stats.shares import wilson

Integers = NDArray[np.int64]
LEAST = 20
"""People that a cell needs; of fewer nothing is said."""
LEVEL = 0.05
"""Expected share of false ones among what is told."""


class Cell(Struct, frozen=True, kw_only=True):
    """One theme among the texts of one value of each segment. Counts are of texts; intervals are of 95 %, as wide as the people allow."""

    theme: str
    values: tuple[str, ...]  # one of each segment compared by
    texts: int  # that say it
    of: int  # texts there
    share: float
    low: float
    high: float
    texts_other: int  # the same among all other texts
    of_other: int
    share_other: float
    difference: float  # share less share_other
    difference_low: float
    difference_high: float
    p_value: float
    q_value: float  # over all cells


class Compared(Struct, frozen=True, kw_only=True):
    """Cells, largest difference first among those below a q-value of .05, then the others."""

    segments: tuple[str, ...]
    cells: tuple[Cell, ...]
    left_out: int  # combinations of values with texts of fewer than `LEAST` people


def compared(
    themes: Mapping[str, Integers],
    *,
    persons: Integers,
    segments: Mapping[str, Sequence[str | None]],
    by: Sequence[str],
    least: int = LEAST,
) -> Compared:
    """Compare each theme in each cell of the segments in `by` (one or two names of `segments`) with all texts outside it.

    `themes`: for each the places of texts that say it. `persons` (texts,) and each segment's values have one entry a text; a text without a
    value is in no cell. Shares are of texts, so that people who write much say no more than others; several texts of a person count as
    what they are worth (Rao & Scott 1992). Shares by Wilson (1927), differences by Newcombe (1998), p by Fisher's mid-p, q over all cells.
    """
    values, cell = _cells([segments[name] for name in by])
    number, inside = len(values), cell >= 0
    of = np.bincount(cell[inside], minlength=number)
    people = np.array([len(np.unique(persons[cell == one])) for one in range(number)], dtype=np.int64)
    shown = np.flatnonzero((people >= least) & (len(persons) - of >= least))
    _, person = np.unique(persons, return_inverse=True)
    each = np.bincount(person).astype(np.float64)
    rows: list[tuple[str, int, int, int, int, int, float]] = []
    for theme, places in themes.items():
        worth = design_effect(np.bincount(person[places], minlength=len(each)).astype(np.float64), each)
        said = np.bincount(cell[places][inside[places]], minlength=number)
        rows += [
            (theme, int(one), int(said[one]), int(of[one]), len(places) - int(said[one]), len(persons) - int(of[one]), worth)
            for one in shown
        ]
    p = np.array([apart(*row[2:]) for row in rows], dtype=np.float64)
    cells = [_cell(row, values, float(p[place]), float(q)) for place, (row, q) in enumerate(zip(rows, benjamini_hochberg(p), strict=True))]
    cells.sort(key=lambda cell: (cell.q_value >= LEVEL, -abs(cell.difference), cell.theme, cell.values))
    return Compared(segments=tuple(by), cells=tuple(cells), left_out=int(np.count_nonzero(people < least)))


def apart(said: int, of: int, other: int, of_other: int, worth: float) -> float:
    """P-value that two shares of texts are the same, where `worth` texts are worth one independent text."""
    counts = [round(count / worth) for count in (said, of, other, of_other)]
    return fisher_mid_p(min(counts[0], counts[1]), counts[1], min(counts[2], counts[3]), counts[3])


def _cell(row: tuple[str, int, int, int, int, int, float], values: Sequence[tuple[str, ...]], p: float, q: float) -> Cell:
    theme, one, said, of, other, of_other, worth = row
    low, high = wilson(said / worth, of / worth)
    difference_low, difference_high = newcombe(said / worth, of / worth, other / worth, of_other / worth)
    return Cell(
        theme=theme,
        values=values[one],
        texts=said,
        of=of,
        share=said / of,
        low=low,
        high=high,
        texts_other=other,
        of_other=of_other,
        share_other=other / of_other,
        difference=said / of - other / of_other,
        difference_low=difference_low,
        difference_high=difference_high,
        p_value=p,
        q_value=q,
    )


def _cells(columns: Sequence[Sequence[str | None]]) -> tuple[list[tuple[str, ...]], Integers]:
    """The combinations of values, sorted, and the combination of each text; −1 where a value is missing."""
    combined = [tuple(row) for row in zip(*columns, strict=True)]
    values = sorted({row for row in combined if None not in row})
    place = {row: at for at, row in enumerate(values)}
    return values, np.array([place.get(row, -1) for row in combined], dtype=np.int64)
