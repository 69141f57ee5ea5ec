"""Tables in memory make a project that answers exactly as one opened from a folder, and leaves nothing behind."""

from __future__ import annotations

import datetime as dt
import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import momot
from momot.api.builds import built_of
from momot.errors import DataError, MissingColumn, MomotError, NotATime, ProjectError
from tests.project.tables import START, OnlyStream, visits

AGAIN = {"again": {"activity": "order.checkout", "within": "2 days", "per": "person"}}


@pytest.fixture(autouse=True)
def private_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Private folders of these tests are made here, so that what is left behind shows."""
    home = tmp_path / "private"
    home.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    yield home
    gc.collect()
    assert not list(home.iterdir())


def counted(project: momot.Project, sql: str) -> tuple[Any, ...]:
    with momot.build(project).connect() as connection:
        return connection.execute(sql).fetchone() or ()


# -- what columns mean ----------------------------------------------------------------------------------------------------------------


def test_columns_are_known_by_their_names_and_nobody_is_anonymous() -> None:
    rows = visits(currency=[1.5] * 240)
    rows["person"][7] = None
    project = momot.from_tables(interactions=rows)
    block = momot.build(project).manifest.table("interactions").blocks[0]
    assert (block.kept, block.anonymous, block.rejected) == (240, 1, 0)
    assert counted(project, "SELECT count(DISTINCT person_id), count(DISTINCT touchpoint_id) FROM interactions") == (40, 2)


def test_other_names_are_said_once_for_all_tables_or_for_one() -> None:
    rows = visits()
    project = momot.from_tables(
        interactions={"who": rows["person"], "ts": rows["at"], "touchpoint": rows["touchpoint"], "late": [True] * 240},
        opinions={"who": ["P1"], "given": [START], "stars": [4]},
        columns={
            "person": "who",
            "interactions": {"at": "ts", "quality": {"sql": "CASE WHEN late THEN 'bad' END"}},
            "opinions": {"at": "given", "value": "stars", "scale": [1, 5], "instrument": "stars"},
        },
    )
    assert counted(project, "SELECT sum(quality), count(*) FROM interactions") == (-240, 240)
    assert project.file.opinions[0].scale == (1.0, 5.0)
    assert [outcome.opinion for outcome in project.file.outcomes] == ["stars"]


def test_names_of_columns_may_be_words_of_sql_or_hold_quotes() -> None:
    rows = visits()
    table = {'the "who"': rows["person"], "end": rows["at"], "select": rows["touchpoint"]}
    project = momot.from_tables(interactions=table, columns={"person": 'the "who"', "at": "end", "touchpoint": "select"})
    assert counted(project, "SELECT count(DISTINCT person_id) FROM interactions") == (40,)


def test_several_ids_of_a_person_are_named_by_their_kind() -> None:
    rows = visits()
    columns = {"interactions": {"person": {"crm": "person", "cookie": "anon"}}}
    project = momot.from_tables(interactions=rows | {"anon": [None] * 240}, columns=columns)
    assert project.file.interactions[0].person == {"crm": '"person"', "cookie": '"anon"'}


def test_opinions_of_several_instruments_are_told_apart_by_their_column() -> None:
    opinions = {"person": ["P1", "P2", "P3"], "at": [START] * 3, "instrument": ["nps", "csat", "nps"], "value": [9, 4, 2]}
    project = momot.from_tables(interactions=visits(), opinions=opinions)
    assert counted(project, "SELECT count(*), count(*) FILTER (instrument = 'nps') FROM opinions") == (3, 2)
    assert [outcome.opinion for outcome in project.file.outcomes] == ["csat", "nps"]


def test_the_one_instrument_that_outcomes_ask_for_names_opinions_without_one() -> None:
    opinions = {"person": ["P1"], "at": [START], "value": [9]}
    project = momot.from_tables(interactions=visits(), opinions=opinions, outcomes={"loyalty": {"opinion": "nps", "as": "nps"}})
    assert project.file.opinions[0].instrument == "nps"


def test_other_columns_of_people_are_segments_unless_they_are_names_or_times() -> None:
    names = [f"P{row}" for row in range(60)]
    people = {
        "person": names, "region": ["n", "s"] * 30, "age": list(range(60)), "mail": [f"{name}@x" for name in names],
        "since": [START] * 60, "employee": [False] * 60, "lives in": ["town"] * 60,
    }  # fmt: skip
    project = momot.from_tables(interactions=visits(), people=people)
    assert project.file.people is not None
    assert project.file.people.segments == {"region": '"region"', "age": '"age"', "lives_in": '"lives in"'}
    assert project.file.people.employee == '"employee"'


def test_ids_may_be_numbers_in_every_table() -> None:
    rows = visits()
    numbers = [row % 40 for row in range(240)]
    people = {"person": pa.array(range(40)), "region": ["n", "s"] * 20, "doubled": [2 * number for number in range(40)]}
    opinions = {"person": [3.0, None], "at": [START] * 2, "value": [1, 2]}
    project = momot.from_tables(
        interactions=rows | {"person": numbers}, people=people, opinions=opinions, columns={"people": {"segments": {"twice": "person * 2"}}}
    )
    assert counted(project, 'SELECT count(DISTINCT "segment.twice"), count(*) FROM people') == (40, 40)
    assert counted(project, "SELECT count(*) FROM opinions o JOIN people p USING (person_id) WHERE p.person = '3'") == (1,)


def test_an_ordered_category_is_a_level_in_its_order() -> None:
    labels = pa.array(["small", "middling", "big"])
    level = pa.DictionaryArray.from_arrays(pa.array([2, 0, 1, 2] * 60), labels, ordered=True)
    project = momot.from_tables(interactions=pa.table(visits()).append_column("level", level))
    assert [one.label for one in project.file.interactions[0].levels] == ["small", "middling", "big"]


def test_several_tables_of_a_kind_and_further_ones_are_read_together() -> None:
    first, second = visits(120), visits(60)
    second["touchpoint"] = ["support.call"] * 60
    project = momot.from_tables(
        interactions=[OnlyStream(pa.table(first)), OnlyStream(pa.table(second))],
        tables={"known": {"who": ["P1", "P2"], "left": [1, 0]}},
        outcomes={"left": {"from": "known", "value": '"left"', "person": "who", "per": "person"}},
        blocks={"tables": {"bad": "SELECT * FROM interactions WHERE quality = 'bad'"}, "channels": ["kiosk"]},
    )
    assert counted(project, "SELECT count(*), count(DISTINCT touchpoint_id) FROM interactions") == (180, 3)
    assert counted(project, "SELECT count(*), sum(value) FROM facts") == (2, 1.0)


# -- times ----------------------------------------------------------------------------------------------------------------------------


def first_instant(at: pa.Array, **options: Any) -> dt.datetime:
    table = pa.table(visits(1)).set_column(1, "at", at)
    project = momot.from_tables(interactions=table, **options)
    return dt.datetime.fromtimestamp(counted(project, "SELECT min(happened_at) FROM interactions")[0] / 1e6, dt.UTC)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(("zone", "told", "hour"), [(None, None, 12), (None, "Europe/Prague", 10), ("Europe/Prague", None, 12)])
def test_instants_are_the_same_in_every_unit_and_zone(unit: str, zone: str | None, told: str | None, hour: int) -> None:
    at = pa.array([dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC if zone else None)], pa.timestamp(unit, zone))
    assert first_instant(at, timezone=told) == dt.datetime(2024, 7, 1, hour, tzinfo=dt.UTC)


def test_the_days_are_those_of_the_zone_that_the_times_have() -> None:
    at = pa.array([START] * 240, pa.timestamp("us", "America/Sao_Paulo"))
    table = pa.table(visits()).set_column(1, "at", at)
    assert momot.from_tables(interactions=table).file.timezone == "America/Sao_Paulo"
    assert momot.from_tables(interactions=table, timezone="Asia/Tokyo").file.timezone == "Asia/Tokyo"
    fixed = pa.table(visits()).set_column(1, "at", pa.array([START] * 240, pa.timestamp("us", "+02:00")))
    assert momot.from_tables(interactions=fixed).file.timezone == "UTC"


def test_times_with_and_without_a_zone_need_the_zone_said() -> None:
    zoned = pa.table({"person": ["P1"], "at": pa.array([START], pa.timestamp("us", "Europe/Prague")), "value": [1]})
    with pytest.raises(ProjectError, match=r"interactions: 'at' has no time zone, and 'at' of opinions has Europe/Prague. .*timezone="):
        momot.from_tables(interactions=visits(), opinions=zoned)
    assert momot.from_tables(interactions=visits(), opinions=zoned, timezone="Europe/Prague").file.timezone == "Europe/Prague"


@pytest.mark.parametrize(
    ("factor", "unit", "divided"), [(1, "Seconds", ""), (10**3, "Milliseconds", " / 1e3"), (10**9, "Nanoseconds", " / 1e9")]
)
def test_numbers_since_1970_are_refused_with_the_expression_that_works(factor: int, unit: str, divided: str) -> None:
    at = [(1_704_067_200 + 3600 * row) * factor for row in range(240)]
    sql = f'to_timestamp("at"{divided})'
    with pytest.raises(NotATime, match=f"at = 'at' is int64, not a time. {unit} since 1970 become a time by") as told:
        momot.from_tables(interactions=visits() | {"at": at})
    assert sql in str(told.value)
    project = momot.from_tables(interactions=visits() | {"at": at}, columns={"interactions": {"at": {"sql": sql}}})
    assert counted(project, "SELECT min(happened_at) FROM interactions") == (1_704_067_200_000_000,)


def test_days_as_whole_numbers_and_texts_are_times() -> None:
    assert first_instant(pa.array([20240131])) == dt.datetime(2024, 1, 31, tzinfo=dt.UTC)
    assert first_instant(pa.array(["2024-01-31 10:00"])) == dt.datetime(2024, 1, 31, 10, tzinfo=dt.UTC)


# -- errors ---------------------------------------------------------------------------------------------------------------------------


ERRORS: tuple[tuple[dict[str, Any], type[MomotError], str], ...] = (
    ({"columns": {"interactions": {"person": "persn"}}}, MissingColumn, r"person = 'persn' is no column. Did you mean 'person'\?"),
    ({"columns": {"interactions": {"persn": "person"}}}, ProjectError, r"interactions: unknown key 'persn'. Did you mean 'person'\?"),
    ({"columns": {"interactions": {"touchpoint": "qualty"}}}, MissingColumn, r"Did you mean 'quality'\?.*A constant is"),
    ({"columns": {"touchpoint": "place"}}, ProjectError, "{'touchpoint': 'place'} fits no table"),
    ({"columns": {"customer": "person"}}, ProjectError, "Columns are named by what they mean: {'person': 'customer'}"),
    ({"columns": {"orders": {"at": "at"}}}, ProjectError, "columns: unknown table 'orders'"),
    ({"outcomes": {"x": {"activity": "order.chekout", "within": "9 days"}}}, ProjectError, r"x: 'activity': .* mean 'order.checkout'\?"),
    ({"outcomes": {"x": {"activity": "order.checkout", "within": 9}}}, ProjectError, "outcomes.x: 'within' needs a unit"),
    ({"outcomes": {"x": {"opinion": "nps"}}}, ProjectError, "outcomes.x: 'opinion': no block has the instrument 'nps'"),
    ({"blocks": {"stage": []}}, ProjectError, r"blocks: unknown block 'stage'. Did you mean 'stages'\?"),
    ({"blocks": {"outcomes": {}}}, ProjectError, "'outcomes' is a keyword of its own"),
    ({"blocks": {"stages": [{"stage": "smot", "touchpont": "x"}]}}, ProjectError, r"stages: unknown key 'touchpont'. Did you mean"),
    ({"blocks": {"controls": {"touchpoints": ["delivery.parcl"]}}}, ProjectError, r"controls: .*Did you mean 'delivery.parcel'\?"),
    ({"tables": {"people": {"a": [1]}}}, ProjectError, "tables: 'people' can't name another table"),
    ({"timezone": "Europe/Pragg"}, ProjectError, r"unknown timezone 'Europe/Pragg'. Did you mean 'Europe/Prague'\?"),
    ({"opinions": {"person": ["a"], "at": [START]}}, MissingColumn, "opinions: no column 'value': the answer as a number"),
    ({"opinions": {"person": ["a"], "at": [START], "value": [1], "instrument": [None]}}, ProjectError, "'instrument' is empty"),
    (
        {"opinions": {"person": ["a"], "at": [START], "value": [1], "k": ["x"]}, "columns": {"opinions": {"instrument": {"sql": "k"}}}},
        ProjectError,
        r"opinions: 'instrument' is its name.* found {'sql': 'k'}\. Compute a column of the table first",
    ),
    ({"people": [{"person": "a"}, 3]}, DataError, "people: found a list, but its columns can't be read"),
)


@pytest.mark.parametrize(("options", "error", "told"), ERRORS)
def test_what_is_wrong_is_told_by_table_key_and_nearest_fix(options: dict[str, Any], error: type[MomotError], told: str) -> None:
    with pytest.raises(error, match=f"(?m)^from_tables.*{told}"):
        momot.from_tables(interactions=visits(), **options)


def test_a_column_that_is_needed_is_named_with_what_comes_nearest() -> None:
    rows = visits()
    with pytest.raises(MissingColumn, match=r"no column 'at': when it happened\. Did you mean 'ts'\? .*\{'at': 'ts'\}"):
        momot.from_tables(interactions={"person": rows["person"], "ts": rows["at"], "touchpoint": rows["touchpoint"]})
    with pytest.raises(MissingColumn, match=r"no column 'touchpoint' \(or 'activity'\).*Did you mean 'touchpiont'"):
        momot.from_tables(interactions={"person": rows["person"], "at": rows["at"], "touchpiont": rows["touchpoint"]})
    with pytest.raises(MissingColumn, match=r"no column 'person' \(or 'subject', 'account'\)"):
        momot.from_tables(interactions={"at": rows["at"], "touchpoint": rows["touchpoint"]})


def test_without_a_table_there_is_nothing_to_open() -> None:
    with pytest.raises(ProjectError, match="no table given"):
        momot.from_tables()


# -- the same answers, and nothing left behind ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return momot.worlds.shop(tmp_path_factory.mktemp("tables") / "shop", orders=1500)


def test_findings_are_those_of_the_project_in_a_folder(shop: Path, tmp_path: Path) -> None:
    """What the shop's project file says, said of its tables as another program holds them."""
    opened = momot.open(shop)
    with momot.build(opened).connect() as connection:
        read = connection.sql
        interactions = read(
            """SELECT coalesce(p.person, '') AS person, make_timestamp(i.happened_at) AS at, s.subject, t.touchpoint, a.activity,
                      CASE i.quality WHEN -1 THEN 'bad' WHEN 0 THEN 'neutral' WHEN 1 THEN 'good' END AS quality
               FROM interactions i JOIN touchpoints t USING (touchpoint_id) JOIN activities a USING (activity_id)
               LEFT JOIN subjects s USING (subject_id) LEFT JOIN people p ON p.person_id = i.person_id"""
        ).to_arrow_table()
        subjects = read(
            """SELECT s.subject, p.person, make_timestamp(s.started_at) AS start FROM subjects s JOIN people p USING (person_id)"""
        ).to_arrow_table()
        opinions = read(
            """SELECT s.subject, make_timestamp(o.given_at) AS at, o.instrument, o.value
               FROM opinions o JOIN subjects s USING (subject_id)"""
        ).to_arrow_table()
    tables = {"interactions": interactions, "subjects": subjects, "opinions": opinions}
    for name, table in tables.items():
        pa.csv.write_csv(table, tmp_path / f"{name}.csv")
    (tmp_path / "momot.toml").write_text(
        """
        name = "tables"
        [[subjects]]
        from = "subjects.csv"
        subject = "subject"
        person = "person"
        start = "start"
        [[interactions]]
        from = "interactions.csv"
        activity = {sql = "activity"}
        touchpoint = {sql = "touchpoint"}
        person = "person"
        subject = "subject"
        at = '"at"'
        quality = {sql = "quality"}
        [[opinions]]
        from = "opinions.csv"
        subject = "subject"
        instrument = "stars"
        at = '"at"'
        value = "value"
        [outcomes.opinion]
        opinion = "stars"
        """,
        encoding="utf-8",
    )
    outcomes = {"opinion": {"opinion": "stars"}}
    from_folder = momot.find_moments(momot.open(tmp_path))
    from_memory = momot.find_moments(momot.from_tables(**{name: OnlyStream(table) for name, table in tables.items()}, outcomes=outcomes))  # type: ignore[arg-type]
    one, two = (msgspec.json.decode(findings.to_json()) for findings in (from_folder, from_memory))
    assert one["findings"]
    assert one | {"build": ""} == two | {"build": ""}
    report = momot.report(from_memory, tmp_path / "report.html")
    assert report.stat().st_size > 1000


def test_the_private_folder_lives_as_long_as_the_project_or_a_build_of_it(private_temporary_folder: Path) -> None:
    project = momot.from_tables(interactions=visits(), outcomes=AGAIN)
    folder = project.folder
    assert folder.parent == private_temporary_folder
    build = momot.build(project)
    del project
    gc.collect()
    with build.connect() as connection:
        assert connection.execute("SELECT count(*) FROM interactions").fetchone() == (240,)
    del build
    gc.collect()
    assert not folder.exists()


def test_what_fails_leaves_nothing_behind(private_temporary_folder: Path) -> None:
    with pytest.raises(ProjectError):
        momot.from_tables(interactions=visits(), outcomes={"x": {"opinion": "nps"}})
    assert not list(private_temporary_folder.iterdir())


def test_nothing_is_left_when_the_program_ends_and_a_forked_child_takes_nothing_away(private_temporary_folder: Path) -> None:
    code = (
        "import os, sys, momot\n"
        "from tests.project.tables import visits\n"
        "project = momot.from_tables(interactions=visits())\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    sys.exit(0)\n"
        "os.waitpid(child, 0)\n"
        "print(project.folder.is_dir())\n"
    )
    environment = os.environ | {"TMPDIR": str(private_temporary_folder), "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), "."])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    assert not list(private_temporary_folder.iterdir())


def test_a_folder_that_is_kept_is_a_project_like_any_other(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    project = momot.from_tables(interactions=visits(), outcomes=AGAIN, folder=kept)
    assert counted(project, "SELECT count(*) FROM interactions") == (240,)
    assert sorted(path.name for path in kept.iterdir()) == [".momot", "interactions.parquet", "momot.toml"]
    assert momot.open(kept).file == project.file
    again = momot.from_tables(interactions=visits(120), outcomes=AGAIN, folder=kept)
    with built_of(again, None).connect() as connection:
        assert connection.execute("SELECT count(*) FROM interactions").fetchone() == (120,)
    with pytest.raises(ProjectError, match=r"from_tables, outcomes\.x"):
        momot.from_tables(interactions=visits(7), outcomes={"x": {}}, folder=kept)
    assert counted(momot.open(kept), "SELECT count(*) FROM interactions") == (120,)


def test_a_project_file_that_somebody_wrote_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text('name = "mine"\n', encoding="utf-8")
    with pytest.raises(ProjectError, match=r"has a momot.toml of its own. momot.open\("):
        momot.from_tables(interactions=visits(), folder=tmp_path)
    assert (tmp_path / "momot.toml").read_text(encoding="utf-8") == 'name = "mine"\n'


# -- the libraries that people use --------------------------------------------------------------------------------------------------------


def categorical_rows() -> dict[str, list[Any]]:
    return visits(person=[f"P{row % 40}" if row % 60 else None for row in range(240)], value=[1.25] * 240)


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(categorical_rows())
    frame["touchpoint"] = frame["touchpoint"].astype("category")
    frame["at"] = frame["at"].astype("datetime64[ns]").dt.tz_localize("Europe/Prague")
    project = momot.from_tables(interactions=frame.sample(frac=1, random_state=1).set_index("person"), currency="EUR")
    assert counted(project, "SELECT count(*), count(DISTINCT person_id), sum(value_minor) FROM interactions") == (236, 40, 29_500)
    first_person = counted(project, "SELECT min(happened_at) FROM interactions")  # of the second row: the first has none
    assert first_person == (1_704_067_200_000_000,)


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(categorical_rows()).with_columns(
        polars.col("touchpoint").cast(polars.Categorical), polars.col("quality").cast(polars.Enum(["bad", "good"]))
    )
    project = momot.from_tables(interactions=polars.concat([frame[:100], frame[100:]], rechunk=False), currency="EUR")
    assert counted(project, "SELECT count(*), count(DISTINCT person_id), sum(value_minor) FROM interactions") == (236, 40, 29_500)
    with pytest.raises(DataError, match=r"give its \.collect\(\)"):
        momot.from_tables(interactions=frame.lazy())


def test_neither_pandas_nor_polars_is_imported(tmp_path: Path) -> None:
    """The table is read from a file, since pyarrow itself looks for pandas where it makes arrays of values."""
    pq.write_table(pa.table(visits()), tmp_path / "visits.parquet")
    code = (
        "import sys, momot, pyarrow.parquet\n"
        f"table = pyarrow.parquet.ParquetFile({str(tmp_path / 'visits.parquet')!r}).read()\n"
        "momot.build(momot.from_tables(interactions=table))\n"
        "print({'pandas', 'polars'} & set(sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*filter(None, sys.path), "."])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout == "set()\n"
