"""Who is one person: ids that stand in one row are tied, and persons are the connected components over all blocks.

Each id has a number of its own in the dictionary for good; a person's id is the smallest number of its component. So a new day renumbers
nobody, and where a new tie makes two persons one, the smaller id survives.
"""

from __future__ import annotations

import hashlib
from itertools import combinations

import duckdb

from momot.build import dictionary
from momot.build.identity_report import report
from momot.build.manifest import Table
from momot.build.persons import given_ids, person_expressions
from momot.build.tied import TIES, leave_out, name_persons
from momot.build.workshop import Workshop
from momot.engine import execute, identifier, literal, step
from momot.project.namespaces import Owned, owned_blocks

FILE = "identity.parquet"


def stitch(shop: Workshop) -> Table | None:
    """Decide who is one person, leave it in the table `person_ids`, and write what was tied; None where ids are of one namespace.

    Nothing here depends on the order of rows or blocks but the numbers of new ids.
    """
    if not shop.spaces.several:
        return None
    shop.progress("tying ids")
    blocks = list(owned_blocks(shop.project))
    files = [_gather(shop, owned) for owned in blocks]
    for space in shop.spaces.ranked:  # the ids that name people best come first among the new ones
        having = [file for file, owned in zip(files, blocks, strict=True) if space in shop.spaces.of(owned.who)]
        if having:
            dictionary.add(shop.engine, "person", " UNION ALL ".join(f"SELECT {_column(space)} AS key FROM {file}" for file in having))
    for number, (file, owned) in enumerate(zip(files, blocks, strict=True)):
        shop.table(f"given_{number}", _numbered(shop, file, owned))
    given = " UNION ALL ".join(
        f"SELECT {number} AS block, {rank} AS rank, {_column(space)} AS id, times FROM given_{number} WHERE {_column(space)} IS NOT NULL"
        for number, owned in enumerate(blocks)
        for rank, space in _ranked(shop, owned)
    )
    shop.table("identity_given", given)
    shop.table("identity_ids", step("momot.build", "identity_ids", given="identity_given"))
    shop.table(TIES, f"SELECT DISTINCT * FROM ({_pairs(shop, blocks)})")
    shop.guarded = leave_out(shop.engine, shop.project.identity.max_people_per_id)
    name_persons(shop.engine)
    for number, owned in enumerate(blocks):
        shop.persons[owned.place] = _fingerprint(shop, number)
    shop.write(
        f"""SELECT p.key AS id, s.space AS namespace, p.person_id, coalesce(n.people, 0)::INTEGER AS ties, i.rows::BIGINT AS rows,
        p.person_id IS NULL AS left_out FROM identity_ids i JOIN person_ids p USING (id) JOIN {_spaces(shop)} s USING (rank)
        LEFT JOIN identity_people n USING (id) ORDER BY p.id""",
        FILE,
    )
    report(shop, blocks)
    return Table(name="identity", key="", rows=int(shop.engine.row("SELECT count(*) FROM identity_ids")[0]), files=(FILE,))


def _gather(shop: Workshop, owned: Owned) -> str:
    """SQL of the different combinations of ids in the rows of a block, and how often each occurs.

    It is a file that is kept until its source changes or, where rows are elsewhere, a table. Rows that the block can't use for another
    reason, such as an unreadable time, still show which ids belong together.
    """
    said = repr((shop.relation(owned.from_).key, owned.who, owned.where, shop.spaces.plain))
    key = "ids-" + hashlib.sha256(said.encode()).hexdigest()[:24]
    shop.relations.used.add(key)
    stored = shop.relations.stager.home / "sources" / f"{key}.parquet"
    if shop.engine.name != "duckdb" or not stored.exists():
        mapping = shop.mapping(owned.from_, owned.place, person_expressions(owned.who), where=owned.where)
        ids = given_ids(mapping, owned.who)
        found = mapping.rows({f"id {space}": sql for space, sql in ids.items()})
        listed = ", ".join(map(_column, ids))
        target = shop.work / "ids.parquet"
        counted = f"SELECT {listed}, count(*) AS times FROM ({found}) WHERE problem IS NULL GROUP BY {listed}"
        if shop.engine.name != "duckdb":
            shop.table(key.replace("-", "_"), counted)
            return key.replace("-", "_")
        try:
            execute(shop.connection, f"COPY ({counted}) TO {literal(target)} (FORMAT parquet)")
        except duckdb.Error as error:
            raise mapping.explain(error) from error
        stored.parent.mkdir(exist_ok=True)
        target.replace(stored)
    return f"read_parquet({literal(stored)})"


def _column(space: str) -> str:
    return identifier(f"id {space}")


def _ranked(shop: Workshop, owned: Owned) -> list[tuple[int, str]]:
    """Rank and namespace of the ids of a block, the one that names people best first."""
    return [(shop.spaces.ranked.index(space), space) for space in shop.spaces.of(owned.who)]


def _numbered(shop: Workshop, file: str, owned: Owned) -> str:
    """SQL: what a block gives, its ids as the numbers of the dictionary."""
    spaces = shop.spaces.of(owned.who)
    numbers = ", ".join(f"p{at}.id AS {_column(space)}" for at, space in enumerate(spaces))
    joins = " ".join(f"LEFT JOIN person_ids p{at} ON p{at}.key = g.{_column(space)}" for at, space in enumerate(spaces))
    return f"SELECT {numbers}, g.times FROM {file} g {joins}"


def _pairs(shop: Workshop, blocks: list[Owned]) -> str:
    """SQL: every two ids that stand in one row; the one of the namespace that names people better is the stronger."""
    pairs = [
        f"SELECT {_column(space)} AS stronger, {_column(weaker)} AS weaker, {rank} AS stronger_rank, {other} AS weaker_rank "
        f"FROM given_{number} WHERE {_column(space)} IS NOT NULL AND {_column(weaker)} IS NOT NULL"
        for number, owned in enumerate(blocks)
        for (rank, space), (other, weaker) in combinations(_ranked(shop, owned), 2)
    ]
    nothing = "SELECT 0 AS stronger, 0 AS weaker, 0 AS stronger_rank, 0 AS weaker_rank WHERE false"
    return " UNION ALL ".join(pairs) or nothing


def _spaces(shop: Workshop) -> str:
    """SQL: rank and name of the namespaces, NULL for that of bare expressions where it has no name."""
    spaces = ", ".join(f"({rank}, {literal(space or None)})" for rank, space in enumerate(shop.spaces.ranked))
    return f"(SELECT rank, space::VARCHAR AS space FROM (VALUES {spaces}) v(rank, space))"


def _fingerprint(shop: Workshop, block: int) -> str:
    """A hash of who the ids of a block are: where it is the same, so are the persons of its rows. Numbers stand for ids for good."""
    ids = f"(SELECT DISTINCT id FROM identity_given WHERE block = {block})"
    return shop.engine.fingerprint(f"SELECT p.id, p.person_id FROM {ids} i JOIN person_ids p ON p.id = i.id")
