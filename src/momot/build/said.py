"""`[[texts]]`, texts of interactions and of opinions -> `said.parquet`. Grain: one row a text that somebody said, once."""

from __future__ import annotations

from collections.abc import Sequence

from momot.build import dictionary
from momot.build.erased import unknown_subject
from momot.build.folder import reuse
from momot.build.manifest import Table
from momot.build.mapping import Mapping, content_sql, hash_sql, run
from momot.build.persons import add_person, person_expressions
from momot.build.tally import FILTERED, Tally, keep_rejected, reject
from momot.build.workshop import Workshop
from momot.engine import identifier, literal
from momot.errors import DataError
from momot.project.schema import Computed, Interactions, Name, Texts
from momot.vocabulary import FROM_TEXT

FILES = ("said.parquet", "texts-said.parquet")
_TOLD, _MOSTLY = 10, 0.5
"""Texts, and share of them, from which words of interactions are taken for those of opinions: short ones may be alike by chance."""
_KEPT = (
    "said_id BIGINT, person_id INTEGER, said_at BIGINT, subject_id INTEGER, source VARCHAR, touchpoint VARCHAR, channel VARCHAR, "
    "value DOUBLE, scale_low DOUBLE, scale_high DOUBLE, text_id BIGINT"
)


def make_said(shop: Workshop, opinions: Table | None, subjects_key: str | None) -> Table | None:
    """Put together what was said, or take it over from the previous build; None where the project has no texts."""
    declared = [(f"[[texts]] {number}", block) for number, block in enumerate(shop.project.texts, 1)]
    within = [(f"[[interactions]] {number}", block) for number, block in enumerate(shop.project.interactions, 1) if block.text]
    blocks = [*declared, *((name, _as_texts(block)) for name, block in within)]
    with_words = opinions is not None and any(block.text for block in shop.project.opinions)
    if not blocks and not with_words:
        return None
    read = [shop.relation(block.from_).key for _, block in blocks]
    persons = [shop.persons.get(name) for name, _ in blocks]
    key = shop.key("said", [block for _, block in blocks], read, opinions.key if opinions else None, subjects_key, persons)
    table = shop.same("said", key)
    if table is not None and shop.previous is not None:
        for file in FILES:
            reuse(shop.previous / file, shop.folder / file)
        keep_rejected(shop.engine, shop.previous, [block.name for block in table.blocks])
        return table
    tallies = [_map(shop, block, name, number) for number, (name, block) in enumerate(blocks, 1)]
    mapped = [f"SELECT * FROM said_{number}" for number in range(1, len(blocks) + 1)]
    columns = ", ".join(column.split(" ")[0] for column in _KEPT.split(", "))
    rows = [f"SELECT * EXCLUDE (text, adjusted) FROM ({sql})" for sql in mapped]
    if with_words:
        rows.append(_of_opinions(shop, columns))
    shop.table("said_rows", " UNION ALL BY NAME ".join(rows))
    _refuse_late_words(shop, within)
    shop.write("SELECT * FROM said_rows ORDER BY person_id NULLS LAST, said_at, said_id", FILES[0])
    texts = " UNION ALL BY NAME ".join(f"SELECT text_id, text FROM ({sql})" for sql in mapped) or "SELECT 0::BIGINT AS text_id, '' AS text"
    shop.write(f"SELECT DISTINCT text_id, text FROM ({texts}) WHERE text_id IS NOT NULL AND {bool(mapped)} ORDER BY text_id", FILES[1])
    count = int(shop.engine.row("SELECT count(*) FROM said_rows")[0])
    counted = [tally.block() for (name, _), tally in zip(blocks, tallies, strict=True) if name.startswith("[[texts]]")]
    return Table(name="said", key=key, rows=count, files=FILES, blocks=tuple(counted))


def _refuse_late_words(shop: Workshop, blocks: Sequence[tuple[str, Interactions]]) -> None:
    """Raise DataError where the words that quality is read from mostly are, word for word, those of an opinion of the same person.

    They were written with the opinion, whatever row they stand in, and an outcome would explain itself.
    """
    for name, block in blocks:
        if block.quality != FROM_TEXT:
            continue
        said, late = shop.engine.row(
            f"""SELECT count(DISTINCT s.said_id), count(DISTINCT CASE WHEN o.said_id IS NOT NULL THEN s.said_id END)
            FROM said_rows s LEFT JOIN said_rows o
            ON o.text_id = s.text_id AND o.person_id = s.person_id AND left(o.source, 9) = 'opinions.'
            WHERE s.source = {literal(name)}"""
        )
        if said >= _TOLD and late > _MOSTLY * said:
            raise DataError(
                f'{shop.place(name)}: quality = "text" reads words of which {late} of {said} are, word for word, an opinion of the same '
                "person: written as late as the opinion, they would explain it by itself. Read words of the interaction, or leave it out."
            )


def _as_texts(block: Interactions) -> Texts:
    """The texts of an interaction block: said by its person, when it happened, about its touchpoint."""
    return Texts(
        from_=block.from_, where=block.where, person=block.person, subject=block.subject, at=block.at, text=block.text or "",
        touchpoint=block.touchpoint, channel=block.channel, id=block.id,
    )  # fmt: skip


def _of_opinions(shop: Workshop, columns: str) -> str:
    """SQL: opinions that came with words, in the columns of what was said."""
    filled = {"said_id": "opinion_id", "said_at": "given_at", "source": "'opinions.' || instrument"}
    empty = {"touchpoint": "NULL::VARCHAR", "channel": "NULL::VARCHAR"}
    picked = ", ".join(f"{(filled | empty).get(name, name)} AS {name}" for name in columns.split(", "))
    return f"SELECT {picked} FROM read_parquet({literal(shop.folder / 'opinions.parquet')}) WHERE text_id IS NOT NULL"


def _map(shop: Workshop, block: Texts, name: str, number: int) -> Tally:
    """The usable rows of one block as the table `said_<number>`. Rows of an interaction block that can't be used are told there."""
    shop.progress(f"texts {number}")

    def computed(given: Name | None) -> str | None:
        return given.sql if isinstance(given, Computed) else None

    written = {
        **person_expressions(block.person), "subject": block.subject, "at": block.at, "text": block.text, "value": block.value,
        "touchpoint": computed(block.touchpoint), "channel": computed(block.channel), "id": block.id,
        **{f"segment.{segment}": text for segment, text in block.segments.items()},
    }  # fmt: skip
    mapping = shop.mapping(block.from_, name, written, where=block.where)
    columns = _columns(mapping, block, name)
    raw, table = f"said_raw_{number}", f"said_{number}"
    run(mapping, raw, columns)
    dictionary.add(shop.engine, "person", f"SELECT person AS key FROM {raw} WHERE problem IS NULL")
    dictionary.add(shop.engine, "subject", f"SELECT subject AS key FROM {raw} WHERE problem IS NULL")
    unknown = f"coalesce(m.problem, {unknown_subject(shop.erased)})" if block.subject and block.person is None else "m.problem"
    shop.table(
        raw,
        f"""SELECT m.* REPLACE ({unknown} AS problem), coalesce(p.person_id, s.person_id) AS person_id, i.id AS subject_id
        FROM {raw} m LEFT JOIN person_ids p ON p.key = m.person
        LEFT JOIN subject_ids i ON i.key = m.subject LEFT JOIN {_owners(shop)} s ON s.key = m.subject""",
    )
    tally = Tally(name, "said", read=mapping.source_rows())
    if name.startswith("[[texts]]"):
        reject(shop.engine, tally, mapping.relation, raw)
    usable = f"SELECT * FROM {raw} WHERE problem IS NULL"
    before = int(shop.engine.row(f"SELECT count(*) FROM ({usable})")[0])
    copy = "row_number() OVER (PARTITION BY said_id ORDER BY said_at, __source, __line)"
    extra = ", ".join(identifier(f"segment.{segment}") for segment in block.segments)
    kept = ", ".join(column.split(" ")[0] for column in _KEPT.split(", ")) + (f", {extra}" if extra else "")
    shop.table(table, f"SELECT {kept}, text, adjusted FROM (SELECT *, {copy} AS copy FROM ({usable})) WHERE copy = 1")
    tally.kept, tally.identified, tally.adjusted = map(
        int, shop.engine.row(f"SELECT count(*), count(person_id), count_if(adjusted) FROM {table}")
    )
    tally.duplicate = before - tally.kept
    return tally


def _owners(shop: Workshop) -> str:
    """Whose a subject is; nobody knows where there is no [[subjects]]."""
    return "subject_people" if shop.project.subjects else "(SELECT NULL::VARCHAR AS key, NULL::INTEGER AS person_id WHERE false)"


def _columns(mapping: Mapping, block: Texts, name: str) -> dict[str, str]:
    person = add_person(mapping, block.person)
    columns = {"person": identifier(person) if person else "NULL::VARCHAR"}
    columns["subject"] = identifier(mapping.text("subject", "subject")) if block.subject else "NULL::VARCHAR"
    columns["said_at"] = identifier(mapping.time("at", "at"))
    columns["text"] = text = identifier(mapping.text("text", "text"))
    columns["text_id"] = hash_sql(text)
    for key, given in (("touchpoint", block.touchpoint), ("channel", block.channel)):
        columns[key] = identifier(mapping.text(key, key)) if isinstance(given, Computed) else f"{literal(given)}::VARCHAR"
    columns["value"] = identifier(mapping.number("value", "value")) if block.value else "NULL::DOUBLE"
    low, high = block.scale or (None, None)
    columns["scale_low"], columns["scale_high"] = f"{literal(low)}::DOUBLE", f"{literal(high)}::DOUBLE"
    columns["source"] = literal(name)
    for segment in block.segments:
        columns[f"segment.{segment}"] = f"({identifier(mapping.plain(f'segment.{segment}', f'segment.{segment}'))})::VARCHAR"
    mapping.first["row_content"] = content_sql(mapping.relation.columns)
    source = literal(f"{block.from_}\x1f{name}\x1f")
    given_id = f"coalesce({identifier(mapping.text('id', 'id'))}, row_content)" if block.id else "row_content"
    columns["said_id"] = hash_sql(f"{source} || {given_id}")
    mapping.problems.append((f"{text} IS NULL", literal(FILTERED + "|")))
    mapping.problem(f"{columns['said_at']} IS NULL", "no_time", "at")
    if block.person is None and block.subject is not None:
        mapping.problem(f"{columns['subject']} IS NULL", "no_subject", "subject")
    if block.scale:
        mapping.problem(f"{columns['value']} NOT BETWEEN {low} AND {high}", "outside_scale", "value", identifier("value"))
    return columns
