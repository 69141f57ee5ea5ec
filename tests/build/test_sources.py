"""The same rows from every kind of source give the same interactions."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from momot.errors import MissingSource, UnreadableSource

BLOCK = """[[interactions]]
from = "{0}"
activity = "called"
touchpoint = "support.call"
person = "who"
at = "at"
value = "price"
quality = {{sql = "q"}}
"""
HEAD = ("who", "at", "price", "q")
ROWS = [("007", "2024-03-05 10:00:00", "1.5", "good"), ("ž", "2024-03-06 11:30:00", None, "bad"), ("12", "2024-03-07 00:00:00", "3", None)]
EXPECTED = [("007", 150, 1), ("12", 300, None), ("ž", None, -1)]


def csv(rows: list[tuple[str | None, ...]] = ROWS) -> str:
    return "\n".join(",".join(cell or "" for cell in row) for row in [HEAD, *rows]) + "\n"


def workbook(path: Path) -> None:
    """The least that an Excel file needs, all cells as texts in place."""

    def cell(value: str | None) -> str:
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else "<c/>"

    rows = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in [HEAD, *ROWS])
    main, kind = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet_type}.worksheet+xml"/></Types>',
        )
        out.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        out.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{kind}"><sheets><sheet name="calls" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        out.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        out.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>')


def write(folder: Path, name: str) -> None:
    """The rows as a file of the kind that `name` ends with."""
    path = folder / name
    table = pa.table({column: [row[at] for row in ROWS] for at, column in enumerate(HEAD)})
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(csv().encode()))
    elif name.endswith(".jsonl"):
        path.write_text("".join(json.dumps(dict(zip(HEAD, row, strict=True))) + "\n" for row in ROWS), encoding="utf-8")
    elif name.endswith(".json"):
        path.write_text(json.dumps([dict(zip(HEAD, row, strict=True)) for row in ROWS], indent=1), encoding="utf-8")
    elif name.endswith(".parquet"):
        pq.write_table(table, path)
    elif name.endswith(".xlsx"):
        workbook(path)
    elif name.endswith((".sqlite", ".db")):
        with sqlite3.connect(path) as connection:
            connection.execute('CREATE TABLE calls ("who", "at", "price", "q")')
            connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?)", ROWS)
        connection.close()
    elif name.endswith(".duckdb"):
        with duckdb.connect(str(path)) as connection:
            connection.register("rows", table)
            connection.execute("CREATE TABLE calls AS FROM rows")
    else:
        path.write_text(csv(), encoding="utf-8")


KINDS = [
    "calls.csv",
    "calls.csv.gz",
    "calls.txt",
    "calls.jsonl",
    "calls.json",
    "calls.parquet",
    "calls.xlsx",
    "calls.sqlite",
    "calls.db",
    "calls.duckdb",
]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_source_gives_the_same_rows(name: str, make: Any, query: Any, tmp_path: Path) -> None:
    write(tmp_path / "shop", name)
    made = make(BLOCK.format(name), {})
    found = query(made, "SELECT person, value_minor, quality FROM interactions JOIN people USING (person_id) ORDER BY person")
    assert found == EXPECTED
    assert made.manifest.sources[0].rows == 3


def test_a_pattern_reads_its_files_as_one_table_with_columns_by_name(make: Any, query: Any) -> None:
    files = {
        "days/1.csv": csv(ROWS[:1]),
        "days/2.csv": "at,who,price,q,more\n2024-03-06 11:30:00,ž,,bad,x\n2024-03-07,12,3,,y\nlater,13,3,,z\n",
    }
    padding = "".join(f"2024-03-08 0{n % 10}:00:00,12,3,,y\n" for n in range(20))
    files["days/2.csv"] += padding
    made = make(BLOCK.format("days/*.csv"), files)
    found = query(made, "SELECT DISTINCT person, value_minor, quality FROM interactions JOIN people USING (person_id) ORDER BY person")
    assert found == EXPECTED
    assert query(made, "SELECT source, line, code FROM rejected") == [("days/2.csv", 4, "not_a_time")]
    assert [(source.path, source.rows) for source in made.manifest.sources] == [("days/1.csv", 1), ("days/2.csv", 23)]


def test_a_typed_source_is_read_in_place(make: Any, query: Any, tmp_path: Path) -> None:
    times = pa.array([1_709_632_800_000_000, 1_709_636_400_000_000], pa.timestamp("us", tz="UTC"))
    table = pa.table({"who": [7.0, 12.0], "at": times, "price": [1.5, float("nan")], "q": ["good", "bad"], "tags": [["a"], []]})
    pq.write_table(table, tmp_path / "shop" / "calls.parquet")
    made = make('timezone = "Asia/Tokyo"\n' + BLOCK.format("calls.parquet"), {})
    found = query(made, "SELECT person, happened_at, value_minor FROM interactions JOIN people USING (person_id)")
    assert found == [("7", 1_709_632_800_000_000, 150)]
    assert query(made, 'SELECT line, code, "column" FROM rejected') == [(2, "not_a_number", "value")]
    assert not (made.folder.parent / "sources").exists()


def test_a_broken_json_line_is_listed(make: Any, query: Any) -> None:
    line = json.dumps(dict(zip(HEAD, ROWS[0], strict=True)))
    made = make(BLOCK.format("calls.jsonl"), {"calls.jsonl": f'{line}\n{{"who": \n\n[1]\n{line}\n'})
    assert query(made, "SELECT line, code FROM rejected ORDER BY line") == [(2, "unreadable_row"), (4, "unreadable_row")]
    assert query(made, "SELECT count(*), count_if(duplicate) FROM interactions") == [(2, 1)]


@pytest.mark.parametrize(("table", "message"), [("cals", "Did you mean 'calls'"), (None, "2 tables; say which")])
def test_a_table_of_a_database_is_named(table: str | None, message: str, make: Any, tmp_path: Path) -> None:
    write(tmp_path / "shop", "calls.duckdb")
    with duckdb.connect(str(tmp_path / "shop" / "calls.duckdb")) as connection:
        connection.execute("CREATE TABLE other AS SELECT 1 AS n")
    sheet = f', sheet = "{table}"' if table else ""
    with pytest.raises(MissingSource, match=message):
        make(f'[tables]\ncalls = {{file = "calls.duckdb"{sheet}}}\n' + BLOCK.format("calls"), {})


def test_a_sheet_that_is_not_there_and_an_unknown_kind_of_file_are_named(make: Any, tmp_path: Path) -> None:
    write(tmp_path / "shop", "calls.xlsx")
    with pytest.raises(MissingSource, match=r"no sheet 'call'\. Did you mean 'calls'"):
        make('[tables]\ncalls = {file = "calls.xlsx", sheet = "call"}\n' + BLOCK.format("calls"), {})
    with pytest.raises(UnreadableSource, match="no kind of file"):
        make(BLOCK.format("calls.pdf"), {"calls.pdf": "x"})


def test_sentinels_and_formats_of_a_table_hold_for_a_typed_source_too(make: Any, query: Any, tmp_path: Path) -> None:
    table = pa.table(
        {
            "who": ["a", "b", "?"],
            "at": ["5/3/2024 10:00", "6/3/2024 10:00", "7/3/2024 10:00"],
            "price": [1, -999, 3],
            "q": ["good", "?", "bad"],
        }
    )
    pq.write_table(table, tmp_path / "shop" / "calls.parquet")
    settings = '[tables]\ncalls = {file = "calls.parquet", missing = ["?", "-999"], time_format = "%d/%m/%Y %H:%M"}\n'
    made = make(settings + BLOCK.format("calls"), {})
    assert query(made, "SELECT person, value_minor, quality FROM interactions JOIN people USING (person_id) ORDER BY 1") == [
        ("a", 100, 1),
        ("b", None, None),
    ]
    assert made.manifest.blocks[0].anonymous == 1
