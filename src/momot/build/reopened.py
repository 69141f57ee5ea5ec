"""Interactions where only some files changed: the rows of the changed files, and all rows of the persons whom the change touches.

Base files stay as they are, and a list says whose rows in them no longer count; whole persons stand in the files of changes beside them.
Everything else is made again as a whole: another project, another version, names or levels that came or went, a change of the ids that
several people share, of the number of parts, of the persons behind subjects, or of declared ids that occur more than once.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from momot.build import dictionary, ledger
from momot.build.entries import count_flagged, make_entries, sum_up
from momot.build.folder import reuse
from momot.build.interaction_parts import FOLDER, part_count, stage_rows, staged_rows, write_part
from momot.build.interaction_rows import Mapped, map_block
from momot.build.ledger import BASE, CHANGES, SUPERSEDED, Block, Entry, Ledger, live, pieces
from momot.build.mapping import LONG
from momot.build.names import Names
from momot.build.relations import Relation
from momot.build.staging import HIDDEN, Piece, bad_column
from momot.build.tally import Tally
from momot.build.workshop import Workshop
from momot.engine import execute, literal, row, rows
from momot.errors import DataError, ProjectError

TOUCHED, BEFORE = "touched_persons", "touched_before"  # tables: person_id; the rows of the previous build of these persons
_SHARE = 0.25  # of all rows: with more of them beside the base files, these are written again
_CODES = (
    "happened_at, touchpoint_id, activity_id, channel_id, quality, level, repeat, subject_id, account_id, value_minor, cost_minor, "
    "__id, __file"
)
_RAW = f"coalesce(__copy_of, interaction_id) AS interaction_id, person_id, {_CODES}"


class _Whole(Exception):
    """Everything must be made again."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One block: files to map (`fresh`), those whose earlier rows no longer hold (`gone`), those that stay; all their numbers."""

    number: int
    before: Block
    relation: Relation
    fresh: tuple[Piece, ...]
    stay: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    numbers: dict[str, int]

    @property
    def name(self) -> str:
        return f"[[interactions]] {self.number}"


def reopen(shop: Workshop, rules: str) -> tuple[list[str], list[Tally]] | None:
    """The files and counts of the interactions, with only what changed made again; None where all must be made again."""
    before = ledger.read(shop.previous)
    table = shop.manifest.table(FOLDER) if shop.manifest else None
    if before is None or table is None or shop.previous is None or before.rules != rules or shop.engine.name != "duckdb":
        return None
    staged = shop.work / "reopened"
    try:
        return _reopen(shop, before, [file for file in table.files if file.startswith(f"{FOLDER}/")], staged)
    except (_Whole, DataError, ProjectError):  # too little to tell how it is read; all rows together may do, or say what is wrong
        shutil.rmtree(staged, ignore_errors=True)
        execute(shop.connection, "DELETE FROM rejected WHERE starts_with(block, '[[interactions]]')")
        return None


def _reopen(shop: Workshop, before: Ledger, files: list[str], staged: Path) -> tuple[list[str], list[Tally]]:
    plans, upcoming = _plans(shop, before)
    moved = _moved(shop)
    names = Names()
    mapped = [_map(shop, plan, names) for plan in plans]
    total = sum(entry.read for plan in plans for entry in plan.stay) + sum(entry.rows for entry in mapped if entry)
    _require(part_count(total) == before.parts)
    previous = _previous(shop)
    _names_as_before(shop, previous)
    rows_before = live(shop.engine, previous, FOLDER, files)
    tallies, blocks = list[Tally](), list[Block]()
    for plan, entry in zip(plans, mapped, strict=True):
        _keep_rejected(shop, plan, previous)
        tally, made = Tally(plan.name, FOLDER), tuple[Entry, ...]()
        if entry is not None:
            shop.progress(f"interactions {plan.number}, what is new")
            tally, counts = stage_rows(shop, entry, staged, before.parts, plan.numbers)
            made = make_entries(shop, entry, plan.numbers, counts)
            _require(tally.duplicate == 0 and not (entry.by_id and _known(shop, plan, staged, rows_before)))
        blocks.append(replace_entries(plan, made))
        sum_up(tally, blocks[-1])
        found = rows(shop.connection, f"SELECT code, count(*) FROM rejected WHERE block = {literal(plan.name)} GROUP BY code")
        tally.rejections = {code: int(count) for code, count in found}
        tallies.append(tally)
    _require(any(tally.kept for tally in tallies))
    _touch(shop, rows_before, staged_rows(staged), [entry.number for plan in plans for entry in plan.gone], moved)
    made_files = _write(shop, before, files, previous, rows_before)
    base = before.base if SUPERSEDED in made_files else shop.identity
    shop.reopened = SUPERSEDED in made_files
    ledger.write(shop.folder, Ledger(rules=before.rules, base=base, parts=before.parts, next=upcoming, blocks=tuple(blocks)))
    count_flagged(shop, made_files, tallies, blocks)
    return made_files, tallies


def _plans(shop: Workshop, before: Ledger) -> tuple[list[_Plan], int]:
    """What to do with each block, and the number of the next file."""
    listed = [repr((block.from_, block.activity, block.touchpoint, block.at)) for block in shop.project.interactions]
    _require(len(set(listed)) == len(listed))  # the same row of two blocks is one interaction: which of them is the copy depends on all
    plans, upcoming = list[_Plan](), before.next
    for number, (block, old) in enumerate(zip(shop.project.interactions, before.blocks, strict=True), 1):
        relation = shop.relation(block.from_)
        entries = {entry.name: entry for entry in old.entries}
        now = {piece.name: piece.key for piece in pieces(relation)}
        fresh = tuple(piece for piece in pieces(relation) if piece.name not in entries or entries[piece.name].key != piece.key)
        stay = tuple(entry for entry in old.entries if now.get(entry.name) == entry.key)
        gone = tuple(entry for entry in old.entries if now.get(entry.name) != entry.key)
        numbers = {entry.name: entry.number for entry in old.entries}
        for piece in fresh:
            if piece.name not in numbers:
                numbers[piece.name], upcoming = upcoming, upcoming + 1
        by_id = block.id is not None and (fresh or gone)
        _require(not (by_id and (old.duplicate or any(entry.kept > entry.identified for entry in old.entries))))
        plans.append(_Plan(number, old, relation, fresh, stay, gone, numbers))
    return plans, upcoming


def _map(shop: Workshop, plan: _Plan, names: Names) -> Mapped | None:
    """The block over what is fresh, mapped as the rest was; None where nothing is."""
    if not plan.fresh:
        return None
    every = f"({' UNION ALL BY NAME '.join(f'SELECT * FROM {piece.relation}' for piece in plan.fresh)})"
    columns = shop.engine.columns(every)
    before = {name: LONG.get(kind, kind) for name, kind in plan.relation.columns.items()}
    _require({name: kind for name, kind in columns.items() if not name.startswith(HIDDEN)} == before)
    bad = tuple(column for column in plan.relation.bad if bad_column(column).strip('"') in columns)
    lost = tuple(lost for piece in plan.fresh for lost in piece.lost)
    part = replace(plan.relation, sql=every, key="", bad=bad, lost=lost, pieces=plan.fresh)
    entry = map_block(shop, shop.project.interactions[plan.number - 1], plan.number, names, part)
    _require(entry.signature == plan.before.signature)
    return entry


def replace_entries(plan: _Plan, made: tuple[Entry, ...]) -> Block:
    """The block with its new files, in the order of the source. Names that came or went change the codes of all: they are in order."""
    entries = {entry.name: entry for entry in (*plan.stay, *made)}
    block = Block(signature=plan.before.signature, entries=tuple(entries[piece.name] for piece in pieces(plan.relation)))
    for before, now in zip(_met(plan.before), _met(block), strict=True):
        _require(before == now)
    return block


def _met(block: Block) -> list[set[str]]:
    return [{name for entry in block.entries for name in entry.names[place]} for place in range(3)]


def _keep_rejected(shop: Workshop, plan: _Plan, previous: Path) -> None:
    """Take over the rejected rows of the files that stay."""
    dropped = [entry.name for entry in plan.gone] + [piece.name for piece in plan.fresh]
    listed = ", ".join(map(literal, dropped))
    every = not plan.relation.pieces and plan.fresh
    where = "false" if every else f"source NOT IN ({listed})" if dropped else "true"
    execute(
        shop.connection,
        f"""INSERT INTO rejected SELECT * FROM read_parquet({literal(previous / "rejected.parquet")})
        WHERE block = {literal(plan.name)} AND {where}""",
    )


def _known(shop: Workshop, plan: _Plan, staged: Path, rows_before: str) -> bool:
    """Whether a declared id of the fresh rows stands in another file."""
    stay = ", ".join(str(entry.number) for entry in plan.stay)
    fresh = f"read_parquet({literal(staged / f'block-{plan.number}' / 'part=*' / '*.parquet')}, hive_partitioning = false)"
    if not stay:
        return False
    found = f"SELECT count(*) FROM {rows_before} WHERE __file IN ({stay}) AND interaction_id IN (SELECT interaction_id FROM {fresh})"
    return bool(row(shop.connection, found)[0])


def _moved(shop: Workshop) -> bool:
    """Keep ids that now are another person in the table `moved_ids`; whether there are any."""
    known = f"(SELECT id, person_id FROM read_parquet({literal(_previous(shop) / dictionary.FILE)}) WHERE kind = 'person')"
    shop.table(
        "moved_ids",
        f"SELECT d.person_id AS was, p.person_id AS now FROM {known} d JOIN person_ids p USING (id) "
        "WHERE d.person_id IS DISTINCT FROM p.person_id",
    )
    count, shared = row(shop.connection, "SELECT count(*), count_if(was IS NULL OR now IS NULL) FROM moved_ids")
    _require(not shared)
    return bool(count)


def _touch(shop: Workshop, rows_before: str, added: str | None, gone: list[int], moved: bool) -> None:
    """Make the tables of the persons whose rows differ, of their rows before, and of their rows now (`touched_after`, with the part)."""
    fresh = f"SELECT interaction_id, person_id, {_CODES} FROM {added}" if added else f"SELECT {_RAW} FROM {rows_before} WHERE false"
    here = f"__file IN ({', '.join(map(str, gone))})" if gone else "false"
    if gone:
        shop.table(
            "differing",
            f"""SELECT interaction_id, person_id, {_CODES} FROM (
                SELECT *, 1 AS times FROM ({fresh}) UNION ALL SELECT {_RAW}, -1 AS times FROM {rows_before} WHERE {here}
            ) GROUP BY ALL HAVING sum(times) <> 0""",
        )
    else:
        shop.table("differing", f"SELECT person_id FROM ({fresh})")
    others = "UNION SELECT was FROM moved_ids UNION SELECT now FROM moved_ids" if moved else ""
    shop.table(TOUCHED, f"SELECT DISTINCT person_id FROM differing {others}")
    shop.table(BEFORE, f"SELECT * FROM {rows_before} WHERE person_id IN (SELECT person_id FROM {TOUCHED})")
    person = "coalesce(i.person_id, r.person_id)" if moved else "r.person_id"
    shop.table(
        "touched_after",
        f"""SELECT r.*, p.bucket FROM (
            SELECT r.* REPLACE ({person} AS person_id) FROM (SELECT {_RAW} FROM {BEFORE} WHERE NOT ({here})) r
            {"LEFT JOIN person_ids i ON i.id = r.__id" if moved else ""}
            UNION ALL SELECT * FROM ({fresh}) WHERE person_id IN (SELECT person_id FROM {TOUCHED})
        ) r JOIN person_ids p ON p.id = r.person_id""",
    )


def _write(shop: Workshop, before: Ledger, files: list[str], previous: Path, rows_before: str) -> list[str]:
    """The files of all parts: base files taken over and persons who changed beside them, or all rows in base files where those are many."""
    untouched = f"person_id NOT IN (SELECT person_id FROM {TOUCHED})"
    beside = [file for file in files if file.endswith(f"/{CHANGES}")]
    (after,) = row(shop.connection, "SELECT count(*) FROM touched_after")
    (gone,) = row(shop.connection, f"SELECT count(*) FROM {BEFORE}")
    (all_before,) = row(shop.connection, f"SELECT count(*) FROM {rows_before}")
    kept = _count(shop, [f"SELECT 1 FROM {_scan(previous / file)} WHERE {untouched}" for file in beside])
    whole = after + kept > _SHARE * (all_before - gone + after)
    made = []
    for part in range(before.parts):
        here = [file for file in files if file.startswith(f"{FOLDER}/part={part:02d}/")]
        base = f"{FOLDER}/part={part:02d}/{BASE}"
        sources = [f"SELECT * EXCLUDE (bucket) FROM touched_after WHERE bucket % {before.parts} = {part}"]
        if whole and here:
            standing = live(shop.engine, previous, FOLDER, [*here, *(file for file in files if file == SUPERSEDED)])
            sources.append(f"SELECT {_RAW} FROM {standing} WHERE {untouched}")
        elif base in files and not whole:
            reuse(previous / base, shop.folder / base)
            made.append(base)
        if not whole:
            sources += [f"SELECT {_RAW} FROM {_scan(previous / file)} WHERE {untouched}" for file in here if file in beside]
        target = base if whole else base.replace(BASE, CHANGES)
        if _count(shop, sources) or (whole and part == 0):
            shop.progress(f"ordering {'part' if whole else 'what is new in part'} {part + 1}")
            write_part(shop, f"({' UNION ALL '.join(sources)})", target, of=all_before - gone + after if whole else after + kept)
            made.append(target)
    if not whole:
        earlier = [f"SELECT person_id FROM {_scan(previous / SUPERSEDED)}"] if SUPERSEDED in files else []
        listed = " UNION ".join([f"SELECT person_id FROM {BEFORE}", *earlier])
        shop.write(f"SELECT DISTINCT person_id FROM ({listed}) ORDER BY person_id", SUPERSEDED)
        made.append(SUPERSEDED)
    return made


def _names_as_before(shop: Workshop, previous: Path) -> None:
    """The tables of names and levels, from the previous build: they are the same."""
    for name, plural in (("touchpoint", "touchpoints"), ("activity", "activities"), ("channel", "channels")):
        shop.table(f"{name}_names", f"SELECT {name} AS name, {name}_id AS id FROM {_scan(previous / f'{plural}.parquet')}")
    shop.table("level_names", f"SELECT * FROM {_scan(previous / 'levels.parquet')}")
    shop.table("level_kinds", f"SELECT touchpoint_id, kind FROM {_scan(previous / 'touchpoints.parquet')} WHERE kind <> 'none'")


def _count(shop: Workshop, queries: list[str]) -> int:
    return int(row(shop.connection, f"SELECT count(*) FROM ({' UNION ALL '.join(queries)})")[0]) if queries else 0


def _scan(path: Path) -> str:
    return f"read_parquet({literal(path)}, hive_partitioning = false)"


def _previous(shop: Workshop) -> Path:
    _require(shop.previous is not None)
    return shop.previous or shop.folder


def _require(holds: bool) -> None:
    if not holds:
        raise _Whole
