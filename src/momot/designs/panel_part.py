"""One part of a panel: some units with what is known of them, their touched periods and their answers, as arrays."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from momot.designs.columns import read_column
from momot.designs.frame import Codes, Floats, Integers
from momot.designs.landmarks import Span, Units
from momot.designs.outcomes import scored
from momot.designs.panel_plan import PIECE_ROWS, Heard, Plan
from momot.engine.arrays import integers

UNIT, TOUCHED, ANSWER = 0, 1, 2
"""What a row of a part's table is: a unit, a touched period of one, or (from `ANSWER` on, a number an instrument) an answer."""
OF_UNITS = ("first", "last", "known", "bucket", "interactions", "members")


@dataclass(frozen=True, slots=True)
class Answers:
    """Dated values in the order of unit and period, each (n,)."""

    unit: Integers
    period: Integers
    value: Floats


@dataclass(frozen=True, slots=True)
class Part:
    """Units in the order of their number; `attributes` and `segments` (units,) each; touched periods (m,) in the order of unit and period.

    `counted` (m,) each are the columns of `Plan.counted`; `answers` by instrument or fact.
    """

    units: Units
    attributes: tuple[Floats, ...]
    segments: tuple[Codes, ...]
    unit: Integers
    period: Integers
    counted: dict[str, Integers]
    answers: dict[str, Answers]

    @classmethod
    def of(cls, plan: Plan, table: pa.Table) -> Part:
        """From the rows of a part, in any order (see `panel_parts.rows_sql`)."""
        table = table.combine_chunks()
        kind, unit, period = (integers(table[name]) for name in ("kind", "unit", "period"))
        order = np.lexsort((period, unit, kind))
        ends = np.searchsorted(kind[order], np.arange(ANSWER + len(plan.heard) + 1))

        def numbers(rows: Integers, place: int) -> Integers:
            return integers(table[f"i{place}"].take(pa.array(rows)))

        def values(rows: Integers, place: int) -> Floats:
            return read_column("value", table[f"x{place}"].take(pa.array(rows))).values

        mine, touched = order[ends[UNIT] : ends[TOUCHED]], order[ends[TOUCHED] : ends[ANSWER]]
        known = dict(zip(OF_UNITS, (numbers(mine, place) for place in range(len(OF_UNITS))), strict=True))
        places = sorted(place for _, place in plan.segments if place is not None)
        return cls(
            units=Units(unit[mine], known.pop("bucket").astype(np.int16), **known),
            attributes=tuple(values(mine, place) for place in range(len(plan.attributes))),
            segments=tuple(numbers(mine, len(OF_UNITS) + place).astype(np.int16) for place in places),
            unit=unit[touched],
            period=period[touched],
            counted={name: numbers(touched, place) for place, name in enumerate(plan.counted)},
            answers={
                heard.name: _answers(
                    heard, unit, period, values(rows := order[ends[ANSWER + n] : ends[ANSWER + n + 1]], 0), numbers(rows, 0), rows
                )
                for n, heard in enumerate(plan.heard)
            },
        )

    def within(self, span: Span) -> Part:
        """The units that are at risk in a span."""
        kept = (self.units.last > span.after) & (self.units.first <= span.until)
        if kept.all():
            return self
        units = self.units.some(kept)
        touched = np.isin(self.unit, units.unit)
        answers = {}
        for name, one in self.answers.items():
            rows = np.isin(one.unit, units.unit)
            answers[name] = Answers(one.unit[rows], one.period[rows], one.value[rows])
        return replace(
            self,
            units=units,
            attributes=tuple(values[kept] for values in self.attributes),
            segments=tuple(codes[kept] for codes in self.segments),
            unit=self.unit[touched],
            period=self.period[touched],
            counted={name: values[touched] for name, values in self.counted.items()},
            answers=answers,
        )

    def digest(self, until: int, reach: int) -> str:
        """Of all that rows up to the period `until` follow from, which look at no more than `reach` periods after their own."""
        units, end = self.units, until + reach
        there = units.first <= until
        known: list[npt.NDArray[Any]] = [
            units.unit,
            units.bucket,
            units.first,
            np.minimum(units.last, until),
            np.minimum(units.known, end),
            units.members,
        ]
        touched = self.period <= end
        known += self.attributes
        parts = [values[there] for values in known]
        parts += [values[touched] for values in (self.unit, self.period, *self.counted.values())]
        for one in self.answers.values():
            rows = one.period <= end
            parts += [one.unit[rows], one.period[rows], one.value[rows]]
        found = hashlib.blake2b(digest_size=16)
        for values in parts:
            found.update(str(len(values)).encode())
            found.update(np.ascontiguousarray(values).tobytes())
        return found.hexdigest()

    def pieces(self, plan: Plan) -> Iterator[Part]:
        """The part cut between units where about `PIECE_ROWS` rows are together."""
        rows = np.cumsum(self.units.rows(plan.every))
        count = max(round(int(rows[-1]) / PIECE_ROWS), 1) if len(rows) else 0
        cuts = np.searchsorted(rows, rows[-1] * np.arange(1, count) / count) if count > 1 else []
        edges = np.unique([0, *cuts, len(rows)]).tolist()
        for low, high in itertools.pairwise(edges):
            yield self if high - low == len(rows) else self._some(low, high)

    def _some(self, low: int, high: int) -> Part:
        """The units from position `low` to `high`, exclusive."""
        ends = self.units.unit[[low, high - 1]] + [0, 1]
        touched = slice(*np.searchsorted(self.unit, ends))
        answers = {}
        for name, one in self.answers.items():
            rows = slice(*np.searchsorted(one.unit, ends))
            answers[name] = Answers(one.unit[rows], one.period[rows], one.value[rows])
        return replace(
            self,
            units=self.units.some(slice(low, high)),
            attributes=tuple(values[low:high] for values in self.attributes),
            segments=tuple(codes[low:high] for codes in self.segments),
            unit=self.unit[touched],
            period=self.period[touched],
            counted={name: values[touched] for name, values in self.counted.items()},
            answers=answers,
        )


def _answers(heard: Heard, unit: Integers, period: Integers, values: Floats, at: Integers, rows: Integers) -> Answers:
    """Answers in the order of their time: several may fall into one period."""
    order = np.lexsort((values, at, unit[rows]))
    values = values[order]
    if heard.outcome is not None:
        values = scored(heard.outcome, values, heard.scale)
    return Answers(unit[rows][order], period[rows][order], values)
