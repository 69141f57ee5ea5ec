"""`journeys/part=NN/journeys.parquet` and `moments.parquet`, made as the last part of a build. Grain: one interaction that is no copy.

Each part holds whole persons, so that every window stays inside a part; unchanged tables are taken over from the previous build.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from momot.build import ledger
from momot.build.folder import reuse
from momot.build.ledger import CHANGES, SUPERSEDED, live
from momot.build.manifest import Table
from momot.build.reopened import BEFORE, TOUCHED
from momot.build.workshop import Further, Workshop
from momot.build.zone import day_sql
from momot.engine import execute, literal, row, rows, step
from momot.journeys.document import make_document
from momot.journeys.kinds import AWAY, Kind, Stages, in_session, register, stages_of_kinds
from momot.journeys.spread import by_person, make_spread, piece_sql
from momot.progress import counting
from momot.project.purchases import default_purchases, purchases_of
from momot.project.stages import default_rules

VERSION = "3"  # raised when the same canonical tables give other journeys
FOLDER = "journeys"
MOMENTS = "moments.parquet"
_PACKAGE = "momot.journeys"
_MICROS_A_DAY = 86_400_000_000
_KINDS = "kinds.json"
_Codes = tuple[int, int, int]
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
    elif shop.engine.name == "duckdb":
        made = _make(shop, interactions, key, shop.key(FOLDER, rules))
    else:
        made = make_spread(shop, interactions, key)
    return [*made, make_document(shop, made[0])]


class _Met(Struct, frozen=True):
    """Kept beside the journeys: by which `rules`, of which base of the interactions, and how often each kind came early and later."""

    rules: str
    base: str
    counts: list[tuple[int, int, int, int, int]]  # touchpoint, activity, channel, early, later
    unmet: list[tuple[int, str, str | None]]


def _make(shop: Workshop, interactions: Table, key: str, rules: str) -> list[Table]:
    files = [file for file in interactions.files if file.startswith("interactions/part=")]
    activities = dict(rows(shop.connection, f"SELECT activity, activity_id FROM {_read(shop, 'activities.parquet')}"))
    bought = [activities[name] for name in purchases_of(activities, shop.project.journeys.purchase)]
    before = _met_before(shop, rules)
    sources = {file: live(shop.engine, shop.folder, "interactions", [file, *_superseded(interactions)]) for file in files}
    purchases: dict[str, str] = {}
    counts = _counts_again(shop, before, bought, files) if before else _counts(shop, list(sources.values()), bought, purchases)
    kinds = _kinds(shop, counts)
    met = {kind.codes[0] for kind in kinds}
    unmet = [one for one in rows(shop.connection, _UNMET.format(**_dimensions(shop))) if one[0] not in met]
    now = _Met(rules, _base(shop), [(*codes, *times) for codes, times in sorted(counts.items())], sorted(unmet))
    stages = stages_of_kinds(kinds, unmet, shop.project, bought=bool(bought))
    register(shop.engine, stages, kinds)
    acts = in_session(rows(shop.connection, f"SELECT channel_id, channel FROM {_read(shop, 'channels.parquet')}"))
    stay = before is not None and _told(before) == _told(now)
    made = []
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
    shop.write(step(_PACKAGE, "moments", journeys=journeys, channels=_read(shop, "channels.parquet")), MOMENTS)
    total = int(row(shop.connection, f"SELECT count(*) FROM {journeys}")[0])
    (shop.folder / FOLDER / _KINDS).write_bytes(msgspec.json.encode(now))
    return [
        Table(name=FOLDER, key=key, rows=total, files=tuple(made)),
        Table(name="moments", key=key, rows=len(stages.moments), files=(MOMENTS,)),
    ]


def _base(shop: Workshop) -> str:
    """Which build wrote the base files of the interactions."""
    found = ledger.read(shop.folder)
    return found.base if found else ""


def _superseded(interactions: Table) -> list[str]:
    return [file for file in interactions.files if file == SUPERSEDED]


def _met_before(shop: Workshop, rules: str) -> _Met | None:
    """What the previous build kept, where this one only opened some persons again; else None."""
    if not shop.reopened or shop.previous is None:
        return None
    try:
        found = msgspec.json.decode((shop.previous / FOLDER / _KINDS).read_bytes(), type=_Met)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.rules == rules and found.base == _base(shop) else None


def _told(met: _Met) -> object:
    """What stages and moments depend on."""
    return [(*codes, early > 0, later > 0) for *codes, early, later in met.counts], met.unmet


def _counts_again(shop: Workshop, before: _Met, bought: Sequence[int], files: Sequence[str]) -> dict[_Codes, tuple[int, int]]:
    """The counts of kinds from those before: without the persons who were opened again, and with them as they are now."""
    changes = [file for file in files if file.endswith(f"/{CHANGES}")]
    counts = {(touchpoint, activity, channel): (early, later) for touchpoint, activity, channel, early, later in before.counts}
    after = [f"(SELECT * FROM {_read(shop, file)} WHERE person_id IN (SELECT person_id FROM {TOUCHED}))" for file in changes]
    for sources, sign in (([BEFORE], -1), (after, 1)):
        for codes, (early, later) in _counts(shop, sources, bought, {}).items():
            was = counts.get(codes, (0, 0))
            counts[codes] = (was[0] + sign * early, was[1] + sign * later)
    return {codes: times for codes, times in counts.items() if any(times)}


_UNMET = """SELECT t.touchpoint_id, t.touchpoint, c.channel FROM {touchpoints} t LEFT JOIN {channels} c ON c.channel_id = t.channel_id"""


def _purchases(shop: Workshop, source: str, activities: Sequence[int], made: dict[str, str]) -> str:
    """The purchases among some rows as a temporary table; its name, or an empty relation where nothing is bought."""
    if not activities:
        return _NO_PURCHASE
    if source not in made:
        made[source] = f"purchases_{len(made)}"
        shop.table(made[source], step(_PACKAGE, "purchases", interactions=source, activities=", ".join(map(str, activities))))
    return made[source]


def _counts(shop: Workshop, sources: Sequence[str], bought: Sequence[int], made: dict[str, str]) -> dict[_Codes, tuple[int, int]]:
    """How often each kind came before any purchase of its person, and later."""
    found: dict[_Codes, tuple[int, int]] = {}
    for source in sources:
        text = step(_PACKAGE, "kinds", interactions=source, purchases=_purchases(shop, source, bought, made))
        for touchpoint, activity, channel, early, later in rows(shop.connection, text):
            was = found.get((touchpoint, activity, channel), (0, 0))
            found[touchpoint, activity, channel] = (was[0] + int(early), was[1] + int(later))
    return found


def _kinds(shop: Workshop, counts: Mapping[_Codes, tuple[int, int]]) -> list[Kind]:
    """The kinds in the order of their codes."""
    names = {name: dict(rows(shop.connection, f"SELECT {name}_id, {name} FROM {source}")) for name, source in _named(shop)}
    return [
        Kind(
            codes=(touchpoint, activity, None if channel < 0 else channel),
            touchpoint=names["touchpoint"][touchpoint],
            activity=names["activity"][activity],
            channel=names["channel"].get(channel),
            early=early > 0,
            later=later > 0,
        )
        for (touchpoint, activity, channel), (early, later) in sorted(counts.items())
    ]


def _part(shop: Workshop, source: str, file: str, purchases: str, stages: Stages, acts: str, number: int, *, total: int) -> None:
    """Write the journeys of the rows of `source`, which stand in order, of `total` in all."""
    shop.progress(f"journeys, part {number + 1}")
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


def _named(shop: Workshop) -> list[tuple[str, str]]:
    return [
        (name.removesuffix("s"), source) if name != "activities" else ("activity", source) for name, source in _dimensions(shop).items()
    ]


def _dimensions(shop: Workshop) -> dict[str, str]:
    return {name: _read(shop, f"{name}.parquet") for name in ("touchpoints", "activities", "channels")}


def _read(shop: Workshop, file: str) -> str:
    return f"read_parquet({literal(shop.folder / file)}, hive_partitioning = false)"
