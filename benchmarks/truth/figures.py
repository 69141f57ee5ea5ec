"""Scores of many seeds as the figures that are published: one row a world, outcome and method, and one over all outcomes of a run."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.truth.asked import Cost
from benchmarks.truth.scores import Interval, Score
from benchmarks.truth.shares import Share, share

ALL = "all together"


@dataclass(frozen=True, slots=True)
class Covered:
    """Intervals of one kind: how many hold the truth, their median width, and how large the truth's own error is beside it."""

    coverage: Share
    width: float | None
    truth_error: float | None  # median of the truth's standard error over half the interval's width


@dataclass(frozen=True, slots=True)
class Figure:
    """One method on one outcome of a world, over its seeds.

    `precision`: of what was found, what changes the outcome. `worst`: the lowest precision of a seed. `recall`: of what matters, what was
    found; `recall_detectable`: of what is above the effect that the method says it could detect. `any_false`: seeds with a false finding.
    `labels`: right among the named. `wrong_sign`: significant intervals on the wrong side, of those whose effect matters. What it took is
    told of all outcomes together, or of the only one.
    """

    world: str
    outcome: str
    method: str
    seeds: int
    precision: Share
    worst: float | None
    recall: Share
    recall_detectable: Share
    any_false: Share
    labels: Share
    untested: int
    unmatched: int
    true_presence: Covered
    null_presence: Covered
    true_quality: Covered
    null_quality: Covered
    wrong_sign: int
    signed: int  # intervals whose effect is no null
    relative: float | None = None  # median width over that of a regression that sees everything
    half_life_error: float | None = None  # median, relative to the planted one
    half_lives: Share | None = None  # whose interval or bound holds the planted one
    by_segment: Share | None = None  # intervals within one segment that hold the truth
    apart: Share | None = None  # of the moments that differ between segments, those said to differ
    alike: Share | None = None  # of those that change nothing anywhere, those said to differ
    turned: Share | None = None  # of those with opposite signs, those said to have them
    cpu_seconds: float | None = None  # median of a world, all outcomes
    peak_mb: float | None = None  # the most of any world

    @property
    def kinds(self) -> tuple[Covered, Covered, Covered, Covered]:
        """The four kinds of intervals, in the order of the table."""
        return (self.true_presence, self.null_presence, self.true_quality, self.null_quality)


def figures(scores: Sequence[Score], costs: Sequence[tuple[str, Cost]] = ()) -> list[Figure]:
    """Figures in the order of worlds, outcomes and methods as they were scored; each world closes with all its outcomes together.

    `costs` are of worlds: (world, what a method took).
    """
    rows = []
    for world in dict.fromkeys(score.world for score in scores):
        here = [score for score in scores if score.world == world]
        methods = list(dict.fromkeys(score.method for score in here))
        outcomes = list(dict.fromkeys(score.outcome for score in here))
        for outcome in outcomes:
            rows += [
                _figure(outcome, [s for s in here if s.outcome == outcome and s.method == method])
                for method in methods
                if _any(here, outcome, method)
            ]
        for method in methods:
            mine = [score for score in here if score.method == method]
            answered = {score.outcome for score in mine}
            if len(answered) > 1:
                rows.append(_figure(ALL, mine))
            whole = ALL if len(answered) > 1 else next(iter(answered))
            rows = [_with_cost(row, costs) if (row.world, row.method, row.outcome) == (world, method, whole) else row for row in rows]
    return rows


def _with_cost(row: Figure, costs: Sequence[tuple[str, Cost]]) -> Figure:
    mine = [cost for world, cost in costs if world == row.world and cost.method == row.method]
    if not mine:
        return row
    peaks = [cost.peak_mb for cost in mine if cost.peak_mb is not None]
    return replace(row, cpu_seconds=statistics.median(cost.cpu_seconds for cost in mine), peak_mb=max(peaks, default=None))


def shown(rows: Sequence[Figure]) -> list[Figure]:
    """The figures of a page: every method over all outcomes of a world together (or its only one), and momot's own on each outcome."""
    several = {(row.world, row.method) for row in rows if row.outcome == ALL}
    return [row for row in rows if row.outcome == ALL or (row.world, row.method) not in several or row.method == "momot"]


def _any(scores: Sequence[Score], outcome: str, method: str) -> bool:
    return any(score.outcome == outcome and score.method == method for score in scores)


def _figure(outcome: str, scores: Sequence[Score]) -> Figure:
    by_seed = [[score for score in scores if score.seed == seed] for seed in dict.fromkeys(score.seed for score in scores)]

    def total(group: Sequence[Score], name: str) -> int:
        return sum(getattr(score, name) or 0 for score in group)

    def ratio(hits: str, *of: str) -> Share:
        return share([(total(group, hits), sum(total(group, name) for name in of)) for group in by_seed])

    precisions = [total(g, "right") / found for g in by_seed if (found := total(g, "right") + total(g, "false"))]
    intervals = [(score.seed, interval) for score in scores for interval in score.intervals]
    true = [interval for _, interval in intervals if not interval.null]
    return Figure(
        world=scores[0].world,
        outcome=outcome,
        method=scores[0].method,
        seeds=len(by_seed),
        precision=ratio("right", "right", "false"),
        worst=min(precisions, default=None),
        recall=ratio("right", "matter"),
        recall_detectable=ratio("detected", "detectable"),
        any_false=share([(int(total(group, "false") > 0), 1) for group in by_seed]),
        labels=ratio("named_right", "named"),
        untested=sum(score.untested for score in scores),
        unmatched=sum(score.unmatched for score in scores),
        true_presence=_covered(intervals, "presence", null=False),
        null_presence=_covered(intervals, "presence", null=True),
        true_quality=_covered(intervals, "quality", null=False),
        null_quality=_covered(intervals, "quality", null=True),
        wrong_sign=sum(interval.wrong_sign for interval in true),
        signed=len(true),
        relative=_median(interval.relative for _, interval in intervals),
        half_life_error=_median(one.error for score in scores for one in score.half_lives),
        half_lives=share([_counted(one.covered for score in group for one in score.half_lives) for group in by_seed]),
        **_segments(by_seed),
        by_segment=share([_counted(one.covered for score in group for one in score.by_segment) for group in by_seed]),
    )


def _segments(by_seed: Sequence[Sequence[Score]]) -> dict[str, Share | None]:
    told = [[score.segments for score in group if score.segments is not None] for group in by_seed]

    def of(name: str) -> Share:
        return share([(sum(getattr(s, f"{name}_found") for s in group), sum(getattr(s, name) for s in group)) for group in told])

    return {name: of(name) if any(told) else None for name in ("apart", "alike", "turned")}


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _counted(flags: Iterable[bool]) -> tuple[int, int]:
    found = list(flags)
    return sum(found), len(found)


def _covered(intervals: Sequence[tuple[int, Interval]], kind: str, *, null: bool) -> Covered:
    mine = [(seed, interval) for seed, interval in intervals if interval.kind == kind and interval.null == null]
    by_seed = [[interval.covered for seed, interval in mine if seed == one] for one in dict.fromkeys(seed for seed, _ in mine)]
    wide = [interval for _, interval in mine if interval.width > 0]
    return Covered(
        coverage=share([(sum(covered), len(covered)) for covered in by_seed]),
        width=statistics.median(interval.width for interval in wide) if wide else None,
        truth_error=statistics.median(2 * interval.error / interval.width for interval in wide) if wide else None,
    )
