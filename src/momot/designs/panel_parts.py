"""All rows of a panel, made and added up where their parts are: on threads, or on the machines of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

from momot.designs.frame import Covariate
from momot.designs.panel_part import ANSWER, OF_UNITS, TOUCHED, UNIT, Part
from momot.designs.panel_plan import Plan
from momot.designs.panel_rows import rows_of
from momot.designs.pieces import FEW_BUCKETS, Piece
from momot.designs.steps import PACKAGE
from momot.engine import Engine, step
from momot.progress import counted

T = TypeVar("T")

Made = tuple[Piece, tuple[Covariate, ...]]
"""A piece with the columns of L that its values belong to."""


@dataclass(frozen=True, slots=True)
class _Summing(Generic[T]):
    """What is done with the table of one part: its rows are made piece by piece, and `add` has them all. Goes to where the part is."""

    plan: Plan
    add: Callable[[Iterator[Piece]], T]

    def __call__(self, table: pa.Table) -> T:
        return self.add(rows_of(self.plan, part)[0] for part in Part.of(self.plan, table).pieces(self.plan))


@dataclass(frozen=True, slots=True)
class _Fetching:
    """The rows of one part themselves. Of a sample only: they come back."""

    plan: Plan
    keep: bool
    lost: bool

    def __call__(self, table: pa.Table) -> list[Made]:
        made = []
        for part in Part.of(self.plan, table).pieces(self.plan):
            piece, covariates = rows_of(self.plan, part, keep=self.keep, lost=self.lost)
            made.append((piece, tuple(replace(covariate, values=np.zeros(0)) for covariate in covariates)))
        return made


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of a plan on an engine."""

    engine: Engine
    plan: Plan

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
