"""Interactions on disk: mapped rows staged by part in no order, repeated ids left out, then each part put in order alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from momot.build.erased import unknown_subject
from momot.build.interaction_rows import Mapped
from momot.build.ledger import numbered
from momot.build.tally import Tally, reject
from momot.build.workshop import Workshop
from momot.engine import execute, literal, row, rows, step
from momot.progress import counting

FOLDER = "interactions"
_PART_ROWS = 2_500_000
_PROBLEM, _NOBODY = "part=-1", "part=-2"
_NO_PROBLEM = "(SELECT NULL::VARCHAR AS __source, NULL::BIGINT AS __line, NULL::VARCHAR AS problem WHERE false)"


@dataclass(slots=True)
class Counts:
    """Rows of one file that are kept."""

    kept: int = 0
    adjusted: int = 0
    identified: int = 0


def part_count(total: int) -> int:
    """1 for up to 2.5 million rows, then the next power of two; at most 64."""
    parts = 1
    while parts < 64 and total > parts * _PART_ROWS:
        parts *= 2
    return parts


def stage_rows(shop: Workshop, entry: Mapped, staged: Path, parts: int, numbers: dict[str, int]) -> tuple[Tally, dict[int, Counts]]:
    """Write a block's rows with ids and codes, by part, in no order; reject those with a problem; count, by number of the file."""
    file, file_join = numbered(entry.relation, numbers)
    if entry.via_subject:
        fill = {
            "person_id": "s.person_id",
            "bucket": "s.bucket",
            "unknown": unknown_subject(shop.erased),
            "id": "NULL::INTEGER",
        }
        joins = "LEFT JOIN subject_people s ON s.key = m.subject"
    else:
        fill = {"person_id": "p.person_id", "bucket": "p.bucket", "unknown": "NULL", "id": "p.id"}
        joins = "LEFT JOIN subject_ids s ON s.key = m.subject LEFT JOIN person_ids p ON p.key = m.person"
    sql = step("momot.build", "interactions_rows", mapped=entry.sql, parts=parts, joins=f"{joins} {file_join}", file=file, **fill)
    target = staged / f"block-{entry.number}"
    target.mkdir(parents=True)
    try:
        with counting(entry.rows, of=entry.rows):
            execute(shop.connection, f"COPY ({sql}) TO {literal(target)} (FORMAT parquet, PARTITION_BY (part), OVERWRITE_OR_IGNORE)")
    except duckdb.Error as error:
        raise entry.mapping.explain(error) from error
    tally = Tally(entry.name, FOLDER, read=entry.rows)
    problems = target / _PROBLEM
    reject(shop.engine, tally, entry.relation, _read([problems]) if problems.exists() else _NO_PROBLEM)
    if entry.by_id:
        tally.duplicate = _drop_repeated_ids(shop, target)
    counts = dict[int, Counts]()
    for folder in _usable(target):
        for number, kept, adjusted in rows(
            shop.connection, f"SELECT __file, count(*), count_if(adjusted) FROM {_read([folder])} GROUP BY __file"
        ):
            found = counts.setdefault(number, Counts())
            found.kept, found.adjusted = found.kept + int(kept), found.adjusted + int(adjusted)
            found.identified += int(kept) if folder.name != _NOBODY else 0
    tally.kept, tally.adjusted, tally.identified = (
        sum(getattr(found, name) for found in counts.values()) for name in ("kept", "adjusted", "identified")
    )
    return tally, counts


def staged_rows(staged: Path, part: int | None = None) -> str | None:
    """SQL of the staged rows of a part, or of all that have a person; None where there are none."""
    folders = sorted(staged.glob(f"block-*/part={'*' if part is None else part}"))
    folders = [folder for folder in folders if folder.name not in (_PROBLEM, _NOBODY)]
    return _read(folders) if folders else None


def nobody(staged: Path) -> str | None:
    """SQL without a row but with the columns of staged rows; None where nothing was staged."""
    folders = sorted(staged.glob(f"block-*/{_NOBODY}"))
    return f"(SELECT * FROM {_read(folders)} WHERE false)" if folders else None


def write_part(shop: Workshop, source: str, file: str, *, of: int) -> None:
    """Put the rows of `source`, whole persons, in order as a file of the build. `of`: rows of all such files.

    Copies are looked for first: flagging them in the same pass saves putting a part in order twice.
    """
    some = int(row(shop.connection, f"SELECT count(*) FROM {source}")[0])
    with counting(some, of=of):
        shop.table("copied_ids", f"SELECT interaction_id FROM {source} GROUP BY interaction_id HAVING count(*) > 1")
        copies = row(shop.connection, "SELECT count(*) FROM copied_ids")[0]
        name = "interactions_copies" if copies else "interactions_part"
        shop.write(step("momot.build", name, rows=source, **({"copied": "copied_ids"} if copies else {})), file)


def drop_staged(staged: Path, part: int) -> None:
    """Remove the staged rows of a part, so that no more than one part is on disk twice."""
    for path in staged.glob(f"block-*/part={part}/*.parquet"):
        path.unlink()


def _drop_repeated_ids(shop: Workshop, target: Path) -> int:
    """Keep the first row in time of each declared id; how many others there were."""
    folders = _usable(target)
    if not folders:
        return 0
    shop.table(
        "repeated_ids",
        f"""SELECT interaction_id, count(*) AS copies,
        min((happened_at, coalesce(person_id, -1))) AS first FROM {_read(folders)} GROUP BY interaction_id HAVING count(*) > 1""",
    )
    repeated = int(row(shop.connection, "SELECT coalesce(sum(copies - 1), 0) FROM repeated_ids")[0])
    for folder in folders if repeated else []:
        kept = f"""SELECT r.* FROM {_read([folder])} r LEFT JOIN repeated_ids d USING (interaction_id)
            WHERE d.interaction_id IS NULL OR (r.happened_at, coalesce(r.person_id, -1)) = d.first
            QUALIFY d.interaction_id IS NULL OR row_number() OVER (
                PARTITION BY interaction_id
                ORDER BY touchpoint_id, quality, level, repeat, subject_id, value_minor, cost_minor, __file) = 1"""
        once = target / f"{folder.name}.once"
        execute(shop.connection, f"COPY ({kept}) TO {literal(once)} (FORMAT parquet)")
        for file in folder.glob("*.parquet"):
            file.unlink()
        once.rename(folder / "once.parquet")
    return repeated


def _usable(target: Path) -> list[Path]:
    return [folder for folder in sorted(target.glob("part=*")) if folder.name != _PROBLEM]


def _read(folders: list[Path]) -> str:
    return f"read_parquet([{', '.join(literal(folder / '*.parquet') for folder in folders)}], hive_partitioning = false)"
