"""The touchpoints of episodes as exposures: who met what before the outcome, how it went, and what it may be adjusted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from momot.designs.columns import MICROS_A_DAY
from momot.designs.frame import Codes, Floats, State
from momot.designs.states import Coded
from momot.designs.steps import PACKAGE, run
from momot.designs.ways import NO_LEVEL, NO_QUALITY, Way, counted, painted
from momot.engine import Engine, literal, step
from momot.engine.arrays import integers
from momot.vocabulary import Stage
from momot.vocabulary.records import Check

BITS = 62  # of a BIGINT mask; the sign stays unused
SAMPLED_EPISODES = 50_000
LEAST_TOGETHER = 30
LEAST_HAPPENED = 30
LATE_SHARE = 0.5
LATE_GAP = 0.25
CLEAR_ORDER = 0.6  # share of the episodes with both in which one comes first, from which on the process has an order


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """One touchpoint of the build. `levels` are its bands in order; `counted`: they band the number of happenings."""

    id: int
    name: str
    stage: Stage | None
    channel: str | None
    levels: tuple[tuple[str, float | None, float | None], ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Timed:
    """One way a touchpoint went, and how often it went so only after the outcome."""

    way: Way
    late: int


@dataclass(frozen=True, slots=True)
class Touch:
    """A touchpoint with the state of every unit and what was found about its time."""

    touchpoint: Touchpoint
    coded: Coded
    checks: tuple[Check, ...]
    late_share: float
    answered_before: bool  # whether it is seen before the outcome depends on how it went


def touches(
    engine: Engine,
    touchpoints: Sequence[Touchpoint],
    *,
    units: int,
    inclusive: bool,
    touchpoint: str = "i.touchpoint_id",
) -> list[Touch]:
    """Every touchpoint with the state of each unit of table `units`, in the order of `touchpoints`; nobody may have met it.

    `touchpoint`: SQL of an interaction's touchpoint, or of the part of one.
    """
    fill = {"inclusive": literal(inclusive), "touchpoint": touchpoint}
    ways = _ways(engine.arrow(step(PACKAGE, "episode_kinds", **fill)))
    masks = _masks(engine, ways, fill, units=units)
    counts = _counts(engine, [touchpoint.id for touchpoint in touchpoints if touchpoint.counted], units=units, inclusive=inclusive)
    found = []
    for one in touchpoints:
        seen = ways.get(one.id)
        if seen is None:  # tested like the others, and found to have nobody to compare
            nobody = Coded("presence", (State("not met", "absent"),), np.zeros(units, dtype=np.int16))
            found.append(Touch(one, nobody, (), 0.0, answered_before=False))
            continue
        coded = _coded(one, seen, masks, counts.get(one.id))
        late, selected, checks = _times(one, seen)
        found.append(Touch(one, coded, checks, late, selected))
    return found


def _ways(table: pa.Table) -> dict[int, tuple[Timed, ...]]:
    ways: dict[int, list[Timed]] = {}
    for row in table.to_pylist():
        timed = Timed(Way(int(row["quality"]), int(row["level"]), int(row["happened"])), int(row["late"]))
        ways.setdefault(int(row["touchpoint_id"]), []).append(timed)
    return {touchpoint: tuple(found) for touchpoint, found in ways.items()}


Masks = dict[tuple[int, int, int], npt.NDArray[np.bool_]]


def _masks(engine: Engine, ways: dict[int, tuple[Timed, ...]], fill: dict[str, str], *, units: int) -> Masks:
    """For each (touchpoint, quality, level) which units met it before the outcome, (units,) each."""
    keys = [(touchpoint, timed.way.quality, timed.way.level) for touchpoint, found in ways.items() for timed in found]
    rows = [(*key, position // BITS, 1 << position % BITS) for position, key in enumerate(keys)]
    names = ("touchpoint_id", "quality", "level", "word", "bit")
    bits = pa.table({name: pa.array([row[place] for row in rows], type=pa.int64()) for place, name in enumerate(names)})
    engine.register("episode_bits", bits)
    table = engine.arrow(step(PACKAGE, "episode_masks", **fill))
    unit, word, mask = (integers(table[name]) for name in ("unit", "word", "mask"))
    words = np.zeros((len(keys) // BITS + 1, units), dtype=np.int64)
    words[word, unit] = mask
    return {key: (words[position // BITS] >> (position % BITS) & 1).astype(bool) for position, key in enumerate(keys)}


def _counts(engine: Engine, wanted: list[int], *, units: int, inclusive: bool) -> dict[int, Floats]:
    found = {touchpoint: np.zeros(units) for touchpoint in wanted}
    if not wanted:
        return found
    engine.register("counted", pa.table({"touchpoint_id": pa.array(wanted, type=pa.int64())}))
    table = run(engine, "episode_counts", inclusive=inclusive)
    touchpoint, unit, happened = (integers(table[name]) for name in ("touchpoint_id", "unit", "happened"))
    for one, values in found.items():
        mine = touchpoint == one
        values[unit[mine]] = happened[mine].astype(np.float64)
    return found


def _coded(touchpoint: Touchpoint, ways: tuple[Timed, ...], masks: Masks, happened: Floats | None) -> Coded:
    """The state of each unit; states that nobody is in are left out."""
    if happened is not None:
        states, codes = counted(touchpoint.levels, happened)
        return _used(Coded("level", states, codes), keep_bands=True)
    plan = painted([timed.way for timed in ways], touchpoint.levels)
    units = len(next(iter(masks.values())))
    return _used(Coded(plan.coding, plan.states, plan.codes(lambda way: masks[touchpoint.id, way.quality, way.level], units)))


def _used(coded: Coded, *, keep_bands: bool = False) -> Coded:
    """Without the states nobody is in; declared bands of a count stay."""
    used = [
        code for code in range(len(coded.states)) if (keep_bands and coded.states[code].role != "unknown") or (coded.codes == code).any()
    ]
    position: Codes = np.zeros(len(coded.states), dtype=np.int16)
    position[used] = np.arange(len(used), dtype=np.int16)
    return Coded(coded.coding, tuple(coded.states[code] for code in used), position[coded.codes])


def _times(touchpoint: Touchpoint, ways: tuple[Timed, ...]) -> tuple[float, bool, tuple[Check, ...]]:
    """How much of it came after the outcome, and whether that depends on how it went."""
    happened, late = sum(timed.way.happened for timed in ways), sum(timed.late for timed in ways)
    share = late / happened
    groups: dict[tuple[int, int], tuple[int, int]] = {}
    for timed in ways:
        key = (timed.way.level, NO_QUALITY) if touchpoint.levels else (NO_LEVEL, timed.way.quality)
        before = groups.get(key, (0, 0))
        groups[key] = (before[0] + timed.way.happened, before[1] + timed.late)
    shares = [gone / total for total, gone in groups.values() if total >= LEAST_HAPPENED]
    selected = (
        not touchpoint.counted and bool(shares) and max(shares) > LATE_SHARE and (len(shares) == 1 or max(shares) - min(shares) > LATE_GAP)
    )
    checks = [
        Check(
            name="time_order",
            status="pass",
            value=share,
            message=f"{late:,} of {happened:,} happenings came after the outcome and are not counted as its cause."
            if late
            else "All of it came before the outcome.",
        )
    ]
    if selected:
        checks.append(
            Check(
                name="selection",
                status="fail",
                value=max(shares),
                limit=LATE_SHARE,
                message=f"Up to {max(shares):.0%} of it came after the outcome, depending on how it went: who met it in time differs.",
                fix="Describe it by a fact that is known for everybody before the answer, such as a promise kept or broken.",
            )
        )
    return share, selected, tuple(checks)


@dataclass(frozen=True, slots=True)
class FirstTimes:
    """First time of each touchpoint (by id) in every `every`-th episode: days since 1970, NaN where not met, (ceil(units / every),)."""

    every: int
    at: dict[int, Floats]
    nowhere: Floats

    def of(self, touchpoint: Touchpoint) -> Floats:
        """The times of one touchpoint; all NaN where no sampled episode met it."""
        return self.at.get(touchpoint.id, self.nowhere)


def first_times(engine: Engine, *, units: int) -> FirstTimes:
    """First times in a regular sample of about 50,000 episodes: enough to say what precedes what."""
    every = max(1, units // SAMPLED_EPISODES)
    sampled = -(-units // every)
    table = run(engine, "episode_first_times", every=every)
    unit, touchpoint, first_at = (integers(table[name]) for name in ("unit", "touchpoint_id", "first_at"))
    found: dict[int, Floats] = {}
    for one in np.unique(touchpoint):
        mine = touchpoint == one
        values = np.full(sampled, np.nan)
        values[unit[mine] // every] = first_at[mine] / MICROS_A_DAY
        found[int(one)] = values
    return FirstTimes(every, found, np.full(sampled, np.nan))


def precedes(first: Floats, second: Floats, *, started_at: Floats) -> bool:
    """Whether `first` comes before `second`: in most episodes with both at different times, else by the median time since the start.

    Always at the same time, or now this one first and now that one: each precedes the other, so that touches which travel together are
    held for one another (EFFECTS.md 1.1, 1.7). A majority of 51 in 100 would leave the one free to show the effect of the other.
    """
    both = ~np.isnan(first) & ~np.isnan(second)
    if both.sum() >= LEAST_TOGETHER:
        before, after = int((first[both] < second[both]).sum()), int((first[both] > second[both]).sum())
        return before >= (1 - CLEAR_ORDER) * (before + after)
    if np.isnan(first).all() or np.isnan(second).all():
        return False
    return float(np.nanmedian(first - started_at)) < float(np.nanmedian(second - started_at))
