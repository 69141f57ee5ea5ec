"""Weights for those who stayed: an effect that differs between those who leave and those who stay is found again for everybody."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from momot.designs.pieces import LOST, Panel, Piece
from momot.effects.censoring import weighed
from momot.stats.logistic import fit, predict
from momot.testing.pieces import rows_of
from tests.effects.test_panel import numbers, panel_of, some

UNITS, DAYS = 900, 20


def company(seed: int) -> tuple[Piece, np.ndarray]:
    """A touch helps those who score high, who are also the ones that are lost; and which rows are lost."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(UNITS), DAYS)
    trait = rng.normal(size=UNITS)[unit]
    met = (rng.random(len(unit)) < 0.25).astype(np.int16)
    outcome = trait + met * (0.5 + 0.8 * trait) + rng.normal(size=len(unit))
    lost = rng.random(UNITS)[unit] < 1 / (1 + np.exp(-2.0 * trait + 0.5))
    zero = np.zeros(len(unit), dtype=np.int16)
    piece = Piece(
        unit.astype(np.int64), (unit * 7919 % 400).astype(np.int16), np.ones(len(unit)), (trait,), (zero, met),
        np.column_stack([outcome, (outcome > 0).astype(float)]), np.full(len(unit), 3, dtype=np.uint64), np.zeros((len(unit), 0)),
    )  # fmt: skip
    return piece, lost


def followed(piece: Piece, lost: np.ndarray) -> Panel:
    gone = some(piece, np.flatnonzero(lost))
    panel = panel_of(some(piece, np.flatnonzero(~lost)))
    return dataclasses.replace(panel, lost=dataclasses.replace(gone, measured=np.full(len(gone), 1 << LOST, dtype=np.uint64)))


def effect(panel: Panel) -> tuple[float, float]:
    from momot.effects.panel import estimate_panel
    from tests.effects.test_panel import Frame

    piece = panel.pilot
    frames = {
        q.id: Frame(q.id, "panel", "B", piece.outcomes[:, n], piece.weight, piece.unit, piece.bucket, panel.covariates, panel.exposures)
        for n, q in enumerate(panel.questions)
    }
    feeling, _ = estimate_panel(panel, frames, unit_of={"feeling": "points", "good": "share"})
    (contrast,) = feeling.estimates.exposures[1].contrasts
    return contrast.estimate, contrast.standard_error


def off(seed: int) -> tuple[float, float]:
    """(estimate less the truth among all rows) / error, unweighted and weighted; the truth is .5 + .8 × the mean trait."""
    piece, lost = company(seed)
    panel = followed(piece, lost)
    truth = 0.5 + 0.8 * float(piece.values[0][piece.codes[1] == 1].mean())
    found = []
    for one in (panel, weighed(panel)[0]):
        estimate, error = effect(one)
        found.append((estimate - truth) / error)
    return found[0], found[1]


def test_without_weights_it_is_the_effect_on_those_who_stayed_and_with_them_on_all() -> None:
    plain, weighted = off(3)
    assert plain < -5
    assert abs(weighted) < 3.5


@pytest.mark.slow
def test_weighted_intervals_cover() -> None:
    """40 companies: of weighted intervals at least 34 cover (99 % of binomials with .95 are above 33), of the others none."""
    every = np.array([off(seed) for seed in range(40)])
    assert np.sum(np.abs(every[:, 1]) < 1.97) >= 34
    assert np.sum(np.abs(every[:, 0]) < 1.97) == 0


def test_the_check_says_how_many_are_lost_and_what_the_weights_cost() -> None:
    piece, lost = company(1)
    panel, check = weighed(followed(piece, lost))
    assert check is not None
    assert (check.name, check.status) == ("censoring", "review")
    assert f"{lost.mean():.1%}" in check.message
    assert 0.2 < check.value < 1
    (piece,) = rows_of(panel.pieces)
    np.testing.assert_allclose(piece.weight, panel.pilot.weight)  # all of it is the pilot here
    assert abs(panel.pilot.weight.mean() - 1) < 0.1  # stabilised


def test_nothing_is_weighted_where_nobody_or_hardly_anybody_is_lost() -> None:
    piece, lost = company(1)
    panel = panel_of(piece)
    assert weighed(panel) == (panel, None)
    few = followed(piece, piece.unit < 5)
    same, check = weighed(few)
    assert same is few
    assert check is not None
    assert "too few" in check.message
    assert lost.any()
    assert len(numbers(())) == 0


def test_the_logistic_regression_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    block = np.column_stack([np.ones(4000), rng.normal(2.0, 3.0, 4000), rng.random(4000) < 0.3]).astype(float)
    outcome = (rng.random(4000) < 1 / (1 + np.exp(-(0.3 + 0.2 * block[:, 1] - 0.7 * block[:, 2])))).astype(float)
    expected = sm.Logit(outcome, block).fit(disp=0).params
    found = fit(block, outcome, np.ones(4000))
    np.testing.assert_allclose(found, expected, rtol=0.02)  # drawn by the weight of a single row
    assert predict(block, found).mean() == pytest.approx(outcome.mean(), abs=1e-4)
