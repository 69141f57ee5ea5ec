"""`[[changes]]`: for each dated change and outcome the units before and after it, by whether they met the touchpoint that changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from momot.designs.change_frame import ChangeFrame, Touches
from momot.designs.change_units import WEEK, Episodes, Units, episodes, persons
from momot.designs.change_window import NOWHERE, Window, local_day, midnight, waiting_days, window
from momot.designs.columns import MICROS_A_DAY
from momot.designs.drawn import draw
from momot.designs.period import ALWAYS, Period
from momot.designs.question import Ask, unit_of
from momot.designs.steps import PACKAGE
from momot.engine import Engine, literal, step
from momot.engine.arrays import integers
from momot.project.schema import Change, Outcome, ProjectFile
from momot.vocabulary import DesignName
from momot.vocabulary.records import Check, Unanswerable

MOST_ALONE = 60
"""Units that did not meet it, fewer than which are nobody to compare with: 30 are needed on either side of the date."""
SHORT = 8 * WEEK  # days of records on a side, beyond the horizon, under which a stretch is a day instead of a week


@dataclass(frozen=True, slots=True)
class ChangeDesigned:
    """One change and one outcome made ready. Without `frame`, `failed` says why; `first` and `last` are the days that are compared."""

    ask: Ask
    change: Change
    design: DesignName
    unit: str
    frame: ChangeFrame | None
    failed: Check | None
    touches: Touches | None
    first: str | None = None
    last: str | None = None


def design_changes(asks: Sequence[Ask], project: ProjectFile, engine: Engine, period: Period = ALWAYS) -> Iterator[ChangeDesigned]:
    """Every outcome that is asked of episodes or people, and of each every change of the project in a period, in the order of the file."""
    changes = [change for change in project.changes if period.has(change.on)]
    if not changes:
        return
    records = _records(engine)
    for ask in asks:
        outcome = ask.outcome
        if outcome is None:
            continue
        by_subject = outcome.per == "subject" and bool(project.subjects)
        known = episodes(ask, outcome, project, engine) if by_subject else None
        for change in changes:
            yield _designed(change, ask, outcome, known, project, engine, records)


def _records(engine: Engine) -> tuple[int, int]:
    """First and last instant of the records, micros UTC."""
    first, last = engine.row(
        """SELECT coalesce(min(instant), 0), coalesce(max(instant), 0) FROM (SELECT happened_at AS instant FROM interactions
           UNION ALL SELECT given_at FROM opinions UNION ALL SELECT started_at FROM subjects)""",
    )
    return int(first), int(last)


def _designed(
    change: Change, ask: Ask, outcome: Outcome, known: Episodes | Unanswerable | None, project: ProjectFile,
    engine: Engine, records: tuple[int, int],
) -> ChangeDesigned:  # fmt: skip
    design: DesignName = "panel" if known is None else "episode"

    def without(failed: Check, touches: Touches | None = None) -> ChangeDesigned:
        return ChangeDesigned(ask, change, design, ask.unit or "points", None, failed, touches)

    met = engine.rows(f"SELECT touchpoint_id FROM touchpoints WHERE touchpoint = {literal(change.touchpoint)}")
    if not met:
        return without(_lacking(f"Nobody ever met '{change.touchpoint}'."))
    touchpoint = int(met[0][0])
    zone = project.timezone
    on = dt.date.fromisoformat(change.on)
    changed_at = midnight(on, zone)
    first_at, end_at = _between(change, project, records, alone=False)
    touches = _touches(engine, touchpoint, changed_at, first_at, end_at)
    units: Units | Unanswerable | str
    if known is None:
        days = _stretch(outcome, changed_at, first_at, end_at)
        units = persons(outcome, touchpoint, project, engine, changed_at=changed_at, end_at=records[1], days=days)
    else:
        units = known.by_touchpoint(engine, touchpoint) if isinstance(known, Episodes) else known
    if isinstance(units, Unanswerable | str):
        return without(_lacking(units if isinstance(units, str) else units.reason), touches)
    wait = waiting_days(units.started_at.astype(np.float64), units.settled_at)
    inside = units.some(np.flatnonzero(~(units.settled_at - units.started_at > wait * MICROS_A_DAY)))
    first_at, end_at = _with_outcomes(inside, first_at, end_at)
    alone = int((~inside.met).sum()) < MOST_ALONE
    if alone:
        first_at, end_at = _with_outcomes(inside, *_between(change, project, records, alone=True))
    chosen = window(on, zone, wait=wait, first_at=first_at, end_at=end_at, started_at=inside.started_at, met=inside.met, alone=alone)
    if chosen is None:
        return without(_too_near(on, wait, first_at, end_at, zone), touches)
    frame = _frame(inside, chosen, _overlap(change, project, chosen, zone))
    return ChangeDesigned(
        ask, change, design, unit_of(ask, frame.outcome), frame, None, touches,
        first=local_day(int(chosen.edges_before[0]), zone).isoformat(),
        last=local_day(int(chosen.edges_after[-1]) - 1, zone).isoformat(),
    )  # fmt: skip


def _lacking(message: str) -> Check:
    return Check(name="support", status="fail", message=message)


def _between(change: Change, project: ProjectFile, records: tuple[int, int], *, alone: bool) -> tuple[int, int]:
    """The records between the changes before and after this one: of the same touchpoint, or of any where everybody meets it (`alone`)."""
    others = [other.on for other in project.changes if alone or other.touchpoint == change.touchpoint]
    earlier = [midnight(dt.date.fromisoformat(on), project.timezone) for on in others if on < change.on]
    later = [midnight(dt.date.fromisoformat(on), project.timezone) for on in others if on > change.on]
    return max([records[0], *earlier]), min([records[1] + 1, *later])


def _with_outcomes(units: Units, first_at: int, end_at: int) -> tuple[int, int]:
    """The stretch of the records in which units begin and outcomes are known: opinions may end before everything else does."""
    if not len(units.outcome):
        return first_at, end_at
    settled = units.settled_at[np.isfinite(units.settled_at)]
    last = int(settled.max()) + 1 if len(settled) else end_at
    return max(first_at, int(units.started_at.min())), min(end_at, last)


def _stretch(outcome: Outcome, changed_at: int, first_at: int, end_at: int) -> int:
    """Days of a person's stretch: a week, or where the records are short a day."""
    horizon = int((outcome.within_days or (outcome.horizons_days[0] if outcome.horizons_days else 28.0)) * MICROS_A_DAY)
    shorter = min(changed_at - first_at, end_at - changed_at) - horizon
    return WEEK if shorter >= SHORT * MICROS_A_DAY else 1


def _too_near(on: dt.date, wait: int, first_at: int, end_at: int, zone: str) -> Check:
    """Which side lacks a period, and when there will be one."""
    first, last = local_day(first_at, zone), local_day(end_at - 1, zone)
    known = f"95 % of the outcomes are known {wait} days after they begin" if wait else "outcomes are known at once"
    if (last - on).days - wait < WEEK:
        message = f"What can be compared ends on {last}, and {known}: too few that began after {on} are known."
        again = on + dt.timedelta(4 * WEEK + wait)
        return Check(
            name="support", status="fail", value=float((last - on).days), limit=float(wait + WEEK), message=message,
            fix=f"Ask again from {again} on.",
        )  # fmt: skip
    message = f"What can be compared begins on {first}, and {known}: too few that began before {on} were settled by then."
    return Check(
        name="support", status="fail", value=float((on - first).days), limit=float(wait + WEEK), message=message,
        fix="Longer records before the change.",
    )  # fmt: skip


def _frame(units: Units, chosen: Window, checks: tuple[Check, ...]) -> ChangeFrame:
    period = chosen.period_of(units.started_at)
    inside = np.flatnonzero(period != NOWHERE)
    inside = inside[np.argsort(units.cluster[inside], kind="stable")]
    kept = units.some(inside)
    return ChangeFrame(
        outcome=kept.outcome,
        met=kept.met,
        period=period[inside],
        cluster=kept.cluster,
        covariates=kept.covariates,
        design=units.design,
        period_days=chosen.days,
        wait_days=chosen.wait,
        checks=(*units.checks, *checks),
    )


def _overlap(change: Change, project: ProjectFile, chosen: Window, zone: str) -> tuple[Check, ...]:
    """Other changes within the days that are compared."""
    low, high = int(chosen.edges_before[0]), int(chosen.edges_after[-1])
    others = [
        other
        for other in project.changes
        if other != change and low <= midnight(dt.date.fromisoformat(other.on), zone) < high
        and not (other.touchpoint == change.touchpoint and other.on != change.on)
    ]  # fmt: skip
    if not others:
        return ()
    named = "; ".join(f"{other.what} ({other.touchpoint}, {other.on})" for other in others[:3])
    message = f"Within the days compared something else changed: {named}."
    return (Check(name="overlap", status="review", value=float(len(others)), message=message, fix="Read the two together."),)


def _touches(engine: Engine, touchpoint: int, changed_at: int, first_at: int, end_at: int) -> Touches | None:
    """How the touchpoint went within half a year to either side; None where no quality is recorded."""
    near = 182 * MICROS_A_DAY
    drawn = draw(int(engine.row("SELECT count(*) FROM people")[0]))
    table = engine.arrow(
        step(
            PACKAGE, "change_quality", touchpoint=touchpoint, changed_at=changed_at, first_at=max(first_at, changed_at - near),
            until=min(end_at, changed_at + near), drawn=drawn.sql("i.person_id"),
        )
    )  # fmt: skip
    if not table.num_rows:
        return None
    columns = [integers(table[name]) for name in ("person_id", "after", "happened", "bad", "good")]
    return Touches(columns[0], columns[1], *(column.astype(np.float64) for column in columns[2:]))
