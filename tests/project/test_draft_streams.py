"""Drafts of activity streams as ActivitySchema 2.0 describes them: nothing of the standard is asked for, features by what they hold."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import momot
from momot.build import Build
from momot.project import parse
from momot.project.draft import Draft, draft
from momot.project.schema import ProjectFile

PERSONS = 120
START = dt.datetime(2024, 1, 1, 8)  # noqa: DTZ001  the standard writes times without a zone
Row = dict[str, Any]


def stream(*, seed: int = 3) -> list[Row]:
    """People who look around unknown, sign up, wait, call, buy and answer; ids are unique within an activity only."""
    rng = random.Random(seed)
    rows: list[Row] = []
    for number in range(PERSONS):
        who, cookie = f"p{number:04}@example.org", f"ga4_{number * 7919 % 10007:05}"
        at = START + dt.timedelta(hours=rng.randrange(2000))

        def happen(activity: str, revenue: float | None = None, *, who: str | None = who, cookie: str = cookie, **features: object) -> None:
            nonlocal at
            at += dt.timedelta(minutes=rng.randrange(1, 3000))
            rows.append({
                "activity_id": str(sum(row["activity"] == activity for row in rows)), "ts": at, "customer": who,
                "activity": activity, "anonymous_customer_id": cookie if activity in ("viewed_page", "signed_up") else None,
                "feature_json": json.dumps(features), "revenue_impact": revenue, "link": "https://example.org",
                "activity_occurrence": 1, "activity_repeated_at": None, "_activity_source": "t1",
            })  # fmt: skip

        for _ in range(rng.randrange(1, 4)):
            happen("viewed_page", who=None, path=f"/{rng.randrange(400)}", channel=rng.choice(["web", "email"]))
        happen("signed_up", plan=rng.choice("ab"))
        for _ in range(rng.randrange(0, 3)):
            happen("called_support", resolved=rng.random() < 0.6, agent_id=rng.randrange(5))
        for _ in range(rng.randrange(0, 3)):
            happen("waited", minutes=rng.randrange(0, 6))
        if number % 2:
            happen("completed_order", round(rng.uniform(5, 90), 2), coupon=None)
            happen("answered_survey", nps=number // 2 % 11)
        if number % 7 == 0:
            happen("received_refund", -5.5)
    return rows


def as_csv(path: Path, rows: Sequence[Row], names: Mapping[str, str] | None = None) -> None:
    columns = {column: (names or {}).get(column, column) for column in rows[0]}
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([columns.values(), *([row[column] for column in columns] for row in rows)])


def loaded(folder: Path) -> tuple[ProjectFile, Draft]:
    found = draft(folder)
    return parse(found.text), found


def built(folder: Path, timezone: str = "UTC") -> Build:
    text = draft(folder).text.replace('# timezone = "Area/City"', f'timezone = "{timezone}"')
    (folder / "momot.toml").write_text(text, encoding="utf-8")
    return momot.build(momot.open(folder))


def query(build: Build, sql: str) -> list[tuple[Any, ...]]:
    with build.connect() as connection:
        return connection.execute(sql).fetchall()


def test_a_stream_becomes_people_with_activities_without_a_question_about_it(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", rows)
    build = built(tmp_path)
    assert [block.rejected for block in build.manifest.blocks] == [0, 0, 0]
    assert query(build, "SELECT count(*), count(DISTINCT person_id) FROM interactions WHERE NOT duplicate") == [(len(rows), PERSONS)]
    found = query(build, "SELECT activity, count(*) FROM interactions JOIN activities USING (activity_id) GROUP BY ALL ORDER BY 1")
    assert found == sorted({(row["activity"], sum(row["activity"] == other["activity"] for other in rows)) for row in rows})
    assert draft(tmp_path).questions == ("in which time zone are times without an offset? Taken as UTC.",)


def test_who_was_anonymous_is_the_customer_that_the_stream_names_later(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", rows)
    assert loaded(tmp_path)[0].interactions[0].person == {"customer": "customer", "anonymous": "anonymous_customer_id"}
    views = """SELECT count(*), count(DISTINCT person), min(starts_with(person, 'customer:')) FROM interactions
        JOIN people USING (person_id) JOIN activities USING (activity_id) WHERE activity = 'viewed_page'"""
    assert query(built(tmp_path), views) == [(sum(row["activity"] == "viewed_page" for row in rows), PERSONS, True)]


def test_times_are_utc_whatever_zone_the_days_are_in(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", rows)
    first = min(row["ts"] for row in rows).replace(tzinfo=dt.UTC)
    assert query(built(tmp_path, "Asia/Tokyo"), "SELECT min(happened_at) FROM interactions") == [(int(first.timestamp() * 1e6),)]


def test_an_offset_that_is_written_is_kept(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", [row | {"ts": f"{row['ts'].isoformat(sep=' ')}+02:00"} for row in rows])
    assert loaded(tmp_path)[0].interactions[0].at == "ts"
    first = min(row["ts"] for row in rows).replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert query(built(tmp_path, "Asia/Tokyo"), "SELECT min(happened_at) FROM interactions") == [(int(first.timestamp() * 1e6),)]


def test_money_in_is_value_and_money_out_is_cost(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", rows)
    money = [row["revenue_impact"] for row in rows if row["revenue_impact"] is not None]
    found = query(built(tmp_path), "SELECT sum(value_minor)::BIGINT, sum(cost_minor)::BIGINT FROM interactions")
    assert found == [(round(100 * sum(one for one in money if one > 0)), round(-100 * sum(one for one in money if one < 0)))]


def test_features_are_quality_level_channel_and_opinion_by_what_they_hold(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", rows)
    build = built(tmp_path)

    def counted(activity: str, key: str, value: object) -> int:
        return sum(row["activity"] == activity and json.loads(row["feature_json"]).get(key) == value for row in rows)

    quality = query(build, "SELECT activity, quality, count(*) FROM interactions JOIN activities USING (activity_id) "
                    "WHERE quality IS NOT NULL GROUP BY ALL ORDER BY quality")  # fmt: skip
    assert quality == [("called_support", quality, counted("called_support", "resolved", quality > 0)) for quality in (-1, 1)]
    levels = query(build, "SELECT label, count(*) FROM interactions JOIN levels USING (touchpoint_id, level) GROUP BY ALL ORDER BY 1")
    assert levels == [(str(minutes), counted("waited", "minutes", minutes)) for minutes in range(6)]
    channels = query(build, "SELECT channel, count(*) FROM interactions JOIN channels USING (channel_id) GROUP BY ALL ORDER BY 1")
    assert channels == [(channel, counted("viewed_page", "channel", channel)) for channel in ("email", "web")]
    opinions = query(build, "SELECT instrument, value, scale_high, count(*) FROM opinions GROUP BY ALL ORDER BY value")
    assert opinions == [("nps", float(value), 10.0, counted("answered_survey", "nps", value)) for value in range(11)]


def test_what_brings_money_is_the_purchase_and_the_outcome_where_no_name_says_so(tmp_path: Path) -> None:
    rows = [row | {"activity": row["activity"].replace("completed_order", "did_17")} for row in stream()]
    as_csv(tmp_path / "customer_stream.csv", rows)
    project, _ = loaded(tmp_path)
    assert project.journeys.purchase == ("did_17",)
    assert [outcome.activity for outcome in project.outcomes if outcome.activity] == ["did_17"]


def test_a_feature_that_could_be_two_things_is_asked_for(tmp_path: Path) -> None:
    rows = [row | {"feature_json": json.dumps({"minutes": number % 4, "tries": number % 3})} for number, row in enumerate(stream())]
    as_csv(tmp_path / "customer_stream.csv", rows)
    project, found = loaded(tmp_path)
    assert not any(block.level for block in project.interactions)
    assert any("which feature of viewed_page is its level?" in question and "minutes, tries" in question for question in found.questions)


def test_names_in_capitals_as_warehouses_write_them_and_parquet(tmp_path: Path) -> None:
    rows = stream()
    table = pa.Table.from_pylist(rows)
    pq.write_table(table.rename_columns([name.upper() for name in table.column_names]), tmp_path / "CUSTOMER_STREAM.parquet")
    build = built(tmp_path)
    assert query(build, "SELECT count(*), count(DISTINCT person_id), count(quality) > 0 FROM interactions") == [(len(rows), PERSONS, True)]


def test_the_features_of_version_1_are_columns(tmp_path: Path) -> None:
    rows = []
    for row in stream():
        first = next(iter(json.loads(row["feature_json"]).values()), None)
        rows.append({name: value for name, value in row.items() if name != "feature_json"} | {"feature_1": first})
    as_csv(tmp_path / "customer_stream.csv", rows)
    project, _ = loaded(tmp_path)
    levels = {block.where: block.level for block in project.interactions if block.level}
    assert levels == {f"activity = '{one}'": "TRY_CAST(CAST(feature_1 AS VARCHAR) AS DOUBLE)" for one in ("answered_survey", "waited")}
    assert query(built(tmp_path), "SELECT count(level) > 0, count(DISTINCT person_id) FROM interactions") == [(True, PERSONS)]


@pytest.mark.parametrize("named", [True, False])
def test_a_table_an_activity_is_the_same_stream(tmp_path: Path, named: bool) -> None:
    rows = stream()
    whole, apart = tmp_path / "whole", tmp_path / "apart"
    for folder in (whole, apart):
        folder.mkdir()
    as_csv(whole / "customer_stream.csv", rows)
    for activity in dict.fromkeys(row["activity"] for row in rows):
        own = [row for row in rows if row["activity"] == activity]
        as_csv(apart / f"customer_stream_{activity}.csv", [{k: v for k, v in row.items() if named or k != "activity"} for row in own])
    sql = """SELECT person, happened_at, activity, touchpoint, quality, value_minor, cost_minor
        FROM interactions JOIN people USING (person_id)
        JOIN activities USING (activity_id) JOIN touchpoints USING (touchpoint_id) WHERE NOT duplicate ORDER BY ALL"""
    assert query(built(apart), sql) == query(built(whole), sql)


def test_what_else_is_known_of_customers_is_joined_by_their_id(tmp_path: Path) -> None:
    rows = stream()
    as_csv(tmp_path / "customer_stream.csv", rows)
    known = list(dict.fromkeys(row["customer"] for row in rows if row["customer"]))
    as_csv(tmp_path / "customers.csv", [{"customer": who, "region": ("north", "south", "west")[at % 3]} for at, who in enumerate(known)])
    segments = query(built(tmp_path), 'SELECT "segment.region", count(*) FROM people GROUP BY ALL ORDER BY 1')
    assert segments == [("north", PERSONS // 3), ("south", PERSONS // 3), ("west", PERSONS // 3)]


def test_names_alone_make_no_stream(tmp_path: Path) -> None:
    rows = [row | {"ts": "soon"} for row in stream()]
    as_csv(tmp_path / "customer_stream.csv", rows)
    assert "ActivitySchema" not in draft(tmp_path).text


def test_documents_that_are_no_json_are_asked_for(tmp_path: Path) -> None:
    as_csv(tmp_path / "customer_stream.csv", [row | {"feature_json": "{'minutes': 3}"} for row in stream()])
    project, found = loaded(tmp_path)
    assert not any(block.level for block in project.interactions)
    assert any("Not all of it is a JSON object" in question for question in found.questions)
