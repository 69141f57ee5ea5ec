"""What the estimator answers: frozen numbers, no words beyond the names of contrasts. `findings.verdict` decides what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.sensitivity import Robustness
from momot.vocabulary import Contrast
from momot.vocabulary.records import AtStake, Check

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ContrastEstimate:
    """One contrast of one exposure: `estimate` in the unit of the outcome, 95 % interval, two-sided p.

    `n`, `n_reference` are units; `mean`, `mean_reference` the weighted raw means of the outcome among them. `between_met` says that both
    sides met the touchpoint, so that the contrast is between qualities or levels and not of having met it at all. `robustness` says what a
    hidden cause could make of it; None where the outcome has no variation left, or it was randomised. `largest_share` (0-1) is how much of
    what is known of the contrast one cluster holds (a panel: one group of people), `without_one` what the contrast would be without the
    cluster that speaks for it most. `df`:
    degrees of freedom of the standard error.

    Of a panel: `without_activity` is the estimate with all that speaks of how much somebody did, before and in the same period, left out of
    L, `without_today` that with only the latter left out; None where no such thing is held.
    """

    contrast: Contrast
    level: str | None
    reference: str
    n: int
    n_reference: int
    mean: float
    mean_reference: float
    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float
    between_met: bool
    robustness: Robustness | None = None
    df: float = float("inf")
    without_activity: float | None = None
    without_today: float | None = None
    largest_share: float | None = None
    without_one: float | None = None
    states: tuple[int, ...] = ()  # of the exposure, on the exposed side
    per_month: float | None = None  # units in them a month, as for what is at stake; None where the data carry no time


@dataclass(frozen=True, slots=True)
class ExposureEstimate:
    """Everything estimated about one exposure of a frame. Empty `contrasts`: nothing was identified, and a failed check says why."""

    exposure: int  # position in Frame.exposures
    contrasts: tuple[ContrastEstimate, ...]
    joint_p: float | None  # F test that all identified contrasts are 0
    between_met_p: float | None  # F test that all contrasts between met states are 0; None with fewer than two tested met states
    residual_share: float | None  # smallest 1 - R² of a tested contrast's column on everything held
    detectable: float | None  # smallest effect found with power .5 in every contrast, so by the least well measured
    held: tuple[str, ...]  # names of covariates and moments adjusted for
    at_stake: AtStake | None
    people: int  # met it (conditions: not in the reference state)
    checks: tuple[Check, ...]  # support, separability, positivity, suppression
    at_stake_presence: AtStake | None = None  # of a panel: of having met it at all
    before_presence: tuple[Check, ...] = ()  # of a panel: positivity of having met it at all, and what the past says of it
    before_between: tuple[Check, ...] = ()  # of a panel: the same of how it went
    aimed: float | None = None  # of a panel: how steeply the exposure follows the outcome foretold, see `panel_refits.aimed`
    again: ContrastEstimate | None = None  # of a panel: having met it at all by the second adjustment, see `panel_intent`
    factors: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    """Units a month that each contrast is multiplied with for `at_stake` and `at_stake_presence`, signed; empty without them."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """All contrasts with one bucket of units left out at a time: `values` (buckets, k), `buckets` the numbers of those that have rows.

    Where two answers rest on the same people, their joint covariance follows from it, bucket by bucket.
    """

    buckets: npt.NDArray[np.intp]
    values: Floats


@dataclass(frozen=True, slots=True)
class Estimates:
    """One frame's answers. `covariance` (k, k) is joint over all contrasts, in the order of `exposures` and their `contrasts`.

    Of a panel: `again_covariance` is joint over all `again`, in the order of `exposures`; `checks` are about the outcome as a whole.
    """

    exposures: tuple[ExposureEstimate, ...]
    covariance: Floats
    mean: float
    degrees_of_freedom: float
    left_out: LeftOut | None = None
    again_covariance: Floats | None = None
    checks: tuple[Check, ...] = ()
