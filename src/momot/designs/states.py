"""From a column or from masks of what happened to the states of an exposure: who is in which state towards a touchpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from momot.designs.columns import Column
from momot.designs.frame import Codes, Role, State

Coding = Literal["presence", "quality", "rating", "level", "category", "arm"]
MOST_LEVELS = 7
MOST_CATEGORIES = 12
BANDS = 4
MASS_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Coded:
    """States of one touchpoint and the state of each unit, (n,)."""

    coding: Coding
    states: tuple[State, ...]
    codes: Codes
    outside: int = 0  # values outside the declared scale, taken as blank
    banded: bool = False  # the states are bands of a number


def rating(column: Column, *, scale: tuple[float, float], never: Column | None) -> Coded:
    """A rating on a declared scale: one state a level, bad below the middle of the scale and good above it; blank and never used apart."""
    low, high = scale
    values = column.values
    off = column.filled & ((values < low) | (values > high) | (values != np.round(values)))
    levels = np.arange(np.ceil(low), np.floor(high) + 1)
    states = [State(f"{level:g}", rating_role(float(level), scale)) for level in levels]
    codes = np.full(len(values), len(states), dtype=np.int16)
    good = column.filled & ~off
    codes[good] = (values[good] - levels[0]).astype(np.int16)
    return _with_blanks("rating", states, codes, never, outside=int(off.sum()))


def rating_role(level: float, scale: tuple[float, float]) -> Role:
    """Bad, neutral or good by the middle of the scale; on an even scale of six or more the two middle levels are neutral."""
    low, high = scale
    middle = (low + high) / 2
    reach = 0.5 if high - low >= 5 else 0.0
    if abs(level - middle) <= reach:
        return "neutral"
    return "bad" if level < middle else "good"


def of_column(column: Column, *, never: Column | None = None) -> Coded:
    """A snapshot's column as states: yes and no, named states, ordered numbers, or bands of a continuous one."""
    if column.boolean:
        codes = np.where(column.filled, column.values, 2).astype(np.int16)
        return _with_blanks("presence", [State("no", "absent"), State("yes", "met")], codes, never)
    if column.kind == "category":
        return _categories(column, never)
    distinct = np.unique(column.values[column.filled])
    if len(distinct) <= MOST_LEVELS:
        codes = np.full(len(column.values), len(distinct), dtype=np.int16)
        codes[column.filled] = np.searchsorted(distinct, column.values[column.filled])
        return _with_blanks("level", [State(f"{value:g}", "level") for value in distinct], codes, never)
    return _bands(column, never)


def _categories(column: Column, never: Column | None) -> Coded:
    names = column.categories or ()
    counts = np.bincount(column.values[column.filled].astype(np.int64), minlength=len(names))
    common = sorted(np.argsort(-counts, kind="stable")[:MOST_CATEGORIES].tolist())
    position = np.full(len(names) + 1, len(common), dtype=np.int16)
    position[common] = np.arange(len(common), dtype=np.int16)
    states = [State(names[code], "level") for code in common]
    if len(names) > len(common):
        states.append(State("any other", "unknown"))
    codes = np.full(len(column.values), len(states), dtype=np.int16)
    codes[column.filled] = position[column.values[column.filled].astype(np.int64)]
    return _with_blanks("category", states, codes, never)


def _bands(column: Column, never: Column | None) -> Coded:
    """Quarters of the values; a value that a fifth of the units share (often 0) is a band of its own."""
    known = column.values[column.filled]
    distinct, counts = np.unique(known, return_counts=True)
    mass = distinct[counts >= MASS_SHARE * len(known)]
    rest = known[~np.isin(known, mass)]
    edges = np.unique(np.quantile(rest, np.linspace(0, 1, BANDS + 1)[1:-1])) if len(rest) else np.zeros(0)
    edges = np.unique(np.concatenate([edges, mass, np.nextafter(mass, -np.inf)]))
    band = np.searchsorted(edges, known, side="left")
    used, band = np.unique(band, return_inverse=True)
    codes = np.full(len(column.values), len(used), dtype=np.int16)
    codes[column.filled] = band
    states = [State(_band_label(known[band == position]), "level") for position in range(len(used))]
    return replace(_with_blanks("level", states, codes, never), banded=True)


def _band_label(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def _with_blanks(coding: Coding, states: list[State], codes: Codes, never: Column | None, *, outside: int = 0) -> Coded:
    """Adds the states `blank` and `never used` where somebody is in them; on entry the code len(states) stands for blank."""
    blank = len(states)
    states = list(states)
    used = never.filled & (never.values == 1) if never is not None else np.zeros(len(codes), dtype=bool)
    codes = codes.copy()
    if (codes[~used] == blank).any():
        states.append(State("blank", "blank"))
    if used.any():
        codes[used] = len(states)
        states.append(State("never used", "never_used"))
    return Coded(coding, tuple(states), codes, outside)
