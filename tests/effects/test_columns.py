"""Covariates become few, centred, bounded columns."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs.frame import Covariate
from momot.effects import columns as design
from momot.effects.columns import Variable, expand, quantile_edges, scaled
from momot.effects.contrasts import code
from momot.effects.counts import count
from momot.effects.rows import arrange
from momot.testing.frames import QUALITY, Exposed, frame_of


def filled(variables: tuple[Variable, ...], n: int) -> np.ndarray:
    block = np.zeros((n, max((v.first + v.width for v in variables), default=1)))
    for variable in variables:
        variable.fill(block, slice(None))
    return block[:, 1:]


def test_a_number_is_a_line_deciles_and_a_missing_flag(rng: np.random.Generator) -> None:
    values = rng.normal(size=2_000)
    values[:100] = np.nan
    block = filled(expand(Covariate("x", values), None, bins=10, first=1), 2_000)
    assert block.shape[1] == 1 + 9 + 1
    np.testing.assert_allclose(block.mean(axis=0), 0.0, atol=1e-3)
    np.testing.assert_allclose(block.max(axis=0)[1:-1] - block.min(axis=0)[1:-1], 1.0)
    assert np.unique(block[:100], axis=0).shape[0] == 1


def test_one_price_of_a_million_is_clipped(rng: np.random.Generator) -> None:
    values = np.r_[rng.normal(100, 10, size=999), 1e6]
    block = filled(expand(Covariate("price", values), None, bins=10, first=1), 1_000)
    assert np.abs(block[:, 0]).max() <= design.CLIP


def test_infinite_values_count_as_missing(rng: np.random.Generator) -> None:
    assert scaled(np.array([np.inf, np.nan, 1.0]), 0.0, 1.0).tolist() == [0.0, 0.0, 1.0]
    values = np.r_[rng.normal(size=500), np.inf, -np.inf]
    assert np.isfinite(filled(expand(Covariate("x", values), None, bins=5, first=1), 502)).all()


def test_few_distinct_numbers_are_dummies() -> None:
    values = np.repeat([0.0, 1.0, 2.0, np.nan], [100, 200, 300, 50])
    assert filled(expand(Covariate("x", values), None, bins=10, first=1), 650).shape[1] == 3


@pytest.mark.parametrize("values", [np.full(50, 3.0), np.full(50, np.nan)])
def test_constants_have_no_columns(values: np.ndarray) -> None:
    assert expand(Covariate("x", values), None, bins=10, first=1) == ()


def test_rare_categories_are_pooled() -> None:
    values = np.repeat(np.arange(4.0), [500, 300, 29, 5])
    block = filled(expand(Covariate("c", values, ("a", "b", "c", "d")), None, bins=10, first=1), 834)
    assert block.shape[1] == 2  # b, and c with d
    assert np.array_equal(block[800], block[-1])


def test_a_covariate_that_names_units_has_no_columns() -> None:
    ids = np.arange(5_000.0)
    assert expand(Covariate("order", ids, tuple(map(str, range(5_000)))), None, bins=10, first=1) == ()


def test_many_categories_are_capped(rng: np.random.Generator) -> None:
    values = rng.integers(0, 90, 9_000).astype(float)
    block = filled(expand(Covariate("c", values, tuple(map(str, range(90)))), None, bins=10, first=1), 9_000)
    assert block.shape[1] <= design.MAX_CATEGORIES


def test_quantiles_by_weight_are_those_of_repeated_rows(rng: np.random.Generator) -> None:
    values, weight = rng.normal(size=300), rng.integers(1, 5, 300)
    np.testing.assert_array_equal(quantile_edges(values, weight.astype(float), 10), quantile_edges(np.repeat(values, weight), None, 10))


def test_the_block_is_laid_out_as_stated(rng: np.random.Generator) -> None:
    n = 3_000
    codes = rng.integers(0, 4, n)
    frame = frame_of(
        rng.normal(5, 1, n),
        {"call": Exposed(codes, QUALITY, "quality")},
        covariates={"x": rng.normal(size=n), "city": rng.choice(["a", "b", "c"], n)},
        weight=rng.exponential(size=n),
    )
    rows = arrange(frame, seed=0)
    counts = count(frame, frame.exposures[0], rows)
    coding = code(frame.exposures[0], counts.units, counts.clusters, counts.weight)
    layout = design.plan(frame, (coding,), effective_clusters=n)
    block = layout.block(slice(None))
    assert np.all(block[:, 0] == 1.0)
    np.testing.assert_allclose(np.average(block[:, 1:], axis=0, weights=frame.weight), 0.0, atol=0.02)
    np.testing.assert_allclose(block[:, -1] + layout.outcome_mean, frame.outcome)
    own = layout.of_exposure(0)
    assert len(own) == 3
    assert layout.count == 1 + len(layout.of_covariates()) + 3 + 1
    for column, states in zip(own, coding.columns, strict=True):
        np.testing.assert_allclose(np.unique(block[:, column]).size, 2)
        assert np.array_equal(block[:, column] > 0, np.isin(frame.exposures[0].codes, states))


def test_numbers_are_cut_more_coarsely_where_clusters_are_few(rng: np.random.Generator) -> None:
    n = 2_000
    covariates = {f"x{i}": rng.normal(size=n) for i in range(8)}
    frame = frame_of(rng.normal(size=n), {"call": Exposed(np.zeros(n))}, covariates=covariates)
    rows = arrange(frame, seed=0)
    counts = count(frame, frame.exposures[0], rows)
    coding = (code(frame.exposures[0], counts.units, counts.clusters, counts.weight),)
    widths = [len(design.plan(frame, coding, effective_clusters=g).of_covariates()) for g in (100_000, 2_000, 60)]
    assert widths == [80, 40, 8]
