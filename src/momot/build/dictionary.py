"""Ids of persons, subjects and accounts: an append-only dictionary, carried from build to build so that a new day never renumbers.

The bucket of a person (0-399) is the first 8 hex digits of md5(original id) modulo 400. Where ids are tied (`identity`), several entries
are one person: `person_id` is the smallest number among them, and the bucket that of its id; NULL for an id that several people share.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import duckdb

from momot.engine import execute, literal, row, rows

Kind = Literal["person", "subject", "account"]
KINDS: tuple[Kind, ...] = ("person", "subject", "account")
FILE = "dictionary.parquet"
SHARED = "shared_ids"  # the table (key, id) of ids that several people share; empty but where ids are tied


def load(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Make the tables `person_ids`, `subject_ids`, `account_ids` (key, id; of persons also bucket, person_id), as they were built before.

    Each entry is a person of its own until ids are tied; `known_persons` (id) keeps who was one before.
    """
    file = previous / FILE if previous else None
    stored = f"read_parquet({literal(file)})" if file and file.exists() else None
    nothing = "SELECT NULL::VARCHAR AS key, NULL::INTEGER AS id WHERE false"
    for kind in KINDS:
        known = f"SELECT key, id FROM {stored} WHERE kind = '{kind}' ORDER BY id" if stored else nothing
        execute(connection, f"CREATE OR REPLACE TEMP TABLE {kind}_ids AS SELECT key, id{_of_persons(kind)} FROM ({known})")
    before = f"SELECT id FROM {stored} WHERE kind = 'person' AND person_id = id" if stored and _has_persons(connection, stored) else nothing
    execute(connection, f"CREATE OR REPLACE TEMP TABLE known_persons AS SELECT id FROM ({before})")
    execute(connection, f"CREATE OR REPLACE TEMP TABLE {SHARED} AS {nothing}")


def add(connection: duckdb.DuckDBPyConnection, kind: Kind, keys: str) -> None:
    """Give the keys of the query `keys` (one text column named key) that are new the next ids, in the order of their text."""
    execute(
        connection,
        f"""INSERT INTO {kind}_ids SELECT key, id{_of_persons(kind)} FROM (
        SELECT key, ((SELECT coalesce(max(id), 0) FROM {kind}_ids) + row_number() OVER (ORDER BY key))::INTEGER AS id
        FROM (SELECT DISTINCT key FROM ({keys}) WHERE key IS NOT NULL) ANTI JOIN {kind}_ids USING (key)) ORDER BY key""",
    )


def save(connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Write the dictionary into the folder of a build; how many entries it has."""
    parts = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, key, id, {'person_id' if kind == 'person' else 'NULL::INTEGER'} AS person_id FROM {kind}_ids"
        for kind in KINDS
    )
    execute(connection, f"COPY (SELECT * FROM ({parts}) ORDER BY kind, id) TO {literal(folder / FILE)} (FORMAT parquet)")
    return sum(int(row(connection, f"SELECT count(*) FROM {kind}_ids")[0]) for kind in KINDS)


def _of_persons(kind: Kind) -> str:
    return f", {bucket_sql('key')} AS bucket, id AS person_id" if kind == "person" else ""


def _has_persons(connection: duckdb.DuckDBPyConnection, stored: str) -> bool:
    """Whether the stored dictionary says who is one person: earlier versions did not."""
    return "person_id" in {name for name, *_ in rows(connection, f"DESCRIBE SELECT * FROM {stored}")}


def identified_sql(person: str) -> str:
    """SQL: how many rows have a `person` that is known and not shared."""
    return f"count({person}) FILTER ({person} NOT IN (SELECT key FROM {SHARED}))"


def bucket_sql(key: str) -> str:
    """SQL: the bucket of an original id."""
    return f"(('0x' || left(md5({key}), 8))::BIGINT % 400)::SMALLINT"
