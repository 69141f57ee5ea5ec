"""Effects in windows against regressions on the same rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.sparse import csr_matrix

from momot.designs.pieces import FOLLOWED, Panel, Piece, Window
from momot.effects import panel_layout, panel_sums
from momot.effects.lasting import Lasting, follow, later
from momot.testing.pieces import Held
from tests.effects.test_panel import panel_of, rows

WINDOWS = 8
HALF_LIFE = 2.0  # windows


def followed(piece: Piece, *, answers: bool = False, falls: bool = False, seed: int = 5) -> tuple[Panel, Piece, np.ndarray]:
    """The rows with eight windows in which a bad touch fades; the first question's, and without answers zeros for the second's."""
    rng = np.random.default_rng(seed)
    left = np.array([0.0, -1.0, 0.5, 0.8])[piece.codes[0]]
    values = np.stack([left * 2.0 ** (-k / HALF_LIFE) + piece.values[0] + rng.normal(size=len(piece)) for k in range(WINDOWS)], axis=1)
    there = rng.random(values.shape) < 0.4 if answers else np.ones(values.shape, dtype=bool)
    measured = piece.measured | np.where(np.arange(len(piece)) % 30 < 20, np.uint64(1 << FOLLOWED), np.uint64(0))
    row, column = np.nonzero(there)
    shape = (len(piece), WINDOWS if answers else 2 * WINDOWS)
    piece = dataclasses.replace(piece, measured=measured, windows=csr_matrix((values[there], (row, column)), shape=shape))
    panel = panel_of(piece)
    names = [question.id for question in panel.questions][: 1 if answers else 2]
    windows = tuple(Window(name, 7 * k, 7 * k + 7, answers, falls) for name in names for k in range(WINDOWS))
    panel = dataclasses.replace(panel, windows=windows, questions=panel.questions[: len(names)], pieces=Held([piece]))
    return panel, piece, np.where(there, values, np.nan)


def told(panel: Panel) -> dict[str, Lasting]:
    layout = panel_layout.plan(panel)
    return follow(panel, panel_sums.gather(panel.pieces, layout, later=later(panel, layout)))


@pytest.fixture(scope="module")
def counted() -> tuple[Panel, Piece, np.ndarray, Lasting]:
    panel, piece, values = followed(rows(units=400))
    return panel, piece, values, told(panel)["feeling"]


def test_each_window_is_the_weighted_regression_of_its_own(counted) -> None:
    panel, piece, values, lasting = counted
    here = (piece.measured >> np.uint64(FOLLOWED)).astype(bool)
    known = panel_layout.plan(panel).fill(piece, np.flatnonzero(here))
    call, mail = (codes[here] for codes in piece.codes)
    design = np.column_stack([known, call == 1, call == 2, call == 3, mail == 1]).astype(np.float64)
    by_name = {one.planned.contrast: one for one in lasting.profiles[0].contrasts}
    assert lasting.edges.tolist() == list(range(0, 57, 7))
    for window in (0, 3, 7):
        fit = sm.WLS(values[here, window], design, weights=piece.weight[here]).fit()
        bad, neutral, good = fit.params[known.shape[1] :][:3]
        assert by_name["break"].effects[window] == pytest.approx(bad - neutral, abs=1e-8)
        assert by_name["make"].effects[window] == pytest.approx(good - neutral, abs=1e-8)
    mean = np.average(values[here, 2][call == 1], weights=piece.weight[here][call == 1])
    assert by_name["break"].mean[2] == pytest.approx(mean)
    assert by_name["break"].n[2] == (call == 1).sum()


def test_the_errors_are_those_of_clusters(counted) -> None:
    panel, piece, values, lasting = counted
    here = (piece.measured >> np.uint64(FOLLOWED)).astype(bool)
    known = panel_layout.plan(panel).fill(piece, np.flatnonzero(here))
    call, mail = (codes[here] for codes in piece.codes)
    design = np.column_stack([known, call == 1, call == 2, call == 3, mail == 1]).astype(np.float64)
    fit = sm.WLS(values[here, 1], design, weights=piece.weight[here]).fit(cov_type="cluster", cov_kwds={"groups": piece.unit[here]})
    place = known.shape[1]
    error = float(np.sqrt(fit.cov_params()[place, place] + fit.cov_params()[place + 1, place + 1] - 2 * fit.cov_params()[place, place + 1]))
    names = [one.planned.contrast for one in lasting.profiles[0].contrasts]
    position = names.index("break") * WINDOWS + 1
    assert np.sqrt(lasting.profiles[0].covariance[position, position]) == pytest.approx(error, rel=0.15)


def test_the_opposite_of_what_is_counted_has_the_opposite_effect(counted) -> None:
    panel, _, _, lasting = counted
    opposite = dataclasses.replace(panel, windows=tuple(dataclasses.replace(window, falls=True) for window in panel.windows))
    turned = told(opposite)["feeling"]
    np.testing.assert_allclose(turned.profiles[0].contrasts[0].effects, -lasting.profiles[0].contrasts[0].effects)
    np.testing.assert_allclose(turned.profiles[0].contrasts[0].mean, 1 - lasting.profiles[0].contrasts[0].mean)


def test_answers_tell_the_same_as_if_everybody_had_answered() -> None:
    """Each window is answered by four in ten at random: effects are those planted, within 4 of their standard errors."""
    panel, _, _ = followed(rows(units=500), answers=True)
    lasting = told(panel)["feeling"]
    profile = lasting.profiles[0]
    errors = np.sqrt(np.diag(profile.covariance)).reshape(len(profile.contrasts), WINDOWS)
    fading = 2.0 ** (-np.arange(WINDOWS) / HALF_LIFE)
    for contrast, error in zip(profile.contrasts, errors, strict=True):
        planted = {"break": -1.5, "make": 0.3, "bad-good": -1.8}.get(contrast.planned.contrast)
        if planted is not None:
            assert np.all(np.abs(contrast.effects - planted * fading) < 4 * error)
            assert np.all(error < 0.35)
    assert profile.contrasts[0].n[0] < 0.5 * sum(panel.pilot.codes[0] == 1)


def test_a_panel_without_windows_has_no_profile() -> None:
    panel = panel_of(rows(units=100))
    assert later(panel, panel_layout.plan(panel)) is None
    assert told(panel) == {}
