"""What rivals read of a panel equals a count of people's days one by one, in plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.truth.panel_records import panel_records, read_days
from benchmarks.truth.records import ABSENT
from momot.project.schema import Outcome, ProjectFile

DAY = 86_400_000_000
PEOPLE, DAYS, WITHIN = 12, 40, 6
MOMENTS = ("call@smot", "banner@stimulus")
PROJECT = ProjectFile(path="momot.toml", name="hand", timezone="UTC")


@dataclass
class Log:
    """Rows of journeys and opinions; person 1 is an employee."""

    touches: list[tuple[int, int, int, int | None, int]] = field(default_factory=list)  # person, day, moment, quality, micros
    buys: list[tuple[int, int, int]] = field(default_factory=list)
    opinions: list[tuple[int, int, float, int]] = field(default_factory=list)


@pytest.fixture(scope="module")
def log() -> Log:
    dice = random.Random(11)
    made = Log()
    for person in range(1, PEOPLE + 1):
        for day in range(dice.randrange(5), DAYS):
            if dice.random() < 0.2:
                made.touches.append((person, day, 0, dice.choice((-1, 0, 1, None)), day * DAY + dice.randrange(DAY)))
            if dice.random() < 0.2:
                made.touches.append((person, day, 1, None, day * DAY + dice.randrange(DAY)))
            if dice.random() < 0.1:
                made.buys.append((person, day, day * DAY + dice.randrange(DAY)))
            if dice.random() < 0.1:
                made.opinions.append((person, day, float(dice.randrange(1, 6)), day * DAY + dice.randrange(DAY)))
    return made


@pytest.fixture(scope="module")
def connection(log: Log) -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    rows = [(p, at, d, m, 0, q) for p, d, m, q, at in log.touches] + [(p, at, d, None, 1, None) for p, d, at in log.buys]
    columns = list(zip(*rows, strict=True))
    names = ("person_id", "happened_at", "day", "moment_id", "activity_id", "quality")
    made.register("rows_given", pa.table(dict(zip(names, columns, strict=True))))
    made.execute("CREATE TABLE journeys AS SELECT *, row_number() OVER () AS interaction_id, NULL::BIGINT AS value_minor FROM rows_given")
    made.execute("CREATE TABLE moments AS SELECT * FROM (VALUES (0, 'call@smot'), (1, 'banner@stimulus')) m(moment_id, moment)")
    made.execute("CREATE TABLE activities AS SELECT * FROM (VALUES (0, 'touched'), (1, 'order_placed')) a(activity_id, activity)")
    everybody = f"FROM range(1, {PEOPLE + 1}) r(p)"
    made.execute(
        f"CREATE TABLE people AS SELECT p::INTEGER AS person_id, p = 1 AS is_employee, (p // 4)::INTEGER AS account_id {everybody}"
    )
    people, _, values, given = zip(*log.opinions, strict=True)
    made.register("opinions_given", pa.table({"person_id": people, "given_at": given, "value": values}))
    made.execute("CREATE TABLE opinions AS SELECT *, row_number() OVER () AS opinion_id, 'stars' AS instrument FROM opinions_given")
    return made


def by_hand(log: Log, outcome: Outcome) -> dict[str, list[float]]:
    """Outcomes of the usable days that met the call each way, or did not meet it."""
    found: dict[str, list[float]] = {}
    people = range(2, PEOPLE + 1)
    owners = [[p] for p in people] if outcome.per == "person" else [[p for p in people if p // 4 == a] for a in range(PEOPLE // 4 + 1)]
    for owner in owners:
        mine = [row for row in log.touches if row[0] in owner]
        bought = [day for p, day, _ in log.buys if p in owner]
        first = min([row[1] for row in mine] + bought)
        for day in range(first, DAYS - WITHIN):
            if outcome.eligible and not any(earlier <= day for earlier in bought):
                continue
            if outcome.opinion:
                said = sorted((at, value) for p, d, value, at in log.opinions if p in owner and day < d <= day + WITHIN)
                if not said:
                    continue
                value = said[0][1]
            else:
                value = float(any(day < later <= day + WITHIN for later in bought))
                value = 1 - value if outcome.absent else value
            ways = [row[3] for row in mine if row[1] == day and row[2] == 0]
            known = [way for way in ways if way is not None]
            way = ABSENT if not ways else {-1: "bad", 0: "neutral", 1: "good"}[min(known)] if known else "unknown"
            found.setdefault(way, []).append(value)
    return found


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(name="purchase", activity="order_placed", per="person", within_days=WITHIN),
        Outcome(name="churn", activity="order_placed", absent=True, eligible="order_placed", per="person", within_days=WITHIN),
        Outcome(name="opinion", opinion="stars", per="person", within_days=WITHIN),
        Outcome(name="renewal", activity="order_placed", per="account", within_days=WITHIN),
    ],
    ids=lambda outcome: outcome.name,
)
def test_days_that_met_a_moment_and_what_followed_equal_a_count_by_hand(
    log: Log, connection: duckdb.DuckDBPyConnection, outcome: Outcome
) -> None:
    records = panel_records(connection, PROJECT, outcome, read_days(connection, frozenset(MOMENTS), per=outcome.per))
    told = {label: (sums.rows.sum(), sums.outcomes.sum()) for label, sums in records.met["call@smot"].items()}
    assert told == {label: (len(values), pytest.approx(sum(values))) for label, values in by_hand(log, outcome).items()}


def test_credit_goes_to_the_last_touch_before_each_purchase(log: Log, connection: duckdb.DuckDBPyConnection) -> None:
    outcome = Outcome(name="purchase", activity="order_placed", per="person", within_days=WITHIN)
    credit = dict.fromkeys(MOMENTS, 0)
    for person, _, at in log.buys:
        before = [(row[4], row[2]) for row in log.touches if row[0] == person and row[4] <= at and at - row[4] <= WITHIN * DAY]
        if before and person != 1:
            credit[MOMENTS[max(before)[1]]] += 1
    assert panel_records(connection, PROJECT, outcome, read_days(connection, frozenset(MOMENTS))).last == credit


def test_a_driver_row_is_a_person_on_the_last_day_that_can_be_followed(log: Log, connection: duckdb.DuckDBPyConnection) -> None:
    outcome = Outcome(name="purchase", activity="order_placed", per="person", within_days=WITHIN)
    data = panel_records(connection, PROJECT, outcome, read_days(connection, frozenset(MOMENTS))).drivers
    last = DAYS - 1 - WITHIN
    bought = [float(any(p == person and last < day <= last + WITHIN for p, day, _ in log.buys)) for person in range(2, PEOPLE + 1)]
    np.testing.assert_array_equal(data.outcome, bought)
    met = [float(any(row[0] == person and row[2] == 1 and row[1] <= last for row in log.touches)) for person in range(2, PEOPLE + 1)]
    np.testing.assert_array_equal(data.columns[:, data.of.index("banner@stimulus")], met)
