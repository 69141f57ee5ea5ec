"""Refits with less of L, and whom a touch is aimed at, against regressions on the same rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from momot.designs.frame import Covariate, Exposure, Frame, State
from momot.designs.pieces import Followed, Panel, PanelQuestion, Piece
from momot.effects import panel_layout
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.effects.panel import estimate_panel
from momot.effects.panel_refits import same_period
from momot.testing.pieces import Held

QUALITY = (State("not met", "absent"), State("bad", "bad"), State("neutral", "neutral"), State("good", "good"))
PRESENCE = (State("not met", "absent"), State("met", "met"))
L = (
    Covariate("level", np.zeros(0), smooth=True),
    Covariate("active", np.zeros(0), known="recent", smooth=True, about="activity"),
    Covariate("today", np.zeros(0), known="recent", smooth=True, about="today"),
)


def rows(*, units: int = 400, seed: int = 0) -> Piece:
    """20 days of each unit. A score decides who gets a call, being active who sees an ad, which in turn leads to more on that day."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 20)
    score, active = rng.normal(size=(2, len(unit)))
    call = np.where(rng.random(len(unit)) < 0.15 * np.exp(-0.8 * score), 1 + rng.integers(0, 3, len(unit)), 0)
    ad = (rng.random(len(unit)) < 0.1 * np.exp(0.8 * active)).astype(np.int16)
    today = rng.poisson(0.5 + 1.5 * ad) + 0.3 * rng.normal(size=len(unit))
    y = score + active + 0.4 * today + 0.5 * ad + np.array([0, -1, 0, 0.5])[call] + rng.normal(size=len(unit))
    return Piece(
        unit.astype(np.int64),
        (unit * 7919 % 400).astype(np.int16),
        rng.choice([1.0, 3.0], len(unit)),
        (score, active, today),
        (call.astype(np.int16), ad),
        y[:, None],
        np.ones(len(unit), dtype=np.uint64),
        np.zeros((len(unit), 0)),
    )


def panel_of(piece: Piece, covariates: tuple[Covariate, ...] = L) -> Panel:
    known = tuple(replace(one, values=values) for one, values in zip(covariates, piece.values, strict=True))
    empty = np.zeros(0, dtype=np.int16)
    exposures = (
        Exposure("call", "smot", "interaction", "quality", QUALITY, empty, (1,), "B"),
        Exposure("ad", "smot", "interaction", "presence", PRESENCE, empty, (0,), "B"),
    )
    return Panel(
        questions=(PanelQuestion("feeling", (0,), {}, frozenset(), "B", ()),),
        outcomes=(Followed("feeling", 7.0),),
        probes=(),
        covariates=known,
        exposures=exposures,
        pilot=piece,
        units=len(np.unique(piece.unit)),
        span=(0, 19),
        pieces=Held([piece]),
    )


def estimated(piece: Piece, covariates: tuple[Covariate, ...] = L) -> Estimates:
    panel = panel_of(piece, covariates)
    frame = Frame("feeling", "panel", "B", piece.outcomes[:, 0], piece.weight, piece.unit, piece.bucket, panel.covariates, panel.exposures)
    (answer,) = estimate_panel(panel, {"feeling": frame}, unit_of={"feeling": "points"})
    assert answer.estimates is not None
    return answer.estimates


def regressed(piece: Piece, known: list[int]) -> np.ndarray:
    """bad, neutral, good, ad of a weighted regression that holds some columns of L."""
    filled = panel_layout.plan(panel_of(piece)).fill(piece, np.arange(len(piece)))
    call, ad = piece.codes
    design = np.column_stack([filled[:, [0, *(1 + one for one in known)]], call == 1, call == 2, call == 3, ad == 1]).astype(np.float64)
    return np.asarray(sm.WLS(piece.outcomes[:, 0], design, weights=piece.weight).fit().params[-4:])


@pytest.mark.parametrize(("name", "known"), [("estimate", [0, 1, 2]), ("without_today", [0, 1]), ("without_activity", [0])])
def test_each_refit_is_the_regression_that_holds_less(name: str, known: list[int]) -> None:
    piece = rows()
    call, ad = estimated(piece).exposures
    bad, neutral, good, seen = regressed(piece, known)
    found = {contrast.contrast: getattr(contrast, name) for contrast in call.contrasts}
    assert found["break"] == pytest.approx(bad - neutral, abs=1e-8)
    assert found["make"] == pytest.approx(good - neutral, abs=1e-8)
    assert getattr(ad.contrasts[0], name) == pytest.approx(seen, abs=1e-8)


def test_without_a_column_of_that_kind_there_is_no_refit() -> None:
    piece = rows()
    plain = tuple(replace(one, about="unit") for one in L)
    contrasts = [contrast for one in estimated(piece, plain).exposures for contrast in one.contrasts]
    assert {(contrast.without_activity, contrast.without_today) for contrast in contrasts} == {(None, None)}
    assert same_period(contrasts, "points") == ()


def test_a_benchmark_is_what_activity_adds_of_exposure_and_outcome() -> None:
    piece = rows()
    ad = estimated(piece).exposures[1].contrasts[0].robustness
    assert ad is not None
    filled = panel_layout.plan(panel_of(piece)).fill(piece, np.arange(len(piece)))
    call, seen = piece.codes[0], (piece.codes[1] == 1).astype(np.float64)
    ways = np.column_stack([call == 1, call == 2, call == 3]).astype(np.float64)
    left = {}
    for name, columns in (("all", [0, 1, 2, 3]), ("less", [0, 1])):
        known = np.column_stack([filled[:, columns], ways])
        left[name] = [
            sm.WLS(target, design, weights=piece.weight).fit().ssr
            for target, design in ((seen, known), (piece.outcomes[:, 0], np.column_stack([known, seen])))
        ]
    assert ad.activity is not None
    assert ad.activity.exposure == pytest.approx(1 - left["all"][0] / left["less"][0], abs=1e-8)
    assert ad.activity.outcome == pytest.approx(1 - left["all"][1] / left["less"][1], abs=1e-8)
    plain = tuple(replace(one, about="unit") for one in L)
    assert [c.robustness.activity for c in estimated(piece, plain).exposures[1].contrasts if c.robustness] == [None]


def test_aimed_is_the_standardised_difference_of_the_outcome_foretold() -> None:
    piece = rows(units=1_500)
    call, ad = estimated(piece).exposures
    assert call.aimed is not None
    assert ad.aimed is not None
    weight = piece.weight
    filled = panel_layout.plan(panel_of(piece)).fill(piece, np.arange(len(piece)))
    codes = piece.codes[0]
    design = np.column_stack([filled, codes == 1, codes == 2, codes == 3, piece.codes[1] == 1]).astype(np.float64)
    slope = np.asarray(sm.WLS(piece.outcomes[:, 0], design, weights=weight).fit().params)
    risk = filled[:, 1:3] @ slope[1:3]
    spread = np.sqrt(np.cov(risk, aweights=weight, ddof=0))
    for one, met in ((call, codes > 0), (ad, piece.codes[1] > 0)):
        gap = np.average(risk[met], weights=weight[met]) - np.average(risk[~met], weights=weight[~met])
        assert one.aimed == pytest.approx(gap / spread, abs=1e-8)
    # e^(±.8 x) moves the mean of a normal x by .8; it is one of two parts of the outcome foretold, so by .8/√2 of their deviation,
    # less what the cap of a probability takes, plus what the other rows move the other way
    assert call.aimed == pytest.approx(-0.8 / np.sqrt(2), abs=0.12)
    assert ad.aimed == pytest.approx(0.8 / np.sqrt(2), abs=0.12)


def contrast(estimate: float, without: float, error: float = 0.1) -> ContrastEstimate:
    low, high = estimate - 2 * error, estimate + 2 * error
    return ContrastEstimate(
        "presence", "met", "not met", 500, 500, 0.0, 0.0, estimate, error, low, high, 0.5, between_met=False, without_today=without
    )


@pytest.mark.parametrize(
    ("one", "status"),
    [
        (contrast(1.0, 1.15), "pass"),  # inside the interval
        (contrast(1.0, 1.5), "pass"),  # outside, by a third of the larger
        (contrast(0.5, 1.2), "review"),
        (contrast(0.5, -0.3), "review"),
    ],
)
def test_the_same_period_wants_a_look_where_it_moves_the_effect_much(one: ContrastEstimate, status: str) -> None:
    (check,) = same_period([one], "share")
    assert (check.name, check.status, check.value) == ("same_period", status, one.without_today)
    assert "percentage points" in check.message
