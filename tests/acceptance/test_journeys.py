"""Journey facts of real records, equal to a count in plain Python (`brute_force`)."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict

import pyarrow.parquet as pq
import pytest

import momot
from tests.acceptance.brute_force import cdnow_days, csv_rows, days_until_half, follows, second_purchase, sequences


def invoices(path):
    """The times of each customer's invoices that are no cancellations; and the last time of the file."""
    columns = pq.read_table(path, columns=["InvoiceNo", "CustomerID", "InvoiceDate"]).to_pydict()
    first = {}
    for number, customer, time in zip(columns["InvoiceNo"], columns["CustomerID"], columns["InvoiceDate"], strict=True):
        if customer is not None and not number.startswith("C"):
            first[customer, number] = min(first.get((customer, number), time), time)
    times = defaultdict(list)
    for (customer, _), time in first.items():
        times[customer].append(time)
    return dict(times), max(columns["InvoiceDate"])


def wilson(count, n):
    """Wilson's interval (1927), from the quadratic that it solves."""
    z = 1.959963984540054
    middle, reach = count + z * z / 2, z * math.sqrt(count * (n - count) / n + z * z / 4)
    return (middle - reach) / (n + z * z), (middle + reach) / (n + z * z)


def test_online_retail_two_thirds_come_back_half_of_them_within_88_days(built, shared_data):
    times, end = invoices(shared_data("uci_online_retail") / "online_retail_ii_2009_2010.parquet")
    told = momot.journey(built("uci_online_retail"))
    share = told["repurchase_share"]
    again = sum(len(of_one) > 1 for of_one in times.values())
    assert (share.count, share.n) == (again, len(times)) == (2_893, 4_314)
    assert share.value == pytest.approx(0.671, abs=0.0005)
    assert (share.low, share.high) == pytest.approx(wilson(again, len(times)), abs=1e-9)
    days = told["repurchase_days"]
    assert days.value == pytest.approx(days_until_half(times, end), abs=1e-9)
    assert days.low < days.value < days.high


def test_cdnow_the_hazard_of_the_second_purchase_is_that_of_a_count_week_by_week(built, shared_data):
    days = cdnow_days(shared_data("cdnow") / "CDNOW_master.txt")
    told = momot.journey(built("cdnow"))
    share = told["repurchase_share"]
    again = sum(len(bought) > 1 for bought in days.values())
    assert (share.count, share.n) == (again, len(days)) == (11_516, 23_570)
    expected = second_purchase(days, dt.date(1998, 6, 30))
    found = {int(fact.group.removeprefix("week ")): fact for fact in told.facts if fact.id == "repurchase_hazard"}
    assert {week: (fact.count, fact.n) for week, fact in found.items()} == expected
    assert len(expected) == 77
    for week, (bought, at_risk) in expected.items():
        assert found[week].value == pytest.approx(bought / at_risk, abs=1e-12)
        assert found[week].low <= found[week].value <= found[week].high


def test_cdnow_half_have_not_come_back_and_that_is_said(built):
    told = momot.journey(built("cdnow"))
    half = told["repurchase_days"]
    assert half.value is None
    assert half.absent.rule == "not_reached"


@pytest.mark.parametrize(
    ("name", "data", "file", "touchpoint"),
    [
        ("process_helpdesk", "process_logs", "helpdesk.csv", "ticket.step_"),
        ("process_bpi12w", "process_logs", "bpi12w.csv", "application.step_"),
        ("process_bpi13", "process_logs", "bpi13.csv", "incident.step_"),
        ("retentioneering_shop", "retentioneering_shop", "simple-onlineshop.csv", "page."),
    ],
)
def test_paths_are_those_of_the_file(built, shared_data, name, data, file, touchpoint):
    """These files list the events of each case in order; the clickstream by time alone."""
    rows = [tuple(row.values())[:3] for row in csv_rows(shared_data(data) / file)]
    cases = sequences(
        (case, int(dt.datetime.fromisoformat(time).replace(tzinfo=dt.UTC).timestamp() * 1e6), number, touchpoint + activity)
        for number, (case, activity, time) in enumerate(rows)
    )
    expected = follows(cases)
    for steps in cases.values():
        expected["(start)", steps[0][1]] += 1
        expected[steps[-1][1], "(end)"] += 1
    found = Counter()
    for edge in momot.paths(built(name)).edges:
        found[edge.from_.partition("@")[0], edge.to.partition("@")[0]] += edge.times
    assert found == expected
