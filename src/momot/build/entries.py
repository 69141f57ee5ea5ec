"""Counts and names of the files of a block, from mapping or from the ledger, and back to the counts of the block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from momot.build.interaction_parts import Counts
from momot.build.interaction_rows import Mapped
from momot.build.ledger import Block, Entry, counted, live, pieces
from momot.build.tally import Tally
from momot.build.workshop import Workshop
from momot.project.schema import Name

_NONE: tuple[set[str], set[str], set[str]] = (set(), set(), set())


def make_entries(shop: Workshop, entry: Mapped, numbers: Mapping[str, int], counts: Mapping[int, Counts]) -> tuple[Entry, ...]:
    """What the ledger keeps of each file that was mapped."""
    read, listed, made = counted(shop.engine, entry.relation), pieces(entry.relation), []
    block = shop.project.interactions[entry.number - 1]
    for piece in listed:
        source = piece.name if len(listed) > 1 else next(iter(entry.found), "")
        found = entry.found.get(source, _NONE)
        touchpoints, activities, channels = (
            tuple(sorted(names | _given(name)))
            for names, name in zip(found, (block.touchpoint, block.activity, block.channel), strict=True)
        )
        kept = counts.get(numbers[piece.name], Counts())
        made.append(
            Entry(
                number=numbers[piece.name],
                name=piece.name,
                key=piece.key,
                read=read[piece.name],
                kept=kept.kept,
                adjusted=kept.adjusted,
                identified=kept.identified,
                names=(touchpoints, activities, channels),
            )
        )
    return tuple(made)


def count_flagged(shop: Workshop, files: Sequence[str], tallies: Sequence[Tally], blocks: Sequence[Block]) -> None:
    """Add to each block how many of its rows are copies of others."""
    found = dict(
        shop.engine.rows(f"SELECT __file, count(*) FROM {live(shop.engine, shop.folder, 'interactions', files)} WHERE duplicate GROUP BY 1")
    )
    for tally, block in zip(tallies, blocks, strict=True):
        tally.flagged = sum(int(found.get(entry.number, 0)) for entry in block.entries)


def sum_up(tally: Tally, block: Block) -> None:
    """Set the counts of a block from those of its files."""
    tally.read = sum(entry.read for entry in block.entries)
    tally.kept = sum(entry.kept for entry in block.entries)
    tally.adjusted = sum(entry.adjusted for entry in block.entries)
    tally.identified = sum(entry.identified for entry in block.entries)
    tally.duplicate = block.duplicate


def _given(name: Name | None) -> set[str]:
    return {name} if isinstance(name, str) else set()
