"""Notes: nobody overwrites anybody in silence, nothing that was kept is lost, and the tables are what the migrations make."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from momot.errors import EngineError, QuestionError
from momot.web.store.notes import FILE, LONGEST, Note, Notes, Stale, migrate
from momot.web.store.tables import metadata


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path, "Shop")


def written(owner: str, version: int = 0, **more: str) -> Note:
    return Note(moment="support.call@smot", owner=owner, version=version, **more)


def test_a_note_is_kept_with_every_version_of_it(notes: Notes, tmp_path: Path) -> None:
    assert notes.of("support.call@smot") == Note(moment="support.call@smot")
    first = notes.change(written("Ada", next_action="Ring back"), by="")
    second = notes.change(written("Grace", first.version, note="two\r\nlines"), by="grace")
    assert (first.version, second.version, second.changed_by, second.note) == (1, 2, "grace", "two\nlines")
    again = Notes(tmp_path, "Shop")
    assert again.of("support.call@smot") == second
    assert [one.owner for one in again.history("support.call@smot")] == ["Grace", "Ada"]
    assert list(again.all()) == ["support.call@smot"]
    assert again.revision() == 2


def test_whoever_read_an_older_version_is_told_and_overwrites_nothing(notes: Notes) -> None:
    notes.change(written("Ada"), by="")
    notes.change(written("Grace", 1), by="")
    for version in (0, 1, 3):
        with pytest.raises(Stale) as caught:
            notes.change(written("Linus", version), by="")
        assert caught.value.now.owner == "Grace"
    assert notes.of("support.call@smot").owner == "Grace"
    assert len(notes.history("support.call@smot")) == 2


def test_of_many_who_write_at_once_one_is_kept_and_the_others_are_told(tmp_path: Path) -> None:
    stores = [Notes(tmp_path, "Shop") for _ in range(4)]

    def write(number: int) -> bool:
        try:
            stores[number % 4].change(written(f"Person {number}"), by="")
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(write, range(24)))
    assert sum(kept) == 1
    assert len(stores[0].history("support.call@smot")) == 1


def test_projects_in_one_database_do_not_see_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'one.sqlite'}"
    one, other = Notes(tmp_path, "One", url), Notes(tmp_path, "Other", url)
    one.change(written("Ada"), by="")
    assert other.all() == {}
    assert other.revision() == 0
    assert other.change(written("Grace"), by="").version == 1


@pytest.mark.parametrize("name", list(LONGEST))
def test_what_is_too_long_is_refused_whole(name: str, notes: Notes) -> None:
    fits = msgspec.structs.replace(written("Ada"), **{name: "x" * LONGEST[name]})
    assert notes.change(fits, by="").version == 1
    with pytest.raises(QuestionError, match="room for"):
        notes.change(msgspec.structs.replace(fits, version=1, **{name: "x" * (LONGEST[name] + 1)}), by="")
    assert notes.of("support.call@smot").version == 1


def test_the_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with engine.begin() as connection:
        migrate(connection)
        migrate(connection)  # nothing is left to do
        context = MigrationContext.configure(connection, opts={"version_table": "momot_web_version"})
        found = [change for change in compare_metadata(context, metadata) if getattr(change[-1], "name", "") != "momot_web_version"]
    engine.dispose()
    assert found == []


def test_a_database_that_was_taken_away_is_made_anew(notes: Notes, tmp_path: Path) -> None:
    notes.change(written("Ada"), by="")
    for path in (tmp_path / ".momot" / "web").iterdir():
        path.unlink()
    assert notes.all() == {}
    assert notes.change(written("Grace"), by="").version == 1


def test_a_database_that_can_not_be_reached_says_so_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        Notes(tmp_path, "Shop", "postgresql+nosuchdriver://momot:secret@localhost/notes").all()
    assert "secret" not in str(caught.value)
    (tmp_path / ".momot" / "web").mkdir(parents=True)
    (tmp_path / ".momot" / "web" / FILE).write_bytes(b"this is no database, but it is long enough to be read as one" * 20)
    with pytest.raises(EngineError, match="did not answer"):
        Notes(tmp_path, "Shop").all()


def test_what_is_written_is_text_whatever_it_holds(notes: Notes, tmp_path: Path) -> None:
    hostile = "'); DROP TABLE momot_notes; --\u202e<script>\x00"
    kept = notes.change(written(hostile), by=hostile)
    assert kept.owner == hostile.replace("\x00", "")
    notes.close()
    with sqlite3.connect(tmp_path / ".momot" / "web" / FILE) as connection:
        assert connection.execute("SELECT count(*) FROM momot_notes").fetchone() == (1,)
    connection.close()


def test_looking_makes_no_database(notes: Notes, tmp_path: Path) -> None:
    assert (notes.all(), notes.history("x"), notes.revision(), notes.of("x").version) == ({}, (), 0, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is forbidden to root")
def test_a_project_that_can_not_be_written_can_be_looked_at(notes: Notes, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert notes.all() == {}
        with pytest.raises(EngineError):
            notes.change(written("Ada"), by="")
    finally:
        tmp_path.chmod(0o700)


def test_where_no_folder_can_be_made_writing_says_so(tmp_path: Path) -> None:
    (tmp_path / ".momot").write_text("a file", encoding="utf-8")
    notes = Notes(tmp_path, "Shop")
    assert notes.all() == {}
    with pytest.raises(EngineError, match="did not answer"):
        notes.change(written("Ada"), by="")
