"""XES logs as a source: the same path as every other file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from momot.errors import MissingColumn, NothingLeft, UnreadableSource

BLOCK = """[[interactions]]
from = "log.xes"
activity = {sql = '"concept:name"'}
touchpoint = {sql = "'case.' || \\"concept:name\\""}
person = '"case:concept:name"'
at = '"time:timestamp"'
value = "cost"
"""


def event(name: str, at: str | None, more: str = "") -> str:
    time = f'<date key="time:timestamp" value="{at}"/>' if at else ""
    return f'<event><string key="concept:name" value="{name}"/>{time}{more}</event>\n'


def trace(case: str, *events: str) -> str:
    return f'<trace><string key="concept:name" value="{case}"/>\n{"".join(events)}</trace>\n'


def log(*parts: str) -> str:
    return f'<?xml version="1.0"?>\n<log xmlns="http://www.xes-standard.org/">\n{"".join(parts)}</log>\n'


def micros(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp() * 1e6)


TWO = log(
    trace(
        "007", event("called", "2024-03-05T10:00:00.000+01:00", '<float key="cost" value="1.5"/>'), event("paid", "2024-03-05T09:30:00Z")
    ),
    trace("12", event("called", "2024-03-31T02:30:00.123456+02:00")),
)


def test_offsets_are_honoured_and_ids_stay_as_written(make: Any, query: Any) -> None:
    made = make('timezone = "Asia/Tokyo"\n' + BLOCK, {"log.xes": TWO})
    assert query(made, "SELECT person, happened_at, activity, value_minor FROM interactions JOIN people USING (person_id) "
                 "JOIN activities USING (activity_id) ORDER BY happened_at") == [
        ("007", micros("2024-03-05T09:00:00+00:00"), "called", 150),
        ("007", micros("2024-03-05T09:30:00+00:00"), "paid", None),
        ("12", micros("2024-03-31T00:30:00.123456+00:00"), "called", None),
    ]  # fmt: skip
    assert made.manifest.sources[0].format == "xes"
    assert made.manifest.sources[0].rows == 3


def test_a_time_without_offset_is_local(make: Any, query: Any) -> None:
    made = make(
        'timezone = "Asia/Tokyo"\n' + BLOCK.replace('value = "cost"\n', ""),
        {"log.xes": log(trace("1", event("called", "2024-03-05T10:00:00")))},
    )
    assert query(made, "SELECT happened_at FROM interactions") == [(micros("2024-03-05T01:00:00+00:00"),)]


def test_missing_and_broken_times_reject_their_events_with_the_line(make: Any, query: Any) -> None:
    events = [event("called", f"2024-03-05T10:{minute:02}:00Z", '<int key="cost" value="1"/>') for minute in range(30)]
    made = make(BLOCK, {"log.xes": log(trace("1", *events, event("paid", None), event("left", "2024-02-30T10:00:00Z")))})
    assert query(made, "SELECT line, code FROM rejected ORDER BY line") == [(34, "no_time"), (35, "impossible_date")]


def test_events_without_a_trace_are_anonymous_and_said(make: Any, query: Any) -> None:
    made = make(
        BLOCK.replace('value = "cost"\n', ""),
        {"log.xes": log(event("called", "2024-03-05T10:00:00Z"), trace("1", event("paid", "2024-03-05T11:00:00Z")))},
    )
    (block,) = made.manifest.blocks
    assert (block.kept, block.identified, block.anonymous) == (2, 1, 1)
    assert made.manifest.warnings == ("log.xes: 1 events stand in no trace: their columns case:… are empty.",)


def test_names_that_differ_in_case_alone_are_columns_apart(make: Any, query: Any) -> None:
    both = '<int key="cost" value="1"/><int key="Cost" value="2"/>'
    text = BLOCK.replace("cost", "Cost_1")
    made = make(text, {"log.xes": log(trace("1", event("called", "2024-03-05T10:00:00Z", both)))})
    assert query(made, "SELECT value_minor FROM interactions") == [(200,)]


def test_a_column_that_only_late_events_have_is_read(make: Any, query: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from momot.build import xes

    monkeypatch.setattr(xes, "_BATCH", 2)
    events = [event("called", f"2024-03-05T10:0{minute}:00Z") for minute in range(5)]
    last = event("called", "2024-03-05T10:09:00Z", '<float key="cost" value="2.5"/>')
    made = make(BLOCK, {"log.xes": log(trace("1", *events, last))})
    assert query(made, "SELECT value_minor FROM interactions ORDER BY happened_at DESC LIMIT 2") == [(250,), (None,)]


def test_two_logs_are_read_as_one_table(make: Any, query: Any) -> None:
    made = make(BLOCK.replace("log.xes", "*.xes"), {"a.xes": TWO, "b.xes": TWO.replace('"007"', '"008"').replace('"12"', '"13"')})
    assert query(made, "SELECT count(*), count(DISTINCT person_id) FROM interactions") == [(6, 4)]


def test_a_log_without_events_a_wrong_file_and_a_wrong_column_are_named(make: Any) -> None:
    with pytest.raises(NothingLeft, match=r"log\.xes is a log without events"):
        make(BLOCK, {"log.xes": log()})
    with pytest.raises(UnreadableSource, match=r"log\.xes ends on line 4, before its log does"):
        make(BLOCK, {"log.xes": TWO[: TWO.index("</event>") + 8]})
    with pytest.raises(MissingColumn, match="Did you mean 'time:timestamp'"):
        make(BLOCK.replace("time:timestamp", "time:timestmp"), {"log.xes": TWO})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-03-05T10:00:00.123456789+01:00", "2024-03-05T09:00:00.123456+00:00"),
        ("2024-03-05T10:00:00+0530", "2024-03-05T04:30:00+00:00"),
        ("2024-03-05T10:00:00", "2024-03-05T01:00:00+00:00"),  # no offset: local, although others have one
        ("2024-03-05", "2024-03-04T15:00:00+00:00"),
    ],
)
def test_times_are_read_as_exporters_write_them(make: Any, query: Any, written: str, meant: str) -> None:
    text = 'timezone = "Asia/Tokyo"\n' + BLOCK.replace('value = "cost"\n', "")
    made = make(text, {"log.xes": log(trace("1", event("called", written), event("paid", "2024-03-05T12:00:00Z")))})
    found = query(made, "SELECT happened_at FROM interactions JOIN activities USING (activity_id) WHERE activity = 'called'")
    assert found == [(micros(meant),)]
