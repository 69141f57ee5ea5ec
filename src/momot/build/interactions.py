"""`[[interactions]]` -> `interactions/part=NN/` and the dimensions of what happened. Grain: one interaction.

Rows are mapped once into unordered files by part, then each part is put in order alone, so memory is bounded by the largest part.
"""

from __future__ import annotations

from pathlib import Path

from momot.build.folder import reuse
from momot.build.interaction_rows import Mapped, map_block
from momot.build.manifest import Table
from momot.build.names import Names
from momot.build.tally import Tally, keep_rejected, reject
from momot.build.workshop import Workshop
from momot.engine import execute, literal, row, step
from momot.errors import NothingLeft

FOLDER = "interactions"
DIMENSIONS = ("touchpoints.parquet", "levels.parquet", "activities.parquet", "channels.parquet")
_PART_ROWS = 2_500_000


def make_interactions(shop: Workshop, subjects_key: str | None) -> Table | None:
    """Map all interaction blocks, or take the tables over from the previous build. Raises NothingLeft where not one row is usable."""
    blocks = shop.project.interactions
    if not blocks:
        return None
    key = shop.key("interactions", blocks, [shop.relation(block.from_).key for block in blocks], subjects_key)
    table = shop.same("interactions", key)
    if table is not None and shop.previous is not None:
        for name in (FOLDER, *DIMENSIONS):
            reuse(shop.previous / name, shop.folder / name)
        keep_rejected(shop.connection, shop.previous, [block.name for block in table.blocks])
        return table
    names = Names()
    mapped = [map_block(shop, block, number, names) for number, block in enumerate(blocks, 1)]
    names.register(shop.connection)
    parts = _parts(sum(entry.rows for entry in mapped))
    staged = shop.work / "staged"
    for entry in mapped:
        shop.progress(f"interactions {entry.number}")
        _stage(shop, entry, staged, parts)
    tallies = [_count(shop, entry, staged) for entry in mapped]
    if not any(tally.kept for tally in tallies):
        found = {code: count for tally in tallies for code, count in tally.rejections.items()}
        raise NothingLeft(f"{shop.place('[[interactions]]')}: not one usable row: {found or 'all were filtered by where'}.")
    files = [_write_part(shop, staged, part) for part in range(parts)]
    _write_dimensions(shop)
    _flag(shop, tallies)
    return Table(
        name="interactions", key=key, rows=sum(tally.identified for tally in tallies), files=(*(file for file in files if file), *DIMENSIONS),
        blocks=tuple(tally.block() for tally in tallies),
    )  # fmt: skip


def _parts(total: int) -> int:
    """1 for up to 2.5 million rows, then the next power of two; at most 64."""
    parts = 1
    while parts < 64 and total > parts * _PART_ROWS:
        parts *= 2
    return parts


def _stage(shop: Workshop, entry: Mapped, staged: Path, parts: int) -> None:
    """Write the block's rows with ids and codes, by part, in no order."""
    if entry.via_subject:
        fill = {
            "person_id": "s.person_id",
            "bucket": "s.bucket",
            "unknown": "CASE WHEN s.key IS NULL THEN 'unknown_subject|subject|' || m.subject END",
        }
        joins = "LEFT JOIN subject_people s ON s.key = m.subject"
    else:
        fill = {"person_id": "p.id", "bucket": "p.bucket", "unknown": "NULL"}
        joins = "LEFT JOIN subject_ids s ON s.key = m.subject LEFT JOIN person_ids p ON p.key = m.person"
    sql = step("momot.build", "interactions_rows", mapped=entry.sql, parts=parts, joins=joins, **fill)
    target = staged / f"block-{entry.number}"
    target.mkdir(parents=True)
    try:
        execute(shop.connection, f"COPY ({sql}) TO {literal(target)} (FORMAT parquet, PARTITION_BY (part), OVERWRITE_OR_IGNORE)")
    except Exception as error:
        raise entry.explain(error) from error
    if entry.by_id:
        _drop_same_ids(shop, target)


def _drop_same_ids(shop: Workshop, target: Path) -> None:
    """Note the rows to leave out of a block that declares `id`: all but the first in time of each id."""
    execute(
        shop.connection,
        f"""CREATE OR REPLACE TEMP TABLE same_ids AS SELECT interaction_id, min((happened_at, person_id)) AS first, count(*) AS copies
        FROM {_good(target)} GROUP BY interaction_id HAVING count(*) > 1""",
    )
    for folder in sorted(target.glob("part=*")):
        if folder.name in {"part=-1", "part=-2"}:
            continue
        files = literal(folder / "*.parquet")
        kept = f"""SELECT r.* FROM read_parquet({files}, hive_partitioning = false) r LEFT JOIN same_ids d USING (interaction_id)
            WHERE d.interaction_id IS NULL OR (r.happened_at, r.person_id) = d.first
            QUALIFY d.interaction_id IS NULL OR row_number() OVER (PARTITION BY interaction_id ORDER BY touchpoint_id, quality, level, value_minor) = 1"""
        one = folder.parent / f"{folder.name}.once"
        execute(shop.connection, f"COPY ({kept}) TO {literal(one)} (FORMAT parquet)")
        for file in folder.glob("*.parquet"):
            file.unlink()
        one.rename(folder / "once.parquet")


def _good(target: Path) -> str:
    files = ", ".join(
        literal(folder / "*.parquet") for folder in sorted(target.glob("part=*")) if folder.name not in {"part=-1", "part=-2"}
    )
    return (
        f"read_parquet([{files}], hive_partitioning = false)"
        if files
        else "(SELECT NULL::BIGINT AS interaction_id, 0 AS happened_at, 0 AS person_id WHERE false)"
    )


def _count(shop: Workshop, entry: Mapped, staged: Path) -> Tally:
    target = staged / f"block-{entry.number}"
    tally = Tally(entry.name, FOLDER, read=entry.rows)
    problems = target / "part=-1"
    if problems.exists():
        reject(shop.connection, tally, entry.relation, f"read_parquet({literal(problems / '*.parquet')}, hive_partitioning = false)")
    else:
        empty = "(SELECT NULL::VARCHAR AS __source, NULL::BIGINT AS __line, NULL::VARCHAR AS problem WHERE false)"
        reject(shop.connection, tally, entry.relation, empty)
    for folder in target.glob("part=*"):
        if folder.name == "part=-1":
            continue
        files = f"read_parquet({literal(folder / '*.parquet')}, hive_partitioning = false)"
        count, adjusted = map(int, row(shop.connection, f"SELECT count(*), count_if(adjusted) FROM {files}"))
        tally.kept += count
        tally.adjusted += adjusted
        tally.identified += count if folder.name != "part=-2" else 0
    if entry.by_id:
        filtered = f"(SELECT count(*) FROM ({entry.sql}) WHERE problem IS NULL)"
        tally.duplicate = (
            int(row(shop.connection, f"SELECT {filtered}")[0])
            - tally.kept
            - sum(tally.rejections.get(code, 0) for code in ("unknown_subject",))
        )
    return tally


def _write_part(shop: Workshop, staged: Path, part: int) -> str | None:
    """Put one part in order; copies are looked for in the ordered file, and only a part that has some is written again."""
    folders = sorted(staged.glob(f"block-*/part={part}"))
    if not folders:
        return None
    shop.progress(f"ordering part {part + 1}")
    files = ", ".join(literal(folder / "*.parquet") for folder in folders)
    source = f"read_parquet([{files}], hive_partitioning = false)"
    file = f"{FOLDER}/part={part:02d}/interactions.parquet"
    shop.write(step("momot.build", "interactions_part", rows=source), file)
    ordered = f"(SELECT interaction_id, lag(interaction_id) OVER () AS before FROM read_parquet({literal(shop.folder / file)}))"
    if row(shop.connection, f"SELECT count_if(interaction_id = before) FROM {ordered}")[0]:
        shop.write(step("momot.build", "interactions_copies", rows=source), file)
    for folder in folders:
        for path in folder.glob("*.parquet"):
            path.unlink()
    return file


def _flag(shop: Workshop, tallies: list[Tally]) -> None:
    """Exact duplicates that were kept, counted for the table's first block when there is only one, else for the block that has their touchpoints."""
    total = int(
        row(
            shop.connection,
            f"SELECT count_if(duplicate) FROM read_parquet({literal(shop.folder / FOLDER / '*/*.parquet')}, hive_partitioning = false)",
        )[0]
    )
    if total and len(tallies) == 1:
        tallies[0].flagged = total


def _write_dimensions(shop: Workshop) -> None:
    rows_of = f"read_parquet({literal(shop.folder / FOLDER / '*/*.parquet')}, hive_partitioning = false)"
    common = f"SELECT touchpoint_id, arg_max(channel_id, (n, -channel_id)) AS channel_id FROM (SELECT touchpoint_id, channel_id, count(*) AS n FROM {rows_of} WHERE channel_id IS NOT NULL GROUP BY ALL) GROUP BY ALL"
    shop.write(
        f"""SELECT t.id AS touchpoint_id, t.name AS touchpoint, c.channel_id, coalesce(k.kind, 'none') AS kind
        FROM touchpoint_names t LEFT JOIN ({common}) c ON c.touchpoint_id = t.id LEFT JOIN level_kinds k ON k.touchpoint_id = t.id ORDER BY t.id""",
        DIMENSIONS[0],
    )
    shop.write("SELECT touchpoint_id, level, label, low, high FROM level_names ORDER BY touchpoint_id, level", DIMENSIONS[1])
    shop.write("SELECT id AS activity_id, name AS activity FROM activity_names ORDER BY id", DIMENSIONS[2])
    shop.write("SELECT id AS channel_id, name AS channel FROM channel_names ORDER BY id", DIMENSIONS[3])
