"""Notes of moments: read, and changed only by whoever has seen the version that is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, create_engine, event, func, insert, select, text, update
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from momot.build.manifest import HOME
from momot.errors import EngineError, QuestionError
from momot.language import Message
from momot.web.errors import Conflict
from momot.web.store.tables import notes, versions

FILE = "notes.sqlite"
FOLDER = "web"
LONGEST = {"owner": 200, "next_action": 1_000, "note": 10_000}
TOO_LONG = {
    "owner": "Owner has {n} characters; there is room for {most}.",
    "next_action": "Next action has {n} characters; there is room for {most}.",
    "note": "Note has {n} characters; there is room for {most}.",
}
LOCK_SECONDS = 10
WRITES = {"momot_writes": True}
ADVISORY = 7_616_281  # the lock of Postgres that keeps two apps from taking the same step at once
_MIGRATING = threading.Lock()  # Alembic's context is one for the whole process


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What people say is to be done about one moment. Version 0: nobody has written anything yet."""

    moment: str
    owner: str = ""
    next_action: str = ""
    note: str = ""
    version: int = 0
    changed_at: str | None = None  # ISO, UTC
    changed_by: str = ""  # as the proxy names them; empty: the person at the machine


class Stale(Conflict):
    """Somebody changed the note since it was read. `now` is what it says."""

    def __init__(self, now: Note) -> None:
        text = "The note of {name} was changed since it was read: it is at version {number}. Nothing was overwritten."
        super().__init__(Message(text, name=now.moment, number=now.version))
        self.now = now


class Notes:
    """The notes of one project. The database is opened, and brought to its present form, when it is first needed."""

    def __init__(self, folder: Path, project: str, url: str | None = None) -> None:
        self.project = project
        self._folder, self._url = folder, url
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def all(self) -> dict[str, Note]:
        """The notes that were ever written, by moment."""
        if self._unwritten():
            return {}
        with self._reading() as connection:
            rows = connection.execute(select(notes).where(notes.c.project == self.project)).mappings()
            return {row["moment"]: _note(row) for row in rows}

    def of(self, moment: str) -> Note:
        """The note of one moment."""
        if self._unwritten():
            return Note(moment=moment)
        with self._reading() as connection:
            return self._of(connection, moment)

    def history(self, moment: str) -> tuple[Note, ...]:
        """Every version of it, the newest first."""
        if self._unwritten():
            return ()
        asked = select(versions).where(versions.c.project == self.project, versions.c.moment == moment).order_by(versions.c.version.desc())
        with self._reading() as connection:
            return tuple(_note(row) for row in connection.execute(asked).mappings())

    def revision(self) -> int:
        """A number that grows with every change of any note of the project."""
        if self._unwritten():
            return 0
        with self._reading() as connection:
            found = connection.execute(select(func.max(versions.c.id)).where(versions.c.project == self.project)).scalar()
            return int(found or 0)

    def change(self, given: Note, *, by: str) -> Note:
        """Keep `given` as the next version. Raises Stale where its `version` is not the present one; QuestionError where it is too long."""
        values = {name: _clean(name, getattr(given, name)) for name in LONGEST}
        row = {
            **values, "project": self.project, "moment": given.moment, "version": given.version + 1, "changed_at": datetime.now(UTC),
            "changed_by": by,
        }  # fmt: skip
        try:
            with self._writing() as connection:
                if given.version == 0:
                    connection.execute(insert(notes).values(row))
                else:
                    own = (notes.c.project == self.project, notes.c.moment == given.moment, notes.c.version == given.version)
                    if connection.execute(update(notes).where(*own).values(row)).rowcount != 1:
                        raise Stale(self._of(connection, given.moment))
                connection.execute(insert(versions).values(row))
                return self._of(connection, given.moment)
        except IntegrityError:  # two wrote the first one at once
            raise Stale(self.of(given.moment)) from None

    def close(self) -> None:
        """Let the database go."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _of(self, connection: Connection, moment: str) -> Note:
        asked = select(notes).where(notes.c.project == self.project, notes.c.moment == moment)
        row = connection.execute(asked).mappings().first()
        return Note(moment=moment) if row is None else _note(row)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _told(), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _told(), self._opened().execution_options(**WRITES).begin() as connection:
            yield connection

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None or self._unwritten():
                self._engine = _open(self._url or self._sqlite())
            return self._engine

    def _sqlite(self) -> str:
        if not self._folder.is_dir():
            raise EngineError(Message("The folder of the project is not there any more."))
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EngineError(Message("The database of notes did not answer: {reason}.", reason=error.strerror or error)) from None
        return f"sqlite:///{self._file.absolute()}"

    @property
    def _file(self) -> Path:
        return self._folder / HOME / FOLDER / FILE

    def _unwritten(self) -> bool:
        """Whether there is no file yet, or none any more: looking makes none, and a project that can't be written can be looked at."""
        return self._url is None and not self._file.exists()


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the database as ours, without its address: it may hold a password."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise EngineError(Message("The database of notes did not answer: {reason}.", reason=type(error.orig).__name__)) from None
    except SQLAlchemyError as error:
        raise EngineError(Message("The database of notes can't be used: {reason}.", reason=type(error).__name__)) from None


def _open(url: str) -> Engine:
    """The database, in its present form."""
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise EngineError(
            Message("The address of the database of notes is none that SQLAlchemy knows, or its driver is not installed.")
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings)
        event.listen(engine, "begin", _sqlite_begin)
    with _MIGRATING, engine.execution_options(**WRITES).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY})
        migrate(connection)
    return engine


def migrate(connection: Connection) -> None:
    """Take the steps that the tables lack."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "momot.web.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _sqlite_settings(connection: Any, _: object) -> None:
    """Readers don't wait for whoever writes, writers wait for each other, and what was told to be kept is on the disk."""
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    for pragma in (f"busy_timeout={LOCK_SECONDS * 1000}", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    """Whoever is going to write takes the lock at once: to take it later would fail where another wrote in between."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("momot_writes") else "BEGIN")


def _note(row: RowMapping) -> Note:
    at = row["changed_at"]
    return Note(
        moment=row["moment"], owner=row["owner"], next_action=row["next_action"], note=row["note"], version=row["version"],
        changed_at=at.replace(tzinfo=at.tzinfo or UTC).isoformat(timespec="seconds"), changed_by=row["changed_by"],
    )  # fmt: skip


def _clean(name: str, given: str) -> str:
    """Without what no database takes, and no longer than there is room for. Raises QuestionError."""
    kept = given.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(kept) > LONGEST[name]:
        raise QuestionError(Message(TOO_LONG[name], n=len(kept), most=LONGEST[name]))
    return kept
