"""What a panel follows, row by row: outcomes within their horizons, in windows, before the touch; and who could have them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from momot.designs.frame import Codes, Floats, Integers
from momot.designs.panel_plan import PROBES
from momot.designs.panel_sources import Source
from momot.designs.panel_stretch import Stretch
from momot.designs.panel_windows import answered_in, counted_in, on_rows, reached
from momot.designs.pieces import Patterns
from momot.stats.timeline import bounds, window_sum

Flags = npt.NDArray[np.bool_]


def outcomes(stretch: Stretch) -> tuple[Floats, Patterns]:
    """Every outcome (n, outcomes), 0 where it is not measured, and the patterns of those that are (n,)."""
    plan, day, known = stretch.plan, stretch.marks.line.day, stretch.known
    found = np.zeros((len(stretch), len(plan.outcomes)))
    measured: Patterns = np.zeros(len(stretch), dtype=np.uint64)
    column = 0
    for source in plan.sources:
        can = _eligible(stretch, source)
        for days in source.horizons:
            ahead = max(1, round(days / plan.step))
            values, there = _value(stretch, source, ahead)
            there &= can & (day + ahead <= known)
            found[there, column] = values[there]
            measured[there] |= np.uint64(1 << column)
            column += 1
    return found, measured


def windows(stretch: Stretch, measured: Flags) -> tuple[csr_matrix, Flags]:
    """What happened or was answered in each window (n, windows), and which rows are followed through the last."""
    plan, marks = stretch.plan, stretch.marks
    followed = np.zeros(len(stretch), dtype=np.bool_)
    if not plan.edges:
        return csr_matrix((len(stretch), 0)), followed
    can = marks.at_risk & (marks.line.day + plan.edges[-1] <= stretch.known)
    rows = np.flatnonzero(can if plan.patient else can & measured)
    ends = reached(marks.line, plan.edges, rows) if any(source.stream is not None for source in plan.sources) else ()
    parts: list[csr_matrix] = []
    done: dict[tuple[int, bool], csr_matrix] = {}
    for source in plan.sources:
        if source.stream is None:
            name = str(source.answers)
            row_keys, answer_keys, _ = stretch.keys(name)
            found = answered_in(row_keys[rows], answer_keys, stretch.part.answers[name].value, plan.edges)
            followed[rows] = np.diff(found.indptr) > 0  # answers have a panel of their own
            if source.outcome.as_ == "shift":
                before = stretch.earlier(name)[rows]
                followed[rows] &= ~np.isnan(before)
                found.data -= np.repeat(np.nan_to_num(before), np.diff(found.indptr))
        else:
            number = plan.streams.index(source.stream)
            money = source.outcome.value is True
            if (number, money) not in done:  # several outcomes may be of one activity
                amount = stretch.spread(f"money_{number}") if money else stretch.streams[number].happened
                done[number, money] = counted_in(amount, ends, whether=not money)
                done[number, money].data /= plan.money if money else 1.0
            found = done[number, money]
            followed[rows] = True
        parts.append(found)
    return on_rows(csr_matrix(hstack(parts)), rows, len(stretch)), followed


def could(stretch: Stretch, codes: Sequence[Codes]) -> tuple[tuple[Floats, ...], float]:
    """By exposure and state the weight of the rows that an answer could have followed, and of those without an earlier one."""
    plan, marks = stretch.plan, stretch.marks
    source = next((source for source in plan.sources if source.stream is None), None)
    if source is None:
        return (), 0.0
    ahead = max(1, round(source.horizons[0] / plan.step))
    can = marks.at_risk & (marks.line.day + ahead <= stretch.known) & _eligible(stretch, source)
    heard = can & ~np.isnan(stretch.earlier(str(source.answers))) if source.outcome.as_ == "shift" else can
    rows = np.flatnonzero(heard)
    found = tuple(
        np.bincount(code[rows], weights=marks.weight[rows], minlength=len(moment.exposure.states)).astype(np.float64)
        for moment, code in zip(plan.moments, codes, strict=True)
    )
    return found, float(marks.weight[can].sum() - marks.weight[heard].sum())


def lost_rows(stretch: Stretch) -> Flags:
    """Rows that could have some outcome, and whose unit's own observation ended within the horizon while the records go on."""
    plan, day, known = stretch.plan, stretch.marks.line.day, stretch.known
    found = np.zeros(len(stretch), dtype=np.bool_)
    for source in plan.sources:
        due = day + max(1, round(source.horizons[0] / plan.step))
        found |= (due > known) & (due <= plan.end) & _eligible(stretch, source)
    return found


def probes(stretch: Stretch) -> Floats:
    """What tells whether an effect can be trusted (n, probes): see `pieces.Probe`."""
    plan, line = stretch.plan, stretch.marks.line
    found = []
    for source in plan.sources:
        if source.stream is None:
            continue
        happened = stretch.happened(source.stream)
        for name, (low, high) in PROBES.items():
            window = bounds(line, -(-low // plan.step), high // plan.step)
            value = _counted(stretch, source, window) if name in ("pre_period", "earlier") else window_sum(happened, window) > 0
            found.append(value.astype(np.float64))
    return np.stack(found, axis=1) if found else np.zeros((len(line), 0))


def _eligible(stretch: Stretch, source: Source) -> Flags:
    """Who can have the outcome at the landmark: did what makes eligible, or, where its absence is asked for, is still there."""
    line = stretch.marks.line
    can = np.ones(len(line), dtype=np.bool_)
    if source.eligible is not None:
        can &= window_sum(stretch.happened(source.eligible), bounds(line, -1_000_000, 0)) > 0
    if source.outcome.absent and source.stream is not None:
        back = max(1, round(source.horizons[0] / stretch.plan.step))
        can &= window_sum(stretch.happened(source.stream), bounds(line, 1 - back, 0)) > 0
    return can


def _value(stretch: Stretch, source: Source, ahead: int) -> tuple[Floats, Flags]:
    """The outcome within `ahead` periods after each row, and where there is one."""
    if source.stream is not None:
        return _counted(stretch, source, bounds(stretch.marks.line, 1, ahead)), np.ones(len(stretch), dtype=np.bool_)
    name = str(source.answers)
    row_keys, answer_keys, reach = stretch.keys(name)
    following = np.searchsorted(answer_keys, row_keys, side="right")
    there = following < len(answer_keys)
    there[there] &= answer_keys[following[there]] <= row_keys[there] + min(ahead, reach)
    values = np.zeros(len(row_keys))
    values[there] = stretch.part.answers[name].value[following[there]]
    if source.outcome.as_ == "shift":
        before = stretch.earlier(name)
        values -= np.nan_to_num(before)
        there &= ~np.isnan(before)
    return values, there


def _counted(stretch: Stretch, source: Source, window: tuple[Integers, Integers]) -> Floats:
    """What an outcome's stream amounts to in each row's window: money, whether it happened, or that it did not."""
    number = stretch.plan.streams.index(source.stream) if source.stream is not None else 0
    if source.outcome.value is True:
        return window_sum(stretch.spread(f"money_{number}"), window) / stretch.plan.money
    happened = window_sum(stretch.streams[number].happened, window) > 0
    return (~happened if source.outcome.absent else happened).astype(np.float64)
