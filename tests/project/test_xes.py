"""XES as rows: what the standard (IEEE 1849-2016) allows, and what no reader should accept."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from momot.errors import NothingLeft, UnreadableSource
from momot.project import xes
from momot.project.xes import Told, read_events

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">
"""
TRACE = """  <trace>
    <string key="concept:name" value="c1"/>
    <int key="amount" value="12"/>
    <event>
      <string key="concept:name" value="called"/>
      <date key="time:timestamp" value="2024-03-05T10:00:00.000+01:00"/>
    </event>
    <event>
      <string key="concept:name" value="paid &amp; left"/>
      <boolean key="late" value="1"/>
    </event>
  </trace>
"""


def log(tmp_path: Path, inside: str, *, head: str = HEAD, name: str = "log.xes") -> Path:
    text = f"{head}{inside}</log>\n".encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return tmp_path / name


def read(path: Path, told: Told | None = None) -> list[tuple[int, dict[str, str]]]:
    return list(read_events(path, name=path.name, told=told))


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_an_event_is_a_row_with_what_its_trace_says(tmp_path: Path, name: str) -> None:
    told = Told()
    assert read(log(tmp_path, TRACE, name=name), told) == [
        (
            6,
            {
                "case:concept:name": "c1",
                "case:amount": "12",
                "concept:name": "called",
                "time:timestamp": "2024-03-05T10:00:00.000+01:00",
            },
        ),
        (10, {"case:concept:name": "c1", "case:amount": "12", "concept:name": "paid & left", "late": "true"}),
    ]
    assert (told.events, told.traces, told.notes("log.xes")) == (2, 1, [])


def test_a_prefix_of_the_tags_changes_nothing(tmp_path: Path) -> None:
    plain = read(log(tmp_path, TRACE))
    prefixed = TRACE
    for tag in ("trace", "event", "string", "int", "date", "boolean"):
        prefixed = prefixed.replace(f"<{tag}", f"<x:{tag}").replace(f"</{tag}", f"</x:{tag}")
    path = tmp_path / "prefixed.xes"
    path.write_text(f'<?xml version="1.0"?>\n<x:log xmlns:x="http://www.xes-standard.org/">\n{prefixed}</x:log>', encoding="utf-8")
    assert read(path) == plain


def test_a_global_is_a_promise_and_no_value(tmp_path: Path) -> None:
    told = Told()
    declared = """<global scope="event"><string key="concept:name" value="UNKNOWN"/><string key="org:resource" value="nobody"/></global>
    <global scope="trace"><string key="region" value="nowhere"/></global><classifier name="Activity" keys="concept:name"/>"""
    rows = read(log(tmp_path, declared + TRACE), told)
    assert all("org:resource" not in row and "case:region" not in row for _, row in rows)
    assert told.notes("log.xes") == ["log.xes: declared global, yet missing in some events, where they stay empty: org:resource (2)."]


def test_attributes_within_attributes_are_named_by_their_path_and_repeated_ones_counted(tmp_path: Path) -> None:
    told = Told()
    nested = """<trace><event>
      <string key="cost" value="7"><string key="currency" value="EUR"/></string>
      <list key="items"><values><string key="item" value="a"/><string key="item" value="b"/><int key="n" value="2"/></values></list>
      <container key="place"><float key="lat" value="50.1"/></container>
      <string key="empty" value=""/><id key="who" value="u-1"/>
    </event></trace>"""
    assert [row for _, row in read(log(tmp_path, nested), told)] == [
        {"cost": "7", "cost/currency": "EUR", "items/item": "a", "items/n": "2", "place/lat": "50.1", "who": "u-1"}
    ]
    assert "1 values are left out" in told.notes("log.xes")[0]
    assert "items/item" in told.notes("log.xes")[0]


def test_events_without_a_trace_and_traces_without_events_are_counted(tmp_path: Path) -> None:
    told = Told()
    rows = read(log(tmp_path, '<event><string key="concept:name" value="x"/></event><trace></trace>' + TRACE), told)
    assert rows[0][1] == {"concept:name": "x"}
    assert [note.partition(": ")[2] for note in told.notes("log.xes")] == [
        "1 events stand in no trace: their columns case:… are empty.",
        "1 traces have no event and give no row.",
    ]


def test_attributes_of_the_log_are_no_columns(tmp_path: Path) -> None:
    rows = read(log(tmp_path, '<string key="creator" value="me"><string key="version" value="1"/></string>' + TRACE))
    assert not any("creator" in row or "creator/version" in row for _, row in rows)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", NothingLeft, "is empty"),
        ("who,at\n1,2\n", UnreadableSource, r"no well-formed XML: syntax error on line 1\. Is it an XES file\?"),
        ("<html>\n</html>", UnreadableSource, "XML but no XES: line 1 begins <html>, not <log>"),
        (HEAD + TRACE, UnreadableSource, "ends on line 15, before its log does"),
        (HEAD + TRACE[:300], UnreadableSource, "ends on line 11, before its log does"),
        (HEAD + TRACE.replace("</event>", "</evnt>", 1) + "</log>", UnreadableSource, "mismatched tag on line 9"),
        (HEAD + TRACE + "</log>\n<log/>", UnreadableSource, "junk after document element on line 16"),
        (HEAD + TRACE.replace("&amp;", "&cent;") + "</log>", UnreadableSource, "undefined entity on line 11"),
    ],
)
def test_what_is_no_log_is_refused_with_its_line(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    (tmp_path / "log.xes").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        read(tmp_path / "log.xes")


def test_a_document_type_is_refused_before_any_entity_expands(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE log [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    (tmp_path / "log.xes").write_text(
        f'<?xml version="1.0"?>\n{bomb}<log><event><string key="x" value="&b;"/></event></log>', encoding="utf-8"
    )
    with pytest.raises(UnreadableSource, match=r"declares a document type \(line 2\)"):
        read(tmp_path / "log.xes")


def test_a_truncated_archive_is_refused_with_the_line_it_reached(tmp_path: Path) -> None:
    many = "".join(TRACE.replace('"c1"', f'"c{n}"').replace('"12"', f'"{n * n}"') for n in range(5000))
    path = log(tmp_path, many, name="log.xes.gz")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(UnreadableSource, match=r"log.xes.gz is a broken gzip archive: .* \(after line \d{4,}\)"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1250"])
def test_the_encoding_is_the_one_that_the_log_declares(tmp_path: Path, encoding: str) -> None:
    text = HEAD.replace("UTF-8", encoding) + '<event><string key="naïve" value="é"/></event></log>'
    if encoding == "windows-1250":
        text = text.replace("naïve", "žluť")
    (tmp_path / "log.xes").write_bytes(text.encode(encoding))
    assert list(read(tmp_path / "log.xes")[0][1].values()) == ["é"]


def test_a_tag_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert xes._LONGEST_TAG == 32 << 20
    monkeypatch.setattr(xes, "_LONGEST_TAG", 2 << 20)  # expat reads an open tag anew with each piece of it
    with (tmp_path / "log.xes").open("wb") as out:
        out.write(HEAD.encode() + b'<event><string key="x" value="')
        for _ in range(3):
            out.write(b"a" * (1 << 20))
    with pytest.raises(UnreadableSource, match="the tag on line 3 does not end within 2 MB"):
        read(tmp_path / "log.xes")
