"""The rivals on numbers with known answers: rivals that are done badly would flatter momot."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from benchmarks.truth.records import Drivers, Records, Sums, by_person
from benchmarks.truth.regressions import least_squares, logistic
from benchmarks.truth.rivals import difference, drivers, last_touch, unadjusted


def test_the_difference_is_that_of_the_means_and_its_error_takes_a_person_as_one() -> None:
    random = np.random.default_rng(5)
    people, each = 400, 6
    person = np.repeat(np.arange(people), each)
    outcome = (random.random(people) < 0.4).astype(float)[person]  # the same all over again: as good as one row a person
    touched = person < 200
    one, other = (by_person(person[rows], outcome[rows], people) for rows in (touched, ~touched))
    estimate, error = difference(one, other)
    single = outcome[::each]
    assert estimate == pytest.approx(single[:200].mean() - single[200:].mean())
    assert error == pytest.approx(math.sqrt(single[:200].var() / 200 + single[200:].var() / 200))


def test_a_group_without_rows_has_no_difference() -> None:
    nothing = Sums(np.zeros(2), np.zeros(2))
    assert math.isnan(difference(nothing, nothing)[0])


def test_regressions_equal_the_reference_with_clustered_errors() -> None:
    random = np.random.default_rng(6)
    n = 800
    columns = np.column_stack([np.ones(n), random.normal(size=(n, 2))])
    cluster = np.arange(n) // 4
    share = (random.random(n) < 1 / (1 + np.exp(-columns @ [0.2, 0.5, 0.0]))).astype(float)
    told = logistic(columns, share, cluster)
    reference = sm.GLM(share, columns, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    np.testing.assert_allclose(told.coefficients, reference.params, rtol=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(told.covariance)), reference.bse, rtol=1e-3)
    money = columns @ [1.0, 2.0, 0.0] + random.normal(size=n)
    told = least_squares(columns, money, cluster)
    reference = sm.OLS(money, columns).fit(cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    np.testing.assert_allclose(told.coefficients, reference.params)
    np.testing.assert_allclose(np.sqrt(np.diag(told.covariance)), reference.bse)


def records(outcome: np.ndarray, met: np.ndarray, last: dict[str, int] | None = None) -> Records:
    people = len(outcome)
    everybody = np.arange(people)
    ways = {
        f"m{k}@smot": {"met": by_person(everybody[on], outcome[on], people), "not met": by_person(everybody[~on], outcome[~on], people)}
        for k, on in enumerate(met.T)
    }
    columns = Drivers(met.astype(float), tuple(ways), outcome, everybody)
    return Records("purchase", ways, columns, last)


def test_drivers_and_difference_find_what_moves_the_outcome() -> None:
    random = np.random.default_rng(7)
    met = random.random((3000, 3)) < 0.4
    outcome = (random.random(3000) < 0.2 + 0.2 * met[:, 0]).astype(float)
    data = records(outcome, met)
    contrasts = [("purchase", f"m{k}@smot", "presence", "met", "not met") for k in range(3)]
    assert ("purchase", "m0@smot") in drivers(data).found
    told = unadjusted(data, contrasts)
    assert ("purchase", "m0@smot") in told.found
    said = told.effects[contrasts[0]]
    assert said.low < 0.2 < said.high


def test_a_column_that_does_not_vary_is_not_tested() -> None:
    met = np.column_stack([np.ones(300, dtype=bool), np.arange(300) % 2 == 0])
    outcome = (np.arange(300) % 3 == 0).astype(float)
    assert drivers(records(outcome, met)).tested == {("purchase", "m1@smot")}


def test_last_touch_is_told_how_many_are_true() -> None:
    data = records(np.zeros(4), np.zeros((4, 3), dtype=bool), {"m0@smot": 5, "m1@smot": 9, "m2@smot": 1})
    answer = last_touch(data, 2)
    assert answer is not None
    assert answer.found == {("purchase", "m0@smot"), ("purchase", "m1@smot")}
    assert last_touch(records(np.zeros(4), np.zeros((4, 3), dtype=bool)), 2) is None
