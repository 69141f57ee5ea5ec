from __future__ import annotations

from pathlib import Path

import pytest

from momot.project.aligned import is_aligned, to_tabs

CDS = " customer_id  date cds  value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n 00002 19970112  5   77.00\r\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CDS, True),
        ('name  n\n"New York"  1\n"Praha"  2\n', True),
        ("full name\nEva Nová\nJan Malý\nOto Velký\n", False),  # people, not columns
        ("id,full name\n1,Eva Nová\n2,Jan Malý\n", False),
        ("a b\n1 2\n3 4 5\n", False),
        ("n\n1\n2\n3\n", False),
        ("a b\n1 2\n", False),  # too few lines
    ],
)
def test_columns_of_spaces_are_told_from_sentences_and_from_other_separators(text: str, expected: bool) -> None:
    assert is_aligned(text) is expected


def test_the_copy_keeps_lines_and_quoted_fields(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('  a   b\n\n "New York"   1\n  é 2', encoding="utf-8")
    to_tabs(tmp_path / "a.txt", tmp_path / "b.tsv")
    assert (tmp_path / "b.tsv").read_text(encoding="utf-8") == 'a\tb\n\n"New York"\t1\né\t2\n'
