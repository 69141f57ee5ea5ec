"""A panel's second adjustment: having met it at all, with recent activity as a noisy measure of intent (EFFECTS.md 3 e).

The first adjustment holds activity as if it were intent. It is intent and accidents: what is left of intent makes touches that intent
brings look like causes. Here activity of the last week is only what intent would foretell of it, told by activity of weeks long before.
Both adjustments lean on different assumptions; an effect that both tell is rarely a hidden intent. This one is never used alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.effects.panel_checks import amount, presence
from momot.effects.panel_solve import Coded, Solved, others_weight, without_each
from momot.stats import partial, proximal
from momot.stats.intervals import Interval, interval
from momot.stats.sums import centred
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

WEAK = 10.0
"""First-stage F under which instruments are too weak."""
APART = 2.0
"""Standard errors from which on two slopes on activity differ."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Slope of the outcome on recent activity, told by some instruments: change per standard deviation of log activity."""

    value: float
    standard_error: float
    deleted: Floats  # (buckets,) with each left out

    @property
    def between(self) -> tuple[float, float]:
        """95 % interval."""
        found = interval(self.value, self.standard_error, len(self.deleted) - 1.0)
        return found.low, found.high


@dataclass(frozen=True, slots=True)
class Again:
    """The second adjustment of one outcome: `presence` by exposure, their joint `covariance` in the order of those that there are.

    `strength` is the first-stage F. `activity`, `opinions`: the slope on activity by either instruments, where they can tell it.
    """

    presence: tuple[ContrastEstimate | None, ...]
    covariance: Floats
    strength: float
    activity: Slope | None = None
    opinions: Slope | None = None

    @property
    def differ(self) -> bool:
        """Whether the two slopes are more than two standard errors apart."""
        if self.activity is None or self.opinions is None:
            return False
        error = _error(self.activity.deleted - self.opinions.deleted)
        return abs(self.activity.value - self.opinions.value) > APART * error


def second(coded: Coded, solved: Solved, found: Sequence[ExposureEstimate], *, units: int, opinions: bool) -> Again | None:
    """Adjust a second time. `units` have rows; `opinions`: earlier answers tell something else than the outcome itself.

    The square of recent activity is left out where nothing foretells it. None where no activity is recorded as a measure of intent.
    """
    layout = coded.layout
    measures, instruments = layout.on("intent"), layout.on("instrument")
    if not len(measures) or not len(instruments):
        return None
    own = [coded.columns.of_exposure(position) for position in range(len(found))]
    exposures = np.concatenate([np.empty(0, dtype=np.intp), *own])
    roles = proximal.Roles(layout.without("activity"), exposures, measures, instruments, coded.outcome)
    total = solved.folds.total
    chosen, strength = roles, _strength(total, roles, units)
    if strength < WEAK:
        chosen = replace(roles, measures=measures[:1])
        strength = _strength(total, chosen, units)
    slopes = _slopes(coded, total, roles, units) if opinions else (None, None)
    if strength < WEAK:
        return Again((None,) * len(found), np.zeros((0, 0)), strength, *slopes)
    places = [np.searchsorted(exposures, columns) for columns in own]
    return Again(*_presence(coded, solved, found, chosen, places), strength, *slopes)


def _presence(
    coded: Coded, solved: Solved, found: Sequence[ExposureEstimate], roles: proximal.Roles, places: Sequence[Indices]
) -> tuple[tuple[ContrastEstimate | None, ...], Floats]:
    """Having met it, by exposure, and the joint covariance; `places` are each exposure's columns among those of all."""
    solution = proximal.two_stage(*_moments(solved.folds.total, roles), roles)
    deleted = proximal.delete_one(coded.sums, roles)
    told: list[tuple[int, Floats]] = []
    values = [np.empty((len(deleted), 0))]
    for position, equation in enumerate(solved.equations):
        for planned in presence(equation):
            vector = np.zeros(len(solution.coefficients))
            vector[places[position]] = planned.vector
            if solution.tells(vector):
                told.append((position, vector))
                rest = others_weight(coded.state_weight[position])
                values.append(without_each(equation.coding, planned, deleted[:, places[position]], rest)[:, None])
    covariance = partial.jackknife(np.concatenate(values, axis=1))
    contrasts = np.array([vector for _, vector in told]).reshape(len(told), len(solution.coefficients))
    freedom = np.maximum(proximal.effective_groups(coded.sums, roles, solution, contrasts) - 1.0, 1.0)
    answers: list[ContrastEstimate | None] = [None] * len(found)
    for number, (position, vector) in enumerate(told):
        first = next(one for one in found[position].contrasts if one.contrast == "presence")
        error = float(np.sqrt(covariance[number, number]))
        answers[position] = _with(first, interval(float(vector @ solution.coefficients), error, float(freedom[number])))
    return tuple(answers), covariance


def _with(first: ContrastEstimate, again: Interval) -> ContrastEstimate:
    """The contrast with another estimate; what was told of the first goes."""
    return replace(
        first,
        estimate=again.estimate,
        standard_error=again.standard_error,
        low=again.low,
        high=again.high,
        p_value=again.p_value,
        robustness=None,
        without_activity=None,
        without_today=None,
    )


def _moments(total: Floats, roles: proximal.Roles) -> tuple[Floats, Floats]:
    return proximal.residual_moments(total, roles), np.diag(centred(total))[roles.asked]


def _strength(total: Floats, roles: proximal.Roles, units: int) -> float:
    return proximal.first_stage(*_moments(total, roles), roles, units=units)


def _slopes(coded: Coded, total: Floats, roles: proximal.Roles, units: int) -> tuple[Slope | None, Slope | None]:
    """The slope on log activity by older activity and by earlier answers, with neither of them held."""
    known = coded.layout.without("activity", "answers")
    recent = roles.measures[:1]
    return (
        _slope(coded, total, replace(roles, known=known, measures=recent), units),
        _slope(coded, total, replace(roles, known=known, measures=recent, instruments=coded.layout.on("answers")), units),
    )


def _slope(coded: Coded, total: Floats, roles: proximal.Roles, units: int) -> Slope | None:
    if not len(roles.instruments):
        return None
    if _strength(total, roles, units) < WEAK:
        return None
    value = float(proximal.two_stage(*_moments(total, roles), roles).coefficients[-1])
    deleted = proximal.delete_one(coded.sums, roles)[:, -1]
    return Slope(value, _error(deleted), deleted)


def _error(deleted: Floats) -> float:
    return float(np.sqrt(partial.jackknife(deleted[:, None])[0, 0]))


def checks(again: Again | None, unit: str) -> tuple[Check, ...]:
    """What the second adjustment says of the outcome as a whole."""
    if again is None:
        return ()
    if again.strength < WEAK:
        message = "Activity of earlier weeks hardly foretells that of the last week, so intent could not be adjusted for a second time."
        return (Check(name="intent", status="skipped", value=again.strength, limit=WEAK, message=message),)
    if again.activity is None or again.opinions is None:
        message = "Recent activity was also taken as a noisy measure of intent; earlier answers say nothing about that measure."
        return (Check(name="intent", status="pass", value=again.strength, limit=WEAK, message=message),)
    message = (
        f"A standard deviation more of recent activity goes with {amount(again.activity.value, unit, again.activity.between)} as older "
        f"activity foretells it, with {amount(again.opinions.value, unit, again.opinions.between)} as earlier answers do"
    )
    if not again.differ:
        return (Check(name="intent", status="pass", value=again.strength, limit=WEAK, message=f"{message}: much the same."),)
    return (
        Check(
            name="intent",
            status="review",
            value=again.strength,
            limit=WEAK,
            message=f"{message}: activity does not stand for intent here.",
            fix="Record what people are about to do (searches, wish lists, requests), or randomise who meets it.",
        ),
    )


def untold(again: Again | None, position: int) -> tuple[Check, ...]:
    """That the second adjustment can't tell one touchpoint, where it tells others."""
    if again is None or again.strength < WEAK or again.presence[position] is not None:
        return ()
    return (Check(name="intent", status="skipped", message="With recent activity as a noisy measure of intent it can't be told apart."),)
