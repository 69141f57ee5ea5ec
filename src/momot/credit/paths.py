"""From the canonical tables to counts of paths: for one happening, what was met before it, in which order, and what led nowhere.

Only counts leave the engine; no row of an interaction does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.panel_sources import unit_sql
from momot.engine import Engine, literal, step
from momot.journeys.bounds import WATCHED, bounded
from momot.journeys.lives import watch
from momot.journeys.measure import MICROS_A_DAY
from momot.progress import counted
from momot.project.schema import Outcome
from momot.vocabulary import QUALITIES
from momot.vocabulary.words import CreditAbsentRule

Counts = npt.NDArray[np.int64]
Absent = tuple[CreditAbsentRule, str]

_PACKAGE = "momot.credit"
_UNLIMITED = 2**62
_ELIGIBLE = """JOIN (SELECT {unit} AS unit, min(j.happened_at) AS eligible_at FROM {journeys} j {people}
 WHERE j.activity_id = {activity} GROUP BY {unit}) e ON e.unit = {unit} AND j.happened_at > e.eligible_at"""


@dataclass(frozen=True, slots=True)
class CreditSource:
    """A happening that credit is shared for. `per`: whose paths; `look_back_days` None: since the last happening, however long."""

    outcome: str
    activity: int
    quality: int | None
    per: str
    eligible: int | None
    look_back_days: float | None


@dataclass(frozen=True, slots=True)
class PathSums:
    """Counts of the paths to one happening, over K moments.

    Every path but those of happenings that nothing led to. `steps` (rows, 3): from, to (positions in `moments`), how often; arrays of shape
    (K,) otherwise. A path without a happening at its end is `lost`. `by_length`, `by_size` (rows, 3): moment, length of the path (number of
    different moments on it), touches (paths): of paths that lead to a happening only.
    """

    moments: tuple[str, ...]
    happenings: int  # all, with or without a touch before
    steps: Counts
    starts: Counts
    converted: Counts  # paths whose last touch it is, that lead to a happening
    lost: Counts  # paths whose last touch it is, that do not
    first: Counts  # paths that lead to a happening, whose first touch it is
    by_length: Counts
    by_size: Counts

    @property
    def credited(self) -> int:
        """Happenings with at least one touch before: what there is to share."""
        return int(self.converted.sum())


def source_of(outcome: Outcome, engine: Engine) -> CreditSource | Absent:
    """What is credited for an outcome, or why nothing can be."""
    if outcome.activity is None:
        what = "An opinion" if outcome.opinion is not None else "A measured fact"
        return "no_happening", f"{what} is no happening that touches lead to: every unit has a value, and none of them converts."
    if outcome.absent:
        return "absence", f"It is the absence of '{outcome.activity}': nothing happens that a touch could stand before."
    if outcome.value is True:
        return (
            "amount",
            f"Amounts are not split among touches. Ask for the happening: the same activity '{outcome.activity}' without `value`.",
        )
    activity = _activity(engine, outcome.activity)
    eligible = None if outcome.eligible is None else _activity(engine, outcome.eligible)
    if activity is None or (outcome.eligible is not None and eligible is None):
        return "never", f"The activity '{outcome.activity if activity is None else outcome.eligible}' never happened."
    quality = None if outcome.quality is None else QUALITIES.index(outcome.quality) - 1
    per = "account" if outcome.per == "account" else "person"
    return CreditSource(outcome.name, activity, quality, per, eligible, outcome.within_days)


def gather(source: CreditSource, engine: Engine, parts: Sequence[str] = ("journeys",)) -> PathSums:
    """Count the paths of one happening over the tables of a build.

    `parts`: SQL of the journeys, each person whole in one of them (`Build.parts`). One after the other is counted and the counts added up:
    time is in proportion to rows, memory that of one part. Accounts have people in several parts and are counted in all at once.
    """
    watched = ""
    if bounded(engine):
        watch(engine, journeys="journeys", people="people", opinions="opinions")
        watched = WATCHED
    people = "" if source.per == "person" else "JOIN people p ON p.person_id = j.person_id"
    happens = f"j.activity_id = {source.activity}" + ("" if source.quality is None else f" AND j.quality = {source.quality}")
    fill = {"unit": unit_sql(source.per), "activity": source.activity, "happens": happens, "watched": watched, "people": people}
    look_back = _UNLIMITED if source.look_back_days is None else int(source.look_back_days * MICROS_A_DAY)
    follows: list[tuple[int, ...]] = []
    shares: list[tuple[int, ...]] = []
    happenings = 0
    chosen = parts if source.per == "person" else ("journeys",)
    for journeys in counted(chosen, of=len(chosen), unit="parts"):
        more = {"unit": fill["unit"], "activity": source.eligible, "journeys": journeys, "people": people}
        eligible = "" if source.eligible is None else _ELIGIBLE.format(**more)
        engine.table("credit_rows", step(_PACKAGE, "rows", journeys=journeys, eligible=eligible, **fill))
        engine.table("credit_counted", step(_PACKAGE, "counted"))
        engine.table("credit_happenings", step(_PACKAGE, "happenings"))
        engine.table("credit_touches", step(_PACKAGE, "touches", look_back=look_back))
        follows += engine.rows(step(_PACKAGE, "steps"))
        shares += engine.rows(step(_PACKAGE, "shares"))
        happenings += int(engine.row("SELECT count(*) FROM credit_happenings")[0])
    for table in ("credit_rows", "credit_counted", "credit_happenings", "credit_touches"):
        engine.drop(table)
    names = engine.rows("SELECT moment_id, moment FROM moments ORDER BY moment")
    met = {moment for _, moment, *_ in follows}
    known = [(code, name) for code, name in names if code in met]
    place = {code: position for position, (code, _) in enumerate(known)}
    return _sums(tuple(name for _, name in known), place, happenings, follows, shares)


def _sums(
    moments: tuple[str, ...], place: dict[int, int], happenings: int, follows: list[tuple[int, ...]], shares: list[tuple[int, ...]]
) -> PathSums:
    count = len(moments)
    starts, converted, lost, first = (np.zeros(count, dtype=np.int64) for _ in range(4))
    steps: dict[tuple[int, int], int] = {}
    for before, moment, leads, ends, times in follows:
        here = place[moment]
        if before == -1:
            starts[here] += times
            first[here] += times * leads
        else:
            pair = (place[before], here)
            steps[pair] = steps.get(pair, 0) + times
        if ends:
            (converted if leads else lost)[here] += times
    return PathSums(
        moments=moments,
        happenings=happenings,
        steps=_table(((*pair, times) for pair, times in sorted(steps.items()))),
        starts=starts,
        converted=converted,
        lost=lost,
        first=first,
        by_length=_table(_added(((place[m], length), touches) for m, length, _, touches, _ in shares)),
        by_size=_table(_added(((place[m], size), paths) for m, _, size, _, paths in shares)),
    )


def _added(counts: Iterable[tuple[tuple[int, int], int]]) -> list[tuple[int, int, int]]:
    """Counts of the same key added up, in the order of keys."""
    sums: dict[tuple[int, int], int] = {}
    for key, times in counts:
        sums[key] = sums.get(key, 0) + int(times)
    return [(*key, times) for key, times in sorted(sums.items())]


def _table(counted: Iterable[tuple[int, int, int]]) -> Counts:
    return np.array(list(counted), dtype=np.int64).reshape(-1, 3)


def _activity(engine: Engine, name: str) -> int | None:
    found = engine.rows(f"SELECT activity_id FROM activities WHERE activity = {literal(name)}")
    return int(found[0][0]) if found else None
