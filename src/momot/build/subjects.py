"""`[[subjects]]` -> `subjects.parquet`: whose, since when, and what was known then. Grain: one row a subject."""

from __future__ import annotations

from momot.build import dictionary
from momot.build.folder import reuse
from momot.build.manifest import Table
from momot.build.mapping import Mapping, content_sql, hash_sql, run
from momot.build.persons import add_person, person_expressions
from momot.build.tally import Tally, keep_rejected, reject
from momot.build.workshop import Workshop
from momot.engine import identifier, literal, step
from momot.errors import NothingLeft, WrongGrain
from momot.project.schema import Subjects

FILE = "subjects.parquet"
_COPY = "row_number() OVER (PARTITION BY subject ORDER BY __source, __line)"


def make_subjects(shop: Workshop) -> Table | None:
    """Map all subject blocks, or take the table over from the previous build. Leaves the table `subject_people` (subject -> person).

    Raises WrongGrain where one subject has several different rows.
    """
    blocks = shop.project.subjects
    if not blocks:
        shop.table("subject_people", "SELECT NULL::VARCHAR AS key, NULL::INTEGER AS id, "
                "NULL::INTEGER AS person_id, NULL::SMALLINT AS bucket WHERE false")  # fmt: skip
        return None
    persons = [shop.persons.get(f"[[subjects]] {number}") for number in range(1, len(blocks) + 1)]
    key = shop.key("subjects", blocks, [shop.relation(block.from_).key for block in blocks], persons)
    table = shop.same("subjects", key)
    if table is not None and shop.previous is not None:
        reuse(shop.previous / FILE, shop.folder / FILE)
        keep_rejected(shop.engine, shop.previous, [block.name for block in table.blocks])
    else:
        table = _make(shop, key)
    shop.table(
        "subject_people",
        f"""SELECT s.subject AS key, s.subject_id AS id, s.person_id, p.bucket
        FROM read_parquet({literal(shop.folder / FILE)}) s LEFT JOIN person_ids p ON p.id = s.person_id""",
    )
    return table


def _make(shop: Workshop, key: str) -> Table:
    tallies = []
    names: dict[str, None] = {}
    for number, block in enumerate(shop.project.subjects, 1):
        shop.progress(f"subjects {number}")
        tally, columns = _map(shop, block, number)
        tallies.append(tally)
        names.update(dict.fromkeys(columns))
    mapped = " UNION ALL BY NAME ".join(
        f"SELECT * EXCLUDE (__source, __line, problem) FROM subjects_{n}" for n in range(1, len(tallies) + 1)
    )
    _check_across(shop, mapped)
    for kind in dictionary.KINDS:
        dictionary.add(shop.engine, kind, f"SELECT {kind} AS key FROM ({mapped})")
    listed = "".join(f", m.{identifier(name)}" for name in names)
    shop.write(step("momot.build", "subjects", mapped=f"({mapped})", columns=listed), FILE)
    return Table(
        name="subjects", key=key, rows=sum(tally.kept for tally in tallies), files=(FILE,), blocks=tuple(tally.block() for tally in tallies)
    )


def _map(shop: Workshop, block: Subjects, number: int) -> tuple[Tally, list[str]]:
    """The usable rows of one block as the table `subjects_<number>`; the names of its attributes."""
    name = f"[[subjects]] {number}"
    written = {
        "subject": block.subject, **person_expressions(block.person), "account": block.account, "start": block.start, "end": block.end,
        **{f"before.{key}": text for key, text in block.before.items()},
        **{f"condition.{key}": text for key, text in block.conditions.items()},
    }  # fmt: skip
    mapping = shop.mapping(block.from_, name, written, where=block.where)
    columns = {"subject": identifier(mapping.text("subject", "subject"))}
    person = add_person(mapping, block.person)
    columns["account"] = identifier(mapping.text("account", "account")) if block.account else "NULL::VARCHAR"
    own = f"'subject:' || {columns['subject']}" if not block.account else "NULL::VARCHAR"  # nobody named: each subject is its own person
    columns["person"] = identifier(person) if person else own
    columns["started_at"] = identifier(mapping.time("start", "start"))
    columns["ended_at"] = identifier(mapping.time("end", "end")) if block.end else "NULL::BIGINT"
    attributes = _attributes(mapping, block)
    mapping.problem(f"{columns['subject']} IS NULL", "no_subject", "subject")
    mapping.problem(f"{columns['started_at']} IS NULL", "no_time", "start")
    mapping.first["row_content"] = hash_sql(content_sql(mapping.relation.columns))
    columns |= attributes | {"row_hash": "row_content"}
    table = f"subjects_{number}"
    run(mapping, table, columns)
    tally = Tally(name, "subjects", read=mapping.source_rows())
    reject(shop.engine, tally, mapping.relation, table)
    shop.table(table, f"SELECT * FROM {table} WHERE problem IS NULL")
    before, different = map(int, shop.engine.row(f"SELECT count(*), count(DISTINCT subject) FROM {table}"))
    if different < before:
        _check_grain(shop, table, mapping, block)
        shop.table(table, f"SELECT * EXCLUDE (copy) FROM (SELECT *, {_COPY} AS copy FROM {table}) WHERE copy = 1")
    tally.kept, tally.adjusted = map(int, shop.engine.row(f"SELECT count(*), count_if(adjusted) FROM {table}"))
    tally.identified = dictionary.identified(shop.engine, table)
    tally.duplicate = before - tally.kept
    if not tally.kept:
        raise NothingLeft(
            f"{mapping.place}: not one usable row of {mapping.relation.name}: {dict(tally.rejections) or 'all were filtered by where'}."
        )
    return tally, list(attributes)


def _attributes(mapping: Mapping, block: Subjects) -> dict[str, str]:
    found = {}
    for group, entries in (("before", block.before), ("condition", block.conditions)):
        for key in entries:
            name = f"{group}.{key}"
            found[name] = identifier(mapping.plain(name, name, missing=block.missing))
    for column in mapping.other_columns(exclude={}):
        found[f"other.{column}"] = identifier(add_other(mapping, column))
    return found


def add_other(mapping: Mapping, column: str) -> str:
    """The piece that keeps a column which no expression names, so that leaks can be looked for in it."""
    from momot.build.expressions import Expression

    name = f"other.{column}"
    mapping.bound[name] = Expression(name, identifier(column), mapping.relation.columns[column], identifier(column))
    return mapping.plain(name, name)


def _check_grain(shop: Workshop, table: str, mapping: Mapping, block: Subjects) -> None:
    several = shop.engine.rows(
        f"SELECT subject, count(*) FROM {table} GROUP BY subject HAVING count(DISTINCT row_hash) > 1 ORDER BY subject LIMIT 1"
    )
    if several:
        subject, count = several[0]
        found = shop.engine.rows(f"SELECT __line FROM {table} WHERE subject = {literal(subject)} ORDER BY __line LIMIT 3")
        lines = [str(line) for (line,) in found if line is not None]
        where = f" (lines {', '.join(lines)})" if lines else ""
        raise WrongGrain(
            f"{mapping.place}: subject = \"{block.subject}\" should name one row each, but '{subject}' has {count} different rows{where} "
            f"in {mapping.relation.name}. Group them by a query in [tables], or name a finer subject."
        )


def _check_across(shop: Workshop, mapped: str) -> None:
    several = shop.engine.rows(f"SELECT subject FROM ({mapped}) GROUP BY subject HAVING count(*) > 1 ORDER BY subject LIMIT 1")
    if several:
        raise WrongGrain(
            f"{shop.place('[[subjects]]')}: '{several[0][0]}' is a subject of two blocks. Set them apart: subject = \"'ticket-' || id\"."
        )
