"""The one pass over a panel's rows: each part is added up where it is, only its sums come back and are added here (EFFECTS.md 3 c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from momot.designs.pieces import Piece, Pieces
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_layout import Layout
from momot.effects.panel_share import Later, Share, share_of

Dealt = Iterable[tuple[int, Piece]]
"""Parts of a piece, each with the number of the layout that it goes to."""


@dataclass(frozen=True, slots=True)
class Adding:
    """Adds up the pieces of a part by layout. Goes to where the part is, and so may `deal`."""

    layouts: tuple[Layout, ...]
    deal: Callable[[Piece], Dealt]
    buckets: int
    later: Later | None
    seen: bool = False

    def __call__(self, pieces: Iterator[Piece]) -> dict[int, Share]:
        """The share of each layout that any row goes to."""
        found: dict[int, Share] = {}
        for piece in pieces:
            for number, some in self.deal(piece):
                share = share_of(some, self.layouts[number], buckets=self.buckets, later=self.later, seen=self.seen)
                if number in found:
                    found[number].add(share)
                else:
                    found[number] = share
        return found


def gather(pieces: Pieces, layout: Layout, *, later: Later | None = None) -> Gathered:
    """Read all pieces once and add them up."""
    (found,) = gather_shares(pieces, (layout,), whole, buckets=layout.buckets, later=later)
    return found


def gather_shares(
    pieces: Pieces,
    layouts: Sequence[Layout],
    deal: Callable[[Piece], Dealt],
    *,
    buckets: int,
    later: Later | None = None,
) -> tuple[Gathered, ...]:
    """Read all pieces once, deal each out to several layouts, and add up what goes to each. `deal` can be pickled."""
    found = [Gathered.nothing(layout, buckets, later) for layout in layouts]
    for shares in pieces.sums(Adding(tuple(layouts), deal, buckets, later)):
        for number, share in shares.items():
            found[number].add(share)
    return tuple(found)


def whole(piece: Piece) -> Dealt:
    """All of a piece to one layout."""
    return ((0, piece),)
