"""`[[surveys]]`, `[[experiments]]`, `[[snapshots]]` -> `wide/<kind>-<n>.parquet`. Grain: one row a respondent or assigned unit."""

from __future__ import annotations

from momot.build import dictionary
from momot.build.engines import SHARED
from momot.build.folder import reuse
from momot.build.manifest import Table
from momot.build.mapping import Mapping, content_sql, hash_sql, mark_text, run, without
from momot.build.persons import add_person, person_expressions
from momot.build.subjects import add_other
from momot.build.tally import Tally, keep_rejected, reject
from momot.build.workshop import Workshop
from momot.engine import identifier, literal, step
from momot.errors import NothingLeft
from momot.project.schema import Wide


def make_wide(shop: Workshop) -> list[Table]:
    """Map every wide block into a table of its own, or take it over from the previous build. Raises NothingLeft."""
    numbers: dict[str, int] = {}
    tables = []
    for block in shop.project.wide:
        numbers[block.kind] = numbers.get(block.kind, 0) + 1
        name = f"wide/{block.kind}-{numbers[block.kind]}"
        key = shop.key(name, block, shop.relation(block.from_).key)
        table = shop.same(name, key)
        if table is not None and shop.previous is not None:
            reuse(shop.previous / table.files[0], shop.folder / table.files[0])
            keep_rejected(shop.engine, shop.previous, [entry.name for entry in table.blocks])
        else:
            table = _make(shop, block, name, f"[[{block.kind}s]] {numbers[block.kind]}", key)
        tables.append(table)
    return tables


def _make(shop: Workshop, block: Wide, table_name: str, place: str, key: str) -> Table:
    shop.progress(table_name.replace("wide/", ""))
    mapping = shop.mapping(block.from_, place, _written(block), where=block.where)
    columns, values = _columns(mapping, block)
    run(mapping, "wide_rows", columns | values)
    tally = Tally(place, table_name, read=mapping.source_rows())
    reject(shop.engine, tally, mapping.relation, "wide_rows")
    shop.table("wide_rows", "SELECT * FROM wide_rows WHERE problem IS NULL")
    shared = _own_person(shop, mapping, block)
    dictionary.add(shop.engine, "person", "SELECT person AS key FROM wide_rows")
    counts = shop.engine.row("SELECT count(*), count_if(adjusted), count(*) - count(DISTINCT row_hash) FROM wide_rows")
    tally.kept, tally.adjusted, tally.flagged = (int(count or 0) for count in counts)  # of no rows, count_if is NULL
    tally.identified = tally.kept - shared
    if not tally.kept:
        raise NothingLeft(
            f"{mapping.place}: not one usable row of {mapping.relation.name}: {dict(tally.rejections) or 'all were filtered by where'}."
        )
    file = f"{table_name}.parquet"
    shop.write(step("momot.build", "wide", mapped="wide_rows", columns="".join(f", m.{identifier(name)}" for name in values)), file)
    return Table(name=table_name, key=key, rows=tally.kept, files=(file,), blocks=(tally.block(),))


def _written(block: Wide) -> dict[str, str | None]:
    groups = {"touchpoint": block.touchpoints, "condition": block.conditions, "before": block.before, "segment": block.segments}
    return {
        **person_expressions(block.person), "at": block.at, "period": block.period, "weight": block.weight, "assignment": block.assignment,
        "dose": block.dose, **{f"outcome.{outcome.name}": outcome.value for outcome in block.outcomes},
        **{f"{group}.{name}": text for group, entries in groups.items() for name, text in entries.items()},
    }  # fmt: skip


def _columns(mapping: Mapping, block: Wide) -> tuple[dict[str, str], dict[str, str]]:
    """What every wide table has; then what this block asks for, in the order of the file."""
    person = add_person(mapping, block.person)
    line = "__source || coalesce(':' || __line::VARCHAR, '')"
    columns = {"line": line, "person": identifier(person) if person else f"{literal(mapping.relation.name)} || ':' || __line::VARCHAR"}
    columns["at"] = identifier(mapping.time("at", "at")) if block.at else "NULL::BIGINT"
    columns["period"] = identifier(mapping.text("period", "period")) if block.period else "NULL::VARCHAR"
    columns["weight"] = identifier(mapping.number("weight", "weight")) if block.weight else "NULL::DOUBLE"
    if block.person is not None:
        mapping.problem(f"{columns['person']} IS NULL", "no_person", "person")
    if block.weight:
        mapping.problem(f"coalesce({columns['weight']} <= 0, true)", "bad_weight", "weight")
    values = _arms(mapping, block)
    for outcome in block.outcomes:
        name = f"outcome.{outcome.name}"
        values[name] = identifier(mapping.number(name, name, missing=(*block.missing, *block.never_used)))
    for touchpoint in block.touchpoints:
        values |= _touchpoint(mapping, block, touchpoint)
    for group, entries in (("condition", block.conditions), ("before", block.before), ("segment", block.segments)):
        for key in entries:
            name = f"{group}.{key}"
            values[name] = identifier(mapping.plain(name, name))
    more = tuple(text for text in (block.account,) if text)
    for column in mapping.other_columns(exclude=block.exclude, more=more):
        values[f"other.{column}"] = identifier(add_other(mapping, column))
    mapping.first["row_content"] = hash_sql(content_sql(mapping.relation.columns))
    columns["row_hash"] = "row_content"
    return columns, values


def _arms(mapping: Mapping, block: Wide) -> dict[str, str]:
    """The arm or dose that a unit was given. A unit without one, or with one that nobody named, is a problem."""
    found = {}
    if block.assignment is not None:
        arm = identifier(mapping.text("assignment", "assignment"))
        mapping.problem(f"{arm} IS NULL", "no_assignment", "assignment")
        known = [mark_text(block.control), *block.arms] if block.arms and block.control is not None else []
        if known:
            mapping.problem(f"{arm} NOT IN ({', '.join(map(literal, known))})", "unknown_arm", "assignment", identifier("assignment"))
        found["assignment"] = arm
    if block.dose is not None:
        dose = identifier(mapping.number("dose", "dose"))
        mapping.problem(f"{dose} IS NULL", "no_assignment", "dose")
        found["dose"] = dose
    return found


def _touchpoint(mapping: Mapping, block: Wide, touchpoint: str) -> dict[str, str]:
    """The raw rating or state, and whether it is the code of those who never used it."""
    name = f"touchpoint.{touchpoint}"
    value = identifier(mapping.plain(name, name, missing=(*block.missing, *block.never_used)))
    kind = mapping.bound[name].type
    used, given = identifier(name), identifier(name)
    for mark in block.never_used:
        used = without(used, kind, mark)
    for mark in block.missing:
        given = without(given, kind, mark)
    never = f"(({given}) IS NOT NULL AND ({used}) IS NULL)" if block.never_used else "false"
    return {name: value, f"never.{touchpoint}": never}


def _own_person(shop: Workshop, mapping: Mapping, block: Wide) -> int:
    """Make each row whose person nobody knows its own person; how many rows of a declared person these are, whose id is shared.

    Such a row is known by its line, or, in the result of a query, by its content and a number among equal rows.
    """
    joined = f"wide_rows m LEFT JOIN {SHARED} s ON s.key = m.person"
    count = int(shop.engine.row(f"SELECT count(s.key) FROM {joined}")[0]) if shop.guarded else 0
    if block.person is not None and not count:
        return 0
    name = literal(f"{mapping.relation.name}:")
    if mapping.relation.is_query:
        own = f"{name} || row_hash::VARCHAR || '-' || (row_number() OVER (PARTITION BY row_hash ORDER BY row_hash))::VARCHAR"
    elif block.person is None:
        return 0
    else:
        own = "line"
    person = own if block.person is None else f"CASE WHEN s.key IS NOT NULL THEN {own} ELSE m.person END"
    shop.table("wide_rows", f"SELECT m.* REPLACE ({person} AS person) FROM {joined}")
    return count
