"""Costs and values from the tables by hand, the jackknife against known formulas."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from momot.credit.costs import Spent, gather_costs, worth_of
from momot.engine import DuckEngine, opened
from momot.project.schema import Interactions, Outcome, ProjectFile
from momot.stats.jackknife import jackknife
from tests.credit.lives import BUY, DAY, Row, tables

ROWS = [
    Row(1, 1, 0 * DAY, 0), Row(2, 1, 0 * DAY + 5, 0), Row(3, 1, 1 * DAY, 0), Row(4, 2, 0, 0),  # ads: person 1 twice on day 0, once on day 1
    Row(5, 1, 2 * DAY, 2, BUY), Row(6, 1, 2 * DAY, 2, BUY), Row(7, 1, 12 * DAY, 2, BUY),  # two lines, then another
    Row(8, 2, 3 * DAY, 2, BUY), Row(9, 2, 5 * DAY, 3), Row(10, 3, 100 * DAY, 1), Row(11, 4, 4 * DAY, 2, BUY), Row(12, 4, 0, 0),
]  # fmt: skip
VALUE = {5: 1000, 6: 500, 7: 3000, 8: 2000, 9: -500, 11: 9900}
COST = {1: 100, 2: 100, 3: 40, 4: 60, 10: 7, 12: 999}


def project(*, cost: bool = True, value: bool = True, quiet: float | None = None) -> ProjectFile:
    block = Interactions(
        from_="x", activity="met", touchpoint="t", person="p", at="at", cost="c" if cost else None, value="v" if value else None
    )
    churn = (Outcome(name="churn", activity="bought", absent=True, within_days=quiet),) if quiet else ()
    return ProjectFile(path="momot.toml", name="n", currency="EUR", interactions=(block,), outcomes=churn)


def recorded() -> duckdb.DuckDBPyConnection:
    """The rows with their values and costs; person 4 is an employee, 2 of the persons have an acquisition cost."""
    connection = tables(ROWS, employees=(4,))
    connection.execute("ALTER TABLE journeys ADD COLUMN value_minor BIGINT")
    connection.execute("ALTER TABLE journeys ADD COLUMN day INTEGER")
    connection.execute(f"UPDATE journeys SET day = happened_at // {DAY}")
    for row, money in VALUE.items():
        connection.execute(f"UPDATE journeys SET value_minor = {money} WHERE interaction_id = {row}")
    connection.execute(
        "CREATE TABLE interactions AS SELECT interaction_id, person_id, NULL::BIGINT AS cost_minor, false AS duplicate FROM journeys"
    )
    for row, money in COST.items():
        connection.execute(f"UPDATE interactions SET cost_minor = {money} WHERE interaction_id = {row}")
    connection.execute("ALTER TABLE people ADD COLUMN bucket SMALLINT")
    connection.execute("UPDATE people SET bucket = person_id, acquisition_cost_minor = CASE person_id WHEN 1 THEN 700 WHEN 3 THEN 10 END")
    return connection


def test_costs_and_worth_by_hand() -> None:
    with opened(recorded()) as connection:
        costs = gather_costs(project(quiet=30.0), DuckEngine(connection), units=frozenset({"person"}))
    assert costs is not None
    assert costs.spent == {"person": {"ad": Spent(4, 3, 3.0), "mail": Spent(1, 1, 0.07)}}
    assert costs.months == pytest.approx(101 / 30.4375)
    assert costs.paid_by == {"bought"}
    worth = costs.worth
    assert worth is not None
    assert (worth.people, worth.purchases, worth.quiet_days, worth.acquired) == (2, 3, 30.0, 1)
    assert worth.purchase is not None
    assert worth.again is not None
    assert worth.a_month is not None
    assert worth.purchase.estimate == pytest.approx((15 + 30 + 20 - 5) / 3)
    assert worth.again.estimate == pytest.approx(1 / 3)  # all three are followed for 30 days, one comes back
    assert worth.a_month.estimate == pytest.approx(60 / ((10 + 30 + 30) / 30))  # person 1 from day 2 to 42, person 2 from day 3 to 33
    assert worth.acquisition is None  # without person 1 nobody's cost is known: nothing can be said of its error


@pytest.mark.parametrize(("cost", "value"), [(True, False), (False, True), (False, False)])
def test_what_is_not_recorded_is_not_told(cost: bool, value: bool) -> None:
    with opened(recorded()) as connection:
        costs = gather_costs(project(cost=cost, value=value), DuckEngine(connection), units=frozenset({"person"}))
    if not cost and not value:
        assert costs is None
        return
    assert costs is not None
    assert bool(costs.spent) == cost
    assert (costs.worth is not None) == value
    assert costs.worth is None or costs.worth.quiet_days == 90.0


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(2).normal(5, 2, 60)
    found = jackknife(np.column_stack([values, np.ones(60)]), lambda s: float(s[0] / s[1]))
    assert found is not None
    assert found.estimate == pytest.approx(values.mean())
    assert found.standard_error == pytest.approx(values.std(ddof=1) / np.sqrt(60))
    assert jackknife(np.ones((1, 2)), lambda s: float(s[0])) is None
    assert jackknife(np.array([[1.0, 0.0], [1.0, 1.0]]), lambda s: float(s[0] / s[1])) is None


def test_a_person_kept_is_worth_the_sum_of_the_purchases_to_come() -> None:
    rng = np.random.default_rng(4)
    truth = 0.6
    further = rng.geometric(1 - truth, 4000)  # purchases of each person, of 10 each
    sums = np.zeros((100, 8))
    for person, count in enumerate(further.tolist()):
        sums[person % 100] += (1, 10 * count, count, count, count - 1, count, 0, 0)
    worth = worth_of(sums, 90.0)
    assert worth.kept is not None
    assert worth.kept.low <= 10 / (1 - truth) <= worth.kept.high
    assert worth.kept.estimate == pytest.approx(10 * further.mean())
    sums[:, 4] = sums[:, 3]  # nobody ever leaves
    assert worth_of(sums, 90.0).kept is None
