"""Ids of persons, subjects and accounts: an append-only dictionary, carried from build to build so that a new day never renumbers.

The bucket of a person (0-399) is the first 8 hex digits of md5(original id) modulo 400. Where ids are tied (`identity`), several entries
are one person: `person_id` is the smallest number among them, and the bucket that of its id; NULL for an id that several people share.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from momot.build.engines import SHARED, Builder
from momot.engine import literal

Kind = Literal["person", "subject", "account"]
KINDS: tuple[Kind, ...] = ("person", "subject", "account")
FILE = "dictionary.parquet"
_NEW = "new_ids"


def load(engine: Builder, previous: Path | None) -> None:
    """Make the tables `person_ids`, `subject_ids`, `account_ids` (key, id; of persons also bucket, person_id), as they were built before.

    Each entry is a person of its own until ids are tied; `known_persons` (id) keeps who was one before.
    """
    file = previous / FILE if previous else None
    stored = f"read_parquet({literal(file)})" if file and file.exists() else None
    nothing = "SELECT NULL::VARCHAR AS key, NULL::INTEGER AS id WHERE false"
    for kind in KINDS:
        known = f"SELECT key, id FROM {stored} WHERE kind = '{kind}' ORDER BY id" if stored else nothing
        engine.table(f"{kind}_ids", f"SELECT key, id{_of_persons(kind)} FROM ({known})")
    told = stored is not None and "person_id" in engine.columns(stored)  # earlier versions did not say who is one person
    before = f"SELECT id FROM {stored} WHERE kind = 'person' AND person_id = id" if told else "SELECT NULL::INTEGER AS id WHERE false"
    engine.table("known_persons", before)
    engine.table(SHARED, nothing)


def add(engine: Builder, kind: Kind, keys: str) -> None:
    """Give the keys of the query `keys` (one text column named key) that are new the next ids, in the order of their text."""
    different = f"SELECT DISTINCT key FROM ({keys}) WHERE key IS NOT NULL"
    new = f"SELECT n.key FROM ({different}) n LEFT JOIN {kind}_ids k ON k.key = n.key WHERE k.key IS NULL"
    engine.numbered(_NEW, new, ["key"])
    last = engine.row(f"SELECT coalesce(max(id), 0) FROM {kind}_ids")[0]
    engine.append(f"{kind}_ids", f"SELECT key, id{_of_persons(kind)} FROM (SELECT key, (number + {last})::INTEGER AS id FROM {_NEW})")


def save(engine: Builder, folder: Path) -> int:
    """Write the dictionary into the folder of a build; how many entries it has."""
    parts = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, key, id, {'person_id' if kind == 'person' else 'NULL::INTEGER'} AS person_id FROM {kind}_ids"
        for kind in KINDS
    )
    engine.write(f"SELECT * FROM ({parts}) ORDER BY kind, id", folder / FILE)
    return sum(int(engine.row(f"SELECT count(*) FROM {kind}_ids")[0]) for kind in KINDS)


def identified(engine: Builder, table: str, person: str = "person") -> int:
    """How many rows of `table` have a `person` that is known and not shared."""
    sql = f"SELECT count(*) FROM {table} m LEFT JOIN {SHARED} s ON s.key = m.{person} WHERE m.{person} IS NOT NULL AND s.key IS NULL"
    return int(engine.row(sql)[0])


def bucket_sql(key: str) -> str:
    """SQL: the bucket of an original id."""
    return f"(('0x' || left(md5({key}), 8))::BIGINT % 400)::SMALLINT"


def _of_persons(kind: Kind) -> str:
    return f", {bucket_sql('key')} AS bucket, id AS person_id" if kind == "person" else ""
