"""Intervals of simulated data with a known effect hold it as often as they say.

300 draws each; the band is the 99.9 % range of a binomial around .95, [.907, .987]: a right estimator fails once in a thousand runs.
The draws are seeded: a failure is a change of the estimator, never luck.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from momot.designs.frame import Frame
from momot.effects.estimate import estimate
from momot.testing.frames import ARMS, PRESENCE, QUALITY, Exposed, frame_of

DRAWS = 300
BAND = (0.907, 0.987)

World = Callable[[np.random.Generator, float], Frame]


def independent(rng: np.random.Generator, effect: float) -> Frame:
    """400 units, a curved confounder, errors that grow with the exposure."""
    lean = rng.normal(size=(400, 3))
    met = (lean[:, 0] + rng.normal(size=400) > 0).astype(int)
    y = np.exp(lean[:, 0] / 2) + lean[:, 1] + effect * met + rng.normal(size=400) * (1 + met)
    return frame_of(y, {"t": Exposed(met)}, covariates={f"x{i}": lean[:, i] for i in range(3)})


def persons(rng: np.random.Generator, effect: float) -> Frame:
    """100 persons with 1 to 9 orders each, who share confounder, exposure and error."""
    person = np.repeat(np.arange(100), rng.integers(1, 10, 100))
    lean = rng.normal(size=100)[person]
    met = (lean + rng.normal(size=100)[person] + rng.normal(size=len(person)) > 0).astype(int)
    y = lean + effect * met + rng.normal(size=100)[person] + rng.normal(size=len(person))
    return frame_of(y, {"t": Exposed(met)}, covariates={"x": lean}, cluster=person)


def weighted(rng: np.random.Generator, effect: float) -> Frame:
    """800 respondents with unequal survey weights that the error follows."""
    lean, weight = rng.normal(size=800), rng.gamma(2.0, size=800) + 0.2
    met = (lean + rng.normal(size=800) > 0).astype(int)
    y = lean + effect * met + rng.normal(size=800) * np.sqrt(weight)
    return frame_of(y, {"t": Exposed(met)}, covariates={"x": lean}, weight=weight, design="survey")


def few_exposed(rng: np.random.Generator, effect: float) -> Frame:
    """40 of 1,500 met it."""
    lean = rng.normal(size=1_500)
    met = np.zeros(1_500, dtype=int)
    met[rng.choice(1_500, 40, replace=False, p=np.exp(lean / 2) / np.exp(lean / 2).sum())] = 1
    return frame_of(lean + effect * met + rng.normal(size=1_500), {"t": Exposed(met)}, covariates={"x": lean})


def share(rng: np.random.Generator, effect: float) -> Frame:
    """A churn of 15 %; an arm without covariates."""
    arm = rng.integers(0, 2, 600)
    y = (rng.random(600) < 0.15 + effect / 5 * arm).astype(float)
    return frame_of(y, {"t": Exposed(arm, ARMS, "arm", kind="arm")}, design="experiment")


WORLDS: dict[str, tuple[World, float]] = {
    "independent": (independent, 1.0),
    "persons": (persons, 1.0),
    "weighted": (weighted, 1.0),
    "few exposed": (few_exposed, 1.0),
    "share": (share, 0.2),
}
QUICK = ("independent", "persons")  # in the quick suite: one row a person, and several


@pytest.mark.parametrize("effect", [0.0, 0.4])
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in WORLDS if name not in QUICK)])
def test_intervals_hold_the_truth(name: str, effect: float) -> None:
    world, scale = WORLDS[name]
    found = [estimate(world(np.random.default_rng(seed), effect)).exposures[0].contrasts[0] for seed in range(DRAWS)]
    covered = np.mean([c.low <= scale * effect <= c.high for c in found])
    assert BAND[0] <= covered <= BAND[1]
    errors = np.array([c.standard_error for c in found])
    assert errors.mean() == pytest.approx(np.std([c.estimate for c in found]), rel=0.15)


@pytest.mark.slow
def test_joint_tests_of_nulls_alarm_as_often_as_stated() -> None:
    """F on break and make of a touchpoint without effect, 300 draws: p <= .05 in 5 %, band of the binomial [.013, .093]."""
    alarms = 0
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        lean = rng.normal(size=500)
        quality = np.digitize(lean + rng.normal(size=500), [-1.0, 0.0, 1.0])
        person = rng.integers(0, 250, 500)
        y = lean + rng.normal(size=250)[person] + rng.normal(size=500)
        found = estimate(frame_of(y, {"t": Exposed(quality, QUALITY, "quality")}, covariates={"x": lean}, cluster=person)).exposures[0]
        assert found.joint_p is not None
        alarms += found.joint_p <= 0.05
    assert 0.013 <= alarms / DRAWS <= 0.093


def test_what_is_called_detectable_holds_for_the_rarest_way_it_went() -> None:
    rng = np.random.default_rng(0)
    codes = np.r_[np.full(900, 2), np.full(900, 3), np.full(60, 1)]
    found = estimate(frame_of(rng.normal(size=len(codes)), {"t": Exposed(codes, QUALITY, "quality")})).exposures[0]
    widest = max((contrast.high - contrast.low) / 2 for contrast in found.contrasts)
    assert found.detectable == pytest.approx(widest, rel=1e-6)


@pytest.mark.slow
def test_the_detectable_effect_is_detected_half_the_time() -> None:
    """Power .5 as printed; 300 draws, 99.9 % band [.405, .595]."""
    rng = np.random.default_rng(0)
    met = np.arange(600) % 2
    size = estimate(frame_of(rng.normal(size=600), {"t": Exposed(met, PRESENCE)})).exposures[0].detectable
    assert size is not None
    hits = 0
    for seed in range(DRAWS):
        y = size * met + np.random.default_rng(seed + 1).normal(size=600)
        hits += estimate(frame_of(y, {"t": Exposed(met, PRESENCE)})).exposures[0].contrasts[0].p_value <= 0.05
    assert 0.405 <= hits / DRAWS <= 0.595
