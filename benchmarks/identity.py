"""Workload: people with customer numbers, addresses and cookies, and devices that many of them share; a million ties between ids.

Each person has one customer number, three in five an address, and one to six cookies of their own. One device to four hundred people is
shared by 2 to 500 of them, evenly on a logarithmic scale. Half as many rows again are of a cookie alone.
`agrees` holds the build to a union-find over the same rows, which is written here for this purpose and shares nothing with momot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MOST = 5
TIES_A_PERSON = 2.6  # own cookies, address and visits to shared devices, on average
PROJECT = f"""name = "Identity"

[identity]
max_people_per_id = {MOST}

[[interactions]]
from = "clicks.parquet"
activity = "viewed"
touchpoint = "web.page"
channel = "web"
person = {{crm = "customer", email = "address", cookie = "cookie"}}
at = "make_timestamp(at)"
"""
Rows = list[tuple[str | None, str | None, str | None]]


def write(folder: Path, ties: int) -> None:
    """Write `clicks.parquet` with about `ties` different pairs of ids and `momot.toml`, unless they are there in this size."""
    done = folder / f"ties-{ties}.done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.done"):
        old.unlink()
    rng = np.random.default_rng(ties)
    people = int(ties / TIES_A_PERSON)
    owners = np.repeat(np.arange(people), rng.choice([1, 2, 3, 6], size=people, p=[0.55, 0.25, 0.15, 0.05]))
    sizes = np.exp(rng.uniform(np.log(2), np.log(500), size=max(people // 400, 1))).astype(int)
    visitors = rng.integers(people, size=sizes.sum())
    addressed = np.flatnonzero(rng.random(people) < 0.6)
    alone = rng.integers(len(owners), size=ties // 2)
    blank = np.full
    customer = np.concatenate([owners, visitors, addressed, blank(len(alone), -1)])
    address = np.concatenate([blank(len(owners) + len(visitors), -1), addressed, blank(len(alone), -1)])
    cookie = np.concatenate(
        [np.arange(len(owners)), len(owners) + np.repeat(np.arange(len(sizes)), sizes), blank(len(addressed), -1), alone]
    )
    order = rng.permutation(len(customer))
    columns = {name: _texts(values[order], letter) for name, values, letter in
               (("customer", customer, "c"), ("address", address, "a"), ("cookie", cookie, "k"))}  # fmt: skip
    columns["at"] = pa.array(1_700_000_000_000_000 + rng.integers(86_400 * 300, size=len(customer)) * 1_000_000)
    pq.write_table(pa.table(columns), folder / "clicks.parquet")
    (folder / "momot.toml").write_text(PROJECT, encoding="utf-8")
    done.touch()


def scan(folder: Path) -> str:
    """Python that reads every value of the file once and does nothing with it."""
    return f"import duckdb\nduckdb.sql(\"SELECT bit_xor(hash(COLUMNS(*))) FROM '{folder}/clicks.parquet'\").fetchall()"


def agrees(folder: Path) -> dict[str, int]:
    """Counts of the reference. Raises AssertionError where the build's people or shared ids are others."""
    rows: Rows = duckdb.sql(
        f"SELECT 'crm:' || customer, 'email:' || address, 'cookie:' || cookie FROM '{folder}/clicks.parquet'"
    ).fetchall()
    (built,) = (folder / ".momot").glob("build-*/identity.parquet")
    found = duckdb.sql(f"SELECT id, person_id FROM '{built}'").fetchall()
    shared, people = reference(rows, MOST)
    assert {key for key, person in found if person is None} == shared, "other ids are left out"
    groups: dict[int, list[str]] = defaultdict(list)
    for key, person in found:
        if person is not None:
            groups[person].append(key)
    assert {frozenset(group) for group in groups.values()} == people, "other people"
    return {"ids": len(found), "shared_ids": len(shared), "people": len(people)}


def reference(rows: Rows, most: int) -> tuple[set[str], set[frozenset[str]]]:
    """Shared ids and people by union-find. Columns of `rows` are namespaces, the one that names people best first."""
    tied: dict[tuple[str, int], set[str]] = defaultdict(set)  # (id, column of the other) -> others
    place: dict[str, int] = {}
    for row in rows:
        given = [(column, key) for column, key in enumerate(row) if key is not None]
        place.update((key, column) for column, key in given)
        for column, key in given:
            for other, tie in given:
                if other != column:
                    tied[key, other].add(tie)
    kiosks = {key for (key, other), ties in tied.items() if other < place[key] and len(ties) > most}
    guests = set()
    for (key, other), ties in tied.items():
        if key not in kiosks and other > place[key] and len(ties) > most:
            returns = {tie: tied[tie, place[key]] - kiosks - {key} for tie in ties - kiosks}
            if sum(map(bool, returns.values())) > most and len(set().union(*returns.values())) > most:
                guests.add(key)
    shared = kiosks | guests
    return shared, _components((key for key in row if key is not None and key not in shared) for row in rows)


def _components(groups: Iterable[Iterable[str]]) -> set[frozenset[str]]:
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while (above := parent.setdefault(key, key)) != key:
            parent[key] = parent.get(above, above)
            key = above
        return key

    for group in groups:
        first, *others = [*group] or [""]
        for key in [first, *others] if first else []:
            parent[root(key)] = root(first)
    found: dict[str, list[str]] = defaultdict(list)
    for key in list(parent):
        found[root(key)].append(key)
    return {frozenset(group) for group in found.values()}


def _texts(numbers: np.ndarray, letter: str) -> pa.Array:
    return pa.array([None if number < 0 else f"{letter}{number}" for number in numbers.tolist()])
