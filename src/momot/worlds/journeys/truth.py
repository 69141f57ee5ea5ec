"""The true effects: the same person lived again from a touch on, with that one touch switched (potential outcomes, Rubin 1974)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from momot.worlds.journeys.again import AS_IT_WAS, Touched, Values, answered_on, live_again, live_windows
from momot.worlds.journeys.days import Company
from momot.worlds.journeys.lives import Happened, Lives, live
from momot.worlds.journeys.plan import ABSENT, BAD, GOOD, NEUTRAL, REGIONS, Floats, Integers, Plan

ESTIMAND = (
    "Mean over the days on which somebody met the moment, was still there and could be followed for the whole time: the outcome after "
    "that day with this one touch as `level` minus the same with it as `reference`; the other touches of the day are kept, everything "
    "later is lived again. An opinion: among those who gave one, on the day on which they gave it"
)
LEVELS = {ABSENT: "not met", BAD: "bad", NEUTRAL: "neutral", GOOD: "good", AS_IT_WAS: "met"}
PRESENCE = (("presence", AS_IT_WAS, ABSENT),)
COMPARED = (
    *PRESENCE,
    ("break", BAD, NEUTRAL),
    ("make", GOOD, NEUTRAL),
    ("bad-good", BAD, GOOD),
    ("break", BAD, ABSENT),
    ("make", GOOD, ABSENT),
)
NULLS_LIVED = 300  # touches of a moment that changes nothing: its effect is 0 in each of them, which is shown and not assumed
LEAST_TOLD = 20
LABELLED_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is lived again: touches a moment, horizons, and the edges of the windows in which the effect's fading is shown."""

    touches: int
    horizons: tuple[int, ...]
    edges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """One contrast of one moment on one outcome. `error`: standard error of the simulation, by person; `n`: touches lived again.

    `segment`: "name=value" where it is the mean over those touched of one segment only.
    """

    outcome: str
    moment: str
    touchpoint: str
    stage: str
    kind: str
    contrast: str
    level: str
    reference: str
    days: tuple[int, int]
    effect: float
    error: float
    n: int
    null: bool
    segment: str | None = None


def true_effects(company: Company, lives: Lives, effort: Effort, random: np.random.Generator) -> list[TrueEffect]:
    """Every contrast of every moment on every outcome of the plan."""
    plan = company.plan
    chosen = [
        sample(lives.touches, plan, moment, effort.touches if moment in plan.causes else NULLS_LIVED, random)
        for moment in range(len(plan.moments))
    ]
    together = Happened(*(np.concatenate([getattr(met, name) for met in chosen]) for name in Happened.__slots__))
    _, state = live(company, together.unit * plan.days + together.day)
    if state is None:
        raise AssertionError("states were asked for")
    everything = Touched(together, state, answered_on(lives, together, plan.days))
    region = company.chance.region if plan.by_segment else None
    effects = _effects(plan, everything, partial(live_again, company, horizons=effort.horizons), region)
    if effort.edges:
        followed = np.isin(together.what, list(plan.causes)) & (together.day + max(effort.edges) < plan.days)
        effects += _effects(plan, everything.of(followed), partial(live_windows, company, edges=effort.edges))
    return effects


def sample(touches: Happened, plan: Plan, moment: int, size: int, random: np.random.Generator) -> Happened:
    """At most `size` of the days on which `moment` was met and whose follow-up is complete, at random."""
    usable = np.flatnonzero((touches.what == moment) & (touches.day + plan.within_days < plan.days))
    chosen = usable if len(usable) <= size else np.sort(random.choice(usable, size, replace=False))
    return Happened(touches.unit[chosen], touches.day[chosen], touches.what[chosen], touches.how[chosen])


def _effects(
    plan: Plan, touched: Touched, lived: Callable[[Touched, int], Values], region: npt.NDArray[np.int8] | None = None
) -> list[TrueEffect]:
    """Live every touch again in every way that it can go, and compare the ways moment by moment; with `region` (units,) by region too."""
    rated = np.array([moment.rated for moment in plan.moments])[touched.met.what]
    arms = {
        arm: _scattered(lived(touched.of(rows), arm), rows, len(rated))
        for arm, rows in ((arm, np.flatnonzero(rated | (arm in (NEUTRAL, ABSENT)))) for arm in (BAD, NEUTRAL, GOOD, ABSENT))
    }
    how = np.where(rated, touched.met.how, NEUTRAL)
    arms[AS_IT_WAS] = {key: np.choose(how, [arms[quality][key] for quality in (BAD, NEUTRAL, GOOD)]) for key in arms[ABSENT]}
    effects: list[TrueEffect] = []
    for moment in np.unique(touched.met.what).tolist():
        rows = np.flatnonzero(touched.met.what == moment)
        for key in sorted(arms[ABSENT]):
            if key[0] in plan.outcomes:
                ways = {arm: values[key][rows] for arm, values in arms.items()}
                effects += _compared(plan, moment, key, ways, touched.met.unit[rows])
                if region is not None:
                    effects += _by_region(plan, moment, key, ways, touched.met.unit[rows], region)
    return effects


def _by_region(
    plan: Plan, moment: int, key: tuple[str, int, int], ways: dict[int, Floats], unit: Integers, region: npt.NDArray[np.int8]
) -> Iterator[TrueEffect]:
    for code, name in enumerate(REGIONS):
        here = region[unit] == code
        some = {arm: values[here] for arm, values in ways.items()}
        yield from (replace(effect, segment=f"region={name}") for effect in _compared(plan, moment, key, some, unit[here]))


def _scattered(values: Values, rows: Integers, size: int) -> Values:
    """Values of some touches as values of all, NaN for the others."""
    found = {key: np.full(size, np.nan) for key in values}
    for key, value in values.items():
        found[key][rows] = value
    return found


def _compared(plan: Plan, moment: int, key: tuple[str, int, int], ways: dict[int, Floats], unit: Integers) -> Iterator[TrueEffect]:
    planted, (outcome, since, until) = plan.moments[moment], key
    for contrast, level, reference in COMPARED if planted.rated else PRESENCE:
        difference = ways[level] - ways[reference]
        told = ~np.isnan(difference)
        if told.sum() < LEAST_TOLD:
            continue
        effect, error = _mean(difference[told], unit[told])
        yield TrueEffect(
            outcome=outcome,
            moment=planted.name,
            touchpoint=planted.touchpoint,
            stage=planted.stage,
            kind="interaction",
            contrast=contrast,
            level=LEVELS[level],
            reference=LEVELS[reference],
            days=(since, until),
            effect=round(effect, 7),
            error=round(error, 7),
            n=int(told.sum()),
            null=moment not in plan.causes,
        )


def _mean(difference: Floats, unit: Integers) -> tuple[float, float]:
    """Mean and its standard error, touches of the same person taken together."""
    mean = float(difference.mean())
    _, person = np.unique(unit, return_inverse=True)
    sums = np.bincount(person, weights=difference - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(difference))


def labels(effects: list[TrueEffect], plan: Plan) -> list[dict[str, str]]:
    """What each moment is called on each outcome: by which of its contrasts with neutral is at least a quarter of the larger one."""
    whole = (effect for effect in effects if effect.days == (0, plan.within_days) and effect.segment is None)
    rows = {(e.outcome, e.moment, e.contrast, e.reference): e.effect for e in whole}
    found = []
    for outcome, moment in sorted({(outcome, moment) for outcome, moment, _, _ in rows}):
        broken, made = (abs(rows.get((outcome, moment, contrast, "neutral"), 0.0)) for contrast in ("break", "make"))
        if max(broken, made) == 0:
            label = "presence" if rows[outcome, moment, "presence", "not met"] else "null"
        elif min(broken, made) >= LABELLED_SHARE * max(broken, made):
            label = "make or break"
        else:
            label = "breaks" if broken > made else "makes"
        found.append({"outcome": outcome, "moment": moment, "label": label})
    return found


def as_rows(effects: list[TrueEffect]) -> list[dict[str, object]]:
    """Effects as `truth.json` holds them; only those of a segment name one."""
    rows = [asdict(effect) | {"days": list(effect.days)} for effect in effects]
    return [{key: value for key, value in row.items() if key != "segment" or value is not None} for row in rows]
