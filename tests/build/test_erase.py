"""Somebody erased: no file under `.momot` holds an id of theirs in any form, then and after later builds."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from momot.build import build
from momot.build.erase import Erasure, erase
from momot.build.erased import add_erased, read_erased
from momot.build.traces import files_with
from momot.engine import connect, literal, row
from momot.errors import DataError
from momot.journeys.tables import further
from momot.project import load

PROJECT = """name = "Shop"
timezone = "Europe/Berlin"

[[subjects]]
from = "tickets.json"
subject = "ticket"
person = {crm = "customer"}
start = "opened"

[[interactions]]
from = "log/*.csv"
person = {crm = "customer", cookie = "cookie"}
activity = "look"
touchpoint = "web.page"
account = "household"
at = "at"

[[interactions]]
from = "calls.parquet"
subject = "ticket"
activity = "call"
touchpoint = "support.call"
at = "at"

[[opinions]]
from = "answers.csv"
person = {crm = "customer"}
instrument = "nps"
value = "score"
scale = [0, 10]
text = "words"
at = "at"
"""
ID, COOKIE = "Anna-4711", "c00kie-77aa"  # tied by one row


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Sources of several formats that name her as a person, a household, in a text of somebody else, and in a row that can't be used."""
    (tmp_path / "momot.toml").write_text(PROJECT)
    (tmp_path / "log").mkdir()
    day(tmp_path, 1, [("2026-01-01", ID, COOKIE, ID), ("2026-01-02", "", COOKIE, "h2"), ("2026-01-03", "Bert-1", "c00kie-1", ID)])
    tickets = [{"ticket": "t1", "customer": ID, "opened": "2026-01-04"}, {"ticket": "t2", "customer": "Bert-1", "opened": "2026-01-04"}]
    (tmp_path / "tickets.json").write_text("\n".join(map(json.dumps, tickets)))
    times = pa.array(["2026-01-05 10:00:00", "2026-01-06 10:00:00"]).cast(pa.timestamp("us"))
    pq.write_table(pa.table({"ticket": ["t1", "t2"], "at": times}), tmp_path / "calls.parquet")
    (tmp_path / "answers.csv").write_text(
        f"customer,score,at,words\n{ID},9,2026-01-07,good\nBert-1,3,2026-01-08,worse than {ID.upper()}: said so\n,1,2026-01-08,{ID}\n"
    )
    return tmp_path


def day(folder: Path, number: int, rows: list[tuple[str, str, str, str]]) -> None:
    """A file of the log."""
    lines = [",".join(row) for row in rows]
    (folder / f"log/{number}.csv").write_text("\n".join(["at,customer,cookie,household", *lines]) + "\n")


def gone(folder: Path, person: str, namespace: str | None = None) -> Erasure:
    """Erase."""
    return erase(load(folder), person, folder=folder, namespace=namespace, then=further())


def there(folder: Path) -> list[Path]:
    """Files under `.momot` that hold an id of hers, by the scan and by a search of its own."""
    files = [path for path in (folder / ".momot").rglob("*") if path.is_file()]
    forms = [text.encode(code) for id_ in (ID, COOKIE) for text in (id_, id_.upper(), id_.lower()) for code in ("utf-8", "utf-16-le")]
    plain = [path for path in files if any(form in path.read_bytes() for form in forms)]
    inside = [
        path
        for path in files
        if path.suffix == ".parquet"
        and any(
            ID.lower() in str(value).lower() or COOKIE in str(value) for row in pq.read_table(path).to_pylist() for value in row.values()
        )
    ]
    return sorted({*plain, *inside, *files_with([f"crm:{ID}", f"cookie:{COOKIE}"], files)})


def test_no_file_holds_an_id_afterwards_nor_after_later_builds(shop: Path) -> None:
    made = build(load(shop), folder=shop, then=further())
    (shop / ".momot/runs").mkdir()
    (shop / ".momot/runs/1.json").write_text(json.dumps({"quote": f"as {ID.lower()} says"}))
    assert there(shop), "the search finds them while they are there"
    done = gone(shop, ID)
    assert (done.ids, done.rows, done.traces, done.runs) == (2, 4, (), (".momot/runs/1.json",))
    assert done.sources == ("answers.csv", "log/1.csv", "tickets.json")
    assert there(shop) == []
    day(shop, 2, [("2026-02-01", ID.lower(), "c00kie-2", "h3"), ("2026-02-02", "Cleo-22", "c00kie-3", "h4")])
    made = build(load(shop), folder=shop, then=further())
    assert there(shop) == []
    assert sum(block.rejections.get("erased", 0) for block in made.manifest.blocks) == 5
    with made.connect() as connection:
        assert connection.execute("SELECT person FROM people ORDER BY person").fetchall() == [("crm:Bert-1",), ("crm:Cleo-22",)]
        assert connection.execute("SELECT text FROM texts").fetchall() == [("[erased]",)]
        assert connection.execute("SELECT DISTINCT found FROM rejected WHERE code = 'erased'").fetchall() == [("",)]


def test_who_is_meant_must_be_known_and_one(shop: Path) -> None:
    day(shop, 2, [("2026-02-01", "same-id", "", ""), ("2026-02-02", "", "same-id", "")])
    build(load(shop), folder=shop, then=further())
    with pytest.raises(DataError, match="Nobody in the build has this id") as raised:
        gone(shop, "Anna-4712")
    assert "4711" not in str(raised.value), "nobody else's id is told"
    with pytest.raises(DataError, match=r"in crm and in cookie\. Say which: --namespace crm"):
        gone(shop, "same-id")
    with pytest.raises(DataError, match="no namespace 'web'"):
        gone(shop, "same-id", namespace="web")
    assert not (shop / ".momot/erased.json").exists()


def test_a_short_id_takes_no_text_of_others_with_it(tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text(
        """name = "Short"
[[opinions]]
from = "answers.csv"
person = "customer"
instrument = "nps"
value = "score"
text = "words"
at = "at"
"""
    )
    rows = [("2", "9", "good"), ("3", "4", "came after 2 days"), ("4", "5", "2"), ("5", "1", "4711-2 is no customer")]
    (tmp_path / "answers.csv").write_text("customer,score,words,at\n" + "".join(f"{','.join(row)},2026-01-07\n" for row in rows))
    build(load(tmp_path), folder=tmp_path, then=further())
    assert gone(tmp_path, "2").traces == ()
    with build(load(tmp_path), folder=tmp_path, then=further()).connect() as connection:
        assert connection.execute("SELECT text FROM texts ORDER BY text").fetchall() == [
            ("4711-2 is no customer",), ("[erased]",), ("came after 2 days",),
        ]  # fmt: skip


def test_an_id_of_several_words_is_told_within_a_text(tmp_path: Path) -> None:
    add_erased(tmp_path, ["crm:Anna Maria Novák", "x-1"])
    erased = read_erased(tmp_path)
    texts = ["Anna Maria Novák", "so said ANNA, Maria Novák.", "Anna Maria", "Maria Novák Anna", "x-1", "of x-1", "", "anna  maria/novák"]
    with connect() as connection:
        shown = [row(connection, f"SELECT {erased.hidden(literal(text))}")[0] for text in texts]
    assert [text != was for text, was in zip(shown, texts, strict=True)] == [True, True, False, False, True, False, False, True]
