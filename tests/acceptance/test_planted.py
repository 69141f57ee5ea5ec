"""Leaks planted beside the real outcome of every example are refused, strong honest causes are kept: 40 draws each.

These call the rules on arrays. The dates are drawn here, as half of the examples have none; `test_planted_files` goes through files.
"""

from __future__ import annotations

import numpy as np
import pytest

from momot.build import open_build
from momot.designs import Designed, asks, design
from momot.designs.columns import Column
from momot.designs.leaks import Suspect, Times, refuse

NAMES = ["olist_sample", "sfo_survey", "hillstrom", "cookie_cats", "telco_ibm", "incident_log", "online_shoppers", "hotel_bookings"]
DRAWS = 40


@pytest.fixture(scope="session")
def outcomes(example):
    """The outcome of the first question of each example, and times where it has any."""
    known = {}

    def get(name):
        if name not in known:
            project = example(name).project
            with open_build(project.folder).engine() as engine:
                (designed,) = design(asks(project.file)[:1], project.file, engine)
                assert isinstance(designed, Designed)
                known[name] = designed.frame.outcome
        return known[name]

    return get


def refused(values, outcome, kind="number", times=None):
    suspect = Suspect("planted", Column("c1", kind, values), mapped=True, undatable=True)
    return bool(refuse([suspect], outcome=outcome, question="planted", times=times))


def share(plant, outcome):
    return np.mean([plant(np.random.default_rng(seed), outcome) for seed in range(DRAWS)])


def flipped(rng, outcome):
    copy, wrong = outcome.copy(), rng.random(len(outcome)) < 0.02
    values = np.unique(outcome)
    copy[wrong] = values[0] + values[-1] - copy[wrong] if len(values) == 2 else rng.choice(outcome, int(wrong.sum()))
    return refused(copy, outcome)


def filled(rng, outcome):
    happened = outcome == outcome.max() if len(np.unique(outcome)) > 2 else outcome == 1
    return refused(np.where(happened, rng.random(len(outcome)).round(1), np.nan), outcome)


def dated_after(rng, outcome):
    settled = rng.uniform(17_000, 17_300, len(outcome))
    return refused(settled + rng.gamma(1, 3, len(outcome)), outcome, "time", Times(outcome_at=settled))


def honest(rng, outcome):
    """A cause that half of the units met and that moves the share with a high outcome by up to 30 points either way."""
    high = outcome > np.median(outcome) if len(np.unique(outcome)) > 2 else outcome == outcome.max()
    lift = 0.3
    base = high.mean()
    with_cause, without = min(base + lift, 0.97), max(base - lift, 0.03)
    cause_given_high = with_cause / (with_cause + without)
    cause_given_low = (1 - with_cause) / (2 - with_cause - without)
    cause = rng.random(len(outcome)) < np.where(high, cause_given_high, cause_given_low)
    return refused(cause.astype(np.float64), outcome)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("plant", [flipped, filled, dated_after])
def test_planted_leaks_are_refused(outcomes, name, plant):
    assert share(plant, outcomes(name)) >= 0.95


@pytest.mark.parametrize("name", NAMES)
def test_strong_honest_causes_are_kept(outcomes, name):
    assert share(honest, outcomes(name)) <= 0.05
