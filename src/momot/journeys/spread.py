"""Journeys where rows are spread over machines: windows by person over all parts at once, written part by part. Grain as in `tables`."""

from __future__ import annotations

from momot.build.interaction_parts import part_count
from momot.build.manifest import Table
from momot.build.spread import ORDER
from momot.build.workshop import Workshop
from momot.build.zone import day_sql
from momot.engine import step
from momot.journeys.kinds import in_session, register, stages_of_kinds
from momot.journeys.lived import FOLDER, MOMENTS, NO_PURCHASE, PACKAGE, bought_by, by_person, kinds_of, read, session_gap, unmet

_FILE = "journeys.parquet"


def make_spread(shop: Workshop, interactions: Table, key: str) -> list[Table]:
    """The tables `journeys` and `moments`, every step by the engine of the build."""
    engine = shop.engine
    shop.progress("journeys")
    source, channels = read(shop, "interactions/*/*.parquet"), read(shop, "channels.parquet")
    bought = bought_by(shop)
    purchases = "purchases" if bought else NO_PURCHASE
    if bought:
        shop.table(purchases, step(PACKAGE, "purchases", interactions=source, activities=", ".join(map(str, bought))))
    counted = engine.rows(step(PACKAGE, "kinds", interactions=source, purchases=purchases))
    kinds = kinds_of(shop, {(touchpoint, activity, channel): (early, later) for touchpoint, activity, channel, early, later in counted})
    stages = stages_of_kinds(kinds, unmet(shop, kinds), shop.project, bought=bool(bought))
    register(engine, stages, kinds)
    acts = in_session(engine.rows(f"SELECT channel_id, channel FROM {channels}"))
    first, last = engine.row(f"SELECT coalesce(min(happened_at), 0), coalesce(max(happened_at), 0) FROM {source}")
    day = day_sql(shop.zone, "r.happened_at", first=int(first), last=int(last))
    fill = {"interactions": source, "purchases": purchases, "acts": acts, "day": day}
    lived = by_person(fill, edges=stages.edges, gap=session_gap(shop))
    parts = part_count(sum(block.read for block in interactions.blocks))
    parted = f"SELECT j.*, p.bucket % {parts} AS part FROM ({lived}) j JOIN person_ids p ON p.id = j.person_id"
    files = [f"{FOLDER}/{file}" for file in engine.write_parts(parted, shop.folder / FOLDER, _FILE, ORDER)]
    if not files:  # readers expect a file even when nobody is known
        files = [f"{FOLDER}/part=00/{_FILE}"]
        engine.write(lived, shop.folder / files[0])
    journeys = read(shop, f"{FOLDER}/*/*.parquet")
    shop.write(step(PACKAGE, "moments", journeys=journeys, channels=channels), MOMENTS)
    total = int(engine.row(f"SELECT count(*) FROM {journeys}")[0])
    return [
        Table(name=FOLDER, key=key, rows=total, files=tuple(files)),
        Table(name="moments", key=key, rows=len(stages.moments), files=(MOMENTS,)),
    ]
