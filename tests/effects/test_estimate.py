"""The estimator against statsmodels on rows, and what must not change it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from momot.designs.frame import Frame
from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate
from momot.effects.segments import take
from momot.stats.intervals import t_quantile
from momot.testing.frames import ARMS, QUALITY, STARS, Exposed, frame_of


def episodes(*, n: int = 6_000, clusters: int | None = None, weighted: bool = False, seed: int = 0) -> Frame:
    """Parcels (bad, neutral, good or not met) and calls that follow them; both, and the opinion, depend on L."""
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) if clusters is None else rng.integers(0, clusters, n)
    shared = np.zeros(n) if clusters is None else rng.normal(size=clusters)[cluster]
    busy, city = rng.integers(0, 2, n).astype(float), rng.choice(["a", "b", "c"], n)
    lean = 0.8 * busy + 0.5 * (city == "b")
    parcel = np.digitize(lean + rng.normal(size=n), [-0.6, 0.3, 1.4])
    call = (rng.normal(size=n) + 0.8 * (parcel == 1) + 0.4 * busy > 0.8).astype(int)
    y = 4 + 0.6 * lean - 1.0 * (parcel == 1) + 0.3 * (parcel == 3) - 0.5 * call + shared + rng.normal(size=n) * (1 + 0.5 * busy)
    return frame_of(
        y,
        {"parcel": Exposed(parcel, QUALITY, "quality"), "call": Exposed(call, held=("parcel",))},
        covariates={"busy": busy, "city": city},
        cluster=cluster,
        weight=rng.exponential(size=n) + 0.2 if weighted else None,
        months=6.0,
    )


def design_of(frame: Frame, exposure: int) -> np.ndarray:
    """The regressors of one equation, by hand: constant, parcel against neutral, the call, L."""
    parcel, call = frame.exposures[0].codes, frame.exposures[1].codes
    own = [parcel == 1, parcel == 3, parcel == 0]
    first = own if exposure == 0 else [call == 1, *own]
    busy, city = frame.covariates[0].values, frame.covariates[1].values
    return np.column_stack([*first, np.ones(frame.units), busy, city == 1, city == 2]).astype(float)


def reference(frame: Frame, exposure: int) -> sm.regression.linear_model.RegressionResults:
    weight = 1.0 if frame.weight is None else frame.weight
    return sm.WLS(frame.outcome, design_of(frame, exposure), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": frame.cluster}, use_t=True
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("clusters", [None, 1_200])
def test_equals_cluster_robust_least_squares(clusters: int | None, weighted: bool) -> None:
    """Cross-fitting moves the estimate by far less than its error, and the half-width by under 3 %."""
    frame = episodes(clusters=clusters, weighted=weighted)
    parcel, call = estimate(frame).exposures
    fit = reference(frame, 0)
    difference = np.array([1.0, -1.0, 0, 0, 0, 0, 0])
    expected = [
        (fit.params[0], fit.bse[0]),
        (fit.params[1], fit.bse[1]),
        (float(difference @ fit.params), float(fit.t_test(difference).sd[0, 0])),
    ]
    later = reference(frame, 1)
    for found, (value, error) in zip((*parcel.contrasts, *call.contrasts), [*expected, (later.params[0], later.bse[0])], strict=True):
        assert abs(found.estimate - value) < 0.1 * error
        assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.03)


def test_joint_tests_equal_walds() -> None:
    frame = episodes(n=2_000, seed=3)
    null = replace(frame, outcome=np.random.default_rng(0).normal(size=frame.units))
    parcel = estimate(null).exposures[0]
    fit = reference(null, 0)
    wald = fit.f_test(np.eye(7)[:2])
    assert parcel.joint_p == pytest.approx(float(wald.pvalue), abs=0.02)
    assert parcel.between_met_p == pytest.approx(parcel.joint_p, rel=1e-3)


def test_arms_without_covariates_are_exactly_the_difference_in_means() -> None:
    rng = np.random.default_rng(4)
    arm = rng.integers(0, 2, 3_000)
    y = 0.2 * arm + rng.normal(size=3_000) * (1 + arm)
    frame = frame_of(y, {"offer": Exposed(arm, ARMS, "arm", kind="arm")}, design="experiment")
    found = estimate(frame).exposures[0].contrasts[0]
    a, b = y[arm == 1], y[arm == 0]
    assert found.estimate == pytest.approx(a.mean() - b.mean(), rel=1e-10)
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=3e-3)
    assert (found.n, found.n_reference) == (len(a), len(b))
    assert (found.mean, found.mean_reference) == pytest.approx((a.mean(), b.mean()))


def test_adjustment_sharpens_an_experiment_as_much_as_the_covariate_explains() -> None:
    """CUPED (Deng et al. 2013): with R² = .75 the half-width halves."""
    rng = np.random.default_rng(5)
    before, arm = rng.normal(size=8_000), rng.integers(0, 2, 8_000)
    y = 0.1 * arm + np.sqrt(3) * before + rng.normal(size=8_000)
    exposures = {"offer": Exposed(arm, ARMS, "arm", kind="arm")}
    plain = estimate(frame_of(y, exposures, design="experiment")).exposures[0].contrasts[0]
    adjusted = estimate(frame_of(y, exposures, covariates={"before": before}, design="experiment")).exposures[0].contrasts[0]
    assert adjusted.standard_error / plain.standard_error == pytest.approx(0.5, abs=0.03)
    assert adjusted.low < 0.1 < adjusted.high


def numbers(contrasts: tuple[ContrastEstimate, ...]) -> np.ndarray:
    return np.array([[c.estimate, c.low, c.high, c.mean, c.n] for c in contrasts])


def test_row_order_is_irrelevant() -> None:
    frame = episodes(n=1_500, clusters=500, weighted=True)
    mixed = take(frame, np.random.default_rng(0).permutation(frame.units))
    for one, other in zip(estimate(frame).exposures, estimate(mixed).exposures, strict=True):
        np.testing.assert_allclose(numbers(one.contrasts), numbers(other.contrasts), rtol=1e-8)


def test_a_weight_of_two_is_the_row_twice() -> None:
    """With weights that don't vary between units the counts of units double and nothing else changes."""
    frame = episodes(n=1_500, clusters=500)
    weighted = replace(frame, weight=np.full(frame.units, 2.0))
    twice = take(frame, np.repeat(np.arange(frame.units), 2))
    for one, other in zip(estimate(weighted).exposures, estimate(twice).exposures, strict=True):
        np.testing.assert_allclose(numbers(one.contrasts)[:, :4], numbers(other.contrasts)[:, :4], rtol=1e-8)


def test_scale_and_shift_of_the_outcome() -> None:
    """The estimate has the outcome's unit: cents are a hundred euros, wherever zero is."""
    frame = episodes(n=1_500)
    cents = estimate(replace(frame, outcome=100 * frame.outcome + 1e6))
    for one, other in zip(estimate(frame).exposures, cents.exposures, strict=True):
        np.testing.assert_allclose(100 * numbers(one.contrasts)[:, :3], numbers(other.contrasts)[:, :3], rtol=1e-6)


def test_the_seed_moves_an_estimate_by_far_less_than_its_error() -> None:
    frame = episodes(n=3_000)
    one, other = estimate(frame, seed=1), estimate(frame, seed=2)
    assert estimate(frame, seed=1).exposures == one.exposures
    for a, b in zip(one.exposures, other.exposures, strict=True):
        for first, second in zip(a.contrasts, b.contrasts, strict=True):
            assert abs(first.estimate - second.estimate) < 0.15 * first.standard_error


def test_the_covariance_is_joint_over_exposures() -> None:
    """Order of `exposures`, then contrasts; its diagonal are the standard errors; bad - good = break - make."""
    found = estimate(episodes())
    errors = [c.standard_error for e in found.exposures for c in e.contrasts]
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), errors)
    assert found.covariance.shape == (4, 4)
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-12
    a, b, ab = (found.exposures[0].contrasts[i].estimate for i in range(3))
    assert ab == pytest.approx(a - b)


def test_covariance_between_two_exposures_equals_the_product_of_influences() -> None:
    """Two copies of one touchpoint under two names have correlation 1."""
    frame = episodes()
    call = frame.exposures[1]
    twins = replace(frame, exposures=(frame.exposures[0], call, replace(call, touchpoint="call again")))
    covariance = estimate(twins).covariance
    assert covariance[3, 4] == pytest.approx(covariance[3, 3], rel=1e-9)


def test_bucket_jackknife_agrees_with_exact_scores() -> None:
    """The seam for panels: deleting one of 400 buckets at a time gives the same widths within a few per cent."""
    from momot.effects import columns as design
    from momot.effects.contrasts import code
    from momot.effects.counts import count
    from momot.effects.rows import arrange, deal
    from momot.stats import partial
    from momot.stats.sums import accumulate, centred

    frame = episodes(n=20_000, clusters=8_000)
    rows = arrange(frame, seed=0)
    counts = [count(frame, e, rows) for e in frame.exposures]
    codings = tuple(code(e, c.units, c.clusters, c.weight) for e, c in zip(frame.exposures, counts, strict=True))
    layout = design.plan(frame, codings, effective_clusters=8_000)
    spans = [(b, np.flatnonzero(frame.bucket == b)) for b in range(400)]
    buckets = accumulate(((b, layout.block(span), None) for b, span in spans), groups=400, columns=layout.count)
    fold_of = deal(frame.bucket, seed=0)
    folds = buckets.merged(fold_of, 10)
    own = layout.of_exposure(0)
    maps = partial.given(folds, base=layout.of_covariates(), columns=np.append(own, layout.count - 1)).maps
    moments = partial.residual_moments(buckets, maps, fold_of)
    covariance = partial.jackknife(partial.delete_one(moments, centred(folds.total)[np.ix_(own, own)]))
    exact = estimate(frame).exposures[0].contrasts
    vectors = np.array([planned.vector for planned in codings[0].contrasts])
    errors = np.sqrt(np.diag(vectors @ covariance @ vectors.T))
    widths = errors * t_quantile(0.975, 399) / np.array([(c.high - c.low) / 2 for c in exact])
    assert np.all(np.abs(widths - 1) < 0.12)
    assert abs(widths.mean() - 1) < 0.08


def test_ratings_by_level_and_pooled() -> None:
    rng = np.random.default_rng(6)
    stars = rng.integers(0, 5, 5_000)
    frame = frame_of(0.5 * stars + rng.normal(size=5_000), {"food": Exposed(stars, STARS, "rating")}, design="survey")
    found = {(c.contrast, c.level): c for c in estimate(frame).exposures[0].contrasts}
    for (contrast, level), truth in {
        ("level", "1"): -1.0,
        ("level", "5"): 1.0,
        ("break", "bad"): -0.75,
        ("make", "good"): 0.75,
        ("bad-good", "bad"): -1.5,
    }.items():
        assert found[contrast, level].low - 0.05 < truth < found[contrast, level].high + 0.05
    assert all(c.between_met for c in found.values())


def test_held_names_what_was_adjusted_for() -> None:
    parcel, call = estimate(episodes(n=500)).exposures
    assert parcel.held == ("busy", "city")
    assert call.held == ("busy", "city", "parcel@smot")


def test_nobody_and_a_constant_outcome_give_no_effect_and_no_error() -> None:
    nobody = estimate(frame_of([], {"t": Exposed([])}))
    assert nobody.exposures[0].contrasts == ()
    assert nobody.exposures[0].checks[0].status == "fail"
    constant = estimate(frame_of(np.ones(500), {"t": Exposed(np.arange(500) % 2)}))
    assert constant.exposures[0].contrasts == ()
    continuous = estimate(frame_of(np.full(500, 3.7), {"t": Exposed(np.arange(500) % 2)}, covariates={"x": np.arange(500.0)}))
    assert continuous.exposures[0].contrasts == ()


def test_one_person_is_nobody_to_compare() -> None:
    found = estimate(frame_of([1.0], {"t": Exposed([1])})).exposures[0]
    assert found.contrasts == ()
    assert found.checks[0].name == "support"
