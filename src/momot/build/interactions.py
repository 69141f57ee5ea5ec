"""`[[interactions]]` -> `interactions/part=NN/` and the dimensions of what happened. Grain: one interaction.

Rows are mapped once into unordered files by part, then each part is put in order alone, so memory is bounded by the largest part. Where
only some files changed, only the persons whom they touch are put in order again (`reopened`).
"""

from __future__ import annotations

from collections.abc import Sequence

from momot.build import ledger, spoken
from momot.build.entries import count_flagged, make_entries
from momot.build.folder import reuse
from momot.build.interaction_parts import FOLDER, drop_staged, nobody, part_count, stage_rows, staged_rows, write_part
from momot.build.interaction_rows import map_block
from momot.build.ledger import BASE, Block, Ledger, live
from momot.build.manifest import Table
from momot.build.names import Names
from momot.build.reopened import reopen
from momot.build.tally import Tally, keep_rejected
from momot.build.workshop import Workshop
from momot.engine import step
from momot.errors import NothingLeft

DIMENSIONS = ("touchpoints.parquet", "levels.parquet", "activities.parquet", "channels.parquet")


def make_interactions(shop: Workshop, subjects_key: str | None) -> Table | None:
    """Map all interaction blocks, or what changed in them, or take the tables over from the previous build.

    Raises NothingLeft where not one row is usable.
    """
    blocks = shop.project.interactions
    if not blocks:
        return None
    key = key_of(shop, subjects_key)
    if (table := taken_over(shop, key)) is not None:
        return table
    rules = shop.key("ledger", blocks, subjects_key if any(block.person is None for block in blocks) else None, read_by(shop))
    made = reopen(shop, rules) or _whole(shop, rules, key)
    files, tallies = made
    write_dimensions(shop, files)
    return Table(
        name="interactions",
        key=key,
        rows=sum(tally.identified for tally in tallies),
        files=(*files, *DIMENSIONS),
        blocks=tuple(tally.block() for tally in tallies),
    )


def key_of(shop: Workshop, subjects_key: str | None) -> str:
    """A hash of all that the interactions are made of."""
    blocks = shop.project.interactions
    persons = [shop.persons.get(f"[[interactions]] {number}") for number in range(1, len(blocks) + 1)]
    return shop.key("interactions", blocks, [shop.relation(block.from_).key for block in blocks], subjects_key, persons, read_by(shop))


def read_by(shop: Workshop) -> str | None:
    """What reads quality from texts, where some block asks for it."""
    return spoken.fingerprint() if spoken.asked(shop.project) else None


def taken_over(shop: Workshop, key: str) -> Table | None:
    """The interactions of the previous build, where they were made of the same, with their files; else None."""
    table = shop.same("interactions", key)
    if table is None or shop.previous is None:
        return None
    for name in (FOLDER, *DIMENSIONS):
        reuse(shop.previous / name, shop.folder / name)
    keep_rejected(shop.engine, shop.previous, [block.name for block in table.blocks])
    return table


def nothing_left(shop: Workshop, tallies: Sequence[Tally]) -> NothingLeft:
    """The error where not one row is usable."""
    found = {code: count for tally in tallies for code, count in tally.rejections.items()}
    return NothingLeft(f"{shop.place('[[interactions]]')}: not one usable row: {found or 'all were filtered by where'}.")


def _whole(shop: Workshop, rules: str, key: str) -> tuple[list[str], list[Tally]]:
    """Map and order everything: the files and counts."""
    names, staged, tallies, blocks = Names(), shop.work / "staged", list[Tally](), list[Block]()
    mapped = [map_block(shop, block, number, names) for number, block in enumerate(shop.project.interactions, 1)]
    names.register(shop.engine)
    parts = part_count(sum(entry.rows for entry in mapped))
    number = 0
    for entry in mapped:
        shop.progress(f"interactions {entry.number}")
        numbers = {piece.name: number + place for place, piece in enumerate(ledger.pieces(entry.relation))}
        number += len(numbers)
        tally, counts = stage_rows(shop, entry, staged, parts, numbers)
        tallies.append(tally)
        entries = make_entries(shop, entry, numbers, counts)
        blocks.append(Block(signature=entry.signature, entries=entries, duplicate=tally.duplicate))
    if not any(tally.kept for tally in tallies):
        raise nothing_left(shop, tallies)
    files = []
    for part in range(parts):
        source = staged_rows(staged, part) or (nobody(staged) if part == 0 else None)  # readers expect a file even when nobody is known
        if source is not None:
            shop.progress(f"ordering part {part + 1}")
            files.append(f"{FOLDER}/part={part:02d}/{BASE}")
            write_part(shop, source, files[-1], of=sum(tally.identified for tally in tallies))
            drop_staged(staged, part)
    ledger.write(shop.folder, Ledger(rules=rules, base=key, parts=parts, next=number, blocks=tuple(blocks)))
    count_flagged(shop, files, tallies, blocks)
    return files, tallies


def write_dimensions(shop: Workshop, files: Sequence[str]) -> None:
    """The names behind the codes; a touchpoint nobody met is listed too."""
    shop.write(step("momot.build", "touchpoints", interactions=live(shop.engine, shop.folder, FOLDER, files)), DIMENSIONS[0])
    shop.write("SELECT touchpoint_id, level, label, low, high FROM level_names ORDER BY touchpoint_id, level", DIMENSIONS[1])
    shop.write("SELECT id AS activity_id, name AS activity FROM activity_names ORDER BY id", DIMENSIONS[2])
    shop.write("SELECT id AS channel_id, name AS channel FROM channel_names ORDER BY id", DIMENSIONS[3])
