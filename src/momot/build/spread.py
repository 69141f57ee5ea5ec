"""`[[interactions]]` where rows are spread over machines: the same table as `interactions` makes, in one pass over all parts.

Every step is a join, a window or a sort of the engine's, so nothing but counts and names comes to this machine.
"""

from __future__ import annotations

from momot.build.engines import Builder
from momot.build.erased import unknown_subject
from momot.build.interaction_parts import FOLDER, part_count
from momot.build.interaction_rows import Mapped, map_block
from momot.build.interactions import DIMENSIONS, key_of, nothing_left, taken_over, write_dimensions
from momot.build.manifest import Table
from momot.build.names import Names
from momot.build.tally import Tally, reject
from momot.build.workshop import Workshop
from momot.engine import step

FILE = "interactions.parquet"
ORDER = ("person_id", "happened_at", "interaction_id")
_PROBLEM, _NOBODY = -1, -2


def make_spread(shop: Workshop, subjects_key: str | None) -> Table | None:
    """Map all interaction blocks, or take the tables over from the previous build. Raises NothingLeft where not one row is usable."""
    blocks, engine = shop.project.interactions, shop.engine
    if not blocks:
        return None
    key = key_of(shop, subjects_key)
    if (table := taken_over(shop, key)) is not None:
        return table
    names = Names()
    mapped = [map_block(shop, block, number, names) for number, block in enumerate(blocks, 1)]
    names.register(engine)
    parts = part_count(sum(entry.rows for entry in mapped))
    tallies = [_rows(shop, engine, entry, parts) for entry in mapped]
    if not any(tally.kept for tally in tallies):
        raise nothing_left(shop, tallies)
    files = _write(shop, engine, len(mapped), any(tally.identified for tally in tallies))
    write_dimensions(shop, files)
    return Table(
        name="interactions", key=key, rows=sum(tally.identified for tally in tallies), files=(*files, *DIMENSIONS),
        blocks=tuple(tally.block() for tally in tallies),
    )  # fmt: skip


def _rows(shop: Workshop, engine: Builder, entry: Mapped, parts: int) -> Tally:
    """The usable rows of a block with ids and codes as the table `spread_<number>`; what was counted."""
    shop.progress(f"interactions {entry.number}")
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
    raw, usable = f"spread_raw_{entry.number}", f"spread_{entry.number}"
    engine.table(raw, step("momot.build", "interactions_rows", mapped=entry.sql, parts=parts, joins=joins, file="NULL::INTEGER", **fill))
    tally = Tally(entry.name, FOLDER, read=entry.rows)
    reject(engine, tally, entry.relation, raw)
    kept = f"SELECT * FROM {raw} WHERE part <> {_PROBLEM}"
    engine.table(usable, step("momot.build", "interactions_once", rows=f"({kept})") if entry.by_id else kept)
    known = f"CASE WHEN part <> {_NOBODY} THEN 1 END"
    tally.kept, tally.adjusted, tally.identified = map(
        int, engine.row(f"SELECT count(*), count_if(adjusted), count({known}) FROM {usable}")
    )
    if entry.by_id:
        tally.duplicate = int(engine.row(f"SELECT count(*) FROM ({kept})")[0]) - tally.kept
    else:
        tally.flagged = int(engine.row(f"SELECT count(*) - count(DISTINCT interaction_id) FROM {usable} WHERE part <> {_NOBODY}")[0])
    engine.drop(raw)
    return tally


def _write(shop: Workshop, engine: Builder, blocks: int, anybody: bool) -> list[str]:
    """Write all parts in their final order; the names of the files."""
    shop.progress("ordering the parts")
    known = " UNION ALL ".join(f"SELECT * FROM spread_{number} WHERE part <> {_NOBODY}" for number in range(1, blocks + 1))
    sql = step("momot.build", "interactions_spread", rows=f"({known})")
    if anybody:
        return [f"{FOLDER}/{file}" for file in engine.write_parts(sql, shop.folder / FOLDER, FILE, ORDER)]
    file = f"{FOLDER}/part=00/{FILE}"  # readers expect a file even when nobody is known
    engine.write(f"SELECT * EXCLUDE (part) FROM ({sql})", shop.folder / file)
    return [file]
