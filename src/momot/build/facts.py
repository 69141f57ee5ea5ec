"""`[outcomes.X]` with `from` and `value` -> `facts.parquet`: a measured fact. Grain: one row an outcome and unit."""

from __future__ import annotations

from momot.build import dictionary
from momot.build.folder import reuse
from momot.build.manifest import Table
from momot.build.mapping import run
from momot.build.persons import add_person, person_expressions
from momot.build.tally import Tally, keep_rejected, reject
from momot.build.workshop import Workshop
from momot.engine import identifier, literal, step
from momot.errors import ProjectError, WrongGrain
from momot.project.schema import Outcome

FILE = "facts.parquet"


def make_facts(shop: Workshop, subjects_key: str | None) -> Table | None:
    """Map all outcomes that are facts, or take the table over from the previous build."""
    outcomes = [outcome for outcome in shop.project.outcomes if outcome.from_ and isinstance(outcome.value, str)]
    if not outcomes:
        return None
    subject = shop.project.subjects[0].subject if shop.project.subjects else None
    persons = [shop.persons.get(f"[outcomes.{outcome.name}]") for outcome in outcomes]
    key = shop.key("facts", outcomes, subject, [shop.relation(outcome.from_ or "").key for outcome in outcomes], subjects_key, persons)
    table = shop.same("facts", key)
    if table is not None and shop.previous is not None:
        reuse(shop.previous / FILE, shop.folder / FILE)
        keep_rejected(shop.engine, shop.previous, [block.name for block in table.blocks])
        return table
    tallies = [_map(shop, outcome, outcome.subject or subject, number) for number, outcome in enumerate(outcomes, 1)]
    mapped = "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM facts_{number}" for number in range(1, len(outcomes) + 1)) + ")"
    shop.write(step("momot.build", "facts", mapped=mapped), FILE)
    return Table(
        name="facts", key=key, rows=sum(tally.kept for tally in tallies), files=(FILE,), blocks=tuple(tally.block() for tally in tallies)
    )


def _map(shop: Workshop, outcome: Outcome, subject: str | None, number: int) -> Tally:
    name = f"[outcomes.{outcome.name}]"
    shop.progress(f"outcome {outcome.name}")
    by_person = outcome.per == "person" and outcome.person is not None and outcome.subject is None
    if not by_person and subject is None:
        raise ProjectError(
            f"{shop.place(name)}: a fact needs `subject`, an expression that names the order or ticket, or [[subjects]] to take it from."
        )
    value = outcome.value if isinstance(outcome.value, str) else ""
    written = {"subject": None if by_person else subject, **person_expressions(outcome.person), "value": value, "at": outcome.at}
    mapping = shop.mapping(outcome.from_ or "", name, written, where=outcome.where)
    columns = {"outcome": literal(outcome.name), "value": identifier(mapping.number("value", "value"))}
    columns["subject"] = "NULL::VARCHAR" if by_person else identifier(mapping.text("subject", "subject"))
    person = add_person(mapping, outcome.person)
    columns["person"] = identifier(person) if person else "NULL::VARCHAR"
    columns["settled_at"] = identifier(mapping.time("at", "at")) if outcome.at else "NULL::BIGINT"
    unit = "person" if by_person else "subject"
    mapping.problem(f"{columns[unit]} IS NULL", "no_person" if by_person else "no_subject", unit)
    mapping.problem(f"{columns['value']} IS NULL", "no_value", "value")
    table = f"facts_{number}"
    run(mapping, table, columns)
    dictionary.add(shop.engine, "person", f"SELECT person AS key FROM {table} WHERE problem IS NULL")
    dictionary.add(shop.engine, "subject", f"SELECT subject AS key FROM {table} WHERE problem IS NULL")
    tally = Tally(name, "facts", read=mapping.source_rows())
    reject(shop.engine, tally, mapping.relation, table)
    total = int(shop.engine.row(f"SELECT count(*) FROM {table} WHERE problem IS NULL")[0])
    shop.table(
        table,
        f"SELECT DISTINCT outcome, subject, person, value, settled_at, adjusted FROM {table} WHERE problem IS NULL",
    )
    several = shop.engine.rows(f"SELECT {unit}, count(*) FROM {table} GROUP BY {unit} HAVING count(*) > 1 ORDER BY {unit} LIMIT 1")
    if several:
        raise WrongGrain(
            f"{mapping.place}: {unit} '{several[0][0]}' has {several[0][1]} different rows; a fact has one. Group them in [tables]."
        )
    if by_person:
        _once_a_person(shop, table)
    tally.kept, tally.adjusted = map(int, shop.engine.row(f"SELECT count(*), count_if(adjusted) FROM {table}"))
    tally.duplicate = total - tally.kept
    tally.identified = dictionary.identified(shop.engine, table) if by_person else tally.kept
    return tally


def _once_a_person(shop: Workshop, table: str) -> None:
    """Of the facts of several ids that are one person the one settled last, then that of the first id."""
    shop.table(
        table,
        f"""SELECT * EXCLUDE (place) FROM (
        SELECT m.*, row_number() OVER (PARTITION BY coalesce(p.person_id, -p.id) ORDER BY m.settled_at DESC NULLS LAST, p.id) AS place
        FROM {table} m JOIN person_ids p ON p.key = m.person) WHERE place = 1""",
    )
