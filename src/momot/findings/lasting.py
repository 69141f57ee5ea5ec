"""How long a found effect lasts: its half-life or a bound, the effect in each window, their sum (EFFECTS.md 1.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.effects.lasting import Followed, Lasting, Profile
from momot.findings.contract import Effect, HalfLife
from momot.findings.contract import Lasting as Curve
from momot.findings.half_life import time_words
from momot.findings.verdict import Tested
from momot.stats.decay import Decay, fit
from momot.stats.intervals import interval

Floats = npt.NDArray[np.float64]

UNTOLD = {
    "either": "these data don't tell how long it lasts",
    "no effect": "too little is left of it in windows to tell how long it lasts",
    "another shape": "it doesn't fade like a half-life",
}


@dataclass(frozen=True, slots=True)
class Faded:
    """What `Finding` and `Document.effects` hold of one found moment."""

    half_life: HalfLife
    curves: tuple[Curve, ...]
    effects: tuple[Effect, ...]


def faded(one: Tested, lasting: Lasting) -> Faded | None:
    """The half-life of a found moment from the contrasts that its verdict rests on; None where none of them could be followed."""
    profile = lasting.profiles[one.estimate.exposure]
    contrasts = _telling(one, profile)
    if not contrasts:
        return None
    windows = len(lasting.edges) - 1
    rows = np.concatenate([np.arange(place * windows, (place + 1) * windows) for place in contrasts])
    covariance = profile.covariance[np.ix_(rows, rows)]
    followed = [profile.contrasts[place] for place in contrasts]
    decay = fit(np.stack([one.effects for one in followed]), covariance, lasting.edges, df=lasting.df)
    curves, effects = [], []
    for number, contrast in enumerate(followed):
        part = covariance[number * windows : (number + 1) * windows, number * windows : (number + 1) * windows]
        curves.append(_curve(contrast, part, lasting, decay, number))
        effects += _effects(one, contrast, part, lasting)
    return Faded(half_life(decay), tuple(curves), tuple(effects))


def _telling(one: Tested, profile: Profile) -> list[int]:
    """Positions of the contrasts that matter, break and make rather than their difference; of all decisive ones where none does."""
    decisive = {(c.contrast, c.level, c.reference): one.matters(c) for c in one.decisive_contrasts}
    known = [place for place, contrast in enumerate(profile.contrasts) if contrast.name in decisive]
    kept = [place for place in known if profile.contrasts[place].planned.contrast != "bad-good"] or known
    return [place for place in kept if decisive[profile.contrasts[place].name]] or kept


def half_life(decay: Decay) -> HalfLife:
    """The half-life as the contract has it: bounds are rounded away from what is claimed."""
    note = UNTOLD.get(decay.told)
    if decay.told == "at least" and decay.low is not None:
        note = f"at least {time_words(decay.low, whole=math.floor)}"
    elif decay.told == "at most" and decay.high is not None:
        note = f"at most {time_words(decay.high, whole=math.ceil)}"
    return HalfLife(estimate=decay.half_life, low=decay.low, high=decay.high, note=note)


def _curve(contrast: Followed, covariance: Floats, lasting: Lasting, decay: Decay, number: int) -> Curve:
    parts = len(contrast.effects) if lasting.answers else 1
    total = interval(float(contrast.effects.sum()) / parts, float(np.sqrt(max(covariance.sum(), 0.0))) / parts, lasting.df)
    return Curve(
        contrast=contrast.planned.contrast,
        level=contrast.planned.level,
        reference=contrast.planned.reference,
        days=(float(lasting.edges[0]), float(lasting.edges[-1])),
        estimate=total.estimate,
        low=total.low,
        high=total.high,
        averaged=lasting.answers,
        start=float(decay.start[number] * (lasting.edges[1] - lasting.edges[0])) if decay.half_life is not None else None,
    )


def _effects(one: Tested, contrast: Followed, covariance: Floats, lasting: Lasting) -> list[Effect]:
    found = []
    for place, (low, high) in enumerate(zip(lasting.edges[:-1].tolist(), lasting.edges[1:].tolist(), strict=True)):
        told = interval(float(contrast.effects[place]), float(np.sqrt(max(covariance[place, place], 0.0))), lasting.df)
        if told.standard_error == 0 or not contrast.n[place] or not contrast.n_reference[place]:
            continue  # nothing happened in it, or nobody answered
        found.append(
            Effect(
                question=one.question,
                moment=one.exposure.moment,
                contrast=contrast.planned.contrast,
                level=contrast.planned.level,
                reference=contrast.planned.reference,
                segment=None,
                days=(low, high),
                n=contrast.n[place],
                n_reference=contrast.n_reference[place],
                mean=float(contrast.mean[place]),
                mean_reference=float(contrast.mean_reference[place]),
                estimate=told.estimate,
                low=told.low,
                high=told.high,
                calibrated=False,
                p_value=told.p_value,
                q_value=None,
            )
        )
    return found


def without_double(effects: Sequence[Effect], windows: Sequence[Effect]) -> list[Effect]:
    """The windows but for those that another row tells of already: a horizon may be as long as the first window."""
    there = {(e.question, e.moment, e.contrast, e.level, e.reference, e.days) for e in effects if e.segment is None}
    return [e for e in windows if (e.question, e.moment, e.contrast, e.level, e.reference, e.days) not in there]
