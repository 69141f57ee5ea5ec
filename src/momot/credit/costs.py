"""What touches cost and what people bring, from the canonical tables: sums, and the numbers that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.build.interaction_rows import minor_units
from momot.designs.panel_sources import unit_sql
from momot.designs.period import ALWAYS, Period
from momot.designs.span import LEAST_DAYS, MONTH_DAYS
from momot.engine import Engine, step
from momot.journeys.lives import watch
from momot.journeys.measure import MICROS_A_DAY
from momot.project.schema import ProjectFile
from momot.stats.intervals import Interval
from momot.stats.jackknife import jackknife

Floats = npt.NDArray[np.float64]

_PACKAGE = "momot.credit"
QUIET_DAYS = 90.0
"""Without an outcome of absence: how long after a purchase the next one is waited for."""
PERIOD_DAYS = 30.0
_PAID_BY = """SELECT a.activity FROM activities a
 JOIN (SELECT DISTINCT activity_id FROM journeys WHERE value_minor > 0) j ON j.activity_id = a.activity_id ORDER BY a.activity"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the touches of one moment cost, in units of the currency. `met`: different units (persons, accounts) and days with a touch."""

    touches: int
    met: int
    cost: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What people who pay bring, money in units of the currency; None where it can't be told.

    `again`: share of purchases followed by another within `quiet_days`, of those observed so long. `kept`: money of one more purchase and
    of those that follow it, purchase / (1 - again). `a_month`: money per person and 30 days, from their first purchase to `quiet_days`
    after the last.
    """

    people: int
    purchases: int
    quiet_days: float
    purchase: Interval | None
    again: Interval | None
    kept: Interval | None
    a_month: Interval | None
    acquisition: Interval | None
    acquired: int  # people whose acquisition cost is known


@dataclass(frozen=True, slots=True)
class Costs:
    """Everything recorded about money. `months` None: less than a week of records. `spent` by unit of the outcome, then by moment."""

    currency: str
    months: float | None
    spent: dict[str, dict[str, Spent]]
    paid_by: frozenset[str]  # activities that bring money
    worth: Worth | None


def gather_costs(project: ProjectFile, engine: Engine, *, units: frozenset[str], period: Period = ALWAYS) -> Costs | None:
    """What is recorded of costs and values; None where nothing is. `units`: the outcomes' `per`, person or account.

    Touches and their costs are those of the period; what people bring is told from all records, which a period would cut short.
    """
    declared = any(block.cost is not None for block in project.interactions)
    valued = any(block.value is not None for block in project.interactions)
    if not declared and not valued:
        return None
    watch(engine, journeys="journeys", people="people", opinions="opinions")
    factor = float(minor_units(project.currency))
    inside = period.days_sql("j.day")
    first, last = engine.row(f"SELECT min(j.day), max(j.day) FROM journeys j WHERE {inside}")
    days = 0 if first is None else last - first + 1
    return Costs(
        currency=project.currency or "money",
        months=days / MONTH_DAYS if days >= LEAST_DAYS else None,
        spent={per: _spent(engine, per, factor, inside) for per in sorted(units)} if declared else {},
        paid_by=frozenset(name for (name,) in engine.rows(_PAID_BY)) if valued else frozenset(),
        worth=_worth(engine, _quiet_days(project), factor) if valued else None,
    )


def _spent(engine: Engine, per: str, factor: float, inside: str) -> dict[str, Spent]:
    names = dict(engine.rows("SELECT moment_id, moment FROM moments"))
    found = engine.rows(step(_PACKAGE, "spent", unit=unit_sql(per), inside=inside))
    return {names[moment]: Spent(int(touches), int(met), float(cost) / factor) for moment, touches, met, cost in sorted(found)}


def _quiet_days(project: ProjectFile) -> float:
    """How long without a purchase is gone: what the project calls so, else three months."""
    declared = [one.within_days for one in project.outcomes if one.absent and one.within_days]
    return max(declared) if declared else QUIET_DAYS


def _worth(engine: Engine, quiet_days: float, factor: float) -> Worth | None:
    found = engine.rows(step(_PACKAGE, "worth", quiet=int(quiet_days * MICROS_A_DAY)))
    if not found:
        return None
    sums = np.array([[float(value) for value in one[1:]] for one in found])  # without the bucket's number
    return worth_of(sums / np.array([1, factor, 1, 1, 1, MICROS_A_DAY * PERIOD_DAYS, factor, 1]), quiet_days)


def worth_of(sums: Floats, quiet_days: float) -> Worth:
    """From sums by bucket of people (buckets, 8): people, money, paid, followed, again, periods active, acquisition cost, people costed."""
    total = sums.sum(axis=0)
    return Worth(
        people=int(total[0]),
        purchases=int(total[2]),
        quiet_days=quiet_days,
        purchase=jackknife(sums, lambda s: float(s[1] / s[2])),
        again=jackknife(sums, lambda s: float(s[4] / s[3])),
        kept=jackknife(sums, lambda s: float(s[1] / s[2] / (1.0 - s[4] / s[3]))) if 0 < total[4] < total[3] else None,
        a_month=jackknife(sums, lambda s: float(s[1] / s[5])),
        acquisition=jackknife(sums, lambda s: float(s[6] / s[7])) if total[7] else None,
        acquired=int(total[7]),
    )
