"""A project made of tables in memory: each stored once as Parquet, and the `momot.toml` that says what their columns mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from momot.errors import ProjectError, did_you_mean
from momot.project.arrow import Rows, Streams, Written, open_stream, write
from momot.project.document import to_toml
from momot.project.given import MOST_GROUPS, Given, other_columns, quoted, read_given, texts_among
from momot.project.grammar import BLOCKS, TOP, block
from momot.project.load import parse

HEADER = "# Written by momot.from_tables, which replaces it when it is run again. Take this line away to keep what you change.\n"
CALLED = "from_tables"  # how messages call the project file that nobody wrote by hand
KINDS = ("subjects", "interactions", "opinions", "people")
_KEYS = {key.name for kind in KINDS for key in block(kind).keys}
_MOST_NAMES = 30_000
_MOST_INSTRUMENTS = 50

Tables = Rows | Sequence[Streams]
"""One table, or several of the same kind."""


def write_project(
    folder: Path,
    tables: Mapping[str, Tables | None],
    *,
    others: Mapping[str, Rows],
    outcomes: Mapping[str, Mapping[str, Any]] | None,
    columns: Mapping[str, Any],
    blocks: Mapping[str, Any],
    top: Mapping[str, Any],
) -> str:
    """Store the tables in `folder` and return the text of its project file, which is checked but not written.

    `tables` by kind (`KINDS`), `others` by the name that `from` calls them. Raises ProjectError with every problem of the blocks, DataError
    for tables that can't be read.
    """
    _check_names(columns, blocks, others)
    given = list(_given(tables, columns))
    if not given and not others:
        raise ProjectError(f"{CALLED}: no table given. It takes {', '.join(KINDS)}.")
    written = {one.name: _store(one, folder) for one in given}
    for name, table in others.items():
        place = f"{CALLED}, {name}"
        write(open_stream(table, place), folder / f"{name}.parquet", watch={}, where=place)
    document = dict(top) | {"timezone": top.get("timezone") or _zone(given)}
    document["tables"] = {name: {"file": f"{name}.parquet"} for name in [*written, *others]}
    asked = outcomes or {}
    for one in given:
        made = _blocks(one, written[one.name], asked)
        document[one.kind] = made[0] if one.kind == "people" else [*document.get(one.kind, ()), *made]
    instruments = list(dict.fromkeys(made["instrument"] for made in document.get("opinions", ())))
    document["outcomes"] = dict(asked) if outcomes is not None else {name: {"opinion": name} for name in instruments}
    document = _merged(document, blocks)
    text = HEADER + to_toml(document)
    try:
        project = parse(text, path=CALLED)
    except ProjectError as error:
        raise ProjectError(_as_called(str(error))) from None
    _check_named(project, given, written)
    return text


def _check_names(columns: Mapping[str, Any], blocks: Mapping[str, Any], others: Mapping[str, Any]) -> None:
    """What is said of tables and blocks by name is said of known ones."""
    known = {one.name for one in BLOCKS} | {"tables", "channels"}
    for name in blocks:
        if name in {key.name for key in TOP} - {"channels"} or name == "outcomes":
            raise ProjectError(f"{CALLED}, blocks: '{name}' is a keyword of its own: {name}=…")
        if name not in known:
            raise ProjectError(f"{CALLED}, blocks: unknown block '{name}'.{did_you_mean(name, known)} Known: {', '.join(sorted(known))}.")
    for name, said in columns.items():
        if isinstance(said, Mapping) and set(said) != {"sql"} and name not in KINDS and name != "person":
            raise ProjectError(f"{CALLED}, columns: unknown table '{name}'.{did_you_mean(name, KINDS)} Tables: {', '.join(KINDS)}.")
        if name not in KINDS and name not in _KEYS:
            turned = f" Columns are named by what they mean: {{'{said}': '{name}'}}." if said in _KEYS else did_you_mean(name, _KEYS)
            raise ProjectError(f"{CALLED}, columns: '{name}' is no key of a table.{turned}")
    for name in others:
        if not re.fullmatch(r"[^\W\d]\w*", name) or name in KINDS:
            raise ProjectError(
                f"{CALLED}, tables: '{name}' can't name another table: letters, digits and '_', and none of {', '.join(KINDS)}."
            )


def _given(tables: Mapping[str, Tables | None], columns: Mapping[str, Any]) -> Iterator[Given]:
    shared = {key: value for key, value in columns.items() if key not in KINDS}
    used: set[str] = set()
    for kind in KINDS:
        several = _several(tables.get(kind))
        for number, table in enumerate(several, 1):
            name = kind if number == 1 else f"{kind}_{number}"
            where = f"{CALLED}, {kind}" if len(several) == 1 else f"{CALLED}, {kind} {number}"
            said = columns.get(kind, {})
            if not isinstance(said, Mapping):
                if len(said) != len(several):
                    raise ProjectError(f"{where}: columns has {len(said)} entries for {len(several)} tables.")
                said = said[number - 1]
            given = read_given(kind, name, where, open_stream(table, where), said, shared)
            used |= {key for key, column in given.used.items() if shared.get(key) == column}
            yield given
    for key in shared.keys() - used:
        said = f"{{'{key}': {shared[key]!r}}}"
        raise ProjectError(f"{CALLED}, columns: {said} fits no table. Say it of one: columns={{'interactions': {said}}}.")


def _several(tables: Tables | None) -> list[Rows]:
    if tables is None:
        return []
    if isinstance(tables, list | tuple) and tables and not any(isinstance(one, Mapping) for one in tables):
        return list(tables)
    return [tables]  # type: ignore[list-item]  # one table; what is none is told by open_stream


def _store(given: Given, folder: Path) -> Written:
    watch: dict[str, int] = {}
    if given.kind == "interactions":
        watch = dict.fromkeys([given.used[key] for key in ("activity", "touchpoint") if key in given.used], _MOST_NAMES)
    elif "instrument" in given.used:
        watch = {given.used["instrument"]: _MOST_INSTRUMENTS}
    elif given.kind == "people" and "segments" not in given.keys:
        watch = dict.fromkeys(texts_among(given, other_columns(given)), MOST_GROUPS)
    return write(given.stream, folder / f"{given.name}.parquet", watch=watch, where=given.where)


def _blocks(given: Given, written: Written, outcomes: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The blocks that a table stands for: one, but of opinions one an instrument."""
    start = {"from": given.name, **given.keys}
    if given.kind == "people" and "segments" not in given.keys:
        names = other_columns(given)
        texts = texts_among(given, names)
        many = {texts[column] for column, seen in written.seen.items() if seen is None}
        return [start | {"segments": {name: sql for name, sql in names.items() if name not in many}}]
    if given.kind != "opinions":
        return [start]
    if "instrument" not in given.used:
        asked = {str(one["opinion"]) for one in outcomes.values() if "opinion" in one}
        return [start | {"instrument": given.keys.get("instrument") or (asked.pop() if len(asked) == 1 else "opinion")}]
    column = given.used["instrument"]
    found = written.seen[column]
    if found is None:
        raise ProjectError(f"{given.where}: '{column}' gives more than {_MOST_INSTRUMENTS} instruments. It names kinds of questions.")
    if not found:
        raise ProjectError(f"{given.where}: '{column}' is empty: it names the instrument of each opinion, such as 'nps'.")
    also = f"({given.keys['where']}) AND " if "where" in given.keys else ""
    return [start | {"instrument": name, "where": f"{also}{quoted(column)} = {_literal(name)}"} for name in sorted(found)]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _merged(document: dict[str, Any], blocks: Mapping[str, Any]) -> dict[str, Any]:
    """The document with further blocks: lists grow, tables of names are joined."""
    for name, added in blocks.items():
        own = document.get(name)
        if isinstance(own, list) and isinstance(added, Sequence):
            document[name] = [*own, *added]
        elif isinstance(own, Mapping) and isinstance(added, Mapping):
            document[name] = {**own, **added}
        else:
            document[name] = added
    return document


def _zone(given: Sequence[Given]) -> str:
    """The zone of the days: that of the times, where all say the same; UTC where none says one. Raises ProjectError where some do."""
    zones = {(one.where, column): zone for one in given for column, zone in one.zones.items()}
    local = next((place for place, zone in zones.items() if zone is None), None)
    zoned = next(((place, zone) for place, zone in zones.items() if zone is not None), None)
    if local is not None and zoned is not None:
        raise ProjectError(
            f"{local[0]}: '{local[1]}' has no time zone, and '{zoned[0][1]}' of {zoned[0][0].rpartition(', ')[2]} has {zoned[1]}. "
            f"Say in which zone times without one are: timezone='{zoned[1] if _is_zone(zoned[1]) else 'Europe/Prague'}'."
        )
    names = {zone for zone in zones.values() if zone is not None and _is_zone(zone)}
    return names.pop() if len(names) == 1 else "UTC"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _as_called(message: str) -> str:
    """Blocks as the caller knows them: `interactions`, not `[[interactions]] 1`."""
    message = re.sub(r"\[\[(\w+)\]\] (\d+)", lambda found: found[1] if found[2] == "1" else f"{found[1]} {found[2]}", message)
    return re.sub(r"(?m)^from_tables, \[([\w.]+)\]", r"from_tables, \1", message)


def _check_named(project: Any, given: Sequence[Given], written: Mapping[str, Written]) -> None:
    """Activities and touchpoints that outcomes and blocks name are in the tables, where those are known by name."""
    for what in ("activity", "touchpoint"):
        known = _met(what, given, written)
        if known is None or len(project.interactions) > sum(one.kind == "interactions" for one in given):
            continue
        for where, key, name in _names_of(what, project):
            if name is not None and name not in known:
                shown = ", ".join(sorted(known)[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
                raise ProjectError(
                    f"{CALLED}, {where}: '{key}': no row has the {what} '{name}'.{did_you_mean(name, known)} There is: {shown}."
                )


def _met(what: str, given: Sequence[Given], written: Mapping[str, Written]) -> set[str] | None:
    """All names of a kind; None where some are computed."""
    known: set[str] = set()
    for one in given:
        if one.kind != "interactions":
            continue
        column = one.used.get(what) or one.used.get("activity" if what == "touchpoint" else "touchpoint")
        computed = what in one.keys and what not in one.used and one.keys[what] != {"sql": quoted(column or "")}
        seen = None if column is None or computed else written[one.name].seen.get(column)
        if seen is None:
            return None
        known |= {name.strip() for name in seen}
    return known


def _names_of(what: str, project: Any) -> Iterator[tuple[str, str, str | None]]:
    if what == "activity":
        for outcome in project.outcomes:
            yield f"outcomes.{outcome.name}", "activity", outcome.activity
            yield f"outcomes.{outcome.name}", "eligible", outcome.eligible
        return
    for name in project.controls:
        yield "controls", "touchpoints", name
    for pair in project.pairs:
        yield "pairs", "first", pair.first
        yield "pairs", "then", pair.then
    for change in project.changes:
        yield "changes", "touchpoint", change.touchpoint
