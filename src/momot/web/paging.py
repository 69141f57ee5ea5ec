"""A long table some rows at a time: which page an address asks for, and what leads to the others.

Which rows are shown is part of the address: a page can be sent, and works without scripts. Nothing is left out: how many rows there are,
and where the others stand, is said under the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from momot.language import Language


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a table: the places of the first and the last, where they are shown, and whether these are."""

    words: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The pages of one kind of rows. `head` says which kind and how many."""

    head: str
    stretches: tuple[Stretch, ...]


def page_asked(asked: str, pages: int) -> int:
    """The page that an address names, from 1; the first for anything else, for a page may be gone since it was sent."""
    return next((number for number in range(1, pages + 1) if asked == str(number)), 1)


def group(head: str, sizes: Sequence[int], first: int, here: int, to: Callable[[str], str], language: Language) -> Group:
    """The pages of `sizes` rows each, numbered from `first`. `to` makes the address of a page."""
    found, start = [], 1
    for number, size in enumerate(sizes, start=first):
        words = "\u2013".join(language.grouped(place) for place in dict.fromkeys((start, start + size - 1)))
        found.append(Stretch(words, to(str(number)), number == here))
        start += size
    return Group(head, tuple(found))
