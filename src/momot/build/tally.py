"""Counting rows: read = kept + filtered + duplicate + rejected, kept = identified + anonymous; and the rejected rows themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from momot.build.manifest import Block
from momot.build.relations import Relation, Upstream
from momot.engine import execute, literal, row, rows

FILTERED = "filtered|"  # a problem that is none: the row stands for nothing that happened
COLUMNS = 'source VARCHAR, line BIGINT, block VARCHAR, code VARCHAR, "column" VARCHAR, found VARCHAR'


@dataclass(slots=True)
class Tally:
    """Counts of one block while it is being mapped."""

    name: str
    table: str
    read: int = 0
    kept: int = 0
    duplicate: int = 0
    identified: int = 0
    flagged: int = 0
    adjusted: int = 0
    rejections: dict[str, int] = field(default_factory=dict)

    def block(self) -> Block:
        """The counts as they stand in the manifest; what is neither kept, rejected nor duplicate was filtered."""
        rejected = sum(self.rejections.values())
        return Block(
            name=self.name, table=self.table, read=self.read, kept=self.kept, filtered=self.read - self.kept - self.duplicate - rejected,
            duplicate=self.duplicate, rejected=rejected, identified=self.identified, anonymous=self.kept - self.identified,
            flagged=self.flagged, adjusted=self.adjusted, rejections=dict(sorted(self.rejections.items())),
        )  # fmt: skip


def start_rejected(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table `rejected`."""
    execute(connection, f"CREATE OR REPLACE TEMP TABLE rejected ({COLUMNS})")


def reject(connection: duckdb.DuckDBPyConnection, tally: Tally, relation: Relation, mapped: str) -> None:
    """Move the problems of the mapped rows (`mapped` is SQL with __source, __line, problem) and of unreadable ones to `rejected`."""
    execute(
        connection,
        f"""INSERT INTO rejected
            SELECT __source, __line, {literal(tally.name)}, split_part(problem, '|', 1), nullif(split_part(problem, '|', 2), ''),
            substr(problem, length(split_part(problem, '|', 1)) + length(split_part(problem, '|', 2)) + 3)
            FROM {mapped} WHERE problem IS NOT NULL AND NOT starts_with(problem, {literal(FILTERED)})""",
    )
    for lost in relation.lost:
        execute(connection, "INSERT INTO rejected VALUES (?, ?, ?, ?, NULL, ?)", [lost.source, lost.line, tally.name, lost.code, lost.text])
    found = rows(connection, f"SELECT code, count(*) FROM rejected WHERE block = {literal(tally.name)} GROUP BY ALL")
    tally.rejections = {code: int(count) for code, count in found}


def reject_upstream(connection: duckdb.DuckDBPyConnection, upstream: Upstream) -> Block | None:
    """List the rows that a query of [tables] never saw; their counts, or None where there are none."""
    name = f"[tables] {upstream.table}"
    for lost in upstream.lost:
        execute(connection, "INSERT INTO rejected VALUES (?, ?, ?, ?, NULL, ?)", [lost.source, lost.line, name, lost.code, lost.text])
    for source, line, code, column, text in upstream.cells:
        execute(connection, "INSERT INTO rejected VALUES (?, ?, ?, ?, ?, ?)", [source, line, name, code, column, text])
    found = rows(connection, f"SELECT code, count(*) FROM rejected WHERE block = {literal(name)} GROUP BY ALL")
    total = sum(count for _, count in found)
    return Block(name=name, table="", read=total, kept=0, rejected=total, rejections=dict(sorted(found))) if total else None


def keep_rejected(connection: duckdb.DuckDBPyConnection, previous: Path, blocks: list[str]) -> None:
    """Take over the rejected rows of blocks whose table was not made again."""
    if blocks:
        names = ", ".join(map(literal, blocks))
        execute(
            connection,
            f"INSERT INTO rejected SELECT * FROM read_parquet({literal(previous / 'rejected.parquet')}) WHERE block IN ({names})",
        )


def write_rejected(connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Write `rejected.parquet`; its rows."""
    execute(connection, f"COPY (SELECT * FROM rejected ORDER BY ALL) TO {literal(folder / 'rejected.parquet')} (FORMAT parquet)")
    return int(row(connection, "SELECT count(*) FROM rejected")[0])
