"""The true effects: the same person lived again from the day of a touch on, with that one touch switched (potential outcomes, Rubin 1974).

For outcomes that happen once (a first purchase within a time, the exit) each day's coin is replaced by its chance: the life goes on as if
it had not happened yet, and the chances add up to that of its happening within the time. That is the mean over the coin of the same life,
and leaves an error several times smaller than counting coins does.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np

from momot.worlds.journeys.days import Company, Day, State, Switch
from momot.worlds.journeys.lives import Happened, Lives, live
from momot.worlds.journeys.plan import ABSENT, BAD, GOOD, NEUTRAL, Floats, Integers, Plan

ESTIMAND = (
    "Mean over the days on which somebody met the moment, was still there and could be followed for the whole time: the outcome after "
    "that day with this one touch as `level` minus the same with it as `reference`; the other touches of the day are kept, everything "
    "later is lived again"
)
LEVELS = {ABSENT: "not met", BAD: "bad", NEUTRAL: "neutral", GOOD: "good"}
COMPARED = (
    ("break", BAD, NEUTRAL),
    ("make", GOOD, NEUTRAL),
    ("bad-good", BAD, GOOD),
    ("break", BAD, ABSENT),
    ("make", GOOD, ABSENT),
)
NULLS_LIVED = 300  # touches of a moment that changes nothing: its effect is 0 in each of them, which is shown and not assumed
MET = 9  # the touch as it happened
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """One contrast of one moment on one outcome. `error`: standard error of the simulation, by person; `n`: touches lived again."""

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


@dataclass(frozen=True, slots=True)
class Again:
    """What each life came to: per outcome and horizon (rows,), NaN where the outcome cannot be told of the row."""

    value: dict[tuple[str, int], Floats] = field(default_factory=dict)


def sample(touches: Happened, plan: Plan, moment: int, size: int, random: np.random.Generator) -> Happened:
    """At most `size` of the days on which `moment` was met and whose follow-up is complete, at random."""
    usable = np.flatnonzero((touches.what == moment) & (touches.day + plan.within_days < plan.days))
    chosen = usable if len(usable) <= size else np.sort(random.choice(usable, size, replace=False))
    return Happened(touches.unit[chosen], touches.day[chosen], touches.what[chosen], touches.how[chosen])


def live_again(company: Company, met: Happened, state: State, quality: int, horizons: tuple[int, ...]) -> Again:
    """Live on from the start of each touch's day, the touch set to `quality` (ABSENT: it does not happen; MET: as it was)."""
    parts = []
    for start in range(0, len(met), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(met)))
        set_to = met.how[rows] if quality == MET else np.full(len(rows), quality)
        switch = Switch(met.what[rows], set_to)
        parts.append(_outcomes(company, met.unit[rows], met.day[rows], state.of(rows), switch, horizons))
    return Again({key: np.concatenate([part[key] for part in parts]) for key in parts[0]})


def _outcomes(
    company: Company, unit: Integers, day: Integers, state: State, switch: Switch, horizons: tuple[int, ...]
) -> dict[tuple[str, int], Floats]:
    plan = company.plan
    eligible = state.bought > 0
    first = company.live_day(unit, day, state, switch)
    once = {"churn"} if plan.subscription else {"purchase"}
    found: dict[tuple[str, int], Floats] = {}
    still, happened = np.ones(len(unit)), {name: np.zeros(len(unit)) for name in once}
    state = first.state
    for ahead in range(1, max(horizons) + 1):  # nothing has happened yet
        today = company.live_day(unit, day + ahead, state, suppressed=True)
        for name in once:
            happened[name] += still * today.rate[name]
            still = still * (1 - today.rate[name])
        state = today.state
        if ahead in horizons:
            found |= {(name, ahead): total.copy() for name, total in happened.items()}
    if "purchase" in once:
        found |= {("repurchase", ahead): np.where(eligible, found["purchase", ahead], np.nan) for ahead in horizons}
    return found | _after(company, unit, day, first, horizons)


def _after(company: Company, unit: Integers, day: Integers, first: Day, horizons: tuple[int, ...]) -> dict[tuple[str, int], Floats]:
    """Outcomes of the life as it goes on: a good review, the first opinion, purchases."""
    plan = company.plan
    found: dict[tuple[str, int], Floats] = {}
    silent, orders = np.ones(len(unit)), np.zeros(len(unit))
    opinion = np.full(len(unit), np.nan)
    state = first.state
    for ahead in range(1, max(horizons) + 1):
        today = company.live_day(unit, day + ahead, state)
        state = today.state
        silent *= np.where(state.alive, 1 - today.rate["advocacy"], 1.0)
        orders += today.rate["purchase"]
        answer = today.opinion if plan.answer_by_opinion else today.expected_opinion
        opinion = np.where(today.answers & np.isnan(opinion), answer, opinion)
        if ahead in horizons:
            found |= {("advocacy", ahead): 1 - silent, ("orders", ahead): orders.copy(), ("opinion", ahead): opinion.copy()}
    return found


def true_effects(company: Company, lives: Lives, *, size: int, random: np.random.Generator, horizons: tuple[int, ...]) -> list[TrueEffect]:
    """Every contrast of every moment on every outcome of the plan."""
    plan = company.plan
    causes = set(plan.true) | {t.leader for t in plan.triggers if t.leader is not None}
    chosen = [sample(lives.touches, plan, moment, size if moment in causes else NULLS_LIVED, random) for moment in range(len(plan.moments))]
    together = Happened(*(np.concatenate([getattr(met, name) for met in chosen]) for name in Happened.__slots__))
    _, states = live(company, together.unit * plan.days + together.day)
    if states is None:
        raise AssertionError("states were asked for")
    effects, start = [], 0
    for moment, met in enumerate(chosen):
        rows = np.arange(start, start + len(met))
        start += len(met)
        if len(met):
            effects += _effects_of(company, moment, met, states.of(rows), horizons, null=moment not in causes)
    return effects


def _effects_of(company: Company, moment: int, met: Happened, state: State, horizons: tuple[int, ...], *, null: bool) -> list[TrueEffect]:
    plan = company.plan
    planted = plan.moments[moment]
    arms = (BAD, NEUTRAL, GOOD, ABSENT) if planted.rated else (NEUTRAL, ABSENT)
    lived = {arm: live_again(company, met, state, arm, horizons).value for arm in arms}
    lived[MET] = {key: _as_it_was({arm: lived[arm][key] for arm in arms}, met.how, planted.rated) for key in lived[ABSENT]}
    pairs = [("presence", MET, ABSENT), *(COMPARED if planted.rated else ())]
    effects = []
    for outcome in plan.outcomes:
        for horizon in horizons:
            for contrast, level, reference in pairs:
                difference = lived[level][outcome, horizon] - lived[reference][outcome, horizon]
                told = ~np.isnan(difference)
                if told.sum() < 2:
                    continue
                effect, error = _mean(difference[told], met.unit[told])
                effects.append(
                    TrueEffect(
                        outcome=outcome,
                        moment=planted.name,
                        touchpoint=planted.touchpoint,
                        stage=planted.stage,
                        kind="interaction",
                        contrast=contrast,
                        level="met" if level == MET else LEVELS[level],
                        reference=LEVELS[reference],
                        days=(0, horizon),
                        effect=round(effect, 7),
                        error=round(error, 7),
                        n=int(told.sum()),
                        null=null,
                    )
                )
    return effects


def _as_it_was(arms: dict[int, Floats], how: Integers, rated: bool) -> Floats:
    if not rated:
        return arms[NEUTRAL]
    return np.choose(how, [arms[BAD], arms[NEUTRAL], arms[GOOD]])


def _mean(difference: Floats, unit: Integers) -> tuple[float, float]:
    """Mean and its standard error, touches of the same person taken together."""
    mean = float(difference.mean())
    _, person = np.unique(unit, return_inverse=True)
    sums = np.bincount(person, weights=difference - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(difference))


def labels(effects: list[TrueEffect], plan: Plan, *, share: float = 0.25) -> list[dict[str, str]]:
    """What each moment is called on each outcome: by which of its contrasts with neutral is at least `share` of the larger one."""
    found = []
    rows = {(e.outcome, e.moment, e.contrast, e.reference): e.effect for e in effects if e.days[1] == plan.within_days}
    for outcome, moment in sorted({(e.outcome, e.moment) for e in effects}):
        broken, made = (abs(rows.get((outcome, moment, contrast, "neutral"), 0.0)) for contrast in ("break", "make"))
        there = abs(rows.get((outcome, moment, "presence", "not met"), 0.0))
        most = max(broken, made)
        if most == 0:
            label = "presence" if there else "null"
        elif min(broken, made) >= share * most:
            label = "make or break"
        else:
            label = "breaks" if broken > made else "makes"
        found.append({"outcome": outcome, "moment": moment, "label": label})
    return found


def as_rows(effects: list[TrueEffect]) -> list[dict[str, object]]:
    """Effects as `truth.json` holds them."""
    return [asdict(effect) | {"days": list(effect.days)} for effect in effects]
