"""`people.parquet`: everybody who has a row in any table, with what `[people]` says of them. Grain: one row a person."""

from __future__ import annotations

from momot.build import dictionary
from momot.build.expressions import Expression, bind
from momot.build.interaction_rows import minor_units
from momot.build.ledger import live
from momot.build.manifest import Block, Table
from momot.build.mapping import run
from momot.build.observation import bounds, observed
from momot.build.persons import add_person, person_expressions
from momot.build.tally import Tally, reject
from momot.build.workshop import Workshop
from momot.engine import identifier, literal, step
from momot.errors import MomotError, WrongGrain
from momot.project.schema import People

FILE = "people.parquet"
PLACE = "[people]"
_NOBODY = """(SELECT NULL::INTEGER AS person_id, NULL::BOOLEAN AS is_employee, NULL::BIGINT AS acquisition_cost_minor,
    NULL::VARCHAR AS role, NULL::INTEGER AS account_id, NULL::BIGINT AS observed_from, NULL::BIGINT AS observed_to WHERE false)"""
_EMPLOYEE = "lower(trim(({role})::VARCHAR)) = 'employee'"


def make_people(shop: Workshop, tables: list[Table]) -> Table:
    """Write the people of all `tables`."""
    attributes, columns = _NOBODY, ""
    blocks: tuple[Block, ...] = ()
    present = " UNION ".join(f"SELECT DISTINCT person_id FROM {rows_of_table}" for rows_of_table in _tables(shop, tables))
    shop.table("people_present", f"SELECT person_id FROM ({present or 'SELECT NULL::INTEGER AS person_id'}) WHERE person_id IS NOT NULL")
    if shop.project.people is not None:
        tally, names = _map(shop, shop.project.people)
        attributes, blocks = "people_rows", (tally.block(),)
        columns = "".join(f", b.{identifier(name)}" for name in names)
    low, high = bounds(shop)
    shop.write(
        step("momot.build", "people", present="people_present", attributes=attributes, columns=columns, low=low, high=high),
        FILE,
    )
    count = int(shop.engine.row(f"SELECT count(*) FROM read_parquet({literal(shop.folder / FILE)})")[0])
    return Table(name="people", key="", rows=count, files=(FILE,), blocks=blocks)


def _tables(shop: Workshop, tables: list[Table]) -> list[str]:
    """SQL of the tables that have a column person_id."""
    found = []
    for table in tables:
        files = [file for file in table.files if file.startswith(("subjects", "opinions", "said", "facts", "wide/"))]
        if table.name == "interactions":
            found.append(live(shop.engine, shop.folder, table.name, table.files))
        elif files:
            found.append(f"read_parquet([{', '.join(literal(shop.folder / file) for file in files)}], hive_partitioning = false)")
    return found


def _map(shop: Workshop, block: People) -> tuple[Tally, list[str]]:
    """One row a person as the table `people_rows`. Expressions may be aggregates; others must have one value an id of `[people]`.

    Where several ids of `[people]` are one person, the first id in the dictionary that has a value gives it; an employee by one of them
    is an employee. Raises WrongGrain where an expression that is no aggregate has several values for one id.
    """
    mapping = shop.mapping(block.from_, PLACE, person_expressions(block.person), where=None)
    person = identifier(add_person(mapping, block.person) or "person")
    # pieces have names of their own: a column may be called `person` and be a number
    every = {column: identifier(f"column.{column}") for column in mapping.relation.columns}
    mapping.first |= {f"column.{column}": identifier(column) for column in mapping.relation.columns}
    run(mapping, "people_mapped", {"momot id": person, **every})
    tally = Tally(PLACE, "people", read=mapping.source_rows())
    reject(shop.engine, tally, mapping.relation, "people_mapped")
    shop.table("people_mapped", "SELECT * FROM people_mapped WHERE problem IS NULL")
    tally.kept, tally.identified = map(int, shop.engine.row('SELECT count(*), count("momot id") FROM people_mapped'))
    shop.table(
        "people_known",
        """SELECT m.*, p.id AS "momot number", p.person_id AS "momot person" FROM people_mapped m
        JOIN person_ids p ON p.key = m."momot id" JOIN people_present q ON q.person_id = p.person_id""",
    )
    for name in ("people_mapped", "people_known"):
        shop.engine.seen(name)
    if tally.identified and not shop.engine.row("SELECT count(*) FROM people_known")[0]:
        shop.relations.warnings[
            f"{PLACE}: none of its {tally.identified:,} persons has a row in another block. `person` must give the ids that others give."
        ] = None
    watch = shop.project.observation
    given = {
        **{f"segment.{key}": text for key, text in block.segments.items()}, "employee": block.employee, "role": block.role,
        "acquisition_cost": block.acquisition_cost, "account": block.account,
        "start": watch.start if watch else None, "end": watch.end if watch else None,
    }  # fmt: skip
    values = {key: _value(shop, mapping.relation.columns, key, text, mapping.relation.name) for key, text in given.items() if text}
    shown = "".join(f", {value.sql} AS {identifier(key)}" for key, value in values.items())
    grouped = f'SELECT "momot person" AS person_id{shown} FROM people_known GROUP BY "momot person"'
    shop.table(
        "people_grouped",
        f"""SELECT *, NULL::VARCHAR AS __source, NULL::BIGINT AS __line
        FROM ({shop.engine.evaluated(grouped, over="people_known", by="momot person")})""",
    )
    shop.engine.seen("people_grouped")
    segments = [f"segment.{key}" for key in block.segments]
    account = "nullif(trim(account::VARCHAR), '')" if block.account else "NULL::VARCHAR"
    role = "nullif(trim(role::VARCHAR), '')" if block.role else "NULL::VARCHAR"
    told = f"""SELECT person_id, {_employee(block)} AS is_employee, {_cost(shop, block)} AS acquisition_cost_minor, {role} AS role,
        {account} AS account{"".join(f", {identifier(segment)}" for segment in segments)} FROM people_grouped"""
    shop.table("people_told", shop.engine.evaluated(told, over="people_grouped"))
    if block.account:
        dictionary.add(shop.engine, "account", "SELECT account AS key FROM people_told")
    listed = "".join(f", g.{identifier(segment)}" for segment in segments)
    shop.table(
        "people_rows",
        f"""SELECT g.person_id, g.is_employee, g.acquisition_cost_minor, g.role, a.id AS account_id, o.observed_from, o.observed_to{listed}
        FROM people_told g JOIN {observed(shop, values)} o ON o.person_id = g.person_id LEFT JOIN account_ids a ON a.key = g.account""",
    )
    return tally, segments


def _employee(block: People) -> str:
    """SQL: whether `employee` says so, or `role` is employee."""
    said = ["coalesce(try_cast(employee AS BOOLEAN), false)"] if block.employee else []
    said += [f"coalesce({_EMPLOYEE.format(role='role')}, false)"] if block.role else []
    return " OR ".join(said) or "false"


def _cost(shop: Workshop, block: People) -> str:
    if not block.acquisition_cost:
        return "NULL::BIGINT"
    return f"round(try_cast(acquisition_cost AS DOUBLE) * {minor_units(shop.project.currency)})::BIGINT"


def _value(shop: Workshop, columns: dict[str, str], key: str, text: str, source: str) -> Expression:
    """One value a person. An expression that is no aggregate is checked to have only one value an id."""
    where = shop.place("[observation]" if key in ("start", "end") else PLACE)
    try:
        return bind(shop.connection, "people_known", columns, {key: text}, place=where, source=source, group_by='"momot person"')[key]
    except MomotError:
        plain = bind(shop.connection, "people_mapped", columns, {key: text}, place=where, source=source)[key]
    counted = shop.engine.evaluated(
        f'SELECT "momot id", count(DISTINCT {plain.sql}) AS n FROM people_mapped GROUP BY 1 HAVING n > 1',
        over="people_mapped",
        by="momot id",
    )
    several = shop.engine.rows(f'SELECT "momot id", n FROM ({counted}) ORDER BY "momot id" LIMIT 1')
    if several:
        raise WrongGrain(
            f"{where}: {key} = \"{text}\" has {several[0][1]} values for person '{several[0][0]}'. "
            f"Say which: max(…), or arg_max({text}, a time)."
        )
    return Expression(key, _one_of(key, plain.sql), plain.type, text)


def _one_of(key: str, plain: str) -> str:
    """SQL: the value of a person who may have several ids."""
    if key == "employee":
        return f"bool_or(try_cast({plain} AS BOOLEAN))"
    if key == "start":
        return f"min({plain})"
    if key == "end":  # under observation as long as one of the ids is
        ids = 'count(DISTINCT "momot number")'
        return f"CASE WHEN {ids} FILTER (({plain}) IS NOT NULL) = {ids} THEN max({plain}) END"
    first = f'arg_min({plain}, "momot number")'
    return f'coalesce(arg_min({plain}, "momot number") FILTER ({_EMPLOYEE.format(role=plain)}), {first})' if key == "role" else first
