"""Journeys where rows are spread over machines: windows by person over all parts at once, written part by part. Grain as in `tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from momot.build.interaction_parts import part_count
from momot.build.manifest import Table
from momot.build.workshop import Workshop
from momot.build.zone import day_sql
from momot.engine import literal, step
from momot.journeys.kinds import Kind, in_session, register, stages_of_kinds
from momot.project.purchases import purchases_of

_PACKAGE = "momot.journeys"
_FOLDER, _FILE, _MOMENTS = "journeys", "journeys.parquet", "moments.parquet"
_ORDER = ("person_id", "happened_at", "interaction_id")
_MICROS_A_DAY = 86_400_000_000
_NO_PURCHASE = "(SELECT 0 AS person_id, 0 AS happened_at, 0 AS interaction_id WHERE false)"


def make_spread(shop: Workshop, interactions: Table, key: str) -> list[Table]:
    """The tables `journeys` and `moments`, every step by the engine of the build."""
    engine = shop.engine
    shop.progress("journeys")
    source = _read(shop, "interactions/*/*.parquet")
    activities = dict(engine.rows(f"SELECT activity, activity_id FROM {_read(shop, 'activities.parquet')}"))
    bought = [activities[name] for name in purchases_of(activities, shop.project.journeys.purchase)]
    purchases = "purchases" if bought else _NO_PURCHASE
    if bought:
        shop.table(purchases, step(_PACKAGE, "purchases", interactions=source, activities=", ".join(map(str, bought))))
    kinds = _kinds(shop, source, purchases)
    touchpoints, channels = _read(shop, "touchpoints.parquet"), _read(shop, "channels.parquet")
    met = {kind.codes[0] for kind in kinds}
    listed = engine.rows(
        f"SELECT t.touchpoint_id, t.touchpoint, c.channel FROM {touchpoints} t LEFT JOIN {channels} c ON c.channel_id = t.channel_id"
    )
    stages = stages_of_kinds(kinds, [one for one in listed if one[0] not in met], shop.project, bought=bool(bought))
    register(engine, stages, kinds)
    acts = in_session(engine.rows(f"SELECT channel_id, channel FROM {channels}"))
    first, last = engine.row(f"SELECT coalesce(min(happened_at), 0), coalesce(max(happened_at), 0) FROM {source}")
    day = day_sql(shop.zone, "r.happened_at", first=int(first), last=int(last))
    fill = {"interactions": source, "purchases": purchases, "acts": acts, "day": day}
    lived = by_person(fill, edges=stages.edges, gap=round(shop.project.journeys.session_gap_days * _MICROS_A_DAY))
    parts = part_count(sum(block.read for block in interactions.blocks))
    parted = f"SELECT j.*, p.bucket % {parts} AS part FROM ({lived}) j JOIN person_ids p ON p.id = j.person_id"
    files = [f"{_FOLDER}/{file}" for file in engine.write_parts(parted, shop.folder / _FOLDER, _FILE, _ORDER)]
    if not files:  # readers expect a file even when nobody is known
        files = [f"{_FOLDER}/part=00/{_FILE}"]
        engine.write(lived, shop.folder / files[0])
    journeys = _read(shop, f"{_FOLDER}/*/*.parquet")
    shop.write(step(_PACKAGE, "moments", journeys=journeys, channels=channels), _MOMENTS)
    total = int(engine.row(f"SELECT count(*) FROM {journeys}")[0])
    return [
        Table(name=_FOLDER, key=key, rows=total, files=tuple(files)),
        Table(name="moments", key=key, rows=len(stages.moments), files=(_MOMENTS,)),
    ]


def by_person(fill: Mapping[str, object], *, edges: Sequence[int], gap: int) -> str:
    """The step of journeys by windows over each person; `gap` in micros."""
    return step(_PACKAGE, "by_person", **fill, gap=gap, piece=piece_sql(edges, "happened_at - bought_at"))


def piece_sql(edges: Sequence[int], elapsed: str) -> str:
    """SQL: 0 before the first purchase, 1 up to the first edge after the latest one, and so on."""
    later = "".join(f" WHEN {elapsed} <= {days * _MICROS_A_DAY} THEN {number}" for number, days in enumerate(edges, 1))
    return f"CASE WHEN cycle = 0 THEN 0{later} ELSE {len(edges) + 1} END"


def _kinds(shop: Workshop, source: str, purchases: str) -> list[Kind]:
    """The kinds of all rows, in the order of their codes."""
    named = {"touchpoint": "touchpoints", "activity": "activities", "channel": "channels"}
    names = {
        name: dict(shop.engine.rows(f"SELECT {name}_id, {name} FROM {_read(shop, f'{table}.parquet')}")) for name, table in named.items()
    }
    return [
        Kind(
            codes=(touchpoint, activity, None if channel < 0 else channel),
            touchpoint=names["touchpoint"][touchpoint],
            activity=names["activity"][activity],
            channel=names["channel"].get(channel),
            early=early > 0,
            later=later > 0,
        )
        for touchpoint, activity, channel, early, later in sorted(
            shop.engine.rows(step(_PACKAGE, "kinds", interactions=source, purchases=purchases))
        )
    ]


def _read(shop: Workshop, file: str) -> str:
    return f"read_parquet({literal(shop.folder / file)}, hive_partitioning = false)"
