"""What both ways of making journeys share (by part in `tables`, all parts at once in `spread`): kinds by name, and windows by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from momot.build.workshop import Workshop
from momot.engine import literal, step
from momot.journeys.kinds import Kind
from momot.journeys.measure import MICROS_A_DAY
from momot.project.purchases import purchases_of

PACKAGE = "momot.journeys"
FOLDER = "journeys"
MOMENTS = "moments.parquet"
NO_PURCHASE = "(SELECT 0 AS person_id, 0 AS happened_at, 0 AS interaction_id WHERE false)"
Codes = tuple[int, int, int]
"""Touchpoint, activity and channel, -1 for none."""
_NAMED = {"touchpoint": "touchpoints", "activity": "activities", "channel": "channels"}


def read(shop: Workshop, file: str) -> str:
    """SQL: the rows of a file of the build, or of all that a pattern stands for."""
    return f"read_parquet({literal(shop.folder / file)}, hive_partitioning = false)"


def bought_by(shop: Workshop) -> list[int]:
    """The codes of the activities that are purchases."""
    activities = dict(shop.engine.rows(f"SELECT activity, activity_id FROM {read(shop, 'activities.parquet')}"))
    return [activities[name] for name in purchases_of(activities, shop.project.journeys.purchase)]


def kinds_of(shop: Workshop, counts: Mapping[Codes, tuple[int, int]]) -> list[Kind]:
    """The kinds in the order of their codes; `counts` say how often each came before any purchase of its person, and later."""
    names = {
        name: dict(shop.engine.rows(f"SELECT {name}_id, {name} FROM {read(shop, f'{table}.parquet')}")) for name, table in _NAMED.items()
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
        for (touchpoint, activity, channel), (early, later) in sorted(counts.items())
    ]


def unmet(shop: Workshop, kinds: Sequence[Kind]) -> list[tuple[int, str, str | None]]:
    """Code, name and usual channel of the touchpoints that nobody met."""
    met = {kind.codes[0] for kind in kinds}
    touchpoints, channels = read(shop, "touchpoints.parquet"), read(shop, "channels.parquet")
    found = shop.engine.rows(
        f"SELECT t.touchpoint_id, t.touchpoint, c.channel FROM {touchpoints} t LEFT JOIN {channels} c ON c.channel_id = t.channel_id"
    )
    return [(number, name, channel) for number, name, channel in found if number not in met]


def by_person(fill: Mapping[str, object], *, edges: Sequence[int], gap: int) -> str:
    """The step of journeys by windows over each person; `gap` in micros."""
    return step(PACKAGE, "by_person", **fill, gap=gap, piece=piece_sql(edges, "happened_at - bought_at"))


def piece_sql(edges: Sequence[int], elapsed: str) -> str:
    """SQL: 0 before the first purchase, 1 up to the first edge after the latest one, and so on."""
    later = "".join(f" WHEN {elapsed} <= {days * MICROS_A_DAY} THEN {number}" for number, days in enumerate(edges, 1))
    return f"CASE WHEN cycle = 0 THEN 0{later} ELSE {len(edges) + 1} END"


def session_gap(shop: Workshop) -> int:
    """Micros without an act after which a session is over."""
    return round(shop.project.journeys.session_gap_days * MICROS_A_DAY)
