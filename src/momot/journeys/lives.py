"""What the facts need of each person, in one pass over the journeys of each part, and kept from build to build: a new day looks at few.

Nothing that is kept depends on the other persons, nor on when the records end.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from momot.engine import Engine, literal, step
from momot.progress import counted
from momot.project.fact_words import told_by
from momot.vocabulary import STAGES

PACKAGE = "momot.journeys"
FOLDER = "lives"
KEPT = {"ends": "person_id", "lives": "person_id", "impressions": "person_id", "answers": "person_id, subject_id", "paybacks": "person_id"}
"""Table -> the order of its rows on disk. Grain of all: a person, of answers a person and subject. Their columns are those of the steps of
these names."""
_LONG_AGO = -(10**18)  # before any time


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the tables of a build are, each as SQL: `journeys` one entry a part; `subjects` and `opinions` None where there are none.

    `kinds` gives the touchpoint_id, activity_id and channel_id (-1 for none) of everything that happened.
    """

    journeys: tuple[str, ...]
    kinds: str
    people: str
    subjects: str | None
    opinions: str | None
    touchpoints: str
    activities: str
    channels: str
    moments: str


@dataclass(frozen=True, slots=True)
class Before:
    """What the previous build kept in `folder`, which holds but for the persons of the table `opened` (person_id).

    `journeys`, one SQL entry a part, are all rows of these persons.
    """

    folder: Path
    opened: str
    journeys: tuple[str, ...]


def live_through(engine: Engine, sources: Sources, before: Before | None) -> None:
    """Make the tables `KEPT`, `watched` and `fact_kinds`: of everybody, or of those who were opened, and of the others as they were."""
    journeys = sources.journeys if before is None else before.journeys
    if before is not None:
        for name in KEPT:
            kept = f"read_parquet({literal(before.folder / f'{name}.parquet')})"
            still = f"SELECT k.* FROM {kept} k LEFT JOIN {before.opened} o ON o.person_id = k.person_id WHERE o.person_id IS NULL"
            engine.table(name, still)
    for number, part in enumerate(journeys):
        _add(engine, "ends", before is None and number == 0, journeys=part)
    watch(engine, journeys="(SELECT last_at AS happened_at FROM ends)", people=sources.people, opinions=sources.opinions)
    _tell_kinds(engine, sources)
    bits = " ".join(f"WHEN {number} THEN {2**number}" for number in range(len(STAGES)))
    stage = {name: STAGES.index(name) for name in ("zmot", "fmot", "smot", "umot")}
    for number, part in enumerate(counted(journeys, of=len(journeys), unit="parts")):
        new = before is None and number == 0
        engine.table("first_times", step(PACKAGE, "first_times", journeys=part))
        _add(engine, "lives", new, journeys=part, zmot=stage["zmot"], umot=stage["umot"], bits=bits)
        _add(engine, "impressions", new, journeys=part, fmot=stage["fmot"])
        _add(engine, "answers", new, journeys=part, smot=stage["smot"])
        _add(engine, "paybacks", new, journeys=part)


def keep(engine: Engine, folder: Path) -> list[str]:
    """Write the tables `KEPT` into the folder of a build; the names of their files there."""
    for name, order in KEPT.items():
        engine.write(f"SELECT * FROM {name} ORDER BY {order}", folder / FOLDER / f"{name}.parquet")
    return [f"{FOLDER}/{name}.parquet" for name in KEPT]


def watch(engine: Engine, *, journeys: str, people: str, opinions: str | None) -> None:
    """Make the table `watched`: everybody but employees, with the bounds of their observation. The last record is the end for all."""
    last = engine.row(f"SELECT coalesce(max(happened_at), 0) FROM {journeys}")[0]
    if opinions:
        last = max(last, engine.row(f"SELECT coalesce(max(given_at), 0) FROM {opinions}")[0])
    engine.table("watched", step(PACKAGE, "watched", people=people, first=_LONG_AGO, last=last))


def _tell_kinds(engine: Engine, sources: Sources) -> None:
    """The table `fact_kinds`."""
    kinds = engine.rows(
        f"""SELECT k.touchpoint_id, k.activity_id, k.channel_id, t.touchpoint, a.activity, c.channel FROM {sources.kinds} k
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


def _add(engine: Engine, name: str, new: bool, **fill: object) -> None:
    """The rows of a step over one more part, in the table of its name."""
    text = step(PACKAGE, name, **fill)
    if new:
        engine.table(name, text)
    else:
        engine.append(name, text)
