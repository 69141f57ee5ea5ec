"""All rows of a panel, made and added up where their parts are: on threads, or on the machines of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

from momot.designs.frame import Covariate
from momot.designs.landmarks import EVER, Span
from momot.designs.panel_part import ANSWER, OF_UNITS, TOUCHED, UNIT, Part
from momot.designs.panel_plan import Plan
from momot.designs.panel_rows import rows_of
from momot.designs.pieces import FEW_BUCKETS, Piece
from momot.designs.steps import PACKAGE
from momot.engine import Engine, step
from momot.progress import counted

T = TypeVar("T")

BLOCK_DAYS = 28
"""Landmarks become settled by so many days at once, counted from 1970: every weekday as often."""
LATE_DAYS = 7
"""Days by which records may be late without that any settled sum is made anew."""

Made = tuple[Piece, tuple[Covariate, ...]]
"""A piece with the columns of L that its values belong to."""


@dataclass(frozen=True, slots=True)
class _Summing(Generic[T]):
    """What is done with the table of one part: its rows are made piece by piece, and `add` has them all. Goes to where the part is."""

    plan: Plan
    add: Callable[[Iterator[Piece]], T]

    def __call__(self, table: pa.Table) -> T:
        there = Part.of(self.plan, table).within(self.plan.chosen)
        return self.add(rows_of(self.plan, part)[0] for part in there.pieces(self.plan))


@dataclass(frozen=True, slots=True)
class _Fetching:
    """The rows of one part themselves. Of a sample only: they come back."""

    plan: Plan
    keep: bool
    lost: bool

    def __call__(self, table: pa.Table) -> list[Made]:
        made = []
        for part in Part.of(self.plan, table).within(self.plan.chosen).pieces(self.plan):
            piece, covariates = rows_of(self.plan, part, keep=self.keep, lost=self.lost)
            made.append((piece, tuple(replace(covariate, values=np.zeros(0)) for covariate in covariates)))
        return made


@dataclass(frozen=True, slots=True)
class Settled:
    """Up to which period, included, the sums of a part are kept, and the digest of all that they follow from."""

    until: int
    digest: str


@dataclass(frozen=True, slots=True)
class Stretched(Generic[T]):
    """One part: `again` says that what was settled before still holds; `settled` is what is to be added to it, or to be kept instead.

    `open` is what is not settled yet.
    """

    part: int
    again: bool
    now: Settled
    settled: T | None
    open: T


@dataclass(frozen=True, slots=True)
class _Settling(Generic[T]):
    """What is done with one part whose sums are kept."""

    plan: Plan
    add: Callable[[Iterator[Piece]], T]
    until: int
    before: dict[int, Settled]

    def __call__(self, table: pa.Table) -> Stretched[T]:
        number, part = int(table["part"][0].as_py()), Part.of(self.plan, table)
        then = self.before.get(number)
        again = then is not None and part.digest(then.until, self.plan.reach) == then.digest
        if again and then is not None:
            after, until = then.until, max(then.until, self.until)
        else:
            after, until = EVER.after, self.until
        now = then if again and then is not None and until == after else Settled(until, part.digest(until, self.plan.reach))
        settled = self._added(part, Span(after, until)) if until > after else None
        return Stretched(number, again, now, settled, self._added(part, Span(until, EVER.until)))

    def _added(self, part: Part, span: Span) -> T:
        there = part.within(span)
        return self.add(rows_of(self.plan, piece, span=span)[0] for piece in there.pieces(self.plan))


def settled_until(plan: Plan) -> int:
    """The last period whose rows nothing can change that is yet to come, but for what comes more than `LATE_DAYS` late; ends a block."""
    block = max(BLOCK_DAYS // plan.step, 1)
    return (plan.end - plan.reach - -(-LATE_DAYS // plan.step) + 1) // block * block - 1


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of a plan on an engine."""

    engine: Engine
    plan: Plan
    kept: Path | None = None  # where its sums are kept from run to run

    def settling(self, add: Callable[[Iterator[Piece]], T], before: Mapping[int, Settled]) -> Iterator[Stretched[T]]:
        """As `sums`, but rows that nothing that is still to come can change apart, and only those that are not settled `before`."""
        until = settled_until(self.plan)
        yield from self.engine.sums(rows_sql(self.plan), "part", _Settling(self.plan, add, until, dict(before)))

    def sums(self, add: Callable[[Iterator[Piece]], T]) -> Iterator[T]:
        """What `add` makes of the pieces of each part, in the order of parts, the same each time."""
        found = self.engine.sums(rows_sql(self.plan), "part", _Summing(self.plan, add))
        return counted(found, of=self.plan.parts, unit="parts")

    def sample(self, chosen: str, *, keep: bool = False, lost: bool = False) -> list[Made]:
        """The rows of the units for which `chosen` holds, SQL with {unit} for their number; flags as those of `panel_rows.rows_of`."""
        found = self.engine.sums(rows_sql(self.plan, chosen, parts=1), "part", _Fetching(self.plan, keep, lost))
        return [made for part in found for made in part]


def rows_sql(plan: Plan, chosen: str = "true", *, parts: int | None = None) -> str:
    """SQL: all that the rows of a panel are made of, in one table whose rows are of several kinds.

    Grain by `kind`: a unit; a unit's touched period; an answer. What numbers are in i0, i1, … and x0, x1, … depends on the kind.
    """
    counted = plan.counted
    codes = sum(place is not None for _, place in plan.segments)
    wide = max(len(OF_UNITS) + codes, len(counted))
    values = max(len(plan.attributes), 1 if plan.heard else 0)
    part = f"CAST(floor(u.bucket % {FEW_BUCKETS} * {parts or plan.parts} / {FEW_BUCKETS}) AS INTEGER)"

    def of(source: str, kind: int, period: str, numbers: list[str], doubles: list[str]) -> str:
        numbers = [f"CAST({one} AS BIGINT) AS i{place}" for place, one in enumerate([*numbers, *["NULL"] * (wide - len(numbers))])]
        doubles = [f"CAST({one} AS DOUBLE) AS x{place}" for place, one in enumerate([*doubles, *["NULL"] * (values - len(doubles))])]
        columns = ", ".join([f"CAST({period} AS BIGINT) AS period", *numbers, *doubles])
        return f"SELECT {part} AS part, CAST({kind} AS INTEGER) AS kind, CAST(u.unit AS BIGINT) AS unit, {columns} FROM {source}"

    units = f"(SELECT * FROM {plan.table} WHERE {chosen.replace('{unit}', 'unit')}) u"
    days = step(
        PACKAGE,
        "panel_days",
        unit=plan.unit,
        step=plan.step,
        bits=plan.bits_name,
        moment=plan.moment,
        columns="".join(f", {sql} AS {name}" for name, sql in counted.items()),
        sampled=chosen.replace("{unit}", plan.unit),
    )
    attributes = [f"u.attribute_{number}" for number in range(len(plan.attributes))]
    selects = [
        of(units, UNIT, "u.first", [*(f"u.{name}" for name in OF_UNITS), *(f"u.segment_{code}" for code in range(codes))], attributes),
        of(f"({days}) d JOIN {units} ON u.unit = d.unit", TOUCHED, "d.period", [f"d.{name}" for name in counted], []),
    ]
    selects += [
        of(f"({heard.sql}) a JOIN {units} ON u.unit = a.unit", ANSWER + number, "a.period", ["a.given_at"], ["a.value"])
        for number, heard in enumerate(plan.heard)
    ]
    return " UNION ALL ".join(selects)
