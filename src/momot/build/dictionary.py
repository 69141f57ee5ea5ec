"""Ids of persons, subjects and accounts: an append-only dictionary, carried from build to build so that a new day never renumbers.

The bucket of a person (0-399) is the first 8 hex digits of md5(original id) modulo 400.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import duckdb

from momot.engine import execute, literal, row

Kind = Literal["person", "subject", "account"]
KINDS: tuple[Kind, ...] = ("person", "subject", "account")
FILE = "dictionary.parquet"


def load(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Make the tables `person_ids`, `subject_ids`, `account_ids` (key, id, and bucket for persons), as the previous build left them."""
    file = previous / FILE if previous else None
    for kind in KINDS:
        bucket = f", {bucket_sql('key')} AS bucket" if kind == "person" else ""
        known = (
            f"SELECT key, id{bucket} FROM read_parquet({literal(file)}) WHERE kind = '{kind}' ORDER BY id"
            if file and file.exists()
            else None
        )
        empty = f"SELECT NULL::VARCHAR AS key, NULL::INTEGER AS id{', NULL::SMALLINT AS bucket' if bucket else ''} WHERE false"
        execute(connection, f"CREATE OR REPLACE TEMP TABLE {kind}_ids AS {known or empty}")


def add(connection: duckdb.DuckDBPyConnection, kind: Kind, keys: str) -> None:
    """Give the keys of the query `keys` (one text column named key) that are new the next ids, in the order of their text."""
    bucket = f", {bucket_sql('key')} AS bucket" if kind == "person" else ""
    execute(
        connection,
        f"""INSERT INTO {kind}_ids
        SELECT key, ((SELECT coalesce(max(id), 0) FROM {kind}_ids) + row_number() OVER (ORDER BY key))::INTEGER AS id{bucket}
        FROM (SELECT DISTINCT key FROM ({keys}) WHERE key IS NOT NULL) ANTI JOIN {kind}_ids USING (key) ORDER BY key""",
    )


def save(connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Write the dictionary into the folder of a build; how many entries it has."""
    parts = " UNION ALL ".join(f"SELECT '{kind}' AS kind, key, id FROM {kind}_ids" for kind in KINDS)
    execute(connection, f"COPY (SELECT * FROM ({parts}) ORDER BY kind, id) TO {literal(folder / FILE)} (FORMAT parquet)")
    return sum(int(row(connection, f"SELECT count(*) FROM {kind}_ids")[0]) for kind in KINDS)


def bucket_sql(key: str) -> str:
    """SQL: the bucket of an original id."""
    return f"(('0x' || left(md5({key}), 8))::BIGINT % 400)::SMALLINT"
