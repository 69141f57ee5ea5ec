"""What one cluster carries equals leaving it out."""

from __future__ import annotations

import numpy as np
import pytest

from momot.stats.leverage import no_leverage, of_added
from momot.stats.scores import cluster_scores, no_scores


def slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(x @ y / (x @ x))


@pytest.mark.parametrize("sizes", [np.ones(40, dtype=int), np.arange(1, 21)], ids=["rows", "clusters"])
def test_it_is_the_slope_without_each_cluster(sizes: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    x = rng.normal(size=len(cluster))
    y = 0.3 * x + rng.normal(size=len(cluster))
    whole, starts = slope(x, y), np.flatnonzero(np.r_[True, np.diff(cluster) > 0])
    scores = cluster_scores(
        leverage=(x / (x @ x))[:, None], error=(y - whole * x)[:, None], weight=None, starts=starts, inverse=np.array([1 / (x @ x)])
    )
    left_out = [slope(x[cluster != g], y[cluster != g]) for g in range(len(sizes))]
    assert scores.single.raises[0] == pytest.approx(whole - min(left_out), rel=1e-9)
    assert scores.single.lowers[0] == pytest.approx(whole - max(left_out), rel=1e-9)
    assert scores.single.share[0] == pytest.approx(max((x[cluster == g] ** 2).sum() for g in range(len(sizes))) / (x @ x), rel=1e-9)
    assert scores.single.without(whole, 0) == pytest.approx(min(left_out), rel=1e-9)


def test_the_worst_of_both_halves_is_the_worst_of_all() -> None:
    added, share = np.array([[0.1], [-0.3], [0.2]]), np.array([[0.2], [0.5], [0.3]])
    both = of_added(added[:1], share[:1]) + of_added(added[1:], share[1:])
    whole = of_added(added, share)
    assert (both.share, both.raises, both.lowers) == (whole.share, whole.raises, whole.lowers)
    assert no_scores(1).single.without(0.5, 0) == 0.5
    assert no_leverage(1).without(-0.5, 0) == -0.5


def test_one_cluster_that_holds_everything_leaves_a_number() -> None:
    scores = cluster_scores(leverage=np.ones((3, 1)), error=np.ones((3, 1)), weight=None, starts=np.array([0]), inverse=np.array([3.0]))
    assert np.isfinite(scores.single.raises).all()
    assert scores.single.share[0] == 1
