"""Estimates and errors are those that others compute on the same design matrix.

Without cross-fitting points equal statsmodels to 1e-8. Errors of a panel equal the jackknife over clusters CV3, by leaving each out with
statsmodels and by figures of pyfixest 0.60, to 1e-6. pyfixest itself brings forty packages and is not in the lock; where it is installed
it is asked.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from momot.designs.frame import Covariate, Exposure, Frame, State
from momot.designs.pieces import Followed, Panel, PanelQuestion, Piece
from momot.effects import columns, panel_layout
from momot.effects.contrasts import code
from momot.effects.counts import count
from momot.effects.estimate import estimate
from momot.effects.estimates import ContrastEstimate
from momot.effects.panel import estimate_panel
from momot.effects.rows import arrange
from momot.testing.frames import QUALITY, Exposed, frame_of
from momot.testing.pieces import Held

PRESENCE = (State("not met", "absent"), State("met", "met"))
GROUPS = 40
PYFIXEST = {"call": 0.044132530839759675, "mail": 0.036578186927077816}
"""CRV3 of pyfixest 0.60.0, feols, clusters the 40 buckets, ssc(k_adj=False, G_adj=False), on the panel of `rows`."""


def episodes(*, weighted: bool) -> Frame:
    """Orders of people in one bucket, so that nothing is cross-fitted; a number that is cut, a category, two touchpoints."""
    rng = np.random.default_rng(8)
    n, people = 4_000, 900
    person = rng.integers(0, people, n)
    price, city = rng.lognormal(size=n), rng.choice(["a", "b", "c"], n)
    parcel = np.digitize(0.4 * np.log(price) + rng.normal(size=n), [-0.6, 0.3, 1.4])
    call = (rng.normal(size=n) + 0.8 * (parcel == 1) > 0.8).astype(int)
    y = 4 + np.log(price) - (parcel == 1) + 0.3 * (parcel == 3) - 0.5 * call + rng.normal(size=people)[person] + rng.normal(size=n)
    frame = frame_of(
        y,
        {"parcel": Exposed(parcel, QUALITY, "quality"), "call": Exposed(call, held=("parcel",))},
        covariates={"price": price, "city": city},
        cluster=person,
        weight=rng.exponential(size=n) + 0.2 if weighted else None,
    )
    order = np.argsort(frame.cluster, kind="stable")  # one bucket: ordered by cluster alone
    exposures = tuple(replace(e, codes=e.codes[order]) for e in frame.exposures)
    known = tuple(replace(c, values=c.values[order]) for c in frame.covariates)
    weight = None if frame.weight is None else frame.weight[order]
    return replace(
        frame,
        outcome=frame.outcome[order],
        cluster=frame.cluster[order],
        bucket=np.zeros_like(frame.bucket),
        weight=weight,
        exposures=exposures,
        covariates=known,
    )


def known_of(frame: Frame) -> np.ndarray:
    """1 and L as the estimator lays them out."""
    rows = arrange(frame, seed=0)
    counts = [count(frame, exposure, rows) for exposure in frame.exposures]
    codings = tuple(code(e, c.units, c.clusters, c.weight) for e, c in zip(frame.exposures, counts, strict=True))
    layout = columns.plan(frame, codings, effective_clusters=rows.effective_clusters(frame.weight))
    return layout.block(slice(None))[:, : 1 + len(layout.of_covariates())]


@pytest.mark.parametrize("weighted", [False, True])
def test_points_of_episodes_equal_least_squares_to_1e8_and_errors_crv1_by_person(weighted: bool) -> None:
    frame = episodes(weighted=weighted)
    parcel, call = (exposure.codes for exposure in frame.exposures)
    known, own = known_of(frame), np.column_stack([parcel == 1, parcel == 3, parcel == 0]).astype(np.float64)
    weight = np.ones(frame.units) if frame.weight is None else frame.weight

    def fitted(design: np.ndarray) -> sm.regression.linear_model.RegressionResults:
        return sm.WLS(frame.outcome, design, weights=weight).fit(cov_type="cluster", cov_kwds={"groups": frame.cluster})

    first, second = fitted(np.column_stack([own, known])), fitted(np.column_stack([call == 1, own, known]).astype(np.float64))
    found = estimate(frame).exposures
    breaks, makes = found[0].contrasts[:2]
    for contrast, fit, place in ((breaks, first, 0), (makes, first, 1), (found[1].contrasts[0], second, 0)):
        assert contrast.estimate == pytest.approx(fit.params[place], abs=1e-8)
        assert contrast.standard_error == pytest.approx(fit.bse[place], rel=0.2)


def rows() -> Piece:
    """20 days of 200 people in 40 buckets, two touchpoints that travel together, weights of one and three."""
    rng = np.random.default_rng(12)
    unit = np.repeat(np.arange(200), 20)
    trait, shared = rng.normal(size=(2, 200))
    call = (rng.random(len(unit)) < 0.2 * np.exp(0.3 * trait[unit])).astype(np.int16)
    mail = (rng.random(len(unit)) < np.where(call, 0.5, 0.2)).astype(np.int16)
    y = trait[unit] + 0.5 * shared[unit] + 0.4 * call + rng.normal(size=len(unit))
    return Piece(
        unit.astype(np.int64),
        (unit % GROUPS).astype(np.int16),
        np.where(call | mail, 1.0, 3.0),
        (trait[unit],),
        (call, mail),
        y[:, None],
        np.ones(len(unit), dtype=np.uint64),
        np.zeros((len(unit), 0)),
    )


def panel_of(piece: Piece) -> Panel:
    empty = np.zeros(0, dtype=np.int16)
    exposures = tuple(
        Exposure(name, "smot", "interaction", "presence", PRESENCE, empty, (other,), "B") for name, other in (("call", 1), ("mail", 0))
    )
    return Panel(
        questions=(PanelQuestion("feeling", (0,), {}, frozenset(), "B", ()),),
        outcomes=(Followed("feeling", 7.0),),
        probes=(),
        covariates=(Covariate("trait", piece.values[0]),),
        exposures=exposures,
        pilot=piece,
        units=200,
        span=(0, 19),
        pieces=Held([piece]),
    )


def in_panel(piece: Piece) -> dict[str, ContrastEstimate]:
    panel = panel_of(piece)
    frame = Frame("feeling", "panel", "B", piece.outcomes[:, 0], piece.weight, piece.unit, piece.bucket, panel.covariates, panel.exposures)
    (answer,) = estimate_panel(panel, {"feeling": frame}, unit_of={"feeling": "points"})
    assert answer.estimates is not None
    return {panel.exposures[one.exposure].touchpoint: one.contrasts[0] for one in answer.estimates.exposures}


def design_of(piece: Piece) -> np.ndarray:
    """call, mail, 1, L."""
    known = panel_layout.plan(panel_of(piece)).fill(piece, np.arange(len(piece)))
    return np.column_stack([*piece.codes, known]).astype(np.float64)


def test_points_of_a_panel_equal_least_squares_to_1e8_and_errors_the_jackknife_to_1e6() -> None:
    piece = rows()
    design, y = design_of(piece), piece.outcomes[:, 0]

    def fit(chosen: np.ndarray) -> sm.regression.linear_model.RegressionResults:
        return sm.WLS(y[chosen], design[chosen], weights=piece.weight[chosen]).fit()

    whole = fit(np.ones(len(y), dtype=bool)).params[:2]
    left_out = np.array([fit(piece.bucket != group).params[:2] for group in range(GROUPS)])
    cv3 = np.sqrt((GROUPS - 1) / GROUPS * ((left_out - whole) ** 2).sum(axis=0))
    by_person = sm.WLS(y, design, weights=piece.weight).fit(cov_type="cluster", cov_kwds={"groups": piece.unit}).bse
    found = in_panel(piece)
    for place, name in enumerate(("call", "mail")):
        assert found[name].estimate == pytest.approx(whole[place], abs=1e-8)
        assert found[name].standard_error == pytest.approx(cv3[place], rel=1e-6)
        assert found[name].standard_error == pytest.approx(by_person[place], rel=0.2)
        assert found[name].without_one is not None


def test_errors_of_a_panel_are_those_of_pyfixest() -> None:
    """pyfixest without its small-sample factors sums what CV3 multiplies with (G - 1) / G."""
    for name, contrast in in_panel(rows()).items():
        assert contrast.standard_error == pytest.approx(np.sqrt((GROUPS - 1) / GROUPS) * PYFIXEST[name], rel=1e-6)


def test_errors_of_a_panel_are_those_of_the_pyfixest_that_is_installed() -> None:
    pyfixest = pytest.importorskip("pyfixest")
    import pandas as pd

    piece = rows()
    design = design_of(piece)
    names = ["call", "mail", *(f"x{n}" for n in range(design.shape[1] - 3))]
    table = pd.DataFrame(np.delete(design, 2, axis=1), columns=names)  # without the constant, which it adds
    table["y"], table["bucket"], table["w"] = piece.outcomes[:, 0], piece.bucket.astype(int), piece.weight
    fit = pyfixest.feols(
        f"y ~ {' + '.join(names)}", table, vcov={"CRV3": "bucket"}, weights="w", ssc=pyfixest.ssc(k_adj=False, G_adj=False)
    )
    for name, contrast in in_panel(piece).items():
        assert contrast.estimate == pytest.approx(fit.coef()[name], abs=1e-8)
        assert contrast.standard_error == pytest.approx(np.sqrt((GROUPS - 1) / GROUPS) * fit.se()[name], rel=1e-6)
