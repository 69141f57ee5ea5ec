"""A part of a panel laid out along its landmarks: what happened and what was answered, looked up row by row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from momot.designs.frame import Floats, Integers
from momot.designs.history import Stream as Counted
from momot.designs.landmarks import EVER, Landmarks, Span, landmarks
from momot.designs.panel_part import Part
from momot.designs.panel_plan import Plan
from momot.designs.panel_sources import Stream


@dataclass(frozen=True, slots=True)
class Stretch:
    """The landmarks of a part's units; `streams` in the order of the plan, how often each happened in every row."""

    plan: Plan
    part: Part
    marks: Landmarks
    streams: tuple[Counted, ...]
    _last: dict[str, Integers] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, plan: Plan, part: Part, span: Span = EVER) -> Stretch:
        """The touched periods of a part merged with some of the others."""
        marks = landmarks(part.units, part.unit, part.period, every=plan.every, span=span)
        spread = (_spread(part.counted[f"happened_{number}"], marks.source) for number in range(len(plan.streams)))
        return cls(plan, part, marks, tuple(Counted(stream.name, values) for stream, values in zip(plan.streams, spread, strict=True)))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.marks.line)

    @property
    def known(self) -> Integers:
        """The last period whose outcomes are known of each row's unit, (n,)."""
        return self.part.units.known[self.marks.owner]

    def spread(self, name: str) -> Floats:
        """A column of the touched periods on all rows, 0 where quiet."""
        return _spread(self.part.counted[name], self.marks.source)

    def happened(self, stream: Stream) -> Floats:
        """How often something happened in each row (n,)."""
        return self.streams[self.plan.streams.index(stream)].happened

    def keys(self, name: str) -> tuple[Integers, Integers, int]:
        """Keys of rows and of the answers to `name` in which units are far apart, and how far a window may reach."""
        answers, day = self.part.answers[name], self.marks.line.day
        everything = np.concatenate([day, answers.period])
        base, reach = int(everything.min(initial=0)), int(np.ptp(everything)) + 1 if len(everything) else 1
        reach = max(reach, *self.plan.edges, 1)
        unit = self.part.units.unit[self.marks.owner]
        return unit * 4 * reach + day - base, answers.unit * 4 * reach + answers.period - base, reach

    def last_before(self, name: str) -> Integers:
        """The position of the last answer before each row's period, -1 where there is none, (n,)."""
        if name not in self._last:
            answers = self.part.answers[name]
            row_keys, answer_keys, _ = self.keys(name)
            last = np.searchsorted(answer_keys, row_keys, side="left") - 1
            unit = self.part.units.unit[self.marks.owner]
            mine = (last >= 0) & (answers.unit[np.maximum(last, 0)] == unit) if len(answer_keys) else last >= 0
            self._last[name] = np.where(mine, last, -1)
        return self._last[name]

    def earlier(self, name: str) -> Floats:
        """The last answer before each row's period, NaN where there is none, (n,)."""
        last, values = self.last_before(name), np.full(len(self), np.nan)
        values[last >= 0] = self.part.answers[name].value[last[last >= 0]]
        return values


def _spread(values: Integers, source: Integers) -> Floats:
    return np.where(source >= 0, values[source], 0).astype(np.float64) if len(values) else np.zeros(len(source))
