"""Counting rows: read = kept + filtered + duplicate + rejected, kept = identified + anonymous; and the rejected rows themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from momot.build.engines import Builder
from momot.build.manifest import Block
from momot.build.relations import Relation, Upstream
from momot.engine import literal

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


def start_rejected(engine: Builder) -> None:
    """Make the empty table `rejected`."""
    named = (column.rsplit(" ", 1) for column in COLUMNS.split(", "))
    engine.table("rejected", f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in named)} WHERE false")


def reject(engine: Builder, tally: Tally, relation: Relation, mapped: str) -> None:
    """Move the problems of the mapped rows (`mapped` is a table with __source, __line, problem) and of unreadable ones to `rejected`."""
    told = f"""SELECT __source AS source, __line AS line, {literal(tally.name)} AS block, split_part(problem, '|', 1) AS code,
        nullif(split_part(problem, '|', 2), '') AS "column",
        substr(problem, length(split_part(problem, '|', 1)) + length(split_part(problem, '|', 2)) + 3) AS found
        FROM {mapped} WHERE problem IS NOT NULL AND NOT starts_with(problem, {literal(FILTERED)})"""
    engine.append("rejected", engine.evaluated(told, over=mapped))
    _add(engine, [(lost.source, lost.line, tally.name, lost.code, None, lost.text) for lost in relation.lost])
    tally.rejections = _counts(engine, tally.name)


def reject_upstream(engine: Builder, upstream: Upstream) -> Block | None:
    """List the rows that a query of [tables] never saw; their counts, or None where there are none."""
    name = f"[tables] {upstream.table}"
    _add(engine, [(lost.source, lost.line, name, lost.code, None, lost.text) for lost in upstream.lost])
    _add(engine, [(source, line, name, code, column, text) for source, line, code, column, text in upstream.cells])
    for relation, cells in upstream.unread:
        told = f'SELECT source, line, {literal(name)} AS block, code, "column", found FROM ({cells})'
        engine.append("rejected", engine.evaluated(told, over=relation))
    found = _counts(engine, name)
    total = sum(found.values())
    return Block(name=name, table="", read=total, kept=0, rejected=total, rejections=dict(sorted(found.items()))) if total else None


def keep_rejected(engine: Builder, previous: Path, blocks: list[str]) -> None:
    """Take over the rejected rows of blocks whose table was not made again."""
    if blocks:
        names = ", ".join(map(literal, blocks))
        engine.append("rejected", f"SELECT * FROM read_parquet({literal(previous / 'rejected.parquet')}) WHERE block IN ({names})")


def write_rejected(engine: Builder, folder: Path) -> int:
    """Write `rejected.parquet`; its rows."""
    engine.write("SELECT * FROM rejected ORDER BY ALL", folder / "rejected.parquet")
    return int(engine.row("SELECT count(*) FROM rejected")[0])


def _add(engine: Builder, rejected: list[tuple[str, int | None, str, str, str | None, str]]) -> None:
    """Add rows of sources that could not be read: they are known here, whatever the engine."""
    if rejected:
        kinds = [pa.string(), pa.int64(), *[pa.string()] * 4]
        columns = [pa.array(values, kind) for values, kind in zip(zip(*rejected, strict=True), kinds, strict=True)]
        engine.register("rejected_here", pa.table(columns, names=["source", "line", "block", "code", "column", "found"]))
        engine.append("rejected", "SELECT * FROM rejected_here")


def _counts(engine: Builder, block: str) -> dict[str, int]:
    found = engine.rows(f"SELECT code, count(*) FROM rejected WHERE block = {literal(block)} GROUP BY code ORDER BY code")
    return {code: int(count) for code, count in found}
