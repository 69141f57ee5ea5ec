"""How large a trial must be: the spread of the outcome among those who would be in it, once their history is taken out.

Units of randomisation are persons, or accounts of several persons; the difference of two arms is judged as `effects.estimate` judges it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from momot.designs.frame import Frame
from momot.effects import columns
from momot.effects.gates import FIRM_UNITS
from momot.effects.rows import arrange
from momot.effects.segments import take
from momot.stats import partial
from momot.stats.power import detectable_effect, power, smallest
from momot.stats.sums import accumulate

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MOST_BEFORE = 12
"""Columns of history that a plan counts on: what one can be expected to keep beside an assignment."""
LEAST_HALF = 100
LEAST_MINORITY = 30
"""Units that are expected to have the rarer outcome of a share: the estimator asks for 20."""
MOST_UNITS = 100_000_000


@dataclass(frozen=True, slots=True)
class Spread:
    """How the mean outcome of one unit of randomisation varies.

    `variance` of a unit's total over the mean `size` of units, history taken out; `plain` the same with it. `even` is the effective share
    of units when they are of different sizes. `mean` of the outcome; `share` says that it is 0 or 1. `units` it was measured on, `columns`
    of history that were used.
    """

    variance: float
    plain: float
    size: float
    even: float
    mean: float
    share: bool
    units: int
    columns: int

    @property
    def explained(self) -> float:
        """The share of the variance that history takes away."""
        return max(0.0, 1.0 - self.variance / self.plain) if self.plain > 0 else 0.0

    def at(self, mean: float) -> float:
        """The variance in an arm whose mean is another one: of a share it follows from the mean."""
        if not self.share:
            return self.variance
        here, there = self.mean * (1 - self.mean), min(max(mean, 1e-6), 1 - 1e-6)
        return self.variance * there * (1 - there) / max(here, 1e-12)


def one_row_each(frame: Frame, met: npt.NDArray[np.bool_], *, cluster: Integers | None = None, seed: int = 0) -> Frame:
    """One row of each person that is among `met` (n,), drawn with `seed`: a trial has people once, from a touch on.

    `cluster` (n,) is what is randomised in place of the person, an account.
    """
    rows = np.flatnonzero(met)
    drawn = np.random.default_rng(seed).permutation(rows)
    chosen = np.sort(drawn[np.unique(frame.cluster[drawn], return_index=True)[1]])
    some = take(replace(frame, exposures=(), rows=None), chosen.astype(np.intp))
    if cluster is None:
        return some
    owner = cluster[chosen]
    return replace(some, cluster=owner, bucket=(owner * 7919 % 400).astype(np.int16))


def telling(frame: Frame, *, most: int = MOST_BEFORE) -> Frame:
    """The frame with the columns of history that tell most of the outcome, each chosen beside those before it (on lines and dummies).

    A column must tell more than the best of as many columns of noise would (the risk inflation criterion; Foster & George 1994).
    """
    if len(frame.covariates) <= 1:
        return frame
    layout = columns.plan(frame, (), effective_clusters=1.0)
    whole = layout.block(slice(None))
    weight = np.ones(len(whole)) if frame.weight is None else frame.weight
    whole = (whole - np.average(whole, axis=0, weights=weight)) * np.sqrt(weight)[:, None]
    spans: dict[str, list[int]] = {}
    for variable in layout.covariates:
        spans.setdefault(variable.name, []).extend(range(variable.first, variable.first + variable.width))
    left, total, kept = whole[:, -1].copy(), float(whole[:, -1] @ whole[:, -1]), list[str]()
    while len(kept) < most and total > 0:
        gains = {name: _explained(whole[:, span], left) / total for name, span in spans.items() if name not in kept}
        best = max(gains, key=lambda name: gains[name], default=None)
        if best is None or gains[best] < (2 * np.log(len(spans)) + 1) * len(spans[best]) / len(whole):
            break
        kept.append(best)
        held = whole[:, [place for name in kept for place in spans[name]]]
        left = whole[:, -1] - held @ np.linalg.lstsq(held, whole[:, -1], rcond=None)[0]
    return replace(frame, covariates=tuple(one for one in frame.covariates if one.name in kept))


def optimism(frame: Frame, chosen: Frame, *, seed: int = 0) -> float:
    """How much larger the variance that history leaves is than it looks among those on whom the columns were chosen: 1 or more.

    Columns are chosen on one half of the clusters and judged on the other, both ways round.
    """
    if not chosen.covariates or len(chosen.covariates) == len(frame.covariates):
        return 1.0
    halves = [np.flatnonzero(frame.bucket % 2 == half) for half in (0, 1)]
    if min(len(half) for half in halves) < LEAST_HALF:
        return 1.0 / max(1.0 - spread_of(chosen, seed=seed).explained, 1e-6)  # too few to judge: count on nothing
    honest = []
    for one, other in (halves, halves[::-1]):
        kept = {covariate.name for covariate in telling(take(frame, one)).covariates}
        judged = take(replace(frame, covariates=tuple(covariate for covariate in frame.covariates if covariate.name in kept)), other)
        honest.append(spread_of(judged, seed=seed).explained)
    return max(1.0, (1.0 - float(np.mean(honest))) / max(1.0 - spread_of(chosen, seed=seed).explained, 1e-6))


def _explained(block: Floats, left: Floats) -> float:
    """Sum of squares of `left` (n,) that a block of columns explains."""
    return float(left @ (block @ np.linalg.lstsq(block, left, rcond=None)[0]))


def spread_of(frame: Frame, *, units: float | None = None, optimistic: float = 1.0, seed: int = 0) -> Spread:
    """The spread of the outcome over the clusters of a frame, history held as finely as a trial of so many `units` would hold it.

    Residuals are out of fold, and what their coefficients owe to chance is that of a trial of this size. `optimistic`: as `optimism` says.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        rows = arrange(frame, seed=seed)
        layout = columns.plan(frame, (), effective_clusters=min(units or rows.clusters, rows.clusters))
        folds = accumulate(
            ((batch.fold, layout.block(batch.rows), None if frame.weight is None else frame.weight[batch.rows]) for batch in rows.batches),
            groups=rows.folds,
            columns=layout.count,
        )
        last = layout.count - 1
        given = partial.given(folds, base=layout.of_covariates(), columns=np.array([last], dtype=np.intp))
        residual, plain, size = np.empty((3, rows.clusters))
        at = 0
        for batch in rows.batches:
            block = layout.block(batch.rows)
            weight = np.ones(len(block)) if frame.weight is None else frame.weight[batch.rows]
            here = slice(at, at + len(batch.starts))
            residual[here] = np.add.reduceat(block @ given.maps[batch.fold][:, 1] * weight, batch.starts)
            plain[here] = np.add.reduceat(block[:, last] * weight, batch.starts)
            size[here] = np.add.reduceat(weight, batch.starts)
            at += len(batch.starts)
    wide = len(layout.of_covariates())
    noise = (1 + wide / (units or rows.clusters)) / (1 + wide / rows.clusters)
    values = np.unique(frame.outcome)
    unadjusted = _variance(plain, size)
    return Spread(
        variance=min(_variance(residual, size) * noise * optimistic, unadjusted) if wide else unadjusted,
        plain=unadjusted,
        size=float(size.mean()),
        even=float((size**2).sum() ** 2 / (len(size) * (size**4).sum())),
        mean=float(np.average(frame.outcome, weights=frame.weight)),
        share=bool(np.isin(values, (0.0, 1.0)).all()),
        units=rows.clusters,
        columns=wide,
    )


def _variance(totals: Floats, size: Floats) -> float:
    """Of the mean over units, times their number: totals about the common mean, over the mean size."""
    about = totals - size * (totals.sum() / size.sum())
    return float((about**2).mean() / size.mean() ** 2 * len(totals) / max(len(totals) - 1, 1))


@dataclass(frozen=True, slots=True)
class Size:
    """A trial of so many `units` in total: the error of the difference of its arms, its degrees of freedom, and the power it has."""

    units: int
    error: float
    freedom: float
    power: float


def trial(spread: Spread, units: int, effect: float, *, share: float = 0.5) -> Size:
    """What a trial of `units` units, a `share` of them treated, makes of an `effect` on the mean of the treated arm."""
    effective = max(units * spread.even, 2.0)
    treated, control = units * share, units * (1 - share)
    variance = spread.at(spread.mean + effect) / treated + spread.at(spread.mean) / control
    error = float(np.sqrt(variance * effective / (effective - 1)))
    return Size(units, error, effective - 1, power(effect, error, effective - 1))


def size_of(
    frame: Frame, effect: float, *, wanted: float = 0.8, share: float = 0.5, optimistic: float = 1.0, seed: int = 0
) -> tuple[Size, Spread] | None:
    """The smallest trial that finds `effect` with the power wanted, and the spread it rests on; None where no number of people would do.

    Never under what the verdict `moment` asks for: 200 units in the smaller arm, and enough of the rarer outcome.
    """
    if effect == 0:
        return None
    spread = spread_of(frame, optimistic=optimistic, seed=seed)
    units = 0
    for _ in range(3):  # history is held more coarsely in a small trial
        found = smallest(lambda units: trial(spread, units, effect, share=share).power, wanted, most=MOST_UNITS)  # noqa: B023
        if found is None:
            return None
        units = max(found, least(spread, effect, share=share))
        spread = spread_of(frame, units=units, optimistic=optimistic, seed=seed)
    return trial(spread, units, effect, share=share), spread


def least(spread: Spread, effect: float, *, share: float = 0.5) -> int:
    """Units below which a trial can't have the verdict `moment`, whatever its power."""
    wanted = FIRM_UNITS / min(share, 1 - share) / spread.size
    if spread.share:
        rarer = min(min(mean, 1 - mean) for mean in (spread.mean, spread.mean + effect))
        wanted = max(wanted, LEAST_MINORITY / max(rarer, 1e-6) / spread.size)
    return int(np.ceil(wanted))


def found_with(spread: Spread, units: int, *, wanted: float = 0.8, share: float = 0.5) -> float:
    """The smallest effect that a trial of so many units finds with the power wanted."""
    size = trial(spread, max(units, 4), 0.0, share=share)
    return detectable_effect(size.error, size.freedom, power=wanted)


def harder(spread: Spread, effects: Sequence[float]) -> float:
    """The effect whose arm varies most: the side to be on where nobody knows which way it goes."""
    return max(effects, key=lambda effect: spread.at(spread.mean + effect))
