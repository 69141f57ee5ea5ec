"""Pieces of a panel held in memory, and all that a panel has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from momot.designs.pieces import Piece, Pieces

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Held:
    """Pieces of a panel each a part."""

    pieces: Sequence[Piece]

    def sums(self, add: Callable[[Iterator[Piece]], T]) -> Iterator[T]:
        """What `add` makes of each piece."""
        for piece in self.pieces:
            yield add(iter([piece]))


def rows_of(pieces: Pieces) -> list[Piece]:
    """All pieces of a panel."""
    return [piece for part in pieces.sums(list) for piece in part]
