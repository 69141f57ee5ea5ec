"""`[[opinions]]` -> `opinions.parquet` and `texts.parquet`. Grain: one row an opinion; one row a different text."""

from __future__ import annotations

from momot.build import dictionary
from momot.build.erased import Erased, unknown_subject
from momot.build.folder import reuse
from momot.build.manifest import Table
from momot.build.mapping import Mapping, content_sql, hash_sql, run
from momot.build.persons import add_person, first_of, given_ids, person_expressions
from momot.build.tally import Tally, keep_rejected, reject
from momot.build.workshop import Workshop
from momot.engine import identifier, literal, step
from momot.project.schema import Opinions

FILES = ("opinions.parquet", "texts-opinions.parquet")
_ORDER = {"first": "given_at, opinion_id", "last": "given_at DESC, opinion_id DESC"}


def make_opinions(shop: Workshop, subjects_key: str | None) -> Table | None:
    """Map all opinion blocks, or take the tables over from the previous build."""
    blocks = shop.project.opinions
    if not blocks:
        return None
    persons = [shop.persons.get(f"[[opinions]] {number}") for number in range(1, len(blocks) + 1)]
    key = shop.key("opinions", blocks, [shop.relation(block.from_).key for block in blocks], subjects_key, persons)
    table = shop.same("opinions", key)
    if table is not None and shop.previous is not None:
        for file in FILES:
            reuse(shop.previous / file, shop.folder / file)
        keep_rejected(shop.engine, shop.previous, [block.name for block in table.blocks])
        return table
    tallies = [_map(shop, block, number) for number, block in enumerate(blocks, 1)]
    mapped = "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM opinions_{number}" for number in range(1, len(blocks) + 1)) + ")"
    shop.write(step("momot.build", "opinions", mapped=mapped), FILES[0])
    shop.write(f"SELECT DISTINCT text_id, text FROM {mapped} WHERE text IS NOT NULL ORDER BY text_id", FILES[1])
    return Table(
        name="opinions", key=key, rows=sum(tally.kept for tally in tallies), files=FILES, blocks=tuple(tally.block() for tally in tallies)
    )


def _map(shop: Workshop, block: Opinions, number: int) -> Tally:
    """The usable rows of one block as the table `opinions_<number>`."""
    name = f"[[opinions]] {number}"
    shop.progress(f"opinions {number}")
    written = {
        **person_expressions(block.person), "subject": block.subject, "at": block.at, "asked": block.asked, "value": block.value,
        "text": block.text, "id": block.id,
    }  # fmt: skip
    mapping = shop.mapping(block.from_, name, written, where=block.where)
    columns = _columns(mapping, block)
    raw, table = f"opinions_raw_{number}", f"opinions_{number}"
    run(mapping, raw, columns)
    dictionary.add(shop.engine, "person", f"SELECT person AS key FROM {raw} WHERE problem IS NULL")
    dictionary.add(shop.engine, "subject", f"SELECT subject AS key FROM {raw} WHERE problem IS NULL")
    shop.table(raw, _joined(raw, shop.erased, via_subject=block.person is None))
    tally = Tally(name, "opinions", read=mapping.source_rows())
    reject(shop.engine, tally, mapping.relation, raw)
    usable = f"SELECT * FROM {raw} WHERE problem IS NULL"
    before = int(shop.engine.row(f"SELECT count(*) FROM ({usable})")[0])
    number_copies = "row_number() OVER (PARTITION BY opinion_id ORDER BY given_at, content, __source, __line)"
    numbered = f"SELECT *, {number_copies} AS copy FROM ({usable})"
    # exact duplicates are kept and flagged: the second and later ones take the hash of their content and number
    renamed = f"CASE WHEN copy > 1 THEN {hash_sql('opinion_id::VARCHAR || chr(31) || copy::VARCHAR')} ELSE opinion_id END"
    shop.table(
        table,
        f"SELECT * FROM ({numbered}) WHERE copy = 1" if block.id else f"SELECT * REPLACE ({renamed} AS opinion_id) FROM ({numbered})",
    )
    tally.duplicate = before - int(shop.engine.row(f"SELECT count(*) FROM {table}")[0])
    if block.keep != "all":
        unit = "coalesce(subject_id::VARCHAR, 'p' || person_id::VARCHAR)"
        place = f"row_number() OVER (PARTITION BY {unit} ORDER BY {_ORDER[block.keep]})"
        shop.table(table, f"SELECT * EXCLUDE (place) FROM (SELECT *, {place} AS place FROM {table}) WHERE place = 1")
    counts = shop.engine.row(f"SELECT count(*), count(person_id), count_if(adjusted), count_if(copy > 1) FROM {table}")
    tally.kept, tally.identified, tally.adjusted, tally.flagged = map(int, counts)
    shop.table(table, f"SELECT * FROM {table} WHERE person_id IS NOT NULL OR subject_id IS NOT NULL")
    return tally


def _columns(mapping: Mapping, block: Opinions) -> dict[str, str]:
    person = add_person(mapping, block.person)
    columns = {"person": identifier(person) if person else "NULL::VARCHAR"}
    columns["subject"] = identifier(mapping.text("subject", "subject")) if block.subject else "NULL::VARCHAR"
    columns["given_at"] = identifier(mapping.time("at", "at"))
    columns["asked_at"] = identifier(mapping.time("asked", "asked")) if block.asked else "NULL::BIGINT"
    columns["value"] = identifier(mapping.number("value", "value"))
    columns["text"] = text = identifier(mapping.text("text", "text")) if block.text else "NULL::VARCHAR"
    columns["text_id"] = hash_sql(text) if block.text else "NULL::BIGINT"
    mapping.first["row_content"] = content_sql(mapping.relation.columns)
    columns["content"] = "row_content"
    source = literal(f"{block.from_}\x1f{block.instrument}\x1f")
    if block.id:
        # one answer may be filed under several orders; of several ids the first, whoever they are found to be
        about = columns["subject"] if block.subject else first_of(list(given_ids(mapping, block.person or "").values()))
        columns["opinion_id"] = hash_sql(
            f"{source} || coalesce({identifier(mapping.text('id', 'id'))}, row_content) || chr(31) || coalesce({about}, '')"
        )
    else:
        columns["opinion_id"] = hash_sql(f"{source} || row_content || chr(31) || '1'")
    columns["instrument"] = literal(block.instrument)
    low, high = block.scale or (None, None)
    columns["scale_low"], columns["scale_high"] = f"{literal(low)}::DOUBLE", f"{literal(high)}::DOUBLE"
    if block.person is not None:
        mapping.problem(f"{columns['person']} IS NULL", "no_person", "person")
    else:
        mapping.problem(f"{columns['subject']} IS NULL", "no_subject", "subject")
    mapping.problem(f"{columns['given_at']} IS NULL", "no_time", "at")
    mapping.problem(f"{columns['value']} IS NULL", "no_value", "value")
    if block.scale:
        mapping.problem(f"{columns['value']} NOT BETWEEN {low} AND {high}", "outside_scale", "value", identifier("value"))
    return columns


def _joined(raw: str, erased: Erased, *, via_subject: bool) -> str:
    """The mapped rows with ids. Where the person comes from the subject, a subject that no block knows is a problem."""
    if via_subject:
        unknown = unknown_subject(erased)
        return f"""SELECT m.* REPLACE (coalesce(m.problem, {unknown}) AS problem), s.person_id, s.id AS subject_id
        FROM {raw} m LEFT JOIN subject_people s ON s.key = m.subject"""
    return f"""SELECT m.*, p.person_id, s.id AS subject_id FROM {raw} m
        LEFT JOIN person_ids p ON p.key = m.person LEFT JOIN subject_ids s ON s.key = m.subject"""
