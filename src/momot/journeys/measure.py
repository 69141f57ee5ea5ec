"""The sums that the facts are told from: small aggregates of what `lives` holds of each person.

Only sums and counts by duration leave DuckDB. Employees are left out; everybody else counts while under observation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.engine import Engine, step
from momot.engine.arrays import floats
from momot.journeys.lives import PACKAGE, Before, Sources, live_through
from momot.vocabulary import STAGES, Stage

Floats = npt.NDArray[np.float64]

MICROS_A_DAY = 86_400_000_000
_DURATIONS = 1_000_000
"""Different durations that come to this machine at once."""
_CYCLES = 4  # from one purchase to the next: 1 to 2, … 4 to 5


@dataclass(frozen=True, slots=True)
class Waits:
    """Counts by duration in micros, each (k,): to how many it happened after so long, and how many were no longer followed then."""

    time: Floats
    happened: Floats
    lost: Floats

    @property
    def n(self) -> int:
        """How many units."""
        return int((self.happened + self.lost).sum())


@dataclass(frozen=True, slots=True)
class Sums:
    """All that the facts need. `lives` are the columns of life_sums.sql; times are micros UTC."""

    first_at: int | None  # the first interaction under observation
    last_at: int  # the end of observation
    employees: int
    lives: dict[str, float]
    stages: dict[Stage, int]  # people who were at each stage that occurs
    coarse: bool  # every time is a whole minute
    impressions: tuple[tuple[int, str | None, int], ...]  # micros to what came next (-1: nothing), what that was, of how many people
    repurchase: tuple[Waits, ...]  # from one purchase to the next, by number
    answers: Waits
    episodes: Waits
    ended: int  # subjects with an end
    scores: tuple[tuple[float, int], ...]  # last opinion as a share of its scale, of how many people
    valued: bool
    costed: bool
    paybacks: tuple[tuple[int, Waits], ...]  # by month of the first purchase: year * 12 + month - 1


def measure(engine: Engine, sources: Sources, *, bought: bool, before: Before | None = None) -> Sums:
    """Run all steps, of those who are opened where the rest is kept from `before`. `bought`: the records hold purchases."""
    live_through(engine, sources, before)
    first_at, fine, valued = engine.row("SELECT min(first_at), sum(fine), sum(valued) FROM lives")
    last_at, costed = engine.row("SELECT coalesce(max(to_at), 0), count(cost) FROM watched")
    lives = {column: float(value) for column, value in engine.arrow(step(PACKAGE, "life_sums")).to_pylist()[0].items()}
    ended = engine.row(f"SELECT count(ended_at) FROM {sources.subjects}")[0] if sources.subjects else 0
    return Sums(
        first_at=first_at,
        last_at=int(last_at),
        employees=int(engine.row(f"SELECT count(*) FROM {sources.people} WHERE is_employee")[0]),
        lives=lives,
        stages=_stages(engine),
        coarse=not fine,
        impressions=_impressions(engine, sources),
        repurchase=tuple(_waits(engine, followed("lives"), f"bought_{k}", f"bought_{k + 1}") for k in range(1, _CYCLES + 1)),
        answers=_waits(engine, followed("answers"), "asked_at", "answered_at"),
        episodes=_episodes(engine, sources),
        ended=int(ended),
        scores=_scores(engine, sources, bought=bought),
        valued=bool(valued),
        costed=bool(costed),
        paybacks=_paybacks(engine),
    )


def _stages(engine: Engine) -> dict[Stage, int]:
    """From the bits of `lives`, of which there are few different ones."""
    met = engine.rows("SELECT stages, count(*) AS people FROM lives GROUP BY stages")
    people = {stage: sum(int(count) for bits, count in met if int(bits or 0) >> number & 1) for number, stage in enumerate(STAGES)}
    return {stage: count for stage, count in people.items() if count}


def followed(table: str) -> str:
    """SQL: the rows of a table of persons, each with the end of its person's observation."""
    return f"(SELECT r.*, w.to_at FROM {table} r JOIN watched w ON w.person_id = r.person_id)"


def _waits(engine: Engine, table: str, start: str, until: str) -> Waits:
    return _grouped(engine, table, start, until, "NULL").get(None, _NO_WAITS)


_NO_WAITS = Waits(np.zeros(0), np.zeros(0), np.zeros(0))


def _grouped(engine: Engine, table: str, start: str, until: str, group: str) -> dict[int | None, Waits]:
    """Counts by duration of each group; where durations are very many, to a part in `_DURATIONS` of the longest."""
    engine.table("waited", step(PACKAGE, "waits", rows=table, start=start, until=until, end="to_at", group=group))
    different, longest = engine.row("SELECT count(*), coalesce(max(waited), 0) FROM waited")
    shown = "waited"
    if different > _DURATIONS:
        grain = 1 + longest // _DURATIONS
        shown = f"""(SELECT label, waited // {grain} * {grain} + {grain // 2} AS waited, CAST(sum(happened) AS BIGINT) AS happened,
            CAST(sum(lost) AS BIGINT) AS lost FROM waited GROUP BY 1, 2)"""
    found = engine.arrow(f"SELECT * FROM {shown} ORDER BY label, waited")
    labels, *arrays = (floats(found[name]) for name in ("label", "waited", "happened", "lost"))
    groups: dict[int | None, Waits] = {}
    for label in dict.fromkeys(labels.tolist()) if not np.isnan(labels).all() else ([np.nan] if len(labels) else []):
        inside = np.isnan(labels) if np.isnan(label) else labels == label
        groups[None if np.isnan(label) else int(label)] = Waits(*(array[inside] for array in arrays))
    return groups


def _impressions(engine: Engine, sources: Sources) -> tuple[tuple[int, str | None, int], ...]:
    """Counted up to a second beyond the last bound; longer waits are one."""
    return tuple(
        (int(waited), moment, int(people))
        for waited, moment, people in engine.rows(
            f"""SELECT least(i.waited, 8000000), m.moment, count(*) FROM impressions i
            LEFT JOIN {sources.moments} m ON m.moment_id = i.next_moment GROUP BY 1, 2 ORDER BY 1, 2""",
        )
    )


def _episodes(engine: Engine, sources: Sources) -> Waits:
    if sources.subjects is None:
        return _NO_WAITS
    engine.table("durations", step(PACKAGE, "durations", subjects=sources.subjects))
    return _waits(engine, "durations", "started_at", "ended_at")


def _scores(engine: Engine, sources: Sources, *, bought: bool) -> tuple[tuple[float, int], ...]:
    if sources.opinions is None:
        return ()
    text = scores_sql(sources.opinions, bought=bought)
    return tuple(
        (float(score), int(people)) for score, people in engine.rows(f"SELECT score, count(*) FROM ({text}) GROUP BY 1 ORDER BY 1")
    )


def scores_sql(opinions: str, *, bought: bool) -> str:
    """The last opinion of each person; of buyers after they bought, where there are purchases."""
    buyers = "JOIN lives f ON f.person_id = p.person_id AND p.given_at > f.bought_1" if bought else ""
    return step(PACKAGE, "voices", opinions=opinions, buyers=buyers)


def _paybacks(engine: Engine) -> tuple[tuple[int, Waits], ...]:
    """By month of the first purchase, from the local day."""
    month = "CAST(year(DATE '1970-01-01' + bought_on) * 12 + month(DATE '1970-01-01' + bought_on) - 1 AS INTEGER)"
    found = _grouped(engine, followed("paybacks"), "bought_1", "paid_at", month)
    return tuple((label, waits) for label, waits in sorted(found.items(), key=lambda one: one[0] or 0) if label is not None)
