from __future__ import annotations

import numpy as np
import pytest

from momot.stats.order import median_of


def median(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float | None, float | None]:
    half = median_of(len(values))
    return half.of({place: float(np.sort(values)[place - 1]) for place in half.places})


def test_ranks_are_those_of_the_tables_of_the_sign_test() -> None:
    assert median(np.arange(1.0, 6)) == (3.0, None, None)  # five values can't bound a median at 95 %
    assert median(np.arange(1.0, 7)) == (3.5, 1.0, 6.0)
    assert median(np.arange(1.0, 21)) == (10.5, 6.0, 15.0)
    assert median(np.arange(1.0, 101)) == (50.5, 40.0, 61.0)


@pytest.mark.parametrize("n", [12, 51])
def test_the_interval_covers_at_least_as_often_as_it_says(n: int) -> None:
    rng = np.random.default_rng(n)
    found = [median(rng.exponential(size=n)) for _ in range(2000)]
    assert sum(low <= np.log(2) <= high for _, low, high in found) / 2000 > 0.937  # 99 % binomial band below 0.95
