"""`[[interactions]]` -> `interactions/part=NN/` and the dimensions of what happened. Grain: one interaction.

Rows are mapped once into unordered files by part, then each part is put in order alone, so memory is bounded by the largest part.
"""

from __future__ import annotations

from momot.build.folder import reuse
from momot.build.interaction_parts import FOLDER, part_count, stage_rows, write_part
from momot.build.interaction_rows import map_block
from momot.build.manifest import Table
from momot.build.names import Names
from momot.build.tally import Tally, keep_rejected
from momot.build.workshop import Workshop
from momot.engine import literal, step
from momot.errors import NothingLeft

DIMENSIONS = ("touchpoints.parquet", "levels.parquet", "activities.parquet", "channels.parquet")


def make_interactions(shop: Workshop, subjects_key: str | None) -> Table | None:
    """Map all interaction blocks, or take the tables over from the previous build. Raises NothingLeft where not one row is usable."""
    blocks = shop.project.interactions
    if not blocks:
        return None
    persons = [shop.persons.get(f"[[interactions]] {number}") for number in range(1, len(blocks) + 1)]
    key = shop.key("interactions", blocks, [shop.relation(block.from_).key for block in blocks], subjects_key, persons)
    table = shop.same("interactions", key)
    if table is not None and shop.previous is not None:
        for name in (FOLDER, *DIMENSIONS):
            reuse(shop.previous / name, shop.folder / name)
        keep_rejected(shop.engine, shop.previous, [block.name for block in table.blocks])
        return table
    names, staged, tallies = Names(), shop.work / "staged", list[Tally]()
    mapped = [map_block(shop, block, number, names) for number, block in enumerate(blocks, 1)]
    names.register(shop.engine)
    parts = part_count(sum(entry.rows for entry in mapped))
    for entry in mapped:
        shop.progress(f"interactions {entry.number}")
        tallies.append(stage_rows(shop, entry, staged, parts))
    if not any(tally.kept for tally in tallies):
        found = {code: count for tally in tallies for code, count in tally.rejections.items()}
        raise NothingLeft(f"{shop.place('[[interactions]]')}: not one usable row: {found or 'all were filtered by where'}.")
    files = [write_part(shop, staged, part, tallies) for part in range(parts)]
    _write_dimensions(shop)
    return Table(
        name="interactions",
        key=key,
        rows=sum(tally.identified for tally in tallies),
        files=(*(file for file in files if file), *DIMENSIONS),
        blocks=tuple(tally.block() for tally in tallies),
    )


def _write_dimensions(shop: Workshop) -> None:
    """The names behind the codes; a touchpoint nobody met is listed too."""
    interactions = f"read_parquet({literal(shop.folder / FOLDER / '*/*.parquet')}, hive_partitioning = false)"
    shop.write(step("momot.build", "touchpoints", interactions=interactions), DIMENSIONS[0])
    shop.write("SELECT touchpoint_id, level, label, low, high FROM level_names ORDER BY touchpoint_id, level", DIMENSIONS[1])
    shop.write("SELECT id AS activity_id, name AS activity FROM activity_names ORDER BY id", DIMENSIONS[2])
    shop.write("SELECT id AS channel_id, name AS channel FROM channel_names ORDER BY id", DIMENSIONS[3])
