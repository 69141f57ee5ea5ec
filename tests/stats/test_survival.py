from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from momot.stats.survival import kaplan_meier


def durations(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    wait, lost = rng.exponential(20, n).round(1), rng.uniform(5, 60, n).round(1)
    return np.minimum(wait, lost), wait <= lost


def counted(time: np.ndarray, status: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values = np.unique(time)
    return (
        values,
        np.array([(status & (time == v)).sum() for v in values], float),
        np.array([(~status & (time == v)).sum() for v in values], float),
    )


@pytest.mark.parametrize("seed", range(4))
def test_survival_and_its_error_are_those_of_statsmodels(seed: int) -> None:
    time, status = durations(seed)
    theirs, ours = SurvfuncRight(time, status), kaplan_meier(*counted(time, status))
    assert ours.time == pytest.approx(theirs.surv_times)
    assert ours.left == pytest.approx(theirs.surv_prob)
    assert ours.at_risk == pytest.approx(theirs.n_risk)
    inside = (theirs.surv_prob > 0) & (theirs.surv_prob < 1)
    left = theirs.surv_prob[inside]
    reach = 1.959964 * theirs.surv_prob_se[inside] / left / np.abs(np.log(left))
    assert ours.low[inside] == pytest.approx(left ** np.exp(reach), rel=1e-5)
    assert ours.median()[0] == theirs.quantile(0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = theirs.quantile_ci(0.5, method="cloglog")
    assert ours.median()[1:] == pytest.approx((low, high))


def test_the_interval_of_the_share_covers_the_truth_as_often_as_it_says() -> None:
    truth = 1 - np.exp(-15 / 20)
    covered = 0
    for seed in range(400):
        found = kaplan_meier(*counted(*durations(seed, 120))).happened(15.0)
        assert found is not None
        covered += found[1] <= truth <= found[2]
    assert 0.917 <= covered / 400 <= 0.978  # 99.5 % binomial band around 0.95


def test_what_nobody_was_followed_for_is_not_told() -> None:
    found = kaplan_meier(np.array([1.0, 5.0]), np.array([1.0, 0.0]), np.array([0.0, 9.0]))
    assert found.happened(6.0) is None
    assert found.median() is None
    share, low, high = found.happened(0.5)
    assert (share, low) == (0.0, 0.0)
    assert 0.2 < high < 0.35
    assert found.happened(5.0)[0] == pytest.approx(0.1)


def test_when_it_happened_to_all_the_interval_still_has_a_width() -> None:
    found = kaplan_meier(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([0.0, 0.0]))
    share, low, high = found.happened(2.0)
    assert (share, high) == (1.0, 1.0)
    assert 0.3 < low < 0.95
    assert kaplan_meier(np.array([]), np.array([]), np.array([])).median() is None
