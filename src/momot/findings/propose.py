"""From what was found about a moment to the trial that would settle it: whom to randomise, to what, how many, how long, at what price."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Frame, Integers
from momot.effects.contrasts import MET
from momot.effects.plan import Size, Spread, found_with, harder, one_row_each, optimism, size_of, spread_of, telling
from momot.findings.answer import Answered
from momot.findings.contract import Effect
from momot.findings.findings import Moment
from momot.findings.labels import contrast_words
from momot.findings.numbers import numbers_of
from momot.findings.plan import Action, InTime, Proposal, Source
from momot.findings.plan_words import block_of, notes_of, sentence_of
from momot.findings.what_if import TOUCHES, effect_of, verdict_of
from momot.stats.intervals import t_quantile

LEVEL = 0.05
MONTH_DAYS = 365.25 / 12
MONTHS = (1.0, 3.0, 6.0, 12.0)
LEAST_ROWS = 50

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the frame: which rows have the outcome, the account of each (None: persons are randomised), cost of a touch."""

    measured: Flags
    accounts: Integers | None
    cost: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: the effect to find (None: to be told from the records), the power, the seed of the draw."""

    effect: float | None = None
    power: float = 0.8
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Population:
    """Those who would be in the trial, one row each with the history that counts, and how much better it looks than it is."""

    rows: Frame
    optimistic: float


@dataclass(frozen=True, slots=True)
class _Trial:
    """One action on one moment: the effect of one touch that it speaks of, and in which states of the exposure it changes anything."""

    action: Action
    effect: Effect | None
    states: tuple[int, ...]


def propose(entry: Answered, moment: Moment, exposure: Exposure, around: Around, wish: Wish) -> tuple[Proposal, ...]:
    """The trials that would settle a moment for one question; none where hardly anybody who met it has an outcome."""
    met = _met(exposure) & around.measured
    if met.sum() < LEAST_ROWS:
        return ()
    everything = one_row_each(entry.designed.frame, met, cluster=around.accounts, seed=wish.seed)
    rows = telling(everything)
    population = Population(rows, optimism(everything, rows, seed=wish.seed))
    drawn = one_row_each(_coded(entry.designed.frame, exposure), met, seed=wish.seed).outcome
    return tuple(_propose(entry, moment, exposure, around, wish, one, population, drawn) for one in _trials(moment, exposure))


def _coded(frame: Frame, exposure: Exposure) -> Frame:
    """The frame with the states of the exposure as its outcome, so that they are drawn as the outcome is."""
    return replace(frame, outcome=exposure.codes.astype(np.float64))


def _met(exposure: Exposure) -> Flags:
    """Who would be in the trial: whoever meets it, whichever way; of arms and conditions everybody."""
    if exposure.kind != "interaction":
        return np.ones(len(exposure.codes), dtype=np.bool_)
    return np.isin(exposure.codes, [place for place, state in enumerate(exposure.states) if state.role in MET])


def _trials(moment: Moment, exposure: Exposure) -> list[_Trial]:
    """Improve how it goes where that differs, withhold it where having met it is in question."""
    everybody = tuple(range(len(exposure.states)))
    if exposure.kind == "arm":
        return [_Trial("repeat", effect_of(moment, TOUCHES) or _strongest(moment), everybody)]
    found: list[_Trial] = []
    bad = tuple(place for place, state in enumerate(exposure.states) if state.role == "bad")
    if bad:
        found.append(_Trial("improve", effect_of(moment, "bad"), bad))
    elif (level := _strongest(moment)) is not None:
        found.append(_Trial("improve", level, tuple(p for p, state in enumerate(exposure.states) if state.label == level.level)))
    at_all = effect_of(moment, TOUCHES)
    if at_all is not None or not found:
        found.append(_Trial("withhold", at_all, everybody))
    return found


def _strongest(moment: Moment) -> Effect | None:
    """The level with the most behind it."""
    levels = [effect for effect in moment.main_effects if effect.contrast == "level"]
    return max(levels, key=lambda effect: effect.n * abs(effect.estimate), default=None)


def _propose(
    entry: Answered,
    moment: Moment,
    exposure: Exposure,
    around: Around,
    wish: Wish,
    one: _Trial,
    population: Population,
    drawn: npt.NDArray[np.float64],
) -> Proposal:
    question, rows, optimistic = moment.question, population.rows, population.optimistic
    verdict = verdict_of(moment, one.effect)
    told_effect = None if verdict == "not identifiable" else one.effect  # what a gate closed is no number to plan with
    share = float(np.isin(drawn, one.states).mean()) if one.action == "improve" else 1.0
    size, source = _to_find(told_effect, question.smallest_effect, wish.effect)
    between = None if size is None or share == 0 else _signed(one.action, told_effect, size, share, rows, wish.seed)
    sized = None if between is None else size_of(rows, between, wanted=wish.power, optimistic=optimistic, seed=wish.seed)
    spread = sized[1] if sized else spread_of(rows, optimistic=optimistic, seed=wish.seed)
    per_unit = len(rows.outcome) / max(spread.units, 1)
    reach = _reach(entry, moment, per_unit)
    numbers = numbers_of(question, moment.main_effects)
    told = sized[0] if sized else None
    per_arm = None if told is None else -(-told.units // 2)
    withheld = None if per_arm is None else per_arm * per_unit
    stake = _holdout(one.action, told_effect, withheld)
    follow = question.within_days
    months = None if per_arm is None or reach is None else 2 * per_arm / reach
    account = around.accounts is not None or (entry.designed.ask.outcome is not None and entry.designed.ask.outcome.per == "account")
    arms = _arms(moment, exposure, one.action)
    before = tuple(re.sub(r"\W+", "_", covariate.name).strip("_") for covariate in rows.covariates)
    proposal = Proposal(
        question=question.id,
        moment=moment.name,
        verdict=verdict,
        evidence=moment.evidence,
        action=one.action,
        randomise="account" if account else "person",
        arms=arms,
        compares=None if one.effect is None else contrast_words(one.effect),
        outcome_unit=question.unit,
        effect=size,
        effect_from=source,
        changed_share=share,
        effect_of_arms=None if size is None else size * share,
        mean=spread.mean,
        deviation=float(np.sqrt(spread.variance)),
        explained=spread.explained,
        people_a_unit=per_unit,
        per_arm=per_arm,
        units=None if per_arm is None else 2 * per_arm,
        people=None if per_arm is None else round(2 * per_arm * per_unit),
        in_advance=None if per_arm is None else _in_advance(moment, exposure, 2 * per_arm * per_unit),
        power=None if told is None else told.power,
        decisive_effect=None if told is None else _decisive(told, question.smallest_effect, share, wish.power),
        reach_per_month=reach,
        months=months,
        follow_up_days=follow,
        cost=None if around.cost is None or withheld is None else around.cost * withheld * (1 if one.action == "withhold" else 2),
        currency=around.currency if around.cost is not None else None,
        at_stake=stake[0] if stake else None,
        at_stake_low=stake[1] if stake else None,
        at_stake_high=stake[2] if stake else None,
        in_time=_in_time(spread, reach, share, wish.power),
        before=before,
        block=block_of(moment, arms, before, account=account),
        notes=(),
        sentence="",
    )
    return msgspec.structs.replace(
        proposal,
        sentence=sentence_of(proposal, one.effect, numbers),
        notes=notes_of(proposal, told_effect, moment, numbers, wanted=wish.power),
    )


def _to_find(effect: Effect | None, least: float | None, declared: float | None) -> tuple[float | None, Source | None]:
    """The effect of one touch that the trial is to find, and where that number is from.

    Never under what is too small to matter. From the records the end of the interval nearest zero, the smallest effect that is likely;
    where the interval holds zero what matters at least, or where that was not declared the end that is farthest from zero.
    """
    if declared is not None:
        return (declared, "declared") if declared >= (least or 0.0) else (least, "smallest_effect")
    surely = effect is not None and (effect.low > 0 or effect.high < 0)
    ends = () if effect is None else (abs(effect.low), abs(effect.high))
    if ends and (surely or not least):
        size = min(ends) if surely else max(ends)
        return (size, "interval") if size > (least or 0.0) else (least, "smallest_effect")
    return (least, "smallest_effect") if least else (None, None)


def _signed(action: Action, effect: Effect | None, size: float, share: float, rows: Frame, seed: int) -> float:
    """The difference between the arms as assigned, on the side it is expected, or where nobody knows on the harder one."""
    between = size * share
    if effect is None or effect.low <= 0 <= effect.high:
        return harder(spread_of(rows, seed=seed), (between, -between))
    way = 1.0 if effect.estimate > 0 else -1.0
    return between * (way if action == "repeat" else -way)  # withheld, or no longer bad: the other way round


def _reach(entry: Answered, moment: Moment, per_unit: float) -> float | None:
    """Units of randomisation that meet it a month."""
    months = entry.designed.frame.months
    if moment.finding.kind != "interaction":
        return None if not months else entry.designed.people / months / per_unit
    return None if moment.reach.per_month is None else moment.reach.per_month / per_unit


def _in_advance(moment: Moment, exposure: Exposure, people: float) -> int | None:
    """People, were all of them randomised and only a share met it: the effect is diluted by the share, the number grows by its square."""
    share = moment.reach.share
    return round(people / share**2) if exposure.kind == "interaction" and 0 < share < 1 else None


def _decisive(size: Size, least: float | None, share: float, wanted: float) -> float:
    """The effect of one touch whose interval lies outside what is too small to matter with the power wanted."""
    reach = t_quantile(1 - LEVEL / 2, size.freedom) + t_quantile(wanted, size.freedom)
    return (least or 0.0) + reach * size.error / share


def _holdout(action: Action, effect: Effect | None, withheld: float | None) -> tuple[float, float, float] | None:
    """What the outcome of those from whom it is withheld is put at: nothing where nobody gets less than today."""
    if action != "withhold":
        return 0.0, 0.0, 0.0
    if withheld is None or effect is None:
        return None
    low, high = sorted((-withheld * effect.low, -withheld * effect.high))
    return -withheld * effect.estimate, low, high


def _in_time(spread: Spread, reach: float | None, share: float, wanted: float) -> tuple[InTime, ...]:
    if reach is None or share == 0:
        return ()
    told = []
    for months in MONTHS:
        units = int(months * reach)
        if units >= 2 * LEAST_ROWS:
            told.append(InTime(months=months, units=units, effect=found_with(spread, units, wanted=wanted) / share))
    return tuple(told)


def _arms(moment: Moment, exposure: Exposure, action: Action) -> tuple[str, str]:
    if action == "withhold":
        return ("withheld", "touched") if exposure.kind == "interaction" else ("without", "with")
    if action == "improve":
        return ("as usual", "improved")
    effect = next((effect for effect in moment.main_effects if effect.contrast in ("arm", "level")), None)
    return (effect.reference, effect.level or "arm") if effect else ("control", "arm")
