"""Delimited text: dialects, and lines that are true whatever stands between them."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.build.delimited import Raw, read_delimited
from momot.build.dialect import unique_names
from momot.engine import connect, opened, rows


def read(folder: Path, content: bytes, *, encoding: str | None = None, name: str = "x.csv") -> tuple[Raw, list[tuple[object, ...]]]:
    (folder / name).write_bytes(content)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    with opened(connect(threads=1)) as connection:
        raw = read_delimited(connection, folder / name, name=name, encoding=encoding, work=work)
        return raw, rows(connection, f"SELECT * FROM {raw.relation} ORDER BY __line")


@pytest.mark.parametrize(
    ("content", "delimiter", "first"),
    [
        (b"a,b\n1,2\n", ",", ("1", "2", 2)),
        (b"a;b\n1,5;2\n", ";", ("1,5", "2", 2)),
        (b"a\tb\n1\t2\n", "\t", ("1", "2", 2)),
        (b"a|b\r\n1|2\r\n", "|", ("1", "2", 2)),
        (b'a,b\n"x, ""y""",2\n', ",", ('x, "y"', "2", 2)),
        (b"a,b\n'x, z',2\n'q','r'\n", ",", ("x, z", "2", 2)),
        (b"sep=;\na;b\n1;2\n", ";", ("1", "2", 3)),
        (b"\n\na,b\n1,2\n", ",", ("1", "2", 4)),
        (b'"a\nb",c\n1,2\n', ",", ("1", "2", 3)),
        (b"only\n1\n", ",", ("1", 2)),
        (b"a,b\n1,2", ",", ("1", "2", 2)),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), ",", ("1", "2", 2)),
    ],
)
def test_any_common_dialect_is_found(content: bytes, delimiter: str, first: tuple[object, ...], tmp_path: Path) -> None:
    raw, found = read(tmp_path, content)
    assert (raw.delimiter, found[0]) == (delimiter, first)


def test_names_are_unique_without_regard_to_case_and_never_empty() -> None:
    assert unique_names(["a", "A", "", " b ", "a"]) == ("a", "A_1", "column3", "b", "a_2")


CELL = st.text(alphabet='ab1 ,"\n', max_size=6)
RECORD = st.one_of(st.tuples(st.just("good"), CELL, CELL), st.tuples(st.sampled_from(["short", "long", "blank"]), st.just(""), st.just("")))


@settings(max_examples=60)
@given(records=st.lists(RECORD, min_size=1, max_size=30))
def test_every_row_knows_its_line_also_among_ragged_rows_empty_lines_and_line_breaks(
    records: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text, line, expected, ragged = "a,b\n", 2, [], []
    for kind, first, second in [("good", "start", "1"), *records, ("good", "x", "1"), ("good", "y", "2")]:
        if kind == "good":
            out = io.StringIO()
            csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([first, second])
            expected.append((first or None, second or None, line))
            piece = out.getvalue()
        else:
            piece = {"short": "1\n", "long": "1,2,3\n", "blank": "\n"}[kind]
            ragged += [line] if kind != "blank" else []
        text += piece
        line += piece.count("\n")
    if len(ragged) > len(expected):
        return  # that many ragged rows are another file, and refused as such
    raw, found = read(tmp_path_factory.mktemp("lines"), text.encode())
    assert found == expected
    assert [(entry.line, entry.code) for entry in raw.unreadable] == [(number, "ragged_row") for number in ragged]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Árvíztűrő tükörfúrógép", "cp1250"),
        ("Où est l'été français, à la forêt ?", "cp1252"),
        ("Größe, Überraschung und Straße", "cp1252"),
        ("Não gostei da devolução, péssimo", "cp1252"),
        ("Blåbærsyltetøy på brødskive", "cp1252"),
        ("El niño comió piña mañana", "cp1252"),
    ],
)
def test_text_of_one_byte_a_letter_is_read_as_it_was_written(text: str, encoding: str, tmp_path: Path) -> None:
    raw, found = read(tmp_path, f"a,b\n1,{text.replace(',', ' ')}\n".encode(encoding))
    assert found == [("1", text.replace(",", " "), 2)]
    assert raw.guessed


def test_columns_of_spaces_are_read_and_a_torn_line_is_told_by_its_number(tmp_path: Path) -> None:
    lines = [" customer_id  date cds  value", *(f" {n:05} 199701{n % 28 + 1:02}  1  {n}.50" for n in range(40))]
    lines[30] = " 00029 19970102"
    raw, found = read(tmp_path, "\r\n".join([*lines, ""]).encode(), name="cds.txt")
    assert raw.columns == ("customer_id", "date", "cds", "value")
    assert raw.delimiter == " "
    assert found[0] == ("00000", "19970101", "1", "0.50", 2)
    assert [(entry.line, entry.code) for entry in raw.unreadable] == [(31, "ragged_row")]
    assert len(found) == 39


@pytest.mark.parametrize(("header", "doubted"), [("00004 0001 19970101 2 29.33", True), ("id,2019,2020", False), ("1,2024-01-05,-3", True)])
def test_a_header_of_numbers_is_doubted(header: str, doubted: bool, tmp_path: Path) -> None:
    rest = "00004 0001 19970118 2 29.73\n" * 3 if " " in header else "1,2,3\n" * 3
    raw, _ = read(tmp_path, f"{header}\n{rest}".encode())
    assert bool(raw.notes) is doubted
