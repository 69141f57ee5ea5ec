"""A panel by segment: one more pass over its rows, each row dealt to the value it belongs to (EFFECTS.md 1.8).

Every value is a panel of its own, laid out on its own part of the pilot: who is touched and what follows may depend on the past in
another way for other people. Where each touch has the value (its channel), the touches are divided instead of the people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from momot.designs.frame import Frame
from momot.designs.pieces import Panel, Piece, RowSegment, Split
from momot.effects.panel import column_estimates, lacking_of
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_layout import plan
from momot.effects.panel_sums import gather, gather_shares
from momot.effects.segments import LEAST_UNITS, Segments, differences, regrouped

By = tuple[str, Segments]
"""The name of a segment with what was found by it."""


@dataclass(frozen=True, slots=True)
class _Share:
    """The rows of one value of one segment as a panel."""

    segment: int
    label: str
    code: int
    panel: Panel


@dataclass(frozen=True, slots=True)
class _ByValue:
    """Deals the rows of a piece that have a `main` outcome out to the values (segment, code) that they belong to."""

    values: tuple[tuple[int, int], ...]
    main: np.uint64

    def __call__(self, piece: Piece) -> Iterator[tuple[int, Piece]]:
        measured = (piece.measured & self.main) > 0
        for number, (segment, code) in enumerate(self.values):
            rows = np.flatnonzero((piece.segments[segment] == code) & measured)
            if len(rows):
                yield number, piece.some(rows, outcomes=self.main)


def estimate_by_segment(panel: Panel, frames: dict[str, Frame], *, unit_of: dict[str, str]) -> dict[str, tuple[By, ...]]:
    """What was found by each segment of a panel, for every question (its main horizon), in the order in which segments were asked for."""
    with threadpool_limits(limits=1, user_api="blas"):
        found = {question.id: list[By]() for question in panel.questions}
        _by_rows(panel, frames, unit_of, found)
        for split in panel.splits:
            _by_touches(panel, split, frames, unit_of, found)
    return {question: tuple(segments) for question, segments in found.items()}


def _by_rows(panel: Panel, frames: dict[str, Frame], unit_of: dict[str, str], found: dict[str, list[By]]) -> None:
    shares = [share for number, segment in enumerate(panel.segments) for share in _shares(panel, number, segment)]
    if not panel.segments:
        return
    layouts = [plan(share.panel) for share in shares]
    buckets = min(layout.buckets for layout in layouts)
    main = np.uint64(sum(1 << question.columns[0] for question in panel.questions))

    deal = _ByValue(tuple((share.segment, share.code) for share in shares), main)
    gathered = gather_shares(panel.pieces, layouts, deal, buckets=buckets)
    for question in panel.questions:
        for number, segment in enumerate(panel.segments):
            mine = [(share, sums) for share, sums in zip(shares, gathered, strict=True) if share.segment == number]
            found[question.id].append((segment.name, _answered(question.id, segment, mine, frames, unit_of)))


def _answered(
    question: str, segment: RowSegment, shares: Sequence[tuple[_Share, Gathered]], frames: dict[str, Frame], unit_of: dict[str, str]
) -> Segments:
    by_value = {}
    for share, sums in shares:
        asked = next(one for one in share.panel.questions if one.id == question)
        column = asked.columns[0]
        if sums.tallies[column].everybody < LEAST_UNITS or lacking_of(sums.tallies[column]) is not None:
            continue
        frame = replace(frames[question], exposures=share.panel.exposures, covariates=share.panel.covariates)
        by_value[share.label] = column_estimates(share.panel, asked, frame, sums, column, unit_of[question], checked=True)
    left_out = tuple(label for label in segment.labels if label not in by_value)
    return Segments(by_value, differences(by_value), left_out)


def _shares(panel: Panel, number: int, segment: RowSegment) -> Iterator[_Share]:
    """The values that have rows and units enough in the pilot to be laid out."""
    codes = panel.pilot.segments[number]
    everybody = max(len(np.unique(panel.pilot.unit)), 1)
    for code, label in enumerate(segment.labels):
        rows = np.flatnonzero(codes == code)
        units = round(panel.units * len(np.unique(panel.pilot.unit[rows])) / everybody)
        if units >= LEAST_UNITS:
            yield _Share(number, label, code, _restricted(panel, rows, units))


def _restricted(panel: Panel, rows: np.ndarray[tuple[int], np.dtype[np.intp]], units: int) -> Panel:
    pilot = panel.pilot.some(rows)
    return replace(
        panel,
        pilot=pilot,
        covariates=tuple(replace(one, values=values) for one, values in zip(panel.covariates, pilot.values, strict=True)),
        exposures=tuple(replace(one, codes=codes) for one, codes in zip(panel.exposures, pilot.codes, strict=True)),
        units=units,
        segments=(),
        splits=(),
    )


def _by_touches(panel: Panel, split: Split, frames: dict[str, Frame], unit_of: dict[str, str], found: dict[str, list[By]]) -> None:
    layout = plan(split.panel)
    sums = gather(split.panel.pieces, layout)
    for question in split.panel.questions:
        column = question.columns[0]
        if lacking_of(sums.tallies[column]) is not None:
            continue
        frame = replace(frames[question.id], exposures=split.panel.exposures, covariates=split.panel.covariates)
        estimates = column_estimates(split.panel, question, frame, sums, column, unit_of[question.id], checked=True)
        found[question.id].append((split.name, regrouped(estimates, split.of, split.label, len(panel.exposures))))
