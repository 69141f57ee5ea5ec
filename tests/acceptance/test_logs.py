"""Real event logs: counts, order and paths equal to a count in plain Python (`brute_force`)."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter, defaultdict

import pytest

import momot
from momot.project.xes import Told, read_events
from tests.acceptance.brute_force import csv_rows, follows, instant, micros, sequences, xes_events

_STEPS = """
SELECT p.person, i.happened_at, a.activity FROM interactions i JOIN people p USING (person_id) JOIN activities a USING (activity_id)
WHERE NOT i.duplicate ORDER BY i.person_id, i.happened_at, i.interaction_id"""
_FOLLOWS = """
SELECT a.activity, b.activity, count(*) FROM (
  SELECT activity_id, lead(activity_id) OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS next_id
  FROM interactions WHERE NOT duplicate AND person_id IS NOT NULL)
JOIN activities a USING (activity_id) JOIN activities b ON b.activity_id = next_id GROUP BY ALL"""


def built_sequences(build):
    """(time, activity) of each person, as the build orders them."""
    cases = defaultdict(list)
    with build.connect() as connection:
        for person, time, activity in connection.execute(_STEPS).fetchall():
            cases[person].append((time, activity))
    return dict(cases)


def built_follows(build):
    with build.connect() as connection:
        return Counter({(one, other): count for one, other, count in connection.execute(_FOLLOWS).fetchall()})


def local(text: str, zone: str, shift: int = 0) -> int:
    return instant(dt.datetime.fromisoformat(text) + dt.timedelta(microseconds=shift), zone)


@pytest.mark.parametrize(
    ("name", "file", "zone", "numbered", "rows", "cases"),
    [
        ("process_helpdesk", "helpdesk.csv", "Europe/Rome", True, 13_710, 3_804),
        ("process_bpi12w", "bpi12w.csv", "Europe/Amsterdam", False, 72_413, 9_658),
        ("process_bpi13", "bpi13.csv", "Europe/Stockholm", True, 65_533, 7_554),
    ],
)
def test_process_logs_are_built_in_order(built, shared_data, name, file, zone, numbered, rows, cases):
    log = csv_rows(shared_data("process_logs") / file)
    expected = sequences(
        (row["CaseID"], local(row["CompleteTimestamp"], zone, number if numbered else 0), number, f"step_{row['ActivityID']}")
        for number, row in enumerate(log, 1)
    )
    build = momot.build(built(name))
    found = built_sequences(build)
    assert sum(map(len, found.values())) == len(log) == rows
    assert len(found) == cases
    assert found == expected
    assert built_follows(build) == follows(expected)


def test_paths_of_a_log_that_lists_its_events_in_order_are_those_of_the_file(built, shared_data):
    """No clock, no sorting: each row and the next one of the same case."""
    for name, file in (("process_helpdesk", "helpdesk.csv"), ("process_bpi13", "bpi13.csv")):
        steps = [(row["CaseID"], f"step_{row['ActivityID']}") for row in csv_rows(shared_data("process_logs") / file)]
        expected = Counter((one[1], other[1]) for one, other in itertools.pairwise(steps) if one[0] == other[0])
        assert built_follows(momot.build(built(name))) == expected


@pytest.mark.parametrize(
    ("name", "file", "events", "users"),
    [("retentioneering_shop", "simple-onlineshop.csv", 32_283, 3_751), ("retentioneering_ecom", "ecom.csv.gz", 31_106, 600)],
)
def test_clickstreams_are_built_in_order(built, shared_data, name, file, events, users):
    """Copies count once; events of one second are put in order by their id, which is no matter of the file's order."""
    log = csv_rows(shared_data("retentioneering_shop") / file)
    assert len(log) == events
    build = momot.build(built(name))
    with build.connect() as connection:
        ids = defaultdict(list)
        for person, time, activity, number in connection.execute(
            """SELECT person, happened_at, activity, interaction_id FROM interactions JOIN people USING (person_id)
            JOIN activities USING (activity_id) WHERE NOT duplicate"""
        ).fetchall():
            ids[person, time, activity].append(number)
    once = {tuple(row.values()): (row["user_id"], local(row["timestamp"], "UTC"), row["event"]) for row in log}
    expected = sequences((*event[:2], ids[event].pop(), event[2]) for event in once.values())
    found = built_sequences(build)
    assert len(found) == users
    assert found == expected
    assert built_follows(build) == follows(expected)
    assert not any(ids.values())


def test_the_order_of_the_rows_of_a_log_changes_nothing(built, shared_data, tmp_path):
    data = shared_data("process_logs") / "bpi13.csv"
    header, *lines = data.read_text(encoding="utf-8").splitlines()
    block = '[[interactions]]\nfrom = "log.csv"\nactivity = {sql = "\'s\' || ActivityID"}\ntouchpoint = {sql = "\'s.\' || ActivityID"}\n'
    builds = []
    for name, rows in (("as_is", lines), ("shuffled", random.Random(3).sample(lines, len(lines)))):
        home = tmp_path / name
        home.mkdir()
        (home / "log.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        (home / "momot.toml").write_text(f'name = "log"\n{block}person = "CaseID"\nat = "CompleteTimestamp"\n', encoding="utf-8")
        builds.append(momot.build(momot.open(home)))
    one, other = builds
    assert one.manifest.blocks[0].flagged == other.manifest.blocks[0].flagged == 2_984
    assert built_sequences(one) == built_sequences(other)
    assert built_follows(one) == built_follows(other)


def test_a_xes_log_is_built_in_order(built, shared_data):
    log = list(xes_events(shared_data("process_logs") / "bpi20_DomesticDeclarations.xes.gz"))
    slug = {event["concept:name"]: event["concept:name"].lower().replace(" ", "_").removeprefix("declaration_") for _, event in log}
    expected = sequences(
        (trace["concept:name"], micros(dt.datetime.fromisoformat(event["time:timestamp"])) + number, number, slug[event["concept:name"]])
        for number, (trace, event) in enumerate(log, 1)
    )
    build = momot.build(built("process_bpi20"))
    assert len(log) == 55_628
    assert built_sequences(build) == expected
    assert built_follows(build) == follows(expected)
    (source,) = build.manifest.sources
    assert (source.format, source.rows) == ("xes", len(log))
    assert source.columns["time:timestamp"] == "TIMESTAMPTZ"


@pytest.mark.parametrize(
    ("name", "traces"),
    [
        ("DomesticDeclarations", 10_357),
        pytest.param("InternationalDeclarations", 6_323, marks=pytest.mark.slow),
        pytest.param("PermitLog", 6_426, marks=pytest.mark.slow),
        ("PrepaidTravelCost", 2_007),
        pytest.param("RequestForPayment", 6_760, marks=pytest.mark.slow),
    ],
)
def test_every_event_of_the_travel_logs_is_read_with_all_its_values(shared_data, name, traces):
    path = shared_data("process_logs") / f"bpi20_{name}.xes.gz"
    told = Told()
    events = read_events(path, name=path.name, told=told)
    for (of_trace, of_event), (_, event) in zip(xes_events(path), events, strict=True):
        expected = {f"case:{key}": value for key, value in of_trace.items()} | of_event
        assert event == {key: value for key, value in expected.items() if value}
    assert told.traces == traces
    assert told.left_out == 0


def test_cdnow_is_read_from_its_columns_of_spaces(built, shared_data):
    lines = (shared_data("cdnow") / "CDNOW_master.txt").read_text().splitlines()[1:]
    days = defaultdict(int)
    for customer, date, _, value in filter(None, map(str.split, lines)):
        days[customer, local(date, "UTC")] += round(float(value) * 100)
    build = momot.build(built("cdnow"))
    with build.connect() as connection:
        found = connection.execute("SELECT person, happened_at, value_minor FROM interactions JOIN people USING (person_id)").fetchall()
    assert build.manifest.sources[0].rows == 69_659
    assert len({customer for customer, _ in days}) == 23_570
    assert sorted(found) == sorted((customer, time, value) for (customer, time), value in days.items())


def test_online_retail_has_4314_buyers_of_whom_two_thirds_come_back(built, shared_data):
    import pyarrow.parquet as pq

    path = shared_data("uci_online_retail") / "online_retail_ii_2009_2010.parquet"
    columns = pq.read_table(path, columns=["InvoiceNo", "CustomerID"]).to_pydict()
    invoices = defaultdict(set)
    for invoice, customer in zip(columns["InvoiceNo"], columns["CustomerID"], strict=True):
        if customer is not None and not str(invoice).startswith("C"):
            invoices[str(int(customer))].add(invoice)
    with momot.build(built("uci_online_retail")).connect() as connection:
        orders = dict(
            connection.execute(
                """SELECT person, count(*) FROM interactions JOIN people USING (person_id) JOIN activities USING (activity_id)
                WHERE activity = 'order_placed' GROUP BY ALL"""
            ).fetchall()
        )
    assert orders == {customer: len(numbers) for customer, numbers in invoices.items()}
    assert len(orders) == 4_314
    assert round(sum(count > 1 for count in orders.values()) / len(orders), 3) == 0.671
