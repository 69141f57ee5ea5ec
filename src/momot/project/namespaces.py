"""Namespaces of ids of persons: whose row each block says it is, which namespace names people best, and which one a bare expression is.

`person = {crm = "customer_id", cookie = "anon_id"}` gives ids of two namespaces, `person = "customer_id"` one of the plain namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from momot.project.schema import ProjectFile

Who = str | dict[str, str]
DEVICES = ("browser", "cookie", "device", "fingerprint", "ip", "kiosk", "phone", "session", "terminal", "visitor")
UNNAMED = ""  # the namespace of bare expressions that belong to none


@dataclass(frozen=True, slots=True)
class Owned:
    """A block that says whose its rows are."""

    place: str  # "[[interactions]] 2"
    from_: str
    where: str | None
    who: Who


@dataclass(frozen=True, slots=True)
class Namespaces:
    """All namespaces of a project, the one that names people best first, and the one that a bare expression is of."""

    ranked: tuple[str, ...] = ()
    plain: str = UNNAMED

    @property
    def several(self) -> bool:
        """Whether a person can have ids of more than one namespace."""
        return len(self.ranked) > 1

    def of(self, who: Who) -> tuple[str, ...]:
        """The namespaces of the ids of a block, the one that names people best first."""
        return tuple(sorted(who, key=self.ranked.index)) if isinstance(who, dict) else (self.plain,)


def owned_blocks(project: ProjectFile) -> Iterator[Owned]:
    """Every block that names persons, in the order of the kinds of blocks."""
    for number, subjects in enumerate(project.subjects, 1):
        yield from _owned(f"[[subjects]] {number}", subjects.from_, subjects.where, subjects.person)
    for number, interactions in enumerate(project.interactions, 1):
        yield from _owned(f"[[interactions]] {number}", interactions.from_, interactions.where, interactions.person)
    for number, opinions in enumerate(project.opinions, 1):
        yield from _owned(f"[[opinions]] {number}", opinions.from_, opinions.where, opinions.person)
    for number, texts in enumerate(project.texts, 1):
        yield from _owned(f"[[texts]] {number}", texts.from_, texts.where, texts.person)
    for outcome in project.outcomes:
        if outcome.from_ and isinstance(outcome.value, str):
            yield from _owned(f"[outcomes.{outcome.name}]", outcome.from_, outcome.where, outcome.person)
    numbers: dict[str, int] = {}
    for wide in project.wide:
        numbers[wide.kind] = numbers.get(wide.kind, 0) + 1
        yield from _owned(f"[[{wide.kind}s]] {numbers[wide.kind]}", wide.from_, wide.where, wide.person)
    if project.people:
        yield from _owned("[people]", project.people.from_, None, project.people.person)


def namespaces(project: ProjectFile) -> Namespaces:
    """The namespaces of a project. None of it depends on the order of the blocks.

    A bare expression is of the one namespace that some block writes with the same expression; else of the first that `[identity]`
    declares; else of none. Their order is the declared one; else they come as the blocks write them, those called a device last.
    """
    declared = project.identity.namespaces
    tables = [owned.who for owned in owned_blocks(project) if isinstance(owned.who, dict)]
    bare = {owned.who.strip() for owned in owned_blocks(project) if isinstance(owned.who, str)}
    alike = {space for table in tables for space, written in table.items() if written.strip() in bare}
    plain = alike.pop() if len(alike) == 1 else declared[0] if declared else UNNAMED
    written = sorted(_in_order([list(table) for table in tables]), key=_is_device)
    ranked = [*declared, *([UNNAMED] if bare and plain == UNNAMED else []), *written, *([plain] if bare else [])]
    return Namespaces(tuple(dict.fromkeys(ranked)), plain)


def _is_device(space: str) -> bool:
    """Whether a namespace is called like something that several people use."""
    return any(word in DEVICES or word.startswith("anon") for word in re.split(r"[\W\d_]+", space.lower()))


def _owned(place: str, from_: str, where: str | None, who: Who | None) -> Iterator[Owned]:
    if who is not None:
        yield Owned(place, from_, where, who)


def _in_order(lists: list[list[str]]) -> list[str]:
    """All names, so that each comes after those that precede it in a list; by name where the lists don't say, or contradict each other."""
    before: dict[str, set[str]] = {name: set() for names in lists for name in names}
    for names in lists:
        for position, name in enumerate(names):
            before[name] |= set(names[:position])
    ordered: list[str] = []
    while before:
        fewest = min(before, key=lambda name: (len(before[name] & before.keys()), name))
        ordered.append(fewest)
        del before[fewest]
    return ordered
