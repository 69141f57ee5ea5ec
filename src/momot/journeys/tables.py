"""`journeys/part=NN/journeys.parquet` and `moments.parquet`, made as the last part of a build. Grain: one interaction that is no copy.

Each part holds whole persons, so that every window stays inside a part; unchanged tables are taken over from the previous build.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from momot.build.folder import reuse
from momot.build.manifest import Table
from momot.build.workshop import Further, Workshop
from momot.build.zone import day_sql
from momot.engine import execute, literal, row, rows, step
from momot.journeys.document import make_document
from momot.journeys.kinds import AWAY, Kind, Stages, in_session, register, stages_of_kinds
from momot.progress import counting
from momot.project.purchases import default_purchases, purchases_of
from momot.project.stages import default_rules

VERSION = "3"  # raised when the same canonical tables give other journeys
FOLDER = "journeys"
MOMENTS = "moments.parquet"
_PACKAGE = "momot.journeys"
_MICROS_A_DAY = 86_400_000_000
_NO_PURCHASE = "(SELECT 0 AS person_id, 0 AS happened_at, 0 AS interaction_id WHERE false)"


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
    if shop.previous is not None and all(kept):
        for name in (FOLDER, MOMENTS):
            reuse(shop.previous / name, shop.folder / name)
        made = [table for table in kept if table is not None]
    else:
        made = _make(shop, interactions, key)
    return [*made, make_document(shop, made[0])]


def _make(shop: Workshop, interactions: Table, key: str) -> list[Table]:
    parts = [file for file in interactions.files if file.startswith("interactions/")]
    activities = dict(rows(shop.connection, f"SELECT activity, activity_id FROM {_read(shop, 'activities.parquet')}"))
    bought = purchases_of(activities, shop.project.journeys.purchase)
    purchases = [_purchases(shop, part, [activities[name] for name in bought], number) for number, part in enumerate(parts)]
    kinds = _kinds(shop, parts, purchases)
    met = {kind.codes[0] for kind in kinds}
    unmet = [one for one in rows(shop.connection, _UNMET.format(**_dimensions(shop))) if one[0] not in met]
    stages = stages_of_kinds(kinds, unmet, shop.project, bought=bool(bought))
    register(shop.engine, stages, kinds)
    acts = in_session(rows(shop.connection, f"SELECT channel_id, channel FROM {_read(shop, 'channels.parquet')}"))
    files = [_part(shop, part, purchases[number], stages, acts, number, total=interactions.rows) for number, part in enumerate(parts)]
    journeys = f"read_parquet({literal(shop.folder / FOLDER / '*/*.parquet')}, hive_partitioning = false)"
    shop.write(step(_PACKAGE, "moments", journeys=journeys, channels=_read(shop, "channels.parquet")), MOMENTS)
    total = int(row(shop.connection, f"SELECT count(*) FROM {journeys}")[0])
    return [
        Table(name=FOLDER, key=key, rows=total, files=tuple(files)),
        Table(name="moments", key=key, rows=len(stages.moments), files=(MOMENTS,)),
    ]


_UNMET = """SELECT t.touchpoint_id, t.touchpoint, c.channel FROM {touchpoints} t LEFT JOIN {channels} c ON c.channel_id = t.channel_id"""


def _purchases(shop: Workshop, part: str, activities: Sequence[int], number: int) -> str:
    """The purchases of a part as a temporary table; its name, or an empty relation where nothing is bought."""
    if not activities:
        return _NO_PURCHASE
    name = f"purchases_{number}"
    shop.table(name, step(_PACKAGE, "purchases", interactions=_read(shop, part), activities=", ".join(map(str, activities))))
    return name


def _kinds(shop: Workshop, parts: Sequence[str], purchases: Sequence[str]) -> list[Kind]:
    """The kinds of all parts, in the order of their codes."""
    found: dict[tuple[int, int, int], tuple[bool, bool]] = {}
    for part, bought in zip(parts, purchases, strict=True):
        for touchpoint, activity, channel, early, later in rows(
            shop.connection, step(_PACKAGE, "kinds", interactions=_read(shop, part), purchases=bought)
        ):
            before = found.get((touchpoint, activity, channel), (False, False))
            found[touchpoint, activity, channel] = (before[0] or early > 0, before[1] or later > 0)
    names = {name: dict(rows(shop.connection, f"SELECT {name}_id, {name} FROM {source}")) for name, source in _named(shop)}
    return [
        Kind(
            codes=(touchpoint, activity, None if channel < 0 else channel),
            touchpoint=names["touchpoint"][touchpoint],
            activity=names["activity"][activity],
            channel=names["channel"].get(channel),
            early=early,
            later=later,
        )
        for (touchpoint, activity, channel), (early, later) in sorted(found.items())
    ]


def _part(shop: Workshop, part: str, purchases: str, stages: Stages, acts: str, number: int, *, total: int) -> str:
    """Write the journeys of one part, of `total` rows in all; the name of its file."""
    shop.progress(f"journeys, part {number + 1}")
    source = _read(shop, part)
    file = f"{FOLDER}/{part.split('/')[1]}/journeys.parquet"
    first, last, count = row(
        shop.connection, f"SELECT coalesce(min(happened_at), 0), coalesce(max(happened_at), 0), count(*) FROM {source}"
    )
    shop.table("occurrences", step(_PACKAGE, "occurrences", interactions=source))
    fill = {
        "interactions": source,
        "purchases": purchases,
        "acts": acts,
        "day": day_sql(shop.zone, "r.happened_at", first=int(first), last=int(last)),
    }
    gap = round(shop.project.journeys.session_gap_days * _MICROS_A_DAY)
    with _in_order(shop), counting(count, of=total):
        shop.write(streamed(fill, occurrences="occurrences", edges=stages.edges, gap=gap), file)
    if not row(shop.connection, _ORDERED.format(journeys=_read(shop, file)))[0]:
        shop.write(by_person(fill, edges=stages.edges, gap=gap), file)
    return file


def streamed(fill: Mapping[str, object], *, occurrences: str, edges: Sequence[int], gap: int) -> str:
    """The step that runs down the sorted file; `gap` in micros."""
    return step(
        _PACKAGE,
        "streamed",
        **fill,
        occurrences=occurrences,
        stride=_STRIDE,
        bought_last=_BOUGHT if edges else "CAST(NULL AS HUGEINT)",
        opens=_OPENS.format(gap=gap),
        piece=_piece(edges, "place - bought_earlier"),
    )


def by_person(fill: Mapping[str, object], *, edges: Sequence[int], gap: int) -> str:
    """The same by windows over each person."""
    return step(_PACKAGE, "by_person", **fill, gap=gap, piece=_piece(edges, "happened_at - bought_at"))


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


def _piece(edges: Sequence[int], elapsed: str) -> str:
    """SQL: 0 before the first purchase, 1 up to the first edge after the latest one, and so on."""
    later = "".join(f" WHEN {elapsed} <= {days * _MICROS_A_DAY} THEN {number}" for number, days in enumerate(edges, 1))
    return f"CASE WHEN cycle = 0 THEN 0{later} ELSE {len(edges) + 1} END"


def _named(shop: Workshop) -> list[tuple[str, str]]:
    return [
        (name.removesuffix("s"), source) if name != "activities" else ("activity", source) for name, source in _dimensions(shop).items()
    ]


def _dimensions(shop: Workshop) -> dict[str, str]:
    return {name: _read(shop, f"{name}.parquet") for name in ("touchpoints", "activities", "channels")}


def _read(shop: Workshop, file: str) -> str:
    return f"read_parquet({literal(shop.folder / file)}, hive_partitioning = false)"
