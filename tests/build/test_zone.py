"""Local times as instants, against zoneinfo."""
# ruff: noqa: DTZ001 - times without a zone are what is tested

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.build import build
from momot.build.zone import adjusted_sql, day_sql, instant_sql, pieces
from momot.engine import connect, row
from momot.errors import ProjectError
from momot.project import load

ZONES = [
    "UTC",
    "Europe/Tallinn",
    "Asia/Ho_Chi_Minh",
    "Europe/Prague",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/New_York",
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    return (moment.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return connect(threads=1)


def computed(zone: str, local: datetime) -> tuple[int, bool]:
    return row(connection(), f"SELECT {instant_sql(zone, 't')}, {adjusted_sql(zone, 't')} FROM (SELECT {micros(local)}::BIGINT AS t)")


@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0)),
)
def test_a_time_that_the_clock_showed_once_is_the_instant_that_zoneinfo_gives(zone: str, local: datetime) -> None:
    info = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=info, fold=fold) for fold in (0, 1))
    instant, adjusted = computed(zone, local)
    if first.utcoffset() == second.utcoffset():
        assert (instant, adjusted) == (micros(first.astimezone(UTC)), False)
    else:
        assert adjusted


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Europe/Prague", datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 31, 1, 0)),  # skipped: the first valid instant, 03:00 local
        ("Europe/Prague", datetime(2024, 10, 27, 2, 30), datetime(2024, 10, 27, 0, 30)),  # shown twice: the earlier
        ("America/Sao_Paulo", datetime(2017, 10, 15, 0, 0), datetime(2017, 10, 15, 3, 0)),  # midnight was skipped
        ("Australia/Lord_Howe", datetime(2024, 10, 6, 2, 10), datetime(2024, 10, 5, 15, 30)),  # half an hour skipped
        ("Pacific/Apia", datetime(2011, 12, 30, 12, 0), datetime(2011, 12, 30, 10, 0)),  # a whole day skipped
    ],
)
def test_gaps_and_repeated_times_are_adjusted(zone: str, local: datetime, expected: datetime) -> None:
    assert computed(zone, local) == (micros(expected), True)


def local_day(zone: str, instant: int, first: int, last: int) -> int:
    return int(row(connection(), f"SELECT {day_sql(zone, 't', first=first, last=last)} FROM (SELECT {instant}::BIGINT AS t)")[0])


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)),
    before=st.timedeltas(timedelta(), timedelta(days=365)),
    after=st.timedeltas(timedelta(), timedelta(days=365)),
)
def test_the_local_day_of_an_instant_is_the_one_that_zoneinfo_gives(
    zone: str, moment: datetime, before: timedelta, after: timedelta
) -> None:
    day = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    instant = micros(moment)
    first, last = (instant + sign * delta // timedelta(microseconds=1) for sign, delta in ((-1, before), (1, after)))
    assert local_day(zone, instant, first, last) == (day - date(1970, 1, 1)).days


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [1969, 2011, 2018, 2024])
def test_days_begin_at_local_midnight_all_year(zone: str, year: int) -> None:
    info = ZoneInfo(zone)
    starts = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(366 * 24)]
    # each hour, and the last and first microsecond around each half hour: clocks also change at half past
    instants = [int((at - EPOCH) / timedelta(microseconds=1)) + shift for at in starts for shift in (-1, 0, 1_799_999_999, 1_800_000_000)]
    listed = connection().execute(
        f"SELECT {day_sql(zone, 't', first=min(instants), last=max(instants))} FROM (SELECT unnest($1::BIGINT[]) AS t)", [instants]
    )
    expected = [((EPOCH + timedelta(microseconds=at)).astimezone(info).date() - date(1970, 1, 1)).days for at in instants]
    assert [day for (day,) in listed.fetchall()] == expected


def test_utc_has_one_piece_and_changes_nothing() -> None:
    assert len(pieces("UTC")) == 1
    assert computed("UTC", datetime(2024, 2, 29, 12)) == (micros(datetime(2024, 2, 29, 12)), False)


def test_an_unknown_zone_is_a_project_error() -> None:
    with pytest.raises(ProjectError, match="Europe/Pragu"):
        pieces("Europe/Pragu")


@pytest.mark.parametrize(
    ("zone", "instant"), [(None, 1_699_996_400_123_457), ("UTC", 1_700_000_000_123_457), ("Asia/Tokyo", 1_700_000_000_123_457)]
)
def test_times_in_nanoseconds_are_told_in_microseconds(tmp_path: Path, zone: str | None, instant: int) -> None:
    at = pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns", tz=zone))  # as pandas writes them
    pq.write_table(pa.table({"who": ["p1", "p1"], "at": at}), tmp_path / "log.parquet")
    block = '[[interactions]]\nfrom = "log.parquet"\nperson = "who"\nat = "at"\nactivity = "visit"\ntouchpoint = "page"\n'
    (tmp_path / "momot.toml").write_text(f'name = "Shop"\ntimezone = "Europe/Prague"\n{block}', encoding="utf-8")
    built = build(load(tmp_path), folder=tmp_path)
    assert row(connection(), f"SELECT count(*), min(happened_at) FROM read_parquet('{built.folder}/interactions/*/*.parquet')") == (
        1,
        instant,
    )
