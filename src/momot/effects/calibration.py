"""Estimates without the systematic error that they show together (EFFECTS.md 3 e): which estimates are compared, which law each follows.

The estimates of all outcomes of one design are taken together, by touchpoint. Presence and contrasts between ways of having met it have
laws of their own: who meets a touchpoint is far more easily confused with what they would have done anyway than how it went for them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Frame
from momot.effects import stake
from momot.effects.estimates import ContrastEstimate, Estimates, ExposureEstimate
from momot.stats import calibration as model
from momot.stats.calibration import Estimated, Law
from momot.stats.intervals import joint_p
from momot.stats.power import detectable_effect
from momot.vocabulary import Contrast
from momot.vocabulary.records import AtStake

Floats = npt.NDArray[np.float64]

FEWEST = 6
"""Touchpoints below which the bulk of the estimates tells no law at all."""
FEW = 15
"""Touchpoints below which most of them may be true: what rests on a law told by so few is `likely` at most."""
LEAST_CONTROLS = 3
"""Declared controls from which on they tell the law where touchpoints are few."""
STEEP = 0.3
"""Standard deviations of the predicted outcome between those touched and others, beyond which touches are aimed at people at risk."""

Kind = tuple[Contrast, bool]
"""A kind of contrast: its name, and whether both sides met the touchpoint."""
Method = Literal["none", "majority", "controls"]


@dataclass(frozen=True, slots=True)
class Options:
    """Pieces of the calibration, each of which can be switched off to see what it is worth."""

    null: Literal["joint", "median", "none"] = "joint"
    together: bool = True  # all outcomes of a design in one model
    graded: bool = True
    second: bool = True  # the second adjustment as a veto
    few: bool = True  # what rests on few touchpoints is likely at most
    controls: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's raw estimates. `better`: 1 where a higher outcome is better, else -1.

    `controls` are touchpoints declared to change nothing, `exempt` those whose exposure is not calibrated (accidents). `tried`: what an
    experiment told of having met an exposure (position in the frame) and its standard error: a positive control, whose error is known as
    that of a touchpoint without effect is (Schuemie et al. 2018). Questions with the same `group` are calibrated together.
    """

    question: str
    frame: Frame
    estimates: Estimates
    better: int
    group: Hashable
    controls: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()
    tried: Mapping[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnLaw:
    """The law of one kind of contrast of one question, and how many touchpoints it was told from."""

    kind: Kind
    law: Law
    touchpoints: int
    method: Method
    few: bool


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One question's estimates beside the raw ones.

    `estimates`: calibrated where a law is known, raw elsewhere. `laws`: by kind of contrast. `presence`, `between`: how each of the two was
    calibrated; `few`: on so few touchpoints that most of them may be true. `false` (exposures,): local false discovery rates of presence
    and of how it went, None where there are none. `again`: the calibrated second adjustment of presence by exposure.
    """

    estimates: Estimates
    laws: tuple[ColumnLaw, ...] = ()
    presence: Method = "none"
    between: Method = "none"
    few: bool = False
    controls: tuple[str, ...] = ()
    false: tuple[tuple[float | None, float | None], ...] = ()
    again: tuple[ContrastEstimate | None, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One estimate of the model: where it stands, what it is of."""

    question: int
    exposure: int
    contrast: int
    touchpoint: str
    kind: Kind
    estimate: ContrastEstimate
    speaks: bool
    known: bool = False  # its true value was taken from the estimate


def calibrate(asked: Sequence[Asked], *, options: Options | None = None) -> list[Calibrated]:
    """Calibrate the questions of one run, each group of them together; randomised and associational designs stay as they are."""
    chosen = options or Options()
    found: dict[int, Calibrated] = {}
    groups: dict[Hashable, list[int]] = {}
    for number, one in enumerate(asked):
        if one.frame.evidence == "B" and chosen.null != "none":
            groups.setdefault(one.group if chosen.together else number, []).append(number)
        else:
            found[number] = Calibrated(one.estimates)
    for numbers in groups.values():
        found |= dict(zip(numbers, _group([asked[number] for number in numbers], chosen), strict=True))
    return [found[number] for number in range(len(asked))]


def _group(asked: Sequence[Asked], options: Options) -> list[Calibrated]:
    main = list(_entries(asked))
    laws, local = _laws(main, asked, options)
    again, _ = _laws(list(_again(asked)), asked, options) if options.second else ({}, {})
    return [_calibrated(one, number, main, laws, local, again, options) for number, one in enumerate(asked)]


def _entries(asked: Sequence[Asked]) -> Iterable[_Entry]:
    for number, one in enumerate(asked):
        for position, estimate in enumerate(one.estimates.exposures):
            exposure = one.frame.exposures[estimate.exposure]
            if exposure.kind == "interaction" and exposure.evidence == "B" and exposure.touchpoint not in one.exempt:
                for place, contrast in enumerate(estimate.contrasts):
                    if contrast.standard_error > 0 and _comparable(estimate, contrast):
                        kind = (contrast.contrast, contrast.between_met)
                        entry = _Entry(number, position, place, exposure.moment, kind, contrast, _speaks(kind, estimate))
                        told = one.tried.get(estimate.exposure) if kind == ("presence", False) else None
                        yield entry if told is None else _without_truth(entry, *told)


def _without_truth(entry: _Entry, truth: float, error: float) -> _Entry:
    """What is left of an estimate whose truth an experiment told: systematic error and the chance of both. A touchpoint of its own."""
    both = float(np.hypot(entry.estimate.standard_error, error))
    rest = replace(entry.estimate, estimate=entry.estimate.estimate - truth, standard_error=both)
    if rest.without_activity is not None:
        rest = replace(rest, without_activity=rest.without_activity - truth)
    return replace(entry, touchpoint=f"{entry.touchpoint} (tried)", estimate=rest, known=True)


def _speaks(kind: Kind, estimate: ExposureEstimate) -> bool:
    """Whether a contrast is not the sum or the mean of others of its exposure: bad against good beside bad and good against neutral is."""
    name, met = kind
    others = {(one.contrast, one.between_met) for one in estimate.contrasts}
    if name == "bad-good":
        return not others & {("break", True), ("make", True)}
    return met or name == "presence" or ("presence", False) not in others


def _comparable(estimate: ExposureEstimate, contrast: ContrastEstimate) -> bool:
    """Whether an estimate tells something of those of other touchpoints: not where it counts who had the chance of both."""
    return contrast.between_met or not any(check.name == "opportunity" and check.status == "fail" for check in estimate.before_presence)


def _again(asked: Sequence[Asked]) -> Iterable[_Entry]:
    seconds = [replace(one, estimates=_of_seconds(one.estimates)) for one in asked]
    yield from (entry for entry in _entries(seconds) if entry.kind == ("presence", False))


def _of_seconds(estimates: Estimates) -> Estimates:
    """The estimates with presence as the second adjustment has it, and nothing else."""
    return replace(
        estimates, exposures=tuple(replace(one, contrasts=() if one.again is None else (one.again,)) for one in estimates.exposures)
    )


Laws = dict[tuple[int, Kind], ColumnLaw]


def _laws(
    entries: Sequence[_Entry], asked: Sequence[Asked], options: Options
) -> tuple[Laws, dict[tuple[int, int], tuple[float | None, float | None]]]:
    """The law of each kind of contrast of each question, and the local false discovery rates by question and exposure."""
    controls = frozenset().union(*(one.controls for one in asked)) if options.controls else frozenset[str]()
    told = frozenset(entry.touchpoint for entry in entries if entry.known or entry.touchpoint.partition("@")[0] in controls)
    chosen, columns = _columns(entries, told)
    if not chosen:
        return {}, {}
    names = sorted({entry.touchpoint for entry in chosen})
    place = {name: number for number, name in enumerate(names)}
    known = np.array([name in told for name in names])
    numbers = {key: number for number, key in enumerate(dict.fromkeys(columns))}
    kinds = list(numbers)
    contrasts = {key: {entry.kind for entry, column in zip(chosen, columns, strict=True) if column == key} for key in kinds}
    estimated = Estimated(
        touchpoint=np.array([place[entry.touchpoint] for entry in chosen], dtype=np.intp),
        column=np.array([numbers[key] for key in columns], dtype=np.intp),
        estimate=np.array([entry.estimate.estimate for entry in chosen]),
        error=np.array([entry.estimate.standard_error for entry in chosen]),
        direction=np.array([_direction(entry, asked[entry.question].better) for entry in chosen]),
        moved=np.array([_moved(entry.estimate) for entry in chosen]),
        graded=np.array([options.graded and name == "presence" and _aimed(asked[question]) for question, name, _ in kinds]),
        known=known,
        speaks=np.array([entry.speaks for entry in chosen]),
    )
    enough = len(names) >= FEWEST
    method: Method = "controls" if known.sum() >= LEAST_CONTROLS and len(names) < FEW else "majority"
    majority = model.two_groups if options.null == "joint" else model.majority
    nulls = majority(estimated) if enough else model.of_controls(estimated)
    laws: Laws = {}
    for key, number in numbers.items():
        members = len({entry.touchpoint for entry, column in zip(chosen, columns, strict=True) if column == key})
        for kind in contrasts[key]:
            laws[key[0], kind] = ColumnLaw(kind, nulls.laws[number], members, method, method == "majority" and len(names) < FEW)
    return laws, _false(chosen, place, nulls) if enough and options.null == "joint" else {}


Column = tuple[int, str, bool]
"""Question, name, whether both sides met it."""


def _columns(entries: Sequence[_Entry], known: frozenset[str]) -> tuple[list[_Entry], list[Column]]:
    """The entries whose law can be told, and the column of each: a kind by itself where enough touchpoints have it, else what is left.

    What is left of a side (presence, or how it went) is one column, if it has touchpoints enough.
    """
    members: dict[Column, set[str]] = {}
    for entry in entries:
        members.setdefault((entry.question, *entry.kind), set()).add(entry.touchpoint)
    own = {key for key, names in members.items() if _enough(names, known)}
    left: dict[Column, set[str]] = {}
    for (question, name, met), names in members.items():
        if (question, name, met) not in own:
            left.setdefault((question, "other", met), set()).update(names)
    pooled = {key for key, names in left.items() if _enough(names, known)}
    chosen, columns = [], []
    for entry in entries:
        alone, other = (entry.question, *entry.kind), (entry.question, "other", entry.kind[1])
        if alone in own or other in pooled:
            chosen.append(entry)
            columns.append(alone if alone in own else other)
    return chosen, columns


def _enough(moments: set[str], known: frozenset[str]) -> bool:
    return len(moments) >= FEWEST or len(moments & known) >= LEAST_CONTROLS


def _direction(entry: _Entry, better: int) -> int:
    """The sign that an effect has if it goes the way of the quality; none is declared of levels and of presence."""
    return {"break": -better, "bad-good": -better, "make": better}.get(entry.kind[0], 0)


def _moved(estimate: ContrastEstimate) -> float:
    return 0.0 if estimate.without_activity is None else estimate.without_activity - estimate.estimate


def _aimed(asked: Asked) -> bool:
    """Whether some touches of a question are aimed at people at risk."""
    return any(abs(one.aimed or 0.0) >= STEEP for one in asked.estimates.exposures)


def _false(chosen: Sequence[_Entry], place: dict[str, int], nulls: model.Nulls) -> dict[tuple[int, int], tuple[float | None, float | None]]:
    """By question and exposure: the probability that presence, and that none of the ways it went, changes anything."""
    rows: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    touchpoint: dict[tuple[int, int], int] = {}
    for row, entry in enumerate(chosen):
        key = (entry.question, entry.exposure)
        touchpoint[key] = place[entry.touchpoint]
        sides = rows.setdefault(key, ([], []))
        if entry.kind == ("presence", False):
            sides[0].append(row)
        elif entry.kind[1] and entry.speaks:
            sides[1].append(row)
    return {
        key: tuple(nulls.false(touchpoint[key], side) if side else None for side in sides)  # type: ignore[misc]
        for key, sides in rows.items()
    }


def _calibrated(
    one: Asked,
    number: int,
    entries: Sequence[_Entry],
    laws: Laws,
    local: dict[tuple[int, int], tuple[float | None, float | None]],
    again: Laws,
    options: Options,
) -> Calibrated:
    raw = one.estimates
    mine = [law for (question, _), law in laws.items() if question == number]
    if not mine:
        return Calibrated(raw)
    allowed = {(entry.exposure, entry.contrast) for entry in entries if entry.question == number}
    law_of: list[Law | None] = []
    moved: list[float] = []
    for position, exposure in enumerate(raw.exposures):
        for place, contrast in enumerate(exposure.contrasts):
            law_of.append(_law_for(contrast, mine) if (position, place) in allowed else None)
            moved.append(_moved(contrast))
    covariance = raw.covariance + _added(law_of, moved)
    found, start = [], 0
    for exposure in raw.exposures:
        span = slice(start, start + len(exposure.contrasts))
        start = span.stop
        found.append(_exposure(exposure, law_of[span], moved[span], covariance[span, span]))
    seconds = tuple(_second(exposure, again.get((number, ("presence", False)))) for exposure in raw.exposures)
    of = {kind: law for law in mine for kind in [law.kind]}
    between = [law.method for law in mine if law.kind[1]]
    presence = of.get(("presence", False))
    return Calibrated(
        estimates=replace(raw, exposures=tuple(found), covariance=covariance),
        laws=tuple(sorted(mine, key=lambda law: law.kind)),
        presence="none" if presence is None else presence.method,
        between=between[0] if between else "none",
        few=options.few and any(law.few for law in mine),
        controls=tuple(sorted(one.controls & {entry.touchpoint.partition("@")[0] for entry in entries})),
        false=tuple(local.get((number, position), (None, None)) for position in range(len(raw.exposures))),
        again=seconds,
    )


def _law_for(contrast: ContrastEstimate, laws: Sequence[ColumnLaw]) -> Law | None:
    """The law of a contrast; where too few touchpoints have its kind, the widest law of the same side, without a location."""
    kind = (contrast.contrast, contrast.between_met)
    own = next((one.law for one in laws if one.kind == kind), None)
    if own is not None:
        return own
    alike = [one.law for one in laws if one.kind[1] == contrast.between_met]
    widest = max(alike, key=lambda law: law.spread, default=None)
    return None if widest is None else replace(widest, location=0.0, slope=0.0, moved=(0.0, 0.0))


def _added(laws: Sequence[Law | None], moved: Sequence[float]) -> Floats:
    """What systematic error adds to the joint covariance: its spread to each contrast, the error of a location to all that share it."""
    added = np.zeros((len(laws), len(laws)))
    for i, (law, here) in enumerate(zip(laws, moved, strict=True)):
        if law is None or not np.isfinite(law.spread):
            continue
        for j, (other, there) in enumerate(zip(laws, moved, strict=True)):
            if other is law:
                added[i, j] = law.shared(here, there)
        added[i, i] = law.variance(here)
    return added


def _exposure(raw: ExposureEstimate, laws: Sequence[Law | None], moved: Sequence[float], covariance: Floats) -> ExposureEstimate:
    contrasts = tuple(
        contrast if law is None else _contrast(contrast, law, away) for contrast, law, away in zip(raw.contrasts, laws, moved, strict=True)
    )
    if all(law is None for law in laws):
        return raw
    estimates = np.array([contrast.estimate for contrast in contrasts])
    freedom = np.array([contrast.df for contrast in contrasts])
    between = between_vectors(raw)
    return replace(
        raw,
        contrasts=contrasts,
        joint_p=_joint(np.eye(len(contrasts)), estimates, covariance, freedom),
        between_met_p=_joint(between, estimates, covariance, freedom)
        if len(between) and raw.between_met_p is not None
        else raw.between_met_p,
        detectable=max(detectable_effect(contrast.standard_error, contrast.df) for contrast in contrasts),
        at_stake=_at_stake(raw.at_stake, raw.factors[0], estimates, covariance),
        at_stake_presence=_at_stake(raw.at_stake_presence, raw.factors[1], estimates, covariance),
    )


def _at_stake(raw: AtStake | None, factors: tuple[float, ...], estimates: Floats, covariance: Floats) -> AtStake | None:
    return None if raw is None else stake.of_factors(factors, estimates, covariance, raw.unit)


def _contrast(raw: ContrastEstimate, law: Law, moved: float) -> ContrastEstimate:
    found = law.calibrated(raw.estimate, raw.standard_error, raw.df, moved=moved)
    return replace(
        raw,
        estimate=found.estimate,
        standard_error=found.standard_error,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        df=law.freedom(raw.standard_error, raw.df, moved=moved),
    )


def between_vectors(exposure: ExposureEstimate) -> Floats:
    """The contrasts between ways of having met it that are no sums of each other, as vectors on its contrasts, (tests, contrasts)."""
    contrasts = exposure.contrasts
    unit = np.eye(len(contrasts))
    speaking = [i for i, one in enumerate(contrasts) if one.between_met and _speaks((one.contrast, True), exposure)]
    if speaking:
        return unit[speaking]
    levels = [i for i, one in enumerate(contrasts) if one.contrast == "level"]
    return np.asarray(unit[levels[1:]] - unit[levels[:1]])  # levels against not met: how they differ from each other


def _joint(vectors: Floats, estimates: Floats, covariance: Floats, freedom: Floats) -> float:
    asked = np.any(vectors != 0, axis=0)
    return joint_p(vectors @ estimates, vectors @ covariance @ vectors.T, float(freedom[asked].min()))


def _second(raw: ExposureEstimate, law: ColumnLaw | None) -> ContrastEstimate | None:
    """Presence under the second adjustment, calibrated by its own law."""
    if raw.again is None or law is None:
        return None
    return _contrast(raw.again, law.law, _moved(raw.again))
