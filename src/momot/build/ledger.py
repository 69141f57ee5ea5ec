"""What interactions were made of, block by block and file by file, kept beside them so that a later build opens only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from momot.build.relations import Relation
from momot.build.staging import Piece
from momot.engine import Engine, literal

FILE = "interactions/ledger.json"
SUPERSEDED = "interactions/superseded.parquet"  # person_id: whose rows in the base files no longer count
BASE, CHANGES = "interactions.parquet", "changes.parquet"  # of a part: the rows of a whole build, and whole persons that replace some of it

Found = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # touchpoints, activities, channels


class Entry(Struct, frozen=True, kw_only=True):
    """One file of a block. Rows of the table name it by `number`, which no other file ever gets."""

    number: int
    name: str
    key: str
    read: int
    kept: int
    adjusted: int
    identified: int
    names: Found


class Block(Struct, frozen=True, kw_only=True):
    """One block: `signature` is its mapping without the source, so that rows mapped apart are as if mapped together."""

    signature: str
    entries: tuple[Entry, ...]
    duplicate: int = 0


class Ledger(Struct, frozen=True, kw_only=True):
    """All blocks. `rules` is all but the files that decides how rows become the table; `base` names the build that wrote the base files."""

    rules: str
    base: str
    parts: int
    next: int  # number of the next file
    blocks: tuple[Block, ...]


def read(folder: Path | None) -> Ledger | None:
    """The ledger of a build folder, or None where it has none."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Ledger) if folder else None
    except (OSError, msgspec.MsgspecError):
        return None


def write(folder: Path, ledger: Ledger) -> None:
    """Keep the ledger in the folder of a build."""
    (folder / FILE).write_bytes(msgspec.json.encode(ledger))


def pieces(relation: Relation) -> tuple[Piece, ...]:
    """The files of a relation; one piece where they can't be read apart, or where it is a query."""
    return relation.pieces or (Piece(relation.name, relation.key, relation.sql, relation.lost),)


def numbered(relation: Relation, numbers: dict[str, int]) -> tuple[str, str]:
    """SQL of the number of the file that a mapped row `m` stands in, and a join that it needs."""
    listed = pieces(relation)
    if len(listed) == 1:
        return f"{numbers[listed[0].name]}::INTEGER", ""
    values = ", ".join(f"({literal(piece.name)}, {numbers[piece.name]})" for piece in listed)
    return "f.number", f"JOIN (SELECT name, number::INTEGER AS number FROM (VALUES {values}) v(name, number)) f ON f.name = m.__source"


def counted(engine: Engine, relation: Relation) -> dict[str, int]:
    """Rows that each file has, readable or not."""
    listed = pieces(relation)
    if len(listed) == 1:
        ((rows,),) = engine.rows(f"SELECT count(*) FROM {relation.sql}")
        return {listed[0].name: int(rows) + len(relation.lost)}
    found = dict.fromkeys((piece.name for piece in listed), 0)
    for name, rows in engine.rows(f"SELECT __source, count(*) FROM {relation.sql} GROUP BY __source"):
        found[name] += int(rows)
    for lost in relation.lost:
        found[lost.source] += 1
    return found


def live(engine: Engine, folder: Path, name: str, files: Sequence[str]) -> str:
    """SQL of all rows of the table `name` ("interactions" or "journeys") that count, person by person in the order lived within each file.

    A scan of all its files in one list: what relies on the order of rows sees each person's together, in one file or in another.
    """
    bases = [file for file in files if file.startswith(f"{name}/part=") and not file.endswith(f"/{CHANGES}")]
    changes = [file for file in files if file.startswith(f"{name}/part=") and file.endswith(f"/{CHANGES}")]
    scanned = f"read_parquet([{', '.join(literal(folder / file) for file in (*bases, *changes))}], hive_partitioning = false)"
    if SUPERSEDED not in files:
        return scanned
    if engine.name != "duckdb":  # its rows stand in no order anyway
        base, beside = (f"read_parquet([{', '.join(literal(folder / file) for file in some)}])" for some in (bases, changes))
        left = f"SELECT * FROM {beside}" if changes else ""
        out = f"(SELECT person_id AS gone FROM read_parquet({literal(folder / SUPERSEDED)}))"
        stay = f"SELECT b.* FROM {base} b LEFT JOIN {out} s ON s.gone = b.person_id WHERE s.gone IS NULL" if bases else ""
        return f"({' UNION ALL '.join(filter(None, (stay, left)))})"
    return f"(SELECT * FROM {scanned} WHERE file_index >= {len(bases)} OR {counts(engine, folder)})"


def by_file(files: Sequence[str]) -> list[list[str]]:
    """Each file with rows of a table, with the list of whose rows no longer count where there is one: what `live` reads of it alone."""
    beside = [file for file in files if file == SUPERSEDED]
    return [[file, *beside] for file in files if file not in beside]


def counts(engine: Engine, folder: Path) -> str:
    """SQL: whether a row of a base file counts, by its `person_id`."""
    return f"NOT {among(engine, f'read_parquet({literal(folder / SUPERSEDED)})')}"


def among(engine: Engine, listed: str) -> str:
    """SQL: whether `person_id` is one of those that `listed` names: one bit a person, and no join, which could change the order of rows."""
    ((last,),) = engine.rows(f"SELECT max(person_id) FROM {listed}")
    if last is None:
        return "(false)"
    ((bits,),) = engine.rows(f"SELECT bitstring_agg(person_id, 0, {last})::VARCHAR FROM {listed}")
    return f"(person_id <= {last} AND get_bit({literal(bits)}::BIT, least(person_id, {last})) = 1)"
