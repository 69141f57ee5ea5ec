"""`people.parquet`: everybody who has a row in any table, with what `[people]` says of them. Grain: one row a person."""

from __future__ import annotations

from momot.build.expressions import bind
from momot.build.interaction_rows import minor_units
from momot.build.manifest import Block, Table
from momot.build.mapping import add_person, person_expressions, run
from momot.build.tally import Tally, reject
from momot.build.workshop import Workshop
from momot.engine import execute, identifier, literal, row, rows, step
from momot.errors import MomotError, WrongGrain
from momot.project.schema import People

FILE = "people.parquet"
_NOBODY = "(SELECT NULL::VARCHAR AS person, NULL::BOOLEAN AS is_employee, NULL::BIGINT AS acquisition_cost_minor WHERE false)"


def make_people(shop: Workshop, tables: list[Table]) -> Table:
    """Write the people of all `tables`."""
    attributes, columns = _NOBODY, ""
    blocks: tuple[Block, ...] = ()
    if shop.project.people is not None:
        tally, names = _map(shop, shop.project.people)
        attributes, blocks = "people_rows", (tally.block(),)
        columns = "".join(f", b.{identifier(name)}" for name in names)
    present = " UNION ".join(
        f"SELECT DISTINCT person_id FROM read_parquet({files}, hive_partitioning = false)" for files in _files(shop, tables)
    )
    shop.write(
        step(
            "momot.build",
            "people",
            present=f"({present})" if present else "(SELECT NULL::INTEGER AS person_id WHERE false)",
            attributes=attributes,
            columns=columns,
        ),
        FILE,
    )
    count = int(row(shop.connection, f"SELECT count(*) FROM read_parquet({literal(shop.folder / FILE)})")[0])
    return Table(name="people", key="", rows=count, files=(FILE,), blocks=blocks)


def _files(shop: Workshop, tables: list[Table]) -> list[str]:
    """Files that have a column person_id, table by table."""
    found = []
    for table in tables:
        files = [file for file in table.files if file.startswith(("interactions/", "subjects", "opinions", "facts", "wide/"))]
        if files:
            found.append("[" + ", ".join(literal(shop.folder / file) for file in files) + "]")
    return found


def _map(shop: Workshop, block: People) -> tuple[Tally, list[str]]:
    """One row a person as the table `people_rows`. Expressions may be aggregates; others must have one value a person.

    Raises WrongGrain where an expression that is no aggregate has several values for one person.
    """
    name = "[people]"
    mapping = shop.mapping(block.from_, name, person_expressions(block.person), where=None)
    person = identifier(add_person(mapping, block.person) or "person")
    every = {column: identifier(column) for column in mapping.relation.columns}
    mapping.first |= every
    run(mapping, "people_mapped", mapping.sql({"momot person": person, **every}))
    tally = Tally(name, "people", read=mapping.source_rows())
    reject(shop.connection, tally, mapping.relation, "people_mapped")
    execute(shop.connection, "DELETE FROM people_mapped WHERE problem IS NOT NULL")
    tally.kept, tally.identified = map(int, row(shop.connection, 'SELECT count(*), count("momot person") FROM people_mapped'))
    written = {f"segment.{key}": text for key, text in block.segments.items()}
    written |= {key: text for key, text in (("employee", block.employee), ("acquisition_cost", block.acquisition_cost)) if text}
    shown = [
        f"{_one_each(shop, mapping.relation.columns, key, text, name, mapping.relation.name)} AS {identifier(key)}"
        for key, text in written.items()
    ]
    grouped = f'SELECT "momot person" AS person{"".join(f", {sql}" for sql in shown)} FROM people_mapped GROUP BY "momot person"'
    employee = "coalesce(try_cast(employee AS BOOLEAN), false)" if block.employee else "false"
    cost = (
        f"round(try_cast(acquisition_cost AS DOUBLE) * {minor_units(shop.project.currency)})::BIGINT"
        if block.acquisition_cost
        else "NULL::BIGINT"
    )
    segments = [f"segment.{key}" for key in block.segments]
    listed = "".join(f", {identifier(segment)}" for segment in segments)
    shop.table(
        "people_rows",
        f"""SELECT person, {employee} AS is_employee, {cost} AS acquisition_cost_minor{listed} FROM ({grouped})""",
    )
    return tally, segments


def _one_each(shop: Workshop, columns: dict[str, str], key: str, text: str, place: str, source: str) -> str:
    """SQL: one value a person. An expression that is no aggregate is checked to have only one."""
    where = shop.place(place)
    try:
        return bind(shop.connection, "people_mapped", columns, {key: text}, place=where, source=source, group_by='"momot person"')[key].sql
    except MomotError:
        plain = bind(shop.connection, "people_mapped", columns, {key: text}, place=where, source=source)[key].sql
    several = rows(
        shop.connection,
        f'SELECT "momot person", count(DISTINCT {plain}) AS n FROM people_mapped GROUP BY 1 HAVING n > 1 ORDER BY 1 LIMIT 1',
    )
    if several:
        raise WrongGrain(
            f"{where}: {key} = \"{text}\" has {several[0][1]} values for person '{several[0][0]}'. "
            f"Say which: max(…), or arg_max({text}, a time)."
        )
    return f"any_value({plain})"
