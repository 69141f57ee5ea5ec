"""Whose row it is: the `person` of a block as ids with their namespace, and the one of them by which the dictionary knows the person."""

from __future__ import annotations

from momot.build.engines import SHARED
from momot.build.erased import REJECTED
from momot.build.mapping import Mapping
from momot.engine import identifier, literal
from momot.project.namespaces import UNNAMED, Who


def person_expressions(person: Who | None) -> dict[str, str | None]:
    """The expressions of `person` by key."""
    return {f"person.{space}": text for space, text in person.items()} if isinstance(person, dict) else {"person": person}


def given_ids(mapping: Mapping, person: Who) -> dict[str, str]:
    """SQL by namespace, the best first: the id that the row gives, "crm:17", or "17" without a namespace; NULL where it gives none."""
    keys = {space: f"person.{space}" if isinstance(person, dict) else "person" for space in mapping.namespaces.of(person)}
    ids = {space: _named(space, identifier(mapping.text(key, key))) for space, key in keys.items()}
    if mapping.erased.ids:
        mapping.left_out = [(mapping.erased.holds(sql), literal(f"{REJECTED}|")) for sql in ids.values()]
    return ids


def add_person(mapping: Mapping, person: Who | None) -> str | None:
    """The piece that names the person: the first given id that is not shared, else the first given one; all mean the same person."""
    if person is None:
        return None
    ids = list(given_ids(mapping, person).values())
    kept = [f"CASE WHEN {sql} NOT IN (SELECT key FROM {SHARED}) THEN {sql} END" for sql in ids] if mapping.guarded else []
    mapping.instants["person="] = first_of([*kept, *ids] if len(ids) > 1 else ids)
    return "person="


def first_of(ids: list[str]) -> str:
    """SQL: the first of several ids that is there."""
    return f"coalesce({', '.join(ids)})" if len(ids) > 1 else ids[0]


def _named(space: str, piece: str) -> str:
    return piece if space == UNNAMED else f"({literal(f'{space}:')} || {piece})"
