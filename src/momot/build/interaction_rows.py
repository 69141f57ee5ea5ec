"""One `[[interactions]]` block as a query over its source: ids as text, instants, quality, level, money, and the id of each row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import duckdb

from momot.build import dictionary
from momot.build.erased import REJECTED
from momot.build.mapping import Mapping, content_sql, hash_sql
from momot.build.names import FEW, Names, level_sql, measured_levels
from momot.build.persons import add_person, person_expressions
from momot.build.relations import Relation
from momot.build.spoken import FUNCTION as SPOKEN
from momot.build.tally import FILTERED
from momot.build.workshop import Workshop
from momot.engine import identifier, literal
from momot.errors import DataError
from momot.project.schema import Computed, Interactions, Level, Name
from momot.vocabulary import FROM_TEXT, QUALITIES

# ISO 4217 currencies whose minor unit is not a hundredth
_DIGITS = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


_MOST = 1_000_000_000  # happenings of one row, or money of one interaction in whole units: more is no number but an id


@dataclass(slots=True)
class Mapped:
    """A block ready to be written. `sql` gives the mapped rows; `rows` counts those it reads.

    `signature` is a hash of the mapping whatever it reads; `found` the names by source: touchpoints, activities, channels.
    """

    number: int
    name: str
    sql: str
    rows: int
    relation: Relation
    mapping: Mapping
    via_subject: bool
    by_id: bool
    signature: str
    found: dict[str, tuple[set[str], set[str], set[str]]]


def map_block(shop: Workshop, block: Interactions, number: int, names: Names, relation: Relation | None = None) -> Mapped:
    """Bind a block, add its persons, subjects and accounts to the dictionary and its names and levels to `names`.

    It reads its source, or only some files of it, `relation`.
    """
    name = f"[[interactions]] {number}"
    shop.progress(f"looking at interactions {number}")
    mapping = shop.mapping(block.from_, name, _written(block), where=block.where, relation=relation)
    columns = _columns(shop, mapping, block)
    found = _collect_names(mapping, block, columns, names)
    columns["level"] = _level(mapping, block, columns, names)
    columns |= _quality(mapping, block)
    columns["interaction_id"] = _id(mapping, block)
    _problems(mapping, block, columns)
    sql = mapping.rows(columns, often=True)
    for kind in dictionary.KINDS:
        if kind == "person" and shop.persons:
            continue  # where ids are tied, all are known by now
        if columns[kind] != "NULL::VARCHAR" and not (kind == "subject" and block.person is None):
            known = f" WHERE problem IS NULL OR left(problem, {len(REJECTED)}) <> {literal(REJECTED)}" if shop.erased.ids else ""
            dictionary.add(shop.engine, kind, f"SELECT {kind} AS key FROM ({sql}){known}")
    bare = replace(mapping, relation=replace(mapping.relation, bad=())).sql(columns).replace(mapping.relation.sql, "$")
    return Mapped(
        number=number, name=name, sql=sql, rows=mapping.source_rows(), relation=mapping.relation, mapping=mapping,
        via_subject=block.person is None, by_id=block.id is not None, signature=hashlib.sha256(bare.encode()).hexdigest(), found=found,
    )  # fmt: skip


def minor_units(currency: str | None) -> int:
    """How many minor units a unit of the currency has; 100 where none is named."""
    return int(10 ** _DIGITS.get((currency or "").upper(), 2))


def _written(block: Interactions) -> dict[str, str | None]:
    def computed(name: Name | None) -> str | None:
        return name.sql if isinstance(name, Computed) else None

    return {
        **person_expressions(block.person), "subject": block.subject, "account": block.account, "at": block.at,
        "activity": computed(block.activity), "touchpoint": computed(block.touchpoint), "channel": computed(block.channel),
        "quality": computed(block.quality), "level": block.level, "repeat": block.repeat,
        "value": block.value, "cost": block.cost, "id": block.id,
        **({"text": block.text} if block.quality == FROM_TEXT else {}),
    }  # fmt: skip


def _columns(shop: Workshop, mapping: Mapping, block: Interactions) -> dict[str, str]:
    person = add_person(mapping, block.person)
    columns = {"person": identifier(person) if person else "NULL::VARCHAR"}
    for key in ("subject", "account"):
        columns[key] = identifier(mapping.text(key, key)) if getattr(block, key) else "NULL::VARCHAR"
    columns["happened_at"] = identifier(mapping.time("at", "at"))
    for key, given in (("touchpoint", block.touchpoint), ("activity", block.activity), ("channel", block.channel)):
        columns[key] = identifier(mapping.text(key, key)) if isinstance(given, Computed) else literal(given) if given else "NULL::VARCHAR"
    repeat = identifier(mapping.number("repeat", "repeat")) if block.repeat else None
    columns["repeat"] = f"coalesce(try_cast(round({repeat}) AS INTEGER), 1)" if repeat else "1::INTEGER"
    if repeat:
        mapping.problems.append((f"{repeat} < 1", literal(FILTERED + "|")))
        mapping.problem(f"{repeat} > {_MOST}", "not_a_number", "repeat", repeat)
    factor = minor_units(shop.project.currency)
    for key, given_money in (("value", block.value), ("cost", block.cost)):
        money = identifier(mapping.number(key, key)) if given_money else None
        columns[f"{key}_minor"] = f"try_cast(round({money} * {factor}) AS BIGINT)" if money else "NULL::BIGINT"
        if money:
            mapping.problem(f"abs({money}) > {_MOST}", "not_a_number", key, money)
    return columns


def _collect_names(
    mapping: Mapping, block: Interactions, columns: dict[str, str], names: Names
) -> dict[str, tuple[set[str], set[str], set[str]]]:
    """Add the touchpoints, activities and channels of a block; computed ones are read from the rows. Also gives them source by source."""
    groups = (
        ("touchpoint", block.touchpoint, names.touchpoints),
        ("activity", block.activity, names.activities),
        ("channel", block.channel, names.channels),
    )
    for _, given, every in groups:
        every.update([given] if isinstance(given, str) else [])
    computed = [(place, key, every) for place, (key, given, every) in enumerate(groups) if isinstance(given, Computed)]
    if not computed:
        return {}
    sql = mapping.rows({key: columns[key] for _, key, _ in computed})
    try:
        met = mapping.engine.rows(f"SELECT DISTINCT __source, {', '.join(key for _, key, _ in computed)} FROM ({sql})")
    except duckdb.Error as error:
        raise mapping.explain(error) from error
    found: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for source, *values in met:
        here = found.setdefault(source, (set(), set(), set()))
        for (place, _, every), value in zip(computed, values, strict=True):
            every.update([value] if value is not None else [])
            here[place].update([value] if value is not None else [])
    many = next((key for _, key, every in computed if len(every) > 30_000), None)
    if many:
        raise DataError(f"{mapping.place}: {many} gives more than 30,000 different names. It should name kinds of things, not single ones.")
    return found


def _touchpoints(mapping: Mapping, block: Interactions, columns: dict[str, str]) -> set[str]:
    if isinstance(block.touchpoint, str):
        return {block.touchpoint}
    sql = mapping.rows({"touchpoint": columns["touchpoint"]})
    return {name for (name,) in mapping.engine.rows(f"SELECT DISTINCT touchpoint FROM ({sql}) WHERE touchpoint IS NOT NULL")}


def _level(mapping: Mapping, block: Interactions, columns: dict[str, str], names: Names) -> str:
    """SQL: the position of the row's level. Levels that are not declared are measured and recorded."""
    if block.level is None:
        if block.levels or block.repeat:
            names.add_levels(_touchpoints(mapping, block, columns), block.levels, "count", mapping.place)
        return "NULL::SMALLINT"
    named = any(level.value is not None for level in block.levels)
    numeric = not named and (bool(block.levels) or mapping.bound["level"].type not in {"VARCHAR", "BOOLEAN"})
    piece = mapping.number("level", "level") if numeric else mapping.text("level", "level")
    value = identifier(piece)
    levels = block.levels or _measured(mapping, value)
    names.add_levels(_touchpoints(mapping, block, columns), levels, "level", mapping.place)
    position = level_sql(levels, value, value)
    mapping.problem(f"{value} IS NOT NULL AND {position} IS NULL", "unknown_level", "level", identifier("level"))
    return position


def _measured(mapping: Mapping, value: str) -> tuple[Level, ...]:
    sql = mapping.rows({"value": value})
    try:
        found = mapping.engine.rows(f"SELECT value, count(*) FROM ({sql}) WHERE value IS NOT NULL GROUP BY value ORDER BY value")
    except duckdb.Error as error:
        raise mapping.explain(error) from error
    if len(found) > FEW and isinstance(found[0][0], str):
        raise DataError(
            f"{mapping.place}: level gives {len(found)} different texts. Give `levels`, the ordered names that count, or a number."
        )
    return measured_levels([entry for entry, _ in found], [int(count) for _, count in found])


def _quality(mapping: Mapping, block: Interactions) -> dict[str, str]:
    if block.quality == FROM_TEXT:
        return {"quality": f"{SPOKEN}({identifier(mapping.text('text', 'text'))})"}
    if not isinstance(block.quality, Computed):
        code = QUALITIES.index(block.quality) - 1 if block.quality else None
        return {"quality": f"{literal(code)}::TINYINT"}
    value = identifier(mapping.text("quality", "quality"))
    words = " ".join(
        f"WHEN {literal(name)} THEN {code} WHEN '{code}' THEN {code}" for code, name in zip((-1, 0, 1), QUALITIES, strict=True)
    )
    quality = f"(CASE lower({value}) {words} END)::TINYINT"
    mapping.problem(f"{value} IS NOT NULL AND {quality} IS NULL", "unknown_quality", "quality", identifier("quality"))
    return {"quality": quality}


def _id(mapping: Mapping, block: Interactions) -> str:
    """The declared id, or the row's content, hashed with what sets blocks over the same source apart.

    The separating part is a constant of the block, and the content one text: on 20 million rows every further text costs seconds.
    """
    said = repr((block.from_, block.activity, block.touchpoint, block.at))
    apart = literal(hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()[:8])
    content = content_sql(mapping.relation.columns, first=apart)
    mapping.first["row_content"] = content
    if block.id is not None:
        return hash_sql(f"coalesce({apart} || chr(31) || {identifier(mapping.text('id', 'id'))}, row_content)")
    return hash_sql("row_content")


def _problems(mapping: Mapping, block: Interactions, columns: dict[str, str]) -> None:
    mapping.problem(f"{columns['happened_at']} IS NULL", "no_time", "at")
    mapping.problem(f"{columns['touchpoint']} IS NULL", "no_touchpoint", "touchpoint")
    mapping.problem(f"{columns['activity']} IS NULL", "no_touchpoint", "activity")
    if block.person is None:
        mapping.problem(f"{columns['subject']} IS NULL", "no_subject", "subject")
