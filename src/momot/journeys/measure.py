"""The sums that the facts are told from: one pass over the journeys of each part, then small aggregates.

Only sums and counts by duration leave DuckDB. Employees are left out; everybody else counts while under observation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.engine import Engine, literal, step
from momot.engine.arrays import floats
from momot.progress import counted
from momot.project.fact_words import told_by
from momot.vocabulary import STAGES

Floats = npt.NDArray[np.float64]

MICROS_A_DAY = 86_400_000_000
_PACKAGE = "momot.journeys"
_MINUTE = 60_000_000
_LONG_AGO = -(10**18)  # before any time
_DURATIONS = 1_000_000
"""Different durations that come to this machine at once."""
_CYCLES = 4  # from one purchase to the next: 1 to 2, … 4 to 5


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the tables of a build are, each as SQL: `journeys` one entry a part; `subjects` and `opinions` None where there are none."""

    journeys: tuple[str, ...]
    people: str
    subjects: str | None
    opinions: str | None
    touchpoints: str
    activities: str
    channels: str
    moments: str


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
    stages_met: frozenset[str]
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


def measure(engine: Engine, sources: Sources, *, bought: bool) -> Sums:
    """Run all steps. `bought`: the records hold purchases."""
    _prepare(engine, sources)
    for number, journeys in enumerate(counted(sources.journeys, of=len(sources.journeys), unit="parts")):
        _add(engine, "first_times", number, journeys=journeys)
        _add(engine, "lives", number, journeys=journeys, zmot=STAGES.index("zmot"), umot=STAGES.index("umot"))
        _add(engine, "impressions", number, journeys=journeys, fmot=STAGES.index("fmot"))
        _add(engine, "answers", number, journeys=journeys, smot=STAGES.index("smot"))
        _add(engine, "paybacks", number, journeys=journeys)
    every = _every(sources.journeys)
    watched = f"{every} j JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at"
    first_at, fine, valued = engine.row(
        f"SELECT min(happened_at), count_if(happened_at % {_MINUTE} <> 0), count(value_minor) FROM {watched}"
    )
    last_at, costed = engine.row("SELECT coalesce(max(to_at), 0), count(cost) FROM watched")
    met = engine.rows(f"SELECT DISTINCT stage FROM {watched} WHERE stage IS NOT NULL")
    lives = {column: float(value) for column, value in engine.arrow(step(_PACKAGE, "life_sums")).to_pylist()[0].items()}
    ended = engine.row(f"SELECT count(ended_at) FROM {sources.subjects}")[0] if sources.subjects else 0
    return Sums(
        first_at=first_at,
        last_at=int(last_at),
        employees=int(engine.row(f"SELECT count(*) FROM {sources.people} WHERE is_employee")[0]),
        lives=lives,
        stages_met=frozenset(STAGES[int(stage)] for (stage,) in met),
        coarse=not fine,
        impressions=_impressions(engine, sources),
        repurchase=tuple(_waits(engine, "lives", f"bought_{k}", f"bought_{k + 1}") for k in range(1, _CYCLES + 1)),
        answers=_waits(engine, "answers", "asked_at", "answered_at"),
        episodes=_episodes(engine, sources),
        ended=int(ended),
        scores=_scores(engine, sources, bought=bought),
        valued=bool(valued),
        costed=bool(costed),
        paybacks=_paybacks(engine),
    )


def watch(engine: Engine, *, journeys: str, people: str, opinions: str | None) -> None:
    """Make the table `watched`: everybody but employees, with the bounds of their observation. The last record is the end for all."""
    last = engine.row(f"SELECT coalesce(max(happened_at), 0) FROM {journeys}")[0]
    if opinions:
        last = max(last, engine.row(f"SELECT coalesce(max(given_at), 0) FROM {opinions}")[0])
    engine.table("watched", step(_PACKAGE, "watched", people=people, first=_LONG_AGO, last=last))


def _prepare(engine: Engine, sources: Sources) -> None:
    """The tables `watched` and `fact_kinds`."""
    every = _every(sources.journeys)
    watch(engine, journeys=every, people=sources.people, opinions=sources.opinions)
    kinds = engine.rows(
        f"""SELECT k.touchpoint_id, k.activity_id, k.channel_id, t.touchpoint, a.activity, c.channel
        FROM (SELECT DISTINCT touchpoint_id, activity_id, coalesce(channel_id, -1) AS channel_id FROM {every}) k
        JOIN {sources.touchpoints} t USING (touchpoint_id) JOIN {sources.activities} a USING (activity_id)
        LEFT JOIN {sources.channels} c ON c.channel_id = k.channel_id""",
    )
    listed = []
    for touchpoint_id, activity_id, channel_id, touchpoint, activity, channel in kinds:
        told = told_by(touchpoint, activity, channel)
        flags = (told.review, told.asks, told.answers, told.promises, told.direct)
        listed.append(f"({touchpoint_id}, {activity_id}, {channel_id}, {', '.join(map(literal, flags))})")
    names = "touchpoint_id, activity_id, channel_id, review, asks, answers, promises, direct"
    empty = "(0, 0, 0, false, false, false, false, false)"
    where = "" if listed else " WHERE false"
    engine.table("fact_kinds", f"SELECT * FROM (VALUES {', '.join(listed) or empty}) v({names}){where}")


def _add(engine: Engine, name: str, number: int, **fill: object) -> None:
    """The rows of a step over one more part, in the table of its name."""
    text = step(_PACKAGE, name, **fill)
    if number == 0:
        engine.table(name, text)
    else:
        engine.append(name, text)


def _waits(engine: Engine, table: str, start: str, until: str) -> Waits:
    return _grouped(engine, table, start, until, "NULL").get(None, _NO_WAITS)


_NO_WAITS = Waits(np.zeros(0), np.zeros(0), np.zeros(0))


def _grouped(engine: Engine, table: str, start: str, until: str, group: str) -> dict[int | None, Waits]:
    """Counts by duration of each group; where durations are very many, to a part in `_DURATIONS` of the longest."""
    engine.table("waited", step(_PACKAGE, "waits", rows=table, start=start, until=until, end="to_at", group=group))
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
    engine.table("durations", step(_PACKAGE, "durations", subjects=sources.subjects))
    return _waits(engine, "durations", "started_at", "ended_at")


def _scores(engine: Engine, sources: Sources, *, bought: bool) -> tuple[tuple[float, int], ...]:
    if sources.opinions is None:
        return ()
    buyers = "JOIN first_times f ON f.person_id = p.person_id AND p.given_at > f.bought_1" if bought else ""
    text = step(_PACKAGE, "voices", opinions=sources.opinions, buyers=buyers)
    return tuple(
        (float(score), int(people)) for score, people in engine.rows(f"SELECT score, count(*) FROM ({text}) GROUP BY 1 ORDER BY 1")
    )


def _paybacks(engine: Engine) -> tuple[tuple[int, Waits], ...]:
    """By month of the first purchase, from the local day."""
    month = "CAST(year(DATE '1970-01-01' + bought_on) * 12 + month(DATE '1970-01-01' + bought_on) - 1 AS INTEGER)"
    found = _grouped(engine, "paybacks", "bought_1", "paid_at", month)
    return tuple((label, waits) for label, waits in sorted(found.items(), key=lambda one: one[0] or 0) if label is not None)


def _every(journeys: Sequence[str]) -> str:
    """SQL over all parts."""
    return f"({' UNION ALL '.join(f'SELECT * FROM {part}' for part in journeys)})"
