"""Robustness from sums equals what regressions on the rows say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from momot.designs.frame import Frame
from momot.effects.estimate import estimate
from momot.stats.sensitivity import Strength, robustness_value
from momot.testing.frames import ARMS, QUALITY, Exposed, frame_of


def one_fold(frame: Frame) -> Frame:
    """The frame with everybody in one bucket, so that nothing is cross-fitted."""
    return replace(frame, bucket=np.zeros_like(frame.bucket))


def parcels(rng: np.random.Generator, n: int = 3_000, *, covariates: bool = True) -> Frame:
    busy = rng.integers(0, 2, n).astype(float)
    parcel = np.digitize(0.8 * busy + rng.normal(size=n), [-0.6, 0.3, 1.4])
    y = 0.5 * busy - 0.3 * (parcel == 1) + rng.normal(size=n)
    return one_fold(frame_of(y, {"parcel": Exposed(parcel, QUALITY, "quality")}, covariates={"busy": busy} if covariates else None))


def test_values_are_those_of_the_regression_on_rows(rng: np.random.Generator) -> None:
    frame = parcels(rng)
    codes, busy = frame.exposures[0].codes, frame.covariates[0].values
    own = np.column_stack([codes == 0, codes == 1, codes == 3]).astype(float)
    fit = sm.OLS(frame.outcome, sm.add_constant(np.column_stack([own, busy]))).fit()
    contrast = estimate(frame).exposures[0].contrasts[0]
    found = contrast.robustness
    assert found is not None
    assert contrast.contrast == "break"
    assert found.cohens_f == pytest.approx(abs(fit.tvalues[2]) / np.sqrt(fit.df_resid), rel=1e-8)
    assert found.value == pytest.approx(robustness_value(abs(fit.tvalues[2]) / np.sqrt(fit.df_resid)), rel=1e-8)
    # all that is held: of bad against the rest given the other states, and of the outcome given all states
    bare = sm.OLS(frame.outcome, sm.add_constant(own)).fit()
    own_column = sm.OLS(own[:, 1], sm.add_constant(own[:, [0, 2]])).fit()
    held = sm.OLS(own[:, 1], sm.add_constant(np.column_stack([own[:, [0, 2]], busy]))).fit()
    expected = Strength(1 - held.ssr / own_column.ssr, 1 - fit.ssr / bare.ssr)
    assert found.everything is not None
    assert found.everything.exposure == pytest.approx(expected.exposure, abs=1e-9)
    assert found.everything.outcome == pytest.approx(expected.outcome, abs=1e-9)


def test_a_hidden_cause_taken_out_moves_the_estimate_as_far_as_its_partial_r2_say(rng: np.random.Generator) -> None:
    """The bias formula is exact for one omitted variable (Cinelli & Hazlett 2020, eq. 9)."""
    n = 4_000
    hidden = rng.normal(size=n)
    met = (0.4 * hidden + rng.normal(size=n) > 0.5).astype(int)
    y = 0.2 * met + 0.5 * hidden + rng.normal(size=n)
    found = estimate(one_fold(frame_of(y, {"visit": Exposed(met)}))).exposures[0].contrasts[0]
    full = sm.OLS(y, sm.add_constant(np.column_stack([met, hidden]))).fit()
    exposure = np.corrcoef(met, hidden)[0, 1] ** 2
    outcome = full.tvalues[2] ** 2 / (full.tvalues[2] ** 2 + full.df_resid)
    robust = found.robustness
    assert robust is not None
    moved = robust.scale * np.sqrt(outcome * exposure / (1 - exposure))
    assert found.estimate - moved == pytest.approx(full.params[1], abs=1e-9)
    inside = robust.bound(1.0, of=Strength(exposure, outcome), least=0.0)
    assert inside is not None
    assert inside.low <= full.params[1]


def test_nothing_is_said_of_arms_of_what_fits_exactly_or_without_anything_held(rng: np.random.Generator) -> None:
    arm = rng.integers(0, 2, 400)
    experiment = frame_of(arm + rng.normal(size=400), {"offer": Exposed(arm, ARMS, "arm", kind="arm")}, design="experiment")
    assert estimate(experiment).exposures[0].contrasts[0].robustness is None
    exact = frame_of(arm.astype(float), {"visit": Exposed(arm)})
    assert estimate(exact).exposures[0].contrasts == ()
    bare = estimate(parcels(rng, covariates=False)).exposures[0].contrasts[0].robustness
    assert bare is not None
    assert bare.everything is None
    assert bare.bound(2.0) is None
