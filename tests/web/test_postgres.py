"""Notes in Postgres: the same promises as in SQLite, kept by a server that is started for the test."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from momot.errors import EngineError
from momot.web.store.notes import Note, Notes, Stale

SERVER = [Path(path) for path in map(shutil.which, ("initdb", "pg_ctl")) if path]
DRIVER = importlib.util.find_spec("pg8000")


def _somebody() -> str | None:
    """Postgres does not run as root: then as somebody who may nothing."""
    if os.getuid():
        return None
    return next((name for name in ("postgres", "nobody") if any(one.pw_name == name for one in pwd.getpwall())), None)


pytestmark = pytest.mark.skipif(len(SERVER) < 2 or DRIVER is None, reason="initdb and pg_ctl of Postgres, or pg8000, are not there")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server on a socket of its own that no network reaches."""
    home = Path(tempfile.mkdtemp(prefix="momot-pg-", dir="/tmp"))  # a socket's path must be short
    user = _somebody()
    if user:
        shutil.chown(home, user)
    home.chmod(0o755)
    made = subprocess.run(
        [str(SERVER[0]), "-D", str(home / "data"), "-U", "momot", "--auth=trust", "--no-sync"],
        capture_output=True, user=user, cwd="/", check=False, text=True,
    )  # fmt: skip
    if made.returncode:
        shutil.rmtree(home, ignore_errors=True)
        pytest.skip(f"initdb does not work here: {made.stderr[-300:]}")
    options = f"-k {home} -c listen_addresses='' -c fsync=off"
    control = [str(SERVER[1]), "-D", str(home / "data"), "-w", "-s"]
    quiet = subprocess.DEVNULL
    subprocess.run([*control, "-o", options, "-l", str(home / "log"), "start"], user=user, cwd="/", check=True, stdout=quiet, stderr=quiet)
    try:
        yield f"postgresql+pg8000://momot@/postgres?unix_sock={home}/.s.PGSQL.5432"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], user=user, cwd="/", check=False, stdout=quiet, stderr=quiet)
        shutil.rmtree(home, ignore_errors=True)


def written(owner: str, version: int = 0) -> Note:
    return Note(moment="support.call@smot", owner=owner, version=version)


def test_notes_are_kept_and_nobody_overwrites_anybody(url: str, tmp_path: Path) -> None:
    notes, other = Notes(tmp_path, "Kept", url), Notes(tmp_path, "Other", url)
    first = notes.change(written("Ada"), by="ada")
    assert notes.change(written("Grace", first.version), by="grace").version == 2
    with pytest.raises(Stale):
        notes.change(written("Linus", 1), by="")
    with pytest.raises(Stale):
        notes.change(written("Linus"), by="")
    assert [one.owner for one in notes.history("support.call@smot")] == ["Grace", "Ada"]
    assert notes.all()["support.call@smot"].changed_by == "grace"
    assert other.all() == {}
    assert not (tmp_path / ".momot").exists()
    notes.close()
    other.close()


def test_of_many_who_write_at_once_one_is_kept(url: str, tmp_path: Path) -> None:
    stores = [Notes(tmp_path, "Race", url) for _ in range(4)]

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
    for store in stores:
        store.close()


def test_a_server_that_does_not_answer_is_told_without_its_address(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        Notes(tmp_path, "Gone", "postgresql+pg8000://momot:secret@127.0.0.1:1/notes").all()
    assert "secret" not in str(caught.value)
