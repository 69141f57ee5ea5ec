"""Event logs for other tools: every interaction once, by name, case after case; what is written reads back the same."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import momot
from momot.api import Project
from momot.errors import QuestionError
from momot.journeys import event_log
from momot.journeys.log_files import write_log
from momot.project.xes import read_events
from tests.journeys import companies

TEXT = pa.string()
NAMED = ("subject", "account", "touchpoint", "moment", "stage", "channel", "quality", "level")
COUNTS = ("repeat", "occurrence", "session", "cycle")
SHOWN = {**dict.fromkeys(NAMED, TEXT), "value": pa.float64(), **dict.fromkeys(COUNTS, pa.int64()), "purchase": pa.bool_()}
LIVED = """SELECT p.person, s.subject, happened_at, a.activity, touchpoint, c.channel, quality, value_minor, occurrence, session, purchase
FROM journeys j JOIN people p USING (person_id) JOIN activities a USING (activity_id) JOIN touchpoints USING (touchpoint_id)
LEFT JOIN channels c ON c.channel_id = j.channel_id LEFT JOIN subjects s ON s.subject_id = j.subject_id
WHERE NOT p.is_employee ORDER BY j.person_id, happened_at, interaction_id"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("company")
    companies.write(folder, seed=11, people=80)
    project = momot.open(folder)
    momot.build(project)
    return project


@pytest.fixture(scope="module")
def lived(company: Project) -> list[tuple[Any, ...]]:
    with momot.build(company).connect() as connection:
        return connection.execute(LIVED).fetchall()


def micros(at: dt.datetime) -> int:
    return (at - dt.datetime(1970, 1, 1, tzinfo=at.tzinfo)) // dt.timedelta(microseconds=1)


def steps(rows: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Directly-follows counts of (case, event) in their order."""
    return Counter((one[1], other[1]) for one, other in itertools.pairwise(rows) if one[0] == other[0])


def test_the_columns_are_those_that_pm4py_asks_for(company: Project) -> None:
    schema = momot.to_event_log(company).schema
    named = {"case:concept:name": TEXT, "case:role": TEXT, "concept:name": TEXT, "time:timestamp": pa.timestamp("us", "UTC")}
    assert {field.name: field.type for field in schema} == named | SHOWN


def test_the_columns_are_those_that_retentioneering_asks_for(company: Project) -> None:
    schema = momot.to_event_log(company, names="retentioneering", event="touchpoint").schema
    named = {"user_id": TEXT, "role": TEXT, "event": TEXT, "timestamp": pa.timestamp("us"), "activity": TEXT}
    assert {field.name: field.type for field in schema} == named | {name: kind for name, kind in SHOWN.items() if name != "touchpoint"}


def test_each_interaction_of_whoever_is_no_employee_is_one_row_by_name(company: Project, lived: list[tuple[Any, ...]]) -> None:
    log = momot.to_event_log(company).read_all().to_pylist()
    assert len(log) == len(lived) > 300
    quality = {-1: "bad", 0: "neutral", 1: "good"}
    for row, (person, subject, at, activity, touchpoint, channel, went, value, occurrence, session, purchase) in zip(
        log, lived, strict=True
    ):
        found = (
            row["case:concept:name"],
            row["subject"],
            micros(row["time:timestamp"]),
            row["concept:name"],
            row["touchpoint"],
            row["channel"],
        )
        assert found == (person, subject, at, activity, touchpoint, channel)
        assert (row["quality"], row["value"]) == (quality.get(went), None if value is None else value / 100)
        assert (row["occurrence"], row["session"], row["purchase"]) == (occurrence, session, purchase)


def test_orders_can_be_the_cases(company: Project, lived: list[tuple[Any, ...]]) -> None:
    log = momot.to_event_log(company, case="subject", event="moment").read_all()
    cases = log["case:concept:name"].to_pylist()
    assert Counter(cases) == Counter(row[1] for row in lived if row[1] is not None)
    assert len(list(itertools.groupby(cases))) == len(set(cases))  # the rows of one stand together
    assert {row["person"] for row in log.to_pylist()} == {row[0] for row in lived if row[1] is not None}
    assert all(row["concept:name"].startswith(row["touchpoint"]) for row in log.to_pylist())


def test_it_comes_a_part_at_a_time_and_the_parts_are_the_whole(company: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in ("person", "subject"):
        whole = momot.to_event_log(company, case=case).read_all()
        monkeypatch.setattr(event_log, "_ROWS", 40)
        batches = list(momot.to_event_log(company, case=case))
        monkeypatch.undo()
        assert max(batch.num_rows for batch in batches) < 200 < whole.num_rows
        assert pa.Table.from_batches(batches).equals(whole)


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_a_written_xes_log_is_read_back_event_by_event(company: Project, tmp_path: Path, packed: str) -> None:
    path = tmp_path / f"log.xes{packed}"
    assert momot.to_event_log(company, path=path) == path
    assert path.read_bytes()[:2] == (b"\x1f\x8b" if packed else b"<?")
    events = [event for _, event in read_events(path, name="log")]
    log = momot.to_event_log(company).read_all().to_pylist()
    assert len(events) == len(log)
    for event, row in zip(events, log, strict=True):
        row["time:timestamp"] = row["time:timestamp"].isoformat(timespec="microseconds")
        row["purchase"] = "true" if row["purchase"] else "false"
        assert event == {name: str(value) for name, value in row.items() if value is not None}


def test_a_project_of_a_written_log_has_the_same_paths(company: Project, lived: list[tuple[Any, ...]], tmp_path: Path) -> None:
    momot.to_event_log(company, path=tmp_path / "log.xes.gz")
    (tmp_path / "momot.toml").write_text(momot.draft(tmp_path).text, encoding="utf-8")
    sql = """SELECT person, activity FROM interactions JOIN people USING (person_id) JOIN activities USING (activity_id)
        WHERE NOT duplicate ORDER BY person_id, happened_at, interaction_id"""
    with momot.build(momot.open(tmp_path)).connect() as connection:
        assert steps(connection.execute(sql).fetchall()) == steps([(row[0], row[3]) for row in lived])


def test_parquet_and_csv_hold_the_same(company: Project, tmp_path: Path) -> None:
    log = momot.to_event_log(company, names="retentioneering").read_all()
    assert pq.read_table(momot.to_event_log(company, path=tmp_path / "log.parquet", names="retentioneering")).equals(log)
    options = pa_csv.ConvertOptions(column_types=log.schema, strings_can_be_null=True, quoted_strings_can_be_null=False)
    for name in ("log.csv", "log.csv.gz"):
        found = pa_csv.read_csv(momot.to_event_log(company, path=tmp_path / name, names="retentioneering"), convert_options=options)
        assert found.cast(log.schema).equals(log)
    with gzip.open(tmp_path / "log.csv.gz", "rt", encoding="utf-8") as packed:
        assert next(csv.reader(packed))[:2] == ["user_id", "role"]


def made(*names: str) -> pa.RecordBatchReader:
    at = pa.array([0] * len(names), pa.timestamp("us", "UTC"))
    return pa.table({"case:concept:name": ["1"] * len(names), "concept:name": list(names), "time:timestamp": at}).to_reader()


def test_what_xml_has_marks_for_is_written_and_what_it_can_not_hold_is_replaced(tmp_path: Path) -> None:
    names = ["a < b & \"c\" 'd'", "two\nlines\tand a tab", "žluťoučký 🐎", "a\x00b"]
    path = write_log(made(*names), tmp_path / "log.xes")
    assert [event["concept:name"] for _, event in read_events(path, name="log")] == [*names[:3], "a\ufffdb"]


def test_a_log_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text("before", encoding="utf-8")

    def broken() -> Iterator[pa.RecordBatch]:
        yield from made("a").read_all().to_batches()
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        write_log(pa.RecordBatchReader.from_batches(made("a").schema, broken()), path)
    assert [one.name for one in tmp_path.iterdir()] == ["log.xes"]
    assert path.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"path": "log.xls"}, r"log\.xls is none of \.parquet, \.csv"),
        ({"case": "account"}, "no interaction of Random company belongs to an account"),
        ({"case": "persons"}, r"case is one of person, subject, account, found 'persons'. Did you mean 'person'\?"),
        ({"event": "channel"}, "event is one of activity, touchpoint, moment"),
        ({"names": "pm4py"}, "names is one of xes, retentioneering"),
        ({"path": "log.xes", "names": "retentioneering"}, "leave out names"),
    ],
)
def test_what_can_not_be_written_is_said(company: Project, options: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        momot.to_event_log(company, **options)


def test_the_command_writes_it_without_pandas(company: Project, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    script = f"""import sys
from momot.cli import run
code = run(["export", {str(company.folder)!r}, "-o", {str(path)!r}, "--case", "subject", "--event", "touchpoint", "--quiet"])
sys.exit(code or ("pandas" in sys.modules))"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    log = momot.to_event_log(company, case="subject", event="touchpoint").read_all()
    with path.open(encoding="utf-8", newline="") as out:
        rows = list(csv.DictReader(out))
    assert [row["concept:name"] for row in rows] == log["concept:name"].to_pylist()
