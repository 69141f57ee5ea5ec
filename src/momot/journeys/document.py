"""`journey.json`: the facts of a build, told once when it is made, so that they can be read without an engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import momot
from momot.build.ledger import by_file, live
from momot.build.manifest import Table
from momot.build.workshop import Workshop
from momot.engine import literal
from momot.journeys.contract import FILE, Journey
from momot.journeys.facts import tell
from momot.journeys.measure import Sources, measure
from momot.project.purchases import purchases_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_document(shop: Workshop, journeys: Table) -> Table:
    """Tell the facts and write them into the build."""
    shop.progress("facts of the journeys")
    activities = [name for (name,) in shop.engine.rows(f"SELECT activity FROM {_read(shop, 'activities.parquet')}")]
    purchase = purchases_of(activities, shop.project.journeys.purchase)
    sums = measure(shop.engine, _sources(shop, journeys), bought=bool(purchase))
    lives = sums.lives
    document = Journey(
        momot=momot.__version__,
        project=shop.project.name,
        build=shop.identity,
        timezone=shop.zone,
        from_=None if sums.first_at is None else local_date(sums.first_at, shop.zone),
        to=None if sums.first_at is None else local_date(sums.last_at, shop.zone),
        people=int(lives["people"]),
        employees=sums.employees,
        buyers=int(lives["buyers"]),
        purchases=int(lives["purchases"]),
        interactions=int(lives["interactions"]),
        purchase=purchase,
        facts=tell(sums),
    )
    (shop.folder / FILE).write_text(document.to_json(), encoding="utf-8")
    return Table(name="journey", key="", rows=len(document.facts), files=(FILE,))


def local_date(micros: int, zone: str) -> str:
    """The local day of an instant, ISO."""
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(ZoneInfo(zone)).date().isoformat()


def _sources(shop: Workshop, journeys: Table) -> Sources:
    def there(name: str) -> str | None:
        return _read(shop, f"{name}.parquet") if (shop.folder / f"{name}.parquet").exists() else None

    names = ("people", "touchpoints", "activities", "channels", "moments")
    return Sources(
        journeys=tuple(live(shop.engine, shop.folder, journeys.name, files) for files in by_file(journeys.files)),
        subjects=there("subjects"),
        opinions=there("opinions"),
        **{name: _read(shop, f"{name}.parquet") for name in names},
    )


def _read(shop: Workshop, file: str) -> str:
    return f"read_parquet({literal(shop.folder / file)}, hive_partitioning = false)"
