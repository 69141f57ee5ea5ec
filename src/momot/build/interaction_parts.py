"""Interactions on disk: mapped rows staged by part in no order, repeated ids left out, then each part put in order alone."""

from __future__ import annotations

from pathlib import Path

import duckdb

from momot.build.interaction_rows import Mapped
from momot.build.tally import Tally, reject
from momot.build.workshop import Workshop
from momot.engine import execute, literal, row, step
from momot.progress import counting

FOLDER = "interactions"
_PART_ROWS = 2_500_000
_PROBLEM, _NOBODY = "part=-1", "part=-2"
_NO_PROBLEM = "(SELECT NULL::VARCHAR AS __source, NULL::BIGINT AS __line, NULL::VARCHAR AS problem WHERE false)"


def part_count(total: int) -> int:
    """1 for up to 2.5 million rows, then the next power of two; at most 64."""
    parts = 1
    while parts < 64 and total > parts * _PART_ROWS:
        parts *= 2
    return parts


def stage_rows(shop: Workshop, entry: Mapped, staged: Path, parts: int) -> Tally:
    """Write a block's rows with ids and codes, by part, in no order; reject those with a problem; count."""
    if entry.via_subject:
        fill = {
            "person_id": "s.person_id",
            "bucket": "s.bucket",
            "unknown": "CASE WHEN s.key IS NULL THEN 'unknown_subject|subject|' || m.subject END",
        }
        joins = "LEFT JOIN subject_people s ON s.key = m.subject"
    else:
        fill = {"person_id": "p.person_id", "bucket": "p.bucket", "unknown": "NULL"}
        joins = "LEFT JOIN subject_ids s ON s.key = m.subject LEFT JOIN person_ids p ON p.key = m.person"
    sql = step("momot.build", "interactions_rows", mapped=entry.sql, parts=parts, joins=joins, **fill)
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
    for folder in _usable(target):
        kept, adjusted = map(int, row(shop.connection, f"SELECT count(*), count_if(adjusted) FROM {_read([folder])}"))
        tally.kept, tally.adjusted = tally.kept + kept, tally.adjusted + adjusted
        tally.identified += kept if folder.name != _NOBODY else 0
    return tally


def write_part(shop: Workshop, staged: Path, part: int, tallies: list[Tally]) -> str | None:
    """Put one part in order as a file of the build; its name, or None for a part without a row.

    Copies are looked for in the ordered file, where they stand together: only a part that has some is written again, flagged.
    """
    folders = sorted(staged.glob(f"block-*/part={part}"))
    source = _read(folders)
    nobody = sorted(staged.glob(f"block-*/{_NOBODY}"))
    if not folders and part == 0 and nobody:  # readers expect a file even when nobody is known
        source = f"(SELECT * FROM {_read(nobody)} WHERE false)"
    elif not folders:
        return None
    shop.progress(f"ordering part {part + 1}")
    file = f"{FOLDER}/part={part:02d}/interactions.parquet"
    some = int(row(shop.connection, f"SELECT count(*) FROM {source}")[0])
    with counting(some, of=sum(tally.identified for tally in tallies)):
        shop.write(step("momot.build", "interactions_part", rows=source), file)
    ordered = f"(SELECT interaction_id, lag(interaction_id) OVER () AS before FROM read_parquet({literal(shop.folder / file)}))"
    if row(shop.connection, f"SELECT count_if(interaction_id = before) FROM {ordered}")[0]:
        shop.write(step("momot.build", "interactions_copies", rows=source), file)
        for folder in folders:
            tally = tallies[int(folder.parent.name.removeprefix("block-")) - 1]
            tally.flagged += int(row(shop.connection, f"SELECT count(*) - count(DISTINCT interaction_id) FROM {_read([folder])}")[0])
    for folder in folders:
        for path in folder.glob("*.parquet"):
            path.unlink()  # so that no more than one part is on disk twice
    return file


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
                PARTITION BY interaction_id ORDER BY touchpoint_id, quality, level, repeat, subject_id, value_minor, cost_minor) = 1"""
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
