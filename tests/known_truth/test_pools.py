"""A pool of states is as uncertain as the shares in which it mixes them: its interval covers the mean effect of who is met next."""

from __future__ import annotations

import numpy as np

from momot.designs.frame import State
from momot.effects.estimate import estimate
from momot.testing.frames import Exposed, frame_of

STATES = (State("missing", "bad"), State("late", "bad"), State("on time", "good"))
RUNS, UNITS = 300, 1_000


def test_the_interval_of_a_pool_covers_its_mean_over_what_could_have_been_met():
    shares, effects = np.array([0.05, 0.05, 0.9]), np.array([-3.0, -0.2, 0.0])
    truth = effects[:2].mean()
    covered = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        codes = rng.choice(3, size=UNITS, p=shares)
        outcome = effects[codes] + rng.normal(size=UNITS) * 0.5
        found = estimate(frame_of(outcome, {"promise": Exposed(codes, STATES, "rating")}))
        (pool,) = [contrast for contrast in found.exposures[0].contrasts if contrast.contrast == "bad-good"]
        covered += pool.low <= truth <= pool.high
    assert 0.91 <= covered / RUNS <= 0.985  # 99.9 % binomial band around .95
