"""`journeys/part=NN/journeys.parquet` and `moments.parquet`, made as the last part of a build. Grain: one interaction that is no copy.

Each part holds whole persons, so that every window stays inside a part; unchanged tables are taken over from the previous build.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from momot.build import ledger
from momot.build.folder import reuse
from momot.build.ledger import CHANGES, SUPERSEDED, live
from momot.build.manifest import Table
from momot.build.reopened import BEFORE, TOUCHED
from momot.build.workshop import Further, Workshop
from momot.build.zone import day_sql
from momot.engine import execute, row, rows, step
from momot.journeys.document import make_document
from momot.journeys.kinds import AWAY, Stages, in_session, register, stages_of_kinds
from momot.journeys.lived import (
    FOLDER,
    MOMENTS,
    NO_PURCHASE,
    PACKAGE,
    Codes,
    bought_by,
    by_person,
    kinds_of,
    piece_sql,
    read,
    session_gap,
    unmet,
)
from momot.journeys.met import Met, read_met, write_met
from momot.journeys.spread import make_spread
from momot.progress import counting
from momot.project.purchases import default_purchases
from momot.project.stages import default_rules

_NOBODY = "SELECT NULL::INTEGER AS person_id WHERE false"
VERSION = "5"  # raised when the same canonical tables give other journeys


def further() -> Further:
    """What a build makes after the canonical tables."""
    return Further(f"journeys {VERSION}", make_journeys)


def make_journeys(shop: Workshop, tables: Sequence[Table]) -> list[Table]:
    """The tables `journeys` and `moments` and the facts told from them, or none where the project has no interactions."""
    interactions = next((table for table in tables if table.name == "interactions"), None)
    if interactions is None:
        return []
    rules = (VERSION, shop.project.journeys, shop.project.stages, default_rules(), default_purchases(), AWAY)
    key = shop.key(FOLDER, interactions.key, rules)
    kept = [shop.same(name, key) for name in (FOLDER, "moments")]
    opened: str | None
    if shop.previous is not None and all(kept):
        for name in (FOLDER, MOMENTS):
            reuse(shop.previous / name, shop.folder / name)
        made, opened = [table for table in kept if table is not None], _NOBODY
    elif shop.engine.name == "duckdb":
        made, opened = _make(shop, interactions, key, shop.key(FOLDER, rules))
    else:
        made, opened = make_spread(shop, interactions, key), None
    return [*made, make_document(shop, made[0], opened)]


def _make(shop: Workshop, interactions: Table, key: str, rules: str) -> tuple[list[Table], str | None]:
    """The tables, and a query for the persons who were opened; None where all journeys were made."""
    files = [file for file in interactions.files if file.startswith("interactions/part=")]
    bought = bought_by(shop)
    before = _met_before(shop, rules)
    sources = {file: live(shop.engine, shop.folder, "interactions", [file, *_superseded(interactions)]) for file in files}
    purchases: dict[str, str] = {}
    counts = _counts_again(shop, before, bought, files) if before else _counts(shop, list(sources.values()), bought, purchases)
    kinds = kinds_of(shop, counts)
    nobody_met = unmet(shop, kinds)
    now = Met(rules, _base(shop), [(*codes, *times) for codes, times in sorted(counts.items())], sorted(nobody_met))
    stages = stages_of_kinds(kinds, nobody_met, shop.project, bought=bool(bought))
    register(shop.engine, stages, kinds)
    acts = in_session(rows(shop.connection, f"SELECT channel_id, channel FROM {read(shop, 'channels.parquet')}"))
    stay = before is not None and before.told == now.told
    made: list[str] = []
    for number, file in enumerate(files):
        target = file.replace("interactions", FOLDER)
        made.append(target)
        if stay and not file.endswith(f"/{CHANGES}") and shop.previous is not None:
            reuse(shop.previous / target, shop.folder / target)
            continue
        _part(
            shop, sources[file], target, _purchases(shop, sources[file], bought, purchases), stages, acts, number, total=interactions.rows
        )
    made += _superseded(interactions)
    journeys = live(shop.engine, shop.folder, FOLDER, made)
    shop.write(step(PACKAGE, "moments", journeys=journeys, channels=read(shop, "channels.parquet")), MOMENTS)
    total = int(row(shop.connection, f"SELECT count(*) FROM {journeys}")[0])
    write_met(shop.folder, now)
    return [
        Table(name=FOLDER, key=key, rows=total, files=tuple(made)),
        Table(name="moments", key=key, rows=len(stages.moments), files=(MOMENTS,)),
    ], f"SELECT person_id FROM {TOUCHED}" if stay else None


def _base(shop: Workshop) -> str:
    """Which build wrote the base files of the interactions."""
    found = ledger.read(shop.folder)
    return found.base if found else ""


def _superseded(interactions: Table) -> list[str]:
    return [file for file in interactions.files if file == SUPERSEDED]


def _met_before(shop: Workshop, rules: str) -> Met | None:
    """What the previous build kept, where this one only opened some persons again; else None."""
    if not shop.reopened or shop.previous is None:
        return None
    found = read_met(shop.previous)
    return found if found is not None and found.rules == rules and found.base == _base(shop) else None


def _counts_again(shop: Workshop, before: Met, bought: Sequence[int], files: Sequence[str]) -> dict[Codes, tuple[int, int]]:
    """The counts of kinds from those before: without the persons who were opened again, and with them as they are now."""
    changes = [file for file in files if file.endswith(f"/{CHANGES}")]
    counts = {(touchpoint, activity, channel): (early, later) for touchpoint, activity, channel, early, later in before.counts}
    after = [f"(SELECT * FROM {read(shop, file)} WHERE person_id IN (SELECT person_id FROM {TOUCHED}))" for file in changes]
    for sources, sign in (([BEFORE], -1), (after, 1)):
        for codes, (early, later) in _counts(shop, sources, bought, {}).items():
            was = counts.get(codes, (0, 0))
            counts[codes] = (was[0] + sign * early, was[1] + sign * later)
    return {codes: times for codes, times in counts.items() if any(times)}


def _purchases(shop: Workshop, source: str, activities: Sequence[int], made: dict[str, str]) -> str:
    """The purchases among some rows as a temporary table; its name, or an empty relation where nothing is bought."""
    if not activities:
        return NO_PURCHASE
    if source not in made:
        made[source] = f"purchases_{len(made)}"
        shop.table(made[source], step(PACKAGE, "purchases", interactions=source, activities=", ".join(map(str, activities))))
    return made[source]


def _counts(shop: Workshop, sources: Sequence[str], bought: Sequence[int], made: dict[str, str]) -> dict[Codes, tuple[int, int]]:
    """How often each kind came before any purchase of its person, and later."""
    found: dict[Codes, tuple[int, int]] = {}
    for source in sources:
        text = step(PACKAGE, "kinds", interactions=source, purchases=_purchases(shop, source, bought, made))
        for touchpoint, activity, channel, early, later in rows(shop.connection, text):
            was = found.get((touchpoint, activity, channel), (0, 0))
            found[touchpoint, activity, channel] = (was[0] + int(early), was[1] + int(later))
    return found


def _part(shop: Workshop, source: str, file: str, purchases: str, stages: Stages, acts: str, number: int, *, total: int) -> None:
    """Write the journeys of the rows of `source`, which stand in order, of `total` in all."""
    shop.progress(f"journeys, part {number + 1}")
    first, last, count = row(
        shop.connection, f"SELECT coalesce(min(happened_at), 0), coalesce(max(happened_at), 0), count(*) FROM {source}"
    )
    shop.table("occurrences", step(PACKAGE, "occurrences", interactions=source))
    fill = {
        "interactions": source,
        "purchases": purchases,
        "acts": acts,
        "day": day_sql(shop.zone, "r.happened_at", first=int(first), last=int(last)),
    }
    gap = session_gap(shop)
    with _in_order(shop), counting(count, of=total):
        shop.write(streamed(fill, occurrences="occurrences", edges=stages.edges, gap=gap), file)
    if not row(shop.connection, _ORDERED.format(journeys=read(shop, file)))[0]:
        shop.write(by_person(fill, edges=stages.edges, gap=gap), file)


def streamed(fill: Mapping[str, object], *, occurrences: str, edges: Sequence[int], gap: int) -> str:
    """The step that runs down the sorted file; `gap` in micros."""
    return step(
        PACKAGE,
        "streamed",
        **fill,
        occurrences=occurrences,
        stride=_STRIDE,
        bought_last=_BOUGHT if edges else "CAST(NULL AS HUGEINT)",
        opens=_OPENS.format(gap=gap),
        piece=piece_sql(edges, "place - bought_earlier"),
    )


@contextlib.contextmanager
def _in_order(shop: Workshop) -> Iterator[None]:
    """Joins keep the rows of their left side in order: DuckDB may not swap the sides to save memory."""
    execute(shop.connection, "SET disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        yield
    finally:
        execute(shop.connection, "RESET disabled_optimizers")


_ORDERED = """SELECT count_if(person_id < person OR (person_id = person AND happened_at < before)) = 0
FROM (SELECT person_id, happened_at, lag(person_id) OVER () AS person, lag(happened_at) OVER () AS before FROM {journeys})"""
_STRIDE = 2**53  # more micros than from 1900 to 2100: the places of different persons never mix
_BOUGHT = "max(CASE WHEN bought = 1 THEN place END) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
_OPENS = "CASE WHEN acts AND (acted_before IS NULL OR place - acted_before > {gap}) THEN 1 ELSE 0 END"
