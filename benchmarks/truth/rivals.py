"""What others do with the same records. Each answers as momot does, and is judged by the rule that its users go by."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtrc, ndtr

from benchmarks.truth.answers import Answer, Said
from benchmarks.truth.markov import removal_effects
from benchmarks.truth.records import ABSENT, MET, Drivers, Floats, Records, Sums
from benchmarks.truth.regressions import Fit, least_squares, logistic
from benchmarks.truth.truths import Contrast, Moment

SIGNIFICANT = 0.05
WIDE = 1.959963984540054


def unadjusted(records: Records, contrasts: list[Contrast]) -> Answer:
    """The difference between those who met a moment and those who did not, or met it otherwise; errors by person.

    Found: having met it at all, or badly against well, differs with p <= .05, as one reads off a dashboard.
    """
    effects, found = {}, set()
    for key in contrasts:
        outcome, moment, contrast, level, reference = key
        ways = records.met.get(moment)
        if ways is None or outcome != records.outcome:
            continue
        one, other = _rows(ways, level), _rows(ways, reference)
        if one is None or other is None:
            continue
        estimate, error = difference(one, other)
        if not error > 0:
            continue
        effects[key] = Said(estimate, estimate - WIDE * error, estimate + WIDE * error)
        if contrast in ("presence", "bad-good", "level") and 2 * ndtr(-abs(estimate / error)) <= SIGNIFICANT:
            found.add((outcome, moment))
    return Answer("unadjusted difference", frozenset({records.outcome}), _tested(records), frozenset(found), effects)


def difference(one: Sums, other: Sums) -> tuple[float, float]:
    """Difference of the means of two groups of rows and its standard error, rows of a person taken together (Liang & Zeger 1986)."""
    n, m = one.rows.sum(), other.rows.sum()
    if not n or not m:
        return math.nan, math.nan
    mean, base = one.outcomes.sum() / n, other.outcomes.sum() / m
    influence = (one.outcomes - mean * one.rows) / n - (other.outcomes - base * other.rows) / m
    return float(mean - base), float(np.sqrt((influence**2).sum()))


def drivers(records: Records) -> Answer:
    """All moments and segments in one regression: logistic for a share, else least squares. Found: its columns have p <= .05 together."""
    data = records.drivers
    keep = _varied(data.columns)
    columns = np.column_stack([np.ones(len(data.outcome)), data.columns[:, keep]])
    share = set(np.unique(data.outcome)) <= {0.0, 1.0}
    fit = (logistic if share else least_squares)(columns, data.outcome, data.cluster)
    names = [None, *(data.of[position] for position in keep)]
    found = {
        moment
        for moment in {name for name in names if name}
        if _together(fit, [i for i, n in enumerate(names) if n == moment]) <= SIGNIFICANT
    }
    tested = frozenset((records.outcome, name) for name in names if name)
    return Answer("logistic drivers", frozenset({records.outcome}), tested, frozenset((records.outcome, moment) for moment in found))


def last_touch(records: Records, true: int) -> Answer | None:
    """Each happening of the outcome credits the touch before it. Found: as many moments as are true, those with the most credit.

    It is told how many are true, which nobody knows. None where the outcome is no happening.
    """
    if records.last is None:
        return None
    ordered = sorted(records.last, key=lambda moment: (-records.last[moment], moment))  # type: ignore[index]
    found = frozenset((records.outcome, moment) for moment in ordered[:true])
    return Answer("last touch, told how many", frozenset({records.outcome}), _tested(records), found)


def markov(records: Records, true: int) -> Answer | None:
    """The moments without which the most conversions are lost along a Markov chain, as many as are true; None where nothing happens."""
    if records.paths is None:
        return None
    lost = removal_effects(records.paths)
    ordered = sorted(lost, key=lambda moment: (-lost[moment], moment))
    found = frozenset((records.outcome, moment) for moment in ordered[:true])
    return Answer("Markov, told how many", frozenset({records.outcome}), _tested(records), found)


def _tested(records: Records) -> frozenset[Moment]:
    return frozenset((records.outcome, moment) for moment in records.met)


def _rows(ways: dict[str, Sums], label: str) -> Sums | None:
    if label != MET or MET in ways:
        return ways.get(label)
    parts = [sums for way, sums in ways.items() if way != ABSENT]
    return sum(parts[1:], start=parts[0]) if parts else None


def _varied(columns: Floats) -> list[int]:
    """Columns with at least 20 rows on either side, each unlike every earlier one."""
    kept: list[int] = []
    seen = set()
    for position in range(columns.shape[1]):
        column = columns[:, position]
        other = int((column != column[0]).sum()) if len(column) else 0
        text = column.tobytes()
        if min(other, len(column) - other) >= 20 and text not in seen:
            kept.append(position)
            seen.add(text)
    return kept


def _together(fit: Fit, positions: list[int]) -> float:
    """P-value that the coefficients at these positions are all 0 (Wald 1943)."""
    beta, covariance = fit.coefficients[positions], fit.covariance[np.ix_(positions, positions)]
    return float(chdtrc(len(positions), max(float(beta @ np.linalg.pinv(covariance) @ beta), 0.0)))


__all__ = ["Drivers", "difference", "drivers", "last_touch", "markov", "unadjusted"]
