"""`journey.json`: the facts of a build, told once when it is made, so that they can be read without an engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

import momot
from momot.build.ledger import CHANGES, SUPERSEDED, among, by_file, live
from momot.build.manifest import Table
from momot.build.workshop import Workshop
from momot.engine import literal, step
from momot.journeys.contract import FILE, AtStage, Journey
from momot.journeys.facts import tell
from momot.journeys.lives import FOLDER, KEPT, PACKAGE, Before, Sources, keep
from momot.journeys.measure import measure
from momot.journeys.met import read_met
from momot.project.purchases import purchases_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_document(shop: Workshop, journeys: Table, opened: str | None) -> Table:
    """Tell the facts and write them into the build, with what they need of each person.

    `opened` is a query for the persons (person_id) whose journeys are not those of the previous build, None where that is not known.
    """
    shop.progress("facts of the journeys")
    activities = [name for (name,) in shop.engine.rows(f"SELECT activity FROM {_read(shop, 'activities.parquet')}")]
    purchase = purchases_of(activities, shop.project.journeys.purchase)
    before = None if opened is None else _before(shop, journeys, opened)
    sums = measure(shop.engine, _sources(shop, journeys), bought=bool(purchase), before=before)
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
        stages=tuple(AtStage(stage=stage, people=people) for stage, people in sums.stages.items()),
        facts=tell(sums),
    )
    (shop.folder / FILE).write_text(document.to_json(), encoding="utf-8")
    kept = keep(shop.engine, shop.folder) if shop.engine.name == "duckdb" else []  # only there a build opens single persons
    return Table(name="journey", key="", rows=len(document.facts), files=(FILE, *kept))


def local_date(micros: int, zone: str) -> str:
    """The local day of an instant, ISO."""
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(ZoneInfo(zone)).date().isoformat()


def _sources(shop: Workshop, journeys: Table) -> Sources:
    def there(name: str) -> str | None:
        return _read(shop, f"{name}.parquet") if (shop.folder / f"{name}.parquet").exists() else None

    names = ("people", "touchpoints", "activities", "channels", "moments")
    met = read_met(shop.folder)
    every = live(shop.engine, shop.folder, journeys.name, journeys.files)
    scanned = f"(SELECT DISTINCT touchpoint_id, activity_id, coalesce(channel_id, -1) AS channel_id FROM {every})"
    return Sources(
        journeys=_parts(shop, journeys),
        kinds=scanned if met is None else met.kinds,
        subjects=there("subjects"),
        opinions=there("opinions"),
        **{name: _read(shop, f"{name}.parquet") for name in names},
    )


def _parts(shop: Workshop, journeys: Table) -> tuple[str, ...]:
    """SQL of the rows of each file that count."""
    return tuple(live(shop.engine, shop.folder, journeys.name, files) for files in by_file(journeys.files))


def _before(shop: Workshop, journeys: Table, opened: str) -> Before | None:
    """What is kept of the previous build, and who is looked at again: who was opened, or is known otherwise than before."""
    if shop.previous is None or not all((shop.previous / FOLDER / f"{name}.parquet").exists() for name in KEPT):
        return None
    people = f"read_parquet({literal(shop.previous / 'people.parquet')})"
    shop.table("known_again", step(PACKAGE, "known_again", people=_read(shop, "people.parquet"), before=people))
    shop.table("opened_persons", f"{opened} UNION SELECT person_id FROM known_again")
    (again,) = shop.engine.row("SELECT count(*) FROM known_again")
    # whoever was only opened stands in the files of changes
    files = [file for file in journeys.files if again or file.endswith(f"/{CHANGES}") or file == SUPERSEDED]
    chosen = among(shop.engine, "opened_persons")
    parts = _parts(shop, msgspec.structs.replace(journeys, files=tuple(files)))
    return Before(shop.previous / FOLDER, "opened_persons", tuple(f"(SELECT * FROM {part} WHERE {chosen})" for part in parts))


def _read(shop: Workshop, file: str) -> str:
    return f"read_parquet({literal(shop.folder / file)}, hive_partitioning = false)"
