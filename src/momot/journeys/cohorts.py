"""Cohorts: buyers by the month of their first purchase, and who buys again in which month since."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from momot.build import Build
from momot.build.zone import day_sql
from momot.engine import Engine, step
from momot.journeys.contract import Cell, Cohort, Cohorts
from momot.journeys.lives import watch
from momot.stats.shares import wilson

_PACKAGE = "momot.journeys"
_EPOCH = date(1970, 1, 1)


def cohorts_of(build: Build) -> Cohorts:
    """The cohorts of a build. A cell is there for months that at least somebody was observed to the end of."""
    with build.engine() as engine:
        make_buyers(engine, build.manifest.timezone)
        followed = engine.rows("SELECT cohort, complete_until, count(*) FROM cohort_buyers GROUP BY ALL ORDER BY ALL")
        engine.table("bought_again", step(_PACKAGE, "bought_again", journeys="journeys"))
        counted = engine.rows("SELECT cohort, since, count(*) FROM bought_again GROUP BY cohort, since")
        again = {(cohort, since): people for cohort, since, people in counted}
    by_cohort: dict[int, dict[int, int]] = defaultdict(dict)
    for cohort, until, people in followed:
        by_cohort[cohort][until] = people
    return Cohorts(
        project=build.manifest.project,
        build=build.manifest.build,
        cohorts=tuple(_cohort(month, until, again) for month, until in sorted(by_cohort.items())),
    )


def make_buyers(engine: Engine, timezone: str) -> None:
    """The tables `watched`, `calendar` and `cohort_buyers`."""
    watch(engine, journeys="journeys", people="people", opinions="opinions")
    _register_months(engine)
    first, last = engine.row("SELECT coalesce(min(to_at), 0), coalesce(max(to_at), 0) FROM watched")
    end_day = day_sql(timezone, "w.to_at", first=int(first), last=int(last))
    engine.table("cohort_buyers", step(_PACKAGE, "cohort_buyers", journeys="journeys", end_day=end_day))


def _cohort(month: int, until: dict[int, int], again: dict[tuple[int, int], int]) -> Cohort:
    cells = []
    for since in range(max(until) - month + 1):
        n = sum(people for last, people in until.items() if last >= month + since)
        count = again.get((month, since), 0)
        low, high = wilson(count, n)
        cells.append(Cell(since=since, n=n, count=count, share=count / n, low=low, high=high))
    return Cohort(month=f"{1970 + month // 12:04d}-{month % 12 + 1:02d}", size=sum(until.values()), cells=tuple(cells))


def _register_months(engine: Engine) -> None:
    """The table `calendar`: the month, counted from January 1970, of each local day from the first record to a day after the last."""
    first, last = engine.row("SELECT coalesce(min(day), 0), coalesce(max(day), 0) FROM journeys")
    final = engine.row("SELECT coalesce(max(to_at), 0) FROM watched")[0] // 86_400_000_000
    days = (_EPOCH + timedelta(days=day) for day in range(first, max(last, final) + 3))
    listed = ", ".join(f"({(day - _EPOCH).days}, {(day.year - 1970) * 12 + day.month - 1})" for day in days)
    engine.table("calendar", f"SELECT day::INTEGER AS day, month::INTEGER AS month FROM (VALUES {listed}) v(day, month)")
