"""Leaks, found by measurement and never by name (EFFECTS.md 4): columns that are consequences or copies of the outcome.

Everything is measured on one small table a column: cells of the column against classes of the outcome, counted in two halves of the
units, so that a rule is found on one half and measured on the other. Measures are free of the base rate: a rare outcome is no excuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.columns import Column
from momot.designs.frame import Floats
from momot.vocabulary import Rule
from momot.vocabulary.records import Refused

# A column that tells two random units of different outcome apart with this probability leaves no room for any other cause.
SEPARATION = 0.95
# A value is near-certain where one class of the outcome shows it this many times as often as the rest.
CERTAINTY_RATIO = 50.0
# Near-certain values that hold at least this share of a class make the column (part of) the outcome.
CERTAIN_SHARE = 0.2
# A column filled for one class only: fill rates differ by this factor.
FILL_RATIO = 50.0
TWIN_CORRELATION = 0.85
TWIN_DISTANCE = 0.1  # above the usual rating of the same survey
TWIN_CERTAIN = 0.95
_TWIN = "the same scale as the outcome and a rank correlation of {:.2f}: the same attitude asked twice"
LATE_SHARE = 0.5
DURATION_SHARE = 0.9
EMPTY_SHARE = 0.99
CONSTANT_SHARE = 0.9995
LEAST_UNITS = 30
MOST_CELLS = 200
MOST_CLASSES = 10


@dataclass(frozen=True, slots=True)
class Suspect:
    """A column under suspicion and the block of the project file it comes from. `role`: unmapped columns are only refused as leaks."""

    source: str
    column: Column
    mapped: bool = True
    undatable: bool = False  # nothing in the data says when the outcome was settled


@dataclass(frozen=True, slots=True)
class Times:
    """When things happened, days since 1970 (n,), NaN where unknown.

    `events` are first times of touchpoints in every `every`-th episode only, (ceil(n / every),) each.
    """

    outcome_at: Floats | None = None
    started_at: Floats | None = None
    events: tuple[tuple[str, Floats], ...] = ()
    every: int = 1


def refuse(suspects: Sequence[Suspect], *, outcome: Floats, question: str, times: Times | None = None) -> tuple[Refused, ...]:
    """Every suspect that is a leak, with the rule that says so, its measure and the reason in words."""
    classes = outcome_classes(outcome)
    half = _halves(len(outcome))
    found = []
    alike = [_likeness(suspect.column, outcome) for suspect in suspects]
    for suspect, likeness in zip(suspects, alike, strict=True):
        verdict = _judge(suspect, classes=classes, half=half, times=times or Times(), twin=_is_twin(likeness, alike))
        if verdict is not None:
            rule, measure, reason = verdict
            found.append(
                Refused(question=question, source=suspect.source, column=suspect.column.name, rule=rule, measure=measure, reason=reason)
            )
    return tuple(found)


Judgement = tuple[Rule, float, str] | None
Classes = npt.NDArray[np.int64]


def _judge(suspect: Suspect, *, classes: Classes, half: Classes, times: Times, twin: float | None) -> Judgement:
    column = suspect.column
    filled = column.filled
    share_filled = float(filled.mean()) if len(filled) else 0.0
    if not filled.any():
        return ("nearly_empty", 0.0, "no value at all") if suspect.mapped else None
    return (
        _filled_for_one_class(column, classes)
        or _dates(column, times, undatable=suspect.undatable)
        or (None if column.kind == "time" else _durations(column, times))
        or (None if column.kind == "time" else _separates(column, classes, half))
        or (None if twin is None else ("repeats_outcome", abs(twin), _TWIN.format(twin)))
        or (_empty_or_constant(column, share_filled) if suspect.mapped else None)
    )


def separations(columns: Sequence[Column], outcome: Floats) -> tuple[float, ...]:
    """How well each column alone tells units of different outcome apart, .5 (not at all) to 1, measured on the other half."""
    classes, half = outcome_classes(outcome), _halves(len(outcome))
    found = []
    for column in columns:
        cells = _cells(column)
        first, second = _table(cells, classes, half == 0), _table(cells, classes, half == 1)
        found.append(max(0.5, _separation(first, second), _separation(second, first)))
    return tuple(found)


def _halves(units: int) -> Classes:
    """Each unit's half, 0 or 1, by a hash of its position."""
    return (np.arange(units) * 2654435761 % 2**32 >> 16) % 2


def outcome_classes(outcome: Floats) -> Classes:
    """The outcome in at most ten ordered classes, (n,): its values where they are few, else bands of equal size around mass points."""
    values, counts = np.unique(outcome, return_counts=True)
    if len(values) <= MOST_CLASSES:
        return np.searchsorted(values, outcome).astype(np.int64)
    cuts = np.unique(np.quantile(outcome, np.linspace(0, 1, MOST_CLASSES)[1:-1]))
    heavy = values[counts > 0.05 * len(outcome)]
    edges = np.unique(np.concatenate([cuts, heavy, np.nextafter(heavy, -np.inf)]))
    return np.searchsorted(edges, outcome, side="left").astype(np.int64)


def _distinct(column: Column, known: Floats) -> tuple[Floats, Classes]:
    """Distinct values, ascending, and how often each occurs; codes need no sorting."""
    if column.kind != "category":
        return np.unique(known, return_counts=True)
    counts = np.bincount(known.astype(np.int64))
    used = np.flatnonzero(counts)
    return used.astype(np.float64), counts[used]


def _cells(column: Column) -> Classes:
    """The column in at most 200 cells, (n,); missing is a cell of its own, the last."""
    values, filled = column.values, column.filled
    cells = np.zeros(len(values), dtype=np.int64)
    known = values[filled]
    distinct, counts = _distinct(column, known)
    if column.kind == "category" and len(distinct) > MOST_CELLS:
        common = np.sort(distinct[np.argsort(-counts, kind="stable")[: MOST_CELLS - 1]])
        position = np.minimum(np.searchsorted(common, known), len(common) - 1)
        cells[filled] = np.where(common[position] == known, position, len(common))
    elif len(distinct) <= MOST_CELLS:
        cells[filled] = np.searchsorted(distinct, known)
    else:
        heavy = distinct[counts > len(known) / 100]
        edges = np.unique(np.concatenate([np.quantile(known, np.linspace(0, 1, 101)[1:-1]), heavy, np.nextafter(heavy, -np.inf)]))
        cells[filled] = np.searchsorted(edges, known, side="left")
    cells[~filled] = cells.max(initial=0) + 1
    return cells


def _table(cells: Classes, classes: Classes, keep: npt.NDArray[np.bool_] | None = None) -> Floats:
    rows, columns = int(cells.max()) + 1, int(classes.max()) + 1
    flat = cells * columns + classes
    counts = np.bincount(flat if keep is None else flat[keep], minlength=rows * columns)
    return counts.reshape(rows, columns).astype(np.float64)


def _separates(column: Column, classes: Classes, half: Classes) -> Judgement:
    cells = _cells(column)
    first, second = _table(cells, classes, half == 0), _table(cells, classes, half == 1)
    separation = max(_separation(first, second), _separation(second, first))
    if separation >= SEPARATION:
        return (
            "separates_outcome",
            separation,
            f"tells apart {separation:.1%} of pairs with different outcomes: it is the outcome, or follows from it",
        )
    certain = min(_certain_share(first, second), _certain_share(second, first))
    if certain >= CERTAIN_SHARE:
        return (
            "separates_outcome",
            certain,
            f"{certain:.0%} of one class of the outcome have values of it that hardly any other unit has: it is (part of) the outcome",
        )
    return None


def _separation(known: Floats, tested: Floats) -> float:
    """Largest area under the ROC curve over the cuts of the outcome, scores from `known`, pairs from `tested` (Hanley & McNeil 1982)."""
    best = 0.0
    for cut in range(1, known.shape[1]):
        low, high = known[:, :cut].sum(axis=1), known[:, cut:].sum(axis=1)
        test_low, test_high = tested[:, :cut].sum(axis=1), tested[:, cut:].sum(axis=1)
        if min(test_low.sum(), test_high.sum(), low.sum(), high.sum()) < LEAST_UNITS / 2:
            continue
        base = high.sum() / (low.sum() + high.sum())
        score = (high + base) / (low + high + 1.0)
        _, position = np.unique(score, return_inverse=True)
        below = np.bincount(position, weights=test_low)
        above = np.bincount(position, weights=test_high)
        wins = (above * (np.cumsum(below) - below / 2)).sum()
        best = max(best, float(wins / (below.sum() * above.sum())))
    return best


def _certain_share(known: Floats, tested: Floats) -> float:
    """Largest share of a class of the outcome that lies in cells which are near-certain for it, and stay so on the other half."""
    best = 0.0
    for target in range(known.shape[1]):
        inside, outside = known[:, target], known.sum(axis=1) - known[:, target]
        if min(inside.sum(), outside.sum()) < LEAST_UNITS / 2:
            continue
        certain = (inside / inside.sum()) > CERTAINTY_RATIO * (outside + 0.5) / outside.sum()
        test_inside = tested[certain, target].sum() / max(tested[:, target].sum(), 1.0)
        others = tested.sum() - tested[:, target].sum()
        test_outside = (tested[certain].sum() - tested[certain, target].sum() + 0.5) / max(others, 1.0)
        if test_inside > CERTAINTY_RATIO * test_outside and tested[certain, target].sum() >= LEAST_UNITS / 2:
            best = max(best, float(test_inside))
    return best


def _filled_for_one_class(column: Column, classes: Classes) -> Judgement:
    """Whether it is filled for one side of the outcome only: fill rates that differ by a factor of 50 with enough units to say so."""
    filled = column.filled
    if filled.all():
        return None
    totals = np.bincount(classes)
    counts = np.bincount(classes[filled], minlength=len(totals))
    for cut in range(1, len(totals)):
        sides = ((counts[:cut].sum(), totals[:cut].sum()), (counts[cut:].sum(), totals[cut:].sum()))
        (rare, rare_total), (often, often_total) = sorted(sides, key=lambda side: side[0] / max(side[1], 1))
        if min(rare_total, often_total) < LEAST_UNITS or often < LEAST_UNITS / 2:
            continue
        expected = rare_total * often / often_total
        if expected >= 10 and rare / rare_total * FILL_RATIO <= often / often_total:
            measure = 1.0 - float(rare / rare_total) / float(often / often_total)
            return (
                "filled_after_outcome",
                measure,
                "filled for one side of the outcome only: it was written down when the outcome was known",
            )
    return None


def _dates(column: Column, times: Times, *, undatable: bool) -> Judgement:
    if column.kind != "time":
        return None
    if times.outcome_at is None or np.isnan(times.outcome_at).all():
        return (
            ("undated", 1.0, "a date, and nothing says when the outcome was settled: it can't be placed before it") if undatable else None
        )
    both = column.filled & ~np.isnan(times.outcome_at)
    late = float((column.values[both] > times.outcome_at[both]).mean()) if both.sum() >= LEAST_UNITS else 0.0
    if late > LATE_SHARE:
        return "dated_after_outcome", late, f"its date comes after the outcome for {late:.0%} of the units"
    return None


def _durations(column: Column, times: Times) -> Judgement:
    """Whether it is the time from the start of the episode to something that happened later, and so was known only then."""
    if column.kind != "number" or column.boolean or times.started_at is None or len(np.unique(column.values[column.filled])) < 5:
        return None
    values, started_at = column.values[:: times.every], times.started_at[:: times.every]
    ends = [("the outcome", times.outcome_at[:: times.every])] if times.outcome_at is not None else []
    for name, at in [*ends, *times.events]:
        elapsed = at - started_at
        both = ~np.isnan(values) & ~np.isnan(elapsed)
        if both.sum() < LEAST_UNITS or np.ptp(elapsed[both]) == 0:
            continue
        for per_day in (1.0, 24.0, 1440.0, 86_400.0, 1 / 7):
            same = float((np.abs(values[both] - elapsed[both] * per_day) <= 1.0).mean())
            spread = float(np.std(elapsed[both] * per_day))
            if same >= DURATION_SHARE and spread > 2.0:
                return "measured_at_end", same, f"is the time from the start to {name}: known only then"
    return None


def _likeness(column: Column, outcome: Floats) -> float | None:
    """Rank correlation of a column that has the same few values as the outcome; None for any other."""
    if column.kind != "number" or len(np.unique(outcome)) < 4:
        return None
    both = column.filled
    if both.sum() < LEAST_UNITS or not np.isin(np.unique(column.values[both]), np.unique(outcome)).all():
        return None
    return _rank_correlation(column.values[both], outcome[both])


def _is_twin(likeness: float | None, alike: Sequence[float | None]) -> float | None:
    """The correlation of a column that is the same attitude asked twice, not one of many ratings that a halo makes alike."""
    if likeness is None or abs(likeness) < TWIN_CORRELATION:
        return None
    sizes = [abs(other) for other in alike if other is not None]
    usual = float(np.median(sizes)) if len(sizes) >= 3 else 0.0
    return likeness if abs(likeness) >= min(usual + TWIN_DISTANCE, TWIN_CERTAIN) else None


def _rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's rank correlation with mean ranks for ties."""
    ranks = []
    for values in (left, right):
        _, position, counts = np.unique(values, return_inverse=True, return_counts=True)
        mean_rank = np.cumsum(counts) - (counts - 1) / 2
        ranks.append(mean_rank[position])
    if np.ptp(ranks[0]) == 0 or np.ptp(ranks[1]) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _empty_or_constant(column: Column, share_filled: float) -> Judgement:
    if share_filled <= 1 - EMPTY_SHARE:
        return "nearly_empty", 1 - share_filled, f"{1 - share_filled:.1%} of the units have no value"
    _, counts = np.unique(column.values[column.filled], return_counts=True)
    top = float(counts.max() / counts.sum())
    if top >= CONSTANT_SHARE:
        return "near_constant", top, f"{top:.2%} of the units have the same value"
    return None
