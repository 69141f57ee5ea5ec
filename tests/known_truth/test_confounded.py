"""What travels with a true moment is not taken for one: continuous neighbours adjust finely, and what comes after is looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from momot.designs.frame import Covariate, State
from momot.effects.direct import estimate_direct
from momot.effects.estimate import estimate
from momot.findings import verdict as decisions
from momot.testing.frames import QUALITY, Exposed, frame_of

RUNS = 40
CLAIMS = ("moment", "likely")
BANDS = tuple(State(name, "level") for name in ("low", "middle", "high", "top"))


def bands(values):
    return np.searchsorted(np.quantile(values, [0.25, 0.5, 0.75]), values)


def verdicts(frame):
    estimates, direct = estimate(frame), estimate_direct(frame)
    tested = [
        decisions.Tested(
            question="y", frame=frame, exposure=frame.exposures[i], estimate=found, better=1, smallest_effect=None,
            direct=None if direct is None else direct.exposures[i],
        )
        for i, found in enumerate(estimates.exposures)
    ]  # fmt: skip
    return {one.exposure.touchpoint: decisions.verdict(one, q) for one, q in zip(tested, decisions.discovery(tested), strict=True)}


def test_a_number_that_travels_with_a_cause_is_no_association():
    wrong = found = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        cause = rng.normal(size=3_000)
        shadow = 0.8 * cause + 0.6 * rng.normal(size=3_000)
        outcome = 0.5 * cause + rng.normal(size=3_000)
        frame = frame_of(
            outcome,
            {
                "cause": Exposed(bands(cause), BANDS, "level", held=("shadow",)),
                "shadow": Exposed(bands(shadow), BANDS, "level", held=("cause",)),
            },
            design="snapshot",
            covariates={"cause": cause, "shadow": shadow},
        )
        finer = {covariate.name: covariate for covariate in frame.covariates}
        exposures = tuple(replace(exposure, finer=finer[exposure.touchpoint]) for exposure in frame.exposures)
        said = verdicts(replace(frame, covariates=(), exposures=exposures))
        found += said["cause"] == "association"
        wrong += said["shadow"] == "association"
    assert found == RUNS
    assert wrong <= 8  # at 10 % a larger number has a chance below 1 in 50


def episodes(seed, *, through):
    """An early touch, and a later one that moves the outcome: the early one brings it about (`through`), or both have a hidden cause."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=4_000)
    early = 1 + 2 * (rng.normal(size=4_000) + (0 if through else 1.2) * hidden > 0)
    push = 1.5 * (early == 3) - 0.75 if through else 1.2 * hidden
    later = 1 + 2 * (rng.normal(size=4_000) + push > 0)
    outcome = 0.8 * (later == 3) + rng.normal(size=4_000)
    states = {"early": Exposed(early, QUALITY, "quality"), "later": Exposed(later, QUALITY, "quality", held=("early",))}
    frame = frame_of(outcome, states)
    return replace(frame, exposures=(replace(frame.exposures[0], later=(1,)), frame.exposures[1]))


def test_what_only_travels_with_a_later_moment_is_never_likely():
    said = [verdicts(episodes(seed, through=False)) for seed in range(RUNS)]
    assert sum(one["early"] in CLAIMS for one in said) <= 5  # one in twenty by chance
    assert all(one["later"] in CLAIMS for one in said)


def test_what_works_only_through_a_later_moment_can_not_be_told_from_that():
    said = [verdicts(episodes(seed, through=True)) for seed in range(RUNS)]
    assert {one["early"] for one in said} <= {"not identifiable", *CLAIMS}
    assert sum(one["early"] == "not identifiable" for one in said) >= RUNS - 5


def test_what_has_an_effect_of_its_own_stays_likely():
    for seed in range(10):
        frame = episodes(seed, through=True)
        own = replace(frame, outcome=frame.outcome + 0.5 * (frame.exposures[0].codes == 3))
        assert verdicts(own)["early"] in CLAIMS


def test_a_finer_covariate_of_a_banded_number_is_not_held_against_itself():
    rng = np.random.default_rng(0)
    values = rng.normal(size=1_000)
    frame = frame_of(values + rng.normal(size=1_000), {"x": Exposed(bands(values), BANDS, "level")}, design="snapshot")
    (alone,) = frame.exposures
    with_finer = replace(frame, exposures=(replace(alone, finer=Covariate("x", rng.normal(size=1_000))),))
    assert estimate(with_finer).exposures[0].contrasts == estimate(frame).exposures[0].contrasts
