"""Days added, corrected and taken away: the same rows as a build of the same files from nothing, and only touched persons made again."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from momot.build import Build, build
from momot.build.ledger import SUPERSEDED
from momot.journeys.tables import further
from momot.project import load

PROJECT = """name = "Days"
timezone = "Europe/Berlin"

[[interactions]]
from = "log/*.csv"
person = {customer = "customer", device = "device"}
activity = {sql = "event"}
touchpoint = {sql = "'web.' || event"}
channel = "web"
account = "device"
at = "at"

[[interactions]]
from = "orders/*.parquet"
person = {customer = "customer"}
activity = "order_placed"
touchpoint = "shop.order"
at = "at"
value = "price"
id = "number"

[[opinions]]
from = "answers.csv"
person = {customer = "customer"}
instrument = "nps"
value = "score"
scale = [0, 10]
at = "at"
"""
_EVENTS = ("look", "read", "pay")
_FIRST = "\n".join(
    f"2026-01-{1 + n % 9:02d}T10:{n % 60:02d}:00,{_EVENTS[n % 3]},d{n % 12},{f'c{n % 12}' if n % 2 else ''}" for n in range(90)
)

# happened_at as minutes from a start; the hour has several rows at once, and rows with the same content
ROW = st.tuples(
    st.integers(0, 14), st.sampled_from((*_EVENTS, "look")), st.integers(0, 15), st.one_of(st.just(""), st.integers(0, 9).map("c{}".format))
)
ORDERS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 14)), max_size=4)
STEP = st.tuples(st.sampled_from(("log", "orders")), st.integers(0, 3), st.one_of(st.none(), st.lists(ROW, min_size=1, max_size=6)), ORDERS)


def write(folder: Path, step: tuple[str, int, list[tuple[int, str, int, str]] | None, list[tuple[int, int]]]) -> None:
    """Add, replace or remove one file; what there is of the other kind stays."""
    kind, number, rows, orders = step
    if kind == "log":
        path = folder / f"log/day-{number}.csv"
        path.unlink(missing_ok=True)
        if rows is not None:
            lines = [f"2026-02-01T10:{at:02d}:00,{name},d{device},{customer}" for at, name, device, customer in rows]
            path.write_text("\n".join(["at,event,device,customer", *lines, ",look,d1,"]) + "\n")
    else:
        path = folder / f"orders/day-{number}.parquet"
        path.unlink(missing_ok=True)
        if orders:
            pq.write_table(
                _orders([(f"c{customer}", f"2026-02-02 09:{at:02d}:00", f"{number}-{n}") for n, (customer, at) in enumerate(orders)]), path
            )


def _orders(rows: list[tuple[str, str, str]]) -> pa.Table:
    times = pa.array([at for _, at, _ in rows]).cast(pa.timestamp("us"))
    columns = {
        "customer": pa.array([customer for customer, _, _ in rows]),
        "at": times,
        "number": pa.array([number for _, _, number in rows]),
    }
    return pa.table(columns | {"price": pa.array([9.5] * len(rows))})


def start(folder: Path) -> None:
    """A project with a first day in which every name occurs."""
    (folder / "log").mkdir()
    (folder / "orders").mkdir()
    (folder / "momot.toml").write_text(PROJECT)
    (folder / "log/first.csv").write_text(f"at,event,device,customer\n{_FIRST}\nnever,look,d1,\n")
    pq.write_table(
        _orders([("c1", "2026-01-05 09:00:00", "first-1"), ("c2", "2026-01-06 09:00:00", "first-2")]), folder / "orders/first.parquet"
    )
    (folder / "answers.csv").write_text("customer,score,at\nc1,9,2026-01-07\nc3,2,2026-01-08\n")


def built(folder: Path, said: list[str] | None = None) -> Build:
    """Build with journeys."""
    return build(load(folder), folder=folder, then=further(), progress=said.append if said is not None else None)


def told(build: Build) -> dict[str, Any]:
    """All that a build says, with names in place of numbers, in an order of its own."""
    persons = "(SELECT person_id, string_agg(id, ' ' ORDER BY id) AS who FROM identity WHERE person_id IS NOT NULL GROUP BY 1)"
    accounts = f"(SELECT id, key FROM read_parquet('{build.folder}/dictionary.parquet') WHERE kind = 'account')"
    named = f"LEFT JOIN {persons} w USING (person_id)"
    queries = {
        "interactions": f"""SELECT i.* EXCLUDE (person_id, account_id, touchpoint_id), who, a.key, touchpoint FROM interactions i {named}
            LEFT JOIN {accounts} a ON a.id = i.account_id JOIN touchpoints USING (touchpoint_id)""",
        "journeys": f"""SELECT j.* EXCLUDE (person_id, account_id, moment_id), who, a.key, moment FROM journeys j {named}
            LEFT JOIN {accounts} a ON a.id = j.account_id JOIN moments USING (moment_id)""",
        "people": f"SELECT p.* EXCLUDE (person_id, person, bucket), who FROM people p {named}",
        "opinions": f"SELECT o.* EXCLUDE (person_id), who FROM opinions o {named}",
        **{name: f"SELECT * FROM {name}" for name in ("rejected", "touchpoints", "activities", "channels", "moments", "levels")},
        "identity": "SELECT id, namespace, ties, rows, left_out FROM identity",
    }
    with build.connect() as connection:
        found: dict[str, Any] = {
            name: connection.execute(f"SELECT * FROM ({sql}) ORDER BY ALL").fetchall() for name, sql in queries.items()
        }
        ordered = "SELECT person_id, happened_at, interaction_id FROM journeys"
        lines = connection.execute(ordered).fetchall()
    runs = [person for n, (person, *_) in enumerate(lines) if n == 0 or lines[n - 1][0] != person]
    assert len(runs) == len(set(runs)), "the rows of a person stand together"
    assert all(a[1:] < b[1:] for a, b in itertools.pairwise(lines) if a[0] == b[0]), "and in the order lived"
    found["blocks"] = build.manifest.blocks
    found["facts"] = {k: v for k, v in json.loads((build.folder / "journey.json").read_text()).items() if k != "build"}
    return found


def from_nothing(folder: Path) -> dict[str, Any]:
    """The same files built in a folder without a build."""
    with tempfile.TemporaryDirectory() as other:
        copy = Path(other) / "copy"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".momot"))
        return told(built(copy))


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after its first build, to be copied."""
    folder = tmp_path_factory.mktemp("first")
    start(folder)
    built(folder)
    return folder


def holds(first_day: Path, steps: list[Any]) -> None:
    """Build after each step; what is built in the end is what is built of the same files from nothing."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "days"
        shutil.copytree(first_day, folder)
        for step in steps:
            write(folder, step)
            again = built(folder)
            event("only what changed" if SUPERSEDED in again.manifest.table("interactions").files else "all")  # type: ignore[union-attr]
            now = told(again)
        then = from_nothing(folder)
        assert now.keys() == then.keys()
        for name in then:
            assert now[name] == then[name], name


FILES = st.lists(STEP, min_size=1, max_size=4)
EXAMPLES = settings(deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])


@settings(EXAMPLES, max_examples=5)
@given(steps=FILES)
def test_any_sequence_of_files_gives_the_rows_of_a_build_from_nothing(first_day: Path, steps: list[Any]) -> None:
    holds(first_day, steps)


@pytest.mark.slow
@settings(EXAMPLES, max_examples=60)
@given(steps=FILES)
def test_many_sequences_of_files_give_the_rows_of_a_build_from_nothing(first_day: Path, steps: list[Any]) -> None:
    holds(first_day, steps)


def test_a_new_day_leaves_the_files_of_the_others_as_they_are(tmp_path: Path) -> None:
    start(tmp_path)
    first = built(tmp_path)
    bases = {
        name: (first.folder / name).stat().st_ino
        for name in ("interactions/part=00/interactions.parquet", "journeys/part=00/journeys.parquet")
    }
    write(tmp_path, ("log", 0, [(3, "look", 4, ""), (3, "look", 4, "")], []))
    again = built(tmp_path)
    assert {name: (again.folder / name).stat().st_ino for name in bases} == bases
    persons = again.connect().execute(
        f"SELECT count(DISTINCT person_id) FROM read_parquet('{again.folder}/interactions/*/changes.parquet')"
    )
    assert persons.fetchall() == [(1,)]
    assert told(again) == from_nothing(tmp_path)


def test_two_persons_become_one_and_two_again(tmp_path: Path) -> None:
    start(tmp_path)
    before = told(built(tmp_path))
    write(tmp_path, ("log", 0, [(3, "look", 0, "c1")], []))  # the device d0 was that of nobody known
    tied = built(tmp_path)
    assert SUPERSEDED in tied.manifest.table("interactions").files  # type: ignore[union-attr]
    assert told(tied) == from_nothing(tmp_path)
    write(tmp_path, ("log", 0, None, []))
    assert told(built(tmp_path)) == before


@pytest.mark.parametrize("change", ["a name", "an id twice"])
def test_what_changes_more_than_persons_is_made_again(tmp_path: Path, change: str) -> None:
    start(tmp_path)
    built(tmp_path)
    if change == "a name":
        write(tmp_path, ("log", 0, [(3, "call", 0, "c1")], []))
    else:
        pq.write_table(_orders([("c1", "2026-01-05 08:00:00", "first-1")]), tmp_path / "orders/second.parquet")
    again = built(tmp_path)
    assert SUPERSEDED not in again.manifest.table("interactions").files  # type: ignore[union-attr]
    assert told(again) == from_nothing(tmp_path)
