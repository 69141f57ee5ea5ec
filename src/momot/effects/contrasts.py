"""What is compared with what: references, dummy columns and contrasts of one exposure (EFFECTS.md 1.2, 1.6).

Pure functions of how many units and clusters are in each state; the outcome is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Role
from momot.vocabulary import Contrast

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MIN_UNITS = 30
MIN_CLUSTERS = 10
MIN_ABSENT_SHARE = 0.05
"""'Not met' is a reference only where at least this share of the units is: 18 who were never promised a date are no norm."""

LEAST_OF_A_LINE = 3

MET: frozenset[Role] = frozenset({"met", "bad", "neutral", "good", "level", "arm", "unknown"})
UNTESTED: frozenset[Role] = frozenset({"unknown", "blank", "never_used"})
COMPARABLE: frozenset[Role] = frozenset({"absent", "met", "bad", "neutral", "good", "level", "arm", "control"})


Name = tuple[Contrast, str | None, str]
"""What tells the contrasts of one exposure apart: contrast, level, reference."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One contrast: `vector` (columns,) on the exposure's coefficients; the states on either side.

    `between_met`: both sides met the touchpoint.
    """

    contrast: Contrast
    level: str | None
    reference: str
    vector: Floats
    states: tuple[int, ...]
    reference_states: tuple[int, ...]
    between_met: bool

    @property
    def name(self) -> Name:
        """What tells it apart from the other contrasts of its exposure."""
        return self.contrast, self.level, self.reference


@dataclass(frozen=True, slots=True)
class Coding:
    """The dummy columns of one exposure: `columns` holds the states of each; `reference` the states that have none.

    `supported` (states,): at least 30 units and 10 clusters. `contrasts` may be empty: nothing can be compared. `met_tests` are the
    contrasts of every tested met state with the first one, for the joint test between met states; empty with fewer than two.
    """

    columns: tuple[tuple[int, ...], ...]
    reference: tuple[int, ...]
    supported: tuple[bool, ...]
    contrasts: tuple[Planned, ...]
    met_tests: tuple[Floats, ...]


def code(exposure: Exposure, units: Integers, clusters: Integers, weight: Floats, *, presence: bool = False) -> Coding:
    """Choose the reference and the contrasts of an exposure from the units, clusters and sum of weights in each state (states,).

    `presence`: also ask what having met it at all does, whichever way it went.
    """
    supported = (units >= MIN_UNITS) & (clusters >= MIN_CLUSTERS)
    reference = _REFERENCES[exposure.coding](exposure, units, supported)
    columns = _columns(exposure, units, supported, reference)
    side = _Sides(exposure, columns, units, clusters, weight)
    plans = () if reference is None else _PLANS[exposure.coding](side, reference)
    planned = tuple(p for p in plans if p is not None)
    if presence and reference is not None and exposure.coding not in ("presence", "arm"):
        at_all = side.compare("presence", side.met(), side.role("absent"), names=("met", "not met"))
        if at_all is not None:  # where it only ever went one way, that way is having met it
            same = (at_all.states, at_all.reference_states)
            planned = (*(p for p in planned if (p.states, p.reference_states) != same), at_all)
    base: tuple[int, ...] = () if reference is None else (reference,)
    if reference is None and columns:  # no contrast, but its columns still adjust others: one state must have none
        largest = max(columns, key=lambda states: int(units[list(states)].sum()))
        base, columns = largest, tuple(states for states in columns if states != largest)
    return Coding(columns, base, tuple(map(bool, supported)), planned, _met_tests(exposure, columns, supported) if planned else ())


def _columns(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_], reference: int | None) -> tuple[tuple[int, ...], ...]:
    """One column a state, except that states of the same role without support share one: 500 rare cities must not take 500 columns."""
    alone: list[tuple[int, ...]] = []
    rare: dict[Role, list[int]] = {}
    for position, state in enumerate(exposure.states):
        if position == reference or not units[position]:
            continue
        if supported[position]:
            alone.append((position,))
        else:
            rare.setdefault(state.role, []).append(position)
    return tuple(sorted(alone + [tuple(states) for states in rare.values()]))


def _with_role(exposure: Exposure, roles: frozenset[Role], allowed: npt.NDArray[np.bool_]) -> list[int]:
    return [position for position, state in enumerate(exposure.states) if state.role in roles and allowed[position]]


def _most_common(positions: list[int], units: Integers) -> int | None:
    return max(positions, key=lambda position: (int(units[position]), -position), default=None)


_Reference = Callable[[Exposure, Integers, "npt.NDArray[np.bool_]"], int | None]


def _reference_presence(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_]) -> int | None:
    return _most_common(_with_role(exposure, frozenset({"absent"}), supported), units)


def _reference_arm(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_]) -> int | None:
    return _most_common(_with_role(exposure, frozenset({"control"}), supported), units)


def _reference_quality(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_]) -> int | None:
    """Neutral; else not met where that is no small oddity; else good; else not met although few."""
    usual_absent = supported & (units >= MIN_ABSENT_SHARE * units.sum())
    order: tuple[tuple[Role, npt.NDArray[np.bool_]], ...]
    order = (("neutral", supported), ("absent", usual_absent), ("good", supported), ("absent", supported))
    for role, allowed in order:
        if (found := _most_common(_with_role(exposure, frozenset({role}), allowed), units)) is not None:
            return found
    return None


def _reference_rating(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_]) -> int | None:
    """The most common neutral level, else the most common level."""
    neutral = _most_common(_with_role(exposure, frozenset({"neutral"}), supported), units)
    rated = frozenset[Role]({"bad", "neutral", "good", "level"})
    return neutral if neutral is not None else _most_common(_with_role(exposure, rated, supported), units)


def _reference_level(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_]) -> int | None:
    """The first state in order, not met only where that is no small oddity."""
    usual = supported.copy()
    for position, state in enumerate(exposure.states):
        if state.role == "absent":
            usual[position] &= units[position] >= MIN_ABSENT_SHARE * units.sum()
    return next(iter(_with_role(exposure, COMPARABLE, usual)), None)


def _reference_category(exposure: Exposure, units: Integers, supported: npt.NDArray[np.bool_]) -> int | None:
    return _most_common(_with_role(exposure, COMPARABLE, supported), units)


_REFERENCES: dict[str, _Reference] = {
    "presence": _reference_presence,
    "quality": _reference_quality,
    "rating": _reference_rating,
    "level": _reference_level,
    "category": _reference_category,
    "arm": _reference_arm,
}


@dataclass(frozen=True, slots=True)
class _Sides:
    """Builds contrasts between groups of states; each side is the mean of its states' coefficients, weighted by their units."""

    exposure: Exposure
    columns: tuple[tuple[int, ...], ...]
    units: Integers
    clusters: Integers
    weight: Floats

    def role(self, role: Role) -> tuple[int, ...]:
        """The states of a role that somebody is in."""
        return tuple(position for position, state in enumerate(self.exposure.states) if state.role == role and self.units[position])

    def met(self) -> tuple[int, ...]:
        """The states in which somebody met it."""
        return tuple(position for position, state in enumerate(self.exposure.states) if state.role in MET and self.units[position])

    def enough(self, states: tuple[int, ...]) -> bool:
        """Whether a pool of states has the support that one state needs. A cluster with units in two of the states counts twice."""
        chosen = list(states)
        return bool(self.units[chosen].sum() >= MIN_UNITS and self.clusters[chosen].sum() >= MIN_CLUSTERS)

    def compare(
        self, contrast: Contrast, states: tuple[int, ...], reference: tuple[int, ...], *, names: tuple[str, str] | None = None
    ) -> Planned | None:
        """The contrast of two groups of states, or None where either has too little support."""
        if not states or not reference or set(states) & set(reference) or not (self.enough(states) and self.enough(reference)):
            return None
        labels = names or (self._label(states), self._label(reference))
        vector = self._mean(states) - self._mean(reference)
        met = {self.exposure.states[position].role in MET for position in (*states, *reference)}
        return Planned(contrast, labels[0], labels[1], vector, states, reference, met == {True})

    def _label(self, states: tuple[int, ...]) -> str:
        return " or ".join(self.exposure.states[position].label for position in states)

    def _mean(self, states: tuple[int, ...]) -> Floats:
        return pooled(self.columns, states, self.weight)


def pooled(columns: tuple[tuple[int, ...], ...], states: tuple[int, ...], weight: Floats) -> Floats:
    """The mean of some states as a vector on the columns (columns,), by the `weight` (states,) of each state."""
    total = weight[list(states)].sum()
    return np.array([weight[[s for s in column if s in states]].sum() / total for column in columns], dtype=np.float64)


_Plan = Callable[[_Sides, int], "tuple[Planned | None, ...]"]


def _plan_presence(side: _Sides, reference: int) -> tuple[Planned | None, ...]:
    return (side.compare("presence", side.role("met"), (reference,)),)


def _plan_arm(side: _Sides, reference: int) -> tuple[Planned | None, ...]:
    return tuple(side.compare("arm", (arm,), (reference,)) for arm in side.role("arm"))


def _plan_quality(side: _Sides, reference: int) -> tuple[Planned | None, ...]:
    bad, good = side.role("bad"), side.role("good")
    against_good = reference in good
    return (
        None if against_good else side.compare("break", bad, (reference,)),
        None if against_good else side.compare("make", good, (reference,)),
        side.compare("bad-good", bad, good),
    )


def _plan_rating(side: _Sides, reference: int) -> tuple[Planned | None, ...]:
    bad, neutral, good = side.role("bad"), side.role("neutral"), side.role("good")
    rated = sorted({*bad, *neutral, *good, *side.role("level")} - {reference})
    return (
        side.compare("break", bad, neutral, names=("bad", "neutral")),
        side.compare("make", good, neutral, names=("good", "neutral")),
        side.compare("bad-good", bad, good, names=("bad", "good")),
        *(side.compare("level", (state,), (reference,)) for state in rated),
    )


def _plan_levels(side: _Sides, reference: int) -> tuple[Planned | None, ...]:
    others = (p for p, state in enumerate(side.exposure.states) if p != reference and state.role not in UNTESTED and side.units[p])
    return (*(side.compare("level", (state,), (reference,)) for state in others), _trend(side))


def _trend(side: _Sides) -> Planned | None:
    """What a line through the levels of a dose says of the step from the lowest to the highest; None under three levels with support.

    Each level counts by its units, as in a regression on the dose. Two levels are their own line.
    """
    dose, states = side.exposure.dose, side.exposure.states
    if dose is None:
        return None
    used = [p for p, state in enumerate(states) if state.role == "level" and np.isfinite(dose[p]) and side.enough((p,))]
    if len(used) < LEAST_OF_A_LINE:
        return None
    weight, amount = side.weight[used], np.array([dose[p] for p in used])
    away = weight * (amount - np.average(amount, weights=weight))
    slope = dict(zip(used, (away / (away @ amount) * np.ptp(amount)).tolist(), strict=True))
    lowest, *others = sorted(used, key=lambda position: dose[position])
    return Planned(
        contrast="trend",
        level=f"line to {states[others[-1]].label}",
        reference=states[lowest].label,
        vector=np.array([sum(slope.get(state, 0.0) for state in column) for column in side.columns], dtype=np.float64),
        states=(others[-1],),
        reference_states=(lowest,),
        between_met=True,
    )


_PLANS: dict[str, _Plan] = {
    "presence": _plan_presence,
    "quality": _plan_quality,
    "rating": _plan_rating,
    "level": _plan_levels,
    "category": _plan_levels,
    "arm": _plan_arm,
}


def _met_tests(exposure: Exposure, columns: tuple[tuple[int, ...], ...], supported: npt.NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Contrasts of each supported met state with the first; the reference state's coefficient is 0."""
    tested = [position for position, state in enumerate(exposure.states) if state.role in MET - UNTESTED and supported[position]]
    units = [np.array([position in column for column in columns], dtype=np.float64) for position in tested]
    return tuple(unit - units[0] for unit in units[1:])
